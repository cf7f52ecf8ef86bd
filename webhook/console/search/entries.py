"""What can be found: the topics, and the offices with their lines; each with the words by which it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.schema import Block, Guide, Office, Topic
from knowledge.store import Knowledge
from nlu.normalise import normalise

_SPLIT = re.compile(r"[^\u4e00-\u9fffa-z0-9]+")


@dataclass(frozen=True)
class Entry:
    """``names``: normalised, with how surely each means this entry (1: its own name). ``body``: what is said in it,
    by pieces that are all different."""

    topic: str | None
    office: str | None
    title: str
    names: tuple[tuple[str, float], ...]
    body: tuple[str, ...] = ()


FAMILY = 0.6
"""Of a menu's label for a group of topics, as a name of each."""

TERM = 0.8
"""Of a literal of a screen or form that stands in one topic only; it is shared by those in which it stands."""

OFTEN = 6
"""Topics from which a term says nothing about any."""


def topic_entries(knowledge: Knowledge) -> list[Entry]:
    """The topics in the order of the menu; those that it does not list, behind."""
    families = {topic: family.label for shelf in knowledge.menu.shelves for family in shelf.families
                for topic in family.topics}  # fmt: skip
    order = list(dict.fromkeys([*knowledge.menu.topics, *families, *knowledge.topics]))
    topics = [knowledge.topics[name] for name in order if name in knowledge.topics]
    bodies = {topic.id: tuple(dict.fromkeys(_said(topic))) for topic in topics}
    terms = [normalise(term.text) for term in knowledge.terms]
    joined = {name: "\n".join(body) for name, body in bodies.items()}
    holding = {term: [name for name, text in joined.items() if term in text] for term in terms}
    entries = []
    for topic in topics:
        names = {_plain(name): 1.0 for name in (topic.name, topic.label, *topic.aliases)}
        names.setdefault(_plain(families.get(topic.id, "")), FAMILY)
        for term, those in holding.items():
            if topic.id in those and len(those) < OFTEN:
                names.setdefault(term, TERM / len(those))
        named = tuple((name, weight) for name, weight in names.items() if name)
        entries.append(Entry(topic.id, None, topic.name, named, bodies[topic.id]))
    return entries


def office_entries(knowledge: Knowledge) -> list[Entry]:
    """The offices in the order of their file, each under a title of its own."""
    offices = list(knowledge.offices.values())
    names = [office.name for office in offices]
    return [
        Entry(None, office.id, office.short if names.count(office.name) > 1 else office.name, _office_names(office))
        for office in offices
    ]


def _office_names(office: Office) -> tuple[tuple[str, float], ...]:
    names = {_plain(name): 1.0 for name in (office.name, office.short)}
    for line in office.lines:
        names.setdefault(_plain(line.label), 1.0)
        names.setdefault(_plain(line.note or ""), 0.6)
    names.setdefault(_plain(office.address or ""), 0.9)
    return tuple((name, weight) for name, weight in names.items() if name)


def _plain(text: str) -> str:
    """One spelling, without signs."""
    return _SPLIT.sub("", normalise(text))


def _said(topic: Topic) -> Iterator[str]:
    seen: set[str] = set()
    for text in _texts(topic):
        if text not in seen:
            seen.add(text)
            yield normalise(text)


def _texts(topic: Topic) -> Iterator[str]:
    for guide in topic.guides:
        yield from _of_guide(guide)
    for question in topic.left_open:
        yield question.text
        yield from question.examples


def _of_guide(guide: Guide) -> Iterator[str]:
    for blocks in guide.aspects.values():
        for block in blocks:
            yield from _of_block(block)


def _of_block(block: Block) -> Iterator[str]:
    yield from filter(None, (block.lead, block.title))
    yield from (fact.text for fact in block.facts if fact.text)
    yield from (warning.text for warning in block.warnings)
    yield from (cue for cue in block.cues if "+" not in cue)
