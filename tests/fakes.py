"""Stand-ins that implement the ports."""

from __future__ import annotations

import asyncio

from bot.adapters.memory_state import MemoryConversations
from bot.conversations import Conversation, Conversations
from bot.dedupe import Compute, Finish, Flights
from bot.message import Excuse, Incoming, Option, Reply


class FakeBot:
    """Answers ``answer``, or the text that came; counts what reached it. Repeats of a dedupe key join, as in the real
    one. An answer takes ``delay`` seconds, and waits for ``gate`` where there is one."""

    def __init__(self, answer: str | None = None, delay: float = 0.0) -> None:
        self.answer = answer
        self.delay = delay
        self.gate: asyncio.Event | None = None
        self.seen: list[Incoming] = []
        self.computed = 0
        self.finished = 0
        self.forgotten: list[str] = []
        self.postponed: list[Incoming] = []
        self.handed_over: list[tuple[str, bool]] = []
        self._once = MemoryOnce()

    async def reply(self, message: Incoming) -> Reply:
        self.seen.append(message)
        if message.dedupe_key is None:
            return self._reply(await self._compute(message))

        async def compute(finish: Finish) -> str:
            return await finish(await self._compute(message), None)

        return self._reply(await self._once.once(message.sender, message.dedupe_key, compute))

    async def postpone(self, message: Incoming) -> Reply:
        self.postponed.append(message)
        return self._reply("还在查")

    def excuse(self, excuse: Excuse) -> Reply:
        return self._reply(excuse.value)

    async def hand_over(self, sender: str, begins: bool) -> None:
        self.handed_over.append((sender, begins))

    async def forget(self, sender: str) -> None:
        self.forgotten.append(sender)

    async def _compute(self, message: Incoming) -> str:
        self.computed += 1
        await asyncio.sleep(self.delay)
        if self.gate is not None:
            await self.gate.wait()
        self.finished += 1
        return message.text if self.answer is None else self.answer

    @staticmethod
    def _reply(text: str) -> Reply:
        return Reply(reply=text, parts=(text,), status="answered", options=(Option("备案材料", "备案材料"),))


class MemoryOnce:
    """``Once`` within one process, with results that are kept for ever."""

    def __init__(self, conversations: Conversations | None = None) -> None:
        self._results: dict[tuple[str, str], str] = {}
        self._conversations = conversations or MemoryConversations()
        self._flights = Flights()

    async def once(self, sender: str, key: str, compute: Compute) -> str:
        async def finish(result: str, after: Conversation | None) -> str:
            self._results[sender, key] = result
            if after is not None:
                await self._conversations.save(sender, after)
            return result

        if (sender, key) in self._results:
            return self._results[sender, key]
        return await self._flights.join(f"{sender} {key}", lambda: compute(finish))
