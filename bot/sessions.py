"""The port to who is logged in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Protocol

from bot.accounts import Account

IDLE = timedelta(hours=8)
"""A shift: who did nothing for so long must log in anew."""

LONGEST = timedelta(hours=12)
"""Whatever they did."""


class Sessions(Protocol):
    """A session is known by a random id that only the browser has. It ends when its time is over, when the account is
    disabled, and with every change that raises the account's ``version``. Times have a time zone.

    Every call blocks, and raises ``bot.accounts.AccountsError`` when the store cannot be used.
    """

    def start(self, account: Account, at: datetime) -> str:
        """The id of a new one."""

    def find(self, session: str, at: datetime) -> Account | None:
        """Whose it is, as the account is now. It counts as used."""

    def end(self, session: str) -> None: ...


def make_session_id() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)
