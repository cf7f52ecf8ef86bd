"""``/console/entry/{topic}``: all that is known about a topic for one caller, to be read out and to be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import segno
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.parts import read
from bot.phrases import Phrases
from bot.time_wording import TimeWording
from knowledge.contacts import Reached, find_lines, find_offices
from knowledge.opening import tell_opening
from knowledge.regions import XINJIANG
from knowledge.schema import OFFICE_ASPECTS, Aspect, Insurance, Office, Purpose, Topic
from knowledge.sheet import make_sheet
from knowledge.store import Knowledge
from webhook.console.aloud import read_aloud
from webhook.console.caller import Caller, Callers
from webhook.console.guard import Guard, Visitor
from webhook.console.rehearsal import Rehearsal
from webhook.guide.wording import SheetWording
from webhook.sender import keyed_sender


@dataclass(frozen=True)
class OfficeNow:
    """An office with its lines by purpose; ``now``: whether it is open, empty where its hours are not on file."""

    office: Office
    now: str
    source: str


@dataclass(frozen=True)
class Sent:
    """One part as WeChat is sent it, as it is read, and how long it is."""

    text: str
    bytes: int


class Entries:
    """Makes what the pages of entries show. ``public_url``: where citizens reach the guides, None: at this server."""

    def __init__(
        self,
        knowledge: Knowledge,
        phrases: Phrases,
        rehearsal: Rehearsal,
        *,
        sender_key: str,
        public_url: str | None,
        clock: Callable[[], datetime],
    ) -> None:
        self.knowledge = knowledge
        self.wording = SheetWording(knowledge.regions, phrases)
        self._say = phrases
        self._times = TimeWording(phrases)
        self._rehearsal = rehearsal
        self._key = sender_key
        self._public_url = public_url
        self._clock = clock

    def topic(self, topic_id: str) -> Topic:
        """Raises HTTPException 404."""
        topic = self.knowledge.topics.get(topic_id)
        if topic is None:
            raise HTTPException(404)
        return topic

    async def show(self, request: Request, topic: Topic, caller: Caller, aspect: Aspect) -> Mapping[str, object]:
        """What the template of an entry needs."""
        code = caller.region.code
        care = caller.care.code if caller.care else None
        sheet = make_sheet(self.knowledge, topic, code, care=care, insurance=caller.insurance)
        on_file = {field.aspect for field in sheet.fields}
        shown = aspect if aspect in on_file or aspect in OFFICE_ASPECTS else Aspect.OVERVIEW
        address = self._guide_address(request, topic, code)
        # What was asked comes first: nobody scrolls while somebody waits.
        fields = sorted(sheet.fields, key=lambda field: field.aspect is not aspect)
        return {
            "sheet": sheet,
            "fields": fields,
            "caller": caller,
            "aspect": aspect,
            "aloud": read_aloud(sheet, shown, self.wording),
            "sent": await self.preview(topic, aspect, caller),
            "offices": self.offices(code, (topic.id, topic.family)),
            "lines": self.lines(code, (topic.id, topic.family)),
            "guide": address,
            "qr_code": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
            "kinds": list(Insurance),
            "local": [self.knowledge.regions.by_code[code] for code in sheet.local],
        }

    async def preview(self, topic: Topic, aspect: Aspect, caller: Caller) -> list[Sent]:
        region = None if caller.region.code == XINJIANG else caller.region.code
        sender = keyed_sender(self._key, "console-preview", f"{topic.id} {aspect.value} {region}")
        parts = await self._rehearsal.preview(sender, topic, aspect, region)
        return [Sent(read(part), len(part.encode())) for part in parts]

    def offices(self, region: str, business: tuple[str, ...]) -> list[OfficeNow]:
        return [self.office_now(office) for office in find_offices(self.knowledge, region, business)]

    def lines(self, region: str, business: tuple[str, ...]) -> Mapping[Purpose, list[Reached]]:
        """The numbers of a region by purpose, the best for the business first."""
        found = {purpose: find_lines(self.knowledge, region, purpose, business) for purpose in Purpose}
        return {purpose: lines for purpose, lines in found.items() if lines}

    def office_now(self, office: Office) -> OfficeNow:
        told = tell_opening(office.hours, (), self._clock()) if office.hours else ()
        source = self.knowledge.sources[office.source]
        edition = self._say("answer.edition", edition=source.edition) if source.edition else self._say("answer.undated")
        return OfficeNow(office, "".join(map(self._times.word, told)), f"{source.short}{edition}{office.clause or ''}")

    def _guide_address(self, request: Request, topic: Topic, region: str) -> str:
        base = self._public_url or str(request.base_url).rstrip("/")
        query = "" if region == XINJIANG else f"?region={region}"
        return f"{base}/guide/{topic.id}{query}"


def entry_router(guard: Guard, templates: Jinja2Templates, entries: Entries) -> APIRouter:
    """``templates``: those of the console, with the functions of ``SheetWording``."""
    router = APIRouter(prefix="/console")
    reader = guard.require(Permission.LOOK_UP)
    callers = Callers(entries.knowledge.regions)

    @router.get("/entry/{topic_id}")
    async def show(
        request: Request,
        topic_id: str,
        region: str = "",
        care: str = "",
        insurance: str = "",
        aspect: str = "",
        visitor: Visitor = Depends(reader),
    ) -> Response:
        """The whole page, or, to a script, the entry alone."""
        caller = callers.read(region, care, insurance)
        asked = Aspect(aspect) if aspect in {each.value for each in Aspect} else Aspect.OVERVIEW
        context = await entries.show(request, entries.topic(topic_id), caller, asked)
        name = "_entry.html" if "x-requested-with" in request.headers else "entry.html"
        return templates.TemplateResponse(request, name, {"visitor": visitor, **context})

    @router.get("/office/{office_id}")
    async def show_office(
        request: Request, office_id: str, region: str = "", visitor: Visitor = Depends(reader)
    ) -> Response:
        office = entries.knowledge.offices.get(office_id)
        if office is None:
            raise HTTPException(404)
        context = {"caller": callers.read(region), "card": entries.office_now(office)}
        name = "_office.html" if "x-requested-with" in request.headers else "office.html"
        return templates.TemplateResponse(request, name, {"visitor": visitor, **context})

    return router
