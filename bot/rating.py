"""The short code under an answer, and what people say of it: 有用 or 没用, by a tap or typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.journal import ALPHABET, CODE_LENGTH
from bot.message import Reply
from bot.parts import tap, tap_bytes
from bot.phrases import Phrases

STAMPED = frozenset({"answered", "not_in_documents"})
"""Statuses of replies that say something which may be right or wrong."""

_MARK = "\ue000" * CODE_LENGTH
"""Stands for the code in a wording that many get. Nothing else contains it, and no code is longer."""

USEFUL_TAP, USELESS_TAP = 7, 8
"""Numbers of the taps, behind those of options and before 更多."""


@dataclass(frozen=True)
class Rating:
    """``code`` None: nobody knows of which answer."""

    useful: bool
    code: str | None


class Ratings:
    def __init__(self, phrases: Phrases) -> None:
        useful, useless = phrases("rating.useful"), phrases("rating.useless")
        self._useful = useful
        self._said = re.compile(rf"({useful}|{useless})\s*([{ALPHABET}]{{{CODE_LENGTH}}})?", re.IGNORECASE)
        stamp = phrases("rating.stamp", code=_MARK)
        taps = (tap(useful, useful + _MARK, USEFUL_TAP), tap(useless, useless + _MARK, USELESS_TAP))
        self._tapped = "　".join((stamp, *taps))
        self._typed = "　".join((stamp, phrases("rating.typed")))

    def line(self, room: int) -> str:
        """The last line of an answer, for whatever code: with taps where ``room`` bytes of taps are left."""
        return self._tapped if tap_bytes([self._tapped]) <= room else self._typed

    def stamp(self, reply: Reply, code: str) -> Reply:
        """The reply with its code."""
        parts = tuple(part.replace(_MARK, code) for part in reply.parts)
        return replace(reply, reply=reply.reply.replace(_MARK, code), parts=parts)

    def read(self, text: str, last: str | None) -> Rating | None:
        """What a message says of an answer; without a code it is the ``last`` one. None: it says something else."""
        said = self._said.fullmatch(text.strip())
        return Rating(said[1] == self._useful, (said[2] or "").upper() or last) if said else None
