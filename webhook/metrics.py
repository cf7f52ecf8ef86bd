"""``/metrics``: what an operator watches, in Prometheus' own format. Counts only, nothing that a person wrote."""

from __future__ import annotations

import time

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.message import Bot, Incoming, Reply
from webhook.health import ReadyCheck

SLOW = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Bounds of the histogram in seconds; WeChat disconnects after the last."""


class Metrics:
    """One registry a program: nothing global, so that tests and several apps do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter("yibao_messages", "Messages answered", ["door", "status"], registry=self.registry)
        self._seconds = Histogram(
            "yibao_reply_seconds", "Time to a reply", ["door"], buckets=SLOW, registry=self.registry
        )
        self._ready = Gauge("yibao_ready", "1 when a release is loaded", registry=self.registry)
        self._degraded = Gauge("yibao_degraded", "1 when this is lost", ["part"], registry=self.registry)
        self._degraded.labels("redis").set(0)

    def counted(self, bot: Bot, door: str) -> Bot:
        """The same bot, counted under the name of a door."""
        return _CountedBot(bot, door, self._messages, self._seconds)

    def router(self, ready: ReadyCheck) -> APIRouter:
        router = APIRouter()

        @router.get("/metrics")
        async def metrics() -> Response:
            try:
                readiness = await ready()
                self._ready.set(readiness.release is not None)
                self._degraded.labels("redis").set("redis" in readiness.degraded)
            except Exception:
                self._ready.set(0)
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return router


class _CountedBot:
    def __init__(self, bot: Bot, door: str, messages: Counter, seconds: Histogram) -> None:
        self._bot = bot
        self._door = door
        self._messages = messages
        self._seconds = seconds.labels(door)

    async def reply(self, message: Incoming) -> Reply:
        begun = time.perf_counter()
        reply = await self._bot.reply(message)
        self._seconds.observe(time.perf_counter() - begun)
        self._messages.labels(self._door, reply.status).inc()
        return reply

    async def forget(self, sender: str) -> None:
        await self._bot.forget(sender)
