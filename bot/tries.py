"""The port to how often somebody may try a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Allowance:
    """``burst`` tries at once; each comes back after ``interval`` seconds. ``whose``: what is counted together."""

    whose: str
    burst: int
    interval: float


class Tries(Protocol):
    """Shared by all replicas. Every call blocks, and raises ``bot.accounts.AccountsError`` when the store cannot be
    used."""

    def take(self, allowances: Sequence[Allowance], at: datetime) -> float:
        """0.0: one try is taken from every allowance. Otherwise none is, and it is the seconds until there may be."""

    def give_back(self, allowances: Sequence[Allowance], at: datetime) -> None:
        """A try that succeeded counts as none."""
