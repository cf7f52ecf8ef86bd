"""The whole console in a test, as the server mounts it: small knowledge made by hand, a fake bot, real databases."""

from __future__ import annotations

import atexit
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from bot.accounts import Role
from bot.adapters import password_hashes, sql_accounts
from bot.adapters.database import open_database
from bot.adapters.sql_audit import AUDIT
from bot.adapters.sql_console import ConsoleDatabase
from bot.adapters.sql_figures import SqlFigures
from bot.adapters.sql_journal import JOURNAL, SqlJournal
from bot.adapters.sql_sessions import SESSIONS
from bot.adapters.sql_staff import connect_staff, console_database
from bot.adapters.sql_tasks import TASKS, SqlTasks
from bot.adapters.sql_tries import TRIES
from bot.journal import Entry
from bot.message import Incoming, Named, Reply
from bot.phrases import Phrases
from knowledge.editor.release import Releases
from knowledge.editor.workspace import Workspace, make_workspace
from knowledge.moments import BEIJING
from tests.fakes import FakeBot
from tests.integration.console import GOOD, Browser, Clock, Console
from tests.knowledge_builder import HOTAN, SHAWAN, TACHENG, XINJIANG, YUTIAN, build, fact, guide, line, office, topic
from tests.programs import PROJECT
from webhook.app import create_app
from webhook.console import mount
from webhook.console.rehearsal import Rehearsal, Silence
from webhook.console.search import Search
from webhook.editing.mount import Editing
from webhook.health import Readiness
from webhook.publishing.trainings import Trainings
from webhook.settings import load_settings

RELEASE = "20260101-000000"

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'

KNOWLEDGE = build(
    topic(
        "filing",
        guide(XINJIANG, {"overview": "先备案再就医。", "materials": "带身份证。", "fee": "不收费。"}),
        guide(
            SHAWAN,
            {
                "materials": [
                    {"when": {"insurance": ["employee"]}, "facts": [fact("职工带社保卡。")]},
                    {"when": {"insurance": ["resident"]}, "facts": [fact("居民带户口簿。")]},
                ],
                "fee": "不收费。",
            },
        ),
        name="异地就医备案",
        label="备案",
    ),
    topic(
        "birth",
        guide(XINJIANG, {"overview": "先登记，出院后办。"}),
        guide(SHAWAN, {"overview": "先登记，出院前办。"}),
        name="生育登记",
        label="生育",
    ),
    offices=[
        office(
            line(SHAWAN, "0993-6023208", label="沙湾市医保局窗口"),
            id="shawan_bureau",
            name="沙湾市医保局",
            short="沙湾市医保局",
            address="沙湾市迎宾路1号",
            hours={
                "weekdays": [1, 2, 3, 4, 5],
                "summer": [{"opens": "10:00", "closes": "14:00"}],
                "winter": [{"opens": "10:00", "closes": "14:00"}],
                "closed": "双休日",
                "text": "周一至周五 10:00—14:00",
            },
        ),
        office(line(TACHENG, "0901-6222222", label="塔城地区医保局"), id="tacheng_bureau", name="塔城地区医保局"),
        office(line(HOTAN, "0903-2222222", label="和田地区医保局"), name="和田地区医保局", address="和田市1号"),
    ],
)

ACCOUNTS = {"zhang": Role.STAFF, "bian": Role.EDITOR, "shen": Role.AUDITOR, "boss": Role.ADMIN}


def entry(number: int, status: str = "answered", **more: object) -> Entry:
    """One of the day of ``Clock``, at 9 in Beijing; its code is ``CADE`` and the number, three digits from 2 to 9."""
    at = datetime(2026, 11, 23, 1, 5, tzinfo=timezone.utc)
    values = {"sender": "a" * 32, "question": f"第{number}问", "parts": ("答",), "facts": ("先备案。",), **more}
    return Entry(f"CADE{number:03}", at, "wechat", status, "r7", 1.0, **values)  # type: ignore[arg-type]


