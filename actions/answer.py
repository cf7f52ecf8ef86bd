"""The custom action: reads what Rasa remembers, asks the knowledge base, says the answer and remembers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from knowledge.answer import answer
from knowledge.conversation import Answer, Memory, Understanding, from_json, to_json
from knowledge.moments import now_in_beijing
from knowledge.store import Knowledge, load_knowledge
from knowledge.times import tell_times

CONTENT = Path("knowledge/content")
"""The working tree's content, for ``rasa run actions``; the program injects the live release's."""


class ActionAnswer(Action):
    """Answers every intent: ``knowledge.answer`` holds the rules of answering."""

    def __init__(self, knowledge: Knowledge | None = None, clock: Callable[[], datetime] = now_in_beijing) -> None:
        self._injected = knowledge
        self._clock = clock

    def name(self) -> str:
        return "action_answer"

    @cached_property
    def knowledge(self) -> Knowledge:
        return self._injected or load_knowledge(CONTENT)

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        understanding = from_json(Understanding, tracker.latest_message["understanding"])
        memory = _remembered(tracker).with_preset((tracker.latest_message.get("metadata") or {}).get("region"))
        given = tell_times(answer(understanding, memory, self.knowledge), self.knowledge, self._clock())
        payload = {"answer": to_json(given), "intent": understanding.intent, "confidence": understanding.confidence}
        dispatcher.utter_message(text=_plain(given), json_message=payload)
        return [SlotSet("memory", to_json(given.memory))]


def _remembered(tracker: Tracker) -> Memory:
    """What the slot holds; a memory that this version cannot read is forgotten rather than locking the person out."""
    try:
        return from_json(Memory, tracker.get_slot("memory") or {})
    except ValidationError:
        return Memory()


def _plain(given: Answer) -> str:
    """What ``rasa shell`` shows: the facts as they stand in the content; the doors word the payload."""
    lines = [line.text or (line.limit.wording if line.limit else "") for s in given.sections for line in s.lines]
    leads = [s.lead for s in given.sections if s.lead]
    contact = [f"{given.contact.label} {given.contact.number}"] if given.contact else []
    options = [f"{i} {option.label}" for i, option in enumerate(given.options, 1)]
    return "\n".join([f"[{given.status}]", *leads, *lines, *contact, *options])
