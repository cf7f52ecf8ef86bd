"""``/console/talk``: a conversation as a citizen would have it, with what was understood of each turn."""

from __future__ import annotations

import time

from fastapi import APIRouter, Depends, Request
from fastapi.responses import ORJSONResponse, Response

from bot.accounts import Permission
from bot.parts import read
from knowledge.schema import Aspect
from knowledge.store import Knowledge
from webhook.console.guard import Guard, Visitor
from webhook.console.pages import INTENT_NAMES, STATUS_NAMES
from webhook.console.rehearsal import Rehearsal
from webhook.contract import Question, QuestionError, UnknownRegionError, contract_object, parse_question
from webhook.guide.wording import SheetWording
from webhook.sender import keyed_sender

NEAR = 4
"""Topics that came next and are shown."""


def talk_router(
    guard: Guard, rehearsal: Rehearsal, knowledge: Knowledge, wording: SheetWording, *, sender_key: str
) -> APIRouter:
    """``POST /console/talk`` takes a question of the contract and gives its answer, with the parts as they are read
    (``sent``) and their bytes, the ``near`` topics, and what the staff call status and aspect;
    ``POST /console/talk/new`` forgets the conversation."""
    router = APIRouter(prefix="/console")
    reader = guard.require(Permission.LOOK_UP)

    def known(name: str) -> bool:
        return bool(knowledge.regions.candidates(name))

    @router.post("/talk")
    async def say(request: Request, visitor: Visitor = Depends(reader)) -> Response:
        started = time.perf_counter()
        try:
            question = parse_question(await request.body(), known)
        except UnknownRegionError:
            return ORJSONResponse({"status": "error", "error": "region"}, status_code=400)
        except QuestionError as error:
            return ORJSONResponse({"status": "error", "error": str(error)}, status_code=400)
        reply = await rehearsal.ask(_sender(sender_key, visitor, question), question.text, question.region)
        near = [(_name(intent, knowledge), round(chance, 2)) for intent, chance in reply.near[:NEAR]]
        told = contract_object(question, reply, (time.perf_counter() - started) * 1000)
        sent = [{"text": read(part), "bytes": len(part.encode())} for part in reply.parts]
        aspect_name = wording.label(Aspect(reply.aspect)) if reply.aspect else ""
        intent_name = _name(reply.intent, knowledge) if reply.intent else ""
        names = {
            "status_name": STATUS_NAMES[reply.status],
            "aspect_name": aspect_name,
            "intent_name": intent_name,
        }
        return ORJSONResponse({**told, **names, "sent": sent, "near": near})

    @router.post("/talk/new")
    async def begin_anew(request: Request, visitor: Visitor = Depends(reader)) -> Response:
        try:
            question = parse_question(await request.body(), known)
        except QuestionError as error:
            return ORJSONResponse({"status": "error", "error": str(error)}, status_code=400)
        await rehearsal.begin_anew(_sender(sender_key, visitor, question))
        return ORJSONResponse({"status": "ok"})

    return router


def _sender(key: str, visitor: Visitor, question: Question) -> str:
    """Each window of each account has a conversation of its own."""
    return keyed_sender(key, "console", f"{visitor.account.name} {question.sender}")


def _name(intent: str, knowledge: Knowledge) -> str:
    topic = knowledge.topics.get(intent)
    return topic.name if topic else INTENT_NAMES.get(intent, intent)
