"""The model's reader without Rasa around it: the same answers in a third of the time (ADR 6 and 7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from pydantic import ValidationError

from bot.dialogue import Heard
from bot.stages import stage
from knowledge.answer import answer
from knowledge.conversation import Memory, Understanding, from_json, to_json
from knowledge.moments import now_in_beijing
from knowledge.store import Knowledge
from knowledge.times import tell_times


class DirectDialogue:
    """Implements ``bot.dialogue.Dialogue`` for a model that ``nlu.archive.read_alone`` reads.

    Every rule of such a model leads to the one action and back to listening, so its answer is worked out at once. The
    memory is the one that Rasa's slot holds: a person may go from one dialogue to the other in the middle.

    What was read, and what was answered to whom who had told just this, is remembered for the next who asks the same:
    both depend on nothing else, but for the day. What depends on the time of day (``tell_times``) is added behind that,
    and never remembered.
    """

    def __init__(
        self,
        read: Callable[[str], Understanding],
        knowledge: Knowledge,
        memo_size: int,
        clock: Callable[[], datetime] = now_in_beijing,
    ) -> None:
        """``memo_size``: messages that are remembered; 0 works out each."""
        self._clock = clock
        self._knowledge = knowledge
        self._understand = read
        self._read = lru_cache(memo_size)(read)
        self._answer = lru_cache(memo_size)(self._work_out)

    async def respond(self, memory: str, text: str, region: str | None) -> Heard:
        with stage("read"):
            understanding = self._read(" ".join(text.split()))
        with stage("answer"):
            now = self._clock()
            heard = self._answer(understanding, memory, region, now.date())
            told = tell_times(heard.answer, self._knowledge, now)
            return heard if told is heard.answer else replace(heard, answer=told)

    def _work_out(self, understanding: Understanding, memory: str, region: str | None, _day: date) -> Heard:
        """What is in force changes with the day."""
        given = answer(understanding, _read_memory(memory).with_preset(region), self._knowledge)
        after = json.dumps(to_json(given.memory), ensure_ascii=False)
        return Heard(given, understanding.intent, understanding.confidence, after, understanding.ranking)

    def suggest(self, text: str) -> Sequence[tuple[str, float]]:
        return self._read(" ".join(text.split())).ranking

    def with_knowledge(self, knowledge: Knowledge) -> DirectDialogue:
        """Remembers nothing: it is asked little and not for long."""
        return DirectDialogue(self._understand, knowledge, 0, self._clock)


def _read_memory(memory: str) -> Memory:
    """Somebody new where there is nothing, or what this version cannot read."""
    try:
        return from_json(Memory, json.loads(memory))
    except ValidationError:
        return Memory()
