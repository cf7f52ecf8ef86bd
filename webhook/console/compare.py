"""``/console/compare/{topic}``: what regions say of the same thing, side by side, with the differences marked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from knowledge.conversation import Cited
from knowledge.fields import Level
from knowledge.regions import XINJIANG
from knowledge.schema import Aspect, Region, Topic
from knowledge.sheet import Passage, make_sheet
from knowledge.store import Knowledge
from webhook.console.caller import Callers
from webhook.console.guard import Guard, Visitor
from webhook.guide.wording import SheetWording

MOST = 4
"""Regions side by side."""

ALIKE = 0.5
"""Likeness from which two lines are two wordings of one, and only what differs in them is marked."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; ``differs``: the first region does not have it, or, in the first, nobody else does."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Line:
    """``condition``: whom it is for, where that is another than of the line before."""

    condition: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Cell:
    """What one region says under one aspect. ``level`` None: nothing, or numbers."""

    lines: tuple[Line, ...]
    level: Level | None = None
    publisher: str = ""
    cited: Cited | None = None


@dataclass(frozen=True)
class Row:
    """``aspect`` None: the numbers. ``differs``: the regions do not say the same."""

    aspect: Aspect | None
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True)
class _Said:
    condition: str
    text: str

    @property
    def plain(self) -> str:
        return "".join(unicodedata.normalize("NFKC", self.condition + self.text).split()).rstrip("。")


def compare(knowledge: Knowledge, topic: Topic, regions: Sequence[str], wording: SheetWording) -> list[Row]:
    """The numbers, then a row for each aspect that one of the regions has something on file about."""
    sheets = [make_sheet(knowledge, topic, code) for code in regions]
    numbers = [[_Said("", f"{each.label} {each.number}") for each in sheet.contacts] for sheet in sheets]
    rows = [_row(None, numbers, [Cell(()) for _ in sheets])]
    for aspect in Aspect:
        passages = [[p for field in sheet.fields if field.aspect is aspect for p in field.passages] for sheet in sheets]
        if any(passages):
            said = [[each for passage in column for each in _say(passage, wording)] for column in passages]
            rows.append(_row(aspect, said, [_whose(column) for column in passages]))
    return rows


def _row(aspect: Aspect | None, said: Sequence[Sequence[_Said]], cells: Sequence[Cell]) -> Row:
    """Every column against the first, and the first against all others. Of two numbers, nobody wants to know which
    digits they share."""
    first, *others = said
    whole = aspect is None
    columns = [_mark(first, [each for column in others for each in column] if others else first, whole)]
    columns += [_mark(column, first, whole) for column in others]
    marked = tuple(replace(cell, lines=lines) for cell, lines in zip(cells, columns, strict=True))
    return Row(aspect, marked, any(p.differs for column in columns for line in column for p in line.pieces))


def _mark(said: Sequence[_Said], against: Sequence[_Said], whole: bool) -> tuple[Line, ...]:
    """``whole``: a line differs as one, or not at all."""
    known = {each.plain for each in against}
    lines: list[Line] = []
    before = ""
    for each in said:
        condition = each.condition if each.condition != before else ""
        before = each.condition
        same = each.plain in known
        if same or whole:
            pieces: tuple[Piece, ...] = (Piece(each.text, not same),)
        else:
            pieces = tuple(_differences(each.text, [a.text for a in against]))
        lines.append(Line(condition, pieces))
    return tuple(lines)


def _differences(text: str, others: Sequence[str]) -> Iterator[Piece]:
    """The text in stretches, against what is most like it; all of it differs where nothing is."""
    matchers = [SequenceMatcher(None, other, text, autojunk=False) for other in others]
    nearest = max(matchers, key=lambda matcher: matcher.ratio(), default=None)
    if nearest is None or nearest.ratio() < ALIKE:
        yield Piece(text, True)
        return
    for kind, _, _, start, end in nearest.get_opcodes():
        if end > start:
            yield Piece(text[start:end], kind != "equal")


def _whose(passages: Sequence[Passage]) -> Cell:
    return Cell((), passages[0].level, passages[0].publisher, passages[0].cited) if passages else Cell(())


def _say(passage: Passage, wording: SheetWording) -> Iterator[_Said]:
    condition = wording.condition(passage.when).rstrip("：")
    if passage.lead:
        yield _Said(condition, passage.lead)
    for line in passage.lines:
        yield _Said(condition, wording.word(line) + (f"（{line.doubt}）" if line.doubt else ""))
    for caution in passage.warnings:
        yield _Said(condition, f"【{caution.label}】{caution.text}")


def compare_router(guard: Guard, templates: Jinja2Templates, knowledge: Knowledge, wording: SheetWording) -> APIRouter:
    router = APIRouter(prefix="/console")
    callers = Callers(knowledge.regions)

    @router.get("/compare/{topic_id}")
    async def show(
        request: Request,
        topic_id: str,
        regions: str = "",
        add: str = "",
        visitor: Visitor = Depends(guard.require(Permission.LOOK_UP)),
    ) -> Response:
        """``regions``: codes or names with commas between them; none: all that have a guide of their own, as far as
        they fit. ``add``: one more."""
        topic = knowledge.topics.get(topic_id)
        if topic is None:
            raise HTTPException(404)
        named = [name for name in f"{regions},{add}".replace("，", ",").split(",") if name.strip()]
        found = [callers.find(name) for name in named]
        chosen = list({row.code: row for row in found if row is not None}.values()) or _with_guides(knowledge, topic)
        context = {
            "visitor": visitor,
            "topic": topic,
            "chosen": chosen[:MOST],
            "unknown": [name for name, row in zip(named, found, strict=True) if row is None],
            "left_out": chosen[MOST:],
            "most": MOST,
            "rows": compare(knowledge, topic, [row.code for row in chosen[:MOST]], wording),
        }
        return templates.TemplateResponse(request, "compare.html", context)

    return router


def _with_guides(knowledge: Knowledge, topic: Topic) -> list[Region]:
    codes = [XINJIANG, *sorted({guide.published_by for guide in topic.guides} - {XINJIANG, "000000"})]
    return [knowledge.regions.by_code[code] for code in codes][:MOST]
