"""``/console/questions``: what people asked, as far as it went wrong or was looked for; alike ones together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.figures import Figures, Wanted
from bot.journal import STATUSES, Entry, JournalLostError
from knowledge.editor.clusters import cluster
from knowledge.store import Knowledge
from webhook.console.caller import Callers
from webhook.console.figures import read_period
from webhook.console.guard import Guard, Visitor

UNANSWERED = ("not_in_documents", "suggest", "error")
"""What is shown where nothing is chosen, beside what was marked 没用."""

USUAL = 7
"""Days."""

MOST = 500
"""Questions that are put together at once."""

SHOWN = 5
"""Wordings of a group; the rest are counted."""


@dataclass(frozen=True)
class Group:
    """Questions that ask the same. ``regions``: codes with how often, the most first; empty: not said."""

    entries: tuple[Entry, ...]
    wordings: tuple[str, ...]
    regions: Mapping[str, int]


def group(entries: Sequence[Entry]) -> list[Group]:
    """The largest group first."""
    groups = []
    for positions in cluster([entry.question or "" for entry in entries]):
        own = tuple(entries[position] for position in positions)
        wordings = tuple(Counter(entry.question or "" for entry in own))
        regions = dict(Counter(entry.region or "" for entry in own).most_common())
        groups.append(Group(own, wordings, regions))
    return groups


def questions_router(
    guard: Guard, templates: Jinja2Templates, figures: Figures, knowledge: Knowledge, clock: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix="/console")
    callers = Callers(knowledge.regions)

    @router.get("/questions")
    def show(
        request: Request,
        status: str = "",
        useful: str = "",
        topic: str = "",
        first: str = "",
        last: str = "",
        region: str = "",
        told: str = "",
        visitor: Visitor = Depends(guard.require(Permission.LOOK_UP)),
    ) -> Response:
        """``status``: one of the contract; ``useful``: yes or no; neither: all that went wrong."""
        period = read_period(first, last, region, callers, clock().date(), USUAL)
        chosen = (status,) if status in STATUSES else ()
        rated = {"yes": True, "no": False}.get(useful)
        about = topic if topic in knowledge.topics else None
        try:
            if chosen or rated is not None or about:
                found = figures.list(Wanted(period, chosen, rated, about), MOST)
            else:
                found = figures.list(Wanted(period, UNANSWERED), MOST) + figures.list(Wanted(period, (), False), MOST)
        except JournalLostError:
            context = {"visitor": visitor, "period": period, "lost": True}
            return templates.TemplateResponse(request, "questions.html", context, status_code=503)
        entries = [entry for _, entry in sorted(dict(found).items(), reverse=True)]
        context = {
            "visitor": visitor,
            "period": period,
            "groups": group(entries),
            "count": len(entries),
            "most": MOST,
            "shown": SHOWN,
            "told": told[:200],
            "status": status,
            "useful": useful,
            "topic": about,
            "statuses": STATUSES,
            "topics": knowledge.topics,
        }
        return templates.TemplateResponse(request, "questions.html", context)

    return router
