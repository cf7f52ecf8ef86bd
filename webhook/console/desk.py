"""``/console``: one field to find with, and what it finds while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fastapi import APIRouter, Depends, Request
from fastapi.responses import ORJSONResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from knowledge.contacts import find_lines
from knowledge.regions import XINJIANG
from knowledge.schema import Insurance, Purpose
from knowledge.store import Knowledge
from webhook.console.caller import Callers
from webhook.console.guard import Guard, Visitor
from webhook.console.search.hits import Found, Hit
from webhook.guide.wording import SheetWording

LONGEST_QUERY = 200


class Finder(Protocol):
    def warm(self) -> None: ...

    def cool(self) -> None: ...

    def find(self, query: str, region: str | None = None, limit: int = 8) -> Found: ...


def desk_router(
    guard: Guard, templates: Jinja2Templates, search: Finder, knowledge: Knowledge, wording: SheetWording
) -> APIRouter:
    """The page, and ``GET /console/search?q=…&region=…`` for its script."""
    router = APIRouter(prefix="/console")
    reader = guard.require(Permission.LOOK_UP)
    callers = Callers(knowledge.regions)

    @router.get("")
    async def show(request: Request, q: str = "", visitor: Visitor = Depends(reader)) -> Response:
        names = [row for row in knowledge.regions.by_code.values() if knowledge.regions.in_xinjiang(row.code)]
        context = {"visitor": visitor, "query": q[:LONGEST_QUERY], "regions": names, "kinds": list(Insurance)}
        return templates.TemplateResponse(request, "desk.html", context)

    @router.get("/search", dependencies=[Depends(reader)])
    def find(q: str = "", region: str = "") -> Response:
        preset = callers.find(region)
        known = preset.code if preset and preset.code != XINJIANG else None
        found = search.find(q[:LONGEST_QUERY], known)
        place = found.region if found.region and knowledge.regions.in_xinjiang(found.region) else None
        hits = [_shown(hit, place, knowledge, wording) for hit in found.hits]
        where = {"code": place, "name": wording.name(place)} if place else None
        return ORJSONResponse({"region": where, "hits": hits})

    return router


def _shown(hit: Hit, region: str | None, knowledge: Knowledge, wording: SheetWording) -> Mapping[str, object]:
    """``href`` without the caller, which the page adds; ``note``: what often suffices, the number."""
    aspect = hit.aspect.value if hit.aspect else ""
    if hit.topic is None:
        office = knowledge.offices[hit.office or ""]
        note = next((line.number for line in office.lines if line.purpose is Purpose.CONSULTATION), "")
        return {"title": hit.title, "path": f"/console/office/{office.id}", "aspect": "", "label": "", "note": note}
    topic = knowledge.topics[hit.topic]
    lines = find_lines(knowledge, region or XINJIANG, Purpose.CONSULTATION, (topic.id, topic.family))
    return {
        "title": hit.title,
        "path": f"/console/entry/{topic.id}",
        "aspect": aspect,
        "label": wording.label(hit.aspect) if hit.aspect else "",
        "note": lines[0].line.number if lines else "",
    }
