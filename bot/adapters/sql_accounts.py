"""Staff accounts in SQL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import sqlalchemy as sa  # type: ignore[import-untyped]

from bot.accounts import (
    Account,
    AccountsError,
    BadNameError,
    NameTakenError,
    Role,
    UnknownAccountError,
    check_name,
    check_password,
    normal_password,
)
from bot.adapters.database import open_database

COST = (15, 8, 3)
"""Of scrypt: binary logarithm of n, r and p. 32 MB of memory and about 0.2 s a password (OWASP's choice for 32 MB).
It is stored with each hash, so that it can be raised; a hash of the old cost goes on working."""

SALT_BYTES = 16
KEY_BYTES = 32

ACCOUNTS = sa.Table(
    "staff_accounts",
    sa.MetaData(),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
)

_PUBLIC = (ACCOUNTS.c.name, ACCOUNTS.c.role, ACCOUNTS.c.active, ACCOUNTS.c.created_at)


def open_accounts(database_url: str | None, var: Path) -> SqlAccounts:
    """As ``open_database`` says. Whoever calls this calls ``close``. Raises AccountsError."""
    try:
        return SqlAccounts(open_database(database_url, var))
    except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
        raise _unusable(error) from error


class SqlAccounts:
    """Implements ``bot.accounts.Accounts``."""

    def __init__(self, engine: sa.engine.Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        self._engine.dispose()

    def add(self, name: str, role: Role, password: str) -> Account:
        account = Account(check_name(name), role, active=True, created_at=datetime.now(timezone.utc))
        row = {
            "name": account.name,
            "role": role.value,
            "active": True,
            "created_at": account.created_at,
            "password_hash": _hash(check_password(name, password)),
        }
        with self._transaction() as connection:
            try:
                connection.execute(sa.insert(ACCOUNTS).values(row))
            except sa.exc.IntegrityError as error:
                raise NameTakenError(f"已经有账号“{account.name}”了，请换一个名字") from error
        return account

    def find(self, name: str) -> Account | None:
        with self._transaction() as connection:
            return _find(connection, name)

    def all(self) -> list[Account]:
        with self._transaction() as connection:
            return [_account(row) for row in connection.execute(sa.select(*_PUBLIC).order_by(ACCOUNTS.c.name))]

    def set_active(self, name: str, active: bool) -> Account:
        return self._update(name, active=active)

    def set_password(self, name: str, password: str) -> Account:
        return self._update(name, password_hash=_hash(check_password(name, password)))

    def verify(self, name: str, password: str) -> Account | None:
        with self._transaction() as connection:
            query = sa.select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.name == _key(name))
            stored: str | None = connection.execute(query).scalar_one_or_none()
            account = _find(connection, name)
        is_right = _matches(normal_password(password), stored or _NOBODY)
        return account if is_right and stored is not None and account is not None and account.active else None

    def _update(self, name: str, **values: object) -> Account:
        with self._transaction() as connection:
            connection.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.name == _key(name)).values(**values))
            account = _find(connection, name)
            if account is None:
                raise UnknownAccountError(f"没有账号“{name}”。看有哪些：yibao user list")
            return account

    @contextmanager
    def _transaction(self) -> Iterator[sa.engine.Connection]:
        """All or nothing. Raises AccountsError."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise _unusable(error) from error


def _unusable(error: Exception) -> AccountsError:
    """Names the kind of the error only: its text may hold the address with its password."""
    kind = type(error).__name__
    return AccountsError(f"账号所在的数据库用不了（{kind}），请检查 DATABASE_URL 或 YIBAO_VAR 文件夹的权限")


def _key(name: str) -> str:
    """The name to look for; what cannot be a name is nobody's."""
    try:
        return check_name(name)
    except BadNameError:
        return ""


def _find(connection: sa.engine.Connection, name: str) -> Account | None:
    row = connection.execute(sa.select(*_PUBLIC).where(ACCOUNTS.c.name == _key(name))).one_or_none()
    return None if row is None else _account(row)


def _account(row: sa.engine.Row) -> Account:
    created: datetime = row.created_at
    # SQLite gives the time without its zone.
    utc = created.replace(tzinfo=timezone.utc) if created.tzinfo is None else created.astimezone(timezone.utc)
    return Account(row.name, Role(row.role), row.active, utc)


def _hash(password: str) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    log_n, r, p = COST
    return "$".join(["scrypt", str(log_n), str(r), str(p), _text(salt), _text(_derive(password, salt, log_n, r, p))])


def _matches(password: str, stored: str) -> bool:
    _, log_n, r, p, salt, key = stored.split("$")
    derived = _derive(password, base64.b64decode(salt), int(log_n), int(r), int(p))
    return hmac.compare_digest(derived, base64.b64decode(key))


def _derive(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    n = 1 << log_n
    memory = 128 * r * (n + p + 2)
    # A stray half of a surrogate pair is a wrong password, not an error.
    raw = password.encode(errors="surrogatepass")
    return hashlib.scrypt(raw, salt=salt, n=n, r=r, p=p, maxmem=2 * memory, dklen=KEY_BYTES)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


_NOBODY = "$".join(["scrypt", *map(str, COST), _text(bytes(SALT_BYTES)), _text(bytes(KEY_BYTES))])
"""Compared with where there is no account, so that the time does not tell which names there are."""
