"""``/simulator``: a chat window for trying the account without WeChat, in the development profile only."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from webhook.contract import MAX_TEXT
from webhook.settings import Encryption, WeChatAccount
from webhook.simulator.peer import Action, Sent, SimulatedWeChat

HERE = Path(__file__).parent

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class SimulatorMessage(BaseModel):
    """What the page posts. ``event`` is the name of the event where ``kind`` is ``event``; ``menu_id`` that of the
    tap that sent the text; ``encryption`` left out is that of the account."""

    openid: str = Field(regex=r"^[A-Za-z0-9_-]{6,64}$")
    kind: Sent
    text: str = Field(default="", max_length=MAX_TEXT)
    event: str = Field(default="", regex=r"^[A-Za-z_]{0,64}$")
    menu_id: str = Field(default="", regex=r"^[^\x00-\x1f<>&]{0,64}$")
    encryption: Encryption | None = None


def mount_simulator(app: FastAPI, account: WeChatAccount, *, clock: Callable[[], float]) -> None:
    """Adds the page, its assets, and ``POST /simulator/send``."""
    wechat = SimulatedWeChat(app, account, clock)
    templates = Jinja2Templates(HERE / "templates")
    app.mount("/simulator/static", StaticFiles(directory=HERE / "static"), name="simulator-static")

    @app.get("/simulator")
    async def page(request: Request) -> Response:
        headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        context = {"encryption": account.encryption.value}
        return templates.TemplateResponse(request, "simulator.html", context, headers=headers)

    @app.post("/simulator/send")
    async def send(message: SimulatorMessage) -> dict[str, Any]:
        action = Action(message.openid, message.kind, message.text, message.event, message.menu_id)
        return dataclasses.asdict(await wechat.send(action, message.encryption or account.encryption))
