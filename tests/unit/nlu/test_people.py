"""For whom a question is asked, and what insurance they have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.conversation import SELF
from knowledge.schema import Insurance
from nlu.people import find_insurance, find_person


@pytest.mark.parametrize(
    ("text", "person", "opens"),
    [
        ("给我爸问一下备案", "父亲", True),
        ("帮我妈问问", "母亲", True),
        ("替老婆打听一下", "爱人", True),
        ("帮我们家老人咨询", "家人", True),
        ("我爸是塔城的", "父亲", True),
        ("我妈在沙湾参保", "母亲", True),
        ("儿子是乌鲁木齐的居民", "孩子", True),
        ("我爸要去乌鲁木齐看病", "父亲", False),
        ("给我爸备案要什么材料", "父亲", False),
        ("我家娃娃发烧了", "孩子", False),
        ("我自己的医保", SELF, False),
        ("说我的", SELF, False),
        ("我想备案", None, False),
        ("妈呀这么麻烦", None, False),
        ("", None, False),
        ("我妈医保在塔城市，给她办慢病", "母亲", True),
        ("我妈医保在哪交", "母亲", False),
    ],
)
def test_person(text: str, person: str | None, opens: bool) -> None:
    assert find_person(text) == (person, opens)


@pytest.mark.parametrize(
    ("text", "insurance"),
    [
        ("我是职工医保", Insurance.EMPLOYEE),
        ("公司交的", Insurance.EMPLOYEE),
        ("城乡居民怎么选", Insurance.RESIDENT),
        ("新农合能备案吗", Insurance.RESIDENT),
        ("灵活就业断缴", Insurance.FLEXIBLE),
        ("灵活就业的职工医保", Insurance.FLEXIBLE),
        ("低保户", Insurance.AID),
        ("大学生", Insurance.STUDENT),
        ("我退休了", Insurance.RETIRED),
        ("退休职工", Insurance.RETIRED),
        ("职工还是居民", None),
        ("医保怎么备案", None),
        ("", None),
    ],
)
def test_insurance(text: str, insurance: Insurance | None) -> None:
    assert find_insurance(text) == insurance


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    find_person(text)
    find_insurance(text)
