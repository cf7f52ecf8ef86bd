"""The day on which a period ends that the citizen says the beginning of (``Period``), and a case's time limit.

A rule is worked out only where its source says from when it counts. The documents do not say from when a case's time
limit counts: its day is given under a condition, which the answer states.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from knowledge.case import Case
from knowledge.conversation import Answer, TimeNotice
from knowledge.fields import Placed, cue_score, find_periods
from knowledge.holidays import add_working_days, is_announced, is_working_day, last_working_day
from knowledge.limits import Edge, Limit, LimitUnit, Period
from knowledge.moments import Days, Moment
from knowledge.schema import Topic

HANDED_IN = frozenset({"交", "递", "提交", "申请", "受理", "办的"})
"""What is done to a case on the day it begins, as ``Moment.happened`` has it."""

_WHEN_DONE = re.compile("哪一?天|几号|什么时候|啥时候|何时|多久|多长时间|几天|多少天|最晚|最迟")
_LIMITS = 2


def asks_when_done(text: str, moments: Iterable[Moment]) -> bool:
    """Whether a message says when papers were handed in, and asks when the case is done."""
    return any(m.happened in HANDED_IN for m in moments) and _WHEN_DONE.search(text) is not None


def add_deadline(case: Case, answer: Answer, topic: Topic, moments: tuple[Moment, ...], today: date) -> Answer:
    """The answer with the day on which what the citizen asks about ends; the same answer where there is no such day."""
    for moment in moments:
        days = moment.resolve(today) if moment.happened else None
        placed = _find_period(case, topic, moment) if days else None
        if days is not None and placed is not None and placed.block.period is not None:
            return _tell_period(case, answer, placed, placed.block.period, days, today)
        if days is not None and days.first == days.last and asks_when_done(case.text, [moment]):
            return _tell_limits(answer, days.first)
    return answer


def _find_period(case: Case, topic: Topic, moment: Moment) -> Placed | None:
    general = case.knowledge.topics.get(topic.general or "")
    found = [
        (cue_score(case.text, period.cues), placed)
        for each in (topic, general)
        if each is not None
        for placed in find_periods(each, case.situation, case.knowledge.regions)
        if (period := placed.block.period) and any(word in (moment.happened or "") for word in period.happened)
    ]
    score, best = max(found, key=lambda pair: pair[0], default=(0, None))
    return best if score else None


def _tell_period(case: Case, answer: Answer, placed: Placed, period: Period, days: Days, today: date) -> Answer:
    values = {"amount": str(period.amount), "unit": period.unit.value, "what": period.what}
    if period.since is None:
        notices = [TimeNotice("period.start_unknown", values)]
    else:
        first, last = (end_of(day, period.amount, period.unit) for day in (days.first, days.last))
        state = "ahead" if first > today else "reached" if last <= today else "around"
        if period.edge is Edge.LATEST:
            state = "ahead" if first >= today else "passed" if last < today else "around"
        span = {"start": days.first, "start_last": days.last, "end": first, "end_last": last}
        values |= {name: day.isoformat() for name, day in span.items()}
        values |= {"since": period.since, "left": str((first - today).days)}
        notices = [TimeNotice(f"period.{period.edge.value}_{state}", values)]
        if period.edge is Edge.LATEST and state == "ahead" and first == last and not is_working_day(last):
            # Whoever comes on that day stands before a closed window.
            notices.append(TimeNotice("period.not_working", {"end": last_working_day(last).isoformat()}))
        notices += _estimates([last] if period.unit is LimitUnit.WORKING_DAYS else [])
    left_open = (*answer.left_open, *([period.unclear] if period.unclear else []))
    answer = case.add_source(answer, case.cite_guide(placed.guide, placed))
    left_open = tuple(dict.fromkeys(left_open))
    return replace(answer, status="answered", phrase=None, times=(*answer.times, *notices), left_open=left_open)


def _tell_limits(answer: Answer, start: date) -> Answer:
    limits = _distinct([line.limit for section in answer.sections for line in section.lines if line.limit])
    if not limits:
        return answer
    notices = [TimeNotice("limit.start_unknown", {"start": start.isoformat()})]
    ends = []
    for limit in limits[:_LIMITS]:
        end = end_of(start, limit.amount or 0, limit.unit)
        ends.append(end)
        values = {"amount": str(limit.amount), "unit": limit.unit.value, "end": end.isoformat()}
        notices.append(TimeNotice("limit.ends", {**values, "kind": limit.kind.value, "channel": limit.channel or ""}))
    days = [limit for limit in limits if limit.unit is LimitUnit.WORKING_DAYS]
    return replace(answer, times=(*answer.times, *notices, *_estimates(ends if days else [])))


def _distinct(limits: list[Limit]) -> list[Limit]:
    spans = [limit for limit in limits if limit.amount is not None]
    return [limit for i, limit in enumerate(spans) if limit not in spans[:i]]


def _estimates(days: list[date]) -> list[TimeNotice]:
    unknown = [day for day in days if not is_announced(day)]
    return [TimeNotice("estimate", {"year": str(unknown[0].year)})] if unknown else []


def end_of(start: date, amount: int, unit: LimitUnit) -> date:
    """The day on which ``amount`` is full; ``start`` itself does not count. The last day of a shorter month stands for
    a day that it does not have."""
    if unit is LimitUnit.WORKING_DAYS:
        return add_working_days(start, amount)
    if unit is LimitUnit.MONTHS:
        year, month = divmod(start.year * 12 + start.month - 1 + amount, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    return start + timedelta(days=amount)
