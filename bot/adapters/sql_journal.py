"""The journal in SQL, written by a thread of its own: no answer waits for it, and it waits for the database."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta, timezone

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.journal import Entry, JournalLostError, Owed

JOURNAL = sa.Table(
    "journal",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("code", sa.String(7)),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("door", sa.String(16)),
    sa.Column("status", sa.String(16)),
    sa.Column("release", sa.String(32)),
    sa.Column("latency_ms", sa.Float),
    sa.Column("sender", sa.String(32)),
    sa.Column("question", sa.Text),
    sa.Column("parts", sa.JSON(none_as_null=True)),
    sa.Column("facts", sa.JSON(none_as_null=True)),
    sa.Column("intent", sa.String(64)),
    sa.Column("confidence", sa.Float),
    sa.Column("topic", sa.String(64)),
    sa.Column("aspect", sa.String(32)),
    sa.Column("region", sa.String(6)),
    sa.Column("care", sa.String(6)),
    sa.Column("publisher", sa.String(6)),
    sa.Column("useful", sa.Boolean),
)

TOLD = sa.Table(
    "corrections_told",
    sa.MetaData(),
    sa.Column("sender", sa.String(32), primary_key=True),
    sa.Column("correction", sa.String(64), primary_key=True),
)

PERSONAL = {"sender": None, "question": None, "parts": None, "facts": None}
"""What is taken out of an entry when it is forgotten or its time is over."""

GATHER = 0.2
"""Seconds in which entries come together before they are written: a transaction costs more than what is in it."""

BATCH = 500
"""Entries that are written together at most."""

PAUSE = 1.0
"""Seconds between two tries to reach a database that is away."""

MOST_WAITING = 20_000
"""Entries that wait for it; then those on top are given up, and counted."""

PATIENCE = 3.0
"""Seconds that what a person waits for may take."""

SOON = 0.5
"""Seconds that an answer waits to hear whether something before it is to be corrected."""

log = logging.getLogger(__name__)

_Act = Callable[[sa.engine.Connection], int]


class SqlJournal:
    """Implements ``bot.journal.Journal``. ``close`` writes what waits."""

    def __init__(self, open_engine: Callable[[], sa.engine.Engine]) -> None:
        """``open_engine`` is called by the thread, until it gives an engine."""
        self._open = open_engine
        self._opened: sa.engine.Engine | None = None
        self._waiting: queue.Queue[Entry | tuple[_Act, Future[int]] | None] = queue.Queue()
        self.given_up = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def note(self, entry: Entry) -> None:
        if self._waiting.qsize() >= MOST_WAITING:
            self.given_up += 1
            if self.given_up == 1:
                log.error("journal full: entries are given up until the database is back")
            return
        self._waiting.put(entry)

    async def rate(self, sender: str, code: str, useful: bool) -> bool:
        mine = sa.and_(JOURNAL.c.code == code, JOURNAL.c.sender == sender)
        try:
            return bool(await self._act(sa.update(JOURNAL).where(mine).values(useful=useful)))
        except JournalLostError:
            return False

    async def owed(self, sender: str, corrections: Sequence[Owed]) -> list[str]:
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._find_owed, sender, corrections), SOON)
        except (asyncio.TimeoutError, sa.exc.SQLAlchemyError, ImportError, OSError):
            return []

    def told(self, sender: str, correction: str) -> None:
        row = {"sender": sender, "correction": correction}
        self._waiting.put((lambda connection: int(connection.execute(sa.insert(TOLD), row).rowcount), Future()))

    async def forget(self, sender: str) -> None:
        await self._act(sa.update(JOURNAL).where(JOURNAL.c.sender == sender).values(**PERSONAL))
        await self._act(sa.delete(TOLD).where(TOLD.c.sender == sender))

    async def prune(self, days: int) -> int:
        """Takes what is personal out of entries that are older; gives how many."""
        before = datetime.now(timezone.utc) - timedelta(days=days)
        old = sa.and_(JOURNAL.c.at < before, JOURNAL.c.sender.is_not(None))
        return await self._act(sa.update(JOURNAL).where(old).values(**PERSONAL))

    def find(self, code: str) -> Entry | None:
        """The last with this code. Blocks. Raises JournalLostError."""
        rows = self.select(sa.select(JOURNAL).where(JOURNAL.c.code == code).order_by(JOURNAL.c.id.desc()).limit(1))
        return entry_of(rows[0]) if rows else None

    def count_topics(self, since: datetime) -> dict[str, int]:
        """How often each topic was asked. Blocks. Raises JournalLostError."""
        asked = sa.and_(JOURNAL.c.at >= since, JOURNAL.c.topic.is_not(None))
        query = sa.select(JOURNAL.c.topic, sa.func.count().label("times")).where(asked).group_by(JOURNAL.c.topic)
        return {row.topic: row.times for row in self.select(query)}

    @property
    def dialect(self) -> str:
        """The database's name for SQLAlchemy. Raises JournalLostError."""
        try:
            return str(self._engine().dialect.name)
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise JournalLostError from error

    def select(self, query: sa.sql.Select) -> list[sa.engine.Row]:
        """What a query finds. Blocks. Raises JournalLostError."""
        try:
            with self._engine().connect() as connection:
                return list(connection.execute(query))
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise JournalLostError from error

    def _find_owed(self, sender: str, corrections: Sequence[Owed]) -> list[str]:
        said = sa.select(JOURNAL.c.at, JOURNAL.c.facts).where(JOURNAL.c.sender == sender)
        with self._engine().connect() as connection:
            entries = [(_utc(row.at), row.facts or ()) for row in connection.execute(said)]
            told = set(connection.execute(sa.select(TOLD.c.correction).where(TOLD.c.sender == sender)).scalars())
        return [
            each.id
            for each in corrections
            if each.id not in told
            and any(at < each.since and any(each.wrong in fact for fact in facts) for at, facts in entries)
        ]

    def close(self, seconds: float = 10.0) -> None:
        """Waits until all is written, so long at most."""
        self._closing.set()
        self._waiting.put(None)
        self._thread.join(seconds)
        if self._opened is not None:
            self._opened.dispose()

    def _engine(self) -> sa.engine.Engine:
        """Raises what ``open_engine`` raises."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    async def _act(self, statement: sa.sql.Executable) -> int:
        """Rows that it changed, after all that was noted before. Raises JournalLostError."""
        done: Future[int] = Future()
        self._waiting.put((lambda connection: int(connection.execute(statement).rowcount), done))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(done), PATIENCE)
        except (asyncio.TimeoutError, sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise JournalLostError from error

    def _write(self) -> None:
        """The thread: everything in the order in which it came."""
        while True:
            first = self._waiting.get()
            if first is None:
                return
            if isinstance(first, Entry):
                self._closing.wait(GATHER)
                batch, is_last, act = self._take_batch(first)
                self._insist(batch)
                if is_last:
                    return
                first = act
            if first is not None:
                self._do(*first)

    def _take_batch(self, first: Entry) -> tuple[list[dict[str, object]], bool, tuple[_Act, Future[int]] | None]:
        """The entries that wait; whether the end came behind them, or something else to do."""
        batch = [_row(first)]
        while len(batch) < BATCH:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                break
            if not isinstance(following, Entry):
                return batch, following is None, following
            batch.append(_row(following))
        return batch, False, None

    def _insist(self, rows: list[dict[str, object]]) -> None:
        """Until the database takes it: an entry is not given up because the database is away."""
        is_told = False
        while True:
            try:
                with self._engine().begin() as connection:
                    connection.execute(sa.insert(JOURNAL), rows)
                return
            except sa.exc.IntegrityError as error:
                log.error("journal entries refused: %s", type(error).__name__)
                return
            except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
                if not is_told:
                    log.error("journal not written, it waits: %s", type(error).__name__)
                is_told = True
                time.sleep(PAUSE)

    def _do(self, act: _Act, done: Future[int]) -> None:
        """Whether or not somebody still waits for it."""
        is_awaited = done.set_running_or_notify_cancel()
        try:
            with self._engine().begin() as connection:
                changed = act(connection)
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            if is_awaited:
                done.set_exception(error)
            return
        if is_awaited:
            done.set_result(changed)


def _row(entry: Entry) -> dict[str, object]:
    # SQLite drops the zone: what is kept is UTC.
    return {**vars(entry), "at": _utc(entry.at)}


def entry_of(row: sa.engine.Row) -> Entry:
    """The entry that a row holds."""
    values = {name: value for name, value in row._mapping.items() if name != "id"}
    values["at"] = _utc(values["at"])
    for name in ("parts", "facts"):
        values[name] = None if values[name] is None else tuple(values[name])
    return Entry(**values)


def _utc(at: datetime) -> datetime:
    """SQLite gives the time without its zone."""
    return at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at.astimezone(timezone.utc)
