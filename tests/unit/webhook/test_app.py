"""The application: health, the JSON API, limits, and what production leaves out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from bot.message import Incoming, Reply
from tests.fakes import FakeBot
from tests.unit.webhook.test_settings import PRODUCTION
from webhook import health
from webhook.app import create_app
from webhook.body_limit import MAX_BODY
from webhook.health import Readiness
from webhook.settings import load_settings

QUESTION = {"id": "1", "sender": "someone", "text": "沙湾电话"}


class Check:
    """A readiness check whose outcome a test can set."""

    def __init__(self) -> None:
        self.readiness = Readiness(release="r1")
        self.error: Exception | None = None
        self.delay = 0.0

    async def __call__(self) -> Readiness:
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error
        return self.readiness


def application(bot: FakeBot, check: Check | None = None, environ: dict[str, str] | None = None) -> FastAPI:
    return create_app(
        load_settings(environ or {}), bot, ready=check or Check(), region_known=lambda name: name == "沙湾市"
    )


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


async def test_health() -> None:
    check = Check()
    async with client_of(application(FakeBot(), check)) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"], ready.json()["release"]) == (200, "ready", "r1")
        check.readiness = Readiness(release="r1", degraded=("redis",))
        degraded = await client.get("/readyz")
        assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
        assert degraded.json()["degraded"] == ["redis"]
        check.readiness = Readiness(release=None)
        assert (await client.get("/readyz")).status_code == 503
        check.error = RuntimeError("password is x")
        broken = await client.get("/readyz")
        assert broken.status_code == 503
        assert "password" not in broken.text


async def test_a_readiness_check_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    check = Check()
    check.delay = 5
    async with client_of(application(FakeBot(), check)) as client:
        assert (await client.get("/readyz")).status_code == 503


async def test_ask() -> None:
    bot = FakeBot("电话在这里")
    async with client_of(application(bot)) as client:
        response = await client.post("/api/ask", json=QUESTION | {"region": "沙湾市"})
        assert response.status_code == 200
        answer = response.json()
        assert (answer["id"], answer["sender"], answer["text"]) == ("1", "someone", "沙湾电话")
        assert answer["reply"] == "电话在这里"
        assert answer["latency_ms"] >= 0
        assert list(answer)[-1] == "latency_ms"
        await client.post("/api/ask", json=QUESTION)
    seen = bot.seen[0]
    assert (seen.text, seen.region, seen.dedupe_key) == ("沙湾电话", "沙湾市", None)
    assert "someone" not in seen.sender
    assert len(seen.sender) == 32
    assert bot.seen[1].sender == seen.sender


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b'{"id": "1", "sender": "a", "text": 5}', b'{"id": "1", "sender": "a"}', b"[" * 60000],
)
async def test_ask_refuses_what_is_no_question(body: bytes) -> None:
    bot = FakeBot()
    async with client_of(application(bot)) as client:
        response = await client.post("/api/ask", content=body)
    assert response.status_code == 400
    assert response.json()["status"] == "error"
    assert response.json()["reply"]
    assert bot.seen == []


async def test_ask_with_an_unknown_region() -> None:
    bot = FakeBot()
    async with client_of(application(bot)) as client:
        response = await client.post("/api/ask", json=QUESTION | {"region": "亚特兰蒂斯"})
    assert (response.status_code, response.json()["status"]) == (200, "error")
    assert bot.seen == []


@pytest.mark.parametrize("path", ["/api/ask", "/wechat", "/healthz"])
async def test_a_body_over_the_limit_is_refused_announced_or_in_chunks(path: str) -> None:
    bot = FakeBot()

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 1000 + 1):
            yield b"x" * 1000

    async with client_of(application(bot)) as client:
        assert (await client.post(path, content=b"x" * (MAX_BODY + 1))).status_code == 413
        assert (await client.post(path, content=chunks())).status_code == 413
        huge = {"content-length": "9999999999999999999"}
        assert (await client.post(path, content=b"x", headers=huge)).status_code == 413
    assert bot.seen == []


async def test_a_body_at_the_limit_comes_through() -> None:
    async with client_of(application(FakeBot())) as client:
        response = await client.post("/api/ask", content=b" " * MAX_BODY)
    assert response.status_code == 400


async def test_a_failure_shows_no_traceback_and_logs_no_text(caplog: pytest.LogCaptureFixture) -> None:
    class BrokenBot(FakeBot):
        async def reply(self, message: Incoming) -> Reply:
            raise ValueError("cannot handle 张三")

    caplog.set_level(logging.DEBUG)
    async with client_of(application(BrokenBot())) as client:
        response = await client.post("/api/ask", json=QUESTION)
    assert response.status_code == 500
    assert response.json() == {"status": "error", "error": "internal error"}
    record = next(record for record in caplog.records if record.message == "request failed")
    assert record.__dict__["error"] == "ValueError"
    assert "张三" not in caplog.text


KEY, NEXT = "5fK2mQ9xT7bW4nZ8cR1vH6jL3pD0sGyA", "uE-7aN_4wX9kM2tB6hV1rC8zJ5qF3oYd"
KEYS = {"YIBAO_API_KEYS": f"{KEY} {NEXT}"}


@pytest.mark.parametrize(
    ("environ", "authorization", "status_code"),
    [
        ({}, None, 200),
        (PRODUCTION, None, 401),
        (PRODUCTION, "Bearer ", 401),
        (PRODUCTION | KEYS, None, 401),
        (PRODUCTION | KEYS, f"Bearer {KEY}", 200),
        (PRODUCTION | KEYS, f"bearer {NEXT}", 200),
        (PRODUCTION | KEYS, f"Bearer {KEY[:-1]}", 401),
        (PRODUCTION | KEYS, f"Basic {KEY}", 401),
        (PRODUCTION | KEYS, "Bearer 密钥", 401),
        (KEYS, None, 401),
    ],
)
async def test_who_may_ask(environ: dict[str, str], authorization: str | None, status_code: int) -> None:
    bot = FakeBot()
    headers = {"authorization": authorization.encode()} if authorization else None
    async with client_of(application(bot, environ=environ)) as client:
        response = await client.post("/api/ask", json=QUESTION, headers=headers)
    assert response.status_code == status_code
    assert len(bot.seen) == (status_code == 200)


async def test_production_has_no_simulator_and_no_pages_about_the_api() -> None:
    async with client_of(application(FakeBot(), environ=PRODUCTION)) as client:
        for path in ("/simulator", "/simulator/static/simulator.js", "/docs", "/redoc", "/openapi.json"):
            assert (await client.get(path)).status_code == 404, path
        assert (await client.post("/simulator/send", json={})).status_code == 404


async def test_development_shows_the_simulator_without_anything_from_elsewhere() -> None:
    async with client_of(application(FakeBot())) as client:
        page = await client.get("/simulator")
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "//" not in page.text.replace("http://www.w3.org/2000/svg", "")
        for name in ("simulator.css", "simulator.js"):
            assert (await client.get(f"/simulator/static/{name}")).status_code == 200
