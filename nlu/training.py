"""Builds a ``Reader`` from training examples and content, and keeps it in a folder without pickles."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import jieba
import numpy as np

from knowledge.regions import Regions
from knowledge.schema import Aspect, Region, RegionKind
from knowledge.store import Knowledge
from nlu.aspects import AspectWords
from nlu.classifier import KEPT, LinearClassifier, Vocabulary, Words, features
from nlu.concepts import Concepts
from nlu.gazetteer import Gazetteer
from nlu.homophones import Homophones
from nlu.normalise import normalise
from nlu.reader import Reader

ASPECT_WORDS = Path(__file__).parent / "aspects.yml"
CONCEPTS = Path(__file__).parent / "concepts.yml"


@dataclass(frozen=True)
class Example:
    """One training sentence. ``detail``: what a conversation intent is about (smalltalk: thanks)."""

    text: str
    intent: str
    aspects: tuple[Aspect, ...] = ()
    detail: str | None = None


@dataclass(frozen=True)
class Ingredients:
    """What of the content reading needs: plain, so that a model can carry it."""

    regions: tuple[Region, ...]
    words: tuple[str, ...]
    topics: tuple[str, ...]
    telling_names: Mapping[str, str] = field(default_factory=dict)
    """Names that tell a topic by themselves, with the topic (``nlu.young_topics``)."""

    @classmethod
    def of(cls, knowledge: Knowledge) -> Ingredients:
        """Takes regions, topic ids, and the content's terms, names and aliases as words that are not to be split."""
        topics = knowledge.topics.values()
        names = [n for t in topics for n in (t.name, *t.aliases)]
        words = {normalise(w) for w in [*(t.text for t in knowledge.terms), *names]}
        pure = sorted(w for w in words if re.fullmatch(r"[\u4e00-\u9fffa-z]{2,8}", w))
        return cls(tuple(knowledge.regions.by_code.values()), tuple(pure), tuple(sorted(knowledge.topics)))


def train_reader(examples: Sequence[Example], ingredients: Ingredients) -> Reader:
    """Trains topic, aspect and detail classifiers on masked, normalised text."""
    gazetteer = Gazetteer(Regions(list(ingredients.regions)))
    tokenizer = _tokenizer(tuple(ingredients.words))
    words: Words = tokenizer.lcut
    homophones = _homophones(ingredients.regions, ingredients.words, tokenizer)
    masked = [_mask(gazetteer, homophones, e.text) for e in examples]
    concepts = Concepts.load(CONCEPTS)
    found = [features(text, words, concepts) for text in masked]
    vocabulary = Vocabulary.learn(found)
    rows = [vocabulary.weigh(f) for f in found]
    width = len(vocabulary.index)

    def fit(pairs: Iterable[tuple[int, str]]) -> LinearClassifier:
        chosen = list(pairs)
        return LinearClassifier.train([rows[i] for i, _ in chosen], [label for _, label in chosen], width)

    labels = {e.intent for e in examples}
    return Reader(
        gazetteer=gazetteer,
        homophones=homophones,
        aspect_words=AspectWords.load(ASPECT_WORDS),
        words=words,
        concepts=concepts,
        vocabulary=vocabulary,
        topics=fit((i, e.intent) for i, e in enumerate(examples)),
        aspects=fit(
            (i, e.aspects[0].value) for i, e in enumerate(examples) if e.aspects and e.intent in ingredients.topics
        ),
        details=fit((i, f"{e.intent}.{e.detail}") for i, e in enumerate(examples) if e.detail),
        conversation=frozenset(labels - {*ingredients.topics}),
        telling_names=ingredients.telling_names,
    )


def save_reader(reader: Reader, ingredients: Ingredients, folder: Path) -> None:
    """Writes four files into ``folder``; ``load_reader`` gives the same reader back."""
    classifiers = {"topics": reader.topics, "aspects": reader.aspects, "details": reader.details}
    arrays = {"idf": reader.vocabulary.idf}
    for name, machine in classifiers.items():
        arrays |= {
            f"{name}.weights": machine.weights.astype(KEPT),
            f"{name}.bias": machine.bias,
            f"{name}.slope": machine.slope,
            f"{name}.offset": machine.offset,
        }
    np.savez(folder / "classifiers.npz", **arrays)
    listing = {
        "features": list(reader.vocabulary.index),
        "classes": {name: machine.classes for name, machine in classifiers.items()},
        "conversation": sorted(reader.conversation),
        "words": ingredients.words,
        "topics": ingredients.topics,
        "telling_names": dict(ingredients.telling_names),
        "regions": [json.loads(region.json()) for region in ingredients.regions],
    }
    (folder / "reader.json").write_text(json.dumps(listing, ensure_ascii=False), encoding="utf-8")
    for path in (ASPECT_WORDS, CONCEPTS):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")


def load_reader(folder: Path) -> Reader:
    """Loads what ``save_reader`` wrote. Raises ``OSError``, ``KeyError`` or ``ValueError`` where files are broken."""
    listing = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    with np.load(folder / "classifiers.npz", allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}

    def machine(name: str) -> LinearClassifier:
        parts = (kept[f"{name}.{part}"].astype(np.float32) for part in ("weights", "bias", "slope", "offset"))
        return LinearClassifier(tuple(listing["classes"][name]), *parts)

    regions = [Region.parse_obj(row) for row in listing["regions"]]
    tokenizer = _tokenizer(tuple(listing["words"]))
    concepts = folder / CONCEPTS.name
    return Reader(
        gazetteer=Gazetteer(Regions(regions)),
        homophones=_homophones(regions, listing["words"], tokenizer),
        aspect_words=AspectWords.load(folder / "aspects.yml"),
        words=tokenizer.lcut,
        # A release from before the concepts knows no feature of theirs.
        concepts=Concepts.load(concepts) if concepts.is_file() else Concepts({}),
        vocabulary=Vocabulary({feature: i for i, feature in enumerate(listing["features"])}, kept["idf"]),
        topics=machine("topics"),
        aspects=machine("aspects"),
        details=machine("details"),
        conversation=frozenset(listing["conversation"]),
        telling_names=listing.get("telling_names", {}),
    )


def _homophones(regions: Iterable[Region], words: Iterable[str], tokenizer: jieba.Tokenizer) -> Homophones:
    local = [
        row for row in regions if row.code.startswith("65") and row.kind in (RegionKind.PREFECTURE, RegionKind.COUNTY)
    ]
    names = (name for row in local for name in (row.short, row.name))
    return Homophones(
        names, words, lambda word: tokenizer.FREQ.get(word) or 0, lambda text: tokenizer.cut(text, HMM=False)
    )


@lru_cache(maxsize=1)
def _tokenizer(words: tuple[str, ...]) -> jieba.Tokenizer:
    """A tokenizer of its own: jieba's global one would mix two releases in one process. Two with the same words share
    one, and all of them the texts of jieba's half million words: a swap of releases has to fit into memory."""
    tokenizer = jieba.Tokenizer()
    plain = _plain_tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = plain.FREQ.copy(), plain.total, True
    for word in words:
        tokenizer.add_word(word)
    return tokenizer


@lru_cache(maxsize=1)
def _plain_tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def _mask(gazetteer: Gazetteer, homophones: Homophones, raw: str) -> str:
    text = homophones.mend_words(normalise(raw))
    return gazetteer.mask(text, gazetteer.find(text))
