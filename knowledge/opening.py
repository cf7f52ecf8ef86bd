"""Whether an office is open: its hours against a moment, in Beijing time, with weekends, holidays and make-up days.

Everything is pure: the moment is given. What the documents do not decide is said to be undecided: a make-up day, where
they write Monday to Friday, and the hours of a season where they do not write when it begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from knowledge.conversation import TimeNotice
from knowledge.holidays import find_holiday, holiday_name, is_announced, is_make_up_day
from knowledge.moments import Days, Moment
from knowledge.schema import Interval, OpeningHours

WORKING_WEEK = [1, 2, 3, 4, 5]

AHEAD = 40
"""Days in which the next opening is looked for; no holiday is as long."""

LONGEST_SPAN = 3
"""Days of one moment that are looked at one by one: a weekend, no month."""

_PARTS = {
    "night": (0, 8 * 60),
    "morning": (8 * 60, 14 * 60),
    "noon": (13 * 60, 16 * 60),
    "afternoon": (16 * 60, 20 * 60),
    "evening": (20 * 60, 24 * 60),
}
"""Parts of the day as people in Xinjiang name them, in minutes of Beijing time."""


def tell_opening(hours: OpeningHours, moments: tuple[Moment, ...], now: datetime) -> tuple[TimeNotice, ...]:
    """Says of each moment asked about, or of now, whether the office is open. Keys: ``<when>.<state>``."""
    asked = [m for m in moments if not m.happened]
    told: list[TimeNotice] = []
    for moment in asked:
        told += [notice for notice in _tell(hours, moment, now) if notice not in told]
    if not told:
        told = [_at(hours, "now", now.date(), _minute(now))]
    days = [date.fromisoformat(n.values[name]) for n in told for name in ("day", "next") if name in n.values]
    unknown = [day for day in days if not is_announced(day)]
    return (*told, *([TimeNotice("estimate", {"year": str(unknown[0].year)})] if unknown else []))


def is_shut(told: tuple[TimeNotice, ...]) -> bool:
    """Whether the office is known to be closed now. What the documents leave open is not known."""
    undecided = ("now.open_till_break", "now.open_till_end", "now.make_up", "now.season")
    return any(n.key.startswith("now.") and n.key not in undecided for n in told)


def _tell(hours: OpeningHours, moment: Moment, now: datetime) -> Iterator[TimeNotice]:
    today = now.date()
    if moment.holiday:
        yield _tell_holiday(hours, moment.holiday, today)
        return
    days = moment.resolve(today)
    if moment.now or (days is None and moment.minute is None and moment.part is None and not moment.names_day):
        yield _at(hours, "now", today, _minute(now))
    elif days is None and moment.names_day:
        return
    elif days is None and moment.minute is None:
        yield from _tell_part(hours, moment.part or "", now)
    elif moment.minute is not None:
        yield _at(hours, "at", days.first if days else today, moment.minute)
    elif days is not None and (days.last - days.first).days < LONGEST_SPAN:
        yield from _tell_days(hours, days, moment.part)


def _tell_days(hours: OpeningHours, days: Days, part: str | None) -> Iterator[TimeNotice]:
    day = days.first
    while day <= days.last:
        state = _closed_all_day(hours, day)
        values = {"day": day.isoformat()}
        if state is not None:
            yield _closed(hours, "day", state, day, 24 * 60, values)
        elif part is not None:
            yield TimeNotice(f"day.{_part_state(hours, part)}", {**values, **_part_values(hours, part)})
        else:
            yield TimeNotice("day.open_all", {**values, "intervals": _written(hours.summer)})
        day += timedelta(days=1)


def _tell_part(hours: OpeningHours, part: str, now: datetime) -> Iterator[TimeNotice]:
    """中午上班吗 asks about any day; where today is none, that is said as well."""
    if _closed_all_day(hours, now.date()) is not None:
        yield _at(hours, "now", now.date(), _minute(now))
    if hours.summer == hours.winter:
        yield TimeNotice(f"any_day.{_part_state(hours, part)}", _part_values(hours, part))


def _tell_holiday(hours: OpeningHours, name: str, today: date) -> TimeNotice:
    days = find_holiday(name, today)
    if days is None:
        return TimeNotice("holiday.not_announced", {"holiday": name})
    values = {"holiday": name, "first": days.first.isoformat(), "last": days.last.isoformat()}
    return _closed(hours, "holiday", "days_off", days.last, 24 * 60, values)


def _at(hours: OpeningHours, when: str, day: date, minute: int) -> TimeNotice:
    values = {"day": day.isoformat(), "time": _clock(minute)}
    state = _closed_all_day(hours, day)
    if state is not None:
        return _closed(hours, when, state, day, minute, values)
    for interval in hours.summer:
        if _opens(interval) <= minute < _closes(interval):
            last = interval == hours.summer[-1]
            left = {"until": interval.closes, "left": str(_closes(interval) - minute)}
            return TimeNotice(f"{when}.{'open_till_end' if last else 'open_till_break'}", {**values, **left})
    before, after = minute < _opens(hours.summer[0]), minute >= _closes(hours.summer[-1])
    return _closed(hours, when, "before" if before else "after" if after else "break", day, minute, values)


def _closed_all_day(hours: OpeningHours, day: date) -> str | None:
    """Why the office is closed on that day, or why that is not known; None where it opens."""
    if day.isoweekday() in hours.weekdays:
        if holiday_name(day) is not None:
            return "on_holiday"
        return None if hours.summer == hours.winter and hours.summer else "season"
    if is_make_up_day(day) and hours.weekdays == WORKING_WEEK:
        return "make_up"
    return "weekend" if day.isoweekday() > 5 else "other_day"


def _closed(hours: OpeningHours, when: str, state: str, day: date, minute: int, values: dict[str, str]) -> TimeNotice:
    holiday = {"holiday": name} if state == "on_holiday" and (name := holiday_name(day)) else {}
    opens = next(_openings(hours, day, minute), None) if state not in ("make_up", "season") else None
    coming = {"next": opens[0].isoformat(), "opens": opens[1]} if opens else {}
    return TimeNotice(f"{when}.{state}", {**values, **holiday, **coming})


def _openings(hours: OpeningHours, day: date, minute: int) -> Iterator[tuple[date, str]]:
    """The openings after that minute that are certain, the next first."""
    for ahead in range(AHEAD):
        at = day + timedelta(days=ahead)
        if _closed_all_day(hours, at) is None:
            yield from ((at, i.opens) for i in hours.summer if ahead or _opens(i) > minute)


def _part_state(hours: OpeningHours, part: str) -> str:
    if part == "noon" and len(hours.summer) > 1:
        return "part_break"
    return "part_open" if _overlapping(hours, part) else "part_closed"


def _part_values(hours: OpeningHours, part: str) -> dict[str, str]:
    if _part_state(hours, part) == "part_break":
        return {"part": part, "from": hours.summer[0].closes, "until": hours.summer[1].opens}
    return {"part": part, "intervals": _written(_overlapping(hours, part) or hours.summer)}


def _overlapping(hours: OpeningHours, part: str) -> list[Interval]:
    begins, ends = _PARTS[part]
    return [i for i in hours.summer if _opens(i) < ends and _closes(i) > begins]


def _written(intervals: list[Interval]) -> str:
    return " ".join(f"{i.opens}/{i.closes}" for i in intervals)


def _opens(interval: Interval) -> int:
    return _minutes(interval.opens)


def _closes(interval: Interval) -> int:
    return _minutes(interval.closes)


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return 60 * int(hour) + int(minute)


def _minute(now: datetime) -> int:
    return 60 * now.hour + now.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
