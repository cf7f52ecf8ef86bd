"""Late answers in Redis."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict

from pydantic import ValidationError, parse_obj_as
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.adapters.redis_conversations import LATE, person_key
from bot.adapters.redis_state import KEPT
from bot.message import Incoming


class RedisLate:
    """Implements ``bot.late.Late``. Without Redis nothing is kept: the question can be asked again."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def keep(self, message: Incoming) -> None:
        with suppress(RedisError, OSError):
            kept = json.dumps(asdict(message), ensure_ascii=False)
            await self._redis.set(person_key(message.sender, LATE), kept, ex=KEPT)

    async def find(self, sender: str) -> Incoming | None:
        try:
            kept = await self._redis.get(person_key(sender, LATE))
            return None if kept is None else parse_obj_as(Incoming, json.loads(kept))
        except (RedisError, OSError, ValidationError):
            return None
