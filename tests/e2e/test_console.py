"""The console in a real browser, on a real server, with the trained release: what staff do while a caller waits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta, timezone

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.assistant import Assistant
from bot.journal import Entry
from knowledge.store import Knowledge
from tests.e2e.live import NOON, STAFF, LiveConsole, live_console, log_in, watch

HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><a href="javascript:window.hacked=1">甲</a>'
)


def asked(code: str, question: str) -> Entry:
    at = (NOON - timedelta(hours=1)).astimezone(timezone.utc)
    return Entry(code, at, "wechat", "not_in_documents", "r1", 1.0, "a" * 32, question, (question,), (question,))


@pytest.fixture(scope="module")
def live(assistant: Assistant, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveConsole]:
    entries = [asked("CADE222", f"能报多少{HOSTILE}")]
    with live_console(assistant, knowledge, tmp_path_factory.mktemp("console"), entries) as live:
        yield live


@pytest.fixture
def context(browser: Browser, live: LiveConsole) -> Iterator[BrowserContext]:
    size = {"width": 1280, "height": 720}
    context = browser.new_context(base_url=live.url, viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def stranger(context: BrowserContext, live: LiveConsole) -> Iterator[Page]:
    """Not logged in. Fails when the page raises, breaks its policy, runs what a citizen wrote, or asks anybody but the
    server."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    problems: Callable[[], list[str]] = watch(page, live.url)
    page.goto("/console")
    yield page
    assert page.evaluate("window.hacked") is None
    assert problems() == []


@pytest.fixture
def page(stranger: Page) -> Page:
    """The desk, as soon as it can be typed in."""
    log_in(stranger)
    expect(hits(stranger).first).to_be_visible()
    return stranger


def hits(page: Page) -> Locator:
    return page.get_by_role("listbox", name="结果").get_by_role("option")


def chosen(page: Page) -> Locator:
    return page.get_by_role("listbox", name="结果").get_by_role("option", selected=True)


def find(page: Page, query: str, first: str) -> None:
    """Types a query and waits until this is found first."""
    page.get_by_role("combobox", name="查找").fill(query)
    expect(hits(page).first).to_contain_text(first)


def open_filing(page: Page) -> Locator:
    """The entry of filing for somebody in Shawan."""
    find(page, "沙湾 异地 材料", "异地就医备案：要带的材料")
    page.keyboard.press("Enter")
    entry = page.get_by_role("region", name="答案")
    expect(entry.get_by_role("heading", level=1)).to_have_text("异地就医备案")
    return entry


def clipboard(page: Page) -> str:
    expect(page.get_by_text("已复制")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


# In and out.


def test_somebody_logs_in_and_out(stranger: Page) -> None:
    log_in(stranger, password="falsch-Pferd-7")
    expect(stranger.get_by_role("alert")).to_contain_text("账号、密码或验证码不对")
    expect(stranger.get_by_label("账号")).to_have_value(STAFF)
    log_in(stranger)
    expect(stranger).to_have_title("查答案 · 热线工作台")
    expect(stranger.get_by_role("combobox", name="查找")).to_be_focused()
    stranger.get_by_role("button", name="退出").click()
    expect(stranger).to_have_title("登录 · 热线工作台")
    stranger.goto("/console/figures")
    expect(stranger).to_have_title("登录 · 热线工作台")
    log_in(stranger)
    expect(stranger).to_have_title("统计 · 热线工作台")


def test_a_page_that_is_not_for_everybody(page: Page) -> None:
    expect(page.get_by_role("navigation").get_by_role("link", name="人员")).to_have_count(0)
    answer = page.goto("/console/people")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("没有权限")
    expect(page.get_by_text("找管理员")).to_be_visible()
    page.get_by_role("link", name="回首页").click()
    expect(page.get_by_role("combobox", name="查找")).to_be_visible()


def test_who_was_logged_out_meanwhile_gets_the_login(page: Page, context: BrowserContext) -> None:
    context.clear_cookies()
    page.get_by_role("combobox", name="查找").fill("生育")
    expect(page).to_have_title("登录 · 热线工作台")


# Finding.


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("异地 备案", "异地就医备案"),
        ("去北京看病怎么弄", "异地就医备案"),
        ("beian", "异地就医备案"),
        ("ydjy", "异地就医备案"),
        ("shengyu", "生育"),
        ("0993-6023208", "沙湾市医保局窗口"),
    ],
)
def test_words_pinyin_and_numbers_find(page: Page, query: str, first: str) -> None:
    find(page, query, first)


