"""What the editors are told, in SQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.adapters.sql_console import ConsoleDatabase, utc
from bot.tasks import Complaint, Task

TASKS = sa.Table(
    "editor_tasks",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("complaint", sa.String(16), nullable=False),
    sa.Column("topic", sa.String(64), nullable=False),
    sa.Column("region", sa.String(6), nullable=False),
    sa.Column("aspect", sa.String(32), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("closed_by", sa.String(64)),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("outcome", sa.Text),
)

LARGEST = 2**63 - 1
"""The largest id that the column holds; a database refuses to compare with more."""


class SqlTasks:
    """Implements ``bot.tasks.Tasks``."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database

    def add(self, task: Task) -> Task:
        row = {name: value for name, value in vars(task).items() if name != "id"}
        row |= {"complaint": task.complaint.value, "note": task.note.replace("\0", "")}
        with self._database.transaction() as connection:
            (identity,) = connection.execute(sa.insert(TASKS).values(row)).inserted_primary_key
        return Task(**{**vars(task), "id": identity})

    def close(self, task: int, by: str, at: datetime, outcome: str) -> bool:
        if not 0 < task <= LARGEST:
            return False
        still_open = sa.and_(TASKS.c.id == task, TASKS.c.closed_by.is_(None))
        values = {"closed_by": by, "closed_at": at, "outcome": outcome.replace("\0", "")}
        with self._database.transaction() as connection:
            return bool(connection.execute(sa.update(TASKS).where(still_open).values(values)).rowcount)

    def list(self, *, is_open: bool, most: int) -> list[Task]:
        wanted = TASKS.c.closed_by.is_(None) if is_open else TASKS.c.closed_by.is_not(None)
        query = sa.select(TASKS).where(wanted).order_by(TASKS.c.id.desc()).limit(most)
        with self._database.transaction() as connection:
            return [_task(row) for row in connection.execute(query)]


def _task(row: sa.engine.Row) -> Task:
    values = dict(row._mapping)
    values |= {"complaint": Complaint(row.complaint), "at": utc(row.at)}
    values["closed_at"] = utc(row.closed_at) if row.closed_at else None
    return Task(**values)
