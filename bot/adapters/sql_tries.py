"""How often somebody may try a password, in SQL: all replicas count together, and a restart forgets nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.adapters.sql_console import ConsoleDatabase
from bot.tries import Allowance

TRIES = sa.Table(
    "login_tries",
    sa.MetaData(),
    sa.Column("whose", sa.String(64), primary_key=True),
    sa.Column("full_at", sa.Float, nullable=False),
)
"""``full_at``: Unix time at which all tries are back (GCRA). ``whose`` as SHA-256: people type their password into the
wrong field."""

_ADD = sa.text("INSERT INTO login_tries (whose, full_at) VALUES (:whose, 0) ON CONFLICT (whose) DO NOTHING")


class SqlTries:
    """Implements ``bot.tries.Tries``."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database

    def take(self, allowances: Sequence[Allowance], at: datetime) -> float:
        now = at.timestamp()
        try:
            with self._database.transaction() as connection:
                # In one order everywhere, so that two transactions never wait for each other.
                for allowance in sorted(allowances, key=_whose):
                    self._take(connection, allowance, now)
        except _NoneLeft as none:
            return none.seconds
        return 0.0

    @staticmethod
    def _take(connection: sa.engine.Connection, allowance: Allowance, now: float) -> None:
        """Raises _NoneLeft, which undoes the transaction."""
        whose = _whose(allowance)
        connection.execute(_ADD, {"whose": whose})
        full = sa.case((TRIES.c.full_at > now, TRIES.c.full_at), else_=now) + allowance.interval
        latest = now + allowance.interval * allowance.burst
        has_one = sa.and_(TRIES.c.whose == whose, full <= latest)
        if not connection.execute(sa.update(TRIES).where(has_one).values(full_at=full)).rowcount:
            full_at = connection.execute(sa.select(TRIES.c.full_at).where(TRIES.c.whose == whose)).scalar_one()
            raise _NoneLeft(float(full_at) + allowance.interval - latest)

    def give_back(self, allowances: Sequence[Allowance], at: datetime) -> None:
        now = at.timestamp()
        with self._database.transaction() as connection:
            for allowance in sorted(allowances, key=_whose):
                mine = sa.update(TRIES).where(TRIES.c.whose == _whose(allowance))
                connection.execute(mine.values(full_at=TRIES.c.full_at - allowance.interval))
        with self._database.transaction() as connection:
            connection.execute(sa.delete(TRIES).where(TRIES.c.full_at < now))


class _NoneLeft(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


def _whose(allowance: Allowance) -> str:
    return hashlib.sha256(allowance.whose.encode(errors="surrogatepass")).hexdigest()
