"""The book of a region: every answer that its people get, beside the passage that it rests on, for a department to
sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from bot.phrases import Phrases
from knowledge.conversation import Cited
from knowledge.editor.sources import SourceDocuments, normalise
from knowledge.schema import Region, Topic
from knowledge.sheet import Passage, Sheet, make_sheet
from knowledge.store import Knowledge
from webhook.guide.wording import SheetWording

LONG_ENOUGH = 5
"""Characters that a line of the document and an answer have in common where one rests on the other."""

MOST_LINES = 40
"""Of a document beside one answer."""


@dataclass(frozen=True)
class Chapter:
    """One topic: each passage of its sheet with the lines of the document beside it."""

    topic: Topic
    sheet: Sheet
    rows: tuple[tuple[str, Passage, tuple[str, ...]], ...]


def make_book(
    knowledge: Knowledge, region: Region, documents: SourceDocuments | None, phrases: Phrases, today: date, state: str
) -> str:
    """A page of HTML that needs nothing else. ``state``: the commit of the content; ``documents`` None: the right half
    stays empty, and that is said."""
    wording = SheetWording(knowledge.regions, phrases)
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
    templates.globals.update(wording.functions())
    chapters = [_chapter(knowledge, topic, region.code, documents, wording) for topic in knowledge.topics.values()]
    page: str = templates.get_template("book.html").render(
        region=region, chapters=chapters, today=today, state=state, held=documents is not None
    )
    return page


def _chapter(
    knowledge: Knowledge, topic: Topic, region: str, documents: SourceDocuments | None, wording: SheetWording
) -> Chapter:
    sheet = make_sheet(knowledge, topic, region)
    rows = []
    for field in sheet.fields:
        for passage in field.passages:
            said = [passage.lead or "", *map(wording.word, passage.lines)]
            beside = _find_lines(documents, passage.cited, said)

            rows.append((wording.label(field.aspect), passage, tuple(dict.fromkeys(beside))[:MOST_LINES]))
    return Chapter(topic, sheet, tuple(rows))


def _find_lines(documents: SourceDocuments | None, cited: Cited, said: Sequence[str]) -> list[str]:
    """The lines of the cited section that share words with what is said."""
    if documents is None or cited.id not in documents:
        return []
    pieces = {text[at : at + LONG_ENOUGH] for text in map(normalise, said) for at in range(len(text) - LONG_ENOUGH + 1)}
    lines = documents.lines(cited.id, cited.clause)
    return [line.strip() for line in lines if any(piece in normalise(line) for piece in pieces)]
