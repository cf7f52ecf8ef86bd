"""The region inside a query, in characters, in pinyin or as initials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.regions import XINJIANG, Regions
from knowledge.schema import RegionKind
from nlu.classifier import syllable
from nlu.gazetteer import Gazetteer, Mention, Role
from nlu.mentions import settle_mentions
from webhook.console.search.letters import sounds_of

_ON_THE_WAY = re.compile(r"(?:去|到|来|往|转|赴|在)(?:了|院|诊)?$")
"""Before a place: somebody is or goes there, and is insured elsewhere."""

_BEHIND_MISSPELT = re.compile(r"^(?:[市县区]|的|医保|参保|电话|$)")


@dataclass(frozen=True)
class Placed:
    """``rest``: the text without the region's name. ``elsewhere``: a place of care is named as well."""

    region: str | None
    rest: str
    elsewhere: bool = False


class Places:
    """All names of regions. Only Xinjiang and the Corps are insured regions here; a place outside is one of care."""

    def __init__(self, regions: Regions, published: Iterable[str]) -> None:
        """``published``: codes of the regions that something is on file about; initials mean these first."""
        self._regions = regions
        self._gazetteer = Gazetteer(regions)
        first = {*published}
        self._official = {name for row in regions.by_code.values() for name in (row.name, row.short)}
        local = {name: codes[0] for name, codes in regions.names.items() if self._is_local(codes[0])}
        self._spelt: dict[str, str] = {}
        self._initials: dict[str, list[str]] = {}
        self._sounds: dict[tuple[str, ...], str] = {}

        def prominence(name: str) -> tuple[bool, bool, bool]:
            row = regions.by_code[local[name]]
            return (name not in (row.short, row.name), row.code not in first, row.kind is not RegionKind.PREFECTURE)

        for name in sorted(local, key=prominence):
            sounds = [sound for _, sound in sounds_of(name)]
            self._spelt.setdefault("".join(sounds), name)
            if 2 <= len(sounds) <= 5:
                self._initials.setdefault("".join(sound[0] for sound in sounds), []).append(name)
                self._sounds.setdefault(tuple(map(syllable, name)), name)

    def spelt(self, letters: str) -> str | None:
        """The place whose whole pinyin this is."""
        return self._spelt.get(letters)

    def begun(self, letters: str) -> str | None:
        """The first place whose pinyin begins so; four letters at least."""
        if len(letters) < 4:
            return None
        begun = (name for sound, name in self._spelt.items() if sound.startswith(letters))
        return next((name for name in begun if name in self._official), None)

    def abbreviated(self, letters: str) -> list[str]:
        """Up to two places whose initials these are, one name for each."""
        names: dict[str, str] = {}
        for name in self._initials.get(letters, []):
            names.setdefault(self._regions.names[name][0], name)
        return list(names.values())[:2]

    def find(self, text: str, intent: str) -> Placed:
        """The region that ``text`` names: who speaks is insured there. ``text`` is normalised, with spaces and commas;
        ``intent``: what it is about, as the bot takes it."""
        places = self._gazetteer.find(text)
        roles = [mention.role for mention in settle_mentions(text, places, intent)]
        named = [(place, role) for place, role in zip(places, roles, strict=True) if role != Role.DENIED.value]
        local = [(place, role) for place, role in named if self._is_local(place.codes[0])]
        chosen = _choose(text, local)
        elsewhere = any(place is not chosen for place, _ in named)
        if chosen is None:
            return Placed(None, text, elsewhere) if local else self._misspelt(text, elsewhere)
        return Placed(chosen.codes[0], _without(text, chosen.start, chosen.end), elsewhere)

    def _misspelt(self, text: str, elsewhere: bool) -> Placed:
        """沙弯 for 沙湾, where a word begins with it and nothing but a word for a place follows."""
        start = 0
        for word in re.split("[ ,]", text):
            for length in range(min(5, len(word)), 1, -1):
                name = self._sounds.get(tuple(map(syllable, word[:length])))
                if name is not None and _BEHIND_MISSPELT.match(word[length:]):
                    code = self._regions.names[name][0]
                    return Placed(code, _without(text, start, start + length), elsewhere)
            start += len(word) + 1
        return Placed(None, text, elsewhere)

    def _is_local(self, code: str) -> bool:
        return code != XINJIANG and (self._regions.in_xinjiang(code) or self._regions.is_corps(code))


def _choose(text: str, local: Sequence[tuple[Mention, str]]) -> Mention | None:
    """A place where somebody is insured, or one that is just named; one of care where it opens the query or stands
    alone: a clerk types the region first."""
    for wanted in (Role.INSURED, Role.MENTIONED):
        for place, role in local:
            if role == wanted.value and (wanted is Role.INSURED or not _ON_THE_WAY.search(text[: place.start])):
                return place
    opens = (place for place, _ in local if not text[: place.start].strip() or f" {place.text} " in f" {text} ")
    return next((place for place in opens if not _ON_THE_WAY.search(text[: place.start])), None)


def _without(text: str, start: int, end: int) -> str:
    """``text`` without a stretch of it, and without the particle that tied it to what follows."""
    return " ".join(f"{text[:start]} {re.sub('^[的, ]+', '', text[end:])}".split()).strip(", ")
