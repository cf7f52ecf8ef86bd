"""``/healthz``: the process is up. ``/readyz``: it can answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import JSONResponse

PATIENCE = 2.0
"""Seconds for the check of readiness."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readiness:
    """``release``: the id of the release that is loaded, or None. ``degraded``: what is lost although answers are
    still given, for instance ``redis``."""

    release: str | None
    degraded: tuple[str, ...] = ()


ReadyCheck = Callable[[], Awaitable[Readiness]]


def health_router(ready: ReadyCheck) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        try:
            readiness = await asyncio.wait_for(ready(), PATIENCE)
        except Exception as error:
            log.error("readiness check failed", extra={"error": type(error).__name__})
            return JSONResponse({"status": "error"}, status_code=503)
        if readiness.release is None:
            return JSONResponse({"status": "loading"}, status_code=503)
        status = "degraded" if readiness.degraded else "ready"
        return JSONResponse({"status": status, "release": readiness.release, "degraded": list(readiness.degraded)})

    return router
