"""``/console/releases``: train, read how the exam went, let a release answer, go back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import yaml
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import ORJSONResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.audit import Action, Audit, Deed
from knowledge.case import CONTACT
from knowledge.editor.release import Promotion, Release, ReleaseError, Releases
from knowledge.regions import XINJIANG
from knowledge.store import Knowledge
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form
from webhook.publishing.making import verdict_of
from webhook.publishing.trainings import Trainings
from webhook.publishing.verdict import Verdict

MOST = 30
"""Releases on the page."""

MOST_DIFFERENCES = 200
"""Changed questions of one release."""

LONGEST_REASON = 500


@dataclass(frozen=True)
class Listed:
    """``verdict`` None: the release is broken."""

    release: Release
    made: str
    kind: str
    commit: str
    verdict: Verdict | None
    approval: Promotion | None


def releases_router(
    guard: Guard,
    templates: Jinja2Templates,
    releases: Releases,
    trainings: Trainings,
    knowledge: Knowledge,
    audit: Audit,
    clock: Callable[[], datetime],
) -> APIRouter:
    router = APIRouter(prefix="/console/releases")
    editor = guard.require(Permission.EDIT)
    publisher_somewhere = guard.require(Permission.PUBLISH)

    def publisher(visitor: Visitor = Depends(publisher_somewhere)) -> Visitor:
        """A release is for every region."""
        if not may_publish(visitor):
            raise HTTPException(403)
        return visitor

    def page(request: Request, visitor: Visitor, status: int = 200, **context: object) -> Response:
        listed = [look_up(release) for release in reversed(releases.all()[-MOST:])]
        context = {
            "visitor": visitor,
            "releases": listed,
            "live": releases.live_name(),
            "progress": trainings.progress(),
            "may_publish": may_publish(visitor),
            **context,
        }
        return templates.TemplateResponse(request, "releases.html", context, status_code=status)

    def look_up(release: Release) -> Listed:
        try:
            report = release.report
            verdict: Verdict | None = verdict_of(release)
        except ReleaseError:
            return Listed(release, "", "", "", None, None)
        made, kind, commit = (str(report.get(name, "")) for name in ("trained_at", "kind", "commit"))
        return Listed(release, made, kind, commit, verdict, releases.approval(release.id))

    def find(name: str) -> Listed:
        """Raises HTTPException 404."""
        release = next((each for each in releases.all() if each.id == name), None)
        if release is None:
            raise HTTPException(404)
        return look_up(release)

    def may_publish(visitor: Visitor) -> bool:
        return visitor.account.may(Permission.PUBLISH, XINJIANG, knowledge.regions.is_within)

    @router.get("")
    def show_all(request: Request, done: str = "", visitor: Visitor = Depends(editor)) -> Response:
        return page(request, visitor, done=done)

    @router.get("/progress")
    def watch(_visitor: Visitor = Depends(editor)) -> Response:
        """For the page's script."""
        progress = trainings.progress()
        return ORJSONResponse({"is_running": progress.is_running, "lines": progress.lines})

    @router.post("/train")
    def train(request: Request, _form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        try:
            trainings.start(visitor.account.name)
        except ReleaseError as error:
            return page(request, visitor, 409, told=str(error))
        except OSError as error:
            return page(request, visitor, 503, told=f"开始不了（{error.strerror}），请检查磁盘")
        note(visitor, Action.TRAINING_BEGUN)
        return RedirectResponse("/console/releases", 303)

    @router.post("/stop")
    def stop(_form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        if trainings.stop():
            note(visitor, Action.TRAINING_STOPPED)
        return RedirectResponse("/console/releases", 303)

    @router.post("/rollback")
    def roll_back(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(publisher)) -> Response:
        try:
            before = releases.previous()
        except ReleaseError as error:
            return page(request, visitor, 409, told=str(error))
        return put_in_place(request, visitor, before.id, form, Action.RELEASE_ROLLED_BACK, "退回")

    @router.get("/{release}")
    def show(request: Request, release: str, visitor: Visitor = Depends(editor)) -> Response:
        return report(request, visitor, find(release))

    def name_topics(listed: Listed) -> dict[str, str]:
        """Those of the release, which may have some that the one that answers has not."""
        names = {CONTACT: knowledge.menu.contact, **{topic.id: topic.name for topic in knowledge.topics.values()}}
        for new in listed.verdict.by_topic if listed.verdict else ():
            path = next(listed.release.content.glob(f"topics/*/{new}.yml"), None) if new and new not in names else None
            if path is not None:
                names[new] = str(yaml.safe_load(path.read_text(encoding="utf-8")).get("name", new))
        return names

    def report(request: Request, visitor: Visitor, listed: Listed, status: int = 200, told: str = "") -> Response:
        context = {
            "visitor": visitor,
            "listed": listed,
            "live": releases.live_name(),
            "may_publish": may_publish(visitor),
            "topics": name_topics(listed),
            "most": MOST_DIFFERENCES,
            "told": told,
        }
        return templates.TemplateResponse(request, "release.html", context, status_code=status)

    @router.post("/{release}/promote")
    def promote(
        request: Request, release: str, form: Form = Depends(read_form), visitor: Visitor = Depends(publisher)
    ) -> Response:
        listed = find(release)
        passed = listed.verdict is not None and listed.verdict.is_passed
        if not passed and not form.get("reason", "").strip():
            return report(request, visitor, listed, 400, "这个版本没有过，一定要用就写明理由")
        return put_in_place(request, visitor, release, form, Action.RELEASE_PROMOTED, "")

    def put_in_place(
        request: Request, visitor: Visitor, name: str, form: Form, action: Action, otherwise: str
    ) -> Response:
        reason = form.get("reason", "").strip()[:LONGEST_REASON] or otherwise
        try:
            releases.promote(name, by=visitor.account.name, reason=reason)
        except ReleaseError as error:
            return page(request, visitor, 409, told=str(error))
        except OSError as error:
            return page(request, visitor, 503, told=f"没有换（{error.strerror}），还是原来的版本在回答。请清理磁盘再试")
        note(visitor, action, name, reason)
        return RedirectResponse(f"/console/releases?done={name}", 303)

    def note(visitor: Visitor, action: Action, target: str = "", detail: str = "") -> None:
        audit.note(Deed(clock(), visitor.account.name, action, target, detail))

    return router
