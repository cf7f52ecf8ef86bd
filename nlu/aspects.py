"""Which aspects a message asks for, by the words that stand in it. Several may be asked at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from knowledge.schema import Aspect

CONSULTATION = "咨询"
"""Without it, the number that a complaint asks for is that for complaints, and no other."""


class AspectWords:
    """Finds aspects by the expressions of ``aspects.yml``."""

    def __init__(self, expressions: Mapping[str, str]) -> None:
        self._expressions = {Aspect(name): re.compile(pattern) for name, pattern in expressions.items()}

    @classmethod
    def load(cls, path: Path) -> AspectWords:
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def find(self, text: str) -> tuple[Aspect, ...]:
        """Gives the aspects in the order in which they are asked."""
        found = [
            (match.start(), aspect) for aspect, pattern in self._expressions.items() if (match := pattern.search(text))
        ]
        asked = tuple(aspect for _, aspect in sorted(found, key=lambda pair: pair[0]))
        if Aspect.SUPERVISION_PHONE in asked and CONSULTATION not in text:
            return tuple(aspect for aspect in asked if aspect is not Aspect.PHONE)
        return asked

    def remove(self, text: str) -> str:
        """Gives ``text`` without the words that ask for an aspect."""
        for pattern in self._expressions.values():
            text = pattern.sub("", text)
        return text
