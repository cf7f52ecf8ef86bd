"""The search of the console: what is typed while a caller speaks, and the entries that it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from knowledge.schema import OFFICE_ASPECTS, Aspect
from knowledge.store import Knowledge
from nlu.aspects import AspectWords
from nlu.training import ASPECT_WORDS
from webhook.console.search.entries import Entry, office_entries, topic_entries
from webhook.console.search.hits import Found, Hit
from webhook.console.search.letters import Letters
from webhook.console.search.offices import OfficeRanking
from webhook.console.search.places import Places
from webhook.console.search.query import WORDS, QueryReader, Shorthand, Wording
from webhook.console.search.ranking import Suggest, TopicRanking, Weights

CONTACT = "contact"
"""What the bot takes a question after an office for."""

LEAST = 0.04
"""Score below which an entry is not shown."""

REMEMBERED = 512
"""Texts whose ranking is kept: one query asks for it more than once, and so does the next keystroke."""

OFFICES_FIRST = 2
"""Cards of a region before what is asked most, where a region is all that is given."""

OFFICE_WEIGHT = 0.5
"""Of an office's name beside a topic's, where the same letters stand for both."""


class Search:
    """Finds entries of one release. Building takes some two seconds, ``find`` some milliseconds."""

    def __init__(
        self,
        knowledge: Knowledge,
        suggest: Suggest,
        asked: Callable[[], Mapping[str, int]],
        weights: Weights = Weights(),
    ) -> None:
        """``suggest``: the bot's own ranking of topics for a text; what it ranks that is no topic is passed over.
        ``asked``: how often each topic was asked; called at every search."""
        self._knowledge = knowledge
        self._asked = asked
        suggest = lru_cache(REMEMBERED)(suggest)
        topics, offices = topic_entries(knowledge), office_entries(knowledge)
        shorthand = Shorthand.load(WORDS)
        phrases = [*_phrases(topics, 1.0), *_phrases(offices, OFFICE_WEIGHT)]
        said = (*shorthand.phrases, *shorthand.also_called, *shorthand.also_called.values())
        phrases += [(word, 1.0) for word in said]
        sentences = {piece for entry in topics for piece in entry.body}
        letters = Letters(phrases, sorted(sentences | {*shorthand.aspects} | {*shorthand.offices}))
        places = Places(knowledge.regions, _published(knowledge))
        self._reader = QueryReader(places, letters, AspectWords.load(ASPECT_WORDS), shorthand, suggest)
        self._suggest = suggest
        self._topics = TopicRanking(topics, suggest, weights)
        self._offices = OfficeRanking(offices, knowledge)
        self._on_file = {
            topic.id: {aspect for guide in topic.guides for aspect in guide.aspects} | OFFICE_ASPECTS
            for topic in knowledge.topics.values()
        }

    def find(self, query: str, region: str | None = None, limit: int = 8) -> Found:
        """The entries that ``query`` means, best first, at most ``limit``. ``region``: the code that is preset; one
        named in the query comes before it. Never raises for what is in ``query``; only its beginning is read
        (``LONGEST`` in query.py)."""
        if query.strip() and not any(character.isalnum() for character in query):
            return Found(region, "", ())
        wordings, digits = self._reader.read(query)
        asked = self._asked()
        best: dict[tuple[str | None, str | None], Hit] = {}
        chosen, highest = wordings[0], -1.0
        for wording in wordings:
            found = list(self._hits(wording, region, digits, asked))
            if wording is wordings[0] and wording.generic and not found:
                # Nothing but an aspect, or what says nothing at all.
                listed = islice(self._most_asked(asked, wording), max(0, limit))
                return Found(wording.region or region, wording.rest, tuple(listed))
            for hit in found:
                known = best.get((hit.topic, hit.office))
                if known is None or known.score < hit.score:
                    best[hit.topic, hit.office] = hit
                if hit.score > highest:
                    chosen, highest = wording, hit.score
        hits = sorted((hit for hit in best.values() if hit.score > LEAST), key=lambda hit: -hit.score)
        if not chosen.rest:
            offices = [hit for hit in hits if hit.office][:OFFICES_FIRST]
            hits = [*offices, *self._most_asked(asked)]
        return Found(chosen.region or region, chosen.rest, tuple(hits[: max(0, limit)]))

    def _hits(self, wording: Wording, preset: str | None, digits: str, asked: Mapping[str, int]) -> Iterator[Hit]:
        topics = self._topics.rank(wording, asked)
        for entry, score in topics:
            yield Hit(entry.topic, None, self._aspect(entry, wording), entry.title, score)
        contact = dict(self._suggest(wording.text)).get(CONTACT, 0.0)
        for card in self._offices.rank(wording, preset, digits, topics, contact):
            yield Hit(None, card.entry.office, card.aspect, card.entry.title, card.score)

    def _most_asked(self, asked: Mapping[str, int], wording: Wording | None = None) -> Iterator[Hit]:
        for entry, score in self._topics.by_liking(asked):
            yield Hit(entry.topic, None, self._aspect(entry, wording) if wording else None, entry.title, score)

    def _aspect(self, entry: Entry, wording: Wording) -> Aspect | None:
        """What of a topic is asked; a word that only names the topic (取消备案) asks for nothing of it."""
        text = wording.rest.replace(" ", "").replace(",", "")
        said = [name for name, weight in entry.names if weight == 1.0 and name in text]
        rest = text.replace(max(said, key=len), "") if said else text
        asked = wording.aspects if rest == text else self._reader.aspects_in(rest)
        return next((aspect for aspect in asked if aspect in self._on_file[entry.topic or ""]), None)


def _phrases(entries: Sequence[Entry], share: float) -> list[tuple[str, float]]:
    return [(name, weight * share) for entry in entries for name, weight in entry.names]


def _published(knowledge: Knowledge) -> set[str]:
    """Regions that have an office or a guide of their own."""
    guides = {guide.published_by for topic in knowledge.topics.values() for guide in topic.guides}
    return guides | {code for office in knowledge.offices.values() for code in office.regions}
