"""What the documents say and no content holds: nothing of them may be forgotten.

The check of ``comparison.py`` read the other way round: there every literal of ours must stand in the document, here
every figure, phone number, name and sentence of the document must stand in what cites its section. What is left out on
purpose is explained in ``not_covered.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.editor.findings import Finding, error, warning
from knowledge.editor.literals import LONGEST_NAME, PHONE, QUOTE, Literal, Terms, find_literals, stands_in
from knowledge.editor.sources import Passage, Section, SourceDocuments, normalise
from knowledge.editor.statements import Kind, pages, statements
from knowledge.editorial import NotCovered
from knowledge.fields import cover
from knowledge.schema import Office
from knowledge.store import Knowledge

EXCEPTIONS = "not_covered.yml"

COVERED = 0.5
"""Share of a sentence's pairs of neighbouring characters from which our words hold it: they are not the document's."""

SHORTEST = 4
"""Characters below which a piece of a document is a label, not a sentence."""

_BREAK = "。"
_LABEL = re.compile(r"^。?[\u4e00-\u9fff、]{2,12}:(?!\d)")
_LINE_NUMBER = re.compile(r"^(?:\d{1,2}[.、](?!\d)|[(]?\d{1,2}[)]|[(]?[一二三四五六七八九十]+[)、]|▲)")
_NUMBER = re.compile(r"(?<![\d.])\d{1,2}[.、](?!\d)|[(][\d一二三四五六七八九十]{1,2}[)]|▲")
_CIRCLED = re.compile(r"[①-⑳]")
"""Taken out first: NFKC makes a plain digit of them."""

_SECONDS = re.compile(r"^(\d{1,2}:\d\d):00$")
_IMAGE = re.compile(r"\[image:[^\]]*\]")
_SENTENCE_ENDS = re.compile(r"[。;!?]|:(?!//|\d)")


@dataclass(frozen=True)
class Missing:
    """A piece of a section that nothing holds. ``kind``: what an editor reads it as."""

    source: str
    heading: str
    kind: str
    text: str

    def finding(self) -> Finding:
        cause = f"{self.kind}“{self.text}”没有一条内容写到"
        remedy = f"写进事项；确实不用写的，在 {EXCEPTIONS} 里说明原因"
        return error(f"原件 {self.source}", self.heading, cause, remedy)


def check_coverage(knowledge: Knowledge, documents: SourceDocuments) -> list[Finding]:
    """What no content holds and no exception explains, and exceptions that are no longer needed."""
    used: set[int] = set()
    found = []
    for missing in find_missing(knowledge, documents):
        explained = [i for i, row in enumerate(knowledge.not_covered) if _explains(row, missing)]
        used.update(explained)
        if not explained:
            found.append(missing.finding())
    for index, row in enumerate(knowledge.not_covered):
        if row.source in documents and index not in used:
            cause = f"“{row.text}”已经写到了，或原件里没有"
            found.append(warning(EXCEPTIONS, f"not_covered[{index}]", cause, "删掉这一条"))
    return found


def find_missing(knowledge: Knowledge, documents: SourceDocuments) -> Iterator[Missing]:
    """All figures, phone numbers, names and sentences that nothing holds which cites their section."""
    cited = _cited(knowledge, documents)
    for source in knowledge.sources:
        if source not in documents:
            continue
        row = knowledge.sources[source]
        everywhere = [row.title, row.edition or ""]
        everywhere += [text for o in knowledge.offices.values() if o.source == source for text in _office_texts(o)]
        for section in documents.sections(source):
            texts = [t for passage, held in cited.get(source, {}).items() if _lies_in(section, passage) for t in held]
            yield from dict.fromkeys(_missing_of(source, section, [*texts, *everywhere]))


def _missing_of(source: str, section: Section, held: list[str]) -> Iterator[Missing]:
    plain = _without_numbers(section)
    own_words = Passage(_BREAK.join(map(normalise, held)))
    names = Terms(())
    heading = _LINE_NUMBER.sub("", section.line)
    for literal in find_literals(plain, names):
        quoted_sentence = literal.kind == QUOTE and len(literal.text) > LONGEST_NAME
        if not quoted_sentence and not stands_in(_as_we_write(literal), own_words):
            yield Missing(source, section.line, "数字" if literal.kind == "figure" else "名称", literal.text)
    for number in PHONE.findall(plain):
        if number.replace("-", "") not in own_words.text.replace("-", ""):
            yield Missing(source, section.line, "电话", number)
    for sentence in _SENTENCE_ENDS.split(plain):
        if len(sentence) >= SHORTEST and sentence != heading and cover(own_words.text, sentence, ()) < COVERED:
            yield Missing(source, section.line, "句子", sentence)


def _without_numbers(section: Section) -> str:
    """The section's text, normalised, with a break in place of each enumerator and each label (办理材料：)."""
    text = ""
    for line in section.parts:
        plain = normalise(_CIRCLED.sub(_BREAK, _IMAGE.sub("", line)))
        begun = _LABEL.sub(_BREAK, _LINE_NUMBER.sub(_BREAK, plain))
        if text[-1:].isdigit() and begun[:1].isdigit():
            text += _BREAK
        text += begun
    return _NUMBER.sub(_BREAK, text)


def _as_we_write(literal: Literal) -> Literal:
    """10:00:00 is written 10:00."""
    return Literal(literal.kind, _SECONDS.sub(r"\1", literal.text))


def _cited(knowledge: Knowledge, documents: SourceDocuments) -> dict[str, dict[str, list[str]]]:
    """Our sentences by source and by the text of the passage that they cite."""
    found: dict[str, dict[str, list[str]]] = {}
    for page in pages(knowledge):
        for statement in statements(page):
            if statement.kind is Kind.DOUBT or not statement.cited:
                continue
            for each in statement.cited:
                passage = documents.section(each.source, each.clause) if each.source in documents else None
                if passage is not None:
                    held = found.setdefault(each.source, {}).setdefault(passage.text, [])
                    held += [statement.text, each.clause or ""]
    return found


def _lies_in(section: Section, passage: str) -> bool:
    return section.passage.text in passage


def _office_texts(office: Office) -> Iterator[str]:
    yield from filter(None, (office.name, office.address, office.doubt))
    if office.hours is not None:
        yield from (office.hours.text, office.hours.closed)
    for line in office.lines:
        yield from (line.number, line.label, line.anchor)


def _explains(row: NotCovered, missing: Missing) -> bool:
    same_place = row.clause is None or normalise(row.clause) == missing.heading
    return row.source == missing.source and same_place and normalise(row.text) == missing.text
