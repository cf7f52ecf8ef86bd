"""``/console/check``: everything that is wrong with the content, each with the place to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.audit import Action, Audit, Deed
from knowledge.editor.check import check
from knowledge.editor.contradictions import FILE, find_contradictions
from knowledge.editor.examples import read_examples
from knowledge.editor.findings import Finding, Severity
from knowledge.editor.sources import SourceDocuments
from knowledge.editor.workspace import CONTENT, WorkspaceError, edit
from knowledge.editor.yaml_text import insert_item
from knowledge.errors import ContentErrors, SourcesError
from knowledge.store import Knowledge, topic_file
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form
from webhook.editing.drafts import Drafts

KEYS = ("topic", "aspect", "nearer", "farther", "what")


def checks_router(
    guard: Guard,
    templates: Jinja2Templates,
    drafts: Drafts,
    documents: Path | None,
    audit: Audit,
    clock: Callable[[], datetime],
) -> APIRouter:
    """``documents``: the folder of the source documents, where there is one."""
    router = APIRouter(prefix="/console/check")
    editor = guard.require(Permission.EDIT)

    def page(request: Request, visitor: Visitor, status: int = 200, **context: object) -> Response:
        try:
            knowledge = drafts.knowledge()
        except ContentErrors as error:
            context = {"visitor": visitor, "broken": error.errors, "found": [], "errors": len(error.errors), **context}
            return templates.TemplateResponse(request, "check.html", context, status_code=status)
        held, sources = _documents(documents, knowledge)
        examples = read_examples(drafts.workspace.data, knowledge)
        found = [*examples.findings, *check(knowledge, sources, examples=examples.counts, today=clock().date())]
        marks = _contradictions(knowledge)
        listed = [(each, _address(each), marks.get((each.file, each.field, each.cause))) for each in found]
        context = {
            "visitor": visitor,
            "found": listed,
            "errors": sum(each.severity is Severity.ERROR for each in found),
            "compared": held,
            "names": {topic_file(topic): topic.name for topic in knowledge.topics.values()},
            **context,
        }
        return templates.TemplateResponse(request, "check.html", context, status_code=status)

    @router.get("")
    async def show(request: Request, saved: bool = False, visitor: Visitor = Depends(editor)) -> Response:
        return await run_in_threadpool(page, request, visitor, saved=saved)

    @router.post("/lawful")
    async def mark(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        return await run_in_threadpool(_mark, request, form, visitor)

    def _mark(request: Request, form: Form, visitor: Visitor) -> Response:
        knowledge = drafts.knowledge()
        told = {name: form.get(name, "") for name in KEYS}
        if not visitor.account.may(Permission.EDIT, told["nearer"], knowledge.regions.is_within):
            raise HTTPException(403)
        reason = form.get("reason", "").strip()
        try:
            _, version = drafts.workspace.read(f"{CONTENT}/{FILE}")
            number = len(knowledge.lawful_differences)

            def insert(text: str) -> str:
                return insert_item(text, ("lawful_differences",), number, {**told, "reason": reason})

            change = edit(drafts.workspace, f"{CONTENT}/{FILE}", version, [insert])
            what = (
                f"合理差异：{knowledge.topics[told['topic']].name}" if told["topic"] in knowledge.topics else "合理差异"
            )
            drafts.workspace.save(change, author=visitor.account.name, what=what, reason=reason)
        except ContentErrors as error:
            return page(request, visitor, 400, told=error.errors[0].cause)
        except WorkspaceError as error:
            return page(request, visitor, 400, told=str(error))
        audit.note(Deed(clock(), visitor.account.name, Action.CONTENT_CHANGED, FILE, f"{what}：{reason}"))
        return RedirectResponse("/console/check?saved=true", 303)

    return router


def _documents(folder: Path | None, knowledge: Knowledge) -> tuple[bool, SourceDocuments | None]:
    try:
        return (True, SourceDocuments(folder, knowledge.sources)) if folder else (False, None)
    except SourcesError:
        return False, None


def _contradictions(knowledge: Knowledge) -> dict[tuple[str, str, str], Mapping[str, str]]:
    """What the form of a mark needs, by the file, place and cause of the finding that tells of it."""
    found: dict[tuple[str, str, str], Mapping[str, str]] = {}
    for each in find_contradictions(knowledge):
        told = (each.topic.id, each.aspect.value, each.nearer, each.farther, each.what)
        found[topic_file(each.topic), each.field, each.cause(knowledge)] = dict(zip(KEYS, told, strict=True))
    return found


def _address(finding: Finding) -> str | None:
    """Where it is mended; None for what has no form: examples, files that cannot be read."""
    if finding.file.startswith("data/"):
        intent = finding.file.rpartition("/")[2].removesuffix(".yml")
        return "/console/edit/examples?" + urlencode({"intent": intent})
    if finding.field.startswith("（") or "第" in finding.field:
        return None
    return "/console/edit/place?" + urlencode({"file": finding.file, "at": finding.field})
