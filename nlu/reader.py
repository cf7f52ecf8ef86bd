"""One message, read: the steps from raw text to ``Understanding``, top to bottom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.conversation import Asked, Understanding
from knowledge.schema import OFTEN_SAID, Aspect, Care
from nlu.aspects import AspectWords
from nlu.classifier import Columns, Floats, LinearClassifier, Vocabulary, Words, features
from nlu.concepts import Concepts
from nlu.gazetteer import Gazetteer
from nlu.homophones import Homophones
from nlu.mentions import settle_mentions
from nlu.normalise import normalise
from nlu.opening import asked_of_time
from nlu.people import find_insurance, find_person
from nlu.recognisers import (
    recognise_abuse,
    recognise_choice,
    recognise_credentials,
    recognise_emergency,
    recognise_fraud,
    recognise_from_context,
    recognise_human,
    recognise_menu,
    recognise_opening,
    recognise_others,
    recognise_script,
    takes_back,
)

Row = tuple[Columns, Floats]
"""The weighed features of one text; worked out once a message."""

Ranking = Sequence[tuple[str, float]]
"""Classes with their probability, the likeliest first."""

LONGEST = 500
"""Characters of a message that are read; the rest of a longer one is left out."""

ASPECT_SURE = 0.5
"""Probability from which the aspect classifier decides where no word does."""

LIKELY = 0.6
"""Probability of the first aspect below which the second is likely as well."""

LIKELY_TOO = 0.2
"""Probability from which the second is. Measured on training examples left out in turn: of messages without a word for
an aspect, the first is right in 82 of 100, one of the two in 88, and a message has 1.17 aspects."""

_HOW = frozenset({Aspect.OVERVIEW.value, Aspect.STEPS.value})

NAMED = 0.8
"""Probability of a topic that is named by a name that tells it."""

ALSO_SURE = 0.55
"""Probability from which a clause counts as a question of its own."""

_CLAUSES = re.compile(r"[?？。；;!！]|另外|顺便|还有(?![什啥别没多])|还想问|再问")

_COMMAS = re.compile("[,，]")
"""Between two questions of one sentence: 申请定点要几天，每次结算又是几天."""

_AMOUNT = re.compile("多少钱|多少块|几块|几百|几千|多少元")

_DENIED = re.compile(
    r"(打错了|说错了)?[,。]?(我)?不是(要|想|来|去|问|说)?[^,。?!;吗]{2,14}[,。;](?=.{3,})|(?<=.{4})[,。]不是[^,。?!;吗]{1,8}$"
)
"""不是要投诉，是想咨询…: what is not meant is not read."""


def _without_denied(masked: str) -> str:
    rest = _DENIED.sub("", masked)
    return rest if len(rest) >= 3 else masked


@dataclass(frozen=True)
class Reader:
    """Everything that reading needs; built by training, loaded with the release."""

    gazetteer: Gazetteer
    homophones: Homophones
    aspect_words: AspectWords
    words: Words
    concepts: Concepts
    vocabulary: Vocabulary
    topics: LinearClassifier
    aspects: LinearClassifier
    details: LinearClassifier
    """What a conversation intent is about: smalltalk.thanks."""
    conversation: frozenset[str]
    """Intents that are not topics: they have no aspects of their own and are no second question."""
    telling_names: Mapping[str, str]
    """Names that tell a topic by themselves, with the topic."""

    def read(self, raw: str) -> Understanding:
        """Understands one message. Never raises."""
        text = self.homophones.mend_words(normalise(raw)[:LONGEST])
        found = self.gazetteer.find(text)
        if not any(m.codes[0].startswith("65") for m in found):
            text = self.homophones.mend_places(text)
            found = self.gazetteer.find(text)
        masked = _without_denied(self.gazetteer.mask(text, found))
        hint = self.gazetteer.hint(text)
        person, opens_case = find_person(text)
        insurance = find_insurance(masked)
        asked = asked_of_time(masked, self.aspect_words.find(masked))
        without = self.aspect_words.remove(masked)
        recognised = (
            recognise_choice(text)
            or recognise_script(raw, text)
            or recognise_emergency(text)
            or recognise_menu(text)
            or recognise_human(text)
            or recognise_credentials(text)
            or recognise_others(text)
            or recognise_fraud(text)
            or recognise_abuse(text)
            or recognise_opening(masked, bool(found or hint))
            or recognise_from_context(masked, without, bool(found or hint), asked, insurance)
        )
        row = self._row(masked)
        ranking = self._rank(row, masked)
        # 给补多少钱 asks for an amount, which is no aspect; whether something costs, 收费吗, is asked in words.
        guessed = [] if recognised or _AMOUNT.search(masked) else self.aspects.predict(*row)
        intent, confidence = (recognised.intent, recognised.confidence) if recognised else ranking[0]
        return Understanding(
            text=text,
            intent=intent,
            confidence=confidence,
            ranking=tuple(ranking[:6]),
            said=asked,
            aspects=_aspects(guessed, asked),
            likely=_likely(guessed, asked),
            mentions=settle_mentions(text, found, intent),
            care=Care(hint) if hint else None,
            insurance=insurance,
            person=person,
            opens_case=opens_case,
            corrects=takes_back(text),
            number=recognised.number if recognised else None,
            also=() if recognised else self._read_further(masked, intent),
            detail=recognised.detail if recognised and recognised.detail else self._classify_detail(row, intent),
        )

    def rank(self, masked: str) -> list[tuple[str, float]]:
        """Ranks the intents for text whose places are masked."""
        return self._rank(self._row(masked), masked)

    def _rank(self, row: Row, masked: str) -> list[tuple[str, float]]:
        ranking = self.topics.predict(*row)
        named = {topic for name, topic in self.telling_names.items() if name in masked}
        if len(named) != 1:
            return ranking
        (topic,) = named
        chances = dict(ranking)
        others = 1 - chances[topic]
        chance = max(chances[topic], NAMED)
        scaled = [(name, p * (1 - chance) / others if others else 0.0) for name, p in ranking if name != topic]
        return sorted([(topic, chance), *scaled], key=lambda pair: -pair[1])

    def _row(self, masked: str) -> Row:
        return self.vocabulary.weigh(features(masked, self.words, self.concepts))

    def _classify_detail(self, row: Row, intent: str) -> str | None:
        """Of the details that training knows for a conversation intent, the likeliest."""
        if intent not in self.conversation:
            return None
        known = (name for name, _ in self.details.predict(*row) if name.startswith(f"{intent}."))
        return next((name.partition(".")[2] for name in known), None)

    def _read_further(self, masked: str, intent: str) -> tuple[Asked, ...]:
        """Finds further questions, clause by clause, about other topics than ``intent``."""
        if intent in self.conversation:
            return ()
        clauses = [c for c in _CLAUSES.split(masked) if len(c) >= 4]
        if len(clauses) < 2:
            clauses = [c for c in _COMMAS.split(masked) if len(c) >= 4 and self.aspect_words.find(c)]
        if len(clauses) < 2:
            return ()
        further: dict[str, Sequence[Aspect]] = {}
        for clause in clauses:
            name, chance = self.rank(clause)[0]
            if chance >= ALSO_SURE and name != intent and name not in self.conversation:
                further.setdefault(name, self.aspect_words.find(clause))
        return tuple(Asked(name, tuple(aspects)) for name, aspects in list(further.items())[:1])


def _aspects(guessed: Ranking, asked: tuple[Aspect, ...]) -> tuple[Aspect, ...]:
    """By the words that ask for them. Words that often only say where somebody stands (手机上, 给我爸办) come
    behind the others; where a channel is all that is named, the classifier is asked first."""
    asked = tuple(sorted(asked, key=lambda a: 2 if a is Aspect.CHANNELS else a in OFTEN_SAID))
    if asked[:1] == (Aspect.STEPS,) and Aspect.STATUS in asked:
        asked = (Aspect.STATUS, *(a for a in asked if a is not Aspect.STATUS))
    if not guessed or (asked and asked[0] is not Aspect.CHANNELS):
        return asked
    name, chance = guessed[0]
    if chance < ASPECT_SURE or name == Aspect.OVERVIEW.value:
        return asked
    return tuple(dict.fromkeys((Aspect(name), *asked)))


def _likely(guessed: Ranking, asked: tuple[Aspect, ...]) -> tuple[Aspect, ...]:
    """The aspect that the whole message makes likeliest, and the second where the first is not sure. Beside words
    that ask for another one, only where it is sure and more than how something is done; 手机上 is no such word."""
    if not guessed:
        return ()
    (first, chance), (second, other) = guessed[:2]
    if asked and asked[0] is not Aspect.CHANNELS:
        return () if chance < ASPECT_SURE or first in _HOW else (Aspect(first),)
    too = chance < LIKELY and other > LIKELY_TOO and second not in _HOW
    return (Aspect(first), Aspect(second)) if too else (Aspect(first),)