def test_a_place_in_the_query_becomes_the_callers(page: Page) -> None:
    entry = open_filing(page)
    expect(page.get_by_role("status").first).to_have_text("参保地：沙湾市")
    expect(page.get_by_label("参保地")).to_have_value("沙湾市")
    expect(entry.get_by_role("region", name="要带的材料")).to_contain_text("医保电子凭证")
    expect(entry.get_by_role("region", name="念给来电人")).to_contain_text("0993-6023208")


def test_nothing_found_and_no_answer_are_told_apart(page: Page) -> None:
    field = page.get_by_role("combobox", name="查找")
    page.route("**/console/search?*", lambda route: route.fulfill(json={"region": None, "hits": []}))
    field.fill("鲸鱼")
    expect(page.locator("#found")).to_have_text("没有找到，请换个说法。")
    expect(hits(page)).to_have_count(0)
    page.unroute("**/console/search?*")
    page.route("**/console/search?*", lambda route: route.fulfill(status=429))
    field.fill("备案")
    expect(page.locator("#found")).to_have_text("现在查不了，请再试一次。")
    page.unroute("**/console/search?*")
    find(page, "备案 ", "异地就医备案")


def test_what_the_caller_said_holds_until_the_next_call(page: Page) -> None:
    entry = open_filing(page)
    page.get_by_role("radio", name="退休人员").check()
    expect(entry.locator("header")).to_contain_text("退休人员")
    page.get_by_label("就医地").fill("北京")
    page.get_by_label("就医地").press("Tab")
    expect(entry.locator("header")).to_contain_text("北京")
    page.reload()
    expect(page.get_by_label("参保地")).to_have_value("沙湾市")
    expect(page.get_by_role("radio", name="退休人员")).to_be_checked()
    page.get_by_role("button", name="下一个来电").click()
    expect(page.get_by_label("参保地")).to_have_value("")
    expect(page.get_by_label("就医地")).to_have_value("")
    expect(page.get_by_role("radio", name="没说")).to_be_checked()
    expect(page.get_by_role("combobox", name="查找")).to_be_focused()


def test_a_region_that_does_not_exist_is_told(page: Page) -> None:
    open_filing(page)
    page.get_by_label("参保地").fill("火星")
    page.get_by_label("参保地").press("Tab")
    expect(page.get_by_text("没有这个县市")).to_be_visible()


def test_with_the_keyboard_alone(page: Page) -> None:
    keyboard = page.keyboard
    keyboard.type("沙湾 异地 材料")
    expect(chosen(page)).to_contain_text("异地就医备案：要带的材料")
    first = chosen(page).inner_text()
    keyboard.press("ArrowUp")
    expect(chosen(page)).to_have_attribute("id", f"hit-{hits(page).count() - 1}")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_attribute("id", "hit-1")
    expect(page.get_by_role("combobox", name="查找")).to_have_attribute("aria-activedescendant", "hit-1")
    keyboard.press("ArrowUp")
    assert chosen(page).inner_text() == first
    keyboard.press("Enter")
    entry = page.get_by_role("region", name="答案")
    expect(entry.get_by_role("heading", level=1)).to_have_text("异地就医备案")

    keyboard.press("Alt+c")
    assert clipboard(page) == page.locator("#sent").inner_text().strip()
    keyboard.press("Alt+r")
    expect(page.get_by_label("参保地")).to_be_focused()
    keyboard.type("于田")
    keyboard.press("Tab")
    expect(entry.locator("header")).to_contain_text("于田县")
    keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="查找")).to_be_focused()
    keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="查找")).to_have_value("")
    keyboard.press("Tab")
    keyboard.press("/")
    expect(page.get_by_role("combobox", name="查找")).to_be_focused()
    keyboard.type("shengyu")
    expect(chosen(page)).to_contain_text("生育")
    keyboard.press("Alt+n")
    expect(page.get_by_role("combobox", name="查找")).to_have_value("")
    expect(page.get_by_label("参保地")).to_have_value("")


# Copying and comparing.


def test_an_answer_is_copied_as_it_is_read(page: Page) -> None:
    entry = open_filing(page)
    entry.get_by_role("button", name="复制念给来电人的话").click()
    assert clipboard(page) == page.locator("#aloud").inner_text()
    entry.get_by_role("button", name="复制：要带的材料").click()
    expect(page.get_by_text("已复制")).to_be_visible()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert "有效身份证件或医保电子凭证" in copied
    assert "<" not in copied


def test_where_copying_is_forbidden_the_text_is_marked(page: Page, context: BrowserContext) -> None:
    open_filing(page)
    context.clear_permissions()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.keyboard.press("Alt+d")
    expect(page.get_by_text("请按 Ctrl+C")).to_be_visible()
    assert page.evaluate("String(getSelection())").strip() == page.locator("#aloud").inner_text()


