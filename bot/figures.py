"""The port to what the journal says in numbers, and to the questions that went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from bot.journal import Entry


class By(str, Enum):
    """What is counted apart. ``HOUR`` and ``DAY`` are Beijing's."""

    STATUS = "status"
    TOPIC = "topic"
    REGION = "region"
    HOUR = "hour"
    DAY = "day"
    USEFUL = "useful"


@dataclass(frozen=True)
class Period:
    """Days in Beijing, both included. ``region``: a code; None: all."""

    first: date
    last: date
    region: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Which entries are listed: those of ``statuses``, or with this rating; newest first, below the number
    ``before``."""

    period: Period
    statuses: tuple[str, ...] = ()
    useful: bool | None = None
    topic: str | None = None
    before: int | None = None


class Figures(Protocol):
    """Every call blocks. Each raises ``bot.journal.JournalLostError``."""

    def count(self, by: By, period: Period) -> Mapping[str, int]:
        """Messages by the values of ``by``; what has none is under the empty name. Days as ``2026-11-23``, hours as
        ``0`` to ``23``, ratings as ``yes`` and ``no``."""

    def list(self, wanted: Wanted, most: int) -> list[tuple[int, Entry]]:
        """Entries with their number, which falls."""
