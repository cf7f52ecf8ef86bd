"""The project's own content: it loads, it agrees with the source documents, and the check would notice if it did not.

Each planted mistake is put into a copy of the real content, at a place that is looked for there.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.content_files import read_file
from knowledge.editor.check import Finding, Severity, check
from knowledge.editor.literals import FIGURE, QUOTE, Terms, find_literals, stands_in
from knowledge.editor.sources import SourceDocuments, find_folder
from knowledge.editor.statements import Kind, Statement, facts, pages, statements
from knowledge.schema import Purpose
from knowledge.store import Knowledge, load_knowledge, topic_file

PROJECT = Path(__file__).parents[2]
CONTENT = PROJECT / "knowledge" / "content"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(CONTENT)


@pytest.fixture(scope="module")
def documents(knowledge: Knowledge) -> SourceDocuments:
    folder = find_folder(PROJECT)
    if folder is None:
        pytest.skip("the source documents are not beside the project (../shared/sources)")
    return SourceDocuments(folder, knowledge.sources)


def test_the_content_agrees_with_its_documents(knowledge: Knowledge, documents: SourceDocuments) -> None:
    assert [str(found) for found in check(knowledge, documents) if found.severity is Severity.ERROR] == []


def test_every_document_of_the_sources_is_held(documents: SourceDocuments) -> None:
    assert documents.missing == []


class Copy:
    """A copy of the real content that mistakes are planted in. ``knowledge``: as it was before."""

    def __init__(self, folder: Path, knowledge: Knowledge, documents: SourceDocuments) -> None:
        self.folder, self.knowledge, self.documents = folder, knowledge, documents
        shutil.copytree(CONTENT, folder)

    def write(self, file: str, field: str, value: object) -> None:
        """Puts ``value`` at ``field`` (as findings name it) of ``file``."""
        self.change(file, field, lambda _: value)

    def change(self, file: str, field: str, change: Callable[[Any], object]) -> None:
        read = read_file(self.folder / file, file, [])
        assert read is not None
        steps: list[str | int] = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", field)]
        inner = read.data
        for step in steps[:-1]:
            holder, last, inner = inner, step, inner[step]
        if isinstance(inner, str):
            holder[last] = change(inner)  # a fact that is written as a plain string
        else:
            inner[steps[-1]] = change(inner.get(steps[-1]) if isinstance(inner, dict) else inner[steps[-1]])
        text = yaml.safe_dump(read.data, allow_unicode=True, sort_keys=False)
        (self.folder / file).write_text(text, encoding="utf-8")

    def findings(self) -> list[Finding]:
        return [
            found for found in check(load_knowledge(self.folder), self.documents) if found.severity is Severity.ERROR
        ]

    def lines(self) -> Iterator[tuple[str, Any]]:
        for index, office in enumerate(self.knowledge.offices.values()):
            for at, line in enumerate(office.lines):
                if line.source in self.documents:
                    yield f"offices[{index}].lines[{at}]", line

    def statements(self, kind: Kind) -> Iterator[tuple[str, Statement]]:
        for page in pages(self.knowledge):
            for statement in statements(page):
                if statement.kind is kind:
                    yield page.file, statement

    def with_literal(self, kind: str, pattern: str, of: Kind = Kind.FACT) -> tuple[str, Statement, str]:
        """A statement of the content with a literal of this kind that looks like ``pattern``."""
        terms = Terms([])
        for file, statement in self.statements(of):
            for literal in find_literals(statement.text, terms):
                shown = next((m for m in re.findall(pattern, statement.text) if literal.text in m), None)
                if literal.kind == kind and shown is not None:
                    return file, statement, shown
        raise LookupError(f"the content has no {kind} like {pattern}")


@pytest.fixture
def copy(tmp_path: Path, knowledge: Knowledge, documents: SourceDocuments) -> Copy:
    return Copy(tmp_path / "content", knowledge, documents)


@dataclass(frozen=True)
class Planted:
    """Where the mistake is, and a word that the finding must hold."""

    file: str
    field: str
    word: str


def a_digit_of_a_phone_number(copy: Copy) -> Planted:
    field, line = next(copy.lines())
    wrong = _other_digit(line.number)
    copy.write("offices.yml", f"{field}.number", wrong)
    return Planted("offices.yml", f"{field}.number", wrong)


def the_numbers_of_two_counties_swapped(copy: Copy) -> Planted:
    (one, first), (two, second) = [
        (field, line) for field, line in copy.lines() if line.purpose is Purpose.SUPERVISION and len(line.regions) == 1
    ][:2]
    copy.write("offices.yml", f"{one}.number", second.number)
    copy.write("offices.yml", f"{two}.number", first.number)
    return Planted("offices.yml", f"{one}.number", second.number)


def the_number_and_anchor_of_another_county(copy: Copy) -> Planted:
    (one, first), (_, second) = [
        (field, line) for field, line in copy.lines() if line.anchor.removesuffix("：") == line.label
    ][:2]
    copy.write("offices.yml", f"{one}.anchor", second.anchor)
    return Planted("offices.yml", f"{one}.regions", first.regions[0])


def a_supervision_number_for_consultation(copy: Copy) -> Planted:
    field, line = next((f, line) for f, line in copy.lines() if line.purpose is Purpose.SUPERVISION)
    copy.write("offices.yml", f"{field}.purpose", "consultation")
    return Planted("offices.yml", f"{field}.purpose", line.number)


def a_consultation_number_for_supervision(copy: Copy) -> Planted:
    field, line = next((f, line) for f, line in copy.lines() if line.purpose is Purpose.CONSULTATION)
    copy.write("offices.yml", f"{field}.purpose", "supervision")
    return Planted("offices.yml", f"{field}.purpose", line.number)


def a_number_for_another_business(copy: Copy) -> Planted:
    """Two lines of one office (Shawan's) exchange what they serve."""
    offices = enumerate(copy.knowledge.offices.values())
    index, lines = next(
        (index, lines)
        for index, office in offices
        if len(lines := [line for line in office.lines if line.purpose is Purpose.CONSULTATION]) > 1
    )
    copy.write("offices.yml", f"offices[{index}].lines[0].businesses", lines[1].businesses)
    copy.write("offices.yml", f"offices[{index}].lines[1].businesses", lines[0].businesses)
    return Planted("offices.yml", f"offices[{index}].lines[0].businesses", lines[1].businesses[0])


def an_address(copy: Copy) -> Planted:
    index, address = next((i, o.address) for i, o in enumerate(copy.knowledge.offices.values()) if o.address)
    copy.write("offices.yml", f"offices[{index}].address", _other_digit(address))
    return Planted("offices.yml", f"offices[{index}].address", "地址")


def an_address_cut_short(copy: Copy) -> Planted:
    index, address = [(i, o.address) for i, o in enumerate(copy.knowledge.offices.values()) if o.address][-1]
    copy.write("offices.yml", f"offices[{index}].address", address[:-2])
    return Planted("offices.yml", f"offices[{index}].address", "没有抄全")


def opening_hours(copy: Copy) -> Planted:
    index = next(i for i, office in enumerate(copy.knowledge.offices.values()) if office.hours)
    copy.write("offices.yml", f"offices[{index}].hours.summer[0].opens", "09:30")
    return Planted("offices.yml", f"offices[{index}].hours.summer[0]", "09:30")


def a_day_of_the_week(copy: Copy) -> Planted:
    index = next(i for i, office in enumerate(copy.knowledge.offices.values()) if office.hours)
    copy.write("offices.yml", f"offices[{index}].hours.weekdays", [1, 2, 3, 4, 5, 6])
    return Planted("offices.yml", f"offices[{index}].hours.weekdays", "六")


def the_name_of_a_form(copy: Copy) -> Planted:
    file, statement, form = copy.with_literal(QUOTE, "《[^》]+表》")
    copy.write(file, statement.field, statement.text.replace(form, f"《{form[1:-2]}单》"))
    return Planted(file, statement.field, f"{form[1:-2]}单")


def a_button(copy: Copy) -> Planted:
    file, statement, button = copy.with_literal(QUOTE, "“[^”]+”")
    copy.write(file, statement.field, statement.text.replace(button, f"{button[:-1]}键”"))
    return Planted(file, statement.field, f"{button[1:-1]}键")


def a_limit(copy: Copy) -> Planted:
    for page in pages(copy.knowledge):
        for field, fact, _ in facts(page):
            if fact.limit is not None and fact.limit.amount is not None:
                amount = fact.limit.amount + 1
                wording = fact.limit.wording.replace(str(fact.limit.amount), str(amount))
                copy.write(page.file, f"{field}.limit.amount", amount)
                copy.write(page.file, f"{field}.limit.wording", wording)
                return Planted(page.file, f"{field}.limit.wording", wording)
    raise LookupError("the content has no limit")


def a_figure_in_a_sentence(copy: Copy) -> Planted:
    file, statement, figure = copy.with_literal(FIGURE, r"\d+天|\d+个工作日|\d+个月")
    copy.write(file, statement.field, statement.text.replace(figure, f"7{figure}"))
    return Planted(file, statement.field, f"7{figure}")


def a_figure_in_the_first_line(copy: Copy) -> Planted:
    file, statement, figure = copy.with_literal(FIGURE, "近?[一二三四五六]个月", Kind.LEAD)
    copy.write(file, statement.field, statement.text.replace(figure, "近八个月"))
    return Planted(file, statement.field, "近八个月")


def a_term(copy: Copy) -> Planted:
    text = copy.knowledge.terms[0].text
    copy.write("terms.yml", "terms[0].text", f"{text}儿")
    return Planted("terms.yml", "terms[0].text", f"{text}儿")


def a_term_that_the_cited_section_lacks(copy: Copy) -> Planted:
    terms = Terms(term.text for term in copy.knowledge.terms)
    for file, statement in copy.statements(Kind.FACT):
        cited = statement.cited[0]
        passage = copy.documents.section(cited.source, cited.clause) if cited.source in copy.documents else None
        for term in copy.knowledge.terms if passage is not None else ():
            literal = next(iter(find_literals(term.text, terms)))
            if passage is not None and not stands_in(literal, passage):
                copy.write(file, statement.field, f"{statement.text}{term.text}")
                return Planted(file, statement.field, literal.text)
    raise LookupError("every term stands everywhere")


def a_clause(copy: Copy) -> Planted:
    topic = next(
        topic
        for topic in copy.knowledge.topics.values()
        if topic.guides and topic.guides[0].clause and copy.knowledge.sources[topic.guides[0].source].headings
    )
    copy.change(topic_file(topic), "guides[0].clause", lambda clause: f"{clause}的事")
    return Planted(topic_file(topic), "guides[0].clause", "的事")


def a_phone_number_in_a_text(copy: Copy) -> Planted:
    _, line = next(copy.lines())
    file, statement = next(iter(copy.statements(Kind.FACT)))
    copy.write(file, statement.field, f"{statement.text}打{line.number}")
    return Planted(file, statement.field, line.number)


MISTAKES = [
    a_digit_of_a_phone_number,
    the_numbers_of_two_counties_swapped,
    the_number_and_anchor_of_another_county,
    a_supervision_number_for_consultation,
    a_consultation_number_for_supervision,
    a_number_for_another_business,
    an_address,
    an_address_cut_short,
    opening_hours,
    a_day_of_the_week,
    the_name_of_a_form,
    a_button,
    a_limit,
    a_figure_in_a_sentence,
    a_figure_in_the_first_line,
    a_term,
    a_term_that_the_cited_section_lacks,
    a_clause,
    a_phone_number_in_a_text,
]


@pytest.mark.parametrize("plant", MISTAKES, ids=lambda plant: plant.__name__)
def test_a_planted_mistake_is_found(plant: Callable[[Copy], Planted], copy: Copy) -> None:
    planted = plant(copy)

    found = copy.findings()

    fitting = [each for each in found if each.file == planted.file and each.field == planted.field]
    assert any(planted.word in str(each) for each in fitting), (planted, [str(each) for each in found])


def _other_digit(text: str) -> str:
    """The last digit, one higher."""
    return re.sub(r"\d(?=\D*$)", lambda match: str((int(match.group()) + 1) % 10), text)
