"""The pages on what was reported and what was asked: tasks, questions, figures."""

from __future__ import annotations

import csv
import io
import re

import pytest

from bot.audit import Action
from tests.integration.console import Browser
from tests.integration.mounted_console import HOSTILE, Whole, report
from tests.knowledge_builder import SHAWAN, YUTIAN

DAY = "first=2026-11-23&last=2026-11-23"


def articles(page: str) -> list[str]:
    """The text of each card of a list, without marks."""
    found = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in found]


def sums(page: str) -> dict[str, int]:
    return {words: int(number) for number, words in re.findall(r"<li><strong>(\d+)</strong> (.+?)</li>", page)}


def download(browser: Browser, query: str) -> list[list[str]]:
    answer = browser.get(f"/console/figures.csv?{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeff"), "by which Excel knows UTF-8"
    return list(csv.reader(io.StringIO(answer.text[1:])))


# Tasks.


def test_a_report_reaches_the_editors_and_comes_to_an_end(whole: Whole) -> None:
    zhang, editor = whole.logged_in(), whole.logged_in("bian")
    sent = zhang.send(
        "/console/tasks", topic="filing", region="沙湾", aspect="fee", complaint="missing", note=f" 收费了{HOSTILE} "
    )
    assert sent.status_code == 303
    assert "已经记下" in zhang.get(sent.headers["location"]).text
    ((task,), page) = (whole.console.tasks.list(is_open=True, most=9), editor.get("/console/tasks").text)
    assert (task.by, task.region, task.note) == ("zhang", SHAWAN, f"收费了{HOSTILE}")
    assert "<script>" not in page
    assert "收费了&lt;script&gt;alert(1)&lt;/script&gt;" in page
    (card,) = articles(page)
    assert card.startswith("异地就医备案 · 沙湾市 缺内容")
    assert "zhang，2026-11-23 12:00:10" in card
    assert f"/console/entry/filing?region={SHAWAN}#fee" in page

    done = editor.send(f"/console/tasks/{task.id}/close", outcome=f"改了{HOSTILE}")
    assert (done.status_code, done.headers["location"]) == (303, "/console/tasks")
    assert articles(editor.get("/console/tasks").text) == []
    closed = zhang.get("/console/tasks?closed=true").text
    assert "bian，2026-11-23 12:00:10：改了&lt;script&gt;" in closed
    assert "<script>" not in closed
    assert whole.actions()[-2:] == [
        ("zhang", Action.TASK_ADDED, f"filing {SHAWAN}"),
        ("bian", Action.TASK_CLOSED, f"#{task.id}"),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"note": ""},
        {"note": " \n "},
        {"note": "长" * 501},
        {"topic": "none"},
        {"topic": ""},
        {"aspect": "none"},
        {"complaint": "praise"},
        {"complaint": ""},
        {"region": "火星"},
        {"region": "北京"},
    ],
)
def test_a_report_that_makes_no_sense_is_not_kept(whole: Whole, changed: dict[str, str]) -> None:
    browser = whole.logged_in()
    before = whole.actions()
    assert report(browser, **changed) == 400
    assert whole.console.tasks.list(is_open=True, most=9) == []
    assert whole.actions() == before


def test_a_report_may_be_as_long_as_it_says_and_holds_any_character(whole: Whole) -> None:
    assert report(whole.logged_in(), note="长" * 498 + "\0🏥", aspect="") == 303
    (task,) = whole.console.tasks.list(is_open=True, most=9)
    assert task.note == "长" * 498 + "🏥"


def test_a_task_ends_once_and_only_with_words(whole: Whole) -> None:
    editor = whole.logged_in("bian")
    assert report(editor) == 303
    (task,) = whole.console.tasks.list(is_open=True, most=9)
    path = f"/console/tasks/{task.id}/close"
    for outcome in ("", "  ", "长" * 501):
        assert editor.send(path, outcome=outcome).status_code == 400
    assert editor.send("/console/tasks/none/close", outcome="改了").status_code == 400
    for unknown in (task.id + 1, 0, 10**30):
        assert editor.send(f"/console/tasks/{unknown}/close", outcome="改了").status_code == 404
    assert whole.console.tasks.list(is_open=True, most=9) == [task]
    assert editor.send(path, outcome="改了").status_code == 303
    assert editor.send(path, outcome="又改了").status_code == 404
    assert [task.outcome for task in whole.console.tasks.list(is_open=False, most=9)] == ["改了"]


