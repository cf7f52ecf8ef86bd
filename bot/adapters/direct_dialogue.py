"""The model's reader without Rasa around it: the same answers in a third of the time (ADR 6 and 7)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from bot.conversations import Conversations
from bot.dialogue import Heard
from bot.stages import stage
from knowledge.answer import answer
from knowledge.conversation import Memory, Understanding, from_json, to_json
from knowledge.store import Knowledge

log = logging.getLogger(__name__)

Json = dict[str, Any]


class DirectDialogue:
    """Implements ``bot.dialogue.Dialogue`` for a model that ``nlu.archive.read_alone`` reads.

    Every rule of such a model leads to the one action and back to listening, so its answer is worked out at once. The
    conversation is kept as Rasa's tracker store keeps it: a person may go from one dialogue to the other in the middle.

    What was read, and what was answered to whom who had told just this, is remembered for the next who asks the same:
    both depend on nothing else, but for the day.
    """

    def __init__(
        self, read: Callable[[str], Understanding], knowledge: Knowledge, conversations: Conversations, memo_size: int
    ) -> None:
        """``memo_size``: messages that are remembered; 0 works out each."""
        self._knowledge = knowledge
        self._conversations = conversations
        self._read = lru_cache(memo_size)(read)
        self._answer = lru_cache(memo_size)(self._work_out)

    async def respond(self, sender: str, text: str, region: str | None) -> Heard:
        with stage("read"):
            understanding = self._read(" ".join(text.split()))
        with stage("state"):
            known = await self._remembered(sender)
        with stage("answer"):
            heard, memory = self._answer(understanding, known or "{}", region, date.today())
        if known is not None:
            with stage("state"):
                await self._remember(sender, memory)
        return heard

    async def forget(self, sender: str) -> None:
        await self._conversations.delete(sender)

    def _work_out(self, understanding: Understanding, known: str, region: str | None, _day: date) -> tuple[Heard, Json]:
        """The answer, and the memory after it. What is in force changes with the day."""
        given = answer(understanding, _memory(known).with_preset(region), self._knowledge)
        return Heard(given, understanding.intent, understanding.confidence), to_json(given.memory)

    async def _remembered(self, sender: str) -> str | None:
        """The memory as JSON. None where the store is lost: it is answered as to somebody new, and what the store still
        holds is not written over."""
        try:
            kept = await self._conversations.load(sender) or {}
        except Exception as error:
            log.error("conversation not loaded: %s", type(error).__name__)
            return None
        return json.dumps(kept.get("slots", {}).get("memory", {}))

    async def _remember(self, sender: str, memory: Json) -> None:
        try:
            await self._conversations.save(sender, {"slots": {"memory": memory}})
        except Exception as error:
            log.error("conversation not saved: %s", type(error).__name__)


def _memory(known: str) -> Memory:
    """Somebody new where there is nothing, or what this version cannot read."""
    try:
        return from_json(Memory, json.loads(known))
    except ValidationError:
        return Memory()
