"""The day on which a period ends, and when nothing is worked out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.answer import answer
from knowledge.conversation import SELF, Answer, Asked, Memory, Person, TimeNotice, Understanding
from knowledge.deadlines import end_of
from knowledge.holidays import is_working_day
from knowledge.limits import LimitUnit, Period
from knowledge.moments import BEIJING
from knowledge.opening import is_shut
from knowledge.schema import Aspect, Block
from knowledge.store import load_knowledge
from knowledge.times import tell_times
from webhook.command_line.terminal import PROJECT

KNOWLEDGE = load_knowledge(PROJECT / "knowledge" / "content")
NOW = datetime(2026, 11, 23, 11, tzinfo=BEIJING)
URUMQI, YUTIAN, SHAWAN = "650100", "653226", "654203"

LIMIT = (Aspect.TIME_LIMIT,)


def ask(topic: str, text: str, region: str, now: datetime = NOW, **understood: Any) -> Answer:
    memory = Memory(people={SELF: Person(region)})
    return tell_times(answer(Understanding(text, topic, **understood), memory, KNOWLEDGE), KNOWLEDGE, now)


class TestEnds:
    @pytest.mark.parametrize(
        ("start", "amount", "unit", "end"),
        [
            ("2026-05-28", 180, "calendar_days", "2026-11-24"),
            ("2026-09-10", 2, "months", "2026-11-10"),
            ("2026-12-31", 2, "months", "2027-02-28"),
            ("2023-12-31", 2, "months", "2024-02-29"),
            ("2026-11-02", 20, "working_days", "2026-11-30"),
            ("2026-09-28", 20, "working_days", "2026-10-30"),
        ],
    )
    def test_by_hand(self, start: str, amount: int, unit: str, end: str) -> None:
        assert end_of(date.fromisoformat(start), amount, LimitUnit(unit)) == date.fromisoformat(end)

    @given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 48))
    def test_months_never_leave_their_month(self, start: date, months: int) -> None:
        end = end_of(start, months, LimitUnit.MONTHS)
        assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
        assert end.day == start.day or (end + timedelta(days=1)).day == 1


class TestPeriods:
    def test_worked_out_where_the_source_says_from_when(self) -> None:
        given = ask("remote_care_cancellation", "5月28号备的案,哪天能取消", URUMQI)
        (notice,) = given.times
        assert notice.key == "period.earliest_ahead"
        assert (notice.values["start"], notice.values["end"]) == ("2026-05-28", "2026-11-24")
        assert any("从提交那天" in text for text in given.left_open)
        assert "urumqi_app_guide" in {cited.id for cited in given.sources}

    def test_the_rule_of_another_region_is_none(self) -> None:
        assert ask("remote_care_cancellation", "5月28号备的案,哪天能取消", YUTIAN).times == ()

    def test_the_day_itself_is_reached(self) -> None:
        text = "5月27号备的案,哪天能取消"
        assert ask("remote_care_cancellation", text, URUMQI).times[0].key == "period.earliest_reached"

    def test_a_month_may_lie_on_both_sides(self) -> None:
        text = "今年5月备的案,能取消了吗"
        assert ask("remote_care_cancellation", text, URUMQI).times[0].key == "period.earliest_around"

    def test_a_day_that_is_to_come_is_no_beginning(self) -> None:
        assert ask("remote_care_cancellation", "我明天想取消备案", URUMQI).times == ()

    def test_where_the_source_does_not_say_from_when(self) -> None:
        (notice,) = ask("flexible_worker_contribution", "8月开始没交,哪天算中断", URUMQI).times
        assert notice.key == "period.start_unknown"
        assert "end" not in notice.values

    def test_a_last_day_on_a_weekend_names_the_working_day_before(self) -> None:
        last, before = ask("unit_enrolment", "公司10月30号成立的,最晚哪天登记", SHAWAN).times
        assert (last.values["end"], before.values["end"]) == ("2026-11-29", "2026-11-27")
        assert is_working_day(date.fromisoformat(before.values["end"]))

    def test_every_period_of_the_content_has_a_topic_that_finds_it(self) -> None:
        periods = [
            block.period
            for topic in KNOWLEDGE.topics.values()
            for guide in topic.guides
            for blocks in guide.aspects.values()
            for block in blocks
            if block.period
        ]
        assert len(periods) >= 10
        assert all(period.cues and period.happened for period in periods)


class TestCases:
    TEXT = "我11月2号交的材料,哪天能办好"

    def test_limits_under_a_condition(self) -> None:
        given = ask("inpatient_reimbursement", self.TEXT, SHAWAN, aspects=LIMIT, said=LIMIT)
        start, *ends = given.times
        assert start.key == "limit.start_unknown"
        assert [(n.values["kind"], n.values["end"]) for n in ends] == [
            ("promised", "2026-11-30"),
            ("statutory", "2026-12-14"),
        ]

    def test_past_the_calendar_it_is_an_estimate(self) -> None:
        text = "我11月20号交的材料,哪天能办好"
        given = ask("inpatient_reimbursement", text, SHAWAN, aspects=LIMIT, said=LIMIT)
        assert given.times[-1] == TimeNotice("estimate", {"year": "2027"})

    def test_nothing_that_depends_on_time_is_the_same_object(self) -> None:
        memory = Memory(people={SELF: Person(SHAWAN)})
        plain = answer(Understanding("住院报销要带什么", "inpatient_reimbursement"), memory, KNOWLEDGE)
        assert tell_times(plain, KNOWLEDGE, NOW) is plain
        clarify = replace(plain, status="clarify", answers=(Asked("x"),))
        assert tell_times(clarify, KNOWLEDGE, NOW) is clarify


class TestContent:
    PERIOD: ClassVar[dict[str, Any]] = {
        "amount": 30, "unit": "calendar_days", "edge": "latest", "what": "办", "happened": ["成立"], "cues": ["最晚"],
    }  # fmt: skip

    def test_the_amount_stands_in_the_text(self) -> None:
        assert Block(lead="三十日内办。", period=self.PERIOD).period is not None
        assert Block(lead="30天内办。", period=self.PERIOD).period is not None
        with pytest.raises(ValidationError, match="amount"):
            Block(lead="二十日内办。", period=self.PERIOD)

    def test_at_once_is_no_span(self) -> None:
        with pytest.raises(ValidationError):
            Period(**{**self.PERIOD, "unit": "at_once"})


class TestPerson:
    """Who wants a person hears whether somebody is there now."""

    @pytest.mark.parametrize(
        ("at", "state", "shut"),
        [
            (datetime(2026, 11, 23, 11, tzinfo=BEIJING), "now.open_till_break", False),
            (datetime(2026, 11, 23, 23, tzinfo=BEIJING), "now.after", True),
            (datetime(2026, 11, 22, 11, tzinfo=BEIJING), "now.weekend", True),
            (datetime(2026, 10, 1, 11, tzinfo=BEIJING), "now.on_holiday", True),
        ],
    )
    def test_in_office_hours_only(self, at: datetime, state: str, shut: bool) -> None:
        told = ask("human", "转人工", SHAWAN, at).times
        assert ([notice.key for notice in told], is_shut(told)) == ([state], shut)

    def test_nothing_is_known_of_the_hours(self) -> None:
        told = ask("human", "转人工", URUMQI).times
        assert (told, is_shut(told)) == ((), False)
