"""A query, read: the ways in which what was typed can be put in characters, each with its region and its aspects."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import yaml

from knowledge.schema import OFTEN_SAID, Aspect
from nlu.aspects import AspectWords
from nlu.normalise import normalise
from webhook.console.search.letters import Letters, Spelt, sounds_of
from webhook.console.search.places import Places

LONGEST = 300
"""Characters of a query that are read; the rest of a longer one is left out."""

MOST_WORDINGS = 4

_FILLERS = " ,的呢吗啊哪多少是要问去办理"
"""Characters that mean nothing beside words for an office."""

WORDS = Path(__file__).parent / "words.yml"

_SURROGATE = re.compile("[\ud800-\udfff]")
_PHONE = re.compile(r"(?<=\d)[-－—\s]+(?=\d)")
_RUNS = re.compile(r"app|[a-z]+?(?=app)|[a-z]+|\d+|[^a-z\d\s]+")
_STOPS = re.compile(r"[，。！？；、：,.!?;:\n]+")
_SIGNS = re.compile(r"[^\w,]+|_+")

PLACE_INITIALS = (0.85, 0.8)
"""What it leaves of the quality that two or more letters are taken for a place: the first that they can mean, and the
second."""
PLACE_BEHIND = 0.85
"""What it leaves besides that the place is typed last."""
ASPECT_INITIALS = 0.9
PLACE_ALONE, PLACE_BEGUN, PLACE_AND_ASPECT = 0.62, 0.75, 0.85
"""Of letters that are nothing but a place's initials, the beginning of its pinyin, and its initials with an aspect."""


@dataclass(frozen=True)
class Wording:
    """One way to read a query. ``rest``: without the region; ``bare``: without words for an aspect too; ``generic``:
    nothing is left but words for an office; ``elsewhere``: a place besides the region. ``quality``: 1 for characters,
    less for what letters may stand for."""

    text: str
    rest: str
    bare: str
    region: str | None
    aspects: tuple[Aspect, ...]
    generic: bool
    elsewhere: bool
    quality: float


@dataclass(frozen=True)
class Shorthand:
    """``words.yml``."""

    aspects: Mapping[str, Aspect]
    """Longest first."""
    offices: tuple[str, ...]
    phrases: tuple[str, ...]
    also_called: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Shorthand:
        """Raises ``OSError`` where the file cannot be read."""
        file = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = {word: Aspect(name) for name, words in file["aspects"].items() for word in words}
        longest = dict(sorted(words.items(), key=lambda row: -len(row[0])))
        return cls(
            longest, tuple(sorted(file["offices"], key=len, reverse=True)), tuple(file["phrases"]), file["also_called"]
        )


