"""``POST /api/ask``: one question object in, one answer object out, with the server's memory."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import ORJSONResponse, Response

from bot.message import Bot, Incoming
from webhook.contract import QuestionError, UnknownRegionError, contract_object, error_object, parse_question
from webhook.sender import keyed_sender


def ask_router(
    bot: Bot, *, sender_key: str, keys: Sequence[str] | None, region_known: Callable[[str], bool]
) -> APIRouter:
    """Who does not send one of ``keys`` as a bearer token gets 401; None: nobody needs one. A malformed question gets
    400; an unknown region, like an answer of status ``error``, gets 200."""
    router = APIRouter()

    async def ask(request: Request) -> Response:
        started = time.perf_counter()
        if keys is not None and not _is_one_of(request.headers.get("authorization", ""), keys):
            refusal = {"status": "error", "error": "an API key is needed"}
            return ORJSONResponse(refusal, status_code=401, headers={"www-authenticate": "Bearer"})
        try:
            question = parse_question(await request.body(), region_known)
        except UnknownRegionError as error:
            return ORJSONResponse(error_object(error, _milliseconds_since(started)))
        except QuestionError as error:
            return ORJSONResponse(error_object(error, _milliseconds_since(started)), status_code=400)
        sender = keyed_sender(sender_key, "api", question.sender)
        reply = await bot.reply(Incoming(sender=sender, text=question.text, door="api", region=question.region))
        return ORJSONResponse(contract_object(question, reply, _milliseconds_since(started)))

    # Starlette's own route: there is nothing for FastAPI to inject.
    router.add_route("/api/ask", ask, methods=["POST"])
    return router


def _is_one_of(authorization: str, keys: Sequence[str]) -> bool:
    """Takes as long whichever key it is, and however much of it is right."""
    scheme, _, token = authorization.partition(" ")
    right = [hmac.compare_digest(token.strip().encode(), key.encode()) for key in keys]
    return scheme.lower() == "bearer" and any(right)


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
