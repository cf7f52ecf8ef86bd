"""Staff accounts: the rules, and the SQL adapter on a real SQLite file."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from pyotp import TOTP
from sqlalchemy.dialects import postgresql

from bot.accounts import (
    Account,
    Accounts,
    AccountsError,
    BadNameError,
    BadScopeError,
    NameTakenError,
    Role,
    UnknownAccountError,
    WeakPasswordError,
    check_name,
    check_password,
)
from bot.adapters import password_hashes
from bot.adapters.sql_accounts import ACCOUNTS, SqlAccounts, open_accounts
from bot.second_factor import make_secret

GOOD = "korrekt-Pferd-7"
OTHER = "批准的新密码-abc-42"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlAccounts]:
    monkeypatch.setattr(password_hashes, "HASHER", CHEAP)  # one test has the real cost
    opened = open_accounts(None, tmp_path / "var")
    yield opened
    opened.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "var" / "yibao.db"


def stored_hash(database: Path, name: str) -> str:
    with sqlite3.connect(database) as connection:
        row = connection.execute("select password_hash from staff_accounts where name = ?", (name,)).fetchone()
    return str(row[0])


@pytest.mark.parametrize(
    ("written", "normal"),
    [("zhang", "zhang"), ("Zhang.San", "zhang.san"), ("ｚｈａｎｇ", "zhang"), (" li-1 ", "li-1"), ("张三", "张三")],
)
def test_names_have_one_spelling(written: str, normal: str) -> None:
    assert check_name(written) == normal


@pytest.mark.parametrize("name", ["", " ", "a b", "-a", ".a", "a/b", "a\nb", "a\0b", "x" * 33, "é", "\ud800", "a'--"])
def test_names_of_another_shape_are_refused(name: str) -> None:
    with pytest.raises(BadNameError, match="账号名要用"):
        check_name(name)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", "太短"),
        ("abcdefg-9", "至少要 10 个字符"),
        ("abcDE-" * 34, "太长"),
        ("12345678901", "不能全是数字"),
        ("１２３４５６７８９０", "不能全是数字"),
        ("abababababab", "重复的字符太多"),
        ("my-Zhang-2024!", "不能有账号名"),
        ("abcdef\nghijk", "看不见的字符"),
        ("abcdefghij\ud800", "看不见的字符"),
    ],
)
def test_weak_passwords_are_refused_without_repeating_them(password: str, expected: str) -> None:
    with pytest.raises(WeakPasswordError, match=expected) as caught:
        check_password("zhang", password)
    assert not password or password not in str(caught.value)


@pytest.mark.parametrize("password", [GOOD, OTHER, "a b c d e f g", "abcde12345", "长的密码也可以用汉字来写"])
def test_good_passwords_pass(password: str) -> None:
    check_password("zhang", password)


def test_an_account_is_kept(accounts: Accounts, tmp_path: Path) -> None:
    added = accounts.add("Zhang", Role.EDITOR, GOOD)
    assert added == Account("zhang", Role.EDITOR, True, added.created_at)
    assert datetime.now(timezone.utc) - added.created_at < timedelta(minutes=1)
    reopened = open_accounts(None, tmp_path / "var")
    assert reopened.find("ZHANG") == added
    assert reopened.find("li") is None
    reopened.close()


def test_accounts_are_listed_by_name(accounts: Accounts) -> None:
    assert accounts.all() == []
    for name, role in (("wang", Role.ADMIN), ("li", Role.STAFF)):
        accounts.add(name, role, GOOD)
    assert [(a.name, a.role) for a in accounts.all()] == [("li", Role.STAFF), ("wang", Role.ADMIN)]


def test_a_name_is_given_once(accounts: Accounts, database: Path) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    before = stored_hash(database, "zhang")
    with pytest.raises(NameTakenError, match="已经有账号“zhang”"):
        accounts.add("ZHANG", Role.ADMIN, OTHER)
    assert [a.role for a in accounts.all()] == [Role.EDITOR]
    assert stored_hash(database, "zhang") == before


def test_only_the_right_password_opens(accounts: Accounts) -> None:
    added = accounts.add("zhang", Role.EDITOR, GOOD)
    assert accounts.verify("Zhang", GOOD) == added
    assert accounts.verify("zhang", "ｋｏｒｒｅｋｔ-Pferd-7") == added
    for name, password in (
        ("zhang", GOOD.lower()), ("zhang", GOOD + " "), ("zhang", ""), ("zhang", "\ud800"), ("zhang", OTHER),
        ("li", GOOD), ("", GOOD), ("\ud800", GOOD), ("zh\0ang", GOOD), ("' or 1=1 --", GOOD),
    ):  # fmt: skip
        assert accounts.verify(name, password) is None


def test_nobodys_password_costs_the_same_work(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    work: list[str] = []

    class Counted(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            work.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(password_hashes, "HASHER", Counted(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("zhang", "li", ""):
        assert accounts.verify(name, OTHER) is None
    parameters = [extract_parameters(stored) for stored in work]
    assert len(parameters) == 3
    assert parameters[0] == parameters[1] == parameters[2]


def test_a_disabled_account_does_not_open(accounts: Accounts) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    assert accounts.set_active("ZHANG", False).active is False
    assert accounts.verify("zhang", GOOD) is None
    assert accounts.set_active("zhang", True).active is True
    assert accounts.verify("zhang", GOOD) is not None


def test_a_new_password_replaces_the_old(accounts: Accounts) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    with pytest.raises(WeakPasswordError):
        accounts.set_password("zhang", "short")
    assert accounts.verify("zhang", GOOD) is not None
    accounts.set_password("zhang", OTHER)
    assert accounts.verify("zhang", GOOD) is None
    assert accounts.verify("zhang", OTHER) is not None


@pytest.mark.parametrize("name", ["li", "", "a b"])
def test_who_is_not_there_cannot_be_changed(accounts: Accounts, name: str) -> None:
    with pytest.raises(UnknownAccountError, match="没有账号"):
        accounts.set_active(name, False)
    with pytest.raises(UnknownAccountError, match="没有账号"):
        accounts.set_password(name, GOOD)
    with pytest.raises(UnknownAccountError, match="没有账号"):
        accounts.set_role(name, Role.ADMIN)
    with pytest.raises(UnknownAccountError, match="没有账号"):
        accounts.set_second_factor(name, None)


def test_rules_hold_when_an_account_is_added(accounts: Accounts) -> None:
    with pytest.raises(BadNameError):
        accounts.add("a b", Role.EDITOR, GOOD)
    with pytest.raises(WeakPasswordError):
        accounts.add("zhang", Role.EDITOR, "short")
    assert accounts.all() == []


def test_passwords_are_hashed_with_argon2_and_a_salt_each(tmp_path: Path, database: Path) -> None:
    accounts = open_accounts(None, tmp_path / "var")
    for name in ("zhang", "li"):
        accounts.add(name, Role.EDITOR, GOOD)
    first, second = stored_hash(database, "zhang"), stored_hash(database, "li")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert GOOD.encode() not in database.read_bytes()
    assert accounts.verify("zhang", GOOD) is not None
    accounts.close()


def old_hash(password: str) -> str:
    """As accounts had it before argon2."""
    key = hashlib.scrypt(password.encode(), salt=b"0123456789abcdef", n=16, r=8, p=1, dklen=32)
    return "$".join(["scrypt", "4", "8", "1", *(b64encode(raw).decode() for raw in (b"0123456789abcdef", key))])


def test_an_old_hash_opens_and_is_replaced_by_the_login(accounts: Accounts, database: Path) -> None:
    before = accounts.add("zhang", Role.EDITOR, GOOD)
    with sqlite3.connect(database) as connection:
        connection.execute("update staff_accounts set password_hash = ?", (old_hash(GOOD),))
    assert accounts.verify("zhang", OTHER) is None
    assert stored_hash(database, "zhang") == old_hash(GOOD)
    assert accounts.verify("zhang", GOOD) == before, "nobody is logged out by it"
    assert stored_hash(database, "zhang").startswith("$argon2id$")
    assert accounts.verify("zhang", GOOD) == before


def test_a_hash_of_another_cost_is_replaced_too(
    accounts: Accounts, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    monkeypatch.setattr(password_hashes, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert accounts.verify("zhang", GOOD) is not None
    replaced = stored_hash(database, "zhang")
    assert "m=16,t=2" in replaced
    assert accounts.verify("zhang", GOOD) is not None
    assert stored_hash(database, "zhang") == replaced


@pytest.mark.parametrize("broken", ["", "x", "scrypt$", "scrypt$a$b$c$d$e", "$argon2id$v=19$m=8,t=1,p=1$"])
def test_a_broken_hash_opens_for_nobody(accounts: Accounts, database: Path, broken: str) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    with sqlite3.connect(database) as connection:
        connection.execute("update staff_accounts set password_hash = ?", (broken,))
    assert accounts.verify("zhang", GOOD) is None


def test_a_role_comes_with_its_regions(accounts: Accounts) -> None:
    added = accounts.add("zhang", Role.EDITOR, GOOD, ["654203", "654203", "650100"])
    assert added.regions == ("654203", "650100")
    assert accounts.find("zhang") == added
    assert accounts.set_role("zhang", Role.PUBLISHER).regions == ()
    for role in set(Role) - {Role.EDITOR, Role.PUBLISHER}:
        with pytest.raises(BadScopeError):
            accounts.set_role("zhang", role, ["654203"])
    with pytest.raises(BadScopeError):
        accounts.add("li", Role.STAFF, GOOD, ["654203"])


def test_a_code_of_the_second_factor_is_accepted_once(accounts: Accounts) -> None:
    at, secret = datetime(2026, 11, 23, 4, 0, 10, tzinfo=timezone.utc), make_secret()
    accounts.add("zhang", Role.EDITOR, GOOD)
    codes = [TOTP(secret).at(at + timedelta(seconds=30 * step)) for step in (-1, 0, 1, 2)]
    assert not accounts.spend_code("zhang", codes[1], at), "there is no second factor yet"
    assert accounts.set_second_factor("zhang", secret).has_second_factor
    assert not accounts.spend_code("zhang", codes[3], at)
    assert accounts.spend_code("Zhang", codes[0], at)
    assert not accounts.spend_code("zhang", codes[0], at)
    assert accounts.spend_code("zhang", codes[2], at)
    assert not accounts.spend_code("zhang", codes[1], at), "older than one that was given"
    assert not accounts.spend_code("li", codes[2], at)


def test_changes_count_and_logins_do_not(accounts: Accounts) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    accounts.verify("zhang", GOOD)
    versions = [
        accounts.find("zhang"),
        accounts.set_password("zhang", OTHER),
        accounts.set_role("zhang", Role.STAFF),
        accounts.set_active("zhang", False),
        accounts.set_active("zhang", True),
        accounts.set_second_factor("zhang", make_secret()),
    ]
    assert [account and account.version for account in versions] == [0, 1, 2, 3, 4, 5]


def test_the_file_is_its_owners_alone(accounts: Accounts, database: Path) -> None:
    accounts.all()
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(AccountsError, match="请检查 DATABASE_URL") as caught:
        open_accounts("postgresql://yibao:geheim77@127.0.0.1:1/yibao", tmp_path)
    assert "geheim77" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["postgresql+nodriver://u:geheim77@h/d", "sqlite:////no/such/folder/x.db"])
def test_an_unusable_database_is_told_in_one_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(AccountsError, match="账号所在的数据库用不了") as caught:
        open_accounts(url, tmp_path).all()
    assert "geheim77" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_statement_does_not_show_its_parameters(accounts: SqlAccounts) -> None:
    accounts.add("zhang", Role.EDITOR, GOOD)
    with pytest.raises(NameTakenError) as caught:
        accounts.add("zhang", Role.EDITOR, GOOD)
    assert "$argon2id$" not in str(caught.value.__cause__)


def test_the_table_is_one_that_postgresql_understands() -> None:
    dialect = postgresql.dialect()
    statement = str(sa.schema.CreateTable(ACCOUNTS, if_not_exists=True).compile(dialect=dialect))
    assert "CREATE TABLE IF NOT EXISTS staff_accounts" in statement
    assert "TIMESTAMP WITH TIME ZONE" in statement
