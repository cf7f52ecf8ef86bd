"""``performance.md``: a template text and the figures of a run."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

from tests.bench.figures import DISTURBED, Figures, Results
from tests.bench.growth import TURNS
from tests.bench.plots import draw_plots
from tests.bench.pool import EXPONENT, Pool
from tests.bench.stages import ONCE, READING, TOTAL

TEMPLATE = Path(__file__).with_name("page.md")
PLOTS = "performance"
"""The folder of the plots, beside the page."""

CORES = {1: "one core", 2: "two cores"}

EDGE = 5
"""Turns at either end of a long conversation whose median stands for the first and the last."""

ROWS = (
    ("stock Rasa", "different", "stock", "one", "many"),
    ("stock Rasa", "by frequency", "stock", None, "curve"),
    ("`/api/ask`", "different", "ours", "one", "many"),
    ("`/api/ask`", "by frequency", "memos", "one", "many"),
    ("`/api/ask`, one worker", "different", "alone", "one", "many"),
    ("`/api/ask`, one worker", "by frequency", "alone memos", None, "many"),
    ("`/wechat`, safe mode", "different", "ours", "safe one", "safe"),
    ("`/wechat`, safe mode", "by frequency", "memos", None, "safe"),
    ("`/wechat`, plain mode", "different", "plain", None, "plain"),
    ("`/wechat`, plain mode", "by frequency", "plain memos", None, "plain"),
    ("the ceiling, safe mode", "by frequency", "echo", None, "safe"),
    ("the ceiling, plain mode", "by frequency", "echo", None, "plain"),
)
"""Label, questions, server, its load over one connection and over many."""

STAGES = (
    ("hide personal numbers", ("mask",)),
    ("read: spelling", ("spelling",)),
    ("read: places", ("places",)),
    ("read: features of the text", ("features",)),
    ("read: classifiers", ("classifiers",)),
    ("read: everything else", (READING,)),
    ("answer", ("answer",)),
    ("word and cut", ("word",)),
    ("Redis: session and conversation", ("state",)),
)
"""Label, and the stages that it stands for."""

NAMES = {
    "stock": "stock Rasa",
    "ours": "ours, two workers",
    "memos": "ours, two workers, memos",
    "alone": "ours, one worker",
    "alone memos": "ours, one worker, memos",
    "echo": "the ceiling",
}


def write_page(results: Results, pool: Pool, rate: int, folder: Path) -> None:
    """Writes the page and its plots into ``folder``."""
    (folder / PLOTS).mkdir(parents=True, exist_ok=True)
    stages = stage_rows(results)
    draw_plots(results, rows(results), stages, folder / PLOTS)
    every = [each for rounds in results.loads.values() for each in rounds]
    cores = os.cpu_count() or 1
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        cores=CORES.get(cores, f"{cores} cores"),
        others=_others(results),
        client=f"{max(each.client for each in every):.0%}",
        rounds=len(results.starts["stock"]),
        goals=_goals(results),
        plots=PLOTS,
        side_by_side=_side_by_side(results),
        questions=f"{len(pool.texts):,}",
        characters=f"{pool.characters:.0f}",
        exponent=f"{EXPONENT:g}",
        top10=f"{pool.share_of(10):.0%}",
        top100=f"{pool.share_of(100):.0%}",
        seen=f"{statistics.median(results.seen):.0%}",
        messages=f"{sum(each.messages for each in every):,.0f}",
        wrong=f"{sum(each.wrong for each in every):.0f}",
        rate=rate,
        steady=_steady(results),
        stock_rate=f"{results.of('stock', 'many').rate:.0f}",
        stages=_table(["stage", "ms"], [[label, f"{value:.2f}"] for label, value in stages]),
        turns=TURNS,
        conversation=_conversation(results),
        sizes=_sizes(results),
        searches=_searches(results),
        memory=_memory(results),
        training=f"{results.training:.0f} s" if results.training else "not measured in this run",
    )
    (folder / "performance.md").write_text(text, encoding="utf-8")


def rows(results: Results) -> list[tuple[str, str, Figures]]:
    """Label, questions, and the figures over many connections."""
    return [(label, asked, results.of(server, many)) for label, asked, server, _, many in ROWS]


def stage_rows(results: Results) -> list[tuple[str, float]]:
    """Label and milliseconds of each stage of a message, in their order."""
    found = results.stages
    known = [(label, sum(found[name] for name in names)) for label, names in STAGES]
    return [
        *known,
        ("everything else in the process", found[TOTAL] - sum(value for _, value in known)),
        ("Redis: a repeat answered once (`/wechat`)", found[ONCE]),
        ("HTTP and JSON (`/api/ask`)", results.door("ours", "one")),
        ("HTTP, XML and cipher (`/wechat`, safe mode)", results.door("ours", "safe one")),
    ]


def edges(turns: Sequence[float]) -> tuple[float, float]:
    """Milliseconds of the first turns and of the last."""
    return statistics.median(turns[:EDGE]), statistics.median(turns[-EDGE:])


def _goals(results: Results) -> str:
    stock, ours, memos = results.of("stock", "many"), results.of("ours", "many"), results.of("memos", "many")
    curve = results.of("stock", "curve")
    p50 = results.of("ours", "one").p50 / results.of("stock", "one").p50
    first, last = edges(results.turns["ours"])
    largest, today = results.sizes[-1], results.sizes[0]
    clean = not results.disturbed()

    def verdict(value: float, bound: float, is_most: bool) -> str:
        met = value <= bound if is_most else value >= bound
        return ("yes" if met else "**no**") if clean else ("disturbed: yes" if met else "disturbed: no")

    goals = [
        ("different questions, memos off: throughput", "≥ 8 × stock Rasa", ours.rate / stock.rate, 8, "×", False),
        ("different questions, memos off: p50, one at a time", "≤ 0.25 × stock Rasa", p50, 0.25, "×", True),
        ("by frequency, memos on: throughput", "≥ 20 × stock Rasa", memos.rate / curve.rate, 20, "×", False),
        ("p99 at 60 a second, memos off", "≤ 250 ms", results.of("ours", "steady").p99, 250, "ms", True),
        ("memory of a worker (RSS)", "≤ 750 MB", _worker(results), 750, "MB", True),
        ("ready", "≤ 12 s", results.start("ours"), 12, "s", True),
        (f"turn {TURNS} of a conversation", "≤ 1.2 × the first", last / first, 1.2, "×", True),
        ("a search of the console: p99", "≤ 50 ms", today.search.p99, 50, "ms", True),
        (f"a search, content × {largest.times}: p99", "≤ 50 ms", largest.search.p99, 50, "ms", True),
        (f"content × {largest.times}: p50", "≤ 1.5 × today's", largest.p50 / today.p50, 1.5, "×", True),
    ]
    return _table(
        ["goal", "wanted", "measured", "met"],
        [
            [goal, wanted, f"{_short(value)} {unit}", verdict(value, bound, is_most)]
            for goal, wanted, value, bound, unit, is_most in goals
        ],
    )


def _others(results: Results) -> str:
    disturbed = results.disturbed()
    if not disturbed:
        return f"Other programs took at most {DISTURBED:.0%} of the machine during any load."
    named = ", ".join(f"{server} / {kind} {share:.0%}" for server, kind, share in disturbed)
    return (
        f"\n\n**This run was disturbed: it is no fair comparison.** Other programs took more than {DISTURBED:.0%} of "
        f"the machine during {len(disturbed)} of {len(results.loads)} loads (server / load, share): {named}."
    )


def _worker(results: Results) -> float:
    return max(results.held[name].programs[0].rss for name in ("ours", "memos"))


def _side_by_side(results: Results) -> str:
    stock = {"different": results.of("stock", "many").rate, "by frequency": results.of("stock", "curve").rate}
    table = []
    for label, asked, server, one, many in ROWS:
        found = results.of(server, many)
        alone = f"{results.of(server, one).p50:.1f}" if one else ""
        times = [f"{each:.1f}" for each in (found.p50, found.p95, found.p99)]
        ratio = f"{found.rate / stock[asked]:.1f} ×"
        spread = results.spread(server, many)
        table.append([label, asked, f"{found.rate:,.0f}", spread, ratio, alone, *times, f"{found.cpu:.2f}"])
    head = ["server", "questions", "messages a second", "over the rounds", "to stock Rasa", "p50, one at a time (ms)"]
    return _table([*head, "p50, 16 connections", "p95", "p99", "processor (ms)"], table, words=2)


def _steady(results: Results) -> str:
    table = []
    for label, server in (("different, memos off", "ours"), ("by frequency, memos on", "memos")):
        found = results.of(server, "steady")
        table.append([label, *(f"{each:.1f}" for each in (found.p50, found.p95, found.p99, found.cpu))])
    return _table(["`/api/ask`, two workers", "p50 (ms)", "p95", "p99", "processor (ms)"], table)


def _conversation(results: Results) -> str:
    table = []
    for name in ("stock", "ours"):
        first, last = edges(results.turns[name])
        table.append([NAMES[name], f"{first:.1f}", f"{last:.1f}", f"{last / first:.2f} ×"])
    return _table(["server", f"turns 1 to {EDGE} (ms)", f"turns {TURNS - EDGE + 1} to {TURNS}", "grows to"], table)


def _sizes(results: Results) -> str:
    today = results.sizes[0]
    return _table(
        ["content", "guides", "topics", "p50, one at a time (ms)", "to today's", "ready (s)", "memory (RSS, MB)"],
        [
            [
                f"× {size.times}",
                f"{size.guides:,}",
                str(size.topics),
                f"{size.p50:.1f}",
                f"{size.p50 / today.p50:.2f} ×",
                f"{size.start:.1f}",
                f"{size.memory:,.0f}",
            ]
            for size in results.sizes
        ],
    )


def _searches(results: Results) -> str:
    return _table(
        ["content", "queries", "p50 (ms)", "p99", "longest", "index built in (s)", "index (MB)"],
        [
            [
                f"× {size.times}",
                f"{size.search.queries:,}",
                f"{size.search.p50:.1f}",
                f"{size.search.p99:.1f}",
                f"{size.search.longest:.1f}",
                f"{size.search.build:.1f}",
                f"{size.search.memory:,.0f}",
            ]
            for size in results.sizes
        ],
    )


def _memory(results: Results) -> str:
    table = []
    for server, label in NAMES.items():
        held = results.held[server]
        largest = held.programs[0]
        redis = f"{held.redis.rss:.0f}" if held.redis else ""
        sizes = [f"{each:,.0f}" for each in (largest.rss, largest.pss, held.together)]
        table.append([label, *sizes, redis, f"{results.start(server):.1f}"])
    head = ["server", "a worker, RSS (MB)", "a worker, PSS", "everything, PSS", "Redis, RSS", "start (s)"]
    return _table(head, table)


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _table(head: Sequence[str], body: Iterable[Sequence[str]], words: int = 1) -> str:
    """The first ``words`` columns hold words, the others figures."""
    align = ["---"] * words + ["--:"] * (len(head) - words)
    lines = [head, align, *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
