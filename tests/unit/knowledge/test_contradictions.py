"""What two levels say differently, and what of that is marked as lawful."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from knowledge.editor.contradictions import check_contradictions, find_contradictions
from knowledge.editorial import LawfulDifference
from knowledge.store import Knowledge
from tests.knowledge_builder import SHAWAN, TACHENG, XINJIANG, YUTIAN, build, guide, topic


def limit(days: int, unit: str = "working_days", word: str = "个工作日") -> dict[str, Any]:
    return {"facts": [{"limit": {"kind": "stated", "amount": days, "unit": unit, "wording": f"{days}{word}"}}]}


def levels(nearer: Any, farther: Any, aspect: str = "time_limit", of: str = SHAWAN) -> Knowledge:
    return build(topic("filing", guide(of, {aspect: nearer}), guide(XINJIANG, {aspect: farther})))


def told(knowledge: Knowledge) -> list[str]:
    return [each.cause(knowledge) for each in find_contradictions(knowledge)]


def test_a_longer_limit_of_a_nearer_level() -> None:
    knowledge = levels(limit(15), limit(10))
    assert told(knowledge) == ["时限和上级不一致：沙湾“15个工作日”，新疆“10个工作日”"]


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (limit(5), limit(10)),
        (limit(10), limit(10)),
        (limit(10), limit(30, "calendar_days", "日")),
        ({"facts": ["尽快。"]}, limit(10)),
    ],
)
def test_a_shorter_or_no_limit_is_none(nearer: Any, farther: Any) -> None:
    assert told(levels(nearer, farther)) == []


def test_working_days_are_longer_than_calendar_days() -> None:
    assert told(levels(limit(10), limit(10, "calendar_days", "日"))) != []


def test_forms_that_only_one_level_names() -> None:
    knowledge = levels("带《甲表》。", "带《乙表》。", "materials")
    assert told(knowledge) == ["材料和上级不一致：沙湾“《甲表》”，新疆“《乙表》”"]


def test_figures_of_blocks_of_one_name() -> None:
    def block(ident: str, text: str) -> list[dict[str, Any]]:
        return [{"id": ident, "facts": [text]}]

    assert told(levels(block("age", "满50周岁。"), block("age", "满55周岁。"), "eligibility")) != []
    assert told(levels(block("age", "满50周岁。"), block("years", "满55周岁。"), "eligibility")) == []


def test_levels_that_are_not_above_each_other_do_not_contradict() -> None:
    knowledge = build(
        topic("filing", guide(SHAWAN, {"time_limit": limit(15)}), guide(YUTIAN, {"time_limit": limit(10)}))
    )
    assert told(knowledge) == []


def test_a_mark_silences_one_and_is_told_when_nothing_needs_it() -> None:
    knowledge = levels(limit(15), limit(10))
    mark = LawfulDifference(
        topic="filing", aspect="time_limit", nearer=SHAWAN, farther=XINJIANG, what="时限", reason="两边都确认过"
    )
    assert len(list(check_contradictions(knowledge))) == 1
    assert list(check_contradictions(replace(knowledge, lawful_differences=(mark,)))) == []
    other = mark.copy(update={"nearer": TACHENG})
    causes = [each.cause for each in check_contradictions(replace(knowledge, lawful_differences=(mark, other)))]
    assert causes == ["这条合理差异已经没有了"]
