"""State that all processes share, in Redis."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, TimeoutError

from bot.dedupe import Flights

KEPT = 900
"""Seconds that a result is kept: longer than the doors' freshness window, in which a repeat can come in."""

LEASE = 2.0
"""Seconds after which the computation of a process that died is given up: whom the proxy then asks still answers
within the 5 that WeChat waits."""

LONGEST = 60.0
"""Seconds that one computation may hold its key."""

POLL = 0.05

TIMEOUT = 1.0
"""Seconds that one command waits for the server."""

PAUSE = 2.0
"""Seconds that a server is not asked after it did not answer. One message asks it several times: waiting each time
takes longer than WeChat waits."""

_BEGIN = """
local result = redis.call('GET', KEYS[1])
if result then return {'result', result} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'compute', ''} end
if redis.call('GET', KEYS[2]) == ARGV[1] then return {'compute', ''} end
return {'wait', ''}
"""

_FINISH = """
local result = redis.call('GET', KEYS[1])
if not result then
  result = ARGV[2]
  redis.call('SET', KEYS[1], result, 'EX', ARGV[3])
end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return result
"""

_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

Compute = Callable[[], Awaitable[str]]

log = logging.getLogger(__name__)


class _Patient(Redis):
    """After a command that got no answer, the next ones fail at once for PAUSE; then one command tries for all.

    ``ConnectionError`` stands for both. An answer that refuses a command is an answer.
    """

    _away_until = 0.0

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        now = time.monotonic()
        if now < self._away_until:
            raise ConnectionError("not asked: it gave no answer a moment ago")
        if self._away_until:
            self._away_until = now + PAUSE
        try:
            result = await super().execute_command(*args, **options)
        except (ConnectionError, TimeoutError, OSError):
            self._away_until = time.monotonic() + PAUSE
            # What is idle may be as dead: whoever tries next connects anew.
            await self.connection_pool.disconnect(inuse_connections=False)
            raise
        except RedisError:
            self._away_until = 0.0
            raise
        self._away_until = 0.0
        return result


def connect(url: str) -> Redis:
    """A client that gives up soon, and connects when it is first used. Whoever calls this awaits its ``close()``."""
    client = _Patient.from_url(
        url,
        decode_responses=True,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[ConnectionError],
    )
    # Otherwise `close` leaves the connections of a client made from a URL open, and the embedded server running.
    client.auto_close_connection_pool = True
    return client


async def is_reachable(client: Redis) -> bool:
    """For the check of readiness, which waits 2 s: a connection that breaks late and is made anew may take longer."""
    try:
        return bool(await asyncio.wait_for(client.ping(), 1.5 * TIMEOUT))
    except (RedisError, OSError, asyncio.TimeoutError):
        return False


class RedisOnce:
    """``bot.dedupe.Once``, shared by all processes of one Redis.

    Who computes holds a lease that it renews. Of two that compute after all, because a lease ran out, the first to
    finish decides what both return. Without Redis every process computes for itself: an answer twice is better than
    none.
    """

    def __init__(
        self, client: Redis, *, kept: int = KEPT, lease: float = LEASE, longest: float = LONGEST, prefix: str = "once"
    ) -> None:
        self._kept = kept
        self._lease = lease
        self._longest = longest
        self._prefix = prefix
        self._flights = Flights()
        self._begin = client.register_script(_BEGIN)
        self._finish = client.register_script(_FINISH)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)

    async def once(self, key: str, compute: Compute) -> str:
        return await self._flights.join(key, lambda: self._share(key, compute))

    async def _share(self, key: str, compute: Compute) -> str:
        # The braces keep both keys in one slot of a cluster.
        result_key, lease_key = f"{self._prefix}:{{{key}}}:result", f"{self._prefix}:{{{key}}}:lease"
        token = secrets.token_hex(16)
        try:
            while True:
                turn, result = await self._begin(keys=[result_key, lease_key], args=[token, _milliseconds(self._lease)])
                if turn == "result":
                    return str(result)
                if turn == "compute":
                    break
                await asyncio.sleep(POLL)
        except (RedisError, OSError) as error:
            _log_loss(error)
            return await compute()
        return await self._compute(result_key, lease_key, token, compute)

    async def _compute(self, result_key: str, lease_key: str, token: str, compute: Compute) -> str:
        renewal = asyncio.create_task(self._keep_renewing(lease_key, token))
        try:
            result = await compute()
        except BaseException:
            await self._give_up(lease_key, token)
            raise
        finally:
            renewal.cancel()
        try:
            return str(await self._finish(keys=[result_key, lease_key], args=[token, result, self._kept]))
        except (RedisError, OSError) as error:
            _log_loss(error)
            return result

    async def _keep_renewing(self, lease_key: str, token: str) -> None:
        pause = self._lease / 4
        for _ in range(int(self._longest / pause)):
            await asyncio.sleep(pause)
            try:
                await self._renew(keys=[lease_key], args=[token, _milliseconds(self._lease)])
            except (RedisError, OSError) as error:
                _log_loss(error)

    async def _give_up(self, lease_key: str, token: str) -> None:
        try:
            await self._release(keys=[lease_key], args=[token])
        except (RedisError, OSError) as error:
            _log_loss(error)


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _log_loss(error: Exception) -> None:
    log.warning("shared state unreachable", extra={"error": type(error).__name__})
