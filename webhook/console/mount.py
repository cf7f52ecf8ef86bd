"""Puts the console together: which page is where, and what each is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from bot.accounts import Permission
from bot.figures import Figures
from bot.journal import Entry
from bot.phrases import Phrases
from bot.staff import Staff
from bot.tasks import Tasks
from knowledge.moments import now_in_beijing
from knowledge.store import Knowledge
from webhook.console.accounts import mount_accounts
from webhook.console.answers import answers_router
from webhook.console.compare import compare_router
from webhook.console.coverage import coverage_router
from webhook.console.desk import Finder, desk_router
from webhook.console.entry import Entries, entry_router
from webhook.console.figures import figures_router
from webhook.console.pages import load_templates
from webhook.console.questions import questions_router
from webhook.console.rehearsal import Rehearsal
from webhook.console.requests import wants_json
from webhook.console.talk import talk_router
from webhook.console.tasks import tasks_router
from webhook.editing.mount import Editing, mount_editing
from webhook.guide.wording import SheetWording

NAVIGATION = (
    ("/console", "查答案", Permission.LOOK_UP),
    ("/console/answer", "按编号查", Permission.LOOK_UP),
    ("/console/regions", "各地的文件", Permission.LOOK_UP),
    ("/console/tasks", "给编辑的事", Permission.LOOK_UP),
    ("/console/questions", "市民的问题", Permission.LOOK_UP),
    ("/console/figures", "统计", Permission.LOOK_UP),
    ("/console/edit", "改内容", Permission.EDIT),
    ("/console/check", "检查", Permission.EDIT),
    ("/console/releases", "版本", Permission.EDIT),
    ("/console/people", "人员", Permission.MANAGE),
    ("/console/audit", "操作记录", Permission.AUDIT),
)
"""Path, label, and what one must be allowed to see it."""


@dataclass(frozen=True)
class Console:
    """What the pages work with. ``find_answer``: the journal's entry of a code; ``release``: its name."""

    knowledge: Knowledge
    phrases: Phrases
    search: Finder
    rehearsal: Rehearsal
    staff: Staff
    tasks: Tasks
    figures: Figures
    find_answer: Callable[[str], Entry | None]
    release: str
    sender_key: str
    is_production: bool
    editing: Editing
    public_url: str | None = None
    clock: Callable[[], datetime] = now_in_beijing


def add_missing_pages(app: FastAPI, templates: Jinja2Templates) -> None:
    """What is not there, or makes no sense, under ``/console`` gets a page in Chinese; elsewhere what it always got."""

    def page(request: Request, status: int) -> Response | None:
        if status not in (400, 404) or not request.url.path.startswith("/console/") or wants_json(request):
            return None
        context = {"visitor": None, "status": status}
        return templates.TemplateResponse(request, "missing.html", context, status_code=status)

    @app.exception_handler(HTTPException)
    async def refuse(request: Request, error: HTTPException) -> Response:
        return page(request, error.status_code) or await http_exception_handler(request, error)

    @app.exception_handler(RequestValidationError)
    async def misread(request: Request, error: RequestValidationError) -> Response:
        return page(request, 400) or await request_validation_exception_handler(request, error)


def mount_console(app: FastAPI, console: Console) -> None:
    """Adds every page under ``/console``. Before the application starts only; connects to nothing."""
    knowledge = console.knowledge
    wording = SheetWording(knowledge.regions, console.phrases)
    templates = load_templates(knowledge.regions)
    templates.env.globals.update(wording.functions())
    templates.env.globals.update(NAVIGATION=NAVIGATION, RELEASE=console.release)
    app.mount("/console/static", StaticFiles(directory=Path(__file__).parent / "static"), name="console-static")

    def now() -> datetime:
        return console.clock().astimezone(timezone.utc)

    guard = mount_accounts(
        app,
        console.staff,
        knowledge.regions,
        key=console.sender_key,
        is_production=console.is_production,
        clock=lambda: console.clock().timestamp(),
        templates=templates,
    )
    entries = Entries(
        knowledge,
        console.phrases,
        console.rehearsal,
        sender_key=console.sender_key,
        public_url=console.public_url,
        clock=console.clock,
    )
    add_missing_pages(app, templates)
    mount_editing(
        app, guard, templates, console.editing, console.figures, console.staff.audit, console.clock, knowledge
    )
    app.include_router(desk_router(guard, templates, console.search, knowledge, wording))
    app.include_router(entry_router(guard, templates, entries))
    app.include_router(compare_router(guard, templates, knowledge, wording))
    app.include_router(coverage_router(guard, templates, knowledge))
    app.include_router(talk_router(guard, console.rehearsal, knowledge, wording, sender_key=console.sender_key))
    app.include_router(answers_router(guard, templates, console.find_answer, knowledge))
    app.include_router(tasks_router(guard, templates, console.tasks, console.staff.audit, knowledge, now))
    app.include_router(figures_router(guard, templates, console.figures, knowledge, console.clock))
    app.include_router(questions_router(guard, templates, console.figures, knowledge, console.clock))
