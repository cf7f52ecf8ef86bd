"""What was typed in letters, back in characters: pinyin whole or half (``yidi``, ``yid``), initials (``ydjy``), both
mixed (``yidijy``), and with slips of the finger (``zhaunzhen``).

Whatever can be found is on file as a phrase in characters with its sounds; letters are read as the phrases that they
can spell, so that everything behind this knows characters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from math import log

from pypinyin import lazy_pinyin

Sounds = tuple[str, ...]

LONGEST = 40
"""Letters of one run that are read as pinyin."""

_REACH = 14
"""Characters of a phrase behind its start that letters can spell."""

_SENTENCE = 0.05
"""What a word of a sentence counts beside one of a phrase."""

_WORD = re.compile(r"[\u4e00-\u9fff]|[a-z0-9]+")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")


def sounds_of(text: str) -> list[tuple[str, str]]:
    """Pairs of a character (or a run of letters) and its pinyin without tone, read in its context: 长期 is chang qi."""
    pairs = []
    for run in re.findall(r"[\u4e00-\u9fff]+|[a-z0-9]+", text):
        read = lazy_pinyin(run) if _HAN_RUN.fullmatch(run) else [run]
        pieces = _WORD.findall(run)
        pairs += list(zip(pieces, (each.replace("ü", "v") for each in read), strict=True))
    return pairs


@dataclass(frozen=True)
class Spelt:
    """A phrase that letters can stand for. ``quality``: 0 to 1."""

    text: str
    quality: float


@dataclass(frozen=True)
class _Suffix:
    """A phrase from one of its characters on. ``weight``: how many phrases hold it, those that begin with it more."""

    pieces: tuple[str, ...]
    sounds: Sounds
    weight: float
    begins: bool


FULL, INITIALS = 0.24, 0.12
"""What it adds to the quality that letters spell whole syllables, or initials only."""
BASE, BEGINS, WHOLE = 0.5, 0.16, 0.1
"""… to be spelt at all, to be a phrase's beginning, and to be all of it."""
_UNFINISHED = 0.5
"""Letters that a half-typed syllable counts less: chanjia is 产假 before it is the beginning of 产检."""
SELDOM = 0.2
"""Exponent of a phrase's weight beside that of the commonest that the same letters spell."""
LONG = 0.02
"""… for every letter beyond the second, up to the seventh: many letters fit by chance less often."""
GAP = 0.08
"""What it takes away that some of the phrase is left out (ddbg: 定点医疗机构变更)."""
SLIP = 0.14
"""What each slip of the finger takes away."""


