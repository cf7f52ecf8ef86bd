"""The application on a port of its own, and the console in it with the real release, for a real browser."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page

from bot.accounts import Role
from bot.adapters.database import open_database
from bot.adapters.memory_state import MemoryConversations
from bot.adapters.sql_journal import SqlJournal
from bot.adapters.sql_staff import console_database
from bot.assistant import Assistant
from bot.journal import Entry
from knowledge.moments import BEIJING
from knowledge.store import Knowledge
from webhook.app import create_app
from webhook.assembly import make_console
from webhook.console.mount import Console, mount_console
from webhook.guide.page import mount_guide
from webhook.health import Readiness
from webhook.settings import load_settings

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]

PASSWORD = "korrekt-Pferd-7"
STAFF, ADMIN = "王敏", "admin"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)
"""What the console takes for now: a Monday on which offices are open."""


class Server:
    """An application on a port of its own, in a thread."""

    def __init__(self, app: FastAPI) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(app, ws="none", log_level="warning"))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve([self._socket])), daemon=True)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Server:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


@dataclass(frozen=True)
class LiveConsole:
    """``STAFF`` may report, ``ADMIN`` everything."""

    url: str
    console: Console


@contextmanager
def live_console(
    assistant: Assistant, knowledge: Knowledge, var: Path, entries: Sequence[Entry]
) -> Iterator[LiveConsole]:
    """``var``: an empty folder. ``entries``: what is in the journal."""
    settings = load_settings({"YIBAO_VAR": str(var)})
    journal = SqlJournal(partial(open_database, None, var))
    for each in entries:
        journal.note(each)
    journal.close()
    database = console_database(None, var)
    made = make_console(settings, assistant, knowledge, journal, database, MemoryConversations(), dict)
    console = replace(made, clock=lambda: NOON)
    console.staff.accounts.add(STAFF, Role.STAFF, PASSWORD)
    console.staff.accounts.add(ADMIN, Role.ADMIN, PASSWORD)

    def add_pages(app: FastAPI) -> None:
        mount_guide(app, knowledge, console.phrases, console.release)
        mount_console(app, console)

    async def ready() -> Readiness:
        return Readiness(console.release)

    app = create_app(settings, assistant, ready=ready, region_known=assistant.knows_region, pages=add_pages)
    with Server(app) as server:
        yield LiveConsole(server.url, console)
    journal.close()
    database.close()


def log_in(page: Page, name: str = STAFF, password: str = PASSWORD) -> None:
    """Fills in the form that the page shows, and waits for what comes."""
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="登录").click()


def watch(page: Page, url: str) -> Callable[[], list[str]]:
    """Gives what went wrong in the page until it is called: what its scripts raised, what its policy forbade, whom
    else it asked. A page that is refused is no error of the page."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on("request", lambda sent: problems.append(sent.url) if not sent.url.startswith(url) else None)
    refused = "Failed to load resource: the server responded with a status of 4"
    return lambda: [problem for problem in problems if not problem.startswith(("data:", refused))]
