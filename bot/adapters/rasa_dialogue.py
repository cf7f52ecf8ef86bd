"""Rasa in this process: the agent with the live release's model, its actions beside it, and trackers that stay small.

Two things of Rasa are replaced because they were measured to cost most (design §7): the check of every action's result
against the meta-schema of all events, and trackers that keep every event of a conversation.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import OutputChannel, UserMessage  # noqa: E402
from rasa.core.lock_store import InMemoryLockStore  # noqa: E402
from rasa.core.tracker_store import TrackerStore  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import ActionExecuted, SlotSet  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from rasa_sdk import Action  # noqa: E402
from rasa_sdk.executor import ActionExecutor  # noqa: E402

from bot.dialogue import Dialogue, DialogueError, Heard  # noqa: E402
from bot.stages import stage  # noqa: E402
from knowledge.conversation import Answer, from_json  # noqa: E402
from knowledge.store import Knowledge  # noqa: E402


class RasaDialogue:
    """Implements ``bot.dialogue.Dialogue``."""

    def __init__(self, model: Path, actions: list[Action]) -> None:
        """Loads the model; some seconds. Raises ``rasa.exceptions.ModelNotFound`` where there is none."""
        _skip_schema_check()
        logging.getLogger("rasa").setLevel(logging.CRITICAL)  # its errors quote what the citizen wrote; ours do not
        self._numbers = count()
        self._trackers = MemoryTrackerStore()
        self._agent = Agent.load(
            model,
            tracker_store=self._trackers,
            lock_store=InMemoryLockStore(),
            action_endpoint=LocalActions(actions),
        )

    def suggest(self, text: str) -> Sequence[tuple[str, float]]:
        return ()

    def with_knowledge(self, knowledge: Knowledge) -> Dialogue:
        raise DialogueError("Rasa's actions are bound to their knowledge")

    async def respond(self, memory: str, text: str, region: str | None) -> Heard:
        channel = _Collecting()
        metadata = {"region": region} if region else {}
        # Rasa keeps by sender; ours is kept elsewhere, so every message is a sender of its own.
        sender = str(next(self._numbers))
        self._trackers.memories[sender] = memory
        try:
            with stage("rasa"):
                message = UserMessage(_without_command(text), channel, sender, metadata=metadata)
                await self._agent.handle_message(message)
        finally:
            memory = self._trackers.memories.pop(sender)
        if not channel.payloads:
            raise DialogueError("no answer came out of the action")
        payload = channel.payloads[-1]
        return Heard(from_json(Answer, payload["answer"]), payload["intent"], payload["confidence"], memory)


MEMORY = "memory"
"""The slot in which the action keeps what it remembers (ADR 3)."""


class LocalActions(EndpointConfig):
    """The action server without the server: what Rasa would post is handed to the executor."""

    def __init__(self, actions: list[Action]) -> None:
        super().__init__(url="local", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        return await self._executor.run(kwargs["json"])


class MemoryTrackerStore(TrackerStore):
    """Hands Rasa a tracker with one slot, the memory, and takes the slot back.

    A turn costs the same after 100 turns as after one, and less of what a person says is kept.
    """

    def __init__(self) -> None:
        super().__init__(Domain.empty())
        self.memories: dict[str, str] = {}
        """JSON, by sender."""

    @property
    def domain(self) -> Domain:
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self._domain = domain or Domain.empty()

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.memories[tracker.sender_id] = json.dumps(tracker.get_slot(MEMORY) or {}, ensure_ascii=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        events = [SlotSet(MEMORY, json.loads(self.memories[sender_id])), ActionExecuted("action_listen")]
        return DialogueStateTracker.from_events(sender_id, events, self._domain.slots)


class _Collecting(OutputChannel):
    """Takes what the action says; nothing is sent anywhere."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "yibao"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """The plain text is for ``rasa shell``."""

    async def send_custom_json(self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any) -> None:
        self.payloads.append(json_message)


def _without_command(text: str) -> str:
    """Rasa takes a leading slash for a command; nobody who asks us means one."""
    return text.lstrip("/／ \t\n")


def _skip_schema_check() -> None:
    """25 to 75 ms a message: Rasa checks its own schema against the meta-schema. ``test_rasa_contract.py`` notices
    when Rasa changes this method."""
    RemoteAction._validate_action_result = lambda self, result: True