def test_only_editors_are_offered_to_end_a_task(whole: Whole) -> None:
    assert report(whole.logged_in()) == 303
    assert 'name="outcome"' in whole.logged_in("bian").get("/console/tasks").text
    for name in ("zhang", "shen"):
        page = whole.logged_in(name).get("/console/tasks").text
        assert ("收费了" in page, 'name="outcome"' in page) == (True, False)


# Questions.


def test_what_went_wrong_comes_grouped(whole: Whole) -> None:
    page = whole.logged_in().get("/console/questions").text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    money, birth = articles(page)
    assert money.startswith("2 次 能报多少钱")
    assert "参保地：沙湾市 1、于田县 1" in money
    assert birth.startswith("1 次 =生孩子怎么登记")
    assert "市民说没用，当成“生育登记”" in birth
    assert "沙湾怎么备案" not in page, "it went well"
    assert '"/console/answer?code=CADE444"' in page


def test_questions_are_filtered(whole: Whole) -> None:
    browser = whole.logged_in()

    def found(query: str) -> list[str]:
        return [
            card.split("次 ")[1].split("<")[0].split()[0]
            for card in articles(browser.get(f"/console/questions?{query}").text)
        ]

    assert found("useful=yes") == ["沙湾怎么备案"]
    assert found("status=answered&useful=no") == ["=生孩子怎么登记"]
    assert found("topic=birth") == ["=生孩子怎么登记"]
    assert found("status=answered&region=于田") == []
    assert found("first=2026-11-01&last=2026-11-22") == []
    assert len(found("status=nonsense&topic=none&useful=maybe&first=x&last=y")) == 2, "as if nothing were chosen"


# Figures.


def test_figures_add_up(whole: Whole) -> None:
    page = whole.logged_in().get("/console/figures").text
    assert sums(page) == {"条消息": 5, "答了": 2, "反问或给了接近的": 0, "没答上": 3, "有用": 1, "没用": 1}
    assert re.search(r"异地就医备案</th>.*?<td class=\"times\">2</td>", page)
    assert "<title>9：5</title>" in page, "nine o'clock in Beijing"
    assert "每件事都有人问过" in page
    only = whole.logged_in().get(f"/console/figures?{DAY}&region=于田").text
    assert sums(only)["条消息"] == 1
    assert '<a href="/console/entry/birth">生育登记</a>' in only, "nobody there asked it"


def test_figures_are_downloaded(whole: Whole) -> None:
    browser = whole.logged_in()
    day = ["2026-11-23", "2026-11-23"]
    assert download(browser, f"by=topic&{DAY}") == [
        ["topic", "name", "times", "first", "last", "region"],
        ["", "", "2", *day, ""],
        ["filing", "异地就医备案", "2", *day, ""],
        ["birth", "生育登记", "1", *day, ""],
    ]
    assert download(browser, f"by=region&{DAY}&region={YUTIAN}")[1:] == [[YUTIAN, "于田县", "1", *day, YUTIAN]]
    assert download(browser, "by=day&first=2026-01-01&last=2026-01-02")[1:] == []


@pytest.mark.parametrize(
    "period",
    [
        "first=2026-11-24&last=2026-11-22",
        "first=2026-11-23&last=9999-12-31",
        "first=0001-01-01&last=2026-11-23",
        "first=9999-12-31&last=9999-12-31",
        "first=0001-01-01&last=0001-01-01",
        "first=2026-02-30&last=x",
    ],
)
def test_any_period_is_answered(whole: Whole, period: str) -> None:
    browser = whole.logged_in()
    for page in ("figures", "figures.csv", "questions"):
        assert browser.get(f"/console/{page}?{period}").status_code == 200, page
