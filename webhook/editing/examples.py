"""``/console/edit/examples``: what a topic is asked with; and from a question of citizens' to an example, an exam
question or an answer that there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from bot.accounts import Permission
from bot.audit import Action, Audit, Deed
from knowledge.editor.example_text import add_examples, clean, find_file, find_known, read_groups
from knowledge.editor.workspace import DATA, EXAM, Change, WorkspaceError
from knowledge.schema import OFFICE_ASPECTS, Aspect
from webhook.console.guard import Guard, Visitor
from webhook.console.requests import Form, read_form
from webhook.editing.drafts import Drafts

NOT_TOPICS = {"not_in_documents": "文件没写", "out_of_scope": "不归医保管"}
"""Intents beside the topics that the editors give examples of."""

OWN_EXAM = f"{EXAM}/editors.jsonl"
"""Where questions of citizens' go that the editors make exam questions of."""


def examples_router(
    guard: Guard, templates: Jinja2Templates, drafts: Drafts, audit: Audit, clock: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix="/console/edit/examples")
    editor = guard.require(Permission.EDIT)

    def page(request: Request, visitor: Visitor, intent: str, status: int = 200, **context: object) -> Response:
        name, file = locate(intent)
        path = drafts.workspace.data / file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        groups = [group for group in read_groups(text) if group.intent == intent] if text else []
        context = {
            "visitor": visitor,
            "intent": intent,
            "name": name,
            "is_topic": intent not in NOT_TOPICS,
            "groups": groups,
            "count": sum(len(group.texts) for group in groups),
            "aspects": [aspect.value for aspect in Aspect if aspect not in OFFICE_ASPECTS],
            **context,
        }
        return templates.TemplateResponse(request, "examples.html", context, status_code=status)

    def locate(intent: str) -> tuple[str, str]:
        """The name of an intent and its file under ``data``. Raises HTTPException 404."""
        topic = drafts.knowledge().topics.get(intent)
        if topic is None and intent not in NOT_TOPICS:
            raise HTTPException(404)
        name = topic.name if topic else NOT_TOPICS[intent]
        return name, find_file(drafts.workspace.data, intent, topic.family if topic else None)

    @router.get("")
    def show(
        request: Request, intent: str, texts: str = "", saved: str = "", visitor: Visitor = Depends(editor)
    ) -> Response:
        return page(request, visitor, intent, texts=texts, saved=saved, reason="")

    @router.post("")
    def add(request: Request, form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        intent, reason = form.get("intent", ""), form.get("reason", "").strip()
        aspects = [each.value for each in Aspect if f"aspect.{each.value}" in form]
        try:
            save(visitor, intent, aspects, clean(form.get("texts", "")), reason)
        except WorkspaceError as error:
            return page(request, visitor, intent, 400, told=str(error), texts=form.get("texts", ""), reason=reason)
        return RedirectResponse(f"/console/edit/examples?intent={intent}&saved=yes", 303)

    @router.post("/gap")
    def settle(form: Form = Depends(read_form), visitor: Visitor = Depends(editor)) -> Response:
        """One click on questions of the inbox. ``action``: example, exam, not_in_documents or out_of_scope."""
        action, topic, texts = form.get("action", ""), form.get("topic", ""), form.get("texts", "")
        asked = form.get("times", "")
        reason = f"市民问过 {asked} 次" if asked.isdigit() else "市民问过"
        back = form.get("back", "")
        try:
            if action == "exam":
                save_exam(visitor, topic, clean(texts), reason)
            elif action == "example":
                save(visitor, topic, [], clean(texts), reason)
            elif action in NOT_TOPICS:
                save(visitor, action, [], clean(texts), reason)
            else:
                raise HTTPException(400)
        except WorkspaceError as error:
            return RedirectResponse(_with_told(back, str(error)), 303)
        return RedirectResponse(_with_told(back, "记下了，训练以后生效"), 303)

    def save(visitor: Visitor, intent: str, aspects: Sequence[str], texts: Sequence[str], reason: str) -> None:
        if not reason:
            raise WorkspaceError("请写为什么加")
        name, file = locate(intent)
        known = find_known(drafts.workspace.data, texts)
        if known:
            text, other = next(iter(known.items()))
            topics = drafts.knowledge().topics
            told = topics[other].name if other in topics else NOT_TOPICS.get(other, other)
            raise WorkspaceError(f"“{text}”已经是“{told}”的例句，同一句不能写两处")
        path = f"{DATA}/{file}"
        held, versions = "", {}
        if (drafts.workspace.folder / path).is_file():
            held, version = drafts.workspace.read(path)
            versions = {path: version}
        change = Change({path: add_examples(held, intent, aspects, texts)}, versions)
        what = f"{name} › 加例句 {len(texts)} 条"
        drafts.workspace.save(change, author=visitor.account.name, what=what, reason=reason)
        audit.note(Deed(clock(), visitor.account.name, Action.CONTENT_CHANGED, path, f"{what}：{reason}"))

    def save_exam(visitor: Visitor, topic: str, texts: Sequence[str], reason: str) -> None:
        if topic not in drafts.knowledge().topics:
            raise WorkspaceError("请先选是哪件事")
        held, versions = "", {}
        if (drafts.workspace.folder / OWN_EXAM).is_file():
            held, version = drafts.workspace.read(OWN_EXAM)
            versions = {OWN_EXAM: version}
        count = len(held.splitlines())
        lines = [
            json.dumps(
                {"id": f"own-{count + number:04}", "text": text, "style": "colloquial", "status": ["answered"],
                 "topic": [topic], "aspect": [], "must": [], "must_not": []},
                ensure_ascii=False,
            )
            for number, text in enumerate(texts, 1)
        ]  # fmt: skip
        change = Change({OWN_EXAM: held + "\n".join(lines) + "\n"}, versions)
        what = f"考题 › 加 {len(texts)} 题"
        drafts.workspace.save(change, author=visitor.account.name, what=what, reason=reason)
        audit.note(Deed(clock(), visitor.account.name, Action.CONTENT_CHANGED, OWN_EXAM, f"{what}：{reason}"))

    return router


def _with_told(back: str, told: str) -> str:
    """The inbox as it was filtered, with what came of it."""
    query = [(name, value) for name, value in parse_qsl(back) if name != "told"]
    return "/console/questions?" + urlencode([*query, ("told", told)])
