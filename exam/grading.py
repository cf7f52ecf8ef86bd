"""What is wrong with a reply to a question of the exam."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from bot.message import Named, Reply
from exam.cases import Turn
from knowledge.schema import Purpose
from knowledge.store import Knowledge

FOREIGN = "of another region"
"""Ends the complaint about a number that serves other regions."""


def grade(expected: Turn, given: Reply, knowledge: Knowledge) -> list[str]:
    """Lists what is wrong with ``given``; empty: fully correct."""
    wrong = []
    if given.status not in expected.status:
        wrong.append(f"status {given.status} not in {[*expected.status]}")
    if expected.topic and given.topic not in expected.topic:
        wrong.append(f"topic {given.topic} not in {[*expected.topic]}")
    if expected.aspect and given.status == "answered" and not asked(given) & {*expected.aspect}:
        wrong.append(f"aspect {given.aspect} not in {[*expected.aspect]}")
    places = (
        ("region", expected.region, expected.region_also, given.region),
        ("care_place", expected.care_place, expected.care_place_also, given.care_place),
    )
    for name, code, also, found in places:
        if expected.expects(name) and _code(found) not in [code, *also]:
            wrong.append(f"{name} {_code(found)} is not {code}")
    reply = _plain(given.reply)
    for group in expected.must:
        if not any(_plain(literal) in reply for literal in group):
            wrong.append(f"lacks {' / '.join(group)}")
    wrong += [f"has {literal}" for literal in expected.must_not if _plain(literal) in reply]
    wrong += [f"has {number} {FOREIGN}" for number in _unwanted_numbers(expected, knowledge) if number in reply]
    return wrong


def asked(given: Reply) -> set[str | None]:
    """The aspects that the reply answers."""
    found: set[str | None] = {given.aspect}
    for row in given.answers:
        aspects = row["aspects"]
        found |= {str(a) for a in aspects} if isinstance(aspects, list | tuple) else set()
    return found


def foreign_numbers(own: Collection[str], knowledge: Knowledge) -> set[str]:
    """Numbers that serve none of the regions ``own``, nor what they lie in."""
    near = {*own, *(above.code for code in own for above in knowledge.regions.ancestors(code))}
    return {
        line.number
        for office in knowledge.offices.values()
        for line in office.lines
        if line.purpose is not Purpose.EMERGENCY and "000000" not in line.regions and not near & {*line.regions}
    }


def _unwanted_numbers(expected: Turn, knowledge: Knowledge) -> list[str]:
    """Numbers of regions that the question is not about; the exam's README says what is left out."""
    own = {code for code in (expected.region, *expected.region_also) if code is not None}
    wanted = " ".join(literal for group in expected.must for literal in group)
    return sorted(number for number in foreign_numbers(own, knowledge) if number not in wanted)


def _code(named: Named | None) -> str | None:
    return named.code if named else None


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
