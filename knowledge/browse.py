"""The menu: shelves, families, topics and aspects by taps, so that everything is reached without typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.case import CONTACT
from knowledge.contacts import find_offices
from knowledge.conversation import Browse, Memory, Option, Person, Request
from knowledge.fields import Level, Situation, find_field
from knowledge.options import MOST, topic_options
from knowledge.schema import OFFICE_ASPECTS, Aspect, Topic
from knowledge.store import Knowledge
from knowledge.told import plain

ROOT = Browse()


def find_entry(text: str, knowledge: Knowledge) -> Browse | None:
    """The place in the menu whose tap sends just this text; it holds when the conversation has been forgotten."""
    for at, shelf in enumerate(knowledge.menu.shelves):
        if plain(text) == plain(shelf.label):
            return Browse(at)
        for inner, family in enumerate(shelf.families):
            if plain(text) == plain(family.label):
                return Browse(at, inner)
    return None


def browse_options(place: Browse, memory: Memory, knowledge: Knowledge) -> tuple[Option, ...]:
    """What can be tapped at a place of the menu: shelves and the contact, families of a shelf, topics of a family.

    A place that this release's menu does not have, from a tap of an older one, is its beginning.
    """
    listed = _entries(place, memory, knowledge)
    if place.start >= len(listed):
        place, listed = ROOT, _entries(ROOT, memory, knowledge)
    return _page(listed, place, knowledge)


def _entries(place: Browse, memory: Memory, knowledge: Knowledge) -> list[Option]:
    shelves = knowledge.menu.shelves
    if place.shelf is None:
        listed = [_tap(shelf.label, Browse(at)) for at, shelf in enumerate(shelves)]
        return [*listed, contact_option(knowledge, memory.person.region)]
    families = shelves[place.shelf].families if place.shelf < len(shelves) else []
    if place.family is None and len(families) > 1:
        return [_tap(family.label, Browse(place.shelf, at)) for at, family in enumerate(families)]
    chosen = families[place.family or 0 :][:1]
    return [_browsing(option) for family in chosen for option in topic_options(knowledge, family.topics)]


def aspect_options(
    topic: Topic, asked: Sequence[Aspect], person: Person, place: Browse, knowledge: Knowledge
) -> tuple[Option, ...]:
    """What else can be asked of a topic by a tap: the aspects that something is on file about."""
    listed = [
        Option(label, f"{topic.label}{label}", Request(topic.id, (aspect,), browse=ROOT))
        for aspect, label in knowledge.menu.aspects.items()
        if aspect not in asked and _on_file(topic, aspect, person, knowledge)
    ]
    if place.start >= len(listed):
        place = ROOT
    return _page(listed, place, knowledge, Request(topic.id, tuple(asked)), MOST - 1)


def contact_option(knowledge: Knowledge, region: str | None) -> Option:
    label = knowledge.menu.contact
    return Option(label, label, Request(CONTACT, (Aspect.PHONE, Aspect.PLACE, Aspect.HOURS), label, region=region))


def _tap(label: str, place: Browse) -> Option:
    return Option(label, label, Request(browse=place))


def _browsing(option: Option) -> Option:
    return replace(option, request=replace(option.request, browse=ROOT))


def _page(
    options: Sequence[Option], place: Browse, knowledge: Knowledge, request: Request | None = None, most: int = MOST
) -> tuple[Option, ...]:
    """At most ``most`` taps; the last leads to the others. Five with a long text each are more than WeChat takes."""
    left = options[place.start :]
    if len(left) <= most:
        return tuple(left)
    more = replace(request or Request(), browse=replace(place, start=place.start + most - 1))
    return (*left[: most - 1], Option(knowledge.menu.more, knowledge.menu.more, more))


def _on_file(topic: Topic, aspect: Aspect, person: Person, knowledge: Knowledge) -> bool:
    if aspect in OFFICE_ASPECTS:
        return person.region is None or bool(find_offices(knowledge, person.region, (topic.id, topic.family)))
    situation = Situation(person.region, person.care, person.scope, person.insurance)
    field = find_field(topic, aspect, situation, knowledge.regions)
    return field is not None and (person.region is None or field.blocks[0].level is not Level.ELSEWHERE)