class Letters:
    """Phrases by how they sound. Built once."""

    def __init__(self, phrases: Iterable[tuple[str, float]], sentences: Iterable[str] = ()) -> None:
        """``phrases``: normalised texts with their weight; ``sentences``: texts whose words pinyin may hold."""
        weights: dict[tuple[tuple[str, ...], Sounds], float] = {}
        begin: set[tuple[tuple[str, ...], Sounds]] = set()
        self._lexicon = _Lexicon()
        for phrase, weight in phrases:
            pairs = sounds_of(phrase)
            self._lexicon.learn(pairs, weight)
            for start in range(len(pairs)):
                reached = pairs[start : start + _REACH]
                key = (tuple(p for p, _ in reached), tuple(s for _, s in reached))
                weights[key] = weights.get(key, 0.0) + (weight if start == 0 else weight / 4)
                if start == 0:
                    begin.add(key)
        for sentence in sentences:
            for run in _HAN_RUN.findall(sentence):
                self._lexicon.learn(sounds_of(run), _SENTENCE)
        self._lexicon.finish()
        self._by_start: dict[str, list[_Suffix]] = {}
        self._spelling: dict[str, list[_Suffix]] = {}
        for key, weight in weights.items():
            suffix = _Suffix(*key, weight, key in begin)
            for letters in _starts(suffix.sounds):
                self._by_start.setdefault(letters, []).append(suffix)
            if suffix.begins:
                for pair in {*_pairs("".join(suffix.sounds[:5]))}:
                    self._spelling.setdefault(pair, []).append(suffix)

    def spell(self, run: str, most: int = 3, *, slips: bool = True) -> list[Spelt]:
        """The phrases that a run of letters can stand for, best first. ``slips``: also those that it nearly spells."""
        run = run[:LONGEST]
        found: dict[str, tuple[float, float]] = {}
        for suffix in self._by_start.get(run[:2], ()):
            spelt = _align(run, suffix.sounds)
            if spelt is not None:
                _keep(found, suffix, range(spelt[0]), run, spelt[1], 0)
        if not found:
            for suffix in self._by_start.get(run[:2], ()):
                skipped = _align_with_gap(run, suffix.sounds) if suffix.begins else None
                if skipped is not None:
                    _keep(found, suffix, skipped[0], run, skipped[1], GAP)
        ranked = nlargest(most, found.items(), key=lambda row: (round(row[1][0], 1), row[1][1]))
        commonest = max((weight for _, (_, weight) in ranked), default=1.0)
        spelt_out = [Spelt(text, quality * (weight / commonest) ** SELDOM) for text, (quality, weight) in ranked]
        if not spelt_out or spelt_out[0].quality < BASE + FULL:
            # Letters that no phrase holds in a row, or only as initials of something longer.
            sentence = self._lexicon.decode(run)
            if sentence is not None and sentence[0] not in found:
                spelt_out.append(Spelt(sentence[0], BASE + FULL * sentence[1] ** 2 * 0.9))
        if slips and not found:
            spelt_out += self._with_slips(run)
        return spelt_out

    def _with_slips(self, run: str) -> list[Spelt]:
        """Phrases that begin nearly so; what is shorter than four letters has no slips."""
        allowed = 0 if len(run) < 4 else 1 if len(run) < 8 else 2
        if not allowed or len(run) > 20:
            return []
        shared: dict[int, int] = {}
        suffixes: dict[int, _Suffix] = {}
        for pair in {*_pairs(run)}:
            for suffix in self._spelling.get(pair, ()):
                shared[id(suffix)] = shared.get(id(suffix), 0) + 1
                suffixes[id(suffix)] = suffix
        near = nlargest(16, shared, key=lambda each: (shared[each], suffixes[each].weight))
        found: dict[str, Spelt] = {}
        for each in near:
            suffix = suffixes[each]
            for spelling, used in ((("".join(suffix.sounds)), None), ("".join(s[0] for s in suffix.sounds), 1)):
                if used and len(run) > len(suffix.sounds) + 1:
                    continue
                slips, reached = _nearest_beginning(run, spelling[: len(run) + allowed])
                if slips > (1 if used else allowed):
                    continue
                count = reached if used else _syllables_in(suffix.sounds, reached)
                text = "".join(suffix.pieces[:count])
                quality = BASE + BEGINS + (INITIALS / 2 if used else FULL) - SLIP * slips
                if text and (text not in found or found[text].quality < quality):
                    found[text] = Spelt(text, quality)
        return nlargest(2, found.values(), key=lambda spelt: (spelt.quality, len(spelt.text)))


class _Lexicon:
    """Words with their sounds, for pinyin that is a sentence of its own: the likeliest row of words."""

    _PER_WORD = 4.0
    _LEFT_OUT = 12.0
    """Cost of a letter that no word takes: about that of a rare word."""
    _MOST_LEFT_OUT = 0.3

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, float]] = {}
        self._words: Mapping[str, tuple[str, float]] = {}

    def learn(self, pairs: Sequence[tuple[str, str]], weight: float) -> None:
        for start in range(len(pairs)):
            for end in range(start + 1, min(start + 4, len(pairs)) + 1):
                sound = "".join(s for _, s in pairs[start:end])
                word = "".join(p for p, _ in pairs[start:end])
                if len(sound) > 1:
                    counts = self._counts.setdefault(sound, {})
                    counts[word] = counts.get(word, 0.0) + weight

    def finish(self) -> None:
        best = {sound: max(counts.items(), key=lambda row: row[1]) for sound, counts in self._counts.items()}
        total = sum(count for _, count in best.values()) or 1.0
        self._words = {sound: (word, log(total / count) + self._PER_WORD) for sound, (word, count) in best.items()}
        self._counts = {}

    def decode(self, run: str) -> tuple[str, float] | None:
        """The likeliest characters for ``run``, and the share of its letters that they spell; what is no word, a slip
        or an unfinished syllable, is left out. None where that is too much."""
        costs: list[tuple[float, int, str] | None] = [(0.0, 0, "")] + [None] * len(run)
        for start in range(len(run)):
            here = costs[start]
            if here is None:
                continue
            ways = [(start + 1, self._LEFT_OUT, 1, "")]
            for end in range(start + 2, min(start + 24, len(run)) + 1):
                known = self._words.get(run[start:end])
                if known is not None:
                    ways.append((end, known[1], 0, known[0]))
            for end, cost, left_out, word in ways:
                there = costs[end]
                if there is None or here[0] + cost < there[0]:
                    costs[end] = (here[0] + cost, here[1] + left_out, here[2] + word)
        reached = costs[-1]
        if reached is None or not reached[2] or reached[1] > self._MOST_LEFT_OUT * len(run):
            return None
        return reached[2], 1 - reached[1] / len(run)


