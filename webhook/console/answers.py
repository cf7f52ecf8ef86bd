"""``/console/answer``: what somebody was sent, by the code under it."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.journal import ALPHABET, CODE_LENGTH, Entry, JournalLostError
from bot.parts import read
from knowledge.store import Knowledge
from webhook.console.guard import Guard, Visitor

_CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
_BLANKS = re.compile(r"[\s·.\-—]+")


def answers_router(
    guard: Guard, templates: Jinja2Templates, find: Callable[[str], Entry | None], knowledge: Knowledge
) -> APIRouter:
    """``find``: the journal's entry of a code, which blocks; it raises JournalLostError."""
    router = APIRouter(prefix="/console")

    @router.get("/answer")
    def show(
        request: Request, code: str = "", visitor: Visitor = Depends(guard.require(Permission.LOOK_UP))
    ) -> Response:
        wanted = read_code(code)
        entry, problem, status = None, "", 200
        if code.strip() and wanted is None:
            problem, status = "shape", 400
        elif wanted is not None:
            try:
                entry = find(wanted)
                problem, status = ("", 200) if entry else ("unknown", 404)
            except JournalLostError:
                problem, status = "lost", 503
        context = {
            "visitor": visitor,
            "code": wanted or code.strip()[: 2 * CODE_LENGTH],
            "entry": entry,
            "problem": problem,
            "parts": [(read(part), len(part.encode())) for part in (entry.parts or ())] if entry else [],
            "topic": knowledge.topics.get(entry.topic or "") if entry else None,
        }
        return templates.TemplateResponse(request, "answer.html", context, status_code=status)

    return router


def read_code(typed: str) -> str | None:
    """The code as it was made, from what somebody reads out; None for what is none."""
    code = _BLANKS.sub("", typed[:64]).upper()
    return code if _CODE.fullmatch(code) else None
