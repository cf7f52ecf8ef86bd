"""``/console/figures``: what was asked, where, when, and how it was answered; as plots and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.figures import By, Figures, Period
from bot.journal import STATUSES, JournalLostError
from knowledge.case import CONTACT
from knowledge.regions import XINJIANG
from knowledge.store import Knowledge
from webhook.console.audit_pages import BOM, harmless
from webhook.console.caller import Callers
from webhook.console.guard import Guard, Visitor

USUAL = 30
"""Days that are shown where none are named."""

EARLIEST = date(2020, 1, 1)
"""No journal is older."""

LONGEST = 366 * 3
"""Days of the longest period."""

MOST_BARS = 15
"""Topics and regions in a plot; the rest is in the CSV."""


@dataclass(frozen=True)
class Bar:
    """``share``: of the longest bar of its plot, from 0 to 1."""

    name: str
    times: int
    share: float


@dataclass(frozen=True)
class Sums:
    """``answered``: a fact was given; ``asked_back``: a question back, or near misses; ``unanswered``: the documents do
    not say, or something broke. ``useful``, ``useless``: taps under answers."""

    all: int
    answered: int
    asked_back: int
    unanswered: int
    useful: int
    useless: int


ANSWERED = ("answered",)
ASKED_BACK = ("clarify", "suggest")
UNANSWERED = ("not_in_documents", "error")


def sum_up(statuses: Mapping[str, int], ratings: Mapping[str, int]) -> Sums:
    def of(names: Sequence[str]) -> int:
        return sum(statuses.get(name, 0) for name in names)

    useful, useless = ratings.get("yes", 0), ratings.get("no", 0)
    return Sums(sum(statuses.values()), of(ANSWERED), of(ASKED_BACK), of(UNANSWERED), useful, useless)


def read_period(first: str, last: str, region: str, callers: Callers, today: date, days: int = USUAL) -> Period:
    """What is asked for, as far as there can be anything on it; the last ``days`` where that makes no sense."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        begin, end = today - timedelta(days=days - 1), today
    begin, end = sorted(min(max(day, EARLIEST), today) for day in (begin, end))
    begin = max(begin, end - timedelta(days=LONGEST - 1))
    place = callers.find(region)
    return Period(begin, end, place.code if place and place.code != XINJIANG else None)


def figures_router(
    guard: Guard,
    templates: Jinja2Templates,
    figures: Figures,
    knowledge: Knowledge,
    clock: Callable[[], datetime],
) -> APIRouter:
    """``clock``: the time in Beijing."""
    router = APIRouter(prefix="/console")
    reader = guard.require(Permission.LOOK_UP)
    callers = Callers(knowledge.regions)

    def name(by: By, value: str) -> str:
        if by is By.TOPIC and value == CONTACT:
            return knowledge.menu.contact
        if by is By.TOPIC:
            return knowledge.topics[value].name if value in knowledge.topics else value
        if by is By.REGION:
            return knowledge.regions.by_code[value].name if value in knowledge.regions.by_code else value
        return value

    @router.get("/figures")
    def show(
        request: Request,
        first: str = "",
        last: str = "",
        region: str = "",
        visitor: Visitor = Depends(reader),
    ) -> Response:
        period = read_period(first, last, region, callers, clock().date())
        context: dict[str, object] = {"visitor": visitor, "period": period, "statuses": STATUSES}
        try:
            counted = {by: figures.count(by, period) for by in By}
        except JournalLostError:
            return templates.TemplateResponse(request, "figures.html", {**context, "lost": True}, status_code=503)
        asked = counted[By.TOPIC]
        context |= {
            "sums": sum_up(counted[By.STATUS], counted[By.USEFUL]),
            "by_status": counted[By.STATUS],
            "topics": _bars(asked, lambda value: name(By.TOPIC, value)),
            "regions": _bars(counted[By.REGION], lambda value: name(By.REGION, value)),
            "hours": _in_order(counted[By.HOUR], [str(hour) for hour in range(24)]),
            "days": _in_order(counted[By.DAY], _days(period)),
            "never": [topic for topic in knowledge.topics.values() if not asked.get(topic.id)],
        }
        return templates.TemplateResponse(request, "figures.html", context)

    @router.get("/figures.csv", dependencies=[Depends(reader)])
    def download(by: By = By.TOPIC, first: str = "", last: str = "", region: str = "") -> Response:
        period = read_period(first, last, region, callers, clock().date())
        try:
            counted = figures.count(by, period)
        except JournalLostError:
            return Response(status_code=503)
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow([by.value, "name", "times", "first", "last", "region"])
        for value, times in sorted(counted.items(), key=lambda row: (-row[1], row[0])):
            cells = (value, name(by, value), period.first, period.last, period.region or "")
            rows.writerow([harmless(str(cell)) for cell in (*cells[:2], times, *cells[2:])])
        headers = {"Content-Disposition": f'attachment; filename="{by.value}.csv"'}
        return Response(BOM + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    return router


def _bars(counted: Mapping[str, int], name: Callable[[str], str]) -> list[Bar]:
    """The most first; what has no value is left out."""
    rows = sorted(((times, value) for value, times in counted.items() if value), key=lambda row: (-row[0], row[1]))
    longest = rows[0][0] if rows else 1
    return [Bar(name(value), times, times / longest) for times, value in rows[:MOST_BARS]]


def _in_order(counted: Mapping[str, int], values: Sequence[str]) -> list[Bar]:
    longest = max((counted.get(value, 0) for value in values), default=0) or 1
    return [Bar(value, counted.get(value, 0), counted.get(value, 0) / longest) for value in values]


def _days(period: Period) -> list[str]:
    count = (period.last - period.first).days + 1
    return [(period.first + timedelta(days=number)).isoformat() for number in range(count)]
