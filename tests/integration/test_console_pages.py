"""The pages of the console as they are mounted: who gets in, and what each user needs of them."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from bot import accounts
from bot.accounts import Permission, Role
from tests.integration.console import FORBIDDEN, Browser
from tests.integration.mounted_console import HOSTILE, RELEASE, Whole, report, rows
from tests.knowledge_builder import SHAWAN, TACHENG, XINJIANG, YUTIAN

LOOK_UP, REPORT, EDIT, PUBLISH, AUDIT, MANAGE = (
    Permission.LOOK_UP,
    Permission.REPORT,
    Permission.EDIT,
    Permission.PUBLISH,
    Permission.AUDIT,
    Permission.MANAGE,
)

PAGES = {
    ("GET", "/console"): LOOK_UP,
    ("GET", "/console/search"): LOOK_UP,
    ("GET", "/console/entry/{topic_id}"): LOOK_UP,
    ("GET", "/console/office/{office_id}"): LOOK_UP,
    ("GET", "/console/compare/{topic_id}"): LOOK_UP,
    ("GET", "/console/regions"): LOOK_UP,
    ("POST", "/console/talk"): LOOK_UP,
    ("POST", "/console/talk/new"): LOOK_UP,
    ("GET", "/console/answer"): LOOK_UP,
    ("GET", "/console/tasks"): LOOK_UP,
    ("POST", "/console/tasks"): REPORT,
    ("POST", "/console/tasks/{task}/close"): EDIT,
    ("GET", "/console/questions"): LOOK_UP,
    ("GET", "/console/figures"): LOOK_UP,
    ("GET", "/console/figures.csv"): LOOK_UP,
    ("GET", "/console/account"): LOOK_UP,
    ("POST", "/console/account/password"): LOOK_UP,
    ("POST", "/console/account/second-factor"): LOOK_UP,
    ("POST", "/console/account/second-factor-off"): LOOK_UP,
    ("POST", "/console/logout"): LOOK_UP,
    ("GET", "/console/people"): MANAGE,
    ("POST", "/console/people"): MANAGE,
    ("GET", "/console/people/{name}"): MANAGE,
    ("POST", "/console/people/{name}/{verb}"): MANAGE,
    ("GET", "/console/edit"): EDIT,
    ("GET", "/console/edit/place"): EDIT,
    ("POST", "/console/edit/preview"): EDIT,
    ("POST", "/console/edit/look"): EDIT,
    ("POST", "/console/edit/save"): EDIT,
    ("GET", "/console/edit/history"): EDIT,
    ("POST", "/console/edit/undo"): EDIT,
    ("GET", "/console/edit/examples"): EDIT,
    ("POST", "/console/edit/examples"): EDIT,
    ("POST", "/console/edit/examples/gap"): EDIT,
    ("GET", "/console/edit/topic"): EDIT,
    ("POST", "/console/edit/topic"): EDIT,
    ("GET", "/console/check"): EDIT,
    ("POST", "/console/check/lawful"): EDIT,
    ("GET", "/console/review"): EDIT,
    ("POST", "/console/review"): EDIT,
    ("GET", "/console/releases"): EDIT,
    ("GET", "/console/releases/progress"): EDIT,
    ("POST", "/console/releases/train"): EDIT,
    ("POST", "/console/releases/stop"): EDIT,
    ("POST", "/console/releases/rollback"): PUBLISH,
    ("GET", "/console/releases/{release}"): EDIT,
    ("POST", "/console/releases/{release}/promote"): PUBLISH,
    ("GET", "/console/audit"): AUDIT,
    ("GET", "/console/audit.csv"): AUDIT,
}
"""What each page needs. A page that is not here fails the test: whoever adds one decides who may see it."""

OPEN = {("GET", "/console/login"), ("POST", "/console/login")}
"""For who is not logged in."""

FILLED = {
    "topic_id": "filing",
    "office_id": "shawan_bureau",
    "task": "1",
    "name": "zhang",
    "verb": "disable",
    "release": RELEASE,
}

QUERIES = {"/console/edit/place": "?file=menu.yml", "/console/edit/examples": "?intent=newborn_enrolment"}
"""What a page must be asked with."""


def filled(pattern: str) -> str:
    return pattern.format(**FILLED) + QUERIES.get(pattern, "")


def talk(browser: Browser, path: str = "talk", **said: str) -> dict[str, object]:
    body = {"id": "1", "sender": "window", **said}
    answer = browser.http.post(f"/console/{path}", json=body, headers={"x-token": browser.token})
    told: dict[str, object] = answer.json()
    return {**told, "code": answer.status_code}


# Who gets in.


def routes(whole: Whole) -> set[tuple[str, str]]:
    found = {
        (method, route.path)
        for route in whole.app.routes
        if isinstance(route, APIRoute) and route.path.startswith("/console")
        for method in route.methods
    }
    others = [route for route in whole.app.routes if getattr(route, "path", "").startswith("/console")]
    mounts = [route.path for route in others if isinstance(route, Mount)]
    assert mounts == ["/console/static", "/console/editing"]
    assert len(others) == len(found) + len(mounts), "each route has one method"
    return found


def test_every_page_refuses_whom_it_must(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    assert routes(whole) == PAGES.keys() | OPEN
    stranger, browser, boss = whole.browser(), whole.logged_in("bian"), whole.logged_in("boss")
    token, other_token = browser.token, boss.token
    assert report(browser) == 303
    before = whole.actions()
    for (method, pattern), needed in PAGES.items():
        path, which = filled(pattern), f"{method} {pattern}"

        unknown = stranger.http.request(method, path, data={"token": token})
        assert unknown.status_code == 303, which
        assert unknown.headers["location"].startswith("/console/login"), which
        asked = stranger.http.request(method, path, headers={"accept": "application/json", "x-token": token})
        assert (asked.status_code, asked.json()["error"]) == (401, "login"), which

        all_but = {role: frozenset(Permission) - {needed} for role in Role}
        monkeypatch.setattr(accounts, "PERMISSIONS", all_but)
        refused = browser.http.request(method, path, headers={"x-token": token})
        assert (refused.status_code, FORBIDDEN in refused.text) == (403, True), which
        monkeypatch.undo()

        if method == "POST":
            for given in ({}, {"x-token": ""}, {"x-token": other_token}, {"x-token": token[:-1]}):
                answer = browser.http.post(path, headers=given)
                assert (answer.status_code, "刚才的操作没有执行" in answer.text) == (403, True), which
    assert whole.actions() == before
    assert browser.is_in()
    assert [task.is_open for task in whole.console.tasks.list(is_open=True, most=9)] == [True]


@pytest.mark.parametrize("name", ["zhang", "bian", "shen", "boss"])
def test_every_role_gets_to_its_pages_and_is_shown_them(whole: Whole, name: str) -> None:
    browser = whole.logged_in(name)
    account = whole.staff.accounts.find(name)
    assert account
    shown = re.findall(r'<a href="(/console[^"]*)"', browser.get("/console").text)
    for (method, pattern), needed in PAGES.items():
        if method == "GET":
            path = filled(pattern)
            may = account.may(needed)
            assert (browser.get(path).status_code == 200) is may, pattern
            assert may or path not in shown
    assert ("/console/people" in shown) is account.may(MANAGE)
    assert ("/console/audit" in shown) is account.may(AUDIT)


def test_pages_are_kept_out_of_caches_and_run_no_script_of_their_own(whole: Whole) -> None:
    browser = whole.logged_in("boss")
    for method, pattern in PAGES:
        if method == "GET":
            answer = browser.get(filled(pattern))
            assert answer.headers["cache-control"] == "no-store"
            assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
            assert not re.search(r"<script(?! type=\"module\" src=)|<style|<[^>]*\s(style|on[a-z]+)=", answer.text)


def test_what_is_not_there_says_so_in_chinese(whole: Whole) -> None:
    browser = whole.logged_in()
    for path in ("entry/none", "office/none", "compare/none", "none", "entry/filing?region=北京", "static/none"):
        answer = browser.get(f"/console/{path}")
        assert (answer.status_code, "没有这一页" in answer.text) == (404, True), path
    answer = browser.get("/console/figures.csv?by=sender")
    assert (answer.status_code, "读不懂" in answer.text) == (400, True)


# The desk.


def test_the_search_gives_the_region_and_what_to_open(whole: Whole) -> None:
    browser = whole.logged_in()
    found = browser.get("/console/search?q=沙湾 备案 材料").json()
    assert found["region"] == {"code": SHAWAN, "name": "沙湾市"}
    assert found["hits"][0] == {
        "title": "异地就医备案",
        "path": "/console/entry/filing",
        "aspect": "materials",
        "label": "要带的材料",
        "note": "0993-6023208",
    }
    by_office = browser.get("/console/search?q=0993-6023208").json()["hits"]
    assert by_office[0]["path"] == "/console/office/shawan_bureau"


def test_the_search_keeps_to_the_caller_and_survives_nonsense(whole: Whole) -> None:
    browser = whole.logged_in()
    assert browser.get("/console/search?q=备案&region=于田").json()["region"] == {"code": YUTIAN, "name": "于田县"}
    for query in ("", "q=", "q=%00%ff", f"q={'长' * 3000}", "q=备案&region=火星", "q=北京"):
        answer = browser.get(f"/console/search?{query}")
        assert (answer.status_code, answer.json()["region"]) == (200, None), query


def test_the_desk_takes_a_query_escaped(whole: Whole) -> None:
    page = whole.logged_in().http.get("/console", params={"q": f'"{HOSTILE}'}).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


# An entry and an office.


def test_an_entry_says_what_holds_for_the_caller(whole: Whole) -> None:
    browser = whole.logged_in()
    page = browser.get("/console/entry/filing?region=沙湾&insurance=employee&aspect=materials").text
    assert "职工带社保卡。" in page
    assert "居民带户口簿。" not in page
    assert "沙湾市指南（2022版）" in page
    assert re.search(r'<p id="aloud">异地就医备案：[^<]*职工带社保卡。[^<]*0993-6023208。</p>', page)
    assert page.index('id="materials"') < page.index('id="overview"'), "what was asked comes first"
    assert "http://kf.test/guide/filing?region=654203" in page
    assert "没有本地文件" in browser.get("/console/entry/filing?region=于田").text


def test_a_script_gets_the_entry_alone_and_a_browser_the_page(whole: Whole) -> None:
    browser = whole.logged_in()
    whole_page = browser.get("/console/entry/filing").text
    alone = browser.http.get("/console/entry/filing", headers={"x-requested-with": "fetch"}).text
    assert "<html" in whole_page
    assert "<html" not in alone
    assert "先备案再就医。" in whole_page
    assert "先备案再就医。" in alone


def test_the_preview_is_what_wechat_is_sent_and_leaves_no_trace(whole: Whole) -> None:
    whole.bot.answer = f'先备案。{HOSTILE}<a href="weixin://bizmsgmenu?msgmenucontent=材料&msgmenuid=1">材料</a>'
    page = whole.logged_in().get("/console/entry/filing?region=沙湾").text
    assert f"第 1 条 {len(whole.bot.answer.encode())} 字节" in page
    assert "<pre>先备案。&lt;script&gt;" in page
    (seen,) = whole.bot.seen
    assert (seen.text, seen.region, seen.door) == ("备案", SHAWAN, "console")
    assert set(whole.bot.forgotten) == {seen.sender}


def test_an_entry_can_be_reported_by_who_may(whole: Whole) -> None:
    assert 'action="/console/tasks"' in whole.logged_in("zhang").get("/console/entry/filing").text
    assert 'action="/console/tasks"' not in whole.logged_in("shen").get("/console/entry/filing").text


def test_an_office_says_whether_it_is_open_now(whole: Whole) -> None:
    browser = whole.logged_in()
    page = browser.get("/console/office/shawan_bureau").text
    assert "沙湾市迎宾路1号" in page
    assert "周一至周五 10:00—14:00" in page
    (noon,) = re.findall(r'<p class="now">(.+?)</p>', page)
    whole.clock.now = whole.clock.now.replace(hour=10)
    (evening,) = re.findall(r'<p class="now">(.+?)</p>', browser.get("/console/office/shawan_bureau").text)
    assert noon != evening
    assert "地址，文件没写。" in browser.get("/console/office/tacheng_bureau").text


# Regions side by side, and what each has.


def test_a_comparison_marks_what_differs(whole: Whole) -> None:
    browser = whole.logged_in()
    page = browser.get(f"/console/compare/filing?regions={XINJIANG},{SHAWAN}").text
    fees, papers = (next(row for row in rows(page) if row.startswith(name)) for name in ("收费", "要带的材料"))
    assert "不同" not in fees
    assert "不同" in papers
    assert "<mark>居民带户口簿。</mark>" in page
    page = browser.get(f"/console/compare/birth?regions={SHAWAN},{TACHENG}").text
    _, numbers, overview = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    marked = re.findall("<mark>(.*?)</mark>", numbers)
    assert marked == ["沙湾市医保局窗口 0993-6023208", "塔城地区医保局 0901-6222222"], "not digit by digit"
    assert re.findall("先登记.*?办。", overview) == [
        "先登记，出院<mark>前</mark>办。",
        "先登记，出院<mark>后</mark>办。",
    ]


def test_a_comparison_takes_names_and_says_what_it_leaves_out(whole: Whole) -> None:
    browser = whole.logged_in()
    named = browser.get("/console/compare/filing?regions=沙湾，于田&add=<b>火星").text
    assert re.findall(r'/console/entry/filing\?region=(\d+)"', named) == [SHAWAN, YUTIAN]
    assert "没有“&lt;b&gt;火星”这个新疆的县市" in named
    many = browser.get("/console/compare/filing?regions=沙湾,于田,乌苏,塔城市&add=天山区").text
    assert "没有列：天山区" in many
    own = browser.get("/console/compare/filing").text
    assert re.findall(r'/console/entry/filing\?region=(\d+)"', own) == [XINJIANG, SHAWAN]


def test_the_regions_show_who_has_what(whole: Whole) -> None:
    table = {row.split()[0]: row for row in rows(whole.logged_in().get("/console/regions").text)}
    assert table["沙湾市"] == "沙湾市 2 / 2 0993-6023208 有 有"
    assert table["乌苏市"] == "乌苏市 没有 没有，给上一级的 0901-6222222 没有 没有"
    assert table["和田地区"] == "和田地区 没有 0903-2222222 有 没有"
    assert table["于田县"] == "于田县 没有 没有，给上一级的 0903-2222222 没有 没有"
    assert table["新疆维吾尔自治区"].startswith("新疆维吾尔自治区 2 / 2")
    assert "北京市" not in table
    names = list(table)
    assert names.index("塔城地区") < names.index("沙湾市"), "counties stand under their prefecture"


# As a citizen.


def test_a_talk_tells_what_was_understood(whole: Whole) -> None:
    told = talk(whole.logged_in(), text=f"怎么备案{HOSTILE}", region="沙湾")
    assert told["sent"] == [{"text": f"怎么备案{HOSTILE}", "bytes": len(f"怎么备案{HOSTILE}".encode())}]
    assert told["near"] == [["异地就医备案", 0.9], ["生育登记", 0.05]]
    assert (told["status_name"], told["aspect_name"], told["topic_name"]) == ("答了", "要带的材料", "异地就医备案")
    assert (whole.bot.seen[0].region, whole.bot.seen[0].door) == ("沙湾", "console")


def test_what_comes_back_is_no_page(whole: Whole) -> None:
    browser = whole.logged_in()
    body = {"id": "1", "sender": "window", "text": HOSTILE}
    headers = browser.http.post("/console/talk", json=body, headers={"x-token": browser.token}).headers
    assert headers["content-type"] == "application/json"
    assert headers["x-content-type-options"] == "nosniff"


def test_every_window_of_everybody_has_its_own_talk(whole: Whole) -> None:
    zhang, boss = whole.logged_in(), whole.logged_in("boss")
    for browser, window in ((zhang, "1"), (zhang, "1"), (zhang, "2"), (boss, "1")):
        talk(browser, text="在吗", sender=window)
    senders = [seen.sender for seen in whole.bot.seen]
    assert (len(set(senders)), senders[0] == senders[1]) == (3, True)
    assert not any("zhang" in sender for sender in senders)
    assert talk(zhang, "talk/new", text="", sender="1")["status"] == "ok"
    assert whole.bot.forgotten == [senders[0]]


def test_a_talk_refuses_what_is_no_question(whole: Whole) -> None:
    browser = whole.logged_in()
    assert talk(browser, text="在吗", region="火星")["error"] == "region"
    for body in (b"", b"[]", b"{", b'{"id": "1"}', b"\xff"):
        answer = browser.http.post("/console/talk", content=body, headers={"x-token": browser.token})
        assert (answer.status_code, answer.json()["status"]) == (400, "error")
    assert whole.bot.seen == []


# What a citizen was sent.


@pytest.mark.parametrize("typed", ["CADE222", "cade222", " cad e 22 2", "CADE-222", "CADE·222"])
def test_a_code_finds_what_was_sent(whole: Whole, typed: str) -> None:
    page = whole.logged_in().http.get("/console/answer", params={"code": typed}).text
    assert '<p id="asked">沙湾怎么备案</p>' in page
    assert re.findall("<pre>(.*?)</pre>", page) == ["先备案。", "还有。"]
    assert "2026-11-23 09:05:00（北京时间）" in page
    assert "<dd>r7</dd>" in page
    assert "<dd>沙湾市</dd>" in page


def test_an_answer_is_shown_escaped_or_said_to_be_gone(whole: Whole) -> None:
    browser = whole.logged_in()
    page = browser.get("/console/answer?code=CADE333").text
    assert "<script>" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    gone = browser.get("/console/answer?code=CADE666")
    assert (gone.status_code, "已经过了保存期限" in gone.text) == (200, True)


def test_what_is_no_code_says_so(whole: Whole) -> None:
    browser = whole.logged_in()
    for typed, status, words in (
        ("CADE999", 404, "没有这个编号的回答"),
        ("CADE22", 400, "编号是 7 位"),
        ("CADE220", 400, "编号是 7 位"),
        (f"{HOSTILE}", 400, "编号是 7 位"),
        ("x" * 5000, 400, "编号是 7 位"),
    ):
        answer = browser.http.get("/console/answer", params={"code": typed})
        assert (answer.status_code, words in answer.text, "<script>" in answer.text) == (status, True, False)
