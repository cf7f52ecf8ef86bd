"""What the journal says in numbers, in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta, timezone

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.adapters.sql_journal import JOURNAL, entry_of
from bot.figures import By, Period, Wanted
from bot.journal import Entry
from knowledge.moments import BEIJING

Select = Callable[[sa.sql.Select], Sequence[sa.engine.Row]]


class SqlFigures:
    """Implements ``bot.figures.Figures``. ``select`` runs a query; it raises JournalLostError. ``dialect``: the name of
    the database's."""

    def __init__(self, select: Select, dialect: Callable[[], str]) -> None:
        self._select = select
        self._dialect = dialect

    def count(self, by: By, period: Period) -> Mapping[str, int]:
        value = self._value(by).label("value")
        query = sa.select(value, sa.func.count().label("times")).where(_within(period)).group_by(value)
        return {_name(by, row.value): row.times for row in self._select(query)}

    def list(self, wanted: Wanted, most: int) -> list[tuple[int, Entry]]:
        conditions = [_within(wanted.period), JOURNAL.c.question.is_not(None)]
        if wanted.statuses:
            conditions.append(JOURNAL.c.status.in_(wanted.statuses))
        if wanted.useful is not None:
            conditions.append(JOURNAL.c.useful.is_(wanted.useful))
        if wanted.topic is not None:
            conditions.append(JOURNAL.c.topic == wanted.topic)
        if wanted.before is not None:
            conditions.append(JOURNAL.c.id < wanted.before)
        query = sa.select(JOURNAL).where(*conditions).order_by(JOURNAL.c.id.desc()).limit(most)
        return [(row.id, entry_of(row)) for row in self._select(query)]

    def _value(self, by: By) -> sa.sql.ColumnElement:
        if by not in (By.HOUR, By.DAY):
            return JOURNAL.c[by.value]
        if self._dialect() == "sqlite":
            return sa.func.strftime("%H" if by is By.HOUR else "%Y-%m-%d", JOURNAL.c.at, "+8 hours")
        return sa.func.to_char(
            sa.func.timezone("Asia/Shanghai", JOURNAL.c.at), "HH24" if by is By.HOUR else "YYYY-MM-DD"
        )


def _within(period: Period) -> sa.sql.ColumnElement:
    first = datetime.combine(period.first, time.min, BEIJING).astimezone(timezone.utc)
    end = datetime.combine(period.last + timedelta(days=1), time.min, BEIJING).astimezone(timezone.utc)
    inside = sa.and_(JOURNAL.c.at >= first, JOURNAL.c.at < end)
    return sa.and_(inside, JOURNAL.c.region == period.region) if period.region else inside


def _name(by: By, value: object) -> str:
    if value is None:
        return ""
    if by is By.USEFUL:
        return "yes" if value else "no"
    return str(int(str(value))) if by is By.HOUR else str(value)
