"""One answer for one message, however often it comes in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.conversations import Conversation

Finish = Callable[[str, Conversation | None], Awaitable[str]]
"""Keeps a result and, in the same step, the conversation after it where it changed; gives the result that holds. Of two
that worked it out the first decides, and the conversation of the second is dropped."""

Compute = Callable[[Finish], Awaitable[str]]
"""Works a result out, and gives what ``Finish`` gives."""


class Once(Protocol):
    """A port: adapters share it between processes."""

    async def once(self, sender: str, key: str, compute: Compute) -> str:
        """The result of ``compute`` for the message ``key`` of ``sender``, worked out once and kept at least as long as
        a repeat can come in.

        A repeat waits for the computation that is under way, in this process or another, and gets the same result.
        When the process that computes dies, the next repeat computes. What ``compute`` raises is raised here, and
        nothing is kept. Cancelling a caller does not cancel the computation.
        """


class Flights:
    """Joins the callers of one key within one process while the computation runs; keeps nothing."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[str]] = {}

    async def join(self, key: str, compute: Callable[[], Awaitable[str]]) -> str:
        """The result of the computation that runs for ``key``; starts it where none does."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(_run(compute))
            self._running[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(task)

    def _finished(self, key: str, task: asyncio.Task[str]) -> None:
        del self._running[key]
        if not task.cancelled():
            # Looked at, so that asyncio does not print the message of an exception that nobody waited for.
            task.exception()


async def _run(compute: Callable[[], Awaitable[str]]) -> str:
    return await compute()
