"""What happens to one message: once, masked, understood and decided, worded, cut into parts, remembered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, replace
from traceback import extract_tb
from weakref import WeakValueDictionary

from pydantic import parse_obj_as

from bot.dedupe import Once
from bot.dialogue import Dialogue, Heard
from bot.mask import mask
from bot.message import Incoming, Kind, Named, Option, Reply
from bot.parts import Sentences, cut, read
from bot.phrases import Phrases
from bot.session import Session, Sessions
from bot.stages import stage
from bot.wording import Worded, Wording
from knowledge.contacts import find_lines, last_resort
from knowledge.conversation import Answer, Cited
from knowledge.regions import COUNTRY
from knowledge.schema import Purpose
from knowledge.store import Knowledge

log = logging.getLogger(__name__)

LONGEST = 2000
"""Characters of a message that are looked at."""


class Assistant:
    """Implements ``bot.message.Bot``. ``once`` None: every message is computed (command line)."""

    def __init__(
        self, dialogue: Dialogue, knowledge: Knowledge, sessions: Sessions, phrases: Phrases, once: Once | None = None
    ) -> None:
        self._dialogue = dialogue
        self._knowledge = knowledge
        self._sessions = sessions
        self._say = phrases
        self._once = once
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One message of a person at a time; the lock lives as long as somebody holds or awaits it."""
        self._wording = Wording(phrases, knowledge.regions)
        self._sentences = Sentences(
            phrases.template("answer.options"), phrases.template("answer.options_list"), phrases("answer.more")
        )

    async def reply(self, message: Incoming) -> Reply:
        """Answers one message; never raises (see ``bot.message.Bot``)."""
        try:
            if self._once is None or message.dedupe_key is None:
                return await self._reply(message)

            async def compute() -> str:
                return json.dumps(asdict(await self._reply(message)), ensure_ascii=False)

            return _decode(json.loads(await self._once.once(message.dedupe_key, compute)))
        except Exception as error:
            _log("message failed", error)
            return self._broken(None)

    async def forget(self, sender: str) -> None:
        async with self._locks.setdefault(sender, asyncio.Lock()):
            await self._sessions.delete(sender)
            await self._dialogue.forget(sender)

    def knows_region(self, name: str) -> bool:
        return self._region(name) is not None

    def _region(self, name: str) -> str | None:
        """The code of a region that a door names; of several of a name the likeliest, never the country."""
        return next((r.code for r in self._knowledge.regions.candidates(name) if r.code != COUNTRY), None)

    async def _reply(self, message: Incoming) -> Reply:
        if message.kind is not Kind.TEXT:
            return self._fixed(f"kinds.{message.kind.value}")
        async with self._locks.setdefault(message.sender, asyncio.Lock()):
            return await self._reply_to_text(message)

    async def _reply_to_text(self, message: Incoming) -> Reply:
        with stage("mask"):
            text, hidden = mask(message.text[: 2 * LONGEST])
        text = text[:LONGEST]
        if text.strip() == self._sentences.more:
            return await self._next_part(message.sender)
        try:
            region = self._region(message.region) if message.region else None
            heard = await self._dialogue.respond(message.sender, text, region)
            with stage("word"):
                reply = self._word(heard, hidden)
        except Exception as error:
            _log("dialogue failed", error)
            return self._broken((await self._load(message.sender)).region)
        await self._save(message.sender, Session(reply.parts[1:], heard.answer.region))
        return reply

    async def _load(self, sender: str) -> Session:
        """Without the store the bot answers as to somebody new."""
        try:
            with stage("state"):
                return await self._sessions.load(sender)
        except Exception as error:
            _log("session not loaded", error)
            return Session()

    async def _save(self, sender: str, session: Session) -> None:
        """A reply that is there is given, remembered or not."""
        try:
            with stage("state"):
                await self._sessions.save(sender, session)
        except Exception as error:
            _log("session not saved", error)

    async def _next_part(self, sender: str) -> Reply:
        session = await self._load(sender)
        if not session.more:
            return self._fixed("answer.no_more")
        await self._save(sender, replace(session, more=session.more[1:]))
        return Reply(reply=read(session.more[0]), parts=session.more[:1], status="answered")

    def _word(self, heard: Heard, hidden: bool) -> Reply:
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

    def _fixed(self, key: str) -> Reply:
        """The answer to anything but text: a sentence, and for pictures and the like no number to call."""
        text = self._say(key)
        return Reply(reply=text, parts=(text,), status="smalltalk")

    def _broken(self, region: str | None) -> Reply:
        """Something broke: still a sentence, and the number that fits the region that is known."""
        lines = find_lines(self._knowledge, region, Purpose.CONSULTATION, ()) if region else []
        contact = lines[0].as_contact() if lines else last_resort(self._knowledge)
        number = (f"{contact.label} {contact.number}",) if contact else ()
        parts = cut(Worded((self._say("error"),), (), number), (), self._sentences)
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
