"""Puts the editors' pages together; where there is no folder of theirs, each says how to make one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import ChoiceLoader, FileSystemLoader

from bot.audit import Audit
from bot.figures import Figures
from knowledge.content_files import dotted
from knowledge.editor.form import summary
from knowledge.editor.release import Releases
from knowledge.editor.workspace import NoWorkspaceError, Workspace, WorkspaceError
from knowledge.errors import ContentErrors
from knowledge.store import Knowledge
from webhook.console.guard import Guard
from webhook.editing.checks import checks_router
from webhook.editing.drafts import Drafts
from webhook.editing.examples import examples_router
from webhook.editing.files import files_router
from webhook.editing.history import history_router
from webhook.editing.impact import Impacts, MakeBot
from webhook.editing.inner import inner_of
from webhook.editing.labels import aspect_label, field_hint, field_label, value_label
from webhook.editing.releases import releases_router
from webhook.editing.reviews import reviews_router
from webhook.editing.topics import topics_router
from webhook.publishing.trainings import Trainings

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Editing:
    """``workspace``: the editors' folder, None where there is none; ``documents``: that of the source documents."""

    workspace: Workspace | None
    documents: Path | None
    make_bot: MakeBot
    releases: Releases
    trainings: Trainings


def mount_editing(
    app: FastAPI,
    guard: Guard,
    templates: Jinja2Templates,
    editing: Editing,
    figures: Figures,
    audit: Audit,
    clock: Callable[[], datetime],
    knowledge: Knowledge,
) -> None:
    """``templates``: those of the console; ``clock``: Beijing's time; ``knowledge``: of the release that answers."""
    drafts = Drafts(editing.workspace)
    templates.env.loader = ChoiceLoader([templates.env.loader, FileSystemLoader(HERE / "templates")])  # type: ignore[list-item]
    templates.env.globals.update(
        field_label=field_label,
        field_hint=field_hint,
        value_label=value_label,
        aspect_label=aspect_label,
        summary=summary,
        path_of=lambda loc: dotted(loc) if loc else "",
        inner_of=inner_of,
    )
    app.mount("/console/editing", StaticFiles(directory=HERE / "static"), name="editing-static")

    def utc() -> datetime:
        return clock().astimezone(timezone.utc)

    @app.exception_handler(NoWorkspaceError)
    async def no_folder(request: Request, error: NoWorkspaceError) -> Response:
        context = {"visitor": None, "told": f"{error}。"}
        return templates.TemplateResponse(request, "none.html", context, status_code=503)

    @app.exception_handler(WorkspaceError)
    async def unreadable(request: Request, error: WorkspaceError) -> Response:
        return templates.TemplateResponse(
            request, "none.html", {"visitor": None, "told": f"{error}。"}, status_code=404
        )

    @app.exception_handler(ContentErrors)
    async def broken(request: Request, error: ContentErrors) -> Response:
        first = error.errors[0]
        told = f"内容文件读不了，请先改好：{first.file}，{first.cause}。怎么改：{first.remedy}。全部问题见“检查”。"
        return templates.TemplateResponse(request, "none.html", {"visitor": None, "told": told}, status_code=503)

    app.include_router(examples_router(guard, templates, drafts, audit, utc))
    app.include_router(topics_router(guard, templates, drafts, audit, utc))
    app.include_router(history_router(guard, templates, drafts, audit, utc))
    app.include_router(files_router(guard, templates, drafts, Impacts(editing.make_bot), figures, audit, clock))
    app.include_router(checks_router(guard, templates, drafts, editing.documents, audit, clock))
    app.include_router(reviews_router(guard, templates, drafts, clock))
    app.include_router(releases_router(guard, templates, editing.releases, editing.trainings, knowledge, audit, utc))
