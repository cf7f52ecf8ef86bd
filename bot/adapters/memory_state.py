"""State that lives as long as the process: for ``yibao ask``, where each run starts with empty memory."""

from __future__ import annotations

from typing import Any

from bot.session import Session


class MemoryConversations:
    """Implements ``bot.conversations.Conversations``."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}

    async def load(self, sender: str) -> dict[str, Any] | None:
        return self._kept.get(sender)

    async def save(self, sender: str, document: dict[str, Any]) -> None:
        self._kept[sender] = document

    async def delete(self, sender: str) -> None:
        self._kept.pop(sender, None)


class MemorySessions:
    """Implements ``bot.session.Sessions``."""

    def __init__(self) -> None:
        self._kept: dict[str, Session] = {}

    async def load(self, sender: str) -> Session:
        return self._kept.get(sender, Session())

    async def save(self, sender: str, session: Session) -> None:
        self._kept[sender] = session

    async def delete(self, sender: str) -> None:
        self._kept.pop(sender, None)
