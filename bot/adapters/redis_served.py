"""Who is served by a person, in Redis."""

from __future__ import annotations

from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.adapters.redis_conversations import SERVED, person_key

LONGEST = 1800
"""Seconds after which WeChat closes a session in which nothing is said."""


class RedisServed:
    """Implements ``bot.served.Served``."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def begin(self, sender: str) -> None:
        with suppress(RedisError, OSError):
            await self._redis.set(person_key(sender, SERVED), "1", ex=LONGEST)

    async def end(self, sender: str) -> None:
        with suppress(RedisError, OSError):
            await self._redis.delete(person_key(sender, SERVED))

    async def is_served(self, sender: str) -> bool:
        try:
            return bool(await self._redis.exists(person_key(sender, SERVED)))
        except (RedisError, OSError):
            return False
