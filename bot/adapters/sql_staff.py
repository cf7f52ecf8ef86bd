"""Accounts, sessions, tries and audit on one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bot.adapters.database import open_database
from bot.adapters.sql_accounts import SqlAccounts
from bot.adapters.sql_audit import SqlAudit
from bot.adapters.sql_console import ConsoleDatabase
from bot.adapters.sql_sessions import SqlSessions
from bot.adapters.sql_tries import SqlTries
from bot.staff import Staff


def connect_staff(database: ConsoleDatabase) -> Staff:
    """Connects when it is first asked; whoever made ``database`` closes it."""
    return Staff(SqlAccounts(database), SqlSessions(database), SqlTries(database), SqlAudit(database))


def console_database(database_url: str | None, var: Path) -> ConsoleDatabase:
    """Where ``open_database`` finds it."""
    return ConsoleDatabase(partial(open_database, database_url, var))


@contextmanager
def open_staff(database_url: str | None, var: Path) -> Iterator[Staff]:
    """For one command: closed at its end."""
    database = console_database(database_url, var)
    try:
        yield connect_staff(database)
    finally:
        database.close()
