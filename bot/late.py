"""The port to messages whose answer was not there in time: who comes back for it gets it."""

from __future__ import annotations

from typing import Protocol

from bot.message import Incoming


class Late(Protocol):
    """The last one of each person, as long as replies are kept for repeats."""

    async def keep(self, message: Incoming) -> None: ...

    async def find(self, sender: str) -> Incoming | None: ...
