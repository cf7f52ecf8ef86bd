"""The console with accounts in a test: the application, its clock, and browsers that use it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.testclient import TestClient

from bot.accounts import Permission
from bot.audit import Action
from bot.staff import Staff
from webhook.console.guard import Visitor
from webhook.console.sessions import SessionGuard

GOOD = "korrekt-Pferd-7"
OTHER = "batterie-Heft-8"
FORBIDDEN = "没有权限"


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 4, 0, 10, tzinfo=timezone.utc)

    def __call__(self) -> float:
        return self.now.timestamp()

    def passes(self, time: timedelta) -> None:
        self.now += time


@dataclass
class Console:
    app: FastAPI
    staff: Staff
    clock: Clock
    base: str = "http://kf.test"
    opened: list[TestClient] = field(default_factory=list)

    def browser(self, address: str = "192.0.2.1", **headers: str) -> Browser:
        client = TestClient(self.app, base_url=self.base, follow_redirects=False, client=(address, 50000))
        client.headers.update({"sec-fetch-site": "same-origin", **headers})
        self.opened.append(client)
        return Browser(client)

    def logged_in(self, name: str = "zhang", **more: str) -> Browser:
        browser = self.browser(**more)
        assert browser.log_in(name).status_code == 303
        return browser

    def actions(self) -> list[tuple[str, Action, str]]:
        return [(deed.account, deed.action, deed.target) for _, deed in reversed(self.staff.audit.newest(100))]


@dataclass
class Browser:
    http: TestClient

    def log_in(self, name: str = "zhang", password: str = GOOD, code: str = "", next_page: str = "") -> httpx.Response:
        data = {"name": name, "password": password, "code": code, "next": next_page}
        return self.http.post("/console/login", data=data)

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.get("/console/account").text)
        assert found
        return found[1]

    def send(self, path: str, **form: str) -> httpx.Response:
        return self.http.post(path, data={"token": self.token, **form})

    def is_in(self) -> bool:
        return self.get("/console/account").status_code == 200


def pages(guard: SessionGuard) -> APIRouter:
    """A page for each permission, and one that changes something."""
    router = APIRouter(prefix="/console/try")
    for permission in Permission:

        def page(visitor: Visitor = Depends(guard.require(permission))) -> dict[str, str]:
            return {"name": visitor.account.name}

        router.add_api_route(f"/{permission.value}", page, methods=["GET"])

    @router.post("/change")
    async def change(request: Request, visitor: Visitor = Depends(guard.require(Permission.REPORT))) -> dict[str, str]:
        return {"name": visitor.account.name, "body": (await request.body()).decode()}

    return router
