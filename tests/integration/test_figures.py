"""What the journal says in numbers, and the pages that show it, in real databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_database
from bot.adapters.sql_figures import SqlFigures
from bot.adapters.sql_journal import JOURNAL, SqlJournal
from bot.figures import By, Period, Wanted
from bot.journal import Entry
from tests.knowledge_builder import SHAWAN, YUTIAN

DAY = Period(date(2026, 11, 23), date(2026, 11, 23))


def entry(number: int, hour: int, status: str = "answered", **more: object) -> Entry:
    """``hour``: of the 23rd in UTC; 16 is the 24th in Beijing."""
    at = datetime(2026, 11, 23, hour, 5, tzinfo=timezone.utc)
    values = {"sender": "a" * 32, "question": f"第{number}问", "parts": ("答",), "facts": (), **more}
    return Entry(f"CODE{number:03}", at, "wechat", status, "r1", 1.0, **values)  # type: ignore[arg-type]


ENTRIES = (
    entry(1, 1, topic="filing", region=SHAWAN, useful=True),
    entry(2, 1, topic="filing", region=YUTIAN, useful=False),
    entry(3, 15, "not_in_documents", region=SHAWAN),
    entry(4, 16, "suggest"),
    replace(entry(5, 2, "error"), sender=None, question=None, parts=None, facts=None),
)


@pytest.fixture
def figures(console_database_url: str | None, tmp_path: Path) -> Iterator[SqlFigures]:
    engine = open_database(console_database_url, tmp_path)
    with engine.begin() as connection:
        connection.execute(sa.delete(JOURNAL))
    journal = SqlJournal(partial(open_database, console_database_url, tmp_path))
    for each in ENTRIES:
        journal.note(each)
    journal.close()
    yield SqlFigures(journal.select, lambda: journal.dialect)
    engine.dispose()


def test_counts(figures: SqlFigures) -> None:
    assert figures.count(By.STATUS, DAY) == {"answered": 2, "not_in_documents": 1, "error": 1}
    assert figures.count(By.TOPIC, DAY) == {"filing": 2, "": 2}
    assert figures.count(By.USEFUL, DAY) == {"yes": 1, "no": 1, "": 2}
    assert figures.count(By.REGION, replace(DAY, region=SHAWAN)) == {SHAWAN: 2}


def test_days_and_hours_are_beijings(figures: SqlFigures) -> None:
    both = replace(DAY, last=date(2026, 11, 24))
    assert figures.count(By.DAY, both) == {"2026-11-23": 4, "2026-11-24": 1}
    assert figures.count(By.HOUR, both) == {"9": 2, "10": 1, "23": 1, "0": 1}
    assert figures.count(By.DAY, replace(DAY, first=date(2026, 11, 24), last=date(2026, 11, 24))) == {"2026-11-24": 1}


def test_questions_are_listed_newest_first_and_what_was_deleted_is_not(figures: SqlFigures) -> None:
    def codes(wanted: Wanted) -> list[str]:
        return [found.code for _, found in figures.list(wanted, 10)]

    assert codes(Wanted(DAY)) == ["CODE003", "CODE002", "CODE001"]
    assert codes(Wanted(DAY, ("not_in_documents", "error"))) == ["CODE003"]
    assert codes(Wanted(DAY, useful=False)) == ["CODE002"]
    assert codes(Wanted(DAY, topic="filing")) == ["CODE002", "CODE001"]
    ((number, _), *_) = figures.list(Wanted(DAY), 1)
    assert codes(Wanted(DAY, before=number)) == ["CODE002", "CODE001"]
