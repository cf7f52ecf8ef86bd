"""A topic that an editor has just added: a handful of examples against hundreds of everybody else's.

Four things are done for it until it has examples enough. Whoever says a name that hardly any other topic's examples
hold means it, however long the message. Its names are asked in everyday frames. What was taught as "not in the
documents" or "not ours" with words that only this topic has becomes its own: people asked it before there was an
answer. And what is much like its examples is no longer taught as having none. The exam tells where that goes too far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

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
"""Characters of a short form of a name."""

SIZES = (2, 3, 4)
"""Characters of the words that tell a topic from all others."""

RARER = 3
"""Times that a word stands among what had no answer for each time that it stands among other topics' examples."""

ALIKE = 0.3
"""Share of neighbouring characters in common, of all that either has, from which an example is about the topic."""

SELDOM = 3
"""Examples of other topics that may hold a name which tells its topic."""

NO_ANSWER = ("not_in_documents", "out_of_scope")

_HEADS = ("医疗保险", "基本医疗保险", "医保", "医疗")
"""What people leave away of a name."""


def bring_up(examples: Sequence[Example], names: Mapping[str, Sequence[str]]) -> list[Example]:
    """``names``: what each topic is called. The examples, with help for the topics that have few of them."""
    counts = Counter(example.intent for example in examples)
    young = {topic: _short_forms(called) for topic, called in names.items() if counts[topic] < ENOUGH}
    if not young:
        return list(examples)
    own = {topic: [normalise(e.text) for e in examples if e.intent == topic] for topic in young}
    unanswered = _count_pieces(e.text for e in examples if e.intent in NO_ANSWER)
    elsewhere = _count_pieces(e.text for e in examples if e.intent not in NO_ANSWER and e.intent not in young)
    rare = {piece for piece, count in unanswered.items() if elsewhere[piece] * RARER <= count}
    called = [name for short in young.values() for name in short if len(name) >= SHORTEST]
    found: list[Example] = []
    for example in examples:
        text = normalise(example.text)
        topic = next((t for t in young if _is_its(text, [*young[t], *own[t]], rare)), None)
        if example.intent not in NO_ANSWER:
            found.append(example)
        elif topic is not None:
            found.append(Example(example.text, topic))
        elif not _is_near(text, called, [other for texts in own.values() for other in texts]):
            found.append(example)
    framed = [
        Example(frame.format(name), topic) for topic, called in young.items() for name in called for frame in FRAMES
    ]
    return [*found, *framed]


def telling_names(examples: Sequence[Example], names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The names by which a message is known to be about a topic that has few examples, each with the topic.
    ``names``: what each topic is called."""
    counts = Counter(example.intent for example in examples)
    found: dict[str, str] = {}
    for topic, called in names.items():
        if counts[topic] >= ENOUGH:
            continue
        others = [normalise(e.text) for e in examples if e.intent != topic and e.intent not in NO_ANSWER]
        short = (name for name in _short_forms(called) if len(name) >= SHORTEST)
        found.update({name: topic for name in short if sum(name in text for text in others) <= SELDOM})
    return found


def _short_forms(called: Sequence[str]) -> list[str]:
    found = [normalise(name) for name in called]
    shorter = [name.removeprefix(head) for name in found for head in _HEADS if name.startswith(head)]
    return list(dict.fromkeys([*found, *(name for name in shorter if len(name) >= SHORTEST)]))


def _is_its(text: str, told: Sequence[str], rare: set[str]) -> bool:
    """Whether it says words that two of the topic's names and examples say, and hardly any other topic."""
    counts = Counter(piece for each in told for piece in _pieces(each))
    return any(counts[piece] > 1 and piece in rare for piece in _pieces(text))


def _is_near(text: str, names: Sequence[str], told: Sequence[str]) -> bool:
    """Whether it says a name, or is much like an example."""
    return any(name in text for name in names) or any(_likeness(text, other) >= ALIKE for other in told)


def _count_pieces(texts: Iterable[str]) -> Counter[str]:
    return Counter(piece for text in texts for piece in _pieces(normalise(text)))


def _pieces(text: str) -> set[str]:
    return {text[at : at + size] for size in SIZES for at in range(len(text) - size + 1)}


def _likeness(one: str, other: str) -> float:
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other)]
    return len(pairs[0] & pairs[1]) / max(1, len(pairs[0] | pairs[1]))
