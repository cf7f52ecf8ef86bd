"""The load generator: requests that were built before, sent over connections that are kept.

It runs in the process of the benchmark, which does nothing else meanwhile; the servers are processes of their own.
Replies are kept and looked at after the clock has stopped.
"""

from __future__ import annotations

import asyncio
import gc
import re
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 60.0
"""Seconds beyond the end of a measurement after which it has failed."""

STAGGER = 0.005
"""Seconds from one connection to the next: processes that share a socket take a new connection when they are idle,
and all at once would go to one of them."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Load:
    """What came of sending. ``latencies`` and ``replies`` (status and body) belong together; ``broken`` requests got
    no reply, and the first ``taken`` may not be sent again. ``client`` are the seconds of a processor that the
    generator itself took."""

    latencies: list[float] = field(default_factory=list)
    replies: list[tuple[int, bytes]] = field(default_factory=list)
    broken: int = 0
    taken: int = 0
    seconds: float = 0.0
    client: float = 0.0

    def keep(self, begun: float, reply: tuple[int, bytes]) -> None:
        self.latencies.append(time.perf_counter() - begun)
        self.replies.append(reply)


class Connection(asyncio.Protocol):
    """One connection of HTTP/1.1, one request at a time."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def open(cls, port: int) -> Connection:
        _, connection = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return connection

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises ConnectionError where the server hangs up first."""
        if not self.is_open or self._transport is None:
            raise ConnectionResetError("closed")
        self._received = b""
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._reply

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if found else None
        if length is not None and len(body) >= int(length[1]) and self._reply is not None and not self._reply.done():
            self._reply.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(ConnectionResetError("the server hung up"))


def send_in_turn(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Closed loop: each connection sends its next request when the last is answered, until the time is over or all
    are sent."""
    return _run(_in_turn(port, requests, connections, seconds), seconds)


def send_steadily(port: int, requests: Sequence[bytes], rate: float) -> Load:
    """Open loop: ``rate`` requests a second, whether or not the ones before are answered. A latency counts from the
    moment at which the request was due."""
    return _run(_steadily(port, requests, rate), len(requests) / rate)


async def _in_turn(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    load = Load()
    waiting = iter(requests)
    opened = time.perf_counter()

    async def client(number: int) -> None:
        await asyncio.sleep(number * STAGGER)
        connection = await Connection.open(port)
        for request in waiting:
            load.taken += 1
            if time.perf_counter() - opened > seconds:
                break
            begun = time.perf_counter()
            try:
                load.keep(begun, await connection.exchange(request))
            except ConnectionError:
                load.broken += 1
                connection = await Connection.open(port)
        connection.close()

    await asyncio.gather(*map(client, range(connections)))
    load.seconds = time.perf_counter() - opened
    return load


async def _steadily(port: int, requests: Sequence[bytes], rate: float) -> Load:
    load = Load()
    idle: list[Connection] = []

    async def send(due: float, request: bytes) -> None:
        while idle and not idle[-1].is_open:
            idle.pop()
        connection = idle.pop() if idle else await Connection.open(port)
        try:
            load.keep(due, await connection.exchange(request))
        except ConnectionError:
            load.broken += 1
        idle.append(connection)

    begun = time.perf_counter()
    sending = []
    for number, request in enumerate(requests):
        due = begun + number / rate
        await asyncio.sleep(due - time.perf_counter())
        load.taken += 1
        sending.append(asyncio.create_task(send(due, request)))
    await asyncio.gather(*sending)
    load.seconds = time.perf_counter() - begun
    for connection in idle:
        connection.close()
    return load


def _run(work: Coroutine[Any, Any, Load], seconds: float) -> Load:
    async def patiently() -> Load:
        return await asyncio.wait_for(work, seconds + PATIENCE)

    with _undisturbed():
        begun = time.process_time()
        load = asyncio.run(patiently())
        load.client = time.process_time() - begun
    return load


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without pauses of the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
