"""What a message tells of the person: the place of work, and the place of care."""

from __future__ import annotations

import pytest

from tests.knowledge_builder import URUMQI, XINJIANG, Talk, build, guide, topic

PLAIN = {"materials": {"facts": ["身份证。"]}}
KNOWLEDGE = build(
    topic("retirement", guide(XINJIANG, PLAIN), family="enrolment"),
    topic("settlement", guide(XINJIANG, PLAIN), family="institutions"),
)


@pytest.mark.parametrize(
    ("intent", "text", "region"),
    [
        ("retirement", "在乌鲁木齐上班，退休要带什么", URUMQI),
        ("retirement", "我爸退休了，去乌鲁木齐看病要带什么", None),
        ("retirement", "退休了到乌鲁木齐住院要带什么", None),
        ("settlement", "乌鲁木齐的医院，病人到我们乌鲁木齐住院，结算要什么", URUMQI),
    ],
)
def test_where_somebody_works_they_are_insured_where_they_go_for_care_they_are_not(
    intent: str, text: str, region: str | None
) -> None:
    talk = Talk(KNOWLEDGE)
    talk.hear(intent, text, at=URUMQI, aspects=["materials"])
    assert talk.memory.person.region == region
