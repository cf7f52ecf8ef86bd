"""Which topics a wording means: the signals, and how they are weighed (docs/console-search.md: what each is worth)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from webhook.console.search.entries import Entry
from webhook.console.search.grams import Grams, Scores
from webhook.console.search.query import Wording

Suggest = Callable[[str], Sequence[tuple[str, float]]]


@dataclass(frozen=True)
class Weights:
    """What each signal adds to a topic's score, at most."""

    suggested: float = 1.0
    """The bot's own ranking of topics for the text."""
    named: float = 0.55
    """Characters and sounds shared with one of the topic's names."""
    said: float = 0.25
    """Characters shared with what is said in it."""
    called: float = 0.25
    """What was typed is one of its names."""
    elsewhere: float = 0.1
    """A place besides the region is named, and the topic is one of care elsewhere."""
    asked: float = 0.04
    """How often it was asked, to the most asked one."""
    listed: float = 0.01
    """How early the menu lists it."""


CARE_ELSEWHERE = "remote_care"
"""How the ids of the topics of care elsewhere begin."""

HALF = 0.6
"""What a name counts of which all that was typed is a small part; one that was typed whole counts 1."""


class TopicRanking:
    """Ranks topics. Built once."""

    def __init__(self, entries: Sequence[Entry], suggest: Suggest, weights: Weights) -> None:
        self._entries = entries
        self._suggest = suggest
        self._weights = weights
        named = [(number, name, weight) for number, entry in enumerate(entries) for name, weight in entry.names]
        self._owners = np.array([number for number, _, _ in named], np.int32)
        self._sureness = np.array([weight for _, _, weight in named], np.float32)
        self._names = Grams([name for _, name, _ in named], list(map(int, self._owners)))
        self._bodies = Grams([" ".join(entry.body) for entry in entries], list(range(len(entries))), sounds=False)
        self._of_care = np.array([(e.topic or "").startswith(CARE_ELSEWHERE) for e in entries], np.float32)
        self._called: dict[str, set[int]] = {}
        for number, name, weight in named:
            if weight == 1.0:
                self._called.setdefault(name, set()).add(number)
        self._numbers = {entry.topic: number for number, entry in enumerate(entries)}

    def rank(self, wording: Wording, asked: Mapping[str, int]) -> list[tuple[Entry, float]]:
        """The topics with their scores, best first; none for a wording without words for a topic."""
        if not wording.bare or wording.generic:
            return []
        scores = wording.quality * self._score(wording) + self._liking(asked)
        return [(self._entries[n], float(scores[n])) for n in np.argsort(-scores, kind="stable")]

    def by_liking(self, asked: Mapping[str, int]) -> list[tuple[Entry, float]]:
        """For an empty field: the most asked, then the menu's order."""
        liking = self._liking(asked)
        return [(self._entries[n], float(liking[n])) for n in np.argsort(-liking, kind="stable")]

    def _score(self, wording: Wording) -> Scores:
        weights, scores = self._weights, np.zeros(len(self._entries), np.float32)
        scores += weights.suggested * self._suggested(wording)
        covered, share = self._names.match(wording.bare)
        likeness = covered * (HALF + (1 - HALF) * share) * self._sureness
        best = np.zeros(len(self._entries), np.float32)
        np.maximum.at(best, self._owners, likeness)
        scores += weights.named * best
        scores += weights.said * self._bodies.match(wording.bare)[0]
        if wording.elsewhere:
            scores += weights.elsewhere * self._of_care
        for called in {text.replace(" ", "").replace(",", "") for text in (wording.rest, wording.bare)}:
            for number in self._called.get(called, ()):
                scores[number] += weights.called
        return scores

    def _suggested(self, wording: Wording) -> Scores:
        found = np.zeros(len(self._entries), np.float32)
        texts = list(dict.fromkeys((wording.text, wording.bare)))
        for text in texts:
            for name, chance in self._suggest(text):
                number = self._numbers.get(name)
                if number is not None:
                    found[number] += chance / len(texts)
        return found

    def _liking(self, asked: Mapping[str, int]) -> Scores:
        counts = np.array([max(0, asked.get(entry.topic or "", 0)) for entry in self._entries], np.float32)
        often = np.log1p(counts) / max(float(np.log1p(counts).max(initial=0)), 1e-6)
        listed = 1 - np.arange(len(self._entries), dtype=np.float32) / max(1, len(self._entries))
        return (self._weights.asked * often + self._weights.listed * listed).astype(np.float32)
