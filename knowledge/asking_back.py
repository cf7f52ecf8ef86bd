"""Questions back (rule 7): which has to be asked before the answer, and its taps."""

from __future__ import annotations

from dataclasses import replace

from knowledge.case import Case, close, waiting_for
from knowledge.conversation import Answer, Asked, Memory, Notice, Option, Request
from knowledge.schema import Aspect, Question, Topic
from knowledge.store import Knowledge
from knowledge.unanswered import leaves_open


def find_question(topic: Topic, aspects: tuple[Aspect, ...], case: Case) -> Question | None:
    """The question that has to be asked first, if the answer depends on it and nothing decides yet (rule 7)."""
    if case.cued(topic) or leaves_open(case, topic):
        return None
    for question in topic.questions:
        if (aspects or tuple(topic.default_aspects))[0] not in question.aspects:
            continue
        if question.named and not any(word in case.text for word in question.named):
            continue
        if any(word in case.text for word in question.unless):
            continue
        if question.asks == "care" and (case.person.scope or case.person.care) is not None:
            continue
        if question.asks == "insurance" and case.person.insurance is not None:
            continue
        return question
    return None


def ask_back(
    question: Question, topic: Topic, aspects: tuple[Aspect, ...], text: str, memory: Memory, knowledge: Knowledge
) -> Answer:
    """Asks ``question``; its taps, or the answer in words, go on with what was asked."""
    options = []
    for choice in question.choices:
        nowhere = not (choice.topic or choice.choose or choice.care or choice.insurance)
        request = Request(
            topic=choice.topic or topic.id,
            aspects=tuple(choice.aspects) or aspects,
            text="" if choice.topic else text,
            question=choice.choose,
            scope=choice.care,
            insurance=choice.insurance,
            none_of_these=nowhere,
        )
        options.append(Option(choice.label, choice.send, request))
    pending = Request(topic.id, aspects, text)
    memory = replace(memory, topic=topic.id, aspects=aspects or tuple(topic.default_aspects), text=text)
    given = offer(
        Notice("asked", {"text": question.text}), tuple(options), replace(memory, pending=pending), topic.id, knowledge
    )
    return replace(given, topic_name=topic.name, answers=(Asked(topic.id, aspects or tuple(topic.default_aspects)),))


def offer(
    phrase: Notice, options: tuple[Option, ...], memory: Memory, topic: str | None, knowledge: Knowledge
) -> Answer:
    """A fixed sentence with taps; what was being asked before stays open."""
    given = close(Case(knowledge, memory, "").begin("clarify", topic=topic, phrase=phrase, options=options), None)
    return waiting_for(given, memory.pending) if memory.pending else given
