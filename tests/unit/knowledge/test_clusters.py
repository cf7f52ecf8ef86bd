"""Questions that ask the same come together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.editor.clusters import cluster


def test_other_wordings_of_one_question_come_together_the_most_asked_first() -> None:
    questions = [
        "能不能报车票钱",
        "门诊报销比例是多少",
        "请问门诊的报销比例是多少？",
        "门诊报销比例多少啊",
        "能报车票钱吗",
    ]
    assert cluster(questions) == [[1, 2, 3], [0, 4]]


def test_other_questions_stay_apart() -> None:
    assert cluster(["沙湾电话", "异地就医备案要什么材料", "新生儿参保"]) == [[0], [1], [2]]


@given(st.lists(st.text(max_size=40), max_size=30))
def test_each_question_is_in_one_group(questions: list[str]) -> None:
    groups = cluster(questions)
    assert sorted(position for group in groups for position in group) == list(range(len(questions)))
