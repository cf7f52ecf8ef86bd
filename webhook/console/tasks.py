"""``/console/tasks``: what the staff found wrong or missing, for the editors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.audit import Action, Audit, Deed
from bot.tasks import LONGEST_NOTE, Complaint, Task, Tasks
from knowledge.schema import Aspect
from knowledge.store import Knowledge
from webhook.console.caller import Callers
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form

MOST = 200
"""Tasks on a page; the editors work through them from the newest."""


def tasks_router(
    guard: Guard,
    templates: Jinja2Templates,
    tasks: Tasks,
    audit: Audit,
    knowledge: Knowledge,
    clock: Callable[[], datetime],
) -> APIRouter:
    """The list for all who may look things up, a new task for who may report, the end of one for editors."""
    router = APIRouter(prefix="/console/tasks")
    callers = Callers(knowledge.regions)
    aspects = {aspect.value for aspect in Aspect}

    @router.get("")
    def show(
        request: Request,
        closed: bool = False,
        kept: int = 0,
        visitor: Visitor = Depends(guard.require(Permission.LOOK_UP)),
    ) -> Response:
        context = {
            "visitor": visitor,
            "tasks": tasks.list(is_open=not closed, most=MOST),
            "closed": closed,
            "kept": kept,
            "topics": knowledge.topics,
            "regions": knowledge.regions.by_code,
        }
        return templates.TemplateResponse(request, "tasks.html", context)

    @router.post("")
    def report(
        form: Form = Depends(read_form), visitor: Visitor = Depends(guard.require(Permission.REPORT))
    ) -> Response:
        region = callers.find(form.get("region", ""))
        note = form.get("note", "").strip()
        complaint = {each.value: each for each in Complaint}.get(form.get("complaint", ""))
        aspect = form.get("aspect", "")
        sound = form.get("topic", "") in knowledge.topics and (not aspect or aspect in aspects)
        if region is None or complaint is None or not sound or not 0 < len(note) <= LONGEST_NOTE:
            raise HTTPException(400)
        task = tasks.add(Task(visitor.account.name, clock(), complaint, form["topic"], region.code, aspect, note))
        target = f"{task.topic} {task.region}"
        audit.note(Deed(task.at, task.by, Action.TASK_ADDED, target, f"#{task.id}"))
        return RedirectResponse(f"/console/tasks?kept={task.id}", 303)

    @router.post("/{task}/close")
    def close(
        task: int, form: Form = Depends(read_form), visitor: Visitor = Depends(guard.require(Permission.EDIT))
    ) -> Response:
        outcome = form.get("outcome", "").strip()
        if not 0 < len(outcome) <= LONGEST_NOTE:
            raise HTTPException(400)
        if not tasks.close(task, visitor.account.name, clock(), outcome):
            raise HTTPException(404)
        audit.note(Deed(clock(), visitor.account.name, Action.TASK_CLOSED, f"#{task}"))
        return RedirectResponse("/console/tasks", 303)

    return router
