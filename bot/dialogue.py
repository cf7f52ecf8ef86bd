"""The port to what understands and decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from knowledge.conversation import Answer


@dataclass(frozen=True)
class Heard:
    """What dialogue made of one message."""

    answer: Answer
    intent: str
    confidence: float


class Dialogue(Protocol):
    async def respond(self, sender: str, text: str, region: str | None) -> Heard:
        """Understands and answers one message; ``region`` is a code that presets the insured region.

        Raises ``DialogueError`` where no answer comes out.
        """

    async def forget(self, sender: str) -> None:
        """Deletes the conversation."""


class DialogueError(Exception):
    """Dialogue gave no answer."""
