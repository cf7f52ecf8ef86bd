"""The menu of the project's own content: everything is reached by taps alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.message import Option
from bot.parts import Sentences, cut
from bot.phrases import Phrases
from bot.wording import Wording
from knowledge.answer import answer
from knowledge.browse import find_entry
from knowledge.conversation import Answer, Browse, Memory, Person, Understanding
from knowledge.menu import Shelf
from knowledge.schema import Aspect
from knowledge.store import load_knowledge
from nlu.normalise import normalise

KNOWLEDGE = load_knowledge(Path(__file__).parents[2] / "knowledge" / "content")
MOST_TAPS = 8
PHRASES = Phrases.load()
MORE = PHRASES("answer.more")
WORDING = Wording(PHRASES, KNOWLEDGE.regions)
SENTENCES = Sentences(PHRASES.template("answer.options"), PHRASES.template("answer.options_list"), MORE)


def all_can_be_tapped(given: Answer) -> bool:
    """In WeChat, within what a message holds; 更多 is the assistant's own word, for the next part of a reply."""
    options = tuple(Option(o.label, o.send) for o in given.options)
    first = cut(WORDING.word(given), options, SENTENCES)[0]
    taps = first.count("<a href=") - first.count(f">{MORE}</a>")
    return taps == len(options) and MORE not in [o.send for o in options]


def tap_through(region: str | None) -> tuple[set[str], set[tuple[str, Aspect]]]:
    """Topics answered, and aspects answered of them, by tapping everything from the menu on."""
    start = Memory().with_person(Person(region=region))
    reached: set[str] = set()
    aspects: set[tuple[str, Aspect]] = set()
    seen: set[object] = set()
    open_answers = [answer(Understanding("菜单", "menu"), start, KNOWLEDGE)]
    for _ in range(MOST_TAPS):
        following: list[Answer] = []
        for given in open_answers:
            assert len(given.options) <= 5
            assert all_can_be_tapped(given), given
            for option in given.options:
                if option.request.browse is None or option.request.region or option.request in seen:
                    continue
                seen.add(option.request)
                tapped = answer(Understanding(normalise(option.send), "smalltalk"), given.memory, KNOWLEDGE)
                assert tapped.status in ("answered", "clarify", "not_in_documents"), option
                reached.update(row.topic for row in tapped.answers)
                aspects.update((row.topic, aspect) for row in tapped.answers for aspect in row.aspects)
                following.append(tapped)
        open_answers = following
    return reached, aspects


@pytest.mark.parametrize("region", [None, "654203", "650102", "652922"])
def test_every_topic_is_reached_without_typing(region: str | None) -> None:
    assert tap_through(region)[0] >= {*KNOWLEDGE.topics}


def test_the_aspects_of_a_topic_are_reached_without_typing() -> None:
    """Shawan's sheets say all of these about it."""
    said = (Aspect.MATERIALS, Aspect.ELIGIBILITY, Aspect.TIME_LIMIT, Aspect.CHANNELS, Aspect.FEE, Aspect.PHONE)
    _, aspects = tap_through("654203")

    assert {("remote_care_retiree", aspect) for aspect in said} <= aspects


@pytest.mark.parametrize("shelf", KNOWLEDGE.menu.shelves, ids=lambda shelf: str(shelf.label))
def test_a_tap_still_leads_there_when_the_conversation_is_forgotten(shelf: Shelf) -> None:
    at = KNOWLEDGE.menu.shelves.index(shelf)
    assert find_entry(normalise(shelf.label), KNOWLEDGE) == Browse(at)
    for inner, family in enumerate(KNOWLEDGE.menu.shelves[at].families):
        place = find_entry(normalise(family.label), KNOWLEDGE)
        assert place is not None
        assert (place.shelf, place.family) == (at, inner)
