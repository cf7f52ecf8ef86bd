"""How much of a text stands in other texts: short pieces of characters and of sounds, looked up backwards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt

from nlu.classifier import syllable

Scores = npt.NDArray[np.float32]

_CHARACTERS = {1: 0.25, 2: 1.0, 3: 0.8}
"""What a piece of so many characters counts."""

_SOUNDS = 0.7
"""What two syllables count: a word that came out of the keyboard as other characters sounds the same."""

_SAME = str.maketrans({"帐": "账", "缴": "交", "咋": "怎"})


class Grams:
    """Texts by their pieces. A piece that stands in few owners counts more. Built once."""

    def __init__(self, texts: Sequence[str], owners: Sequence[int], *, sounds: bool = True) -> None:
        """``owners``: to whom each text belongs, as numbers from 0 on."""
        self._with_sounds = sounds
        pieces = [_pieces(text, sounds) for text in texts]
        spread: dict[str, set[int]] = {}
        for row, owner in zip(pieces, owners, strict=True):
            for piece in row:
                spread.setdefault(piece, set()).add(owner)
        count = max(owners, default=0) + 1
        self._unknown = log(1 + count)
        self._idf = {piece: log(1 + count / len(those)) for piece, those in spread.items()}
        numbers: dict[str, list[int]] = {}
        self._sizes = np.zeros(len(texts), np.float32)
        for number, row in enumerate(pieces):
            for piece, weight in row.items():
                numbers.setdefault(piece, []).append(number)
                self._sizes[number] += weight * self._idf[piece]
        self._postings = {piece: np.array(rows, np.int32) for piece, rows in numbers.items()}

    def match(self, text: str) -> tuple[Scores, Scores]:
        """For each text on file: how much of ``text`` stands in it, and how much of it stands in ``text``; 0 to 1."""
        shared = np.zeros(len(self._sizes), np.float32)
        size = 0.0
        for piece, weight in _pieces(text, self._with_sounds).items():
            worth = weight * self._idf.get(piece, self._unknown)
            size += worth
            rows = self._postings.get(piece)
            if rows is not None:
                shared[rows] += worth
        return shared / max(size, 1e-6), np.minimum(shared / np.maximum(self._sizes, 1e-6), 1)


def _pieces(text: str, sounds: bool) -> dict[str, float]:
    found: dict[str, float] = {}
    for word in text.translate(_SAME).replace(",", " ").split():
        for length, weight in _CHARACTERS.items():
            for start in range(len(word) - length + 1):
                found[word[start : start + length]] = weight
        if sounds:
            heard = [_coarse(syllable(character)) for character in word]
            for one, other in pairwise(heard):
                found[f"{one} {other}"] = _SOUNDS
    return found


def _coarse(sound: str) -> str:
    """What many do not tell apart: zh and z, ang and an, l and n at the beginning."""
    if sound[:2] in ("zh", "ch", "sh"):
        sound = sound[0] + sound[2:]
    if sound.endswith("ng"):
        sound = sound[:-1]
    return f"n{sound[1:]}" if sound.startswith("l") else sound
