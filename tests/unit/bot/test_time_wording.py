"""Every notice that the moment of answering can give has its sentence, with nothing left unfilled."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.phrases import Phrases
from bot.time_wording import TimeWording
from knowledge.conversation import TimeNotice
from knowledge.moments import BEIJING, find_moments
from knowledge.opening import tell_opening
from knowledge.schema import Interval, OpeningHours

WORDING = TimeWording(Phrases.load())
TWICE = [Interval(opens="10:00", closes="14:00"), Interval(opens="16:00", closes="20:00")]
ONCE = TWICE[1:]
ASKED = [
    "", "现在", "今天", "明天", "周六", "周末", "下周一上午", "中午", "晚上", "半夜", "周三中午", "国庆", "春节",
    "元旦", "9点", "11点", "15:00", "17点", "晚上9点", "10月10号", "1月1号",
]  # fmt: skip


def office(intervals: list[Interval], weekdays: list[int], winter: list[Interval] | None = None) -> OpeningHours:
    return OpeningHours(weekdays=weekdays, summer=intervals, winter=winter or intervals, closed="", text="")


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(
    "hours",
    [office(TWICE, [1, 2, 3, 4, 5]), office(ONCE, [3, 4, 5]), office(TWICE, [1, 2, 3, 4, 5], ONCE)],
    ids=["window", "clinic", "seasons"],
)
def test_whatever_is_told_can_be_worded(hours: OpeningHours, asked: str) -> None:
    for hour in range(0, 24 * 21, 5):
        now = datetime(2026, 9, 24, tzinfo=BEIJING) + timedelta(hours=hour)
        notices = tell_opening(hours, find_moments(asked), now)
        assert notices
        for notice in notices:
            said = WORDING.word(notice)
            assert said
            assert "{" not in said
            assert "。" in said


@pytest.mark.parametrize(
    "key",
    [
        *(f"earliest_{state}" for state in ("ahead", "reached", "around")),
        *(f"latest_{state}" for state in ("ahead", "passed", "around")),
    ],
)
def test_periods_can_be_worded(key: str) -> None:
    day = date(2026, 5, 28).isoformat()
    values = {
        "amount": "180", "unit": "calendar_days", "what": "取消备案", "since": "备案", "left": "1",
        "start": day, "start_last": day, "end": "2026-11-24", "end_last": "2026-11-24",
    }  # fmt: skip
    said = WORDING.word(TimeNotice(f"period.{key}", values))
    assert "2026年5月28日（周四）备案" in said
    assert "2026年11月24日（周二）" in said
    assert "180天" in said


def test_a_month_is_worded_from_its_first_day_to_its_last() -> None:
    values = {
        "amount": "180", "unit": "calendar_days", "what": "取消备案", "since": "备案", "left": "1",
        "start": "2026-05-01", "start_last": "2026-05-31", "end": "2026-10-28", "end_last": "2026-11-27",
    }  # fmt: skip
    said = WORDING.word(TimeNotice("period.earliest_around", values))
    assert "2026年5月1日（周五）至2026年5月31日（周日）备案" in said
    assert "2026年10月28日（周三）至2026年11月27日（周五）" in said


def test_minutes_left_are_told_as_hours() -> None:
    said = {
        left: WORDING.word(
            TimeNotice("now.open_till_end", {"day": "2026-11-23", "time": "16:00", "until": "20:00", "left": left})
        )
        for left in ("45", "60", "125")
    }
    assert "还有45分钟" in said["45"]
    assert "还有1小时。" in said["60"]
    assert "还有2小时5分钟" in said["125"]
