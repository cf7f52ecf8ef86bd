"""Names of Xinjiang's places that came out of a pinyin keyboard as other characters: 沙弯 for 沙湾.

Only names of two or three characters right beside a word that speaks of a place are taken: a homophone alone says too
little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nlu.classifier import syllable

_BEHIND = re.compile(r"^(?:的|参保|医保|人|县|市|这|那|交)")
_BEFORE = re.compile(r"(?:我是|我们|在|去|到|来|是)$")
_HAN = re.compile(r"[\u4e00-\u9fff]")


class Homophones:
    """Mends misspelt names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {tuple(map(syllable, name)): name for name in names if 2 <= len(name) <= 3}
        self._spelt = {*self._names.values()}

    def mend(self, text: str) -> str:
        """Gives the text with misspelt names as they are written; of the same length."""
        syllables = [syllable(character) for character in text]
        for length in (3, 2):
            for start in range(len(text) - length + 1):
                end = start + length
                name = self._names.get(tuple(syllables[start:end]))
                if name is None or text[start:end] in self._spelt or not all(map(_HAN.match, text[start:end])):
                    continue
                if _BEHIND.match(text[end:]) and (_BEFORE.search(text[:start]) or start == 0 or text[start - 1] in ",。?!;"):
                    text = text[:start] + name + text[end:]
        return text
