"""The port to what dialogue remembers of a conversation."""

from __future__ import annotations

from typing import Any, Protocol


class Conversations(Protocol):
    """Small JSON documents by sender, with a time to live."""

    async def load(self, sender: str) -> dict[str, Any] | None: ...

    async def save(self, sender: str, document: dict[str, Any]) -> None: ...

    async def delete(self, sender: str) -> None: ...
