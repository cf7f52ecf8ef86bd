"""``/console/audit``: who did what."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from bot.accounts import Permission, normal_name
from bot.audit import ACTION_NAMES, Action, Deed
from bot.staff import Staff
from webhook.console.guard import Guard, Visitor
from webhook.console.pages import beijing

PAGE = 50
BATCH = 1000
"""Rows that a download reads at once."""

HEAD = ("时间", "账号", "操作", "对象", "说明")
BOM = "\ufeff"
"""By which Excel knows UTF-8."""


def audit_router(staff: Staff, guard: Guard, templates: Jinja2Templates, clock: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/console")
    auditor = guard.require(Permission.AUDIT)

    @router.get("/audit")
    def show(
        request: Request,
        account: str = "",
        action: str = "",
        before: int | None = None,
        visitor: Visitor = Depends(auditor),
    ) -> Response:
        chosen = _action(action)
        name = _storable(account)
        found = staff.audit.newest(PAGE + 1, before=_number(before), account=name or None, action=chosen)
        filters = {"account": name, "action": chosen.value if chosen else ""}
        older = urlencode(filters | {"before": found[PAGE - 1][0]}) if len(found) > PAGE else ""
        context = {
            "visitor": visitor,
            "deeds": [deed for _, deed in found[:PAGE]],
            "chosen": filters,
            "download": urlencode(filters),
            "older": older,
        }
        return templates.TemplateResponse(request, "audit.html", context)

    @router.get("/audit.csv")
    def download(account: str = "", action: str = "", visitor: Visitor = Depends(auditor)) -> Response:
        chosen, name = _action(action), _storable(account)
        detail = " ".join(each for each in (name, ACTION_NAMES[chosen] if chosen else "") if each)
        staff.audit.note(Deed(clock(), visitor.account.name, Action.AUDIT_DOWNLOADED, detail=detail))
        rows = _rows(staff, name or None, chosen)
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)

    return router


def _rows(staff: Staff, account: str | None, action: Action | None) -> Iterator[str]:
    yield BOM + _line(HEAD)
    before: int | None = None
    while found := staff.audit.newest(BATCH, before=before, account=account, action=action):
        before = found[-1][0]
        yield "".join(_line(_cells(deed)) for _, deed in found)


def _cells(deed: Deed) -> tuple[str, ...]:
    return (beijing(deed.at), deed.account, ACTION_NAMES[deed.action], deed.target, deed.detail)


def _line(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(harmless(cell) for cell in cells)
    return text.getvalue()


def harmless(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _action(text: str) -> Action | None:
    try:
        return Action(text)
    except ValueError:
        return None


def _number(before: int | None) -> int | None:
    """One that the database can compare with."""
    return None if before is None else max(0, min(before, 2**63 - 1))


def _storable(account: str) -> str:
    return normal_name(account.replace("\0", "").encode(errors="ignore").decode())[:64]
