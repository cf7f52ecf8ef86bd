"""State that all processes share, in Redis."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, TimeoutError

from bot.adapters.redis_conversations import CONVERSATION, REPLIES, conversation_value, person_key
from bot.adapters.redis_conversations import KEPT as CONVERSATION_KEPT
from bot.conversations import Conversation
from bot.dedupe import Compute, Flights

KEPT = 900
"""Seconds that a result is kept at least: longer than the doors' freshness window, in which a repeat can come in. All
of a person's go together, so long after the last."""

LEASE = 2.0
"""Seconds after which the computation of a process that died is given up: whom the proxy then asks still answers
within the 5 that WeChat waits."""

LONGEST = 60.0
"""Seconds that one computation may hold its key."""

POLL = 0.05

TIMEOUT = 1.0
"""Seconds that one command waits for the server."""

BRIDGE = 1.5
"""Seconds that a server which refuses connections is waited for: so long a restart takes, and nobody notices."""

PAUSE = 2.0
"""Seconds that a server is not asked after it did not answer. One message asks it several times: waiting each time
takes longer than WeChat waits."""

_BEGIN = """
local result = redis.call('HGET', KEYS[1], ARGV[3])
if result then return {'result', result} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'compute', ''} end
if redis.call('GET', KEYS[2]) == ARGV[1] then return {'compute', ''} end
return {'wait', ''}
"""

_FINISH = """
local result = redis.call('HGET', KEYS[1], ARGV[3])
if not result then
  result = ARGV[2]
  redis.call('HSET', KEYS[1], ARGV[3], result)
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  if KEYS[3] then redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[6]) end
end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return result
"""

_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

log = logging.getLogger(__name__)


class _Patient(Redis):
    """A client that bears with a server that is started anew, and does not wait again and again for one that is lost.

    A connection that is refused or breaks is tried again for BRIDGE: all that is asked here may be done twice. After
    that, or after a command that got no answer at all, the next ones fail at once for PAUSE; then one command tries for
    all. ``ConnectionError`` stands for every loss. An answer that refuses a command is an answer. The log is told when
    the server goes and when it comes back; whoever asks need not tell.
    """

    _lost_since: float | None = None
    _away_until = 0.0

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        if time.monotonic() < self._away_until:
            raise ConnectionError("not asked: it gave no answer a moment ago")
        while True:
            try:
                if self._away_until:
                    self._away_until = time.monotonic() + PAUSE
                result = await self._ask(*args, **options)
            except (ConnectionError, TimeoutError, OSError) as error:
                if await self._is_worth_another_try(error):
                    continue
                raise
            except RedisError:
                self._is_back()
                raise
            self._is_back()
            return result

    async def _ask(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().execute_command(*args, **options)
        except RuntimeError as error:
            # uvloop's word for writing to a connection that was closed a moment ago; the client knows only OSError.
            raise ConnectionError(str(error)) from error

    async def _is_worth_another_try(self, error: Exception) -> bool:
        """After a moment; False where the server is given up for now."""
        now = time.monotonic()
        if self._lost_since is None:
            self._lost_since = now
        # What is idle may be as dead: whoever tries next connects anew.
        await self.connection_pool.disconnect(inuse_connections=False)
        if not isinstance(error, TimeoutError) and not self._away_until and now - self._lost_since < BRIDGE:
            await asyncio.sleep(POLL)
            return True
        if not self._away_until:
            log.error("Redis gives no answer: %s", type(error).__name__)
        self._away_until = now + PAUSE
        return False

    def _is_back(self) -> None:
        if self._away_until:
            log.warning("Redis answers again")
        self._lost_since = None
        self._away_until = 0.0


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
    none. A result and the conversation after it are kept in one step: a process that dies leaves both or neither.
    """

    def __init__(self, client: Redis, *, kept: int = KEPT, lease: float = LEASE, longest: float = LONGEST) -> None:
        self._kept = kept
        self._lease = lease
        self._longest = longest
        self._flights = Flights()
        self._begin = client.register_script(_BEGIN)
        self._finish = client.register_script(_FINISH)
        self._renew = client.register_script(_RENEW)
        self._release = client.register_script(_RELEASE)

    async def once(self, sender: str, key: str, compute: Compute) -> str:
        return await self._flights.join(f"{sender} {key}", lambda: self._share(sender, key, compute))

    async def _share(self, sender: str, key: str, compute: Compute) -> str:
        result_key, lease_key = person_key(sender, REPLIES), person_key(sender, f"lease:{key}")
        token = secrets.token_hex(16)

        async def finish(result: str, after: Conversation | None) -> str:
            keys: list[str] = [result_key, lease_key]
            values: list[str | bytes | int] = [token, result, key, self._kept]
            if after is not None:
                keys.append(person_key(sender, CONVERSATION))
                values += [conversation_value(after), CONVERSATION_KEPT]
            try:
                return str(await self._finish(keys=keys, args=values))
            except (RedisError, OSError):
                return result

        try:
            while True:
                turn, result = await self._begin(
                    keys=[result_key, lease_key], args=[token, _milliseconds(self._lease), key]
                )
                if turn == "result":
                    return str(result)
                if turn == "compute":
                    break
                await asyncio.sleep(POLL)
        except (RedisError, OSError):
            return await compute(finish)
        finished = asyncio.Event()
        renewals: list[asyncio.Task[None]] = []

        def begin_to_renew() -> None:
            renewals.append(asyncio.create_task(self._keep_renewing(lease_key, token, finished)))

        # Most computations end long before.
        timer = asyncio.get_running_loop().call_later(self._lease / 4, begin_to_renew)
        try:
            return await compute(finish)
        except BaseException:
            await self._give_up(lease_key, token)
            raise
        finally:
            timer.cancel()
            # Not cancelled: a command that is cancelled may swallow that, and the renewal would go on.
            finished.set()
            await asyncio.gather(*renewals)

    async def _keep_renewing(self, lease_key: str, token: str, finished: asyncio.Event) -> None:
        pause = self._lease / 4
        for _ in range(int(self._longest / pause)):
            with suppress(RedisError, OSError):
                await self._renew(keys=[lease_key], args=[token, _milliseconds(self._lease)])
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(finished.wait(), pause)
                return

    async def _give_up(self, lease_key: str, token: str) -> None:
        with suppress(RedisError, OSError):
            await self._release(keys=[lease_key], args=[token])


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
