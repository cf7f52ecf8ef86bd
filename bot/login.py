"""Logging in: the password, the second factor, how often it may be tried, and what is written down of it.

LoginError
├── WrongLoginError     name, password or code; which of them is not told
└── TooManyTriesError   after how many seconds there is another try
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.accounts import Account, normal_name
from bot.audit import Action, Deed
from bot.staff import Staff
from bot.tries import Allowance

OF_A_NAME = (8, 180.0)
"""Tries at one account from browsers that it never used, and the seconds after which one comes back."""

OF_AN_ADDRESS = (20, 30.0)
"""From one address, at whatever account: an office sits behind one."""

OF_A_BROWSER = (10, 60.0)
"""From one browser that the account logged in with before, whatever others try meanwhile."""

MOST_OF_A_BROWSER = 20
"""Accounts for which a browser is known."""

_BROWSER = re.compile(rf"[A-Za-z0-9_-]{{22}}(?:\.[0-9a-f]{{32}}){{1,{MOST_OF_A_BROWSER}}}")


class LoginError(Exception):
    pass


class WrongLoginError(LoginError):
    pass


class TooManyTriesError(LoginError):
    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many tries, the next in {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """``browser``: what this browser was given when somebody logged in with it, or None."""

    name: str
    password: str
    code: str = ""
    address: str = ""
    browser: str | None = None


@dataclass(frozen=True)
class LoggedIn:
    """``session``: the id of the session; ``browser``: what the browser keeps beyond it."""

    account: Account
    session: str
    browser: str


class Login:
    """Every call blocks, and raises ``AccountsError`` when the store cannot be used."""

    def __init__(
        self,
        staff: Staff,
        *,
        key: str,
        clock: Callable[[], datetime],
    ) -> None:
        """``key``: a secret of the installation, by which a known browser is recognised. ``clock``: UTC."""
        self._accounts = staff.accounts
        self._sessions = staff.sessions
        self._audit = staff.audit
        self._tries = staff.tries
        self._key = key.encode()
        self._clock = clock

    def log_in(self, attempt: Attempt, before: str | None = None) -> LoggedIn:
        """``before``: the session that the browser had, which ends. Raises WrongLoginError, TooManyTriesError.

        An attacker cannot lock anybody out of the browser that they always use: such a browser is counted by itself.
        """
        known = self._known_browser(attempt)
        allowances = self._allowances(attempt, known)
        now = self._take(allowances)
        account = self._check(attempt, now)
        if account is None:
            meant = self._accounts.find(attempt.name)
            self._audit.note(Deed(now, meant.name if meant else "", Action.LOGIN_FAILED, detail=attempt.address))
            raise WrongLoginError
        self._tries.give_back(allowances, now)
        if before is not None:
            self._sessions.end(before)
        session = self._sessions.start(account, now)
        self._audit.note(Deed(now, account.name, Action.LOGIN, detail=attempt.address))
        return LoggedIn(account, session, self._make_known(attempt.browser, account.name))

    def confirm(self, account: Account, password: str, code: str | None = None) -> None:
        """That somebody who is logged in knows the password: before what a forgotten open browser must not allow.
        With ``code``, that they have the second factor too; it is spent.

        Raises WrongLoginError, TooManyTriesError.
        """
        allowances = [_allowance(f"confirm {account.name}", OF_A_BROWSER)]
        now = self._take(allowances)
        if self._accounts.verify(account.name, password) is None:
            raise WrongLoginError
        if code is not None and not self._accounts.spend_code(account.name, code, now):
            raise WrongLoginError
        self._tries.give_back(allowances, now)

    def start_anew(self, account: Account) -> str:
        """A session for somebody whose own change ended theirs; ``account`` as it is after it."""
        return self._sessions.start(account, self._clock())

    def log_out(self, session: str, account: Account) -> None:
        self._sessions.end(session)
        self._audit.note(Deed(self._clock(), account.name, Action.LOGOUT))

    def _check(self, attempt: Attempt, now: datetime) -> Account | None:
        account = self._accounts.verify(attempt.name, attempt.password)
        if account is None or not account.has_second_factor:
            return account
        return account if self._accounts.spend_code(account.name, attempt.code, now) else None

    def _take(self, allowances: Sequence[Allowance]) -> datetime:
        now = self._clock()
        seconds = self._tries.take(allowances, now)
        if seconds > 0:
            raise TooManyTriesError(seconds)
        return now

    def _allowances(self, attempt: Attempt, known: str | None) -> list[Allowance]:
        name = normal_name(attempt.name)
        if known is not None:
            return [_allowance(f"browser {known} {name}", OF_A_BROWSER)]
        return [
            _allowance(f"address {_neighbourhood(attempt.address)}", OF_AN_ADDRESS),
            _allowance(f"name {name}", OF_A_NAME),
        ]

    def _known_browser(self, attempt: Attempt) -> str | None:
        """Its number, if this account logged in with it before."""
        number, *signatures = _parts(attempt.browser)
        expected = self._sign(normal_name(attempt.name), number)
        return number if any(hmac.compare_digest(each, expected) for each in signatures) else None

    def _make_known(self, browser: str | None, name: str) -> str:
        """For this account too: people of an office share a computer. The one that was longest away falls out."""
        number, *signatures = _parts(browser)
        mine = self._sign(name, number)
        return ".".join([number, mine, *(each for each in signatures if each != mine)][: MOST_OF_A_BROWSER + 1])

    def _sign(self, name: str, number: str) -> str:
        message = f"console browser\n{number}\n{name}".encode(errors="surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]


def _parts(browser: str | None) -> list[str]:
    """The number of a browser and the signatures after it; a new number, and none, where it was never given one."""
    if browser is None or _BROWSER.fullmatch(browser) is None:
        return [secrets.token_urlsafe(16)]
    return browser.split(".")


def _allowance(whose: str, limit: tuple[int, float]) -> Allowance:
    return Allowance(whose, *limit)


def _neighbourhood(address: str) -> str:
    """What one subscriber has: an address, or of version 6 the 64 bits before the device's own."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return address
