"""Who looks at a page of the console, and whether they may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from fastapi import Request

from bot.accounts import Account, Permission


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in. ``token``: what a form of theirs must carry, so that no other site can send it."""

    account: Account
    token: str


class Guard(Protocol):
    def require(self, permission: Permission) -> Callable[[Request], Awaitable[Visitor]]:
        """A dependency for one page: who it is. It sends who is not logged in to the login, and who may not to a page
        that says so (403); a request that changes something must carry the token, as the field ``token`` of a form or
        the header ``X-Token``."""