@lru_cache(maxsize=4096)
def _ways(sound: str) -> tuple[tuple[str, int], ...]:
    """How one syllable is typed when others follow, with the letters that count as spelt: whole, or its initial."""
    ways = [(sound, len(sound)), (sound[0], 0)]
    if sound[:2] in ("zh", "ch", "sh"):
        ways.append((sound[:2], 0))
        ways.append((sound[0] + sound[2:], len(sound) - 2))
    if sound.endswith("ng") and len(sound) > 3:
        ways.append((sound[:-1], len(sound) - 2))
    return tuple(sorted(dict(ways).items(), key=lambda way: -len(way[0])))


def _starts(sounds: Sounds) -> set[str]:
    """The first two letters that can begin a run for these syllables."""
    first, rest = sounds[0], sounds[1:]
    starts = {first[:2], first[:1]} | {way[:2] for way, _ in _ways(first) if len(way) > 1}
    if rest:
        starts.add(first[0] + rest[0][0])
    return starts


def _align(run: str, sounds: Sounds) -> tuple[int, float] | None:
    """How many syllables ``run`` spells from the first on, all of its letters used, and how many of its letters spell
    whole syllables; the most such letters. The last syllable may be half typed."""
    best: tuple[int, float] | None = None
    open_ends: list[tuple[int, int, float]] = [(0, 0, 0.0)]
    seen = set()
    while open_ends:
        at, used, letters = open_ends.pop()
        if at == len(run):
            if best is None or letters > best[1]:
                best = (used, letters)
            continue
        if used == len(sounds) or (at, used, letters) in seen:
            continue
        seen.add((at, used, letters))
        sound, left = sounds[used], run[at:]
        if len(left) > 1 and len(left) < len(sound) and sound.startswith(left):
            open_ends.append((len(run), used + 1, letters + len(left) - _UNFINISHED))
        open_ends += [(at + len(way), used + 1, letters + spelt) for way, spelt in _ways(sound) if left.startswith(way)]
    return best


def _align_with_gap(run: str, sounds: Sounds) -> tuple[list[int], float] | None:
    """Which syllables ``run`` spells when one stretch in the middle is left out, and how many of its letters spell
    whole syllables. At least two syllables stand on either side."""
    if len(run) < 4:
        return None
    for cut in range(len(run) - 2, 1, -1):
        first = _align(run[:cut], sounds)
        if first is None or first[0] < 2:
            continue
        for start in range(len(sounds) - 2, first[0], -1):
            second = _align(run[cut:], sounds[start:])
            if second is not None and second[0] >= 2:
                return [*range(first[0]), *range(start, start + second[0])], first[1] + second[1]
    return None


def _keep(
    found: dict[str, tuple[float, float]], suffix: _Suffix, used: Sequence[int], run: str, letters: float, lost: float
) -> None:
    """Notes a phrase that ``run`` spells with the best quality that it has anywhere, and the weight of all."""
    text = "".join(suffix.pieces[each] for each in used)
    share = letters / len(run)
    quality = BASE + share * FULL + (1 - share) * INITIALS + LONG * min(len(run) - 2, 5) - lost
    quality += suffix.begins * BEGINS + (suffix.begins and len(used) == len(suffix.sounds)) * WHOLE
    best, weight = found.get(text, (0.0, 0.0))
    found[text] = (max(best, min(quality, 1.0)), weight + suffix.weight)


def _pairs(letters: str) -> Iterator[str]:
    return (letters[i : i + 2] for i in range(len(letters) - 1))


def _syllables_in(sounds: Sounds, letters: int) -> int:
    """How many syllables have begun within so many letters."""
    count = 0
    for sound in sounds:
        if letters <= 0:
            break
        letters -= len(sound)
        count += 1
    return count


def _nearest_beginning(run: str, spelling: str) -> tuple[int, int]:
    """The fewest slips (a letter too many, too few, another, or two swapped) that make ``run`` the beginning of
    ``spelling``, and how long that beginning is."""
    before, row = [], list(range(len(spelling) + 1))
    for i, letter in enumerate(run, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(spelling, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == spelling[j - 2] and run[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    slips = min(row)
    return slips, max(j for j, cost in enumerate(row) if cost == slips)
