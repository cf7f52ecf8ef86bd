"""The journal in a real database: nothing waits for it, nothing is lost, and nothing personal stands in it."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters import sql_journal
from bot.adapters.database import open_database
from bot.adapters.sql_accounts import open_accounts
from bot.adapters.sql_journal import JOURNAL, PERSONAL, TOLD, SqlJournal
from bot.journal import Entry, JournalLostError, Owed, make_code
from tests.integration.postgresql import postgresql
from tests.programs import PROJECT, environ

ENTRY = Entry(
    code="K7M2QXA",
    at=datetime(2026, 11, 23, 4, 5, 6, tzinfo=timezone.utc),
    door="wechat",
    status="answered",
    release="r1",
    latency_ms=3.5,
    sender="a" * 32,
    question="138****5678 沙湾备案要什么",
    parts=("第一段 ]]> 🏥", "第二段"),
    facts=("带身份证。", "0993-6023208"),
    intent="filing",
    confidence=0.87,
    topic="filing",
    aspect="materials",
    region="654203",
    care=None,
    publisher="654203",
)


def entry(**changes: object) -> Entry:
    return replace(ENTRY, **{"code": make_code(secrets.token_hex(8), ()), **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None: SQLite."""
    if request.param == "SQLite":
        yield None
    else:
        with postgresql() as url:
            yield url


@pytest.fixture
def journal(database_url: str | None, tmp_path: Path) -> Iterator[SqlJournal]:
    engine = open_database(database_url, tmp_path)
    with engine.begin() as connection:
        for table in (JOURNAL, TOLD):
            connection.execute(sa.delete(table))
    engine.dispose()
    journal = SqlJournal(partial(open_database, database_url, tmp_path))
    yield journal
    journal.close()


def rows(folder: Path) -> int:
    engine = open_database(None, folder)
    with engine.connect() as connection:
        count: int = connection.execute(sa.select(sa.func.count()).select_from(JOURNAL)).scalar_one()
    engine.dispose()
    return count


async def test_an_entry_comes_back_as_it_was(journal: SqlJournal) -> None:
    journal.note(ENTRY)
    assert await journal.rate(ENTRY.sender or "", ENTRY.code, True)
    assert journal.find(ENTRY.code) == replace(ENTRY, useful=True)
    assert journal.find("NOTHERE") is None


async def test_a_time_of_any_zone_is_the_same_moment(journal: SqlJournal) -> None:
    beijing = timezone(timedelta(hours=8))
    journal.note(replace(ENTRY, code="ZZZZZZ2", at=ENTRY.at.astimezone(beijing)))
    assert await journal.rate(ENTRY.sender or "", "ZZZZZZ2", True)
    found = journal.find("ZZZZZZ2")
    assert found is not None
    assert found.at == ENTRY.at


async def test_only_who_got_an_answer_rates_it(journal: SqlJournal) -> None:
    journal.note(ENTRY)
    assert not await journal.rate("b" * 32, ENTRY.code, False)
    assert not await journal.rate(ENTRY.sender or "", "NOTHERE", False)
    found = journal.find(ENTRY.code)
    assert found is not None
    assert found.useful is None


async def test_who_is_forgotten_leaves_nothing_but_counts(journal: SqlJournal) -> None:
    mine, yours = entry(), entry(sender="b" * 32)
    for each in (mine, yours):
        journal.note(each)
    await journal.forget(mine.sender or "")
    assert journal.find(mine.code) == replace(mine, **PERSONAL)
    assert journal.find(yours.code) == yours


async def test_what_is_too_old_is_taken_out(journal: SqlJournal) -> None:
    now = datetime.now(timezone.utc)
    old, young = entry(at=now - timedelta(days=91)), entry(at=now - timedelta(days=89))
    for each in (old, young):
        journal.note(each)
    assert await journal.prune(90) == 1
    assert await journal.prune(90) == 0
    assert journal.find(old.code) == replace(old, **PERSONAL)
    assert journal.find(young.code) == young


