"""Compares every sentence of a file with the passages that it cites, to the letter."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.editor.findings import Finding, error
from knowledge.editor.literals import (
    FIGURE,
    QUOTE,
    TERM,
    Literal,
    Terms,
    find_literals,
    has_unpaired_mark,
    split_absent,
    stands_in,
)
from knowledge.editor.sources import Passage, SourceDocuments, normalise
from knowledge.editor.statements import Citation, Kind, Page, Statement, citations, facts, statements
from knowledge.schema import LimitKind
from knowledge.store import Knowledge

KIND_NAMES = {FIGURE: "数字或期限", QUOTE: "名称", TERM: "术语"}

LABELLED_LIMITS = {LimitKind.STATUTORY: "法定办结时限:", LimitKind.PROMISED: "承诺办结时限:"}
"""How a sheet labels its limits, normalised; where it does, the right one must be cited."""


def compare(page: Page, knowledge: Knowledge, documents: SourceDocuments, terms: Terms) -> Iterator[Finding]:
    """Clauses that do not exist, literals that the cited passage lacks, limits of the wrong kind."""
    yield from _clauses(page, documents)
    yield from _statements(page, knowledge, documents, terms)
    yield from _limits(page, documents)


def _clauses(page: Page, documents: SourceDocuments) -> Iterator[Finding]:
    for field, cited in citations(page):
        if cited.source not in documents or cited.clause is None:
            continue
        if documents.section(cited.source, cited.clause) is None:
            near = documents.nearest_heading(cited.source, cited.clause)
            remedy = f"是不是“{near}”？" if near else "从原件里一字不差地抄标题"
            cause = f"原件“{cited.source}”里没有标题“{cited.clause}”"
            yield error(page.file, f"{field}.clause", cause, remedy)


def _statements(page: Page, knowledge: Knowledge, documents: SourceDocuments, terms: Terms) -> Iterator[Finding]:
    for statement in statements(page):
        if statement.kind is Kind.TAP:
            continue
        if has_unpaired_mark(statement.text):
            cause = f"书名号、方括号或引号不成对：{statement.text}"
            yield error(page.file, statement.field, cause, "补上另一半，引号用“”")
        passages = _passages(statement, page, knowledge, documents)
        if not passages:
            continue
        claimed, absent = split_absent(statement.text)
        for literal in _literals_of(statement.kind, claimed, terms):
            if not any(stands_in(literal, passage) for passage in passages):
                yield _not_in_source(page, statement, literal, documents)
        for item in absent:
            if item in passages[0] and statement.kind in (Kind.FACT, Kind.LEAD):
                cause = f"说没列“{item}”，原件这一节却有（{statement.text[:30]}）"
                yield error(page.file, statement.field, cause, "核对原件，改这一句或写对 clause")


def _literals_of(kind: Kind, text: str, terms: Terms) -> Iterator[Literal]:
    """What must be compared: of what is left open the figures and names only, of a limit its whole wording."""
    if kind is Kind.LIMIT:
        yield Literal(TERM, normalise(text))
    for literal in find_literals(text, terms):
        if literal.kind != TERM or kind not in (Kind.LEFT_OPEN, Kind.QUESTION, Kind.DOUBT):
            yield literal


def _passages(statement: Statement, page: Page, knowledge: Knowledge, documents: SourceDocuments) -> list[Passage]:
    """What a sentence may rest on; empty when a document that it cites is not held, or the clause does not exist."""
    if statement.kind is Kind.DOUBT:
        return [documents.whole(source) for source in knowledge.sources if source in documents]
    cited = statement.cited
    if statement.kind in (Kind.LEFT_OPEN, Kind.QUESTION):
        cited = tuple(Citation(each.source, None) for each in cited or _all_citations(page))
    passages = [
        documents.section(each.source, each.clause) if each.source in documents else None
        for each in dict.fromkeys(cited)
    ]
    known = [passage for passage in passages if passage is not None]
    titles = [Passage(normalise(knowledge.sources[each.source].title)) for each in cited]
    return [*known, *titles] if len(known) == len(passages) else []


def _all_citations(page: Page) -> list[Citation]:
    return [cited for _, cited in citations(page)]


def _not_in_source(page: Page, statement: Statement, literal: Literal, documents: SourceDocuments) -> Finding:
    where = "、".join(
        f"“{each.source}”" + (f"的“{each.clause}”" if each.clause else "")
        for each in statement.cited or _all_citations(page)[:1]
    )
    cause = f"{KIND_NAMES[literal.kind]}“{literal.text}”在原件{where}里没有（{statement.text[:30]}）"
    elsewhere = [
        each.source
        for each in dict.fromkeys(statement.cited)
        if each.source in documents and stands_in(literal, documents.whole(each.source))
    ]
    remedy = "照原件的写法改；说的是另一份文件就给这一条写 source 和 clause"
    if elsewhere:
        remedy = f"原件“{elsewhere[0]}”的别处有：核对后给这一条写对 clause，或照这一节改"
    return error(page.file, statement.field, cause, remedy)


def _limits(page: Page, documents: SourceDocuments) -> Iterator[Finding]:
    """Statutory and promised limits must not be mixed up where the sheet labels them."""
    for field, fact, cited in facts(page):
        label = LABELLED_LIMITS.get(fact.limit.kind) if fact.limit is not None else None
        if fact.limit is None or label is None or cited.source not in documents:
            continue
        passage = documents.section(cited.source, cited.clause)
        if passage is None:
            continue
        if not any(label in passage for label in LABELLED_LIMITS.values()):
            cause = f"原件这一节没有分法定、承诺，不能写 {fact.limit.kind.value}"
            yield error(page.file, f"{field}.limit.kind", cause, "写 stated")
        elif not passage.places(label + fact.limit.wording):
            cause = f"原件这一节没有“{label}{fact.limit.wording}”"
            yield error(page.file, f"{field}.limit", cause, "核对法定和承诺有没有写反，数字照抄")
