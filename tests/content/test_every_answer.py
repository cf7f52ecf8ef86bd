"""Every answer that the project's own content gives: no foreign number, and a form that WeChat takes.

Each topic is asked in every county, prefecture and pool of Xinjiang for its phone and, in turn, for one other aspect
(all of all would take a minute); whole conversations are drawn at random.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.message import Option
from bot.parts import MOST_BYTES, Sentences, cut, read
from bot.phrases import Phrases
from bot.wording import Wording
from knowledge.answer import answer
from knowledge.conversation import (
    SELF,
    Answer,
    Asked,
    Memory,
    Mention,
    Person,
    Understanding,
    from_json,
    to_json,
)
from knowledge.regions import COUNTRY
from knowledge.schema import Aspect, Care, Insurance, Purpose, RegionKind, Topic
from knowledge.show import show_topic
from knowledge.store import load_knowledge
from nlu.normalise import normalise

CONTENT = Path(__file__).parents[2] / "knowledge" / "content"
KNOWLEDGE = load_knowledge(CONTENT)
PHRASES = Phrases.load()
WORDING = Wording(PHRASES, KNOWLEDGE.regions)
SENTENCES = Sentences(
    PHRASES.template("answer.options"), PHRASES.template("answer.options_list"), PHRASES("answer.more")
)

NUMBER = re.compile(r"(?<!\d)(?:0\d{2,3}-?\d{7,8}|12393)(?!\d)")
LINES = [row for office in KNOWLEDGE.offices.values() for row in office.lines]
XINJIANG = [r for r in KNOWLEDGE.regions.by_code.values() if KNOWLEDGE.regions.in_xinjiang(r.code)]
COUNTIES = [r.code for r in XINJIANG if r.kind is RegionKind.COUNTY]
ABOVE = [r.code for r in XINJIANG if r.kind in (RegionKind.PREFECTURE, RegionKind.POOL)]
REGIONS = [*COUNTIES, *ABOVE]
TOPICS = list(KNOWLEDGE.topics.values())


def numbers_of(region: str | None) -> set[str]:
    """Published numbers that may be told to somebody insured there: its own, its prefecture's, the last resort."""
    places = {COUNTRY} if region is None else {COUNTRY, region, *(r.code for r in KNOWLEDGE.regions.ancestors(region))}
    return {row.number for row in LINES if places & {*row.regions}}


ALLOWED = {region: numbers_of(region) for region in (None, *REGIONS)}


def shown(given: Answer) -> tuple[str, ...]:
    """The parts, checked for what holds of every answer."""
    options = tuple(Option(o.label, o.send) for o in given.options)
    parts = cut(WORDING.word(given), options, SENTENCES)
    assert parts[0]
    assert all(len(part.encode()) <= MOST_BYTES for part in parts)
    assert given.contact is None or given.contact.number in parts[0]
    assert len(given.options) <= 5
    return parts


def numbers(parts: Iterable[str]) -> set[str]:
    return {number for part in parts for number in NUMBER.findall(part)}


def ask(topic: Topic, region: str | None, *aspects: Aspect, text: str = "", **person: object) -> Answer:
    understood = Understanding(text, topic.id, aspects=aspects)
    return answer(understood, Memory(people={SELF: Person(region, **person)}), KNOWLEDGE)  # type: ignore[arg-type]


def cues_of(topic: Topic) -> list[str]:
    blocks = [b for g in topic.guides for rows in g.aspects.values() for b in rows]
    cues = [cue for b in blocks for cue in b.cues] + [cue for q in topic.left_open for cue in q.cues]
    return [cue.replace("+", "") for cue in cues]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.id))
def test_no_county_is_told_the_number_of_another(topic: Topic) -> None:
    aspects = [aspect for aspect in Aspect if aspect is not Aspect.PHONE]
    for turn, region in zip(count(TOPICS.index(topic)), REGIONS):
        for aspect in (Aspect.PHONE, aspects[turn % len(aspects)]):
            given = ask(topic, region, aspect)
            foreign = numbers(shown(given)) - ALLOWED[region]
            assert foreign == set(), (KNOWLEDGE.regions.by_code[region].name, aspect)
            if aspect is not Aspect.SUPERVISION_PHONE and given.contact:
                assert given.contact.purpose == Purpose.CONSULTATION.value


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.id))
def test_every_aspect_without_a_region_tells_nobodys_number(topic: Topic) -> None:
    for aspect in Aspect:
        given = ask(topic, None, aspect)
        assert numbers(shown(given)) <= ALLOWED[None], aspect
        if aspect in (Aspect.PHONE, Aspect.PLACE, Aspect.HOURS) and given.status != "not_in_documents":
            assert given.status == "clarify"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.id))
