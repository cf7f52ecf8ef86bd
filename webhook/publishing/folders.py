"""Where a release is made from, and where it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folders:
    """``project`` holds config.yml and domain.yml; ``exam`` None: there is none; ``history``: the folder under git
    that content and data stand in."""

    project: Path
    content: Path
    data: Path
    exam: Path | None
    history: Path
    var: Path
