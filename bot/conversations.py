"""The port to what is kept of a conversation between two messages of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Conversation:
    """``memory``: what dialogue remembers, as JSON. ``more``: parts of the last reply that were not sent yet.
    ``region``: code of the insured region, if known. ``topic``: the last that was answered.
    ``code``: of the last answer. ``warned``: was told not to send personal numbers."""

    memory: str = "{}"
    more: tuple[str, ...] = ()
    region: str | None = None
    topic: str | None = None
    code: str | None = None
    warned: bool = False


class Conversations(Protocol):
    """Each raises ``StoreLostError``."""

    async def load(self, sender: str) -> Conversation:
        """An empty one for somebody unknown, and in the place of one that this version cannot read."""

    async def save(self, sender: str, conversation: Conversation) -> None: ...

    async def delete(self, sender: str) -> None: ...


class StoreLostError(Exception):
    """What is kept cannot be reached now. Whoever raises it has told the log."""
