"""What is said of a topic where there is nothing to answer with: not ours, left open, or not on file (rule 8)."""

from __future__ import annotations

from dataclasses import replace

from knowledge.case import REMOTE_CARE, Case, close
from knowledge.conversation import Answer, Asked, Notice
from knowledge.fields import Placed, cover, cue_score
from knowledge.options import next_options
from knowledge.schema import Aspect, OpenQuestion, Topic

MOSTLY = 0.7
"""Share of an example's pairs of characters that stand in a message which asks the same."""

SAME = 60
"""Score of such a message: more than any cue gives."""

PLAINLY = 40
"""Score from which an open question is asked plainly: four characters of a cue."""

MUCH = 20
"""How much harder an open question must be hit than a block to be the whole answer: two characters."""


def refuse(case: Case, topic: Topic, asked: tuple[Aspect, ...]) -> Answer | None:
    """What is said to somebody whose insurance is not ours to answer for: of the Corps, or of another province."""
    if case.insured_in_corps:
        phrase = Notice("corps", {"region": case.name(case.person.region or "")})
        return _say(case, topic, asked, "not_in_documents", phrase)
    if case.insured_outside and (topic.family != REMOTE_CARE or not case.care_in_xinjiang):
        phrase = Notice("other_province", {"region": case.name(case.person.region or "")})
        return _say(case, topic, asked, "out_of_scope", phrase)
    return None


def find_left_open(
    case: Case, topic: Topic, cued: list[Placed], named: bool = False
) -> tuple[OpenQuestion | None, bool]:
    """The open question that the message hits harder than any block, and whether by so much that it is all there is
    to say; else the block answers, and the question is said to be left open behind it. ``named``: the message asks in
    so many words for an aspect that is on file, so that a short cue is not enough."""
    scored = [(_open_score(case.text, q, topic), q) for q in topic.left_open]
    score, question = max(scored, key=lambda pair: pair[0], default=(0, None))
    best = max((cue_score(case.text, p.block.cues) for p in cued), default=0)
    if score <= best:
        return None, False
    return question, score > best + MUCH and (score >= PLAINLY or not named)


def leaves_open(case: Case, topic: Topic) -> bool:
    """Says whether the message asks what the topic's documents leave open, and nothing else."""
    return find_left_open(case, topic, case.cued(topic))[1]


def _open_score(text: str, question: OpenQuestion, topic: Topic) -> int:
    """How hard a message hits an open question: by its cues, or because most of an example stands in it.

    The words of the topic's own name ask nothing: 门诊慢特病病种待遇认定要哪些材料 is not 哪些病种.
    """
    names = (topic.name, *topic.aliases)
    covered = max((cover(text, example, names) for example in question.examples), default=0.0)
    return max(cue_score(text.replace(topic.name, ""), question.cues), SAME if covered >= MOSTLY else 0)


def say_left_open(case: Case, topic: Topic, asked: tuple[Aspect, ...], question: OpenQuestion) -> Answer:
    """The documents leave just this open; whom to ask."""
    answer = _say(case, topic, asked, "not_in_documents", Notice("left_open", {"topic": topic.name}))
    return replace(answer, left_open=(question.text,))


def say_nothing_written(case: Case, topic: Topic, asked: tuple[Aspect, ...]) -> Answer:
    """What is said of ``topic`` when its documents do not answer: which open question it is, where that is known."""
    question, _ = find_left_open(case, topic, [])
    if question is None or question.answered_by is not None:
        return say_nothing_found(case, topic, asked)
    return say_left_open(case, topic, asked, question)


def say_nothing_found(case: Case, topic: Topic, asked: tuple[Aspect, ...]) -> Answer:
    """Nothing of what was asked is on file; whom to ask."""
    key = "nothing_on_file" if topic.guides else "not_recorded"
    return _say(case, topic, asked, "not_in_documents", Notice(key, {"topic": topic.name}))


def _say(case: Case, topic: Topic, asked: tuple[Aspect, ...], status: str, phrase: Notice) -> Answer:
    contact = case.contact((topic.id, topic.family))
    options = (
        next_options(topic, asked)[:3]
        if status == "not_in_documents" and topic.guides and not case.insured_in_corps
        else ()
    )
    answer = case.begin(status, topic=topic, phrase=phrase, contact=contact, options=options)
    return close(replace(answer, answers=(Asked(topic.id, asked),)), topic.id, asked, case.text)
