"""Compares what the content says with the documents that it cites, and looks over its style.

What cannot be compared by a machine (whether a sentence says what the document says) stays with the editor; every
figure, name, number, address and limit is compared to the letter. Structure is checked by ``knowledge.store``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from knowledge.editor.findings import Finding, Severity, error, warning
from knowledge.editor.literals import FIGURE, QUOTE, TERM, Literal, Terms, find_literals, has_unpaired_mark, stands_in
from knowledge.editor.offices import check_offices, check_phones_of_topics
from knowledge.editor.sources import Passage, SourceDocuments, normalise
from knowledge.editor.statements import Citation, Kind, Statement, citations, facts, topic_statements
from knowledge.editor.style import check_style
from knowledge.schema import LimitKind, Topic
from knowledge.store import Knowledge, topic_file

__all__ = ["FEWEST_EXAMPLES", "Finding", "Severity", "check"]

FEWEST_EXAMPLES = 20
"""A topic with fewer training examples is understood badly (design §5)."""

KIND_NAMES = {FIGURE: "数字或期限", QUOTE: "名称", TERM: "术语"}

LABELLED_LIMITS = {LimitKind.STATUTORY: "法定办结时限:", LimitKind.PROMISED: "承诺办结时限:"}
"""How a sheet labels its limits, normalised; where it does, the right one must be cited."""


def check(
    knowledge: Knowledge,
    documents: SourceDocuments | None,
    *,
    examples: Mapping[str, int] | None = None,
    today: date | None = None,
) -> list[Finding]:
    """All findings, errors first. ``documents`` None: nothing is compared, and one finding says so.

    ``examples``: training examples by topic id; ``today``: for facts that have run out.
    """
    found = [
        *_documents_held(knowledge, documents),
        *check_offices(knowledge, documents),
        *check_phones_of_topics(knowledge),
        *check_style(knowledge),
        *_terms(knowledge, documents),
        *_expired(knowledge, today or date.today()),
        *_few_examples(knowledge, examples),
    ]
    if documents is not None:
        terms = Terms(term.text for term in knowledge.terms)
        for topic in knowledge.topics.values():
            found += _clauses(topic, documents)
            found += _statements(topic, knowledge, documents, terms)
            found += _limits(topic, documents)
    return sorted(dict.fromkeys(found), key=lambda finding: finding.severity is Severity.WARNING)


def _documents_held(knowledge: Knowledge, documents: SourceDocuments | None) -> Iterator[Finding]:
    if documents is None:
        cause = "没有放原件的文件夹，只查了结构和写法，没有和原件比对"
        yield warning("sources.yml", "sources", cause, "用 --sources 指出放原件的文件夹")
        return
    for missing in documents.missing:
        cause = f"文件夹里没有“{missing}”的原件 {knowledge.sources[missing].file}，引用它的内容没有比对"
        yield error("sources.yml", f"sources.{missing}.file", cause, "把原件放进文件夹，或改 file")
    for source in knowledge.sources.values():
        if source.id in documents and source.edition is not None and source.edition not in documents.whole(source.id):
            cause = f"原件里没有“{source.edition}”"
            yield error("sources.yml", f"sources.{source.id}.edition", cause, "照原件写版本或日期；原件没写就写 null")


def _clauses(topic: Topic, documents: SourceDocuments) -> Iterator[Finding]:
    for field, cited in citations(topic):
        if cited.source not in documents or cited.clause is None:
            continue
        if documents.section(cited.source, cited.clause) is None:
            near = documents.nearest_heading(cited.source, cited.clause)
            remedy = f"是不是“{near}”？" if near else "从原件里一字不差地抄标题"
            cause = f"原件“{cited.source}”里没有标题“{cited.clause}”"
            yield error(topic_file(topic), f"{field}.clause", cause, remedy)


def _statements(topic: Topic, knowledge: Knowledge, documents: SourceDocuments, terms: Terms) -> Iterator[Finding]:
    for statement in topic_statements(topic):
        if statement.kind is Kind.TAP:
            continue
        if has_unpaired_mark(statement.text):
            cause = f"书名号、方括号或引号不成对：{statement.text}"
            yield error(topic_file(topic), statement.field, cause, "补上另一半，引号用“”")
        passages = _passages(statement, topic, knowledge, documents)
        if not passages:
            continue
        for literal in _literals_of(statement, terms):
            if not any(stands_in(literal, passage) for passage in passages):
                yield _not_in_source(topic, statement, literal, documents)


def _literals_of(statement: Statement, terms: Terms) -> Iterator[Literal]:
    """What must be compared: of what is left open the figures and names only, of a limit its whole wording."""
    if statement.kind is Kind.LIMIT:
        yield Literal(TERM, normalise(statement.text))
    for literal in find_literals(statement.text, terms):
        if literal.kind != TERM or statement.kind not in (Kind.LEFT_OPEN, Kind.QUESTION, Kind.DOUBT):
            yield literal


def _passages(statement: Statement, topic: Topic, knowledge: Knowledge, documents: SourceDocuments) -> list[Passage]:
    """What a sentence may rest on; empty when a document that it cites is not held, or the clause does not exist."""
    if statement.kind is Kind.DOUBT:
        return [documents.whole(source) for source in knowledge.sources if source in documents]
    cited = statement.cited
    if statement.kind in (Kind.LEFT_OPEN, Kind.QUESTION):
        cited = tuple(Citation(each.source, None) for each in cited or _all_citations(topic))
    passages = [
        documents.section(each.source, each.clause) if each.source in documents else None
        for each in dict.fromkeys(cited)
    ]
    known = [passage for passage in passages if passage is not None]
    titles = [Passage(normalise(knowledge.sources[each.source].title)) for each in cited]
    return [*known, *titles] if len(known) == len(passages) else []


def _all_citations(topic: Topic) -> list[Citation]:
    return [cited for _, cited in citations(topic)]


def _not_in_source(topic: Topic, statement: Statement, literal: Literal, documents: SourceDocuments) -> Finding:
    where = "、".join(
        f"“{each.source}”" + (f"的“{each.clause}”" if each.clause else "")
        for each in statement.cited or _all_citations(topic)[:1]
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
    return error(topic_file(topic), statement.field, cause, remedy)


def _limits(topic: Topic, documents: SourceDocuments) -> Iterator[Finding]:
    """Statutory and promised limits must not be mixed up where the sheet labels them."""
    for field, fact, cited in facts(topic):
        label = LABELLED_LIMITS.get(fact.limit.kind) if fact.limit is not None else None
        if fact.limit is None or label is None or cited.source not in documents:
            continue
        passage = documents.section(cited.source, cited.clause)
        if passage is None:
            continue
        if not any(label in passage for label in LABELLED_LIMITS.values()):
            cause = f"原件这一节没有分法定、承诺，不能写 {fact.limit.kind.value}"
            yield error(topic_file(topic), f"{field}.limit.kind", cause, "写 stated")
        elif not passage.places(label + fact.limit.wording):
            cause = f"原件这一节没有“{label}{fact.limit.wording}”"
            yield error(topic_file(topic), f"{field}.limit", cause, "核对法定和承诺有没有写反，数字照抄")


def _terms(knowledge: Knowledge, documents: SourceDocuments | None) -> Iterator[Finding]:
    used = Terms(term.text for term in knowledge.terms)
    sentences = [statement.text for topic in knowledge.topics.values() for statement in topic_statements(topic)]
    occurring = {term for sentence in sentences for term in used.find(normalise(sentence))}
    held = [documents.whole(source) for source in knowledge.sources if documents and source in documents]
    for index, term in enumerate(knowledge.terms):
        if held and not any(term.text in passage for passage in held):
            cause = f"术语“{term.text}”在哪份原件里都没有"
            yield error("terms.yml", f"terms[{index}].text", cause, "照原件的写法改，或删掉")
        if normalise(term.text) not in occurring:
            cause = f"术语“{term.text}”没有一条内容用到"
            yield warning("terms.yml", f"terms[{index}].text", cause, "删掉，或看看内容里是不是换了说法")


def _expired(knowledge: Knowledge, today: date) -> Iterator[Finding]:
    for topic in knowledge.topics.values():
        for field, fact, _ in facts(topic):
            if fact.valid_until is not None and fact.valid_until < today:
                cause = f"这一条{fact.valid_until.isoformat()}已经到期，不再显示"
                yield warning(topic_file(topic), f"{field}.valid_until", cause, "换成新规定，或删掉")


def _few_examples(knowledge: Knowledge, examples: Mapping[str, int] | None) -> Iterator[Finding]:
    if examples is None:
        return
    for topic in knowledge.topics.values():
        count = examples.get(topic.id, 0)
        if count < FEWEST_EXAMPLES:
            cause = f"只有{count}条训练例句，少于{FEWEST_EXAMPLES}条，问了可能听不懂"
            yield warning(topic_file(topic), "id", cause, f"在 nlu/data/{topic.family}/{topic.id}.yml 里补例句")
