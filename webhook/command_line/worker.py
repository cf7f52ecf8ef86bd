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
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from bot.journal import JournalLostError
from knowledge.editor.release import Release, ReleaseError, Releases
from webhook.command_line.logs import set_up_logs
from webhook.command_line.terminal import quiet_libraries
from webhook.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.adapters.sql_journal import SqlJournal
    from webhook.switch import Part, Switch

LEAVING = 2.0
"""Seconds between "not ready" and the end of accepting, in which a load balancer notices."""

ASKED_LATELY = timedelta(days=30)
"""What counts as asked most."""

COUNTED_EVERY = 600.0
"""Seconds between two counts of that."""

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

    def __call__(self) -> Switch:
        """What uvicorn calls in each of several workers."""
        set_up_logs(self.settings)
        quiet_libraries()
        try:
            return self.build()[0]
        except ReleaseError as error:
            log.error("worker does not start: %s", error)
            raise SystemExit(CANNOT_START) from None

    def build(self, stop_redis: Callable[[], None] = lambda: None) -> tuple[Switch, str]:
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
        from bot.adapters.sql_staff import console_database
        from bot.installation import Installation
        from bot.phrases import Phrases
        from bot.state import State
        from knowledge.fields import forget_topics
        from webhook.app import create_app
        from webhook.assembly import load_assistant, make_console
        from webhook.console.mount import mount_console
        from webhook.guide.page import mount_guide
        from webhook.health import Readiness
        from webhook.metrics import Metrics
        from webhook.switch import Part, Switch, give_back
        from webhook.wechat.api import WeChatApi
        from webhook.wechat.desk import Desk

        settings = self.settings
        redis = connect(self.redis_url)
        conversations = RedisConversations(redis)
        journal = SqlJournal(partial(open_database, settings.database_url, settings.var))
        served = RedisServed(redis) if settings.wechat.has_agents else None
        limits = RedisLimits(self.redis_url, settings.person_limit) if settings.person_limit else None
        state = State(conversations, RedisOnce(redis), RedisLate(redis), limits, served, journal)
        database = console_database(settings.database_url, settings.var)
        desk = Desk(WeChatApi(settings.wechat, RedisTokenStore(redis, settings.wechat.app_id)))
        metrics = Metrics(self.metrics_folder)
        releases = Releases(settings.var)
        asked: dict[str, int] = {}
        leaving = Event()
        background: list[asyncio.Task[None]] = []
        told: list[str] = []

        def load(release: Release) -> Part:
            """The part of the application that a release answers from; what it is given lives longer than it."""
            bot, knowledge = load_assistant(
                release,
                settings.last_resort_number,
                state,
                installation=Installation(
                    public_url=settings.public_url,
                    retention_days=settings.retention_days,
                    memo_size=settings.memo_size,
                ),
            )
            # Of what reading the files took, before more is built: the release of before is still there.
            give_back()
            console = make_console(settings, bot, knowledge, journal, database, conversations, lambda: asked)

            async def ready() -> Readiness:
                if leaving.is_set():
                    return Readiness(None)
                return Readiness(release.id, () if await is_reachable(redis) else ("redis",))

            def add_pages(app: FastAPI) -> None:
                mount_guide(app, knowledge, Phrases.load(), release.id)
                mount_console(app, console)

            app = create_app(
                settings,
                bot,
                ready=ready,
                region_known=bot.knows_region,
                pages=add_pages,
                desk=desk,
                metrics=metrics,
            )
            guides = sum(len(topic.guides) for topic in knowledge.topics.values())
            told[:] = [f"{len(knowledge.topics)} 个事项，{guides} 份指南"]

            def cool() -> None:
                console.search.cool()
                forget_topics()

            return Part(release.id, app, console.search.warm, cool)

        def startup() -> None:
            _leave_slowly(leaving)
            background.append(asyncio.create_task(_prune(journal, settings.retention_days)))
            background.append(asyncio.create_task(_count(journal, asked)))

        async def shutdown() -> None:
            for task in background:
                task.cancel()
            await asyncio.to_thread(database.close)
            await asyncio.to_thread(journal.close)
            await redis.close()
            await asyncio.to_thread(stop_redis)

        switch = Switch(
            load(self.release),
            partial(find_servable, releases, settings.is_production),
            lambda name: load(releases.get(name)),
            startup=startup,
            shutdown=shutdown,
        )
        # What was loaded stays: the garbage collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        return switch, f"{told[0]}，加载用了 {time.monotonic() - begun:.1f} 秒"


def find_servable(releases: Releases, is_production: bool) -> str | None:
    """The release that should answer; None where that is one that nobody signed for and somebody has to."""
    name = releases.live_name()
    if name is None or not is_production:
        return name
    approval = releases.approval(name)
    return name if approval is not None and approval.by else None


async def _prune(journal: SqlJournal, days: int) -> None:
    """Takes what is too old out of the journal, for ever. Several replicas may: what is out is out."""
    while True:
        with suppress(JournalLostError):
            await journal.prune(days)
        await asyncio.sleep(PRUNED_EVERY)


async def _count(journal: SqlJournal, asked: dict[str, int]) -> None:
    """Keeps how often each topic was asked lately, for the console's search."""
    while True:
        with suppress(JournalLostError):
            counted = await asyncio.to_thread(journal.count_topics, datetime.now(timezone.utc) - ASKED_LATELY)
            asked.clear()
            asked.update(counted)
        await asyncio.sleep(COUNTED_EVERY)


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
