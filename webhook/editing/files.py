"""``/console/edit``: one place of the content in a form; what the change would do; saved with who and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.audit import Action, Audit, Deed
from bot.dialogue import DialogueError
from bot.figures import Figures, Period, Wanted
from bot.journal import Entry, JournalLostError
from bot.parts import read
from knowledge.content_files import read_text
from knowledge.editor.form import FACTS, fact_text
from knowledge.editor.places import Place
from knowledge.editor.workspace import ChangedMeanwhileError, WorkspaceError
from knowledge.errors import ContentErrors
from knowledge.regions import XINJIANG
from knowledge.store import Knowledge, topic_file
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form
from webhook.editing.drafts import Drafts, Opened, may_edit, regions_of
from webhook.editing.impact import Impact, Impacts
from webhook.editing.labels import describe_place, listed_files

LONGEST_REASON = 500

LATELY = timedelta(days=30)
"""Questions of citizens that are asked anew before a change."""


@dataclass(frozen=True)
class Sent:
    """One part as WeChat would be sent it."""

    text: str
    bytes: int


def files_router(
    guard: Guard,
    templates: Jinja2Templates,
    drafts: Drafts,
    impacts: Impacts,
    figures: Figures,
    audit: Audit,
    clock: Callable[[], datetime],
) -> APIRouter:
    """``clock``: Beijing's time."""
    router = APIRouter(prefix="/console/edit")
    editor = guard.require(Permission.EDIT)

    def page(request: Request, name: str, visitor: Visitor, status: int = 200, **context: object) -> Response:
        return templates.TemplateResponse(request, name, {"visitor": visitor, **context}, status_code=status)

    def show_place(
        request: Request, visitor: Visitor, opened: Opened, status: int = 200, **context: object
    ) -> Response:
        knowledge = drafts.knowledge()
        data = read_text(opened.text)
        place = opened.place
        facts = [fact_text(fact) for fact in (place.value or {}).get(FACTS) or []] if place.model else []
        return page(
            request,
            "place.html",
            visitor,
            status,
            place=place,
            opened=opened,
            way=describe_place(place.file, place.loc, data, knowledge),
            facts=facts,
            can_edit=may_edit(visitor.account, regions_of(place, data), knowledge),
            can_preview=_question(place.file, place.loc, knowledge) is not None,
            preview_region=_region(place, data, knowledge),
            **context,
        )

    def attempt(visitor: Visitor, form: Form) -> tuple[Opened, str]:
        """The place that a form is about, and the version that it was made from; 403 where it is another's."""
        opened = drafts.open(form.get("file", ""), form.get("at", ""), is_new=form.get("new") == "yes")
        regions = regions_of(opened.place, read_text(opened.text))
        if not may_edit(visitor.account, regions, drafts.knowledge()):
            raise HTTPException(403)
        return opened, form.get("version", "")

    @router.get("")
    def show_all(request: Request, visitor: Visitor = Depends(editor)) -> Response:
        knowledge = drafts.knowledge()
        listed = [
            (shelf, [knowledge.topics[t] for f in shelf.families for t in f.topics]) for shelf in knowledge.menu.shelves
        ]
        history = drafts.workspace.git.history(most=8)
        return page(
            request, "files.html", visitor, shelves=listed, files=listed_files(), history=history, topic_file=topic_file
        )

    @router.get("/place")
    def show(
        request: Request,
        file: str,
        at: str = "",
        new: bool = False,
        saved: str = "",
        visitor: Visitor = Depends(editor),
    ) -> Response:
        return show_place(request, visitor, drafts.open(file, at, is_new=new), saved=saved, form={})

    @router.post("/preview")
    async def preview(
        request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)
    ) -> Response:
        """What WeChat would be sent after the change; a piece of a page."""
        context = await run_in_threadpool(_preview, form, visitor)
        return templates.TemplateResponse(request, "_preview.html", {"visitor": visitor, **context})

    def _preview(form: Form, visitor: Visitor) -> Mapping[str, object]:
        try:
            opened, version = attempt(visitor, form)
            filled, change = drafts.change(opened, form, version)
            after = drafts.workspace.rehearse(change) if filled.steps else drafts.knowledge()
            return {"sent": ask(after, opened, form.get("region", ""))}
        except ContentErrors as error:
            return {"errors": error.errors}
        except WorkspaceError as error:
            return {"told": str(error)}
        except DialogueError:
            return {"told": "现在用的模型不能预览"}

    def ask(knowledge: Knowledge, opened: Opened, region: str) -> list[Sent]:
        question = _question(opened.place.file, opened.place.loc, knowledge)
        if question is None:
            return []
        found = knowledge.regions.find(region.strip()) if region.strip() else None
        code = None if found is None or found.code == XINJIANG else found.code
        parts = impacts.preview(knowledge, question, code)
        return [Sent(read(part), len(part.encode())) for part in parts]

    @router.post("/look")
    async def look(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        """What would change, before it does."""
        return await run_in_threadpool(_look, request, form, visitor)

    def _look(request: Request, form: Form, visitor: Visitor) -> Response:
        opened, version = attempt(visitor, form)
        try:
            filled, change = drafts.change(opened, form, version)
            if not filled.steps:
                return show_place(request, visitor, opened, 400, told="没有改动", form=form)
            before, after = drafts.knowledge(), drafts.workspace.rehearse(change)
        except ChangedMeanwhileError as error:
            return show_place(request, visitor, opened, 409, told=str(error), by=error.by, form=form)
        except ContentErrors as error:
            return show_place(request, visitor, opened, 400, errors=error.errors, form=form)
        except WorkspaceError as error:
            return show_place(request, visitor, opened, 400, told=str(error), form=form)
        with_exam, amended = drafts.with_exam(change, filled)
        cases = list(zip(drafts.cases(), drafts.cases(with_exam), strict=True))
        try:
            impact: Impact | None = impacts.measure(before, after, opened.place.file, cases, recent())
        except DialogueError:
            impact = None
        region = form.get("region", "")
        return page(
            request,
            "look.html",
            visitor,
            opened=opened,
            way=describe_place(opened.place.file, opened.place.loc, read_text(opened.text), before),
            changes=filled.changes,
            impact=impact,
            amended=amended,
            before=ask(before, opened, region) if impact else [],
            after=ask(after, opened, region) if impact else [],
            form=form,
            longest=LONGEST_REASON,
        )

    def recent() -> Sequence[Entry]:
        today = clock().date()
        try:
            return [entry for _, entry in figures.list(Wanted(Period(today - LATELY, today)), 1000)]
        except JournalLostError:
            return []

    @router.post("/save")
    async def save(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        return await run_in_threadpool(_save, request, form, visitor)

    def _save(request: Request, form: Form, visitor: Visitor) -> Response:
        opened, version = attempt(visitor, form)
        reason = form.get("reason", "").strip()
        if not 0 < len(reason) <= LONGEST_REASON:
            return show_place(request, visitor, opened, 400, told="请写为什么改", form=form)
        way = describe_place(opened.place.file, opened.place.loc, read_text(opened.text), drafts.knowledge())
        what = " › ".join(label for label, _ in way)
        try:
            filled, change = drafts.change(opened, form, version)
            if "exam" in form:
                change, _ = drafts.with_exam(change, filled)
            commit = drafts.workspace.save(change, author=visitor.account.name, what=what, reason=reason)
        except ChangedMeanwhileError as error:
            return show_place(request, visitor, opened, 409, told=str(error), by=error.by, form=form)
        except ContentErrors as error:
            return show_place(request, visitor, opened, 400, errors=error.errors, form=form)
        except WorkspaceError as error:
            return show_place(request, visitor, opened, 400, told=str(error), form=form)
        audit.note(Deed(clock(), visitor.account.name, Action.CONTENT_CHANGED, opened.place.file, f"{what}：{reason}"))
        return RedirectResponse(_address(opened, commit, gone="remove" in form), 303)

    return router


def _address(opened: Opened, commit: str, *, gone: bool) -> str:
    """Where an editor gets to after saving: the place, or what it stood in where it is gone or new."""
    place = opened.place
    at = place.at
    if gone or place.is_new:
        at = at.rpartition("[")[0] if at.endswith("]") else at.rpartition(".")[0]
    return "/console/edit/place?" + urlencode({"file": place.file, "at": at, "saved": commit[:10]})


def _question(file: str, loc: Sequence[int | str], knowledge: Knowledge) -> str | None:
    """What somebody asks to be told of this place; None where no question leads there."""
    topic = next((t for t in knowledge.topics.values() if topic_file(t) == file), None)
    if topic is not None:
        aspect = next((str(step) for number, step in enumerate(loc) if number and loc[number - 1] == "aspects"), "")
        labels = {each.value: label for each, label in knowledge.menu.aspects.items()}
        return f"{topic.label}{labels.get(aspect, '')}"
    return "医保局电话和地址" if file == "offices.yml" and loc else None


def _region(place: Place, data: object, knowledge: Knowledge) -> str:
    """The name of the first region that the place is about."""
    codes = [code for code in regions_of(place, data) if code in knowledge.regions.by_code and code != XINJIANG]
    return knowledge.regions.by_code[codes[0]].name if codes else ""
