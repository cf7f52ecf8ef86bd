"""What is kept of the staff of the console; together the state of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.accounts import Accounts
from bot.audit import Audit
from bot.sessions import Sessions
from bot.tries import Tries


@dataclass(frozen=True)
class Staff:
    accounts: Accounts
    sessions: Sessions
    tries: Tries
    audit: Audit
