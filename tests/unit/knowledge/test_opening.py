"""Opening hours against a moment, minute by minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from knowledge.conversation import TimeNotice
from knowledge.holidays import (
    add_working_days,
    find_holiday,
    holiday_name,
    is_announced,
    is_make_up_day,
    is_working_day,
)
from knowledge.moments import BEIJING, Days, find_moments
from knowledge.opening import tell_opening
from knowledge.schema import Interval, OpeningHours

TWICE = [Interval(opens="10:00", closes="14:00"), Interval(opens="16:00", closes="20:00")]
WINDOW = OpeningHours(weekdays=[1, 2, 3, 4, 5], summer=TWICE, winter=TWICE, closed="", text="")
CLINIC = OpeningHours(weekdays=[3, 4, 5], summer=TWICE[1:], winter=TWICE[1:], closed="", text="")

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=BEIJING))


def told(hours: OpeningHours, asked: str, now: str) -> list[str]:
    at = datetime.fromisoformat(now).replace(tzinfo=BEIJING)
    return [notice.key for notice in tell_opening(hours, find_moments(asked), at)]


def now_of(hours: OpeningHours, at: datetime) -> TimeNotice:
    return tell_opening(hours, (), at)[0]


class TestNow:
    def test_the_first_minute_is_open_and_the_last_is_not(self) -> None:
        assert told(WINDOW, "", "2026-11-23T09:59") == ["now.before"]
        assert told(WINDOW, "", "2026-11-23T10:00") == ["now.open_till_break"]
        assert told(WINDOW, "", "2026-11-23T14:00") == ["now.break"]
        assert told(WINDOW, "", "2026-11-23T19:59") == ["now.open_till_end"]
        assert told(WINDOW, "", "2026-11-23T20:00") == ["now.after"]

    def test_a_make_up_day_is_left_open_where_the_documents_write_the_week(self) -> None:
        assert told(WINDOW, "", "2026-10-10T11:00") == ["now.make_up"]
        assert told(CLINIC, "", "2026-10-10T17:00")[0] == "now.weekend"

    @given(MOMENTS)
    def test_the_next_opening_is_open_and_nothing_before_it_is(self, at: datetime) -> None:
        """Looked at minute by minute, for an office with two intervals and one with days of its own."""
        for hours in (WINDOW, CLINIC):
            notice = now_of(hours, at)
            if "next" not in notice.values:
                assert notice.key in {"now.open_till_break", "now.open_till_end", "now.make_up"}
                continue
            opens = datetime.fromisoformat(f"{notice.values['next']}T{notice.values['opens']}").replace(tzinfo=BEIJING)
            assert opens > at
            assert now_of(hours, opens).key.startswith("now.open")
            minutes = int((opens - at).total_seconds() // 60)
            for minute in range(1, minutes, 7):
                assert not now_of(hours, at + timedelta(minutes=minute)).key.startswith("now.open")

    @given(MOMENTS)
    def test_until_is_when_it_closes(self, at: datetime) -> None:
        notice = now_of(WINDOW, at)
        if "left" in notice.values:
            closes = at.replace(second=0, microsecond=0) + timedelta(minutes=int(notice.values["left"]))
            assert f"{closes:%H:%M}" == notice.values["until"]
            assert not now_of(WINDOW, closes).key.startswith("now.open")


class TestSeasons:
    OFFICE = OpeningHours(weekdays=[1, 2, 3, 4, 5], summer=TWICE, winter=TWICE[:1], closed="", text="")

    def test_hours_that_differ_are_not_guessed(self) -> None:
        assert told(self.OFFICE, "", "2026-11-23T11:00") == ["now.season"]

    def test_a_weekend_is_one_in_any_season(self) -> None:
        assert told(self.OFFICE, "周六", "2026-11-23T11:00") == ["day.weekend"]


class TestDays:
    def test_what_happened_is_not_asked_about(self) -> None:
        assert told(WINDOW, "周六交的材料", "2026-11-23T11:00") == ["now.open_till_break"]

    def test_a_month_is_no_day(self) -> None:
        assert told(WINDOW, "12月", "2026-11-23T11:00") == ["now.open_till_break"]

    def test_a_day_that_no_month_has_is_left_out(self) -> None:
        assert told(WINDOW, "2月30号", "2026-11-23T11:00") == ["now.open_till_break"]


class TestHolidays:
    def test_the_announced_calendar(self) -> None:
        assert holiday_name(date(2026, 10, 7)) == "国庆节"
        assert is_make_up_day(date(2026, 10, 10))
        assert is_working_day(date(2026, 10, 10))
        assert not is_working_day(date(2026, 10, 11))
        assert find_holiday("国庆节", date(2026, 10, 5)) == Days(date(2026, 10, 1), date(2026, 10, 7))

    def test_past_the_data_the_days_that_never_change_are_off(self) -> None:
        far = date(2090, 10, 2)
        assert not is_announced(far)
        assert holiday_name(far) == "国庆节"
        assert holiday_name(date(2090, 10, 4)) is None
        assert find_holiday("春节", date(2090, 1, 1)) is None

    @given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 90))
    def test_working_days_are_counted_from_the_next_day(self, start: date, count: int) -> None:
        end = add_working_days(start, count)
        between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
        assert sum(map(is_working_day, between)) == count
        assert is_working_day(end)
