"""The limit on request bodies, kept before anything is parsed."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024
"""Bytes."""

PATIENCE = 10.0
"""Seconds in which a body must have come in."""


class BodyLimit:
    """Reads the whole body first; answers 413 to one over ``MAX_BODY`` bytes, whether its length was announced or
    it came in chunks, and 408 to one that trickles in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(_read(scope, receive), PATIENCE)
        except _TooLargeError:
            await _refusal("body too large", 413)(scope, receive, send)
        except _GoneError:
            return
        except asyncio.TimeoutError:
            await _refusal("body too slow", 408)(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)


class _TooLargeError(Exception):
    pass


class _GoneError(Exception):
    """The client left before its body was complete."""


async def _read(scope: Scope, receive: Receive) -> bytes:
    if _announced(scope) > MAX_BODY:
        raise _TooLargeError
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _announced(scope: Scope) -> int:
    """The announced length; what is no number counts as too large."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(text) if text.isdigit() and len(text) < 16 else MAX_BODY + 1 for text in lengths), default=0)


def _replay(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def _refusal(problem: str, status_code: int) -> JSONResponse:
    # What follows of the body is not read: the connection cannot be used again.
    return JSONResponse({"status": "error", "error": problem}, status_code, headers={"connection": "close"})
