"""``yibao journal``: what was asked and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import typer

from bot.adapters.database import open_database
from bot.adapters.sql_journal import SqlJournal
from webhook.command_line.terminal import load

app = typer.Typer(help="聊天记录：号码已隐去，查一条回答，清理过期的。", no_args_is_help=True)

CODE = typer.Argument(help="回答下面的编号，例如 K7M2QXA", show_default=False)


@app.command("show")
def show(code: str = CODE) -> None:
    """看一条回答：问的什么，发出的原文，用的哪个版本。"""
    with _journal() as journal:
        entry = journal.find(code.strip().upper())
    if entry is None:
        typer.echo(f"没有编号是 {code} 的记录", err=True)
        raise typer.Exit(1)
    useful = {True: "有用", False: "没用", None: "没有评价"}[entry.useful]
    typer.echo(f"{entry.code}　{entry.at:%Y-%m-%d %H:%M:%S} UTC　{entry.door}　{entry.status}　{useful}")
    typer.echo(f"版本 {entry.release}　事项 {entry.topic or '-'}　参保地 {entry.region or '-'}")
    typer.echo(f"问：{entry.question or '（已删除）'}")
    for part in entry.parts or ("（已删除）",):
        typer.echo(part)


@app.command("prune")
def prune() -> None:
    """删掉超过 YIBAO_RETENTION_DAYS 天的问答原文和用户编号，只留下计数用的项。"""
    days = load().retention_days
    with _journal() as journal:
        count = asyncio.run(journal.prune(days))
    typer.echo(f"清理了 {count} 条 {days} 天以前的记录")


@contextmanager
def _journal() -> Iterator[SqlJournal]:
    settings = load()
    journal = SqlJournal(partial(open_database, settings.database_url, settings.var))
    try:
        yield journal
    finally:
        journal.close()
