"""The ideas that a message holds, whatever the words: 人没了, 老汉走了 and 去世 are one (``concepts.yml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import yaml


class Concepts:
    """Finds concepts by the expressions of ``concepts.yml``."""

    def __init__(self, expressions: Mapping[str, str]) -> None:
        self._expressions = {name: re.compile(pattern) for name, pattern in sorted(expressions.items())}

    @classmethod
    def load(cls, path: Path) -> Concepts:
        """Raises ``OSError`` where the file cannot be read, ``re.error`` for a broken expression."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def find(self, text: str) -> list[str]:
        """The names of the concepts, in alphabetical order."""
        return [name for name, pattern in self._expressions.items() if pattern.search(text)]

    def features(self, text: str) -> list[str]:
        """``s:`` each concept, and each pair of them: what is said of what."""
        found = self.find(text)
        return [f"s:{name}" for name in found] + [f"s:{one}+{other}" for one, other in combinations(found, 2)]
