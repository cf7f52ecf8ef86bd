"""What came of the exam for one release: every question with its answer, so that the next release is compared to it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from bot.adapters.memory_state import MemoryConversations
from bot.state import State
from exam.cases import Case
from exam.sitting import Graded, Sat, sit
from knowledge.editor.release import Release
from knowledge.moments import BEIJING, now_in_beijing
from webhook.assembly import load_assistant

TEN = time(10, 0)
"""Answers say whether an office is open: both releases are asked at this time of the same day."""


@dataclass(frozen=True)
class Outcome:
    """One message of the exam with what was answered. ``region``: code of the insured region understood, or ""."""

    text: str
    right: bool
    by_tap: bool
    foreign: bool
    unanswerable: bool
    invented: bool
    status: str
    topic: str
    region: str
    reply: str


@dataclass(frozen=True)
class Outcomes:
    """Of one release on one day. ``cases``: by file and id, the digest of the case and its messages in order."""

    day: str
    cases: Mapping[str, tuple[str, tuple[Outcome, ...]]]

    def to_json(self) -> dict[str, object]:
        cases = {key: [digest, [asdict(turn) for turn in turns]] for key, (digest, turns) in self.cases.items()}
        return {"day": self.day, "cases": cases}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Outcomes:
        """Of what ``to_json`` gave, or of nothing. What another version of the program wrote counts as nothing."""
        try:
            cases = {
                key: (digest, tuple(Outcome(**turn) for turn in turns))
                for key, (digest, turns) in told["cases"].items()
            }
            return cls(told["day"], cases)
        except (AttributeError, KeyError, TypeError, ValueError):
            return cls("", {})


def sit_exam(
    release: Release,
    cases: Sequence[Case],
    last_resort_number: str | None,
    progress: Callable[[int], None] = lambda _: None,
    known: Outcomes | None = None,
) -> Outcomes:
    """Puts the cases to a release; a quarter of a minute for two thousand. ``known``: what it answered before, which
    is kept where it was on the same day and the case is the same. Raises ``ReleaseError``."""
    now = datetime.combine(now_in_beijing().date(), TEN, BEIJING)
    day = now.date().isoformat()
    kept = dict(known.cases) if known is not None and known.day == day else {}
    kept = {key: row for key, row in kept.items() if key in {_key(c) for c in cases}}
    left = [case for case in cases if kept.get(_key(case), ("",))[0] != _digest(case)]
    if left:
        bot, knowledge = load_assistant(release, last_resort_number, State(MemoryConversations()), clock=lambda: now)
        for sat in asyncio.run(sit(bot, left, knowledge, progress)):
            kept[_key(sat.case)] = (_digest(sat.case), _outcomes(sat))
    return Outcomes(day, kept)


def _key(case: Case) -> str:
    return f"{case.file}/{case.id}"


def _digest(case: Case) -> str:
    return hashlib.sha256("".join(turn.json() for turn in case.turns).encode()).hexdigest()[:16]


def _outcomes(sat: Sat) -> tuple[Outcome, ...]:
    return tuple(_outcome(graded) for graded in sat.turns)


def _outcome(graded: Graded) -> Outcome:
    reply = graded.reply
    return Outcome(
        text=graded.turn.text,
        right=graded.right,
        by_tap=graded.by_tap,
        foreign=graded.foreign,
        unanswerable=graded.turn.unanswerable,
        invented=graded.invented,
        status=reply.status,
        topic=reply.topic or "",
        region=reply.region.code if reply.region else "",
        reply=reply.reply,
    )
