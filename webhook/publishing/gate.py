"""What a release must reach before it may answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """What keeps a release back. ``right``: percent of the questions at least; ``worse``: messages at most that the
    live release answers fully right and this one does not; ``invented``: percent at most of the questions without an
    answer that get one. A number of another region always does."""

    right: float = 93.0
    worse: int = 0
    invented: float = 3.0
