"""Puts questions together that ask the same in other words, so that one decision serves them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

ALIKE = 0.45
"""Share of neighbouring characters in common, of all that either has, from which two questions are one."""

_NOTHING = re.compile(r"[\s，。？！、,.?!：:；;“”\"'（）()]|请问|你好|您好|一下|怎么|咋|吗|呢|啊|的|了")
"""Says nothing of what is asked."""


def cluster(questions: Sequence[str]) -> list[list[int]]:
    """The positions of the questions, those that are alike together, the largest group first; in a group, and among
    groups of one size, in the order in which they came."""
    pairs = [_pairs(question) for question in questions]
    groups: list[list[int]] = []
    for position, own in enumerate(pairs):
        near = next((group for group in groups if _likeness(own, pairs[group[0]]) >= ALIKE), None)
        if near is None:
            groups.append([position])
        else:
            near.append(position)
    return sorted(groups, key=lambda group: -len(group))


def _pairs(question: str) -> frozenset[str]:
    plain = _NOTHING.sub("", question) or question
    return frozenset(one + other for one, other in pairwise(f"^{plain}$"))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0
