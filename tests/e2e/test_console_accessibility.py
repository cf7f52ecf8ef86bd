"""Every page of the console against the rules of WCAG 2.2, levels A and AA, that a program can check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.assistant import Assistant
from bot.journal import Entry
from bot.tasks import Complaint, Task
from knowledge.store import Knowledge
from tests.e2e.live import ADMIN, NOON, STAFF, LiveConsole, live_console, log_in
from tests.npm_packages import install

AXE = Path(__file__).parent / "axe"

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

CHECK = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  const broken = found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
  return { broken, passed: found.passes.length };
}"""

FILING = "/console/entry/remote_care_filing"

PAGES = (
    "/console",
    f"{FILING}?region=654203&insurance=retired&care=110000&aspect=materials",
    f"{FILING}?region=654224",
    "/console/compare/remote_care_filing",
    "/console/compare/remote_care_filing?regions=654203,650100,653226,654200&add=火星",
    "/console/regions",
    "/console/answer",
    "/console/answer?code=CADE222",
    "/console/answer?code=x",
    "/console/tasks?kept=1",
    "/console/tasks?closed=true",
    "/console/questions",
    "/console/figures",
    "/console/account",
    "/console/people",
    f"/console/people/{STAFF}",
    "/console/audit",
    "/console/none",
)


@pytest.fixture(scope="module")
def live(assistant: Assistant, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveConsole]:
    """Something in each list."""
    at = (NOON - timedelta(hours=1)).astimezone(timezone.utc)
    first = Entry(
        "CADE222", at, "wechat", "answered", "r1", 1.0, "a" * 32, "怎么备案", ("备案。", "材料。"), ("备案。",),
        topic="remote_care_filing", aspect="overview", region="654203", useful=False,
    )  # fmt: skip
    second = replace(first, code="CADE333", status="not_in_documents", question="能报多少", topic=None, useful=None)
    with live_console(assistant, knowledge, tmp_path_factory.mktemp("console"), [first, second]) as live:
        for outcome in (None, "改了"):
            report = Task(STAFF, at, Complaint.WRONG, "remote_care_filing", "654203", "materials", "还要照片")
            task = live.console.tasks.add(report)
            if outcome:
                live.console.tasks.close(task.id, ADMIN, at, outcome)
        yield live


@pytest.fixture(scope="module")
def axe(require: Callable[[str], str], cache_folder: Path) -> str:
    folder = install(require("npm"), AXE, "axe-core", cache_folder)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, live: LiveConsole, axe: str) -> Iterator[Page]:
    """Where nobody is logged in yet."""
    scheme: Literal["light", "dark"] = request.param
    context = browser.new_context(
        base_url=live.url, viewport={"width": 1280, "height": 720}, locale="zh-CN", color_scheme=scheme
    )
    # As the browser's own script: the policy of the pages lets no other in.
    context.add_init_script(axe)
    yield context.new_page()
    context.close()


@pytest.fixture
def mine(page: Page) -> Page:
    page.goto("/console")
    if page.title().startswith("登录"):
        log_in(page, ADMIN)
    return page


def check(page: Page) -> None:
    page.wait_for_load_state()  # without its styles a page has other colours
    found: dict[str, Any] = page.evaluate(CHECK, TAGS)
    assert found["passed"] > 5, "axe looked at something"
    assert found["broken"] == []


def test_light_and_dark_are_two(mine: Page) -> None:
    dark = mine.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ground = mine.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(19, 23, 26)") is dark


def test_the_login(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/console/login")
    check(page)
    log_in(page, password="falsch-Pferd-7")
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)


@pytest.mark.parametrize("path", PAGES)
def test_a_page(mine: Page, path: str) -> None:
    mine.goto(path)
    expect(mine.locator("main")).not_to_be_empty()
    check(mine)


def test_the_desk_at_work(mine: Page) -> None:
    mine.get_by_role("combobox", name="查找").fill("沙湾 异地 材料")
    expect(mine.get_by_role("option").first).to_contain_text("要带的材料")
    check(mine)
    mine.keyboard.press("Enter")
    expect(mine.get_by_role("heading", level=1)).to_have_text("异地就医备案")
    mine.get_by_text("这条不对 / 缺内容").click()
    mine.keyboard.press("Alt+t")
    mine.keyboard.type("去乌鲁木齐看病要带什么")
    mine.keyboard.press("Enter")
    expect(mine.locator("#turns dl")).to_be_visible()
    mine.keyboard.press("Alt+d")
    check(mine)
    mine.set_viewport_size({"width": 390, "height": 844})
    check(mine)
    mine.set_viewport_size({"width": 1280, "height": 720})


def test_an_office(mine: Page, live: LiveConsole) -> None:
    for office in live.console.knowledge.offices:
        mine.goto(f"/console/office/{office}")
        check(mine)


def test_who_may_not_and_whose_page_is_old(mine: Page) -> None:
    mine.evaluate("document.querySelector('.who input[name=token]').value = 'old'")
    mine.get_by_role("button", name="退出").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("页面过期了")
    check(mine)
    mine.context.clear_cookies()
    mine.goto("/console/people")
    log_in(mine, STAFF)
    expect(mine.get_by_role("heading", level=1)).to_have_text("没有权限")
    check(mine)
    mine.context.clear_cookies()
