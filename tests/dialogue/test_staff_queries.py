"""The exam of the console's search: queries as staff type them, put to the search with the trained reader."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.editor.release import Release
from knowledge.store import load_knowledge
from nlu.archive import read_alone
from webhook.command_line.terminal import PROJECT
from webhook.console.search import Found, Search

QUERIES = Path(__file__).parents[1] / "console" / "staff_queries.jsonl"
FIRST = 3
"""Hits among which the right entry must be."""

GOAL = 0.98
KINDS = {"words", "pinyin", "initials", "typo", "everyday", "sentence", "region", "phone"}


@dataclass(frozen=True)
class Query:
    id: str
    query: str
    topic: list[str]
    office: bool
    region: str | None
    kind: str
    region_also: tuple[str | None, ...] = ()

    def is_met(self, found: Found) -> bool:
        return any(hit.topic in self.topic or (self.office and hit.office) for hit in found.hits[:FIRST])


@pytest.fixture(scope="module")
def queries() -> list[Query]:
    return [Query(**json.loads(line)) for line in QUERIES.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.fixture(scope="module")
def found(release: Release, queries: list[Query]) -> dict[str, Found]:
    """The content is the working tree's, as the editors' preview has it."""
    reader = read_alone(release.model)
    assert reader is not None
    knowledge = load_knowledge(PROJECT / "knowledge" / "content")
    search = Search(knowledge, lambda text: reader.read(text).ranking, dict)
    return {query.id: search.find(query.query) for query in queries}


def test_the_exam_is_there() -> None:
    assert QUERIES.is_file()


def test_there_are_enough_of_every_kind(queries: list[Query]) -> None:
    assert len(queries) >= 200
    assert len({query.id for query in queries}) == len(queries)
    assert {query.kind for query in queries} == KINDS
    assert all(query.topic or query.office for query in queries)


def test_the_right_entry_is_among_the_first(queries: list[Query], found: dict[str, Found]) -> None:
    missed = [query for query in queries if not query.is_met(found[query.id])]
    kinds = Counter(query.kind for query in missed)
    told = [_tell(query, found[query.id]) for query in missed]
    share = 1 - len(missed) / len(queries)
    assert share >= GOAL, f"{share:.1%} in the first {FIRST}; missed: {dict(kinds)}\n" + "\n".join(told)


def test_the_region_is_recognised(queries: list[Query], found: dict[str, Found]) -> None:
    wrong = [query for query in queries if found[query.id].region not in (query.region, *query.region_also)]
    told = [f"{query.query}: {found[query.id].region}, not {query.region}" for query in wrong]
    assert 1 - len(wrong) / len(queries) >= GOAL, "\n".join(told)


def _tell(query: Query, found: Found) -> str:
    shown = ", ".join(hit.topic or hit.office or "" for hit in found.hits[:FIRST])
    return f"{query.id} {query.kind} {query.query!r} read as {found.rest!r}: {shown}; wanted {query.topic}"
