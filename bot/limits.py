"""The port to how much may be asked."""

from __future__ import annotations

from typing import Protocol


class Limits(Protocol):
    async def admits(self, sender: str) -> bool:
        """Counts a message; False where this person, or all together, ask too much."""
