"""The editors' year, step by step as an editor clicks it: played by a test, and by ``make screenshots``.

Each step tells ``seen`` the name of a page that is worth a picture, when it stands on the screen.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import httpx
from playwright.sync_api import Page, expect

from knowledge.editor.release import Release
from knowledge.editor.workspace import Workspace, make_workspace
from tests.e2e.live import PASSWORD
from tests.programs import PROJECT, YIBAO, environ, free_port, run, wait_until_answers
from webhook.settings import DEVELOPMENT_SECRETS

EDITOR = "王编辑"
OLD, NEW = "0993-6023208", "0993-6023999"
TRAINED = 300_000
"""Milliseconds that a training may take on a busy machine."""

TOPIC, LABEL = "family_account", "家庭共济"

EXAMPLES = """家庭共济怎么绑定
我医保卡里的余额能给我妈看病用吗
怎么把老婆加到我的医保账户里
个人账户的钱想给娃娃交居民医保
共济账户能绑几个人"""
"""Of the new topic."""

Seen = Callable[[str], None]


def look_away(name: str) -> None:
    """A test needs no picture."""


@dataclass(frozen=True)
class Program:
    """``yibao serve`` with an editors' folder and a release of its own."""

    url: str
    var: Path
    workspace: Workspace

    def ask(self, text: str, person: str) -> str:
        """What WeChat is answered, in plain mode."""
        now = str(int(time.time()))
        token = DEVELOPMENT_SECRETS["WECHAT_TOKEN"]
        signature = hashlib.sha1("".join(sorted([token, now, "n"])).encode()).hexdigest()  # noqa: S324 (WeChat's)
        body = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{person}</FromUserName><CreateTime>{now}</CreateTime>"
            f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><MsgId>{time.time_ns()}</MsgId></xml>"
        )
        query = {"signature": signature, "timestamp": now, "nonce": "n", "openid": person}
        answer = httpx.post(f"{self.url}/wechat", params=query, content=body.encode(), timeout=10)
        return ElementTree.fromstring(answer.text).findtext("Content") or ""  # noqa: S314 (our own reply)

    def meets(self, text: str) -> bool:
        """Whether somebody new who asks this is answered from the new topic, or asked back about it, or offered it
        first."""
        question = {"id": 1, "sender": f"o{time.time_ns()}", "text": text}
        told = httpx.post(f"{self.url}/api/ask", json=question, timeout=10).json()
        offered = [option["label"] for option in told["options"]][:1] if told["status"] == "suggest" else []
        return offered == [LABEL] or (told["topic"] == TOPIC and told["status"] in ("answered", "clarify"))

    def wait_for(self, text: str, words: str, person: str, seconds: float = 60) -> None:
        """Until the answer holds these words: facts are live within a minute."""
        deadline = time.monotonic() + seconds
        while words not in (told := self.ask(text, person)):
            assert time.monotonic() < deadline, told
            time.sleep(0.5)


@contextmanager
def open_program(release: Release, folder: Path) -> Iterator[Program]:
    """Until the block ends. ``EDITOR`` may publish; the release that answers is signed."""
    var = folder / "var"
    shutil.copytree(release.folder, var / "releases" / release.id)
    workspace = make_workspace(
        folder / "editors", PROJECT / "knowledge" / "content", PROJECT / "nlu" / "data", PROJECT / "tests/dialogue/exam"
    )
    port = free_port()
    settings = {
        "YIBAO_VAR": str(var),
        "YIBAO_CONTENT": str(workspace.folder),
        "YIBAO_PORT": str(port),
        "WECHAT_ENCRYPTION": "plain",
    }
    run([YIBAO, "release", "promote", release.id, "--by", "张主任"], folder, **settings)
    add = [YIBAO, "user", "add", EDITOR, "--role", "publisher", "--password-stdin"]
    run(add, folder, stdin=PASSWORD, **settings)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([YIBAO, "serve"], cwd=folder, env=environ(settings), stdout=log, stderr=log)
    try:
        wait_until_answers(f"http://127.0.0.1:{port}/readyz", server)
        yield Program(f"http://127.0.0.1:{port}", var, workspace)
    finally:
        server.terminate()
        server.wait(30)


def change_the_number(page: Page, seen: Seen = look_away) -> None:
    page.goto("/console/edit")
    page.get_by_role("link", name="机构、地址、电话").click()
    page.get_by_role("link", name="沙湾市医疗保障局").first.click()
    seen("places")
    page.get_by_role("link", name="沙湾市医保局窗口").click()
    number = page.get_by_label("号码 *")
    assert number.input_value() == OLD
    number.fill(NEW)
    expect(page.locator("#preview")).to_contain_text(NEW)
    seen("form")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.get_by_role("heading", name="还没有保存")).to_be_visible()
    expect(page.get_by_text("1 个：沙湾市")).to_be_visible()
    expect(page.get_by_label(re.compile("一起改成新的"))).to_be_checked()
    # Judged by what the exam expects after the change: its numbers are changed along.
    expect(page.get_by_role("heading", name=re.compile(r"考题：\d+ 题的回答会变$"))).to_be_visible()
    page.get_by_label("为什么改").fill("沙湾市医保局来函，窗口换了号码")
    seen("impact")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("保存好了")


