"""The web application: which door is where."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bot.message import Bot
from webhook.ask import ask_router
from webhook.body_limit import BodyLimit
from webhook.failure import FailureGuard
from webhook.health import ReadyCheck, health_router
from webhook.metrics import Metrics
from webhook.settings import Settings
from webhook.simulator.page import mount_simulator
from webhook.wechat.api import WeChatApi
from webhook.wechat.desk import Desk
from webhook.wechat.door import WeChatDoor
from webhook.wechat.incoming import Reception

DRAIN = 10.0
"""Seconds that answers under way are given at shutdown."""


def create_app(
    settings: Settings,
    bot: Bot,
    *,
    ready: ReadyCheck,
    region_known: Callable[[str], bool],
    pages: Callable[[FastAPI], None] = lambda _: None,
    desk: Desk | None = None,
    clock: Callable[[], float] = time.time,
    metrics: Metrics | None = None,
) -> FastAPI:
    """``region_known`` tells whether the gazetteer knows a code or a name; ``pages`` adds what people look at;
    ``desk`` None: one without a shared token. At its end the last answers are waited for. Starts nothing and connects
    to nothing.
    """
    metrics = metrics or Metrics()
    reception = Reception(settings.sender_key, region_known)
    door = WeChatDoor(
        settings.wechat,
        metrics.counted(bot, "wechat"),
        reception,
        desk or Desk(WeChatApi(settings.wechat)),
        clock=clock,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await door.drain(DRAIN)

    # No pages about the API: they would load their scripts from elsewhere.
    app = FastAPI(title="yibao", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_middleware(FailureGuard)
    app.add_middleware(BodyLimit)
    app.include_router(health_router(ready))
    app.include_router(door.router)
    app.include_router(metrics.router(ready))
    app.include_router(
        ask_router(
            metrics.counted(bot, "api"),
            sender_key=settings.sender_key,
            keys=settings.api_keys if settings.api_keys or settings.is_production else None,
            region_known=region_known,
        )
    )
    pages(app)
    if not settings.is_production:
        mount_simulator(app, settings.wechat, clock=clock)
    return app
