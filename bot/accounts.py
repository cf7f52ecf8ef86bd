"""The port to the accounts of the staff who use the console, and the rules for their names and passwords.

AccountError              one line in Chinese, for whoever manages the accounts
├── BadNameError          not the shape of a name
├── WeakPasswordError     against the rules for passwords
├── BadScopeError         regions for a role that has none
├── NameTakenError        there is an account of this name, perhaps a disabled one
├── UnknownAccountError   there is none of this name
└── AccountsError         the accounts cannot be read or written at all
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from operator import eq
from typing import Protocol

from knowledge.regions import Regions

SHORTEST_PASSWORD = 10
"""Characters, as the next one."""

LONGEST_PASSWORD = 200

FEWEST_DIFFERENT = 5
"""Different characters that a password has at least."""

_EASILY_READ = "abcdefghjkmnpqrstuvwxyz23456789"

_NAME = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff._-]{0,31}")


class AccountError(Exception):
    pass


class BadNameError(AccountError):
    pass


class WeakPasswordError(AccountError):
    pass


class BadScopeError(AccountError):
    pass


class NameTakenError(AccountError):
    pass


class UnknownAccountError(AccountError):
    pass


class AccountsError(AccountError):
    pass


class Role(str, Enum):
    """What somebody does in the console; ``PERMISSIONS`` says what each may."""

    STAFF = "staff"
    """Answers the hotline."""
    EDITOR = "editor"
    """Changes what the bot knows."""
    PUBLISHER = "publisher"
    """Puts what was changed in place."""
    AUDITOR = "auditor"
    """Sees everything and changes nothing."""
    ADMIN = "admin"
    """Runs the program; manages accounts."""


class Permission(str, Enum):
    """What a page or an action of the console needs; each page names one."""

    LOOK_UP = "look_up"
    """Find and read entries, talk to the bot as a citizen, see the answer behind a code."""
    REPORT = "report"
    """Tell the editors that an entry is wrong or lacks something."""
    EDIT = "edit"
    """Change what the bot knows, and do what the editors were told."""
    PUBLISH = "publish"
    """Put a release in place, or go back to an older one."""
    AUDIT = "audit"
    """See who did what."""
    MANAGE = "manage"
    """Accounts: who there is and what they may."""


ROLE_NAMES: Mapping[Role, str] = {
    Role.STAFF: "热线坐席",
    Role.EDITOR: "知识编辑",
    Role.PUBLISHER: "发布人",
    Role.AUDITOR: "审计",
    Role.ADMIN: "管理员",
}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.STAFF: frozenset({Permission.LOOK_UP, Permission.REPORT}),
    Role.EDITOR: frozenset({Permission.LOOK_UP, Permission.REPORT, Permission.EDIT}),
    Role.PUBLISHER: frozenset({Permission.LOOK_UP, Permission.REPORT, Permission.EDIT, Permission.PUBLISH}),
    Role.AUDITOR: frozenset({Permission.LOOK_UP, Permission.AUDIT}),
    Role.ADMIN: frozenset(Permission),
}
"""An admin may everything: whoever manages accounts could give themselves any role."""

SCOPED = frozenset({Permission.EDIT, Permission.PUBLISH})
"""What the regions of an account limit; everybody may look up everything."""

SCOPED_ROLES = frozenset({Role.EDITOR, Role.PUBLISHER})


@dataclass(frozen=True)
class Account:
    """``name`` as ``check_name`` gives it; ``created_at`` with its time zone, UTC. ``regions``: codes that it is for,
    none: all of Xinjiang. ``version`` grows with every change after which whoever is logged in must log in anew."""

    name: str
    role: Role
    active: bool
    created_at: datetime
    regions: tuple[str, ...] = ()
    has_second_factor: bool = False
    version: int = 0

    def may(
        self, permission: Permission, region: str | None = None, is_within: Callable[[str, str], bool] = eq
    ) -> bool:
        """``region``: the code that a change is about, None: whether there is anything at all that it may.
        ``is_within`` tells whether a region lies in another, as ``Regions.is_within`` of ``knowledge``; without it only
        the very region counts. A disabled account may nothing."""
        if not self.active or permission not in PERMISSIONS[self.role]:
            return False
        if region is None or permission not in SCOPED or not self.regions:
            return True
        return any(is_within(region, own) for own in self.regions)


class Accounts(Protocol):
    """Every call blocks, ``verify`` a tenth of a second by design: call them from a thread, not from the event loop.

    Names are taken as people write them. Every call raises AccountsError when the store cannot be used; those that
    change an account raise UnknownAccountError, and whoever is logged in with it must log in anew.
    """

    def add(self, name: str, role: Role, password: str, regions: Sequence[str] = ()) -> Account:
        """Raises BadNameError, BadScopeError, WeakPasswordError, NameTakenError."""

    def find(self, name: str) -> Account | None: ...

    def all(self) -> list[Account]:
        """By name, the disabled ones too."""

    def set_active(self, name: str, active: bool) -> Account: ...

    def set_password(self, name: str, password: str) -> Account:
        """Raises WeakPasswordError."""

    def set_role(self, name: str, role: Role, regions: Sequence[str] = ()) -> Account:
        """The regions too: none, where none are given. Raises BadScopeError."""

    def set_second_factor(self, name: str, secret: str | None) -> Account:
        """``secret`` as ``bot.second_factor`` makes it, None: no second factor."""

    def verify(self, name: str, password: str) -> Account | None:
        """The account, if it is active and this is its password; takes as long when there is no such account."""

    def spend_code(self, name: str, code: str, at: datetime) -> bool:
        """Whether this is a code of the account's second factor at that moment, which was not given before."""


def check_scope(role: Role, regions: Sequence[str]) -> tuple[str, ...]:
    """The regions, each once. Raises BadScopeError."""
    if regions and role not in SCOPED_ROLES:
        raise BadScopeError("只有知识编辑和发布人可以限定地区")
    return tuple(dict.fromkeys(regions))


def find_scope(regions: Regions, names: Iterable[str]) -> list[str]:
    """The codes of regions in Xinjiang, as people write them: names or codes. Raises BadScopeError."""
    codes = []
    for name in names:
        region = regions.find(name)
        if region is None or not regions.in_xinjiang(region.code):
            raise BadScopeError(f"新疆没有叫“{name[:32]}”的地区，或者有几个同名的，请写全名或六位代码")
        codes.append(region.code)
    return codes


def make_password(name: str) -> str:
    """A random one of 79 bits that can be read out, for somebody who sets one of their own afterwards."""
    while True:
        password = "-".join("".join(secrets.choice(_EASILY_READ) for _ in range(4)) for _ in range(4))
        try:
            return check_password(name, password)
        except WeakPasswordError:
            continue


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
