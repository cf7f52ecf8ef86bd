"""Fixtures of tests on the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.accounts import Role
from bot.adapters import password_hashes
from bot.adapters.sql_accounts import ACCOUNTS
from bot.adapters.sql_audit import AUDIT
from bot.adapters.sql_sessions import SESSIONS
from bot.adapters.sql_staff import connect_staff, console_database
from bot.adapters.sql_tries import TRIES
from tests.integration.console import GOOD, Clock, Console, pages
from tests.integration.mounted_console import Whole, mounted
from tests.integration.postgresql import postgresql
from tests.knowledge_builder import build
from webhook.console.accounts import mount_accounts


@pytest.fixture(scope="session", params=["SQLite", "PostgreSQL"])
def console_database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None: SQLite."""
    if request.param == "SQLite":
        yield None
    else:
        with postgresql() as url:
            yield url


@pytest.fixture
def make_console(
    console_database_url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Console]]:
    monkeypatch.setattr(password_hashes, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    database = console_database(console_database_url, tmp_path)
    with database.transaction() as connection:
        for table in (ACCOUNTS, SESSIONS, TRIES, AUDIT):
            connection.execute(sa.delete(table))
    staff = connect_staff(database)
    opened: list[TestClient] = []

    def made(is_production: bool = False) -> Console:
        app, clock = FastAPI(), Clock()
        guard = mount_accounts(app, staff, build().regions, key="k" * 32, is_production=is_production, clock=clock)
        app.include_router(pages(guard))
        base = "https://kf.test" if is_production else "http://kf.test"
        return Console(app, staff, clock, base, opened)

    staff.accounts.add("zhang", Role.STAFF, GOOD)
    staff.accounts.add("boss", Role.ADMIN, GOOD)
    yield made
    for client in opened:
        client.close()
    database.close()


@pytest.fixture
def console(make_console: Callable[..., Console]) -> Console:
    return make_console()


@pytest.fixture
def whole(console_database_url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    with mounted(console_database_url, tmp_path, monkeypatch) as whole:
        yield whole
