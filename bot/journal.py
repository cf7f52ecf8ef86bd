"""The port to the journal: what was asked, what was sent, and whether it was of use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

STATUSES = (
    "answered", "clarify", "suggest", "not_in_documents", "out_of_scope", "handoff", "smalltalk", "emergency",
    "refused", "error",
)  # fmt: skip
"""The closed list of the contract: every reply has one of these."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing in it looks like something else when it is read out."""

CODE_LENGTH = 7
"""31 ** 7: 27 thousand million codes; nobody finds another's by guessing."""


@dataclass(frozen=True)
class Entry:
    """One message and its reply. ``code`` stands under the reply; the same text to the same person has the same one.
    ``question`` is masked, ``sender`` a keyed hash. ``parts``: the exact text sent.
    ``facts``: each sentence and number of it that came from the content. ``useful`` None: nobody said.

    When its time is over, what a person wrote and read, and who it was, is None; the rest is kept to be counted.
    """

    code: str
    at: datetime
    door: str
    status: str
    release: str
    latency_ms: float
    sender: str | None
    question: str | None
    parts: tuple[str, ...] | None
    facts: tuple[str, ...] | None
    intent: str | None = None
    confidence: float | None = None
    topic: str | None = None
    aspect: str | None = None
    region: str | None = None
    care: str | None = None
    publisher: str | None = None
    useful: bool | None = None


@dataclass(frozen=True)
class Owed:
    """A correction: ``wrong`` stood in answers before ``since``."""

    id: str
    wrong: str
    since: datetime


class Journal(Protocol):
    def note(self, entry: Entry) -> None:
        """Takes an entry at once, and writes it soon; never raises. None is lost at a stop."""

    async def rate(self, sender: str, code: str, useful: bool) -> bool:
        """Keeps what the person who got an answer says of it; False where it is not theirs, or cannot be written."""

    async def owed(self, sender: str, corrections: Sequence[Owed]) -> list[str]:
        """The ids of what this person was answered wrongly and has not been told since; none where it cannot be
        read soon."""

    def told(self, sender: str, correction: str) -> None:
        """Keeps that the person was told; never blocks or raises."""

    async def forget(self, sender: str) -> None:
        """Takes everything out that a person wrote and read. Raises ``JournalLostError``."""


class JournalLostError(Exception):
    """The journal cannot be written now."""


def make_code(sender: str, parts: Sequence[str]) -> str:
    """The code of an answer: the same for the same text to the same person, however often and wherever it is worked
    out, so that a repeat shows the same one. ``sender`` is a keyed hash: nobody can work it out from outside."""
    number = int.from_bytes(hashlib.sha256("\0".join((sender, *parts)).encode()).digest()[:8], "big")
    digits = (number // len(ALPHABET) ** place % len(ALPHABET) for place in range(CODE_LENGTH))
    return "".join(ALPHABET[digit] for digit in digits)
