"""What happens to one message: once, masked, understood and decided, worded, cut into parts, remembered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from functools import lru_cache, partial
from traceback import extract_tb
from typing import TypeVar
from weakref import WeakValueDictionary

from pydantic import parse_obj_as

from bot.conversations import Conversation, StoreLostError
from bot.dedupe import Finish
from bot.dialogue import Dialogue, Heard
from bot.kinds import preface, take
from bot.mask import mask
from bot.message import Excuse, Incoming, Named, Option, Reply
from bot.parts import Sentences, cut, read
from bot.phrases import Phrases
from bot.stages import stage
from bot.state import State
from bot.wording import Worded, Wording
from knowledge.contacts import find_lines, last_resort
from knowledge.conversation import Answer, Cited
from knowledge.regions import COUNTRY
from knowledge.schema import Purpose
from knowledge.store import Knowledge

log = logging.getLogger(__name__)

LONGEST = 2000
"""Characters of a message that are looked at."""


Kept = TypeVar("Kept")
Keep = Callable[[Reply, Conversation | None], Awaitable[Kept]]
"""Keeps a reply, and the conversation after it where it changed; gives what holds then."""


class Assistant:
    """Implements ``bot.message.Bot``. ``memo_size``: answers whose wording is remembered; 0 words each.
    ``public_url``: where citizens reach the pages of guides, None: nowhere."""

    def __init__(
        self,
        dialogue: Dialogue,
        knowledge: Knowledge,
        state: State,
        phrases: Phrases,
        memo_size: int = 0,
        public_url: str | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._knowledge = knowledge
        self._state = state
        self._say = phrases
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One message of a person at a time; the lock lives as long as somebody holds or awaits it."""
        self._wording = Wording(phrases, knowledge.regions, public_url)
        self._sentences = Sentences(
            phrases.template("answer.options"), phrases.template("answer.options_list"), phrases("answer.more")
        )
        self._word = lru_cache(memo_size)(self._word_anew)

    async def reply(self, message: Incoming) -> Reply:
        """Answers one message; never raises (see ``bot.message.Bot``)."""
        try:
            if self._state.late is not None and message.text.strip() == self._say("late.tap"):
                message = await self._state.late.find(message.sender) or message
            if self._state.once is None or message.dedupe_key is None:
                return await self._reply(message, partial(self._keep, message.sender))

            async def compute(finish: Finish) -> str:
                async def keep(reply: Reply, after: Conversation | None) -> str:
                    result = json.dumps(asdict(reply), ensure_ascii=False)
                    with stage("state"):
                        return await finish(result, after)

                return await self._reply(message, keep)

            return _decode(json.loads(await self._state.once.once(message.sender, message.dedupe_key, compute)))
        except Exception as error:
            _log("message failed", error)
            return self._broken(None)

    async def postpone(self, message: Incoming) -> Reply:
        if self._state.late is not None:
            await self._state.late.keep(replace(message, text=mask(message.text)[0]))
        tap = self._say("late.tap")
        options = (Option(tap, tap),)
        parts = cut(Worded((self._say("late.say"),), (), ()), options, self._sentences)
        return Reply(reply=read(parts[0]), parts=parts, status="error", options=options)

    def excuse(self, excuse: Excuse) -> Reply:
        return self._apologise(f"excuses.{excuse.value}", None)

    async def hand_over(self, sender: str, begins: bool) -> None:
        if self._state.served is not None:
            await (self._state.served.begin(sender) if begins else self._state.served.end(sender))

    async def forget(self, sender: str) -> None:
        async with self._locks.setdefault(sender, asyncio.Lock()):
            await self._state.conversations.delete(sender)

    def knows_region(self, name: str) -> bool:
        return self._region(name) is not None

    def _region(self, name: str) -> str | None:
        """The code of a region that a door names; of several of a name the likeliest, never the country."""
        return next((r.code for r in self._knowledge.regions.candidates(name) if r.code != COUNTRY), None)

    async def _reply(self, message: Incoming, keep: Keep[Kept]) -> Kept:
        if self._state.served is not None and await self._state.served.is_served(message.sender):
            return await keep(Reply(reply="", parts=(), status="handoff"), None)
        if self._state.limits is not None and not await self._state.limits.admits(message.sender):
            return await keep(self.excuse(Excuse.TOO_MANY), None)
        async with self._locks.setdefault(message.sender, asyncio.Lock()):
            before = await self._load(message.sender)
            reply, after = await self._take(message, before or Conversation())
            # What a lost store still holds is not written over.
            return await keep(reply, None if before is None else after)

    async def _take(self, message: Incoming, before: Conversation) -> tuple[Reply, Conversation | None]:
        """The reply, and the conversation after it if it changes."""
        try:
            taken = take(message, before.region, self._knowledge.regions, self._say, self._sentences)
            if isinstance(taken, Reply):
                return taken, None
            with stage("mask"):
                text, hidden = mask(taken.text[: 2 * LONGEST])
            text = text[:LONGEST]
            if text.strip() == self._sentences.more:
                return self._next_part(before)
            region = self._region(message.region) if message.region else None
            heard = await self._dialogue.respond(before.memory, text, region)
            with stage("word"):
                reply = preface(self._word(heard, hidden), taken.preface)
        except Exception as error:
            _log("dialogue failed", error)
            return self._broken(before.region), None
        return reply, Conversation(heard.memory, reply.parts[1:], heard.answer.region)

    async def _load(self, sender: str) -> Conversation | None:
        """None where the store is lost: the bot answers as to somebody new."""
        try:
            with stage("state"):
                return await self._state.conversations.load(sender)
        except StoreLostError:
            return None

    async def _keep(self, sender: str, reply: Reply, after: Conversation | None) -> Reply:
        """A reply that is there is given, remembered or not."""
        if after is not None:
            with stage("state"), suppress(StoreLostError):
                await self._state.conversations.save(sender, after)
        return reply

    def _next_part(self, before: Conversation) -> tuple[Reply, Conversation | None]:
        if not before.more:
            text = self._say("answer.no_more")
            return Reply(reply=text, parts=(text,), status="smalltalk"), None
        part = before.more[0]
        reply = Reply(reply=read(part), parts=(part,), status="answered")
        return reply, replace(before, more=before.more[1:])

    def _word_anew(self, heard: Heard, hidden: bool) -> Reply:
        answer = heard.answer
        worded = self._wording.word(answer)
        if hidden:
            worded = replace(worded, tail=(*worded.tail, self._say("mask_warning")))
        options = tuple(Option(o.label, o.send) for o in answer.options)
        parts = cut(worded, options, self._sentences)
        return Reply(
            reply="\n".join(read(part) for part in parts),
            parts=parts,
            status=answer.status,
            options=options,
            intent=heard.intent,
            confidence=round(heard.confidence, 4),
            topic=answer.topic,
            topic_name=answer.topic_name,
            aspect=_first_aspect(answer),
            answers=tuple(_asked(answer)),
            region=self._named(answer.region),
            care_place=self._named(answer.care),
            answer_region=self._named(answer.answer_region),
            sources=tuple(_source(c) for c in answer.sources),
        )

    def _named(self, code: str | None) -> Named | None:
        return Named(code, self._knowledge.regions.by_code[code].name) if code else None

    def _broken(self, region: str | None) -> Reply:
        """Something broke: still a sentence."""
        return self._apologise("error", region)

    def _apologise(self, key: str, region: str | None) -> Reply:
        """A sentence, and the number that fits the region that is known."""
        lines = find_lines(self._knowledge, region, Purpose.CONSULTATION, ()) if region else []
        contact = lines[0].as_contact() if lines else last_resort(self._knowledge)
        number = (f"{contact.label} {contact.number}",) if contact else ()
        parts = cut(Worded((self._say(key),), (), number), (), self._sentences)
        return Reply(reply=read(parts[0]), parts=parts, status="error")


def _log(message: str, error: Exception) -> None:
    """Says what broke and where, never with what message: an exception's text may quote the citizen."""
    where = [
        f"{frame.name} ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
        for frame in extract_tb(error.__traceback__)
    ]
    log.error("%s: %s in %s", message, type(error).__name__, " > ".join(where[-4:]))


def _first_aspect(answer: Answer) -> str | None:
    aspects = answer.answers[0].aspects if answer.answers else ()
    return aspects[0].value if aspects else None


def _asked(answer: Answer) -> Iterable[dict[str, object]]:
    return ({"topic": a.topic, "aspects": [aspect.value for aspect in a.aspects]} for a in answer.answers)


def _source(cited: Cited) -> dict[str, object]:
    return {"id": cited.id, "title": cited.title, "clause": cited.clause, "edition": cited.edition}


def _decode(data: dict[str, object]) -> Reply:
    return parse_obj_as(Reply, data)