async def test_what_somebody_was_answered_wrongly_is_owed_until_it_is_told(journal: SqlJournal) -> None:
    sender, later = ENTRY.sender or "", ENTRY.at + timedelta(days=1)
    journal.note(ENTRY)
    journal.note(entry(at=later, facts=("新的。",)))
    owed = [Owed("phone", "6023208", later), Owed("new", "新的", later), Owed("other", "没说过", later)]
    assert await journal.rate(sender, ENTRY.code, True), "all that was noted is written by then"
    assert await journal.owed(sender, owed) == ["phone"]
    assert await journal.owed("b" * 32, owed) == []
    journal.told(sender, "phone")
    assert await journal.rate(sender, ENTRY.code, True)
    assert await journal.owed(sender, owed) == []
    await journal.forget(sender)
    assert await journal.owed(sender, owed) == []


def test_a_stop_loses_none(tmp_path: Path) -> None:
    journal = SqlJournal(partial(open_database, None, tmp_path))
    threads = [threading.Thread(target=lambda: [journal.note(entry()) for _ in range(250)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    assert rows(tmp_path) == 1000


async def test_a_database_that_is_away_is_waited_for_and_nobody_waits_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sql_journal, "PAUSE", 0.05)
    monkeypatch.setattr(sql_journal, "PATIENCE", 0.2)
    folder = tmp_path / "var"
    folder.write_text("in the way", encoding="utf-8")
    journal = SqlJournal(partial(open_database, None, folder))
    for _ in range(10):
        journal.note(entry())
    with pytest.raises(JournalLostError):
        await journal.forget("a" * 32)
    assert not await journal.rate("a" * 32, ENTRY.code, True)
    folder.unlink()
    await asyncio.sleep(0.3)
    journal.close()
    assert rows(folder) == 10
    assert [record.getMessage() for record in caplog.records] == ["journal not written, it waits: FileExistsError"]


async def test_what_is_on_top_of_too_much_is_given_up_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sql_journal, "MOST_WAITING", 5)
    monkeypatch.setattr(sql_journal, "PAUSE", 0.05)
    folder = tmp_path / "var"
    folder.write_text("in the way", encoding="utf-8")
    journal = SqlJournal(partial(open_database, None, folder))
    for _ in range(20):
        journal.note(entry())
    folder.unlink()
    journal.close()
    assert rows(folder) + journal.given_up == 20
    assert journal.given_up >= 10
    assert [record.getMessage() for record in caplog.records].count(
        "journal full: entries are given up until the database is back"
    ) == 1


def test_a_database_from_before_migrations_is_taken_over(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/yibao.db")
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE staff_accounts (name VARCHAR(64) PRIMARY KEY, role VARCHAR(16) NOT NULL, "
                "active BOOLEAN NOT NULL, created_at DATETIME NOT NULL, password_hash VARCHAR(200) NOT NULL)"
            )
        )
        connection.execute(
            sa.text("INSERT INTO staff_accounts VALUES ('anna', 'editor', 1, '2026-01-01 00:00:00', 'x')")
        )
    engine.dispose()
    accounts = open_accounts(None, tmp_path)
    assert [account.name for account in accounts.all()] == ["anna"]
    accounts.close()
    assert rows(tmp_path) == 0


PROGRAM = """
import sys
from functools import partial
from pathlib import Path
from bot.adapters.database import open_database
from bot.adapters.sql_journal import SqlJournal
from tests.integration.test_journal import entry

journal = SqlJournal(partial(open_database, None, Path(sys.argv[1])))
journal.note(entry())
journal.close(60)
"""


def test_processes_that_start_together_make_one_database(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    running = [subprocess.Popen(command, cwd=PROJECT, env=environ({"PYTHONPATH": str(PROJECT)})) for _ in range(3)]
    assert [process.wait(90) for process in running] == [0, 0, 0]
    assert rows(tmp_path) == 3
