"""``/console/regions``: which regions have documents of their own, and what they lack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from knowledge.contacts import find_lines, find_offices
from knowledge.regions import XINJIANG
from knowledge.schema import Purpose, Region, RegionKind
from knowledge.store import Knowledge
from webhook.console.guard import Guard, Visitor


@dataclass(frozen=True)
class Coverage:
    """``topics``: how many topics have a guide that this region published. ``number``: one of its own to call, else
    that of the prefecture is given (``number_above``)."""

    region: Region
    topics: int
    number: str | None
    number_above: str | None
    has_address: bool
    has_hours: bool

    @property
    def is_bare(self) -> bool:
        """Nothing of its own is on file."""
        return not (self.topics or self.number or self.has_address)


@dataclass(frozen=True)
class Branch:
    """A prefecture with its counties."""

    top: Coverage
    counties: tuple[Coverage, ...]


def list_coverage(knowledge: Knowledge) -> list[Branch]:
    """The tree of Xinjiang: the autonomous region first, then each prefecture; pools of no county stand alone."""
    published: dict[str, set[str]] = {}
    for topic in knowledge.topics.values():
        for guide in topic.guides:
            published.setdefault(guide.published_by, set()).add(topic.id)
    rows = [row for row in knowledge.regions.by_code.values() if knowledge.regions.in_xinjiang(row.code)]
    covered = {row.code: _cover(row, knowledge, published) for row in rows}
    tops = [row for row in rows if row.code == XINJIANG or row.parent == XINJIANG]
    return [
        Branch(
            covered[top.code],
            tuple(covered[row.code] for row in rows if row.parent == top.code and top.code != XINJIANG),
        )
        for top in sorted(tops, key=lambda row: (row.code != XINJIANG, row.kind is not RegionKind.PREFECTURE, row.code))
    ]


def _cover(row: Region, knowledge: Knowledge, published: Mapping[str, set[str]]) -> Coverage:
    lines = find_lines(knowledge, row.code, Purpose.CONSULTATION, ())
    own = next((reached.line.number for reached in lines if reached.own), None)
    above = next((reached.line.number for reached in lines if not reached.own), None)
    offices = [office for office in find_offices(knowledge, row.code, ()) if row.code in office.regions]
    has_hours = any(office.hours is not None for office in offices)
    return Coverage(row, len(published.get(row.code, ())), own, above, bool(offices), has_hours)


def coverage_router(guard: Guard, templates: Jinja2Templates, knowledge: Knowledge) -> APIRouter:
    router = APIRouter(prefix="/console")
    branches = list_coverage(knowledge)
    total = len(knowledge.topics)

    @router.get("/regions")
    async def show(request: Request, visitor: Visitor = Depends(guard.require(Permission.LOOK_UP))) -> Response:
        context = {"visitor": visitor, "branches": branches, "total": total}
        return templates.TemplateResponse(request, "regions.html", context)

    return router
