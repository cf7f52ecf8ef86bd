"""The database: SQLite under the folder for everything that is written, or that of DATABASE_URL; brought up to date by
Alembic when it is opened."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa  # type: ignore[import-untyped]

MIGRATIONS = Path(__file__).parent / "migrations"

_one_at_a_time = threading.Lock()
"""What Alembic's environment works on is one of a process."""

BUSY = 10
"""Seconds that SQLite waits for another process to finish writing."""


def open_database(database_url: str | None, var: Path) -> sa.engine.Engine:
    """``database_url`` None: ``yibao.db`` in ``var``, which only its owner may read. A new database gets its tables, an
    older one is migrated, one from before there were migrations is taken over.

    Raises ``sqlalchemy.exc.SQLAlchemyError``, ImportError (no driver) or OSError.
    """
    url = sa.engine.make_url(database_url) if database_url else _sqlite_url(var)
    options = {"timeout": BUSY} if url.get_backend_name() == "sqlite" else {}
    engine = sa.create_engine(url, future=True, hide_parameters=True, connect_args=options)
    if options:
        sa.event.listen(engine, "connect", _write_ahead)
    migrate(engine)
    return engine


def migrate(engine: sa.engine.Engine) -> None:
    """To the newest version; nothing where it is there. Replicas that start together do it one after the other."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _one_at_a_time, engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7194251)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _write_ahead(connection: Any, _record: object) -> None:
    """SQLite then waits for the disk seldom, and who reads does not wait for who writes."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _sqlite_url(var: Path) -> sa.engine.URL:
    """Raises OSError."""
    var.mkdir(parents=True, exist_ok=True)
    path = var.absolute() / "yibao.db"
    path.touch(mode=0o600, exist_ok=True)
    return sa.engine.URL.create("sqlite", database=str(path))
