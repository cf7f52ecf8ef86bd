"""Words and places that came out of a pinyin keyboard as other characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.store import Knowledge, load_knowledge
from nlu.homophones import Homophones
from nlu.normalise import normalise
from tests.small_training import CONTENT, small_reader

ORDINARY = {"被安": 900, "以宝": 40, "布丁": 200, "支付宝": 90, "小程序": 70, "要等": 20, "几天": 300, "取笑": 90}
"""Words with their frequency."""


def small(places: list[str], words: list[str]) -> Homophones:
    """With a dictionary of ``ORDINARY`` alone; the longest of its words that stands at a place is cut out."""
    pattern = re.compile("|".join([*sorted(ORDINARY, key=len, reverse=True), "."]), re.DOTALL)
    return Homophones(places, words, lambda found: ORDINARY.get(found, 0), pattern.findall)


@pytest.fixture(scope="module")
def homophones() -> Homophones:
    return small(["沙湾", "乌苏", "于田", "塔城地区"], ["对账单", "个人承诺书"])


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("备按怎么弄", "备案怎么弄"),
        ("医宝断了", "医保断了"),
        ("个人承诺数", "个人承诺书"),
        ("对帐单", "对账单"),
        ("转珍", "转诊"),
        ("备案", "备案"),
        ("被安排了", "被安排了"),
        ("支付宝小程序", "支付宝小程序"),
        ("要等几天", "要等几天"),
        ("感冒去校医院能报不", "感冒去校医院能报不"),
        ("我不交", "我不交"),
        ("取笑备案", "取消备案"),
        ("异地备按医宝", "异地备案医保"),
        ("beian", "beian"),
        ("备?按", "备?按"),
        ("", ""),
        ("备", "备"),
    ],
)
def test_words(homophones: Homophones, text: str, mended: str) -> None:
    assert homophones.mend_words(text) == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("沙弯的电话", "沙湾的电话"),
        ("我是沙弯的", "我是沙湾的"),
        ("你好,屋苏参保", "你好,乌苏参保"),
        ("去余田县", "去于田县"),
        ("沙湾的电话", "沙湾的电话"),
        ("沙弯", "沙弯"),
        ("我家沙弯的路", "我家沙弯的路"),
        ("塔诚地区的", "塔诚地区的"),
    ],
)
def test_a_place_only_beside_a_word_that_speaks_of_one(homophones: Homophones, text: str, mended: str) -> None:
    assert homophones.mend_places(text) == mended


@given(st.text(st.sampled_from("备按案医宝保沙弯湾的我是,1a对帐账单诺若承书"), max_size=20))
def test_the_length_stays(text: str) -> None:
    homophones = small(["沙湾"], ["对账单"])
    assert len(homophones.mend_words(text)) == len(text)
    assert len(homophones.mend_places(text)) == len(text)


class TestTheRealContent:
    """What the bot itself writes comes back from a tap: it must never be "mended"."""

    @pytest.fixture(scope="class")
    def knowledge(self) -> Knowledge:
        return load_knowledge(CONTENT)

    @pytest.fixture(scope="class")
    def homophones(self) -> Homophones:
        return small_reader().homophones

    def test_taps(self, knowledge: Knowledge, homophones: Homophones) -> None:
        mended = {text: homophones.mend_words(normalise(text)) for text in _taps(knowledge)}
        assert {text: other for text, other in mended.items() if other != normalise(text)} == {}

    def test_places(self, knowledge: Knowledge, homophones: Homophones) -> None:
        local = [r.short for r in knowledge.regions.by_code.values() if knowledge.regions.in_xinjiang(r.code)]
        texts = [text.format(name) for name in local for text in ("我是{}的", "去{}看病", "{}电话")]
        assert [text for text in texts if homophones.mend_places(homophones.mend_words(text)) != text] == []


def _taps(knowledge: Knowledge) -> Iterator[str]:
    menu = knowledge.menu
    yield from (menu.contact, menu.none_of_these, menu.other_region)
    for topic in knowledge.topics.values():
        yield from (topic.name, topic.label, *topic.aliases)
        for choice in (*topic.next, *(c for q in topic.questions for c in q.choices)):
            yield from (choice.label, choice.send)
