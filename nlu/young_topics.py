"""A topic that an editor has just added: a handful of examples against hundreds of everybody else's.

Two things are done for it until it has examples enough. Its names are asked in everyday frames, so that whoever says
the name is understood. And what was taught as "not in the documents" or "not ours" under that very name is left out:
it was true before there was the topic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nlu.normalise import normalise
from nlu.training import Example

ENOUGH = 20
"""Examples with which a topic needs no help (design §5)."""

FRAMES = (
    "{}", "{}怎么办", "{}咋弄", "怎么弄{}", "{}在哪办", "{}要带什么", "想办{}", "我要{}", "给家里人办{}",
    "帮老人弄{}", "{}办不了咋办", "问一下{}的事", "{}是咋回事", "没有{}怎么办", "{}能不能网上办",
    "{}多久能办好", "娃娃的{}咋办",
)  # fmt: skip

SHORTEST = 3
"""Characters of a name by which an example of another intent is known to be about the topic."""

NO_ANSWER = ("not_in_documents", "out_of_scope")

_HEADS = ("医疗保险", "基本医疗保险", "医保", "医疗")
"""What people leave away of a name."""


def bring_up(examples: Sequence[Example], names: Mapping[str, Sequence[str]]) -> list[Example]:
    """``names``: what each topic is called. The examples, with help for the topics that have few of them."""
    counts = Counter(example.intent for example in examples)
    young = {topic: _short_forms(called) for topic, called in names.items() if counts[topic] < ENOUGH}
    if not young:
        return list(examples)
    known = [name for called in young.values() for name in called if len(name) >= SHORTEST]
    kept = [example for example in examples if example.intent not in NO_ANSWER or not _says(example.text, known)]
    framed = [
        Example(frame.format(name), topic) for topic, called in young.items() for name in called for frame in FRAMES
    ]
    return [*kept, *framed]


def _short_forms(called: Sequence[str]) -> list[str]:
    found = [normalise(name) for name in called]
    shorter = [name.removeprefix(head) for name in found for head in _HEADS if name.startswith(head)]
    return list(dict.fromkeys([*found, *(name for name in shorter if len(name) >= SHORTEST)]))


def _says(text: str, names: Sequence[str]) -> bool:
    told = normalise(text)
    return any(name in told for name in names)
