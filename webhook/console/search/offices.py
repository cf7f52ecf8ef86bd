"""Which office's card a query means: by its name, by its region, by a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.regions import COUNTRY, XINJIANG
from knowledge.schema import OFFICE_ASPECTS, Aspect, Line, Office, Purpose, Topic
from knowledge.store import Knowledge
from webhook.console.search.entries import Entry
from webhook.console.search.grams import Grams
from webhook.console.search.query import Wording

_OFFICE = re.compile("局|中心|大厅|窗口|机构")

NUMBER = 3.0
"""Score of the line whose number was typed; more than anything else."""

MEANT = 1.8
"""Score of the office of a region that was asked for and nothing besides; more than any topic."""

NAMED = 1.5
"""Score of an office whose name was typed."""

LIKELY = 0.6
"""How much of a name must have been typed."""

SHORTEST = 2
"""Characters of a name that say something."""

BESIDE = 0.9
"""Of the best topic's score: the office of the region, where a topic and an aspect of an office are asked."""

OFFERED = 0.05
"""Score of the office of a region that was named beside a topic, for the end of the list."""

UNSURE = 0.2
"""How sure the bot must be that a sentence asks for an office."""

FEWEST_DIGITS = 3


@dataclass(frozen=True)
class Card:
    """An office that was found, and what of it was asked."""

    entry: Entry
    aspect: Aspect | None
    score: float


