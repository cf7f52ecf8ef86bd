"""Tells whether a trained model still fits: a new number needs no training, a new name of a topic does."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from knowledge.schema import Topic
from knowledge.store import Knowledge
from nlu.training import ASPECT_WORDS, CONCEPTS, Ingredients


def content_examples(topic: Topic) -> list[tuple[str, str]]:
    """What the content itself tells of how people ask, as the topic that is meant and the text: name, aliases, and the
    questions that are left open; one that another topic answers by now is that topic's."""
    called = [(topic.id, name) for name in (topic.name, *topic.aliases)]
    asked = [(question.answered_by or topic.id, text) for question in topic.left_open for text in question.examples]
    return list(dict.fromkeys((*called, *asked)))


def fingerprint(knowledge: Knowledge, data: Path) -> str:
    """Of everything that training learns from: the same for two states of content and examples that give one model.

    ``data``: the folder of the examples. Raises ``OSError``.
    """
    told = hashlib.sha256()
    # How it learns, and from what.
    for path in (ASPECT_WORDS, CONCEPTS, *sorted(Path(__file__).parent.glob("*.py"))):
        told.update(path.read_bytes())
    for path in sorted(data.rglob("*.yml")):
        told.update(path.relative_to(data).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    needed = Ingredients.of(knowledge)
    asked = {topic.id: (topic.label, *content_examples(topic)) for topic in knowledge.topics.values()}
    regions = [json.loads(region.json()) for region in needed.regions]
    told.update(json.dumps([regions, needed.words, needed.topics, asked], ensure_ascii=False).encode())
    return told.hexdigest()
