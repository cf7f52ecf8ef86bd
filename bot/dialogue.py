"""The port to what understands and decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.conversation import Answer
from knowledge.store import Knowledge


@dataclass(frozen=True, eq=False)
class Heard:
    """What dialogue made of one message. ``memory``: what it remembers afterwards, as JSON.

    Two are equal only if they are one: dialogue gives the same object again for what it need not work out again.
    """

    answer: Answer
    intent: str
    confidence: float
    memory: str
    near: tuple[tuple[str, float], ...] = ()
    """Intents that came next, with how likely they are."""


class Dialogue(Protocol):
    async def respond(self, memory: str, text: str, region: str | None) -> Heard:
        """Understands and answers one message. ``memory``: what it remembered before, "{}" of somebody new; what it
        cannot read counts as that. ``region`` is a code that presets the insured region.

        Raises ``DialogueError`` where no answer comes out.
        """

    def suggest(self, text: str) -> Sequence[tuple[str, float]]:
        """What a text may be about, the likeliest first, without answering it; nothing where dialogue cannot tell."""

    def with_knowledge(self, knowledge: Knowledge) -> Dialogue:
        """The same understanding that answers from other knowledge. Raises ``DialogueError`` where it cannot."""


class DialogueError(Exception):
    """Dialogue gave no answer."""
