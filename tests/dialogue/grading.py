"""Grades replies of the contract against the exam (format: exam/README.md)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Any

from knowledge.schema import Purpose
from knowledge.store import Knowledge

EXAM = Path(__file__).parent / "exam"


def load_exam() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Gives the questions and the dialogues."""
    return _rows("questions.jsonl"), _rows("dialogues.jsonl")


def grade(expected: dict[str, Any], given: dict[str, Any], knowledge: Knowledge) -> list[str]:
    """Lists what is wrong with ``given``; empty: fully correct."""
    wrong = []
    if given["status"] not in expected["status"]:
        wrong.append(f"status {given['status']} not in {expected['status']}")
    if expected["topic"] and given["topic"] not in expected["topic"]:
        wrong.append(f"topic {given['topic']} not in {expected['topic']}")
    if expected["aspect"] and given["status"] == "answered" and not _asked(given) & {*expected["aspect"]}:
        wrong.append(f"aspect {given['aspect']} not in {expected['aspect']}")
    for name in ("region", "care_place"):
        if name in expected and _code(given[name]) not in [expected[name], *expected.get(f"{name}_also", [])]:
            wrong.append(f"{name} {_code(given[name])} is not {expected[name]}")
    reply = _plain(given["reply"])
    for group in expected["must"]:
        if not any(_plain(literal) in reply for literal in group):
            wrong.append(f"lacks {' / '.join(group)}")
    wrong += [f"has {literal}" for literal in expected["must_not"] if _plain(literal) in reply]
    wrong += [f"has {number} of another region" for number in _foreign_numbers(expected, knowledge) if number in reply]
    return wrong


def _asked(given: dict[str, Any]) -> set[str]:
    return {given["aspect"], *(a for row in given["answers"] for a in row["aspects"])}


def _code(named: dict[str, str] | None) -> str | None:
    return named["code"] if named else None


def _foreign_numbers(expected: dict[str, Any], knowledge: Knowledge) -> set[str]:
    """Numbers of regions that the question is not about; see exam/README.md for what is left out."""
    own = {expected["region"], *expected.get("region_also", [])} - {None}
    wanted = " ".join(literal for group in expected["must"] for literal in group)
    return {number for number in foreign_numbers(own, knowledge) if number not in wanted}


def foreign_numbers(own: Collection[str], knowledge: Knowledge) -> set[str]:
    """Numbers that serve none of the regions ``own``, nor what they lie in."""
    near = {*own, *(above.code for code in own for above in knowledge.regions.ancestors(code))}
    return {
        line.number
        for office in knowledge.offices.values()
        for line in office.lines
        if line.purpose is not Purpose.EMERGENCY and "000000" not in line.regions and not near & {*line.regions}
    }


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXAM / name).read_text(encoding="utf-8").splitlines() if line.strip()]
