"""Where two topics are taught the same question, or one says "not in the documents" of what another now answers.

The bot cannot tell two topics apart that its editors have not told apart.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from knowledge.editor.findings import Finding, error, warning
from knowledge.schema import Topic
from knowledge.store import Knowledge, topic_file

ALIKE = 0.75
"""Share of neighbouring characters in common, of all that either has, from which two examples ask the same."""

SHORTEST = 6
"""Characters of an example that is compared: shorter ones are alike by chance."""

OFTEN = 3
"""Pairs of such examples from which two topics overlap. With today's examples no two have more than one."""


@dataclass(frozen=True)
class Spoken:
    """One training example and where it stands."""

    file: str
    field: str
    intent: str
    text: str


def check_examples(examples: Sequence[Spoken]) -> Iterator[Finding]:
    """The same example twice, and topics that overlap."""
    first: dict[str, Spoken] = {}
    for example in examples:
        before = first.setdefault(_bare(example.text), example)
        if before is example:
            continue
        if before.intent == example.intent:
            yield warning(example.file, example.field, f"例句“{example.text}”写了两遍", "删掉一句")
        else:
            cause = f"例句“{example.text}”也在 {before.file}（{before.intent}）里，机器人分不清是哪一件"
            yield error(example.file, example.field, cause, "只留在它该在的那一处")
    for (one, other), pairs in sorted(_find_alike(first).items()):
        if len(pairs) >= OFTEN:
            mine, theirs = pairs[0]
            cause = f"{one} 和 {other} 有{len(pairs)}对例句几乎一样，比如“{mine.text}”和“{theirs.text}”"
            yield warning(mine.file, mine.field, cause, "想清楚哪种问法归哪一件，改写或挪走；两件其实是一件就合起来")


def check_left_open(knowledge: Knowledge, young: Mapping[str, int]) -> Iterator[Finding]:
    """What a topic says that no document answers, where a topic that has just been added carries the name of it.
    ``young``: the examples of the topics that have few."""
    for topic in knowledge.topics.values():
        for number, question in enumerate(topic.left_open):
            for other in (knowledge.topics[each] for each in young if each != topic.id):
                if question.answered_by is None and any(name in question.text for name in _names(other)):
                    cause = f"这里写着“文件没写：{question.text}”，新加的“{other.label}”也许答了"
                    remedy = f"答得了，就在“由哪个事项回答”里写 {other.id}；答不了，不用改"
                    yield warning(topic_file(topic), f"left_open[{number}]", cause, remedy)


def _names(topic: Topic) -> list[str]:
    return [name for name in (topic.name, topic.label, *topic.aliases) if len(name) > 2]


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _find_alike(examples: Mapping[str, Spoken]) -> dict[tuple[str, str], list[tuple[Spoken, Spoken]]]:
    """By the names of two intents: examples of one that are nearly one of the other.

    Two sets that have so much in common share one of their rarest pairs of characters: only those that do are compared.
    """
    compared = [(_pairs(bare), example) for bare, example in examples.items() if len(bare) >= SHORTEST]
    counts = Counter(pair for pairs, _ in compared for pair in pairs)
    holding: defaultdict[str, list[int]] = defaultdict(list)
    found: defaultdict[tuple[str, str], list[tuple[Spoken, Spoken]]] = defaultdict(list)
    for number, (pairs, example) in enumerate(compared):
        rarest = sorted(pairs, key=lambda pair: (counts[pair], pair))[: len(pairs) - ceil(ALIKE * len(pairs)) + 1]
        near = sorted({candidate for pair in rarest for candidate in holding[pair]})
        for pair in rarest:
            holding[pair].append(number)
        for candidate in near:
            others, other = compared[candidate]
            if other.intent != example.intent and len(pairs & others) >= ALIKE * len(pairs | others):
                one, two = sorted((example, other), key=lambda each: each.intent)
                found[one.intent, two.intent].append((one, two))
    return found


def _pairs(bare: str) -> frozenset[str]:
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))
