"""What the pages of accounts have in common: their templates, and what a browser may do with them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fastapi.templating import Jinja2Templates
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.accounts import ROLE_NAMES, SCOPED_ROLES, SHORTEST_PASSWORD, Permission, Role
from bot.audit import ACTION_NAMES, Action
from knowledge.moments import BEIJING
from knowledge.regions import Regions

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: the browser would then not say either that a form is from here.
    "Referrer-Policy": "same-origin",
}


STATUS_NAMES = {
    "answered": "答了",
    "clarify": "反问",
    "suggest": "没把握，给了接近的",
    "not_in_documents": "文件没写",
    "out_of_scope": "不归医保管",
    "handoff": "找人工",
    "smalltalk": "闲聊",
    "emergency": "急救",
    "refused": "拒绝",
    "error": "出错",
}
"""What the staff call the statuses of the contract."""


INTENT_NAMES = {
    "contact": "联系方式",
    "human": "找人工",
    "smalltalk": "闲聊",
    "own_account": "查自己的情况",
    "refused": "不能答的",
    "not_in_documents": "文件没写",
    "out_of_scope": "不归医保管",
    "emergency": "急救",
    "option": "点了选项",
    "menu": "菜单",
    "inform": "补充情况",
    "follow_up": "接着问",
    "foreign_language": "别的文字",
    "nothing": "没有内容",
}
"""What the staff call what is understood and is no topic."""


class ConsoleHeaders:
    """Adds ``HEADERS`` to every response under ``/console``, also to errors, unless it has its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == "/console" or path.startswith("/console/")):
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


def load_templates(regions: Regions) -> Jinja2Templates:
    """The templates beside this, with the words that they share."""
    templates = Jinja2Templates(Path(__file__).parent / "templates")

    def region_name(code: str) -> str:
        region = regions.get(code)
        return region.name if region else code

    templates.env.filters.update(beijing=beijing, region_name=region_name)
    templates.env.globals.update(
        ROLE_NAMES=ROLE_NAMES,
        SCOPED_ROLES=SCOPED_ROLES,
        ACTION_NAMES=ACTION_NAMES,
        STATUS_NAMES=STATUS_NAMES,
        SHORTEST_PASSWORD=SHORTEST_PASSWORD,
        Role=Role,
        Permission=Permission,
        Action=Action,
    )
    return templates


def beijing(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
