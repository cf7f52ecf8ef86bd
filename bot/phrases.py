"""The fixed sentences of ``phrases.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class Phrases:
    """Sentences by dotted key."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self._tree = tree

    @classmethod
    def load(cls, path: Path = Path(__file__).parent / "phrases.yml") -> Phrases:
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def __call__(self, key: str, **values: str) -> str:
        """Gives the sentence with its values. Raises ``KeyError`` for a key that is not there."""
        return self.template(key).format(**values)

    def template(self, key: str) -> str:
        """Gives the sentence as it stands, to be filled in later. Raises ``KeyError``."""
        found = self.find(key)
        if found is None:
            raise KeyError(key)
        return found

    def find(self, key: str) -> str | None:
        """Gives the sentence as it stands, None where there is none."""
        node: Any = self._tree
        for part in key.split("."):
            if not isinstance(node, Mapping) or part not in node:
                return None
            node = node[part]
        return node if isinstance(node, str) else None
