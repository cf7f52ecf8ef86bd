"""The port to what the editors are told: an entry is wrong, or lacks something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

LONGEST_NOTE = 500
"""Characters of what somebody writes."""


class Complaint(str, Enum):
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True)
class Task:
    """``id`` 0: not kept yet. ``region`` is a code. ``closed_by`` None: open; then ``outcome`` says what was done."""

    by: str
    at: datetime
    complaint: Complaint
    topic: str
    region: str
    aspect: str
    note: str
    id: int = 0
    closed_by: str | None = None
    closed_at: datetime | None = None
    outcome: str | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_by is None


class Tasks(Protocol):
    """Every call blocks: call them from a thread. Each raises ``TasksLostError``."""

    def add(self, task: Task) -> Task:
        """The task with its id."""

    def close(self, task: int, by: str, at: datetime, outcome: str) -> bool:
        """False where there is no open one of this id."""

    def list(self, *, is_open: bool, most: int) -> list[Task]:
        """The newest first."""


class TasksLostError(Exception):
    """The database cannot be used now."""