class QueryReader:
    """Reads what is typed. ``letters`` knows every phrase that can be found."""

    def __init__(
        self,
        places: Places,
        letters: Letters,
        aspects: AspectWords,
        shorthand: Shorthand,
        suggest: Callable[[str], Sequence[tuple[str, float]]],
    ) -> None:
        self._suggest = suggest
        self._places = places
        self._letters = letters
        self._aspects = aspects
        self._shorthand = shorthand
        self._spelt: dict[str, str] = {}
        self._abbreviated: dict[str, str] = {}
        for word in shorthand.aspects:
            sounds = [sound for _, sound in sounds_of(word)]
            self._spelt.setdefault("".join(sounds), word)
            if len(word) == 2:
                self._abbreviated.setdefault("".join(sound[0] for sound in sounds), word)

    def read(self, query: str) -> tuple[list[Wording], str]:
        """The likeliest ways to read a query, best first, and the digits in it. Never raises."""
        cleaned = clean(query)
        choices: list[list[Spelt]] = []
        for run in _RUNS.findall(cleaned):
            spelt = self._spell(run) if run.isascii() and run.isalpha() and run != "app" else []
            choices.append(spelt or [Spelt(run, 1.0)])
        spaced = _spacing(cleaned)
        texts: dict[str, float] = {}
        for combination in _likeliest(choices):
            text = "".join(f"{space}{spelt.text}" for space, spelt in zip(spaced, combination, strict=True)).strip()
            quality = 1.0
            for part in combination:
                quality *= part.quality
            for written, share in self._renamed(text):
                texts.setdefault(written, quality * share)
        digits = max(re.findall(r"\d+", _PHONE.sub("", cleaned)), key=len, default="")
        return [self._word(text, quality) for text, quality in texts.items()], digits

    def _renamed(self, text: str) -> Iterator[tuple[str, float]]:
        yield text, 1.0
        for called, name in self._shorthand.also_called.items():
            if called in text:
                yield text.replace(called, name), 0.97

    def aspects_in(self, text: str) -> tuple[Aspect, ...]:
        """What a text asks for, bare words first."""
        said, _ = self._take_aspects(text)
        asked = self._aspects.find(text.replace(" ", ""))
        return tuple(dict.fromkeys([*said, *sorted(asked, key=OFTEN_SAID.__contains__)]))

    def _word(self, text: str, quality: float) -> Wording:
        intent = next((name for name, _ in self._suggest(text)), "")
        placed = self._places.find(text, intent)
        _, bare = self._take_aspects(placed.rest)
        left = bare
        for word in self._shorthand.offices:
            left = left.replace(word, "")
        generic = not left.strip(_FILLERS)
        aspects = self.aspects_in(placed.rest)
        return Wording(text, placed.rest, bare, placed.region, aspects, generic, placed.elsewhere, quality)

    def _take_aspects(self, text: str) -> tuple[list[Aspect], str]:
        """The bare words for an aspect, and the text without them."""
        said = []
        for word, aspect in self._shorthand.aspects.items():
            if word in text:
                said.append(aspect)
                text = " ".join(text.replace(word, " ").split()).strip(", ")
        return said, text

    def _spell(self, run: str) -> list[Spelt]:
        """What a run of letters can stand for: a phrase, or a place, a phrase and an aspect, each where it is there."""
        whole = self._letters.spell(run)
        found = {spelt.text: spelt.quality for spelt in whole}
        for place, share, begin, end in self._places_in(run):
            for aspect, part, stop in self._aspects_in(run[begin:end]):
                middle = run[begin : begin + stop]
                if middle:
                    spelt_out = self._letters.spell(middle, slips=False) if len(middle) > 1 else []
                    worth = share * part
                elif place or aspect:
                    spelt_out, worth = [Spelt("", 1.0)], _worth_alone(share, aspect, part)
                else:
                    continue
                for spelt in spelt_out:
                    text = " ".join(filter(None, (place, spelt.text, aspect)))
                    found[text] = max(found.get(text, 0.0), spelt.quality * worth)
        begun = self._places.begun(run)
        if begun:
            found[begun] = max(found.get(begun, 0.0), PLACE_BEGUN)
        ranked = sorted(found.items(), key=lambda row: -row[1])
        return [Spelt(text, quality) for text, quality in ranked[:3]]

    def _places_in(self, run: str) -> Iterator[tuple[str, float, int, int]]:
        """Places at either end of a run, and where the rest of it begins and ends; first, that there is none."""
        yield "", 1.0, 0, len(run)
        for cut in range(2, min(len(run), 24) + 1):
            ends = ((run[:cut], cut, len(run), 1.0), (run[-cut:], 0, len(run) - cut, PLACE_BEHIND))
            for letters, begin, end, order in ends[: 1 if cut == len(run) else 2]:
                name = self._places.spelt(letters)
                if name is not None:
                    yield name, 1.0, begin, end
                if cut <= 5:
                    for share, short in zip(PLACE_INITIALS, self._places.abbreviated(letters), strict=False):
                        yield short, share * order, begin, end

    def _aspects_in(self, run: str) -> Iterator[tuple[str, float, int]]:
        """Words for an aspect at the end of a run, and where they begin; first, that there is none."""
        yield "", 1.0, len(run)
        for start in range(len(run) - 1):
            word = self._spelt.get(run[start:])
            if word is not None:
                yield word, 1.0, start
        short = self._abbreviated.get(run[-2:])
        if short is not None:
            yield short, ASPECT_INITIALS, len(run) - 2


def clean(query: str) -> str:
    """One spelling, with single spaces where words were apart, and commas between clauses. Never raises."""
    text = unicodedata.normalize("NFKC", _SURROGATE.sub(" ", query[:LONGEST]))[:LONGEST]
    text = _SIGNS.sub(" ", _STOPS.sub(",", text))
    return re.sub(" ?,[ ,]*", ",", " ".join(filter(None, (normalise(word) for word in text.split())))).strip(", ")


def _spacing(cleaned: str) -> list[str]:
    """Before each run of ``cleaned``: a space, or nothing."""
    return [" " if match.start() and cleaned[match.start() - 1] == " " else "" for match in _RUNS.finditer(cleaned)]


def _likeliest(choices: Sequence[Sequence[Spelt]]) -> Iterable[tuple[Spelt, ...]]:
    """The best combinations of what each run can stand for; of a query with many runs, the first of each."""
    if sum(len(choice) > 1 for choice in choices) > 3:
        return [tuple(choice[0] for choice in choices)]

    def quality(combination: tuple[Spelt, ...]) -> float:
        total = 1.0
        for spelt in combination:
            total *= spelt.quality
        return -total

    return sorted(product(*choices), key=quality)[:MOST_WORDINGS]


def _worth_alone(share: float, aspect: str, part: float) -> float:
    """The quality of a place, an aspect or both with nothing between them."""
    if share == 1.0:
        return part
    return (PLACE_AND_ASPECT * part if aspect else PLACE_ALONE) * share / PLACE_INITIALS[0]