class OfficeRanking:
    """Ranks offices. Built once."""

    def __init__(self, entries: Sequence[Entry], knowledge: Knowledge) -> None:
        self._entries = {entry.office or "": entry for entry in entries}
        self._knowledge = knowledge
        named = [(entry.office or "", name, weight) for entry in entries for name, weight in entry.names]
        self._owners = [(owner, weight) for owner, _, weight in named]
        numbers = {owner: number for number, owner in enumerate(self._entries)}
        self._names = Grams([name for _, name, _ in named], [numbers[owner] for owner, _, _ in named])

    def rank(
        self,
        wording: Wording,
        preset: str | None,
        digits: str,
        topics: Sequence[tuple[Entry, float]],
        contact: float,
    ) -> list[Card]:
        """The cards that a wording means. ``topics``: those that it may mean, with their scores, best first;
        ``contact``: how sure the bot is that an office is asked for."""
        found: dict[str, Card] = {}
        region = wording.region or preset
        rows = [*self._by_number(digits), *self._by_wording(wording, region, topics)]
        if contact > UNSURE and wording.bare and not wording.generic:
            aspect = next((a for a in wording.aspects if a in OFFICE_ASPECTS), None)
            cards = self.of_region(region, aspect) if region else self._anywhere(aspect)
            rows += [replace(card, score=contact * wording.quality - 0.02 * n) for n, card in enumerate(cards[:2])]
        for card in sorted(rows, key=lambda card: -card.score):
            found.setdefault(card.entry.office or "", card)
        return list(found.values())

    def of_region(self, region: str, aspect: Aspect | None = None) -> list[Card]:
        """The cards that serve a region, its own first; of those, one that has what was asked, and one for all
        business before one for some."""
        distances = self._distances(region)
        ranked = []
        for office in self._knowledge.offices.values():
            near = [distances[code] for code in (*office.regions, *_served(office)) if code in distances]
            if near:
                businesses = _businesses(office)
                breadth = 1000 if "all" in businesses else len(businesses)
                ranked.append(((min(near), not _has(office, aspect, distances), -breadth), office))
        ranked.sort(key=lambda row: row[0])
        cards = []
        for position, ((distance, _, _), office) in enumerate(ranked):
            score = MEANT - 0.3 * min(distance, 2) - 0.05 * min(position, 5)
            cards.append(Card(self._entries[office.id], aspect, score))
        return cards

    def _by_wording(self, wording: Wording, region: str | None, topics: Sequence[tuple[Entry, float]]) -> list[Card]:
        aspect = next((a for a in wording.aspects if a in OFFICE_ASPECTS), None)
        cards = self._by_name(wording, aspect)
        if wording.generic and region is not None:
            cards += self.of_region(region, aspect)
        elif wording.generic:
            cards += self._anywhere(aspect) if aspect or _OFFICE.search(wording.bare) else []
        elif region is not None and topics:
            cards += self._beside(region, aspect, *topics[0])
        return [replace(card, score=card.score * wording.quality) for card in cards]

    def _by_name(self, wording: Wording, aspect: Aspect | None) -> list[Card]:
        best: dict[str, float] = {}
        for text in {wording.text, wording.bare}:
            if len(text) < SHORTEST or (wording.generic and not _OFFICE.search(text)):
                continue
            covered, share = self._names.match(text)
            for (owner, weight), one, other in zip(self._owners, covered, share, strict=True):
                best[owner] = max(best.get(owner, 0.0), weight * float(one) * (0.7 + 0.3 * float(other)))
        return [
            Card(self._entries[owner], aspect, NAMED * likeness)
            for owner, likeness in best.items()
            if likeness > LIKELY
        ]

    def _anywhere(self, aspect: Aspect | None) -> list[Card]:
        """No region is known: the line for the whole country, then the others."""
        offices = [office for office in self._knowledge.offices.values() if _has(office, aspect, None)]
        offices.sort(key=lambda office: COUNTRY not in office.regions)
        return [Card(self._entries[o.id], aspect, 1.0 - 0.01 * min(place, 50)) for place, o in enumerate(offices)]

    def _beside(self, region: str, aspect: Aspect | None, topic: Entry, score: float) -> list[Card]:
        """A topic is asked, and of it perhaps a number or an address: the office that does it. ``score`` includes the
        quality of the wording."""
        own = {code for code, distance in self._distances(region).items() if distance == 0}
        row = self._knowledge.topics[topic.topic or ""]
        cards: list[Card] = []
        ranked = self.of_region(region, aspect)
        # Of those that have what is asked, the one with the fewest other matters; else the list as it is.
        ranked.sort(key=lambda card: self._matters(card, row) if aspect else 0)
        for card in ranked:
            office = self._knowledge.offices[card.entry.office or ""]
            if aspect is not None and own & {*office.regions} and _businesses(office) & {row.id, row.family, "all"}:
                cards.append(replace(card, score=score * BESIDE - 0.01 * len(cards)))
            elif not cards:
                cards.append(replace(card, score=OFFERED))
        return cards

    def _matters(self, card: Card, topic: Topic) -> int:
        """How many matters an office is for, of one that is for this topic by name."""
        businesses = self._knowledge.offices[card.entry.office or ""].businesses
        return len(businesses) if {topic.id, topic.family} & {*businesses} else 1000

    def _by_number(self, digits: str) -> list[Card]:
        """Whose number this is, or begins or ends so."""
        if len(digits) < FEWEST_DIGITS:
            return []
        cards = []
        for office in self._knowledge.offices.values():
            likeness = [(_likeness(line, digits), line) for line in office.lines]
            score, line = max(likeness, key=lambda row: row[0], default=(0.0, None))
            if score and line is not None:
                supervises = line.purpose is Purpose.SUPERVISION
                aspect = Aspect.SUPERVISION_PHONE if supervises else Aspect.PHONE
                cards.append(Card(self._entries[office.id], aspect, NUMBER * score))
        return cards

    def _distances(self, region: str) -> dict[str, int]:
        """Levels above ``region``; the Corps and other provinces inherit nothing of Xinjiang's."""
        regions = self._knowledge.regions
        chain = [region]
        if regions.in_xinjiang(region):
            chain += [above.code for above in regions.ancestors(region)]
        levels = {code: level for level, code in enumerate(chain) if code != XINJIANG or code == region}
        return {**levels, XINJIANG: 3, COUNTRY: 4} if regions.in_xinjiang(region) else {**levels, COUNTRY: 4}


def _served(office: Office) -> list[str]:
    return [code for line in office.lines for code in line.regions]


def _businesses(office: Office) -> set[str]:
    return {*office.businesses, *(name for line in office.lines for name in line.businesses)}


def _has(office: Office, aspect: Aspect | None, regions: Mapping[str, int] | None) -> bool:
    """Whether an office has what is asked, for ``regions`` where it is not None; a number, where nothing is."""
    if aspect is Aspect.PLACE:
        return office.address is not None
    if aspect is Aspect.HOURS:
        return office.hours is not None
    purpose = Purpose.SUPERVISION if aspect is Aspect.SUPERVISION_PHONE else Purpose.CONSULTATION
    lines = [line for line in office.lines if line.purpose is purpose]
    return any(regions is None or regions.keys() & {*line.regions} for line in lines)


def _likeness(line: Line, digits: str) -> float:
    area, _, number = line.number.rpartition("-")
    if digits in (number, area + number):
        return 1.0
    if number.startswith(digits) or number.endswith(digits):
        return 0.9
    if (area + number).startswith(digits):
        return 0.85
    return 0.8 if digits in area + number else 0.0
