"""What happens to an exception that nobody expected: it is logged by its place, and told to nobody."""

from __future__ import annotations

import logging
import traceback

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class FailureGuard:
    """Answers 500 without a traceback.

    The log gets the type of the exception and where it was raised, never its message, which may hold what a citizen
    wrote; so the exception does not travel on to the server, which would print it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            fields = {"path": scope["path"], "error": type(error).__name__, "at": place(error)}
            log.error("request failed", extra=fields)
            if not started:
                response = JSONResponse({"status": "error", "error": "internal error"}, status_code=500)
                await response(scope, receive, send)


def place(error: BaseException) -> str:
    """``file:line`` of the frame that raised, for a log."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
