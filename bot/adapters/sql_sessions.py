"""Sessions of the console in SQL: all replicas know them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.accounts import Account
from bot.adapters.sql_accounts import find_account
from bot.adapters.sql_console import ConsoleDatabase, utc
from bot.sessions import IDLE, LONGEST, make_session_id

SESSIONS = sa.Table(
    "console_sessions",
    sa.MetaData(),
    sa.Column("id_hash", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
)
"""``version``: that of the account when it logged in."""

SEEN_EVERY = timedelta(minutes=1)
"""So exactly it is written down when a session was used: not each request writes."""


class SqlSessions:
    """Implements ``bot.sessions.Sessions``. Only the SHA-256 of an id is kept: who reads the table, or a copy of it,
    cannot use what stands in it."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database

    def start(self, account: Account, at: datetime) -> str:
        session, now = make_session_id(), utc(at)
        row = {
            "id_hash": _hash(session),
            "account": account.name,
            "version": account.version,
            "started_at": now,
            "seen_at": now,
        }
        with self._database.transaction() as connection:
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.started_at < now - LONGEST))
            connection.execute(sa.insert(SESSIONS).values(row))
        return session

    def find(self, session: str, at: datetime) -> Account | None:
        now = utc(at)
        mine = SESSIONS.c.id_hash == _hash(session)
        with self._database.transaction() as connection:
            row = connection.execute(sa.select(SESSIONS).where(mine)).one_or_none()
            if row is None:
                return None
            account = find_account(connection, row.account)
            is_over = now - utc(row.started_at) >= LONGEST or now - utc(row.seen_at) >= IDLE
            if is_over or account is None or not account.active or account.version != row.version:
                connection.execute(sa.delete(SESSIONS).where(mine))
                return None
            if now - utc(row.seen_at) >= SEEN_EVERY:
                connection.execute(sa.update(SESSIONS).where(mine).values(seen_at=now))
            return account

    def end(self, session: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.id_hash == _hash(session)))


def _hash(session: str) -> str:
    return hashlib.sha256(session.encode(errors="surrogatepass")).hexdigest()
