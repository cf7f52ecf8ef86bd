"""One message, read: the steps from raw text to ``Understanding``, top to bottom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.conversation import Asked, Mention, Understanding
from knowledge.schema import Aspect, Care
from nlu.aspects import AspectWords
from nlu.classifier import Columns, Floats, LinearClassifier, Vocabulary, Words, features
from nlu.gazetteer import Gazetteer
from nlu.gazetteer import Mention as Place
from nlu.homophones import Homophones
from nlu.normalise import normalise
from nlu.people import find_insurance, find_person
from nlu.recognisers import (
    Recognised,
    recognise_abuse,
    recognise_choice,
    recognise_credentials,
    recognise_emergency,
    recognise_from_context,
    recognise_human,
    recognise_menu,
    recognise_script,
)

LONGEST = 500
"""Characters of a message that are read; the rest of a longer one is left out."""

ASPECT_SURE = 0.5
"""Probability from which the aspect classifier decides where no word does."""

ALSO_SURE = 0.55
"""Probability from which a clause counts as a question of its own."""

_CLAUSES = re.compile(r"[?？。；;!！]|另外|顺便|还有(?![什啥别没多])|还想问|再问")


_INTRODUCED = re.compile("^的?[,。]")


def _begins(text: str, place: Place) -> bool:
    """Says whether a place of Xinjiang opens its clause: 天山区的，… says where somebody is insured."""
    local = place.codes[0].startswith("65")
    return local and (place.start == 0 or text[place.start - 1] in ",。" or text[: place.start].endswith("我是"))


_CORRECTS = re.compile("说错|打错|写错|搞错|弄错|更正|不对")


def _corrected(text: str, found: Sequence[Place], mentions: list[Mention]) -> list[Mention]:
    """沙湾，哎说错了，是乌苏: the place before the correction is taken back, the one behind it takes its role."""
    for i in range(len(found) - 1):
        if _CORRECTS.search(text[found[i].end : found[i + 1].start]):
            role = mentions[i + 1].role if mentions[i].role == "mentioned" else mentions[i].role
            mentions[i + 1] = replace(mentions[i + 1], role=role)
            mentions[i] = replace(mentions[i], role="denied")
    return mentions


_AT_HOME = ("designated_institution", "remote_care_cancellation")
"""Topics in which a place of care in Xinjiang is where one is insured: one registers with a hospital, or comes back."""

_HOSPITAL = re.compile("的?(县|市|地区|州)?(人民|中医?|中心|第.)?(县|市)?医院")


def _mentions(text: str, found: Sequence[Place], intent: str) -> tuple[Mention, ...]:
    """The places with their roles; of two places of care in Xinjiang, the one whose hospital sends is home."""
    mentions = _corrected(text, found, [Mention(m.text, tuple(m.codes), m.role.value) for m in found])
    mentions = [
        replace(m, role="insured") if m.role == "care" and _INTRODUCED.match(text[f.end :]) and _begins(text, f) else m
        for m, f in zip(mentions, found, strict=True)
    ]
    if any(m.role == "insured" for m in mentions):
        return tuple(mentions)
    local = [i for i, m in enumerate(mentions) if m.role == "care" and m.codes[0].startswith("65")]
    home = local if intent.startswith(_AT_HOME) else []
    if not home and len({m.codes[0] for m in mentions if m.role == "care"}) > 1:
        home = [i for i in local if _HOSPITAL.match(text[found[i].end :])][:1]
    return tuple(replace(m, role="insured") if i in home else m for i, m in enumerate(mentions))


_DENIED = re.compile(r"(打错了|说错了)?[,。]?(我)?不是(要|想|来|去|问|说)?[^,。?!;吗]{2,14}[,。;](?=.{3,})")
"""不是要投诉，是想咨询…: what is not meant is not read."""


def _without_denied(masked: str) -> str:
    rest = _DENIED.sub("", masked)
    return rest if len(rest) >= 4 else masked


@dataclass(frozen=True)
class Reader:
    """Everything that reading needs; built by training, loaded with the release."""

    gazetteer: Gazetteer
    homophones: Homophones
    aspect_words: AspectWords
    words: Words
    vocabulary: Vocabulary
    topics: LinearClassifier
    aspects: LinearClassifier
    details: LinearClassifier
    """What a conversation intent is about: smalltalk.thanks."""
    conversation: frozenset[str]
    """Intents that are not topics: they have no aspects of their own and are no second question."""

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
        asked = self.aspect_words.find(masked)
        without = self.aspect_words.remove(masked)
        recognised = (
            recognise_choice(text)
            or recognise_script(raw, text)
            or recognise_emergency(text)
            or recognise_menu(text)
            or recognise_human(text)
            or recognise_credentials(text)
            or recognise_abuse(text)
            or recognise_from_context(masked, without, bool(found or hint), asked, insurance)
        )
        ranking = self.rank(masked)
        intent, confidence = (recognised.intent, recognised.confidence) if recognised else ranking[0]
        return Understanding(
            text=text,
            intent=intent,
            confidence=confidence,
            ranking=tuple(ranking[:6]),
            aspects=self._aspects(masked, asked, recognised),
            mentions=_mentions(text, found, intent),
            care=Care(hint) if hint else None,
            insurance=insurance,
            person=person,
            opens_case=opens_case,
            number=recognised.number if recognised else None,
            also=() if recognised else self._read_further(masked, intent),
            detail=recognised.detail if recognised and recognised.detail else self._classify_detail(masked, intent),
        )

    def rank(self, masked: str) -> list[tuple[str, float]]:
        """Ranks the intents for text whose places are masked."""
        return self.topics.predict(*self._row(masked))

    def _row(self, masked: str) -> tuple[Columns, Floats]:
        return self.vocabulary.weigh(features(masked, self.words))

    def _aspects(self, masked: str, asked: tuple[Aspect, ...], recognised: Recognised | None) -> tuple[Aspect, ...]:
        """By the words that ask for them. Words that name a channel (小程序, 窗口) often only say where somebody
        stands: they come last, and where there are no others the classifier is asked first."""
        if Aspect.CHANNELS in asked:
            asked = (*(a for a in asked if a is not Aspect.CHANNELS), Aspect.CHANNELS)
        if recognised or (asked and asked[0] is not Aspect.CHANNELS):
            return asked
        name, chance = self.aspects.predict(*self._row(masked))[0]
        if chance < ASPECT_SURE or name == Aspect.OVERVIEW.value:
            return asked
        return tuple(dict.fromkeys((Aspect(name), *asked)))

    def _classify_detail(self, masked: str, intent: str) -> str | None:
        """Of the details that training knows for a conversation intent, the likeliest."""
        if intent not in self.conversation:
            return None
        known = (name for name, _ in self.details.predict(*self._row(masked)) if name.startswith(f"{intent}."))
        return next((name.partition(".")[2] for name in known), None)

    def _read_further(self, masked: str, intent: str) -> tuple[Asked, ...]:
        """Finds further questions, clause by clause, about other topics than ``intent``."""
        clauses = [c for c in _CLAUSES.split(masked) if len(c) >= 4]
        if len(clauses) < 2 or intent in self.conversation:
            return ()
        further: dict[str, Sequence[Aspect]] = {}
        for clause in clauses:
            name, chance = self.rank(clause)[0]
            if chance >= ALSO_SURE and name != intent and name not in self.conversation:
                further.setdefault(name, self.aspect_words.find(clause))
        return tuple(Asked(name, tuple(aspects)) for name, aspects in list(further.items())[:1])
