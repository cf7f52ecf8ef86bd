"""The port to what the bot itself keeps between two messages of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Session:
    """``more``: parts of the last reply that were not sent yet. ``region``: code of the insured region, if known."""

    more: tuple[str, ...] = ()
    region: str | None = None


class Sessions(Protocol):
    async def load(self, sender: str) -> Session:
        """Gives the session; an empty one for somebody unknown."""

    async def save(self, sender: str, session: Session) -> None: ...

    async def delete(self, sender: str) -> None: ...
