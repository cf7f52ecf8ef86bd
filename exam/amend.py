"""Changes what the exam expects where a fact has changed: a number that is another one now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FIELDS = ("must", "must_not")


def amend(text: str, pairs: Sequence[tuple[str, str]]) -> tuple[str, int]:
    """The lines of one file with the new for each old text in what replies must and must not hold, and in how many
    cases. Every other line stays as it is to the letter, one that is no case too: reading the exam tells of that."""
    lines, count = [], 0
    for line in text.splitlines():
        case = _read(line)
        if _amend_case(case, pairs):
            line, count = json.dumps(case, ensure_ascii=False), count + 1
        lines.append(line)
    return "\n".join(lines) + ("\n" if text.endswith("\n") else ""), count


def amend_folder(folder: Path, pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    """The files of a folder that change, with their new text and how many cases do. ``pairs``: old and new texts.
    Raises ``OSError``."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        text, cases = amend(path.read_text(encoding="utf-8"), pairs)
        if cases:
            found[path.name] = (text, cases)
    return found


def _read(line: str) -> dict[str, Any]:
    try:
        case = json.loads(line)
    except ValueError:
        return {}
    return case if isinstance(case, dict) else {}


def _amend_case(case: dict[str, Any], pairs: Sequence[tuple[str, str]]) -> bool:
    changed = False
    for turn in case.get("turns", [case]):
        for field in (name for name in FIELDS if turn.get(name)):
            told = json.dumps(turn[field], ensure_ascii=False)
            for old, new in pairs:
                told = told.replace(_inside(old), _inside(new))
            if json.loads(told) != turn[field]:
                turn[field], changed = json.loads(told), True
    return changed


def _inside(text: str) -> str:
    """As it stands inside a text of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
