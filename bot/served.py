"""The port to who is served by a person of the office now: the bot keeps silent meanwhile."""

from __future__ import annotations

from typing import Protocol


class Served(Protocol):
    """Never raises. What is lost ends by itself after half an hour, as with WeChat."""

    async def begin(self, sender: str) -> None: ...

    async def end(self, sender: str) -> None: ...

    async def is_served(self, sender: str) -> bool: ...
