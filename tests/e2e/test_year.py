"""The editors' year in a real browser, on the real program: a number changes, a difference turns out to be lawful, a
new topic comes; trained, read, published, asked over WeChat, and gone back from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from knowledge.editor.release import Release
from tests.e2e.live import log_in
from tests.e2e.year import (
    EDITOR,
    NEW,
    OLD,
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

WORDINGS = (Path(__file__).parent / "other_wordings.txt").read_text(encoding="utf-8").split()
"""Of the new topic, by somebody who had not read its examples."""

ENOUGH = 8
"""Of the ten other wordings that are answered from the new topic, or offer it first."""


@pytest.fixture(scope="module")
def program(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with open_program(release, tmp_path_factory.mktemp("year")) as program:
        yield program


@pytest.fixture
def page(browser: Browser, program: Program) -> Iterator[Page]:
    context = browser.new_context(base_url=program.url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/console")
    log_in(page, EDITOR)
    yield page
    context.close()


def test_the_year(page: Page, program: Program) -> None:
    assert OLD in program.ask("沙湾医保局电话", "oBefore")
    change_the_number(page)
    mark_the_difference(page)
    add_the_document(page)
    add_the_topic(page, program)
    hand_over_what_was_open(page)
    train_and_publish(page)
    program.wait_for("沙湾医保局电话", NEW, "oAfter")
    assert OLD not in program.ask("沙湾医保局电话", "oAfter2")
    met = [text for text in WORDINGS if program.meets(text)]
    assert len(WORDINGS) == 10
    assert len(met) >= ENOUGH, sorted(set(WORDINGS) - set(met))
    roll_back(page)
    program.wait_for("沙湾医保局电话", OLD, "oBack")
    assert not program.meets(WORDINGS[0])
