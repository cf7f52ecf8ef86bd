"""``/metrics``: what an operator watches, in Prometheus' own format. Counts only, nothing that a person wrote.

A message that took long gets a line in the log, with its stages.
"""

from __future__ import annotations

import logging
import time
from functools import lru_cache, partial
from pathlib import Path

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bot.message import Bot, Excuse, Incoming, Reply
from bot.stages import measured
from webhook.health import ReadyCheck

BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Of the histograms, in seconds; WeChat disconnects after the last."""

SLOW = 1.0
"""Seconds from which a message is told in the log."""

log = logging.getLogger(__name__)


class Metrics:
    """One registry a program: nothing global, so that tests and several apps do not mix.

    ``shared``: the folder in which the workers of one program count together; ``PROMETHEUS_MULTIPROC_DIR`` named it
    before this module was imported.
    """

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        self.registry = CollectorRegistry()
        self._messages = Counter(
            "yibao_messages", "Messages answered", ["door", "status", "region"], registry=self.registry
        )
        self._unanswered = Counter(
            "yibao_unanswered", "Messages that got no answer in time", ["door", "reason"], registry=self.registry
        )
        self._seconds = Histogram(
            "yibao_reply_seconds", "Time to a reply", ["door"], buckets=BOUNDS, registry=self.registry
        )
        self._stages = Histogram(
            "yibao_stage_seconds", "Time in one stage", ["stage"], buckets=BOUNDS, registry=self.registry
        )
        self._ready = Gauge(
            "yibao_ready", "1 when a release is loaded", registry=self.registry, multiprocess_mode="mostrecent"
        )
        self._degraded = Gauge(
            "yibao_degraded",
            "1 when this is lost",
            ["part"],
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )
        self._degraded.labels("redis").set(0)

    def counted(self, bot: Bot, door: str) -> Bot:
        """The same bot, counted under the name of a door."""
        return _CountedBot(bot, door, self._messages, self._unanswered, self._seconds.labels(door), self._stages)

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
            return Response(generate_latest(self._all()), media_type=CONTENT_TYPE_LATEST)

        return router

    def _all(self) -> CollectorRegistry:
        """What all workers counted, whichever of them is asked."""
        if self._shared is None:
            return self.registry
        together = CollectorRegistry()
        MultiProcessCollector(together, path=str(self._shared))  # type: ignore[no-untyped-call]
        return together


class _CountedBot:
    def __init__(
        self, bot: Bot, door: str, messages: Counter, unanswered: Counter, seconds: Histogram, stages: Histogram
    ) -> None:
        self._bot = bot
        self._unanswered = unanswered
        self._door = door
        self._seconds = seconds
        # Finding the child of some labels takes longer than counting in it.
        self._stage = lru_cache(stages.labels)
        self._count = lru_cache(partial(messages.labels, door))

    async def reply(self, message: Incoming) -> Reply:
        begun = time.perf_counter()
        with measured() as stages:
            reply = await self._bot.reply(message)
        seconds = time.perf_counter() - begun
        self._seconds.observe(seconds)
        for name, part in stages.items():
            self._stage(name).observe(part)
        self._count(reply.status, reply.region.code if reply.region else "").inc()
        if seconds >= SLOW:
            told = {name: round(part, 3) for name, part in stages.items()}
            log.warning(
                "slow message", extra={"door": self._door, "status": reply.status, "seconds": round(seconds, 3), **told}
            )
        return reply

    async def postpone(self, message: Incoming) -> Reply:
        self._unanswered.labels(self._door, "late").inc()
        return await self._bot.postpone(message)

    def excuse(self, excuse: Excuse) -> Reply:
        self._unanswered.labels(self._door, excuse.value).inc()
        return self._bot.excuse(excuse)

    async def hand_over(self, sender: str, begins: bool) -> None:
        await self._bot.hand_over(sender, begins)

    async def forget(self, sender: str) -> None:
        await self._bot.forget(sender)
