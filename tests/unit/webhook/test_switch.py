"""The release that answers changes while requests come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI

from knowledge.editor.release import ReleaseError
from webhook.switch import Part, Switch

SOON = 0.01
PATIENCE = 5.0


@dataclass
class Stage:
    """Parts that tell their name; what happened to them, in order. A request to /slow waits for ``gate``."""

    wanted: str | None = "a"
    happened: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def part(self, name: str) -> Part:
        self.loads.append(name)
        if name == "broken":
            raise ReleaseError("kaputt")

        @asynccontextmanager
        async def life(_app: FastAPI) -> AsyncIterator[None]:
            self.happened.append(f"{name} begins")
            yield
            self.happened.append(f"{name} ends")

        app = FastAPI(lifespan=life)

        @app.get("/")
        async def tell() -> str:
            return name

        @app.get("/slow")
        async def wait() -> str:
            await self.gate.wait()
            return name

        return Part(
            name,
            app,
            lambda: self.happened.append(f"{name} warm"),
            lambda: self.happened.append(f"{name} cool"),
        )

    def switch(self) -> Switch:
        async def shutdown() -> None:
            self.happened.append("closed")

        return Switch(
            self.part("a"),
            lambda: self.wanted,
            self.part,
            startup=lambda: self.happened.append("opened"),
            shutdown=shutdown,
            every=SOON,
        )


@pytest.fixture
def stage() -> Stage:
    return Stage()


@asynccontextmanager
async def served(switch: Switch) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=switch)
    async with switch.live(), httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def until(is_so: Callable[[], bool]) -> None:
    async def look() -> None:
        while not is_so():
            await asyncio.sleep(SOON)

    await asyncio.wait_for(look(), PATIENCE)


async def test_another_release_answers_without_a_restart(stage: Stage) -> None:
    switch = stage.switch()
    async with served(switch) as client:
        assert (await client.get("/")).json() == "a"
        stage.wanted = "b"
        await until(lambda: "b warm" in stage.happened)
        assert (await client.get("/")).json() == "b"
        stage.wanted = "a"
        await until(lambda: switch.release == "a")
        assert (await client.get("/")).json() == "a"


async def test_what_has_begun_ends_where_it_began(stage: Stage) -> None:
    switch = stage.switch()
    async with served(switch) as client:
        slow = asyncio.create_task(client.get("/slow"))
        await asyncio.sleep(SOON)
        stage.wanted = "b"
        await until(lambda: switch.release == "b")
        assert not slow.done()
        stage.gate.set()
        assert (await slow).json() == "a"


async def test_a_release_that_does_not_load_changes_nothing_and_is_tried_once(stage: Stage) -> None:
    switch = stage.switch()
    async with served(switch) as client:
        stage.wanted = "broken"
        await until(lambda: "broken" in stage.loads)
        await asyncio.sleep(10 * SOON)
        assert (await client.get("/")).json() == "a"
        assert stage.loads == ["a", "broken"]
        stage.wanted = "b"
        await until(lambda: switch.release == "b")


async def test_nothing_changes_while_nobody_signed(stage: Stage) -> None:
    switch = stage.switch()
    async with served(switch) as client:
        stage.wanted = None
        await asyncio.sleep(10 * SOON)
        assert (await client.get("/")).json() == "a"
        assert stage.loads == ["a"]


async def test_what_is_shared_opens_first_and_closes_last(stage: Stage) -> None:
    switch = stage.switch()
    async with served(switch):
        stage.wanted = "b"
        await until(lambda: "b warm" in stage.happened)
    assert stage.happened == [
        "opened", "a begins", "a warm", "a cool", "b begins", "a ends", "a cool", "b warm", "b ends", "closed",
    ]  # fmt: skip


async def test_an_open_connection_does_not_hold_a_release(stage: Stage) -> None:
    """Servers keep the scope of the last request until the next: the application must not stand in it."""
    switch = stage.switch()
    scope: dict[str, object] = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: object) -> None:
        pass

    async with switch.live():
        await switch(scope, receive, send)
    assert "app" not in scope
