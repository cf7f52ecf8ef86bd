"""The plots beside the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib  # type: ignore[import-untyped]

from tests.bench.figures import Figures, Results

STOCK, OURS, CEILING = "#c0563d", "#2f6f9f", "#8a8a8a"
SIZE = (8.0, 4.2)
"""Inches."""

Row = tuple[str, str, Figures]


def draw_plots(results: Results, rows: Sequence[Row], stages: Sequence[tuple[str, float]], folder: Path) -> None:
    """Writes four SVG files into ``folder``."""
    matplotlib.use("svg")
    matplotlib.rcParams.update(
        {"svg.hashsalt": "yibao", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    )
    _throughput(rows, folder)
    _latency(results, folder)
    _stages(stages, folder)
    _growth(results, folder)


def _throughput(rows: Sequence[Row], folder: Path) -> None:
    figure, axes = _new(1)
    labels = [f"{plain(label)}, {asked}" for label, asked, _ in rows]
    rates = [found.rate for _, _, found in rows]
    bars = axes.barh(labels, rates, color=[_colour(label) for label, _, _ in rows])
    axes.bar_label(bars, [f"{rate:,.0f}" for rate in rates], padding=3)
    axes.set_xscale("log")
    axes.set_xlim(left=1, right=max(rates) * 2)
    axes.invert_yaxis()
    axes.set_xlabel("messages a second, 16 connections (logarithmic)")
    _save(figure, folder / "throughput.svg")


def _latency(results: Results, folder: Path) -> None:
    figure, axes = _new(1)
    loads = {
        "stock Rasa, one at a time": ("stock", "one"),
        "/api/ask, one at a time, memos off": ("ours", "one"),
        "/api/ask, one at a time, memos on": ("memos", "one"),
        "/api/ask, 60 a second, memos off": ("ours", "steady"),
        "/api/ask, 60 a second, memos on": ("memos", "steady"),
    }
    for number, (label, key) in enumerate(loads.items()):
        found = results.of(*key)
        times = [found.p50, found.p95, found.p99]
        axes.plot(times, [number] * 3, color=_colour(label), linewidth=1)
        for value, marker, name in zip(times, "o|D", ("p50", "p95", "p99"), strict=True):
            axes.plot(value, number, marker, color=_colour(label), label=name if number == 0 else None, markersize=8)
    axes.set_yticks(range(len(loads)))
    axes.set_yticklabels(loads)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds to a reply (logarithmic)")
    axes.legend()
    _save(figure, folder / "latency.svg")


def _stages(stages: Sequence[tuple[str, float]], folder: Path) -> None:
    figure, axes = _new(1)
    bars = axes.barh([plain(label) for label, _ in stages], [value for _, value in stages], color=OURS)
    axes.bar_label(bars, [f"{value:.2f}" for _, value in stages], padding=3)
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds a message")
    _save(figure, folder / "stages.svg")


def _growth(results: Results, folder: Path) -> None:
    figure, (left, right) = _new(2)
    for name, label, colour in (("stock", "stock Rasa", STOCK), ("ours", "ours", OURS)):
        left.plot(range(1, len(results.turns[name]) + 1), results.turns[name], color=colour, label=label)
    left.set_ylim(bottom=0)
    left.set_xlabel("turn of the conversation")
    left.set_ylabel("milliseconds, p50")
    left.legend()
    right.bar([f"× {size.times}" for size in results.sizes], [size.p50 for size in results.sizes], color=OURS)
    right.set_xlabel("content")
    right.set_ylabel("milliseconds, p50")
    _save(figure, folder / "growth.svg")


def plain(label: str) -> str:
    return label.replace("`", "")


def _colour(label: str) -> str:
    return STOCK if label.startswith("stock") else CEILING if label.startswith("the ceiling") else OURS


def _new(columns: int) -> tuple[Any, Any]:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, columns, figsize=SIZE)
    return figure, axes


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
