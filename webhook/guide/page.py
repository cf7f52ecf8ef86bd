"""``/guide``: every guide in full, for who wants more than fits into a message; to read, to print, to call from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from bot.phrases import Phrases
from knowledge.regions import XINJIANG
from knowledge.schema import Region
from knowledge.sheet import Sheet, make_sheet
from knowledge.store import Knowledge
from webhook.guide.wording import SheetWording

HERE = Path(__file__).parent

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
FRESH = 300
"""Seconds for which a page is not asked for again: a corrected number must not stand there for long."""

LONGEST_REGION = 32


def mount_guide(app: FastAPI, knowledge: Knowledge, phrases: Phrases, release: str) -> None:
    """Adds the list of all topics, ``/guide/{topic}?region=…`` (a code or a name), and what they look like."""
    pages = _Pages(knowledge, phrases, release)
    app.mount("/guide/static", StaticFiles(directory=HERE / "static"), name="guide-static")
    app.add_api_route("/guide", pages.all_topics, methods=["GET"])
    app.add_api_route("/guide/{topic_id}", pages.topic, methods=["GET"])


class _Pages:
    def __init__(self, knowledge: Knowledge, phrases: Phrases, release: str) -> None:
        self._knowledge = knowledge
        self._say = phrases
        self._release = release
        self._templates = Jinja2Templates(HERE / "templates")
        self._templates.env.globals.update(SheetWording(knowledge.regions, phrases).functions())

    async def all_topics(self, request: Request, region: str = "") -> Response:
        """The topics as the menu has them."""
        place = self._find_region(region)
        if place is None:
            return self._missing(request, "guide.no_region")
        context = {"shelves": self._knowledge.menu.shelves, "topics": self._knowledge.topics, "region": place}
        return self._answer(request, "topics.html", context, f"all {place.code}")

    async def topic(self, request: Request, topic_id: str, region: str = "") -> Response:
        topic = self._knowledge.topics.get(topic_id)
        place = self._find_region(region)
        if topic is None or place is None:
            return self._missing(request, "guide.no_topic" if topic is None else "guide.no_region")
        sheet = make_sheet(self._knowledge, topic, place.code)
        context = {"sheet": sheet, "region": place, "local": self._local(sheet)}
        return self._answer(request, "guide.html", context, f"{topic.id} {place.code}")

    def _find_region(self, name: str) -> Region | None:
        """The autonomous region where none is named; None for one that is unknown or not ours."""
        if not name.strip():
            return self._knowledge.regions.by_code[XINJIANG]
        regions = self._knowledge.regions
        found = (row for row in regions.candidates(name[:LONGEST_REGION]) if regions.in_xinjiang(row.code))
        return next(found, None)

    def _local(self, sheet: Sheet) -> list[Region]:
        return [self._knowledge.regions.by_code[code] for code in sheet.local]

    def _answer(self, request: Request, template: str, context: dict[str, object], what: str) -> Response:
        """304 to who has the page of this release already."""
        digest = hashlib.sha256(f"{self._release} {what}".encode()).hexdigest()[:16]
        headers = HEADERS | {"ETag": f'"{digest}"', "Cache-Control": f"public, max-age={FRESH}"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return self._templates.TemplateResponse(request, template, context, headers=headers)

    def _missing(self, request: Request, key: str) -> Response:
        context = {"message": self._say(key)}
        return self._templates.TemplateResponse(request, "missing.html", context, status_code=404, headers=HEADERS)
