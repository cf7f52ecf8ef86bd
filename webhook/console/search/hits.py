"""What a search gives."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.schema import Aspect


@dataclass(frozen=True)
class Hit:
    """One entry: a topic, or an office's card; exactly one of the two ids is given. ``aspect``: what of it was asked.

    ``score`` orders the hits of one search; it says nothing across searches.
    """

    topic: str | None
    office: str | None
    aspect: Aspect | None
    title: str
    score: float


@dataclass(frozen=True)
class Found:
    """``region``: the code that the query names, else the one that was preset. ``rest``: the query as it was read,
    without that region; pinyin in it as characters. ``hits``: best first."""

    region: str | None
    rest: str
    hits: tuple[Hit, ...]
