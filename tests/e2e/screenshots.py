"""``make screenshots``: pictures of the console's main pages, on the release that answers now, into ``docs/console``,
and of the editors' year, one training included, into ``docs/editing``.

The journal behind the figures is made up; everything else is what the staff and the editors see.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta, timezone
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from bot.adapters.memory_state import MemoryConversations
from bot.journal import ALPHABET, Entry
from bot.state import State
from knowledge.store import Knowledge
from tests.e2e.live import FLAGS, NOON, LiveConsole, live_console, log_in
from tests.e2e.year import (
    EDITOR,
    Program,
    add_the_document,
    add_the_topic,
    change_the_number,
    hand_over_what_was_open,
    mark_the_difference,
    open_program,
    roll_back,
    train_and_publish,
)
from webhook.assembly import load_assistant
from webhook.command_line.terminal import PROJECT, live_release, load

FOLDER = PROJECT / "docs" / "console"
EDITING = PROJECT / "docs" / "editing"
SIZE: ViewportSize = {"width": 1280, "height": 720}
TALL: ViewportSize = {"width": 1280, "height": 1440}
LONG = ("form", "impact", "topic", "report")
"""Pages of the editors whose lower half is worth seeing too."""
DAYS = 30

HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 3, 9, 16, 14, 8, 5, 7, 13, 15, 12, 7, 5, 4, 3, 2, 1)
"""How the messages of a day fall on its hours."""

ENDS = ("answered",) * 13 + ("clarify",) * 3 + ("suggest", "not_in_documents", "out_of_scope", "smalltalk")

REGIONS = ("653226", "650100", "654203", "654200", None, "653226", "654202", "650100", None, "652900", "653226")


def made_up(knowledge: Knowledge) -> Iterator[Entry]:
    """Messages of the days before ``NOON``: fewer at the week's end, some topics asked more often than others. The same
    each time."""
    topics = list(knowledge.menu.topics) + [each for each in knowledge.topics if each not in knowledge.menu.topics]
    number = count()
    for back in range(DAYS):
        day = (NOON - timedelta(days=back)).replace(hour=0)
        share = 2 if day.weekday() > 4 else 5
        for hour, usual in enumerate(HOURS):
            for _ in range(usual * share // 5 if back or hour < NOON.hour else 0):
                n = next(number)
                status = ENDS[n * 7 % len(ENDS)]
                # Squared: the first topics come far more often than the last.
                topic = topics[int((n * 37 % 101 / 101) ** 2 * 9)]
                is_about = status in ("answered", "clarify", "suggest", "not_in_documents")
                yield Entry(
                    code="".join(ALPHABET[n // 31**place % 31] for place in range(7)),
                    at=day.replace(hour=hour, minute=n % 60).astimezone(timezone.utc),
                    door="wechat",
                    status=status,
                    release="r1",
                    latency_ms=9.0,
                    sender="a" * 32,
                    question=knowledge.topics[topic].label,
                    parts=(),
                    facts=(),
                    topic=topic if is_about else None,
                    region=REGIONS[n * 3 % len(REGIONS)],
                    useful={0: True, 5: True, 11: False}.get(n % 17),
                )


def find(page: Page) -> None:
    page.get_by_role("combobox", name="查找").fill("沙湾 yidi 材料")
    expect(page.get_by_role("option").first).to_contain_text("要带的材料")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("异地就医备案")


def read(page: Page) -> None:
    page.goto("/console/entry/remote_care_filing?region=653226&insurance=resident&care=650100&aspect=steps")


def compare(page: Page) -> None:
    page.goto("/console/compare/resident_enrolment?regions=650000,650100,654203")


def talk(page: Page) -> None:
    find(page)
    page.keyboard.press("Alt+t")
    page.keyboard.type("我退休了，住在成都，看病怎么备案")
    page.keyboard.press("Enter")
    expect(page.locator("#turns dl")).to_be_visible()


def figures(page: Page) -> None:
    page.goto("/console/figures")


PICTURES: Mapping[str, Callable[[Page], None]] = {
    "find": find,
    "entry": read,
    "compare": compare,
    "talk": talk,
    "figures": figures,
    "dark": find,
}


def take(browser: Browser, live: LiveConsole, folder: Path) -> None:
    for name, show in PICTURES.items():
        scheme = "dark" if name == "dark" else "light"
        context = browser.new_context(base_url=live.url, viewport=SIZE, locale="zh-CN", color_scheme=scheme)
        page = context.new_page()
        page.goto("/console")
        log_in(page)
        show(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png")
        context.close()
        print(f"docs/console/{name}.png")


def take_the_year(browser: Browser, program: Program, folder: Path) -> None:
    context = browser.new_context(base_url=program.url, viewport=SIZE, locale="zh-CN", color_scheme="light")
    page = context.new_page()

    def seen(name: str) -> None:
        page.set_viewport_size(TALL if name in LONG else SIZE)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png")
        print(f"docs/editing/{name}.png")

    page.goto("/console")
    log_in(page, EDITOR)
    change_the_number(page, seen)
    mark_the_difference(page, seen)
    add_the_document(page)
    add_the_topic(page, program, seen)
    hand_over_what_was_open(page, seen)
    train_and_publish(page, seen)
    roll_back(page, seen)
    page.goto("/console/review")
    seen("review")
    page.goto("/console/edit/history")
    seen("history")
    context.close()


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is not installed", file=sys.stderr)
        return 1
    release = live_release(load())
    assistant, knowledge = load_assistant(release, "12393", State(MemoryConversations()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    entries = list(made_up(knowledge))
    with (
        TemporaryDirectory() as var,
        live_console(assistant, knowledge, Path(var), entries) as live,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        take(browser, live, FOLDER)
        with TemporaryDirectory() as folder, open_program(release, Path(folder)) as program:
            EDITING.mkdir(parents=True, exist_ok=True)
            take_the_year(browser, program, EDITING)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
