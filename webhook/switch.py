"""The release that answers can change while messages come in: the next one is loaded beside it, then takes over."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

WATCHED_EVERY = 2.0
"""Seconds between two looks at which release should answer."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """One release with the application that answers from it. ``warm`` builds what can wait until the one before is
    gone: both at once would need the memory twice. ``cool`` gives up what can be built anew: of the one that
    answers before another is loaded, and of the one that is gone."""

    release: str
    app: FastAPI
    warm: Callable[[], None] = lambda: None
    cool: Callable[[], None] = lambda: None


class Switch:
    """An ASGI application in front of the one of the live release.

    ``wanted`` tells which release should answer, None: the same as now; ``load`` makes the part of one, in a thread,
    and raises what went wrong: then the one before goes on. A request ends in the application in which it began; a
    message that WeChat sends again finds its answer in the state that both share.
    """

    def __init__(
        self,
        first: Part,
        wanted: Callable[[], str | None],
        load: Callable[[str], Part],
        *,
        startup: Callable[[], None] = lambda: None,
        shutdown: Callable[[], Awaitable[None]] | None = None,
        every: float = WATCHED_EVERY,
    ) -> None:
        self._part = first
        self._wanted = wanted
        self._load = load
        self._startup = startup
        self._shutdown = shutdown
        self._every = every
        self._refused: str | None = None
        self._running: AbstractAsyncContextManager[object] | None = None
        self._lifespan: ASGIApp = Router(lifespan=lambda _: self.live())

    @property
    def release(self) -> str:
        """The one that answers."""
        return self._part.release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        # A copy: the application writes itself into it, and the server keeps it as long as the connection is open.
        await self._part.app({**scope}, receive, send)

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        """From the first message to the last answer."""
        self._startup()
        self._running = await _enter(self._part.app)
        watching = asyncio.create_task(self._watch())
        yield
        watching.cancel()
        await self._running.__aexit__(None, None, None)
        if self._shutdown is not None:
            await self._shutdown()

    async def _watch(self) -> None:
        await asyncio.to_thread(self._part.warm)
        while True:
            await asyncio.sleep(self._every)
            name = await asyncio.to_thread(self._wanted)
            if name is not None and name not in (self._part.release, self._refused):
                await self._change(name)

    async def _change(self, name: str) -> None:
        log.info("release loads", extra={"release": name})
        self._part.cool()
        await asyncio.to_thread(give_back)
        try:
            part = await asyncio.to_thread(self._load, name)
        except Exception as error:
            # Not again and again: until another is named.
            self._refused = name
            log.error("release not loaded", extra={"release": name, "error": f"{type(error).__name__}: {error}"})
            return
        self._refused = None
        before, gone = self._running, self._part
        self._running = await _enter(part.app)
        self._part = part
        log.info("release answers", extra={"release": name})
        if before is not None:
            await before.__aexit__(None, None, None)
        gone.cool()
        del before, gone
        await asyncio.to_thread(_tidy)
        await asyncio.to_thread(part.warm)


async def _enter(app: FastAPI) -> AbstractAsyncContextManager[object]:
    """Begins an application's life; leaving the context lets its last answers end."""
    life = app.router.lifespan_context(app)
    await life.__aenter__()
    return life


def _tidy() -> None:
    """Frees the release that is gone, then sets what was loaded aside again: the garbage collector need not look
    through it at every turn."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    give_back()


def give_back() -> None:
    """What was freed goes back to the system; the C library would keep it in pieces."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
