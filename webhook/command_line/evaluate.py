"""``yibao evaluate``: the live release sits the exam."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import typer

from bot.adapters.memory_state import MemoryConversations
from bot.state import State
from exam.cases import load_cases
from exam.report import Report
from exam.sitting import sit
from webhook.assembly import load_assistant, load_content
from webhook.command_line.terminal import EXAM, live_release, load, quiet_libraries, standard_output_reserved


def evaluate(
    name: str = typer.Argument(None, help="只考这一份考卷，例如 fourth；不写就全考"),
    folder: Path = typer.Option(EXAM, "--exam", help="放考卷（*.jsonl）的文件夹"),
    page: Path = typer.Option(None, "--page", help="网页报告写到哪里；不写就写到 var/exam/report.html"),
) -> None:
    """考一次：答对多少，错在哪里；文字报告打在屏幕上，网页报告写成文件。"""
    settings = load()
    cases = load_cases(folder, name)
    release = live_release(settings)
    knowledge = load_content(release)
    quiet_libraries()
    with standard_output_reserved():
        bot, _ = load_assistant(release, settings.last_resort_number, State(MemoryConversations()))
        report = Report(asyncio.run(sit(bot, cases, knowledge, lambda done: _show(done, len(cases)))), knowledge)
    path = page or settings.var / "exam" / "report.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.page(), encoding="utf-8")
    typer.echo(report.text())
    typer.echo(f"\n网页报告：{path}")


def _show(done: int, all_of_them: int) -> None:
    if sys.stderr.isatty() or done % 100 == 0 or done == all_of_them:
        print(f"\r考了 {done}/{all_of_them}", end="" if done < all_of_them else "\n", file=sys.stderr, flush=True)