def mark_the_difference(page: Page, seen: Seen = look_away) -> None:
    page.goto("/console/check")
    found = page.locator("article", has_text="塔城地区“15个工作日”，新疆“10个工作日”")
    before = int(re.findall(r"(\d+) 处提醒", page.get_by_role("heading", level=1).inner_text())[0])
    found.get_by_label("都对，因为").fill("塔城地区医保局确认：本地按15个工作日办")
    seen("check")
    found.get_by_role("button", name="标为合理差异").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{before - 1} 处提醒")


def add_the_document(page: Page) -> None:
    page.goto("/console/edit")
    page.get_by_role("link", name="来源文件").click()
    page.get_by_role("link", name="加一条").click()
    page.get_by_label("编号 *").fill("family_account_notice")
    page.get_by_label("标题 *").fill("关于个人账户家庭共济的通知")
    page.get_by_label("简称 *").fill("家庭共济通知")
    page.get_by_label("哪里公布的 *").fill("650000")
    page.get_by_label("版本或日期").fill("2026年")
    save(page, "收到新文件")


def save(page: Page, reason: str) -> None:
    page.get_by_role("button", name="看看会怎样").click()
    page.get_by_label("为什么改").fill(reason)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("保存好了")


def add_the_topic(page: Page, program: Program, seen: Seen = look_away) -> None:
    page.goto("/console/edit/topic")
    page.get_by_label("名称，照原件").fill("个人账户家庭共济绑定")
    page.get_by_label("选项上的几个字").fill(LABEL)
    page.get_by_label("编号，小写英文和下划线").fill(TOPIC)
    page.get_by_label("放在").select_option(label="个人账户和对账单")
    page.get_by_label("来源文件").select_option(label="关于个人账户家庭共济的通知")
    page.get_by_label("直接的回答").fill("可以，先在手机上绑定家人。")
    page.get_by_label("怎么回事").fill("绑定以后，家人看病可以用您个人账户里的钱。\n可以绑定配偶、父母、子女。")
    page.get_by_label("在哪办、怎么办").fill("手机：“新疆医保服务”APP。")
    page.get_by_label("群众怎么问").fill(EXAMPLES)
    page.get_by_label("别的叫法").fill("共济账户")
    page.get_by_label("为什么加").fill("上周问了四十次")
    seen("topic")
    page.get_by_role("button", name="加上").click()
    expect(page.get_by_role("status")).to_contain_text("保存好了")
    authors = {commit.author for commit in program.workspace.git.history(most=3)}
    assert authors == {EDITOR}


def hand_over_what_was_open(page: Page, seen: Seen = look_away) -> None:
    """Another topic said so far that no document answers it."""
    page.goto("/console/check")
    found = page.locator("article", has_text="文件没写：账户的钱能不能给家里人用")
    found.get_by_role("link").first.click()
    page.get_by_label("由哪个事项回答").fill(TOPIC)
    seen("hand_over")
    save(page, "新事项答得了")


def train_and_publish(page: Page, seen: Seen = look_away) -> None:
    page.goto("/console/releases")
    page.get_by_role("button", name="训练新版本").click()
    expect(page.get_by_role("heading", name="正在训练")).to_be_visible()
    expect(page.locator("#log")).to_contain_text("2/4 读训练数据", timeout=60_000)
    seen("training")
    page.get_by_text("上次训练做好了").wait_for(timeout=TRAINED)
    page.get_by_text("上次训练做好了").get_by_role("link").click()
    expect(page.get_by_text(re.compile(r"\d{4} 题：答对 \d{4}（9\d\.\d%）；和正在用的版本比"))).to_be_visible()
    expect(page.get_by_text(NEW).first).to_be_visible()
    reason = page.get_by_label(re.compile("理由"))
    reason.fill("差的几题都看过：新事项答得更对")
    seen("report")
    page.get_by_role("button", name=f"启用，由 {EDITOR} 签字").click()
    expect(page.get_by_role("status")).to_contain_text("已启用")


def roll_back(page: Page, seen: Seen = look_away) -> None:
    page.goto("/console/releases")
    page.get_by_label("为什么退回").fill("试一下退回")
    seen("releases")
    page.get_by_role("button", name="退回上一个").click()
    expect(page.get_by_role("status")).to_contain_text("已启用")
