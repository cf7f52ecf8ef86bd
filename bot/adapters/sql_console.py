"""The database of the console: accounts, sessions, tries and the audit on one engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.accounts import AccountsError


class ConsoleDatabase:
    """Opens the database when it is first needed: a server starts without it, and uses it once it is there."""

    def __init__(self, open_engine: Callable[[], sa.engine.Engine]) -> None:
        """``open_engine`` is called until it gives an engine."""
        self._open = open_engine
        self._opened: sa.engine.Engine | None = None
        self._opening = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[sa.engine.Connection]:
        """All or nothing. Raises AccountsError."""
        try:
            with self._engine().begin() as connection:
                yield connection
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise _unusable(error) from error

    def open(self) -> None:
        """Now. Raises AccountsError."""
        with self.transaction():
            pass

    def close(self) -> None:
        with self._opening:
            if self._opened is not None:
                self._opened.dispose()
            self._opened = None

    def _engine(self) -> sa.engine.Engine:
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened


def utc(at: datetime) -> datetime:
    """SQLite gives the time without its zone, and keeps it as it is written."""
    return at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at.astimezone(timezone.utc)


def _unusable(error: Exception) -> AccountsError:
    """Names the kind of the error only: its text may hold the address with its password."""
    kind = type(error).__name__
    return AccountsError(f"账号所在的数据库用不了（{kind}），请检查 DATABASE_URL 或 YIBAO_VAR 文件夹的权限")
