"""The model's understanding without Rasa's prediction loop: the same answers in half the time (ADR 6)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.conversations import Conversations
from bot.dialogue import Heard
from knowledge.answer import answer
from knowledge.conversation import Memory, from_json, to_json
from knowledge.store import Knowledge

if TYPE_CHECKING:
    from bot.adapters.rasa_dialogue import RasaDialogue

log = logging.getLogger(__name__)


class DirectDialogue:
    """Implements ``bot.dialogue.Dialogue`` for a model of which ``RasaDialogue.always_answers`` holds.

    Every rule of such a model leads to the one action and back to listening, so its answer is worked out at once. The
    conversation is kept as Rasa's tracker store keeps it: a person may go from one dialogue to the other in the middle.
    """

    def __init__(self, rasa: RasaDialogue, knowledge: Knowledge, conversations: Conversations) -> None:
        self._rasa = rasa
        self._knowledge = knowledge
        self._conversations = conversations

    async def respond(self, sender: str, text: str, region: str | None) -> Heard:
        understanding = await self._rasa.read(text)
        memory = (await self._remembered(sender)).with_preset(region)
        given = answer(understanding, memory, self._knowledge)
        await self._remember(sender, given.memory)
        return Heard(given, understanding.intent, understanding.confidence)

    async def forget(self, sender: str) -> None:
        await self._rasa.forget(sender)

    async def _remembered(self, sender: str) -> Memory:
        """Somebody new where the store is lost, or holds what this version cannot read."""
        try:
            kept = await self._conversations.load(sender)
        except Exception as error:
            log.error("conversation not loaded: %s", type(error).__name__)
            return Memory()
        try:
            return from_json(Memory, kept["slots"]["memory"]) if kept else Memory()
        except (ValidationError, KeyError):
            return Memory()

    async def _remember(self, sender: str, memory: Memory) -> None:
        try:
            await self._conversations.save(sender, {"slots": {"memory": to_json(memory)}})
        except Exception as error:
            log.error("conversation not saved: %s", type(error).__name__)
