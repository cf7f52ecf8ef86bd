"""When China works: weekends, public holidays and the days that make up for them, from the package chinesecalendar.

The State Council announces the holidays of a year in the autumn before; the package holds what has been announced.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from chinese_calendar.constants import Holiday, holidays, workdays

from knowledge.moments import Days

_NAMES = {
    Holiday.new_years_day.value: "元旦",
    Holiday.spring_festival.value: "春节",
    Holiday.tomb_sweeping_day.value: "清明节",
    Holiday.labour_day.value: "劳动节",
    Holiday.dragon_boat_festival.value: "端午节",
    Holiday.mid_autumn_festival.value: "中秋节",
    Holiday.national_day.value: "国庆节",
}

_EVERY_YEAR = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节"} | {(10, day): "国庆节" for day in (1, 2, 3)}
"""Statutory holidays by the sun: off in any year, announced or not."""


@lru_cache(maxsize=1)
def _last_known_year() -> int:
    latest: int = max(day.year for day in holidays)
    return latest


def is_announced(day: date) -> bool:
    """Whether the holidays of the day's year are known; past them everything here is an estimate from weekdays."""
    return day.year <= _last_known_year()


def is_working_day(day: date) -> bool:
    """By the announced calendar; an ordinary weekday where nothing is announced yet."""
    return is_make_up_day(day) or (day.isoweekday() <= 5 and holiday_name(day) is None)


def is_make_up_day(day: date) -> bool:
    """A Saturday or Sunday on which people work to make up for a holiday (调休)."""
    return day.isoweekday() > 5 and day in workdays


def holiday_name(day: date) -> str | None:
    """The holiday for which the day is off, days in lieu among them; None for any other day."""
    if day in holidays:
        return _NAMES.get(holidays[day])
    return None if is_announced(day) else _EVERY_YEAR.get((day.month, day.day))


def find_holiday(name: str, today: date) -> Days | None:
    """The days off for the holiday that is going on or comes next; None where they are not announced."""
    days = sorted(day for day in holidays if day >= today - timedelta(days=30) and holiday_name(day) == name)
    ends = [day for day in days if day + timedelta(days=1) not in days and day >= today]
    if not ends:
        return None
    first = ends[0]
    while first - timedelta(days=1) in days:
        first -= timedelta(days=1)
    return Days(first, ends[0])


def add_working_days(start: date, count: int) -> date:
    """The ``count``-th working day after ``start``, which does not count itself."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def last_working_day(day: date) -> date:
    """The working day before ``day``."""
    day -= timedelta(days=1)
    return day if is_working_day(day) else last_working_day(day)
