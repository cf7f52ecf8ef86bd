"""WeChat's access token in Redis, for all replicas."""

from __future__ import annotations

from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError


class RedisTokenStore:
    """Implements ``webhook.wechat.token.TokenStore`` for one account. Two that fetch in the same moment get the same
    stable token, so nobody waits for another."""

    def __init__(self, redis: Redis, app_id: str) -> None:
        self._redis = redis
        self._key = f"yibao:token:{app_id}"

    async def load(self) -> str | None:
        try:
            return await self._redis.get(self._key)  # type: ignore[no-any-return]
        except (RedisError, OSError):
            return None

    async def save(self, token: str, seconds: int) -> None:
        with suppress(RedisError, OSError):
            await self._redis.set(self._key, token, ex=seconds)

    async def drop(self) -> None:
        with suppress(RedisError, OSError):
            await self._redis.delete(self._key)
