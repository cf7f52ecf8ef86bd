"""What the journal is told of a message and its reply."""

from __future__ import annotations

from datetime import datetime, timezone

from bot.journal import Entry
from bot.message import Incoming, Reply


def make_entry(message: Incoming, text: str, reply: Reply, code: str, release: str, seconds: float) -> Entry:
    """``text``: the question, masked. What is no text is named by its kind."""
    return Entry(
        code=code,
        at=datetime.now(timezone.utc),
        door=message.door,
        status=reply.status,
        release=release,
        latency_ms=round(seconds * 1000, 1),
        sender=message.sender,
        question=text or f"[{message.kind.value}]",
        parts=reply.parts,
        facts=reply.facts,
        intent=reply.intent,
        confidence=reply.confidence,
        topic=reply.topic,
        aspect=reply.aspect,
        region=reply.region.code if reply.region else None,
        care=reply.care_place.code if reply.care_place else None,
        publisher=reply.answer_region.code if reply.answer_region else None,
    )
