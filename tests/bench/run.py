"""``make bench``: stock Rasa, our doors and the ceiling side by side, on the release that answers now.

One server at a time, each started anew in every round, the rounds one after the other. ``--quick`` is one short round
without training and without the largest content, and writes to ``var/bench`` instead of ``docs``.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge.editor.release import Release
from tests.bench.doors import ask_door
from tests.bench.figures import Held, Results, Size, figures, percentile
from tests.bench.growth import TURNS, grow, talk
from tests.bench.load import send_in_turn, send_steadily
from tests.bench.page import write_page
from tests.bench.pool import Pool, Supply, load_pool
from tests.bench.processes import machine_seconds
from tests.bench.searching import measure_search
from tests.bench.servers import Server, yibao
from tests.bench.stages import measure_stages
from tests.bench.subjects import WORKERS, Kind, Subject, subjects
from tests.programs import YIBAO, environ
from webhook.command_line.terminal import PROJECT, live_release, load

CONNECTIONS = 16
RATE = 60
"""Messages a second of the open loop."""

PATIENCE = 300.0

SEARCHES = 3000
"""Queries of the console's search, at each size of the content."""


@dataclass(frozen=True)
class Plan:
    """How much is measured: seconds of the closed loop over one connection and over many, of the open loop, and of
    warming up. ``people`` have long conversations (an eighth of them with stock Rasa), ``stages`` messages are taken
    apart, ``same`` messages are asked at each of ``sizes``."""

    rounds: int = 3
    one: float = 2.0
    many: float = 4.0
    steady: float = 10.0
    warm: float = 4.0
    people: int = 40
    stages: int = 1500
    sizes: tuple[int, ...] = (1, 10, 100)
    same: int = 500
    trains: bool = True


QUICK = Plan(
    rounds=1,
    one=1.0,
    many=2.0,
    steady=4.0,
    warm=2.0,
    people=10,
    stages=300,
    sizes=(1, 10),
    same=200,
    trains=False,
)


_begun = time.monotonic()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.run", description="measures, and writes a page")
    parser.add_argument("--quick", action="store_true", help="about two minutes; the page goes to var/bench")
    quick = parser.parse_args().quick
    # So that what was started is stopped when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    settings = load()
    folder = settings.var / "bench" if quick else PROJECT / "docs"
    pool = load_pool()
    results = measure(live_release(settings), pool, QUICK if quick else Plan())
    write_page(results, pool, RATE, folder)
    tell(f"{folder / 'performance.md'} is written")


def measure(release: Release, pool: Pool, plan: Plan) -> Results:
    results = Results()
    for number in range(plan.rounds):
        for subject in subjects(release):
            if subject.always or number == 0:
                tell(f"round {number + 1} of {plan.rounds}: {subject.name}")
                visit(subject, plan, pool, number, results)
    tell("stages")
    results.stages = measure_stages(release, plan.stages)
    for times in plan.sizes:
        tell(f"content × {times}")
        results.sizes.append(measure_size(release, times, pool, plan.same))
    if plan.trains:
        tell("training")
        results.training = measure_training()
    return results


def visit(subject: Subject, plan: Plan, pool: Pool, number: int, results: Results) -> None:
    """Starts a server, warms it up, puts its loads on it, and stops it."""
    supplies = {False: Supply(pool.different(number)), True: Supply(pool.frequent(number))}
    with subject.start() as server:
        results.starts.setdefault(subject.name, []).append(server.start)
        warm_up(subject, server, plan, pool, supplies, results)
        for kind in subject.kinds:
            put(kind, subject, server, plan, supplies[kind.frequent], results)
        results.held[subject.name] = Held(tuple(server.memory()), server.redis_memory())
        if subject.talks and number == 0:
            tell(f"  conversations of {TURNS} turns")
            people = max(2, plan.people // 8) if subject.name == "stock" else plan.people
            texts = list(islice(pool.different(-1), people))
            results.turns[subject.name] = talk(server, subject.kinds[0].door, texts)


def warm_up(
    subject: Subject, server: Server, plan: Plan, pool: Pool, supplies: dict[bool, Supply], results: Results
) -> None:
    """Memos fill; without them a few messages are enough."""
    kind = subject.kinds[0]
    seconds = plan.warm if kind.frequent else plan.warm / 4
    texts = supplies[kind.frequent].take(int(seconds * subject.fastest))
    load = send_in_turn(server.port, kind.door.requests(texts), CONNECTIONS, seconds)
    supplies[kind.frequent].give_back(texts[load.taken :])
    if subject.name == "memos":
        results.seen.append(pool.share_seen(len(load.latencies) // WORKERS))


def put(kind: Kind, subject: Subject, server: Server, plan: Plan, supply: Supply, results: Results) -> None:
    """One load on one server."""
    seconds = plan.one if kind.how == "one" else plan.many
    wanted = RATE * plan.steady if kind.how == "steady" else subject.fastest * seconds
    texts = supply.take(int(wanted))
    requests = kind.door.requests(texts)
    replied = server.replied(kind.counted) if kind.counted else None
    before, machine = server.cpu(), machine_seconds()
    if kind.how == "steady":
        load = send_steadily(server.port, requests, RATE)
    else:
        load = send_in_turn(server.port, requests, 1 if kind.how == "one" else CONNECTIONS, seconds)
    cpu, machine = server.cpu() - before, machine_seconds() - machine
    supply.give_back(texts[load.taken :])
    if kind.counted and replied:
        count, inside = (after - earlier for after, earlier in zip(server.replied(kind.counted), replied, strict=True))
        cost = statistics.fmean(load.latencies) - inside / count
        results.doors.setdefault((subject.name, kind.name), []).append(cost * 1000)
    wrong = sum(not kind.door.is_right(status, body) for status, body in load.replies)
    found = figures(load, wrong, cpu, machine)
    results.loads.setdefault((subject.name, kind.name), []).append(found)
    told = f"{found.rate:6.0f}/s   p50 {found.p50:6.1f} ms   p99 {found.p99:6.1f} ms   wrong {found.wrong:.0f}"
    tell(f"  {kind.name:9}{told}   others {found.others:.0%}")


def measure_size(release: Release, times: int, pool: Pool, messages: int) -> Size:
    """One worker without memos on so much content, asked one message after the other."""
    door = ask_door()
    with TemporaryDirectory() as name:
        grown = grow(release, Path(name) / "grown", times)
        with yibao(grown.release, workers=1, memo_size=0) as server:
            texts = pool.different(-2)
            send_in_turn(server.port, door.requests(islice(texts, messages // 2)), 1, PATIENCE)
            load = send_in_turn(server.port, door.requests(islice(texts, messages)), 1, PATIENCE)
            held = server.memory()[0].rss
        p50 = percentile(load.latencies, 50)
        search = measure_search(grown.release, SEARCHES)
        return Size(times, grown.guides, grown.topics, server.start, held, p50, search)


def measure_training() -> float:
    """Seconds of ``yibao train`` into a folder of its own."""
    with TemporaryDirectory() as folder:
        begun = time.perf_counter()
        subprocess.run(
            [YIBAO, "train"], cwd=PROJECT, env=environ({"YIBAO_VAR": folder}), check=True, capture_output=True
        )
        return time.perf_counter() - begun


def tell(progress: str) -> None:
    print(f"{time.monotonic() - _begun:5.0f} s  {progress}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
