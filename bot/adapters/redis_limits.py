"""Limits that all processes of one Redis share."""

from __future__ import annotations

import time
from typing import Any

from throttled.asyncio import RedisStore, Throttled
from throttled.exceptions import StoreUnavailableError

from bot.adapters.redis_conversations import LIMIT
from bot.adapters.redis_state import connect

OF_ALL = "1000/s burst 2000"

PORTION = 5
PORTION_OF_ALL = 100
"""Messages that a process counts by itself before it counts them in Redis. Hardly anybody asks five times in a row: for
all others a limit costs nothing."""

MOST_COUNTED = 10_000
"""People whom a process counts by itself; then it begins anew."""

ALL = "all"


class RedisLimits:
    """Implements ``bot.limits.Limits``. Without Redis nobody is refused; messages in hand are limited all the same."""

    def __init__(self, url: str, person_limit: int, of_all: str = OF_ALL) -> None:
        """``person_limit``: messages of a person in a minute; ``of_all``: of all, as throttled-py writes it."""
        store = RedisStore(server=url, options={"CONNECTION_FACTORY_CLASS": f"{__name__}.Connections"})
        of_a_person = f"{person_limit}/m burst {person_limit}"
        self._person = Throttled(using="gcra", quota=of_a_person, store=store, key_prefix=LIMIT)
        self._all = Throttled(using="gcra", quota=of_all, store=store, key_prefix="yibao:limit")
        self._counted: dict[str, int] = {}
        self._refused_until: dict[str, float] = {}

    async def admits(self, sender: str) -> bool:
        return await self._count(self._all, ALL, PORTION_OF_ALL) and await self._count(self._person, sender, PORTION)

    async def _count(self, limit: Throttled, key: str, portion: int) -> bool:
        if key in self._refused_until:
            if time.monotonic() < self._refused_until[key]:
                return False
            del self._refused_until[key]
        counted = self._counted.pop(key, 0) + 1
        if counted < portion:
            if len(self._counted) >= MOST_COUNTED:
                self._counted.clear()
            self._counted[key] = counted
            return True
        try:
            result = await limit.limit(key, cost=portion)
        except StoreUnavailableError:
            return True
        if result.limited:
            self._refused_until[key] = time.monotonic() + result.state.retry_after
        return not result.limited


class Connections:
    """Connects for throttled-py as everything else does: a server that hangs is waited for once."""

    def __init__(self, options: dict[str, Any]) -> None:
        """As it is called there."""

    def connect(self, url: str) -> Any:
        return connect(url)
