"""Stages add up per message, also in the tasks that a message starts, and never in another message."""

from __future__ import annotations

import asyncio

from bot.stages import measured, stage


async def test_stages_add_up() -> None:
    with measured() as seconds:
        for _ in range(2):
            with stage("read"):
                await asyncio.sleep(0.01)
        with stage("answer"):
            pass
    assert list(seconds) == ["read", "answer"]
    assert seconds["read"] >= 0.02 > seconds["answer"]


async def test_a_task_of_the_message_counts_for_it() -> None:
    async def read() -> None:
        with stage("read"):
            await asyncio.sleep(0)

    with measured() as seconds:
        await asyncio.create_task(read())
    assert list(seconds) == ["read"]


async def test_messages_at_once_do_not_mix() -> None:
    async def message(name: str) -> list[str]:
        with measured() as seconds:
            with stage(name):
                await asyncio.sleep(0.01)
            return list(seconds)

    assert await asyncio.gather(message("one"), message("two")) == [["one"], ["two"]]


def test_outside_of_a_message_nothing_is_counted() -> None:
    with stage("read"):
        pass
