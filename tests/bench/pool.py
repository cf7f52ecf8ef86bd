"""What is asked: the messages that the project knows people to write, each of them once or as often as people do."""

from __future__ import annotations

import json
import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, islice

import yaml

from webhook.command_line.terminal import PROJECT

EXAM = PROJECT / "tests" / "dialogue" / "exam"
EXAMPLES = PROJECT / "nlu" / "data"

EXPONENT = 1.0
"""Of the frequency curve: the message of rank r comes r ** EXPONENT times as seldom as the first."""


@dataclass(frozen=True)
class Pool:
    """``texts``: all different, in an order that is always the same and has no meaning."""

    texts: tuple[str, ...]

    @property
    def characters(self) -> float:
        """Of a message, on average."""
        return sum(map(len, self.texts)) / len(self.texts)

    def different(self, seed: int) -> Iterator[str]:
        """Every message once."""
        return iter(random.Random(seed).sample(self.texts, len(self.texts)))  # noqa: S311 (no secret)

    def frequent(self, seed: int) -> Iterator[str]:
        """Messages without end, as often as the frequency curve says."""
        draw = random.Random(seed)  # noqa: S311
        bounds = list(accumulate(self._chances()))
        while True:
            yield self.texts[bisect(bounds, draw.random() * bounds[-1], hi=len(bounds) - 1)]

    def share_of(self, first: int) -> float:
        """How much of the frequency curve the ``first`` most frequent messages make up."""
        return sum(self._chances()[:first])

    def share_seen(self, drawn: int) -> float:
        """How likely a message by the frequency curve is one of ``drawn`` that were drawn before."""
        return sum(chance * (1 - (1 - chance) ** drawn) for chance in self._chances())

    def _chances(self) -> list[float]:
        weights = [1 / rank**EXPONENT for rank in range(1, len(self.texts) + 1)]
        total = sum(weights)
        return [weight / total for weight in weights]


class Supply:
    """Messages for one server: what was built and not sent is given back, so that a pool lasts."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts

    def take(self, number: int) -> list[str]:
        """Fewer where no more are left."""
        return list(islice(self._texts, number))

    def give_back(self, texts: list[str]) -> None:
        self._texts = chain(texts, self._texts)


def load_pool() -> Pool:
    """The questions of the exam, without what is expected of them, and the examples of training."""
    texts = sorted({*_exam(), *_examples()})
    random.Random(0).shuffle(texts)  # noqa: S311
    return Pool(tuple(texts))


def _exam() -> Iterator[str]:
    for path in sorted(EXAM.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(line).get("text", "").strip()
            if text:
                yield text


def _examples() -> Iterator[str]:
    for path in sorted(EXAMPLES.rglob("*.yml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            lines = (line.strip().removeprefix("- ").strip() for line in entry["examples"].splitlines())
            yield from filter(None, lines)