def test_every_cue(topic: Topic) -> None:
    """What people ask in the words of the content, in a region of each kind."""
    regions = [None, "650102", "654203", "654202", "653226", "653101", "659900"]
    for turn, cue in enumerate(dict.fromkeys(cues_of(topic))):
        region = regions[turn % len(regions)]
        for scope in (None, Care.XINJIANG, Care.CROSS_PROVINCE):
            given = ask(topic, region, text=normalise(cue), scope=scope)
            assert numbers(shown(given)) <= ALLOWED[region], cue


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.id))
def test_every_option_can_be_tapped_typed_and_said(topic: Topic) -> None:
    """What a tap sends comes back normalised; whatever the classifier makes of it, the option counts."""
    for region in (None, "654203", "654202"):
        for aspect in (*topic.default_aspects, Aspect.MATERIALS, Aspect.STEPS, Aspect.PHONE):
            before = ask(topic, region, aspect)
            for number, option in enumerate(before.options, 1):
                heard = [
                    Understanding(str(number), "option", number=number),
                    Understanding(normalise(option.send), "out_of_scope", 0.3),
                    Understanding(normalise(option.label), "smalltalk", 0.9),
                ]
                first, *others = [answer(understood, before.memory, KNOWLEDGE) for understood in heard]
                shown(first)
                for other in others:
                    assert (other.status, other.topic, other.answers) == (first.status, first.topic, first.answers)
                    assert other.phrase == first.phrase


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.id))
def test_show_prints_every_county(topic: Topic) -> None:
    for region in ("650102", "654203", "654202", "653226", "653101"):
        printed = list(show_topic(KNOWLEDGE, topic, region))
        assert printed[0].startswith(topic.name)
        assert numbers(printed) <= ALLOWED[region]


INTENTS = [
    *(
        "emergency",
        "human",
        "smalltalk",
        "refused",
        "own_account",
        "not_in_documents",
        "out_of_scope",
        "menu",
        "contact",
    ),
    *("foreign_language", "inform", "follow_up", "option", "affirm", "deny", "nothing", "an_intent_of_tomorrow"),
]
CODES = sorted(KNOWLEDGE.regions.by_code)
TEXTS = sorted({cue for topic in TOPICS for cue in cues_of(topic)})
MENTIONS = st.builds(
    lambda codes, role: Mention("", tuple(codes), role),
    st.lists(st.one_of(st.sampled_from(REGIONS), st.sampled_from(CODES)), min_size=1, max_size=2),
    st.sampled_from(["insured", "care", "mentioned", "denied"]),
)
ASPECTS = st.lists(st.sampled_from(list(Aspect)), max_size=3, unique=True).map(tuple)
NAMES = st.sampled_from([topic.id for topic in TOPICS])
CHANCES = st.floats(0, 1)
UNDERSTANDINGS = st.builds(
    Understanding,
    text=st.one_of(st.sampled_from(TEXTS).map(normalise), st.sampled_from(["", "12393", "6023208", "都不是", "沙湾"])),
    intent=st.one_of(NAMES, st.sampled_from(INTENTS)),
    confidence=CHANCES,
    ranking=st.lists(st.tuples(NAMES, CHANCES), max_size=4).map(tuple),
    aspects=ASPECTS,
    mentions=st.lists(MENTIONS, max_size=2).map(tuple),
    care=st.sampled_from([None, None, *Care]),
    insurance=st.sampled_from([None, None, *Insurance]),
    person=st.sampled_from([None, None, SELF, "父亲"]),
    opens_case=st.booleans(),
    number=st.sampled_from([None, None, 1, 2, 3, 4, 5]),
    also=st.lists(st.builds(Asked, NAMES, ASPECTS), max_size=1).map(tuple),
    detail=st.none(),
)


@settings(max_examples=250, deadline=None)
@given(st.lists(UNDERSTANDINGS, min_size=1, max_size=6))
def test_any_conversation(messages: list[Understanding]) -> None:
    """Nothing raises, everything can be worded, and the number under an answer is one of the insured region."""
    memory = Memory()
    for understood in messages:
        given = answer(understood, memory, KNOWLEDGE)
        shown(given)
        whose = any(n.key.startswith("whose_number") for n in given.notices)
        if given.contact and not whose and given.region in ALLOWED:
            assert given.contact.number in ALLOWED[given.region]
        memory = from_json(Memory, to_json(given.memory))
        assert memory == given.memory


def test_an_answer_does_not_change_what_it_is_given() -> None:
    memory = Memory(people={SELF: Person("654203")})
    before = to_json(memory)
    for topic in TOPICS[:10]:
        understood = Understanding("", topic.id)
        assert answer(understood, memory, KNOWLEDGE) == answer(replace(understood), memory, KNOWLEDGE)
    assert to_json(memory) == before


def test_taps_are_read_as_their_labels() -> None:
    given = ask(KNOWLEDGE.topics["remote_care_filing"], None, Aspect.PHONE)
    (part,) = shown(given)
    assert "<a href=" in part
    assert "<a href=" not in read(part)
