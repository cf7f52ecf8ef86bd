"""Staff accounts in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.accounts import (
    Account,
    BadNameError,
    NameTakenError,
    Role,
    UnknownAccountError,
    check_name,
    check_password,
    check_scope,
    normal_password,
)
from bot.adapters.database import open_database
from bot.adapters.password_hashes import hash_password, is_outdated, is_right
from bot.adapters.sql_console import ConsoleDatabase, utc
from bot.second_factor import matching_step

ACCOUNTS = sa.Table(
    "staff_accounts",
    sa.MetaData(),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("regions", sa.Text, nullable=False),
    sa.Column("second_factor", sa.String(64)),
    sa.Column("last_step", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
"""``regions``: codes between spaces. ``last_step``: of the last code of the second factor that was accepted."""

_OPENED_WITH = (ACCOUNTS.c.password_hash, ACCOUNTS.c.second_factor)


def open_accounts(database_url: str | None, var: Path) -> SqlAccounts:
    """As ``open_database`` says. Whoever calls this calls ``close``. Raises AccountsError."""
    database = ConsoleDatabase(partial(open_database, database_url, var))
    database.open()
    return SqlAccounts(database)


class SqlAccounts:
    """Implements ``bot.accounts.Accounts``."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database

    def close(self) -> None:
        self._database.close()

    def add(self, name: str, role: Role, password: str, regions: Sequence[str] = ()) -> Account:
        scope = check_scope(role, regions)
        account = Account(check_name(name), role, active=True, created_at=datetime.now(timezone.utc), regions=scope)
        row = {
            "name": account.name,
            "role": role.value,
            "active": True,
            "created_at": account.created_at,
            "password_hash": hash_password(check_password(name, password)),
            "regions": " ".join(scope),
            "last_step": 0,
            "version": 0,
        }
        with self._database.transaction() as connection:
            try:
                connection.execute(sa.insert(ACCOUNTS).values(row))
            except sa.exc.IntegrityError as error:
                raise NameTakenError(f"已经有账号“{account.name}”了，请换一个名字") from error
        return account

    def find(self, name: str) -> Account | None:
        with self._database.transaction() as connection:
            return find_account(connection, name)

    def all(self) -> list[Account]:
        with self._database.transaction() as connection:
            return [_account(row) for row in connection.execute(sa.select(ACCOUNTS).order_by(ACCOUNTS.c.name))]

    def set_active(self, name: str, active: bool) -> Account:
        return self._update(name, active=active)

    def set_password(self, name: str, password: str) -> Account:
        return self._update(name, password_hash=hash_password(check_password(name, password)))

    def set_role(self, name: str, role: Role, regions: Sequence[str] = ()) -> Account:
        return self._update(name, role=role.value, regions=" ".join(check_scope(role, regions)))

    def set_second_factor(self, name: str, secret: str | None) -> Account:
        return self._update(name, second_factor=secret, last_step=0)

    def verify(self, name: str, password: str) -> Account | None:
        """An account of before still has a hash by scrypt, which takes another time than that of nobody; the first
        login replaces it."""
        with self._database.transaction() as connection:
            stored = self._kept(connection, name)[0]
            account = find_account(connection, name)
        given = normal_password(password)
        if not is_right(given, stored) or stored is None or account is None or not account.active:
            return None
        if is_outdated(stored):
            self._replace_hash(account.name, stored, hash_password(given))
        return account

    def spend_code(self, name: str, code: str, at: datetime) -> bool:
        with self._database.transaction() as connection:
            secret = self._kept(connection, name)[1]
            step = matching_step(secret, code, at) if secret is not None else None
            if step is None:
                return False
            # Only one of two requests with the same code changes the row.
            unspent = sa.and_(ACCOUNTS.c.name == _key(name), ACCOUNTS.c.last_step < step)
            return bool(connection.execute(sa.update(ACCOUNTS).where(unspent).values(last_step=step)).rowcount)

    @staticmethod
    def _kept(connection: sa.engine.Connection, name: str) -> tuple[str | None, str | None]:
        """The hash of the password and the secret of the second factor."""
        row = connection.execute(sa.select(*_OPENED_WITH).where(ACCOUNTS.c.name == _key(name))).one_or_none()
        return (None, None) if row is None else (row.password_hash, row.second_factor)

    def _replace_hash(self, name: str, old: str, new: str) -> None:
        """Not over a password that was changed meanwhile."""
        mine = sa.and_(ACCOUNTS.c.name == name, ACCOUNTS.c.password_hash == old)
        with self._database.transaction() as connection:
            connection.execute(sa.update(ACCOUNTS).where(mine).values(password_hash=new))

    def _update(self, name: str, **values: object) -> Account:
        with self._database.transaction() as connection:
            mine = sa.update(ACCOUNTS).where(ACCOUNTS.c.name == _key(name))
            connection.execute(mine.values(**values, version=ACCOUNTS.c.version + 1))
            account = find_account(connection, name)
            if account is None:
                raise UnknownAccountError(f"没有账号“{name}”。看有哪些：yibao user list")
            return account


def find_account(connection: sa.engine.Connection, name: str) -> Account | None:
    row = connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.name == _key(name))).one_or_none()
    return None if row is None else _account(row)


def _key(name: str) -> str:
    """The name to look for; what cannot be a name is nobody's."""
    try:
        return check_name(name)
    except BadNameError:
        return ""


def _account(row: sa.engine.Row) -> Account:
    return Account(
        name=row.name,
        role=Role(row.role),
        active=row.active,
        created_at=utc(row.created_at),
        regions=tuple(row.regions.split()),
        has_second_factor=row.second_factor is not None,
        version=row.version,
    )
