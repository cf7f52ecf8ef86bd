"""``/console/edit/topic``: a new topic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.audit import Action, Audit, Deed
from knowledge.editor.new_topic import FEWEST, plan_topic, read_new_topic
from knowledge.editor.workspace import WorkspaceError
from knowledge.errors import ContentErrors
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form
from webhook.editing.drafts import Drafts


def topics_router(
    guard: Guard, templates: Jinja2Templates, drafts: Drafts, audit: Audit, clock: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix="/console/edit")
    editor = guard.require(Permission.EDIT)

    def page(request: Request, visitor: Visitor, form: Form, status: int = 200, **context: object) -> Response:
        knowledge = drafts.knowledge()
        shelves = [
            (shelf.label, [(knowledge.topics[family.topics[0]].family, family.label) for family in shelf.families])
            for shelf in knowledge.menu.shelves
        ]
        context = {
            "visitor": visitor,
            "form": form,
            "shelves": shelves,
            "sources": knowledge.sources,
            "fewest": FEWEST,
            **context,
        }
        return templates.TemplateResponse(request, "topic.html", context, status_code=status)

    @router.get("/topic")
    def show(request: Request, visitor: Visitor = Depends(editor)) -> Response:
        return page(request, visitor, dict(request.query_params))

    @router.post("/topic")
    def add(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        knowledge = drafts.knowledge()
        region = knowledge.regions.find(form.get("region", "").strip())
        reason = form.get("reason", "").strip()
        try:
            topic = read_new_topic(form, region.code if region else None, knowledge)
            if not visitor.account.may(Permission.EDIT, topic.region, knowledge.regions.is_within):
                raise HTTPException(403)
            if not reason:
                raise WorkspaceError("请写为什么加")
            change = plan_topic(topic, drafts.workspace, knowledge)
            what = f"加事项：{topic.name}"
            drafts.workspace.save(change, author=visitor.account.name, what=what, reason=reason)
        except ContentErrors as error:
            return page(request, visitor, form, 400, errors=error.errors)
        except WorkspaceError as error:
            return page(request, visitor, form, 400, told=str(error))
        file = f"topics/{topic.family}/{topic.id}.yml"
        audit.note(Deed(clock(), visitor.account.name, Action.CONTENT_CHANGED, file, f"{what}：{reason}"))
        return RedirectResponse(f"/console/edit/place?file={file}&saved=yes", 303)

    return router