def test_two_regions_stand_side_by_side_with_what_differs_marked(page: Page) -> None:
    open_filing(page).get_by_role("link", name="各地对比").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("各地对比：异地就医备案")
    for name in ("塔城地区", "乌鲁木齐市"):
        page.get_by_role("link", name=f"去掉{name}").click()
        expect(page.get_by_role("columnheader", name=re.compile(f"^{name}"))).to_have_count(0)
    heads = page.get_by_role("columnheader")
    expect(heads).to_have_text(["项目", re.compile("^沙湾市"), re.compile("^于田县")])
    overview = page.get_by_role("row", name=re.compile("^概要"))
    expect(overview).to_contain_text("不同")
    marked = overview.get_by_role("cell").nth(1).locator("mark")
    expect(marked.first).to_be_visible()
    ground, plain = (
        each.evaluate("element => getComputedStyle(element).backgroundColor")
        for each in (marked.first, overview.get_by_role("cell").nth(1))
    )
    assert ground != plain
    page.get_by_label("加一个参保地").fill("火星")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有“火星”这个新疆的县市")).to_be_visible()


# As a citizen, and to the editors.


def test_a_talk_shows_what_was_understood(page: Page) -> None:
    open_filing(page)
    page.keyboard.press("Alt+t")
    expect(page.get_by_label("市民的话")).to_be_focused()
    page.keyboard.type("去乌鲁木齐看病要带什么")
    page.keyboard.press("Enter")
    turns = page.locator("#turns .turn")
    expect(turns).to_have_count(1)
    understood = turns.first.locator("dl")
    for words in ("反问", "异地就医备案，要带的材料", "沙湾市", "乌鲁木齐市"):
        expect(understood).to_contain_text(words)
    expect(turns.first.locator(".ours")).to_contain_text("您是哪一种")
    turns.first.get_by_role("button", name="长期住在外地").click()
    expect(turns).to_have_count(2)
    expect(turns.nth(1).locator("dl")).to_contain_text("答了")
    expect(turns.nth(1).locator(".ours").first).to_contain_text("居住证")
    page.get_by_role("button", name="重新开始").click()
    expect(turns).to_have_count(0)
    page.keyboard.type("在吗")
    page.keyboard.press("Enter")
    expect(turns.first.locator("dl")).to_be_visible()
    page.keyboard.press("Alt+t")
    expect(page.get_by_role("combobox", name="查找")).to_be_focused()


def test_a_talk_with_an_unknown_region_is_told(page: Page) -> None:
    page.get_by_label("参保地").fill("火星")
    page.keyboard.press("Alt+t")
    page.keyboard.type("在吗")
    page.keyboard.press("Enter")
    expect(page.locator("#turns .problem")).to_have_text("没有这个参保地，请检查上面的参保地。")


def test_an_entry_is_reported(page: Page) -> None:
    entry = open_filing(page)
    entry.get_by_text("这条不对 / 缺内容").click()
    entry.get_by_label("缺内容").check()
    entry.get_by_label("哪一项").select_option("materials")
    entry.get_by_label("哪里不对，应该是什么").fill(f"还要照片{HOSTILE}")
    entry.get_by_role("button", name="交给编辑").click()
    expect(page.get_by_role("status")).to_contain_text("已经记下")
    task = page.get_by_role("article").first
    expect(task.get_by_role("heading")).to_contain_text("异地就医备案 · 沙湾市 缺内容")
    expect(task.locator(".note")).to_have_text(f"还要照片{HOSTILE}")
    expect(task).to_contain_text(STAFF)


# What citizens write.


def test_nothing_that_a_citizen_wrote_becomes_part_of_a_page(page: Page) -> None:
    page.keyboard.press("Alt+t")
    page.get_by_label("市民的话").fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.locator("#turns .theirs")).to_have_text(HOSTILE)
    expect(page.locator("#turns dl")).to_be_visible()
    assert page.locator("#turns img, #turns script, #turns a").count() == 0
    page.get_by_role("combobox", name="查找").fill(HOSTILE)
    expect(page.locator("#found")).not_to_have_text("现在查不了，请再试一次。")
    for path in ("/console/questions", "/console/answer?code=CADE222", "/console/tasks"):
        page.goto(path)
        if path != "/console/tasks":
            expect(page.get_by_text(f"能报多少{HOSTILE}").first).to_be_visible()
        assert page.locator("main img, main script, main a[href^='javascript:']").count() == 0
        assert page.evaluate("window.hacked") is None


# On every screen.


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1366, 768), (1920, 1080), (390, 844)])
def test_pages_fit_the_screen(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    open_filing(page)
    page.keyboard.press("Alt+t")
    for path in ("", "/compare/remote_care_filing", "/figures", "/questions", "/regions", "/tasks"):
        if path:
            page.goto(f"/console{path}")
        assert page.locator("html").evaluate("element => element.scrollWidth <= element.clientWidth"), path
