"""The figures of a run, as the page and the plots take them."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from tests.bench.load import Load
from tests.bench.processes import Memory

DISTURBED = 0.1
"""Share of all processors from which what other programs took makes a load no fair comparison."""


@dataclass(frozen=True)
class Figures:
    """Of one load on one server. Times in milliseconds; ``rate`` in messages a second.

    ``cpu`` is what the server's processes used a message, of all processors together; ``client`` the share of one
    processor that the load generator took, ``others`` that of all processors that neither server nor generator took.
    ``wrong`` counts replies that are none, and requests without one.
    """

    messages: float
    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float
    client: float
    others: float
    wrong: float


def figures(load: Load, wrong: int, cpu: float, machine: float) -> Figures:
    """``cpu`` and ``machine``: seconds of processors that the server took, and all programs together.

    Raises SystemExit where nothing was answered at all.
    """
    count = len(load.latencies)
    if count < 2:
        raise SystemExit("no replies: nothing to measure")
    return Figures(
        messages=count,
        rate=count / load.seconds,
        p50=percentile(load.latencies, 50),
        p95=percentile(load.latencies, 95),
        p99=percentile(load.latencies, 99),
        cpu=cpu / count * 1000,
        client=load.client / load.seconds,
        others=max(0.0, machine - cpu - load.client) / load.seconds / (os.cpu_count() or 1),
        wrong=wrong + load.broken,
    )


def percentile(seconds: Sequence[float], percent: int) -> float:
    """Milliseconds within which ``percent`` of 100 replies came."""
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000


def middle(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure; messages and wrong replies are added up."""
    medians = {f.name: statistics.median(getattr(each, f.name) for each in rounds) for f in fields(Figures)}
    summed = {name: sum(getattr(each, name) for each in rounds) for name in ("messages", "wrong")}
    return Figures(**medians | summed)


@dataclass(frozen=True)
class Held:
    """Memory of one server after its load. ``programs``: the largest process first."""

    programs: tuple[Memory, ...]
    redis: Memory | None

    @property
    def together(self) -> float:
        """Megabytes that the machine needs for all of it."""
        return sum(each.pss for each in (*self.programs, *([self.redis] if self.redis else [])))


@dataclass(frozen=True)
class Searched:
    """Searches of the console. Milliseconds; ``build`` in seconds, ``memory`` in megabytes."""

    queries: int
    p50: float
    p99: float
    longest: float
    build: float
    memory: float


@dataclass(frozen=True)
class Size:
    """A server with ``times`` as many guides, and the console's search in them."""

    times: int
    guides: int
    topics: int
    start: float
    memory: float
    p50: float
    search: Searched


@dataclass
class Results:
    """``loads`` by server and kind of load, one entry a round; ``starts`` and ``held`` by server; ``turns`` gives
    the milliseconds of each turn of a long conversation, ``stages`` milliseconds of a message by stage. ``seen``: how
    much of what is asked by the frequency curve a worker had been asked before, when the clock started."""

    loads: dict[tuple[str, str], list[Figures]] = field(default_factory=dict)
    starts: dict[str, list[float]] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    seen: list[float] = field(default_factory=list)
    doors: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    turns: dict[str, list[float]] = field(default_factory=dict)
    sizes: list[Size] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    training: float | None = None

    def of(self, server: str, kind: str) -> Figures:
        return middle(self.loads[server, kind])

    def door(self, server: str, kind: str) -> float:
        """Milliseconds of a message that the bot did not take, one at a time: the door and the way to it."""
        return statistics.median(self.doors[server, kind])

    def disturbed(self) -> list[tuple[str, str, float]]:
        """Server, load, and the share of the machine that others took, where that was more than DISTURBED."""
        found = ((*key, self.of(*key).others) for key in self.loads)
        return [each for each in found if each[2] > DISTURBED]

    def spread(self, server: str, kind: str) -> str:
        """The lowest and the highest rate of the rounds."""
        rates = [each.rate for each in self.loads[server, kind]]
        return f"{min(rates):,.0f}–{max(rates):,.0f}" if len(rates) > 1 else "one round"

    def start(self, server: str) -> float:
        return statistics.median(self.starts[server])
