"""The simulator in a real browser, on a real server, with a fake bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.message import Incoming, Kind, Reply
from tests.e2e.live import Server, watch
from tests.fakes import FakeBot
from webhook.app import create_app
from webhook.health import Readiness
from webhook.settings import load_settings

TAP = '<a href="weixin://bizmsgmenu?msgmenucontent=备案材料&msgmenuid=7">要哪些材料</a>'


class Chat(FakeBot):
    """Greets, and answers a text with what ``answers`` holds for it."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, str] = {}

    async def reply(self, message: Incoming) -> Reply:
        self.answer = self.answers.get(message.text, "您好" if message.kind is Kind.SUBSCRIBE else f"[{message.text}]")
        return await super().reply(message)


def simulated(bot: Chat, encryption: str) -> Server:
    async def ready() -> Readiness:
        return Readiness("r1")

    settings = load_settings({"WECHAT_ENCRYPTION": encryption})
    return Server(create_app(settings, bot, ready=ready, region_known=lambda _: True))


@pytest.fixture(params=["plain", "safe"])
def encryption(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bot() -> Chat:
    return Chat()


@pytest.fixture
def page(browser: Browser, bot: Chat, encryption: str) -> Iterator[Page]:
    """The page after the greeting. Fails when the page raises, or asks anybody but the server."""
    with simulated(bot, encryption) as server:
        page = browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
        problems = watch(page, server.url)
        page.goto(f"{server.url}/simulator")
        expect(account_bubbles(page)).to_have_text(["您好"])
        yield page
        page.close()
        assert problems() == []


def account_bubbles(page: Page) -> Locator:
    return page.locator(".message:not(.mine) .bubble")


def my_bubbles(page: Page) -> Locator:
    return page.locator(".message.mine .bubble")


def type_text(page: Page, text: str) -> None:
    page.get_by_label("输入消息").fill(text)
    page.keyboard.press("Enter")


def tool(page: Page, name: str) -> None:
    page.get_by_role("button", name="更多功能").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_a_question_is_typed_answered_and_a_tap_is_tapped(page: Page, bot: Chat) -> None:
    bot.answers["怎么备案"] = f"备案分五种。\n\n{TAP}"
    type_text(page, "怎么备案")
    expect(my_bubbles(page)).to_have_text(["怎么备案"])
    answer = account_bubbles(page).nth(1)
    expect(answer).to_have_text("备案分五种。\n\n要哪些材料", use_inner_text=True)
    answer.get_by_role("link", name="要哪些材料").click()
    expect(my_bubbles(page).nth(1)).to_have_text("备案材料")
    expect(account_bubbles(page).nth(2)).to_have_text("[备案材料]")
    assert [seen.text for seen in bot.seen] == ["", "怎么备案", "备案材料"]
    assert len({seen.sender for seen in bot.seen}) == 1
    assert page.get_by_label("输入消息").input_value() == ""


def test_nothing_that_is_written_becomes_part_of_the_page(page: Page, bot: Chat) -> None:
    hostile = (
        '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
        '<a href="javascript:window.hacked=1">甲</a><a href="weixin://bizmsgmenu?msgmenucontent=x">乙</a>'
        '<a href="weixin://bizmsgmenu?msgmenucontent=<b>%E0%A4%A&msgmenuid=1"><b>丙</b></a>'
    )
    bot.answers[hostile] = hostile
    type_text(page, hostile)
    expect(my_bubbles(page)).to_have_text([hostile])
    expect(account_bubbles(page).nth(1)).to_have_text(hostile)
    assert page.locator("#log img, #log script, #log b, #log a").count() == 0
    assert page.evaluate("window.hacked") is None


def test_links_to_pages_open_apart(page: Page, bot: Chat) -> None:
    bot.answers["指南"] = '看<a href="https://example.org/guide">这里</a>。'
    type_text(page, "指南")
    link = account_bubbles(page).get_by_role("link", name="这里")
    expect(link).to_have_attribute("href", "https://example.org/guide")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_pictures_voices_places_and_stickers(page: Page, bot: Chat) -> None:
    for name, kind in (("照片", Kind.IMAGE), ("位置", Kind.LOCATION), ("动画表情", Kind.OTHER)):
        tool(page, name)
        expect(account_bubbles(page)).to_have_count(len(bot.seen) + (bot.seen[-1].kind is not kind))
        assert bot.seen[-1].kind is kind
    page.get_by_role("button", name="切换语音输入").click()
    page.get_by_role("button", name="按住 说话").click()
    expect(account_bubbles(page)).to_have_count(5)
    assert bot.seen[-1].kind is Kind.VOICE


def test_following_leaving_and_somebody_else(page: Page, bot: Chat) -> None:
    tool(page, "重新关注")
    expect(account_bubbles(page)).to_have_text(["您好", "您好"])
    tool(page, "取消关注")
    expect(page.locator(".notice").last).to_contain_text("取消了关注")
    assert bot.forgotten == [bot.seen[0].sender]
    tool(page, "换一个用户")
    expect(account_bubbles(page)).to_have_text(["您好"])
    assert bot.seen[-1].sender != bot.seen[0].sender


def test_an_account_refuses_the_other_mode(page: Page, bot: Chat, encryption: str) -> None:
    ours, other = ("安全模式", "明文模式") if encryption == "safe" else ("明文模式", "安全模式")
    tool(page, ours)
    type_text(page, "在吗")
    expect(page.locator(".notice").last).to_contain_text("故障")
    assert len(bot.seen) == 1
    tool(page, other)
    type_text(page, "在吗")
    expect(account_bubbles(page).last).to_have_text("[在吗]")


def test_the_typing_notice(page: Page, bot: Chat) -> None:
    bot.delay = 0.5
    type_text(page, "慢慢想")
    expect(page.get_by_role("heading", name="对方正在输入…")).to_be_visible()
    expect(page.get_by_role("heading", name="新疆医保问答")).to_be_visible()


def test_the_raw_xml_is_the_one_that_travelled(page: Page, bot: Chat, encryption: str) -> None:
    type_text(page, "看看 ]]> 原文")
    expect(account_bubbles(page).last).to_have_text("[看看 ]]> 原文]")
    page.get_by_role("button", name="显示或收起原始 XML").click()
    exchange = page.locator("details.exchange").first
    exchange.locator("summary").click()
    expect(exchange.locator(".xml-in")).to_contain_text("<Content><![CDATA[看看 ]]]]><![CDATA[> 原文]]></Content>")
    expect(exchange.locator(".xml-out")).to_contain_text("<MsgType><![CDATA[text]]></MsgType>")
    expect(exchange.locator(".wire-in")).to_be_visible(visible=encryption == "safe")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="原始 XML")).to_be_hidden()


def test_with_the_keyboard_alone(page: Page, bot: Chat) -> None:
    bot.answers["备案"] = TAP
    page.get_by_label("输入消息").focus()
    page.keyboard.type("备案")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    link = account_bubbles(page).get_by_role("link", name="要哪些材料")
    expect(link).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(account_bubbles(page).last).to_have_text("[备案材料]")


@pytest.mark.parametrize(("width", "height"), [(360, 640), (390, 844), (430, 932), (1280, 900)])
def test_it_fits_the_screen(page: Page, bot: Chat, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    type_text(page, "长" * 300 + "x" * 300)
    expect(account_bubbles(page)).to_have_count(2)
    phone = page.locator(".phone").bounding_box()
    assert phone is not None
    assert phone["width"] == width if width < 600 else 360 <= phone["width"] <= 430
    assert phone["height"] <= height
    for selector in (".scroller", "body"):
        assert page.locator(selector).evaluate("element => element.scrollWidth <= element.clientWidth")
    box = page.get_by_role("button", name="更多功能").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
