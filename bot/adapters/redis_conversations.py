"""Conversations and sessions in Redis, each with a time to live."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from redis.asyncio import Redis

from bot.session import Session

KEPT = 24 * 3600
"""Seconds that a conversation is remembered after its last message."""


class RedisConversations:
    """Implements ``bot.conversations.Conversations``."""

    def __init__(self, redis: Redis[bytes]) -> None:
        self._redis = redis

    async def load(self, sender: str) -> dict[str, Any] | None:
        kept = await self._redis.get(_conversation(sender))
        return None if kept is None else json.loads(kept)

    async def save(self, sender: str, document: dict[str, Any]) -> None:
        await self._redis.set(_conversation(sender), json.dumps(document, ensure_ascii=False), ex=KEPT)

    async def delete(self, sender: str) -> None:
        await self._redis.delete(_conversation(sender))


class RedisSessions:
    """Implements ``bot.session.Sessions``."""

    def __init__(self, redis: Redis[bytes]) -> None:
        self._redis = redis

    async def load(self, sender: str) -> Session:
        kept = await self._redis.get(_session(sender))
        if kept is None:
            return Session()
        row = json.loads(kept)
        return Session(tuple(row["more"]), row["region"])

    async def save(self, sender: str, session: Session) -> None:
        await self._redis.set(_session(sender), json.dumps(asdict(session), ensure_ascii=False), ex=KEPT)

    async def delete(self, sender: str) -> None:
        await self._redis.delete(_session(sender))


def _conversation(sender: str) -> str:
    return f"yibao:conversation:{sender}"


def _session(sender: str) -> str:
    return f"yibao:session:{sender}"
