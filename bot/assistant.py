"""What happens to one message: once, masked, understood and decided, worded, cut into parts, remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import lru_cache, partial
from time import perf_counter
from traceback import extract_tb
from typing import TypeVar
from weakref import WeakValueDictionary

import orjson
from pydantic import parse_obj_as

from bot.conversations import Conversation, StoreLostError
from bot.dedupe import Finish
from bot.dialogue import Dialogue, Heard
from bot.installation import Installation
from bot.journal import Entry, Owed, make_code
from bot.kinds import Question, preface, take
from bot.mask import mask
from bot.message import Card, Excuse, Incoming, Kind, Named, Option, Reply
from bot.notes import make_entry
from bot.parts import Sentences, cut, read, room_beside
from bot.phrases import Phrases
from bot.rating import STAMPED, Ratings
from bot.stages import stage
from bot.state import State
from bot.wording import Worded, Wording
from knowledge.contacts import find_lines, last_resort
from knowledge.conversation import Answer, Cited
from knowledge.moments import BEIJING
from knowledge.opening import is_shut
from knowledge.regions import COUNTRY, XINJIANG
from knowledge.schema import Correction, Purpose
from knowledge.store import Knowledge

log = logging.getLogger(__name__)

LONGEST = 2000
"""Characters of a message that are looked at."""


Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Taken:
    """What became of a message: the reply, the conversation after it where it changed, what the journal is told."""

    reply: Reply
    after: Conversation | None = None
    entry: Entry | None = None

    @property
    def is_answer(self) -> bool:
        return self.reply.status in STAMPED


Keep = Callable[[Taken], Awaitable[Kept]]
"""Keeps it all; gives what holds then."""


class Assistant:
    """Implements ``bot.message.Bot``."""

    def __init__(
        self,
        dialogue: Dialogue,
        knowledge: Knowledge,
        state: State,
        phrases: Phrases,
        installation: Installation = Installation(),  # noqa: B008 (it cannot change)
    ) -> None:
        self._dialogue = dialogue
        self._knowledge = knowledge
        self._state = state
        self._say = phrases
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One message of a person at a time; the lock lives as long as somebody holds or awaits it."""
        self._wording = Wording(phrases, knowledge.regions, installation.public_url)
        self._sentences = Sentences(
            phrases.template("answer.options"), phrases.template("answer.options_list"), phrases("answer.more")
        )
        self._installation = installation
        self._corrections = [(row, _owed(row)) for row in knowledge.corrections]
        self._ratings = Ratings(phrases)
        self._word = lru_cache(installation.memo_size)(self._word_anew)

    async def reply(self, message: Incoming) -> Reply:
        """Answers one message; never raises (see ``bot.message.Bot``)."""
        try:
            if self._state.late is not None and message.text.strip() == self._say("late.tap"):
                message = await self._state.late.find(message.sender) or message
            if self._state.once is None or message.dedupe_key is None:
                return await self._reply(message, partial(self._keep, message.sender))

            async def compute(finish: Finish) -> str:
                async def keep(taken: Taken) -> str:
                    result = orjson.dumps(taken.reply).decode()
                    with stage("state"):
                        holds = await finish(result, taken.after)
                    if holds == result:
                        self._note(taken)
                    return holds

                return await self._reply(message, keep)

            return _decode(orjson.loads(await self._state.once.once(message.sender, message.dedupe_key, compute)))
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
            await self._forget(sender)

    async def _forget(self, sender: str) -> None:
        if self._state.journal is not None:
            await self._state.journal.forget(sender)
        await self._state.conversations.delete(sender)

    @property
    def release(self) -> str:
        """What the journal names it."""
        return self._installation.release

    def suggest(self, text: str) -> Sequence[tuple[str, float]]:
        """The intents that a text may mean, the likeliest first."""
        return self._dialogue.suggest(text)

    def with_state(self, state: State) -> Assistant:
        """The same bot, that keeps what it keeps elsewhere."""
        return Assistant(self._dialogue, self._knowledge, state, self._say, self._installation)

    def with_knowledge(self, knowledge: Knowledge, state: State) -> Assistant:
        """The same understanding over other knowledge, that keeps what it keeps elsewhere. Raises
        ``DialogueError``."""
        dialogue = self._dialogue.with_knowledge(knowledge)
        return Assistant(dialogue, knowledge, state, self._say, replace(self._installation, memo_size=0))

    def knows_region(self, name: str) -> bool:
        return self._region(name) is not None

    def _region(self, name: str) -> str | None:
        """The code of a region that a door names; of several of a name the likeliest, never the country."""
        return next((r.code for r in self._knowledge.regions.candidates(name) if r.code != COUNTRY), None)

    async def _reply(self, message: Incoming, keep: Keep[Kept]) -> Kept:
        begun = perf_counter()
        if self._state.served is not None and await self._state.served.is_served(message.sender):
            return await keep(Taken(Reply(reply="", parts=(), status="handoff")))
        if self._state.limits is not None and not await self._state.limits.admits(message.sender):
            return await keep(Taken(self.excuse(Excuse.TOO_MANY)))
        async with self._locks.setdefault(message.sender, asyncio.Lock()):
            before = await self._load(message.sender)
            text, hidden = self._mask(message.text)
            taken = await self._take(replace(message, text=text), before or Conversation(), hidden)
            if self._state.journal is not None:
                code = make_code(message.sender, taken.reply.parts)
                reply = self._ratings.stamp(taken.reply, code)
                note = make_entry(message, text, reply, code, self._installation.release, perf_counter() - begun)
                after = taken.after
                if after is not None and taken.is_answer:
                    after = replace(after, code=code)
                taken = replace(taken, reply=reply, after=after, entry=note)
            # What a lost store still holds is not written over.
            return await keep(taken if before is not None else replace(taken, after=None))

    def _mask(self, text: str) -> tuple[str, bool]:
        with stage("mask"):
            masked, hidden = mask(text[: 2 * LONGEST])
        return masked[:LONGEST], hidden

    async def _take(self, message: Incoming, before: Conversation, hidden: bool) -> Taken:
        """The reply to a message whose text is masked, and the conversation after it if it changes."""
        try:
            asked = take(message, before.region, self._knowledge.regions, self._say, self._sentences)
            if isinstance(asked, Reply):
                return Taken(asked)
            if asked.text.strip() == self._sentences.more:
                return self._next_part(before)
            card = self._show_guide(asked.text, before)
            if card is not None:
                return Taken(card)
            special = await self._manage(message.sender, asked.text, before)
            if special is not None:
                return Taken(special)
            region = self._region(message.region) if message.region else None
            heard = await self._dialogue.respond(before.memory, asked.text, region)
            owed = await self._owed(message.sender)
            with stage("word"):
                reply = preface(self._word(heard, hidden and not before.warned), self._preface(message, asked))
        except Exception as error:
            _log("dialogue failed", error)
            return Taken(self._broken(before.region))
        if owed is not None:
            reply = self._correct(message.sender, reply, owed)
        warned = before.warned or hidden
        topic = heard.answer.topic if heard.answer.topic in self._knowledge.topics else before.topic
        after = Conversation(heard.memory, reply.parts[1:], heard.answer.region, topic, before.code, warned)
        return Taken(reply, after)

    def _show_guide(self, text: str, before: Conversation) -> Reply | None:
        """The page of what was answered last, as a card, for who types the words of its link."""
        topic = self._knowledge.topics.get(before.topic or "")
        if topic is None or text.strip() != self._say("answer.full_guide"):
            return None
        url = self._wording.guide_url(topic.id, before.region)
        if url is None:
            return None
        region = self._knowledge.regions.by_code[before.region or XINJIANG].name
        told = self._say("answer.guide_of", region=region)
        part = f'<a href="{url}">{topic.name}</a>\n{told}'
        return Reply(f"{topic.name}\n{told}\n{url}", (part,), "answered", card=Card(topic.name, told, url))

    async def _manage(self, sender: str, text: str, before: Conversation) -> Reply | None:
        """What somebody says of an answer, or of what is kept of them; None for a question."""
        journal = self._state.journal
        if journal is None:
            return None
        if text.strip() == self._say("records.delete"):
            await self._forget(sender)
            return self._fixed("records.deleted")
        rating = self._ratings.read(text, before.code)
        if rating is None:
            return None
        if rating.code is None or not await journal.rate(sender, rating.code, rating.useful):
            return self._fixed("rating.unknown")
        return self._fixed("rating.thanks" if rating.useful else "rating.sorry")

    async def _owed(self, sender: str) -> Correction | None:
        """What this person was once answered wrongly, if they were not told since; one at a time."""
        if self._state.journal is None or not self._corrections:
            return None
        owed = await self._state.journal.owed(sender, [each for _, each in self._corrections])
        return next((row for row, each in self._corrections if each.id in owed), None)

    def _correct(self, sender: str, reply: Reply, correction: Correction) -> Reply:
        """The correction first. Where it does not fit it waits for the next message."""
        corrected = preface(reply, self._say("rating.correction", text=correction.text))
        if corrected is not reply and self._state.journal is not None:
            self._state.journal.told(sender, correction.id)
        return corrected

    def _preface(self, message: Incoming, asked: Question) -> str:
        """Who begins to follow is told what is kept of them."""
        if message.kind is not Kind.SUBSCRIBE or self._state.journal is None:
            return asked.preface
        return f"{asked.preface}\n{self._say('records.kept', days=str(self._installation.retention_days))}"

    def _note(self, taken: Taken) -> None:
        if self._state.journal is not None and taken.entry is not None:
            self._state.journal.note(taken.entry)

    async def _load(self, sender: str) -> Conversation | None:
        """None where the store is lost: the bot answers as to somebody new."""
        try:
            with stage("state"):
                return await self._state.conversations.load(sender)
        except StoreLostError:
            return None

    async def _keep(self, sender: str, taken: Taken) -> Reply:
        """A reply that is there is given, remembered or not."""
        if taken.after is not None:
            with stage("state"), suppress(StoreLostError):
                await self._state.conversations.save(sender, taken.after)
        self._note(taken)
        return taken.reply

    def _next_part(self, before: Conversation) -> Taken:
        if not before.more:
            return Taken(self._fixed("answer.no_more"))
        part = before.more[0]
        reply = Reply(reply=read(part), parts=(part,), status="answered")
        return Taken(reply, replace(before, more=before.more[1:]))

    def _fixed(self, key: str) -> Reply:
        text = self._say(key)
        return Reply(reply=text, parts=(text,), status="smalltalk")

    def _word_anew(self, heard: Heard, hidden: bool) -> Reply:
        answer = heard.answer
        worded = self._wording.word(answer)
        if hidden:
            worded = replace(worded, tail=(*worded.tail, self._say("mask_warning")))
        options = tuple(Option(o.label, o.send) for o in answer.options)
        if self._state.journal is not None and answer.status in STAMPED:
            # An option that cannot be tapped is worse than a rating that has to be typed.
            line = self._ratings.line(room_beside(options, self._sentences))
            worded = replace(worded, tail=(*worded.tail, line))
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
            facts=tuple(_facts(answer)),
            near=heard.near,
            closed=is_shut(answer.times),
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


def _facts(answer: Answer) -> Iterable[str]:
    """What an answer takes from the content, as the journal keeps it."""
    for section in answer.sections:
        for line in section.lines:
            yield line.text or (line.limit.wording if line.limit else "")
    if answer.contact is not None:
        yield answer.contact.number


def _owed(row: Correction) -> Owed:
    return Owed(row.id, row.wrong, datetime.combine(row.since, time.min, BEIJING))
