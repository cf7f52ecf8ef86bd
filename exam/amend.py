"""Changes what the exam expects where a fact has changed: a number that is another one now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FIELDS = ("must", "must_not")


def amend(text: str, old: str, new: str) -> tuple[str, int]:
    """The lines of one file with ``new`` for ``old`` in what replies must and must not hold, and in how many cases.
    Every other line stays as it is to the letter."""
    lines, count = [], 0
    for line in text.splitlines():
        if line.strip() and old in line:
            case = json.loads(line)
            if _amend_case(case, old, new):
                line, count = json.dumps(case, ensure_ascii=False), count + 1
        lines.append(line)
    return "\n".join(lines) + ("\n" if text.endswith("\n") else ""), count


def amend_folder(folder: Path, pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    """The files of a folder that change, with their new text and how many cases do, for each old and new text. Raises
    ``OSError``."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        text, cases = path.read_text(encoding="utf-8"), 0
        for old, new in pairs:
            text, count = amend(text, old, new)
            cases += count
        if cases:
            found[path.name] = (text, cases)
    return found


def _amend_case(case: dict[str, Any], old: str, new: str) -> bool:
    changed = False
    for turn in case.get("turns", [case]):
        for field in FIELDS:
            held = turn.get(field)
            told = (
                json.loads(json.dumps(held, ensure_ascii=False).replace(_inside(old), _inside(new))) if held else held
            )
            if told != held:
                turn[field], changed = told, True
    return changed


def _inside(text: str) -> str:
    """As it stands inside a text of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