ENTRIES = (
    entry(222, topic="filing", region=SHAWAN, useful=True, question="沙湾怎么备案", parts=("先备案。", "还有。")),
    entry(333, "not_in_documents", topic="filing", region=YUTIAN, question=f"报多少钱{HOSTILE}", parts=(HOSTILE,)),
    entry(444, "not_in_documents", region=SHAWAN, question=f"能报多少钱{HOSTILE}"),
    entry(555, topic="birth", region=SHAWAN, useful=False, question="=生孩子怎么登记"),
    replace(entry(666, "error"), sender=None, question=None, parts=None, facts=None),
)
"""What is in the journal. The last was forgotten."""


class Bot(FakeBot):
    """Says what it hears, and claims to have understood it."""

    async def reply(self, message: Incoming) -> Reply:
        reply = await super().reply(message)
        return replace(
            reply,
            intent="filing",
            topic="filing",
            topic_name="异地就医备案",
            aspect="materials",
            confidence=0.9,
            region=Named(SHAWAN, "沙湾市"),
            near=(("filing", 0.9), ("birth", 0.05)),
        )


@dataclass
class Whole(Console):
    console: mount.Console = field(kw_only=True)
    bot: Bot = field(kw_only=True)


def clear(database: ConsoleDatabase) -> None:
    """PostgreSQL is the same for all tests."""
    with database.transaction() as connection:
        for table in (sql_accounts.ACCOUNTS, SESSIONS, TRIES, AUDIT, TASKS, JOURNAL):
            connection.execute(sa.delete(table))


def make_release(var: Path) -> Releases:
    """A release that has a report and nothing to answer with."""
    folder = var / "releases" / RELEASE
    (folder / "content").mkdir(parents=True, exist_ok=True)
    (folder / "model.tar.gz").touch()
    (folder / "report.json").write_text('{"trained_at": "2026-01-01T00:00:00+0000"}', encoding="utf-8")
    return Releases(var)


@cache
def editors_folder() -> Workspace:
    """One for all tests that only look at it; gone with the process."""
    folder = Path(mkdtemp(prefix="editors-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_workspace(
        folder, PROJECT / "knowledge" / "content", PROJECT / "nlu" / "data", PROJECT / "tests" / "dialogue" / "exam"
    )


@contextmanager
def mounted(
    url: str | None,
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
    workspace: Callable[[], Workspace | None] = editors_folder,
) -> Iterator[Whole]:
    """``url`` None: SQLite in ``var``. The accounts are ``ACCOUNTS``, with the password ``GOOD``. ``workspace``: the
    folder of the editors."""
    monkeypatch.setattr(password_hashes, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    database = console_database(url, var)
    clear(database)
    staff = connect_staff(database)
    for name, role in ACCOUNTS.items():
        staff.accounts.add(name, role, GOOD)
    journal = SqlJournal(partial(open_database, url, var))
    for each in ENTRIES:
        journal.note(each)
    journal.close()
    clock, bot, silence = Clock(), Bot(), Silence()
    console = mount.Console(
        knowledge=KNOWLEDGE,
        phrases=Phrases.load(),
        search=Search(KNOWLEDGE, lambda _: [("filing", 0.5)], lambda: {}),
        rehearsal=Rehearsal(bot, silence, KNOWLEDGE),
        staff=staff,
        tasks=SqlTasks(database),
        figures=SqlFigures(journal.select, lambda: journal.dialect),
        find_answer=journal.find,
        release="r7",
        sender_key="k" * 32,
        is_production=False,
        editing=Editing(workspace(), None, lambda _: bot, make_release(var), Trainings(var)),
        clock=lambda: clock.now.astimezone(BEIJING),
    )
    app = create_app(
        load_settings({}),
        bot,
        ready=_ready,
        region_known=lambda _: True,
        pages=lambda app: mount.mount_console(app, console),
    )
    opened: list[TestClient] = []
    yield Whole(app, staff, clock, opened=opened, console=console, bot=bot)
    for client in opened:
        client.close()
    journal.close()
    database.close()


async def _ready() -> Readiness:
    return Readiness("r7")


def report(browser: Browser, **changed: str) -> int:
    """Sends the form of an entry; the status that comes back."""
    form = {"topic": "filing", "region": SHAWAN, "aspect": "fee", "complaint": "wrong", "note": "收费了", **changed}
    return browser.send("/console/tasks", **form).status_code


def rows(page: str) -> list[str]:
    """The text of each row of the tables, without marks."""
    found = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]
