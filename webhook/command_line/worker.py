"""One process that answers: builds the application, and leaves without losing a message."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from bot.journal import JournalLostError
from knowledge.editor.release import Release, ReleaseError
from webhook.command_line.logs import set_up_logs
from webhook.command_line.terminal import quiet_libraries
from webhook.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.adapters.sql_journal import SqlJournal

LEAVING = 2.0
"""Seconds between "not ready" and the end of accepting, in which a load balancer notices."""

PRUNED_EVERY = 3600.0
"""Seconds between two looks for what the journal kept long enough."""

CANNOT_START = 3
"""Exit code with which a worker ends that every other would follow: uvicorn then stops instead of starting it anew."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """Makes the application, in this process or in one of several: it can be sent to another process.

    ``metrics_folder``: where several workers count together. ``tell``: whether it says what was loaded.
    """

    settings: Settings
    release: Release
    redis_url: str
    metrics_folder: Path | None = None

    def __call__(self) -> FastAPI:
        """What uvicorn calls in each of several workers."""
        set_up_logs(self.settings)
        quiet_libraries()
        try:
            return self.build()[0]
        except ReleaseError as error:
            log.error("worker does not start: %s", error)
            raise SystemExit(CANNOT_START) from None

    def build(self, stop_redis: Callable[[], None] = lambda: None) -> tuple[FastAPI, str]:
        """The application, and one line on what it loaded; some seconds. Raises ``ReleaseError``."""
        begun = time.monotonic()
        from bot.adapters.database import open_database
        from bot.adapters.redis_conversations import RedisConversations
        from bot.adapters.redis_late import RedisLate
        from bot.adapters.redis_limits import RedisLimits
        from bot.adapters.redis_served import RedisServed
        from bot.adapters.redis_state import RedisOnce, connect, is_reachable
        from bot.adapters.redis_token import RedisTokenStore
        from bot.adapters.sql_journal import SqlJournal
        from bot.installation import Installation
        from bot.phrases import Phrases
        from bot.state import State
        from webhook.app import create_app
        from webhook.assembly import load_assistant
        from webhook.guide.page import mount_guide
        from webhook.health import Readiness
        from webhook.metrics import Metrics
        from webhook.wechat.api import WeChatApi
        from webhook.wechat.desk import Desk

        redis = connect(self.redis_url)
        journal = SqlJournal(partial(open_database, self.settings.database_url, self.settings.var))
        served = RedisServed(redis) if self.settings.wechat.has_agents else None
        limits = RedisLimits(self.redis_url, self.settings.person_limit) if self.settings.person_limit else None
        bot, knowledge = load_assistant(
            self.release,
            self.settings.last_resort_number,
            State(RedisConversations(redis), RedisOnce(redis), RedisLate(redis), limits, served, journal),
            installation=Installation(
                public_url=self.settings.public_url,
                retention_days=self.settings.retention_days,
                memo_size=self.settings.memo_size,
            ),
        )
        leaving = Event()
        pruning: list[asyncio.Task[None]] = []

        def startup() -> None:
            _leave_slowly(leaving)
            pruning.append(asyncio.create_task(_prune(journal, self.settings.retention_days)))

        async def ready() -> Readiness:
            if leaving.is_set():
                return Readiness(None)
            return Readiness(self.release.id, () if await is_reachable(redis) else ("redis",))

        async def shutdown() -> None:
            for task in pruning:
                task.cancel()
            await asyncio.to_thread(journal.close)
            await redis.close()
            await asyncio.to_thread(stop_redis)

        app = create_app(
            self.settings,
            bot,
            ready=ready,
            region_known=bot.knows_region,
            guides=lambda app: mount_guide(app, knowledge, Phrases.load(), self.release.id),
            desk=Desk(WeChatApi(self.settings.wechat, RedisTokenStore(redis, self.settings.wechat.app_id))),
            metrics=Metrics(self.metrics_folder),
            startup=startup,
            shutdown=shutdown,
        )
        # What was loaded stays: the garbage collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        guides = sum(len(topic.guides) for topic in knowledge.topics.values())
        seconds = time.monotonic() - begun
        return app, f"{len(knowledge.topics)} 个事项，{guides} 份指南，加载用了 {seconds:.1f} 秒"


async def _prune(journal: SqlJournal, days: int) -> None:
    """Takes what is too old out of the journal, for ever. Several replicas may: what is out is out."""
    while True:
        with suppress(JournalLostError):
            await journal.prune(days)
        await asyncio.sleep(PRUNED_EVERY)


def _leave_slowly(leaving: Event) -> None:
    """At the first SIGTERM ``/readyz`` says so; the server's own handler comes ``LEAVING`` seconds later, or with the
    second signal."""
    loop = asyncio.get_running_loop()
    stop = signal.getsignal(signal.SIGTERM)

    def leave(number: int, frame: FrameType | None) -> None:
        if not callable(stop):
            return
        if leaving.is_set():
            stop(number, frame)
            return
        leaving.set()
        loop.call_soon_threadsafe(loop.call_later, LEAVING, stop, number, frame)

    signal.signal(signal.SIGTERM, leave)
