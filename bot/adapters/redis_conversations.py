"""Conversations in Redis, each with a time to live."""

from __future__ import annotations

import orjson
from pydantic import ValidationError, parse_obj_as
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.conversations import Conversation, StoreLostError

KEPT = 24 * 3600
"""Seconds that a conversation is remembered after its last message."""


CONVERSATION = "conversation"
REPLIES = "replies"
"""To the messages of the last minutes, by message: ``bot.adapters.redis_state.RedisOnce``."""

LATE = "late"
"""The message whose answer was not there in time."""

SERVED = "served"
"""There while a person of the office serves."""

OF_A_PERSON = (CONVERSATION, REPLIES, LATE, SERVED)
"""All that is kept of somebody, but for leases, which end within seconds."""


LIMIT = "yibao:limit:person"


class RedisConversations:
    """Implements ``bot.conversations.Conversations``."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def load(self, sender: str) -> Conversation:
        try:
            kept = await self._redis.get(person_key(sender, CONVERSATION))
        except (RedisError, OSError) as error:
            raise StoreLostError from error
        if kept is None:
            return Conversation()
        try:
            return parse_obj_as(Conversation, orjson.loads(kept))
        except ValidationError:
            return Conversation()

    async def save(self, sender: str, conversation: Conversation) -> None:
        try:
            await self._redis.set(person_key(sender, CONVERSATION), conversation_value(conversation), ex=KEPT)
        except (RedisError, OSError) as error:
            raise StoreLostError from error

    async def delete(self, sender: str) -> None:
        """Takes with it what else Redis holds of the person."""
        try:
            await self._redis.delete(*(person_key(sender, kind) for kind in OF_A_PERSON))
            await self._redis.delete(limit_key(sender))
        except (RedisError, OSError) as error:
            raise StoreLostError from error


def person_key(sender: str, kind: str) -> str:
    """The braces keep all of a person in one slot of a cluster, as scripts want it."""
    return f"yibao:{{{sender}}}:{kind}"


def limit_key(sender: str) -> str:
    """Where throttled-py counts somebody's messages."""
    return f"{LIMIT}:v1:gcra:{sender}"


def conversation_value(conversation: Conversation) -> bytes:
    return orjson.dumps(conversation)
