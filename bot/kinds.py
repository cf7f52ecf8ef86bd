"""What is done with anything but text: a question of its own for dialogue, or a fixed sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.message import Incoming, Kind, Option, Reply
from bot.parts import MOST_BYTES, Sentences, cut, read
from bot.phrases import Phrases
from bot.wording import Worded
from knowledge.regions import Regions


@dataclass(frozen=True)
class Question:
    """``text`` goes to dialogue as if it had been typed; ``preface`` stands before the answer."""

    text: str
    preface: str = ""


def take(
    message: Incoming, known: str | None, regions: Regions, say: Phrases, sentences: Sentences
) -> Question | Reply:
    """What a message of any kind asks, or the reply where there is nothing to ask. ``known``: the code of the insured
    region, as far as it is known."""
    if message.kind is Kind.TEXT:
        return Question(message.text)
    if message.kind is Kind.LOCATION:
        return _locate(message.text, known, regions, say, sentences)
    if message.kind in (Kind.SUBSCRIBE, Kind.SCAN):
        greeting = say("kinds.subscribe") if message.kind is Kind.SUBSCRIBE else ""
        place = regions.find(message.region) if message.region else None
        if place is not None and regions.in_xinjiang(place.code):
            return Question(say("kinds.insured_in", region=place.name), greeting)
        return Question(say("kinds.menu"), greeting)
    text = say(f"kinds.{message.kind.value}")
    return Reply(reply=text, parts=(text,), status="smalltalk")


def preface(reply: Reply, sentence: str) -> Reply:
    """The reply with a sentence before it; without it where WeChat would not take the whole."""
    first = f"{sentence}\n{reply.parts[0]}"
    if not sentence or len(first.encode()) > MOST_BYTES:
        return reply
    return replace(reply, reply=f"{sentence}\n{reply.reply}", parts=(first, *reply.parts[1:]))


def _locate(label: str, known: str | None, regions: Regions, say: Phrases, sentences: Sentences) -> Question | Reply:
    """A place is where somebody stands, not where they are insured: it is taken for that where nothing is known, and
    said so, and offered where something is."""
    here = regions.named_in(label)
    if here is None:
        text = say("kinds.location")
        return Reply(reply=text, parts=(text,), status="clarify")
    insured_here = say("kinds.insured_in", region=here.name)
    if known is None or known == here.code:
        return Question(insured_here, say("kinds.location_taken", region=here.name))
    question = say("kinds.location_kept", here=here.name, known=regions.by_code[known].name)
    options = (Option(insured_here, insured_here),)
    parts = cut(Worded((question,), (), ()), options, sentences)
    return Reply(reply=read(parts[0]), parts=parts, status="clarify", options=options)
