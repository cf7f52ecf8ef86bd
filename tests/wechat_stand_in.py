"""WeChat's server as its documentation describes it, for programs that call it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

APP_ID = "wx7f3a9c2e5b8d1046"
SECRET = "4c9e1f7a2b8d6035e1c7a9f3b5d80246"
TOKEN = "82_geheimesToken-x"

STABLE_TOKEN = "/cgi-bin/stable_token"
MENU_CREATE = "/cgi-bin/menu/create"
MENU_GET = "/cgi-bin/menu/get"
MENU_DELETE = "/cgi-bin/menu/delete"
SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"
AGENTS = "/cgi-bin/customservice/getonlinekflist"

MOST_PUSHED = 5
"""Messages to one person after each of theirs."""


class StandIn:
    """``menu``, ``agents`` and ``sent`` are the account's; ``answers`` gives what a path answers instead, one after the
    other; ``calls`` counts; ``delay`` seconds pass before each answer. The token is ``TOKEN`` and the number of times
    that a new one was forced."""

    def __init__(self) -> None:
        self.menu: dict[str, Any] | None = None
        self.agents: list[dict[str, Any]] = []
        self.sent: dict[str, list[str]] = defaultdict(list)
        self.typing: list[str] = []
        self.answers: dict[str, list[Response]] = defaultdict(list)
        self.bodies: dict[str, bytes] = {}
        self.calls: dict[str, int] = defaultdict(int)
        self.forced = 1
        self.delay = 0.0
        endpoints = {
            STABLE_TOKEN: (self._stable_token, "POST"),
            MENU_CREATE: (self._create_menu, "POST"),
            MENU_GET: (self._get_menu, "GET"),
            MENU_DELETE: (self._delete_menu, "GET"),
            SEND: (self._send, "POST"),
            TYPING: (self._typing, "POST"),
            AGENTS: (self._agents, "GET"),
        }
        self.app = Starlette(
            routes=[Route(path, self._answer, methods=[method]) for path, (_, method) in endpoints.items()]
        )
        self._endpoints = {path: endpoint for path, (endpoint, _) in endpoints.items()}

    @property
    def token(self) -> str:
        return f"{TOKEN}{self.forced}"

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.calls[path] += 1
        self.bodies[path] = body = await request.body()
        await asyncio.sleep(self.delay)
        if self.answers[path]:
            return self.answers[path].pop(0)
        if path != STABLE_TOKEN and request.query_params.get("access_token") != self.token:
            return refusal(40001, "invalid credential, access_token is invalid or not latest rid: 6")
        return JSONResponse(self._endpoints[path](json.loads(body) if body else {}))

    def _stable_token(self, given: dict[str, Any]) -> dict[str, Any]:
        if (given["grant_type"], given["appid"], given["secret"]) != ("client_credential", APP_ID, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret rid: 6"}
        self.forced += given["force_refresh"] is True
        return {"access_token": self.token, "expires_in": 7200}

    def _create_menu(self, given: dict[str, Any]) -> dict[str, Any]:
        self.menu = given
        return {"errcode": 0, "errmsg": "ok"}

    def _get_menu(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {"menu": self.menu} if self.menu else {"errcode": 46003, "errmsg": "menu no exist rid: 6"}

    def _delete_menu(self, _given: dict[str, Any]) -> dict[str, Any]:
        self.menu = None
        return {"errcode": 0, "errmsg": "ok"}

    def _send(self, given: dict[str, Any]) -> dict[str, Any]:
        sent = self.sent[given["touser"]]
        if len(sent) >= MOST_PUSHED:
            return {"errcode": 45047, "errmsg": "out of response count limit rid: 6"}
        if len(given["text"]["content"].encode()) > 2048:
            return {"errcode": 45002, "errmsg": "content size out of limit rid: 6"}
        sent.append(given["text"]["content"])
        return {"errcode": 0, "errmsg": "ok"}

    def _typing(self, given: dict[str, Any]) -> dict[str, Any]:
        self.typing.append(given["touser"])
        return {"errcode": 0, "errmsg": "ok"}

    def _agents(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {"kf_online_list": self.agents}


def refusal(errcode: int, errmsg: str = "refused rid: 6") -> JSONResponse:
    return JSONResponse({"errcode": errcode, "errmsg": errmsg})


@contextmanager
def served(stand_in: StandIn) -> Iterator[str]:
    """The stand-in on a real socket; gives its address."""
    server = uvicorn.Server(uvicorn.Config(stand_in.app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
