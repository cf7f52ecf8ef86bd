"""What can be tapped under an answer. Labels come from the content; at most five (rule 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from knowledge.conversation import Answer, Option, Request, Understanding
from knowledge.schema import Aspect, Topic
from knowledge.store import Knowledge

MOST = 5

DOUBTED = 0.8
"""Confidence below which the services that come next are offered under an answer."""

WORTH_OFFERING = 0.06
"""Probability from which a service is worth a tap."""

FAR_FROM_IT = 0.2
"""The same where what was said before, not these words, gave the answer its service."""

OFFERED_UNDER = ("answered", "not_in_documents", "out_of_scope")

OTHERS = 2
"""Services offered so; the others of at most ``MOST`` taps stay those of the answer."""

FROM_WORDS = frozenset({"not_in_documents", "out_of_scope"})
"""Intents, beside the topics, that the classifier may have taken for a topic."""


def topic_options(knowledge: Knowledge, topics: Iterable[str], aspects: tuple[Aspect, ...] = ()) -> tuple[Option, ...]:
    """One option a topic, with its label."""
    chosen = [knowledge.topics[name] for name in topics if name in knowledge.topics]
    return tuple(Option(t.label, t.name, Request(t.id, aspects)) for t in chosen)


def next_options(topic: Topic, asked: tuple[Aspect, ...]) -> tuple[Option, ...]:
    """The topic's own follow-ups, less what was just asked."""
    options = []
    for choice in topic.next:
        same = (choice.topic in (None, topic.id)) and not choice.choose
        if same and {*choice.aspects} and {*choice.aspects} <= {*asked}:
            continue
        request = Request(
            topic=choice.topic or topic.id,
            aspects=tuple(choice.aspects),
            text=choice.send if same and not choice.aspects else "",
            question=choice.choose,
            scope=choice.care,
            insurance=choice.insurance,
        )
        options.append(Option(choice.label, choice.send, request))
    return tuple(options[: MOST - 1])


def region_options(knowledge: Knowledge, codes: Iterable[str], request: Request) -> tuple[Option, ...]:
    """Regions with a guide of their own, and last 其他县市 (rule 3)."""
    regions = [knowledge.regions.by_code[code] for code in dict.fromkeys(codes)][: MOST - 1]
    options = tuple(Option(r.short, r.short, _with_region(request, r.code)) for r in regions)
    return (*options, other_region(knowledge, request))


def other_region(knowledge: Knowledge, request: Request) -> Option:
    text = knowledge.menu.other_region
    return Option(text, text, Request(request.topic, request.aspects, request.text, type_region=True))


def none_of_these(knowledge: Knowledge) -> Option:
    text = knowledge.menu.none_of_these
    return Option(text, text, Request(none_of_these=True))


def _with_region(request: Request, code: str) -> Request:
    return Request(request.topic, request.aspects, request.text, region=code)


def offer_other(given: Answer, understanding: Understanding, knowledge: Knowledge) -> Answer:
    """Puts the likeliest services that were not answered under an answer that may be about the wrong one."""
    doubted = understanding.confidence < DOUBTED or given.topic != understanding.intent
    of_words = understanding.intent in knowledge.topics or understanding.intent in FROM_WORDS
    elsewhere = given.phrase is not None and given.phrase.key in ("corps", "other_province")
    if not (doubted and of_words) or elsewhere or given.status not in OFFERED_UNDER:
        return given
    told: set[str | None] = {option.request.topic for option in given.options}
    if given.status == "answered" or given.options:
        told |= {row.topic for row in given.answers}
    least = WORTH_OFFERING if given.topic == understanding.intent else FAR_FROM_IT
    others = [
        Option(topic.label, topic.name, Request(name, understanding.aspects, understanding.text))
        for name, chance in understanding.ranking
        if chance > least and name not in told and (topic := knowledge.topics.get(name)) and topic.guides
    ][:OTHERS]
    options = (*given.options[: MOST - len(others)], *others)
    return replace(given, options=options, memory=replace(given.memory, options=options)) if others else given
