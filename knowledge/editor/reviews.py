"""Twice a year somebody looks at every fact and says whether it still holds (reviews.yml)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.editor.findings import Finding, warning
from knowledge.editor.statements import facts, pages
from knowledge.editorial import Review
from knowledge.schema import Fact, Guide
from knowledge.store import Knowledge

FILE = "reviews.yml"

HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True)
class Reviewed:
    """A fact with where it stands, and who said last that it holds; None: nobody ever did. ``digest``: its name in
    reviews.yml."""

    file: str
    field: str
    guide: Guide
    fact: Fact
    digest: str
    last: Review | None

    def is_due(self, today: date) -> bool:
        return self.last is None or today - self.last.on > HALF_A_YEAR

    @property
    def aspect(self) -> str:
        return self.field.partition(".aspects.")[2].partition("[")[0]

    @property
    def text(self) -> str:
        return self.fact.text or (self.fact.limit.wording if self.fact.limit else "")


def list_reviews(knowledge: Knowledge) -> Iterator[Reviewed]:
    """Every fact of the content, in the order of the files."""
    last: dict[str, Review] = {}
    for review in knowledge.reviews:
        if review.fact not in last or last[review.fact].on <= review.on:
            last[review.fact] = review
    for page in pages(knowledge):
        guides = dict(page.enumerate_guides())
        for field, fact, _ in facts(page):
            guide = guides[field.partition(".aspects")[0]]
            digest = digest_of(page.file, guide, field, fact)
            yield Reviewed(page.file, field, guide, fact, digest, last.get(digest))


def check_reviews(knowledge: Knowledge, today: date) -> Iterator[Finding]:
    """One line for the facts that nobody looked at lately, as soon as somebody began to."""
    if not knowledge.reviews:
        return
    due = [each for each in list_reviews(knowledge) if each.is_due(today)]
    if due:
        cause = f"{len(due)} 条事实半年内没有人核对过，第一条：{due[0].text[:30]}"
        yield warning(due[0].file, due[0].field, cause, "在工作台的“核对”里逐条看一遍，还对就点“还对”")


def digest_of(file: str, guide: Guide, field: str, fact: Fact) -> str:
    """Of the file, the publisher, the aspect and all that the fact says: another place in the list keeps it, another
    word does not."""
    aspect = field.partition(".aspects.")[2].partition("[")[0]
    told = "\0".join([file, guide.published_by, guide.source, aspect, fact.json(exclude_none=True)])
    return hashlib.sha256(told.encode()).hexdigest()[:12]
