"""The record of who did what, in SQL. There is no statement here that changes or deletes a row."""

from __future__ import annotations

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.adapters.sql_console import ConsoleDatabase, utc
from bot.audit import LONGEST_DETAIL, LONGEST_TARGET, Action, Deed

AUDIT = sa.Table(
    "console_audit",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("target", sa.String(LONGEST_TARGET), nullable=False),
    sa.Column("detail", sa.String(LONGEST_DETAIL), nullable=False),
)


class SqlAudit:
    """Implements ``bot.audit.Audit``."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database

    def note(self, deed: Deed) -> None:
        row = {
            "at": utc(deed.at),
            "account": deed.account,
            "action": deed.action.value,
            "target": _storable(deed.target)[:LONGEST_TARGET],
            "detail": _storable(deed.detail)[:LONGEST_DETAIL],
        }
        with self._database.transaction() as connection:
            connection.execute(sa.insert(AUDIT).values(row))

    def newest(
        self, count: int, *, before: int | None = None, account: str | None = None, action: Action | None = None
    ) -> list[tuple[int, Deed]]:
        query = sa.select(AUDIT).order_by(AUDIT.c.id.desc()).limit(count)
        if before is not None:
            query = query.where(AUDIT.c.id < before)
        if account is not None:
            query = query.where(AUDIT.c.account == account)
        if action is not None:
            query = query.where(AUDIT.c.action == action.value)
        with self._database.transaction() as connection:
            return [(row.id, _deed(row)) for row in connection.execute(query)]


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL."""
    return text.replace("\0", "")


def _deed(row: sa.engine.Row) -> Deed:
    return Deed(utc(row.at), row.account, Action(row.action), row.target, row.detail)
