"""State that lives as long as the process: for ``yibao ask``, where each run starts with empty memory."""

from __future__ import annotations

from bot.conversations import Conversation


class MemoryConversations:
    """Implements ``bot.conversations.Conversations``."""

    def __init__(self) -> None:
        self._kept: dict[str, Conversation] = {}

    async def load(self, sender: str) -> Conversation:
        return self._kept.get(sender, Conversation())

    async def save(self, sender: str, conversation: Conversation) -> None:
        self._kept[sender] = conversation

    async def delete(self, sender: str) -> None:
        self._kept.pop(sender, None)
