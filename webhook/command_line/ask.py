"""``yibao ask``: one question, or the contract's stream of JSON lines."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from typing import BinaryIO, TextIO

import typer

from bot.adapters.memory_state import MemoryConversations
from bot.assistant import Assistant
from bot.message import Incoming
from bot.state import State
from webhook.assembly import load_assistant, load_content
from webhook.command_line.terminal import live_release, load, quiet_libraries, standard_output_reserved
from webhook.contract import QuestionError, contract_object, error_object, parse_question


def ask(
    question: str = typer.Argument(None, help="要问的话，例如：沙湾电话"),
    region: str = typer.Option(None, "--region", help="参保地的名称或代码"),
    jsonl: bool = typer.Option(False, "--jsonl", help="从标准输入逐行读 JSON，逐行回答"),
) -> None:
    """问一句，看公众号会怎么答。"""
    if jsonl == (question is not None):
        raise typer.BadParameter("写一句要问的话，或者用 --jsonl，二选一")
    if jsonl and region is not None:
        raise typer.BadParameter("--jsonl 的每一行自己写 region", param_hint="--region")
    settings = load()
    release = live_release(settings)
    if region is not None and not load_content(release).regions.candidates(region):
        raise typer.BadParameter(f"不认识这个地方：{region}", param_hint="--region")
    quiet_libraries()
    with standard_output_reserved() as output:
        bot, _ = load_assistant(release, settings.last_resort_number, State(MemoryConversations()))
        with os.fdopen(os.dup(output), "w", encoding="utf-8") as out:
            if jsonl:
                asyncio.run(answer_lines(bot, sys.stdin.buffer, out))
            else:
                asyncio.run(_answer_one(bot, question, region, out))


async def answer_lines(
    bot: Assistant, lines: BinaryIO, out: TextIO, clock: Callable[[], float] = time.perf_counter
) -> None:
    """Answers each line before the next is read; a line that is no question gets an error object."""
    for raw in lines:
        begun = clock()
        if not raw.strip():
            continue
        try:
            question = parse_question(raw, bot.knows_region)
            reply = await bot.reply(Incoming(question.sender, question.text, region=question.region))
            row = contract_object(question, reply, (clock() - begun) * 1000)
        except QuestionError as error:
            row = error_object(error, (clock() - begun) * 1000)
        print(json.dumps(row, ensure_ascii=False), file=out, flush=True)


async def _answer_one(bot: Assistant, text: str, region: str | None, out: TextIO) -> None:
    reply = await bot.reply(Incoming("command-line", text, region=region))
    print(reply.reply, file=out)
    named = reply.region.name if reply.region else "未知"
    print(f"\n[{reply.status}] {reply.topic or reply.intent} · 参保地 {named}", file=out)
