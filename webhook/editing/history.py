"""``/console/edit/history``: who changed what and why; a change is taken back by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.audit import Action, Audit, Deed
from knowledge.editor.git import GitError
from knowledge.editor.workspace import WorkspaceError
from knowledge.regions import XINJIANG
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form
from webhook.editing.drafts import Drafts

MOST = 30
"""Changes on a page."""

LONGEST_PATCH = 4000
"""Characters of one change that are shown."""


def history_router(
    guard: Guard, templates: Jinja2Templates, drafts: Drafts, audit: Audit, clock: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix="/console/edit")
    editor = guard.require(Permission.EDIT)

    def page(request: Request, visitor: Visitor, file: str, status: int = 200, **context: object) -> Response:
        git = drafts.workspace.git
        try:
            commits = [(commit, git.show(commit.id)[:LONGEST_PATCH]) for commit in git.history(file or None, MOST)]
        except GitError:
            raise HTTPException(404) from None
        context = {"visitor": visitor, "commits": commits, "file": file, **context}
        return templates.TemplateResponse(request, "history.html", context, status_code=status)

    @router.get("/history")
    def show(request: Request, file: str = "", undone: str = "", visitor: Visitor = Depends(editor)) -> Response:
        return page(request, visitor, file, undone=undone)

    @router.post("/undo")
    def undo(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        """For who may change everything: a change may be about any region."""
        if not visitor.account.may(Permission.EDIT, XINJIANG, drafts.knowledge().regions.is_within):
            raise HTTPException(403)
        commit, reason = form.get("commit", ""), form.get("reason", "").strip()
        if not reason:
            raise HTTPException(400)
        try:
            made = drafts.workspace.undo(commit, author=visitor.account.name, reason=reason)
        except WorkspaceError as error:
            return page(request, visitor, "", 409, told=str(error))
        audit.note(Deed(clock(), visitor.account.name, Action.CONTENT_UNDONE, commit[:10], reason))
        return RedirectResponse(f"/console/edit/history?undone={made[:10]}", 303)

    return router
