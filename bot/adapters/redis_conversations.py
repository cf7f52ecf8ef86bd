"""Conversations in Redis, each with a time to live."""

from __future__ import annotations

import json
from dataclasses import asdict

from pydantic import ValidationError, parse_obj_as
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.conversations import Conversation, StoreLostError

KEPT = 24 * 3600
"""Seconds that a conversation is remembered after its last message."""


class RedisConversations:
    """Implements ``bot.conversations.Conversations``."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def load(self, sender: str) -> Conversation:
        try:
            kept = await self._redis.get(conversation_key(sender))
        except (RedisError, OSError) as error:
            raise StoreLostError from error
        if kept is None:
            return Conversation()
        try:
            return parse_obj_as(Conversation, json.loads(kept))
        except ValidationError:
            return Conversation()

    async def save(self, sender: str, conversation: Conversation) -> None:
        try:
            await self._redis.set(conversation_key(sender), conversation_value(conversation), ex=KEPT)
        except (RedisError, OSError) as error:
            raise StoreLostError from error

    async def delete(self, sender: str) -> None:
        await self._redis.delete(conversation_key(sender))


def conversation_key(sender: str) -> str:
    return f"yibao:conversation:{sender}"


def conversation_value(conversation: Conversation) -> str:
    return json.dumps(asdict(conversation), ensure_ascii=False)
