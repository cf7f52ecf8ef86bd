"""The check of the content before it is published: what it says against its documents, and how it is written.

What cannot be compared by a machine (whether a sentence says what the document says) stays with the editor; every
figure, name, number, address and limit is compared to the letter. Structure is checked by ``knowledge.store``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from knowledge.editor.comparison import compare
from knowledge.editor.contradictions import check_contradictions
from knowledge.editor.findings import Finding, Severity, error, warning
from knowledge.editor.literals import Terms
from knowledge.editor.offices import check_offices, check_phones_of_topics
from knowledge.editor.overlaps import check_left_open
from knowledge.editor.reviews import check_reviews
from knowledge.editor.sources import SourceDocuments, normalise
from knowledge.editor.statements import facts, pages, statements
from knowledge.editor.style import check_style
from knowledge.store import Knowledge, topic_file

__all__ = ["FEWEST_EXAMPLES", "Finding", "Severity", "check"]

FEWEST_EXAMPLES = 20
"""A topic with fewer training examples is understood badly (design §5)."""


def check(
    knowledge: Knowledge,
    documents: SourceDocuments | None,
    *,
    examples: Mapping[str, int] | None = None,
    today: date | None = None,
) -> list[Finding]:
    """All findings, errors first. ``documents`` None: nothing is compared, and one finding says so.

    ``examples``: training examples by topic id; ``today``: for facts that have run out, and reviews that are due.
    """
    counts = {} if examples is None else {topic: examples.get(topic, 0) for topic in knowledge.topics}
    few = {topic: count for topic, count in counts.items() if count < FEWEST_EXAMPLES}
    found = [
        *_documents_held(knowledge, documents),
        *check_offices(knowledge, documents),
        *check_phones_of_topics(knowledge),
        *check_style(knowledge),
        *_terms(knowledge, documents),
        *_expired(knowledge, today or date.today()),
        *check_contradictions(knowledge),
        *check_reviews(knowledge, today or date.today()),
        *_few_examples(knowledge, few),
        *check_left_open(knowledge, few),
    ]
    if documents is not None:
        terms = Terms(term.text for term in knowledge.terms)
        for page in pages(knowledge):
            found += compare(page, knowledge, documents, terms)
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


def _terms(knowledge: Knowledge, documents: SourceDocuments | None) -> Iterator[Finding]:
    used = Terms(term.text for term in knowledge.terms)
    sentences = [statement.text for page in pages(knowledge) for statement in statements(page)]
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
    for page in pages(knowledge):
        for field, fact, _ in facts(page):
            if fact.valid_until is not None and fact.valid_until < today:
                cause = f"这一条{fact.valid_until.isoformat()}已经到期，不再显示"
                yield warning(page.file, f"{field}.valid_until", cause, "换成新规定，或删掉")


def _few_examples(knowledge: Knowledge, few: Mapping[str, int]) -> Iterator[Finding]:
    for topic, count in ((knowledge.topics[each], count) for each, count in few.items()):
        cause = f"只有{count}条训练例句，少于{FEWEST_EXAMPLES}条，问了可能听不懂"
        yield warning(topic_file(topic), "id", cause, f"在 nlu/data/{topic.family}/{topic.id}.yml 里补例句")
