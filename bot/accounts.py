"""The port to the accounts of the staff who use the console, and the rules for their names and passwords.

AccountError              one line in Chinese, for whoever manages the accounts
├── BadNameError          not the shape of a name
├── WeakPasswordError     against the rules for passwords
├── NameTakenError        there is an account of this name, perhaps a disabled one
├── UnknownAccountError   there is none of this name
└── AccountsError         the accounts cannot be read or written at all
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

SHORTEST_PASSWORD = 10
"""Characters, as the next one."""

LONGEST_PASSWORD = 200

FEWEST_DIFFERENT = 5
"""Different characters that a password has at least."""

_NAME = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff._-]{0,31}")


class AccountError(Exception):
    pass


class BadNameError(AccountError):
    pass


class WeakPasswordError(AccountError):
    pass


class NameTakenError(AccountError):
    pass


class UnknownAccountError(AccountError):
    pass


class AccountsError(AccountError):
    pass


class Role(str, Enum):
    """What somebody may do in the console."""

    EDITOR = "editor"
    """Changes what the bot knows."""
    AGENT = "agent"
    """Answers the hotline: looks things up."""
    OPERATOR = "operator"
    """Runs the program: switches, releases, accounts."""


@dataclass(frozen=True)
class Account:
    """``name`` as ``check_name`` gives it; ``created_at`` with its time zone, UTC."""

    name: str
    role: Role
    active: bool
    created_at: datetime


class Accounts(Protocol):
    """Every call blocks, ``verify`` a fifth of a second by design: call them from a thread, not from the event loop.

    Names are taken as people write them. Every call raises AccountsError when the store cannot be used; those that
    change something raise UnknownAccountError.
    """

    def add(self, name: str, role: Role, password: str) -> Account:
        """Raises BadNameError, WeakPasswordError, NameTakenError."""

    def find(self, name: str) -> Account | None: ...

    def all(self) -> list[Account]:
        """By name, the disabled ones too."""

    def set_active(self, name: str, active: bool) -> Account: ...

    def set_password(self, name: str, password: str) -> Account:
        """Raises WeakPasswordError."""

    def verify(self, name: str, password: str) -> Account | None:
        """The account, if it is active and this is its password; takes as long when there is no such account."""


def normal_name(name: str) -> str:
    """One spelling for what people take for the same name: Zhang, ZHANG, ｚｈａｎｇ."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def check_name(name: str) -> str:
    """The normal name. Raises BadNameError."""
    normal = normal_name(name)
    if _NAME.fullmatch(normal) is None:
        raise BadNameError("账号名要用 1 到 32 个汉字、英文字母或数字，中间可以有 . _ -，不能有空格")
    return normal


def normal_password(password: str) -> str:
    """One form for what different keyboards send for the same characters."""
    return unicodedata.normalize("NFKC", password)


def check_password(name: str, password: str) -> str:
    """The normal password. Raises WeakPasswordError."""
    normal = normal_password(password)
    if len(normal) < SHORTEST_PASSWORD:
        raise WeakPasswordError(f"密码太短，至少要 {SHORTEST_PASSWORD} 个字符")
    if len(normal) > LONGEST_PASSWORD:
        raise WeakPasswordError(f"密码太长，最多 {LONGEST_PASSWORD} 个字符")
    if not normal.isprintable():
        raise WeakPasswordError("密码里有换行或看不见的字符，请换一个")
    if normal.isdigit():
        raise WeakPasswordError("密码不能全是数字，请加上字母或其他字符")
    if len(set(normal)) < FEWEST_DIFFERENT:
        raise WeakPasswordError(f"密码里重复的字符太多，至少要有 {FEWEST_DIFFERENT} 个不同的字符")
    if len(normal_name(name)) > 3 and normal_name(name) in normal.casefold():
        raise WeakPasswordError("密码里不能有账号名，请换一个")
    return normal
