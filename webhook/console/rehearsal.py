"""The bot as a citizen meets it, asked by the staff: the same answers, and no trace of them anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.journal import CODE_LENGTH, Entry, Owed
from bot.message import Bot, Incoming, Reply
from knowledge.schema import Aspect, Topic
from knowledge.store import Knowledge

ANY_CODE = "-" * CODE_LENGTH
"""Stands where a citizen's answer has its code: as many bytes."""

DOOR = "console"


@dataclass
class Silence:
    """Implements ``bot.journal.Journal``: answers bear a code as they do for citizens, and nothing is kept of them but
    the last code, until it is taken."""

    codes: dict[str, str] = field(default_factory=dict)

    def note(self, entry: Entry) -> None:
        self.codes[entry.sender or ""] = entry.code

    async def rate(self, sender: str, code: str, useful: bool) -> bool:  # noqa: ARG002 (the port)
        return True

    async def owed(self, sender: str, corrections: Sequence[Owed]) -> list[str]:  # noqa: ARG002 (the port)
        return []

    def told(self, sender: str, correction: str) -> None:
        pass

    async def forget(self, sender: str) -> None:
        self.codes.pop(sender, None)


class Rehearsal:
    """``bot`` has a state of its own: ``silence`` as its journal, no limits, and conversations that no citizen's
    sender reaches."""

    def __init__(self, bot: Bot, silence: Silence, knowledge: Knowledge) -> None:
        self._bot = bot
        self._silence = silence
        self._knowledge = knowledge

    async def ask(self, sender: str, text: str, region: str | None) -> Reply:
        """One turn of the conversation of ``sender``, a keyed hash."""
        reply = await self._bot.reply(Incoming(sender, text, door=DOOR, region=region))
        self._silence.codes.pop(sender, None)
        return reply

    async def begin_anew(self, sender: str) -> None:
        await self._bot.forget(sender)

    async def preview(self, sender: str, topic: Topic, aspect: Aspect, region: str | None) -> tuple[str, ...]:
        """The parts that somebody new is sent who asks for this aspect of this topic, with ``ANY_CODE`` for the code.
        ``sender``: somebody who asks nothing else."""
        label = "" if aspect is Aspect.OVERVIEW else self._knowledge.menu.aspects.get(aspect, "")
        await self._bot.forget(sender)
        reply = await self._bot.reply(Incoming(sender, f"{topic.label}{label}", door=DOOR, region=region))
        code = self._silence.codes.pop(sender, ANY_CODE)
        await self._bot.forget(sender)
        return tuple(part.replace(code, ANY_CODE) for part in reply.parts)
