"""What can be tapped under an answer. Labels come from the content; at most five (rule 7)."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.conversation import Option, Request
from knowledge.schema import Aspect, Topic
from knowledge.store import Knowledge

MOST = 5


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
