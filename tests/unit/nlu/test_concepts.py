"""What people mean, in the words in which they say it."""

from __future__ import annotations

import pytest

from nlu.concepts import Concepts
from nlu.training import CONCEPTS


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    return Concepts.load(CONCEPTS)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("老汉上个月走了", "death"),
        ("人不在了咋弄", "death"),
        ("卡里剩的钱往出拿", "withdraw"),
        ("取出来要带啥", "withdraw"),
        ("新招了俩人", "staff"),
        ("剖腹产没刷上", "birth"),
        ("没单位自己交", "alone"),
    ],
)
def test_one_idea_in_many_words(text: str, concept: str, concepts: Concepts) -> None:
    assert concept in concepts.find(text)


def test_what_is_not_said_is_not_found(concepts: Concepts) -> None:
    assert "death" not in concepts.find("走了一趟没办成")
    assert concepts.find("你好") == []


def test_features_name_each_concept_and_each_pair() -> None:
    concepts = Concepts({"death": "去世", "withdraw": "取"})
    assert concepts.features("去世了能取吗") == ["s:death", "s:withdraw", "s:death+withdraw"]
