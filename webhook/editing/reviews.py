"""``/console/review``: is every fact still right? Asked twice a year, fact by fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from knowledge.editor.reviews import FILE, list_reviews
from knowledge.editor.workspace import CONTENT, WorkspaceError, edit
from knowledge.editor.yaml_text import insert_item
from knowledge.store import topic_file
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form
from webhook.editing.drafts import Drafts
from webhook.editing.labels import listed_files


def reviews_router(
    guard: Guard, templates: Jinja2Templates, drafts: Drafts, clock: Callable[[], datetime]
) -> APIRouter:
    """``clock``: Beijing's time."""
    router = APIRouter(prefix="/console/review")
    editor = guard.require(Permission.EDIT)

    def page(
        request: Request, visitor: Visitor, file: str, region: str, status: int = 200, **context: object
    ) -> Response:
        knowledge = drafts.knowledge()
        today = clock().date()
        every = list(list_reviews(knowledge))
        due = [each for each in every if each.is_due(today)]
        names = {**listed_files(), **{topic_file(topic): topic.name for topic in knowledge.topics.values()}}
        total = Counter((each.file, each.guide.published_by) for each in every)
        left = Counter((each.file, each.guide.published_by) for each in due)
        rows = [each for each in every if (each.file, each.guide.published_by) == (file, region)] if file else None
        context = {
            "visitor": visitor,
            "due": len(due),
            "total": len(every),
            "groups": [(f, names.get(f, f), code, left[f, code], count) for (f, code), count in total.items()],
            "rows": rows,
            "file": file,
            "region": region,
            "today": today,
            **context,
        }
        return templates.TemplateResponse(request, "review.html", context, status_code=status)

    @router.get("")
    def show(
        request: Request, file: str = "", region: str = "", saved: int = 0, visitor: Visitor = Depends(editor)
    ) -> Response:
        return page(request, visitor, file, region, saved=saved)

    @router.post("")
    def note(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        file, region = form.get("file", ""), form.get("region", "")
        knowledge = drafts.knowledge()
        if not visitor.account.may(Permission.EDIT, region, knowledge.regions.is_within):
            raise HTTPException(403)
        seen = [each for each in list_reviews(knowledge) if f"fact.{each.digest}" in form]
        digests = list(dict.fromkeys(each.digest for each in seen))
        today, name = clock().date().isoformat(), visitor.account.name
        held = len(knowledge.reviews)

        def insert(text: str) -> str:
            for number, digest in enumerate(digests):
                text = insert_item(text, ("reviews",), held + number, {"fact": digest, "by": name, "on": today})
            return text

        try:
            if not digests:
                raise WorkspaceError("没有勾上哪一条")
            _, version = drafts.workspace.read(f"{CONTENT}/{FILE}")
            change = edit(drafts.workspace, f"{CONTENT}/{FILE}", version, [insert])
            what = f"核对 {len(digests)} 条"
            drafts.workspace.save(change, author=name, what=what, reason=f"{file} 半年核对")
        except WorkspaceError as error:
            return page(request, visitor, file, region, 400, told=str(error))
        return RedirectResponse(f"/console/review?file={file}&region={region}&saved={len(digests)}", 303)

    return router
