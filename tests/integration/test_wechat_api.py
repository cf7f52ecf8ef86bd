"""Our calls to WeChat's server, against a stand-in that answers as its documentation says."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response
from typer.testing import CliRunner

from bot.adapters.embedded_redis import EmbeddedRedis
from bot.adapters.redis_state import connect
from bot.adapters.redis_token import RedisTokenStore
from tests.wechat_stand_in import (
    AGENTS,
    APP_ID,
    MENU_CREATE,
    MENU_GET,
    SECRET,
    SEND,
    STABLE_TOKEN,
    TOKEN,
    TYPING,
    StandIn,
    refusal,
    served,
)
from webhook.command_line import menu
from webhook.command_line.terminal import translate_errors
from webhook.settings import WeChatAccount, load_settings
from webhook.wechat.api import WeChatApi, WeChatApiError

MENU = {"button": [{"type": "click", "name": "人工", "key": "转人工"}]}


@pytest.fixture
def wechat() -> StandIn:
    return StandIn()


@pytest.fixture
def api(wechat: StandIn) -> WeChatApi:
    return WeChatApi(account(), transport=httpx.ASGITransport(app=wechat.app))


def account(**environ: str) -> WeChatAccount:
    given = {"WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": SECRET, "WECHAT_API_URL": "http://wechat.test"}
    return load_settings(given | environ).wechat


async def test_the_token_is_asked_for_without_force(api: WeChatApi, wechat: StandIn) -> None:
    assert await api.fetch_token() == wechat.token
    assert json.loads(wechat.bodies[STABLE_TOKEN])["force_refresh"] is False


async def test_the_menu_arrives_as_it_is(api: WeChatApi, wechat: StandIn) -> None:
    await api.create_menu(MENU)
    body = wechat.bodies[MENU_CREATE]
    assert json.loads(body) == MENU
    assert "转人工".encode() in body  # not as \\u escapes


@pytest.mark.parametrize(
    ("errcode", "errmsg", "remedy"),
    [
        (40164, "invalid ip 1.2.3.4, not in whitelist rid: 6", "IP白名单"),
        (40013, "invalid appid", "WECHAT_APP_ID"),
        (45009, "reach max api daily quota limit", ""),
        (-1, "system error", ""),
    ],
)
async def test_a_refusal_names_code_and_message(
    api: WeChatApi, wechat: StandIn, errcode: int, errmsg: str, remedy: str
) -> None:
    wechat.answers[STABLE_TOKEN] = [refusal(errcode, errmsg)]
    with pytest.raises(WeChatApiError) as caught:
        await api.create_menu(MENU)
    assert caught.value.errcode == errcode
    told = str(caught.value)
    assert f"取访问令牌）：errcode {errcode}，errmsg {errmsg}" in told
    assert remedy in told
    assert MENU_CREATE not in wechat.bodies


async def test_a_refused_menu_is_told(api: WeChatApi, wechat: StandIn) -> None:
    wechat.answers[MENU_CREATE] = [refusal(40018, "invalid button name size")]
    with pytest.raises(WeChatApiError, match=r"发布菜单）：errcode 40018，errmsg invalid button name size$"):
        await api.create_menu(MENU)


async def test_a_message_is_one_line_without_secret_or_token(api: WeChatApi, wechat: StandIn) -> None:
    errmsg = f"invalid {wechat.token}\r\n\u2028{SECRET}\x1b[31m " + "x" * 5000
    wechat.answers[MENU_CREATE] = [refusal(40018, errmsg)]
    with pytest.raises(WeChatApiError) as caught:
        await api.create_menu(MENU)
    told = str(caught.value)
    assert TOKEN not in told
    assert SECRET not in told
    assert told.isprintable()
    assert len(told) < 350


@pytest.mark.parametrize(
    "answer",
    [
        Response("<html>", 200), Response("[]", 200), Response("null", 200), Response("", 200),
        Response(b"\xff\xfe\xfa", 200), Response("{}", 502), Response("", 302, {"location": "http://other.test/"}),
        JSONResponse({}), JSONResponse({"access_token": ""}), JSONResponse({"access_token": 7}),
        JSONResponse({"errcode": "strange"}), JSONResponse({"errcode": None}), JSONResponse({"errcode": [TOKEN]}),
    ],
)  # fmt: skip
async def test_a_strange_answer_is_an_error(api: WeChatApi, wechat: StandIn, answer: Response) -> None:
    wechat.answers[STABLE_TOKEN] = [answer]
    with pytest.raises(WeChatApiError, match="微信接口出错（取访问令牌）") as caught:
        await api.fetch_token()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ReadTimeout("slow"), "10 秒内没有回答"),
        (httpx.ConnectTimeout("slow"), "10 秒内没有回答"),
        (httpx.ConnectError("refused"), "连不上（ConnectError）"),
        (httpx.RemoteProtocolError("half"), "连不上（RemoteProtocolError）"),
        (httpx.InvalidURL("odd"), "连不上（InvalidURL）"),
    ],
)
async def test_a_lost_network_is_told(error: Exception, expected: str) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(WeChatApiError) as caught:
        await WeChatApi(account(), transport=httpx.MockTransport(fail)).fetch_token()
    assert expected in str(caught.value)
    assert "WECHAT_API_URL" in str(caught.value)
    assert caught.value.errcode is None


async def test_every_request_has_timeouts() -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json={"access_token": TOKEN})

    await WeChatApi(account(), transport=httpx.MockTransport(answer)).fetch_token()
    assert set(seen[0]) == {"connect", "read", "write", "pool"}
    assert all(seconds is not None and seconds <= 10 for seconds in seen[0].values())


async def test_no_log_holds_secret_or_token(api: WeChatApi, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await api.create_menu(MENU)
    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text


# --- the token


async def test_a_token_is_fetched_once(api: WeChatApi, wechat: StandIn) -> None:
    for _ in range(3):
        await api.create_menu(MENU)
    assert wechat.calls[STABLE_TOKEN] == 1


async def test_replicas_share_a_token_through_redis(wechat: StandIn, tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "redis")
    redis = connect(server.start())
    transport = httpx.ASGITransport(app=wechat.app)
    apis = [WeChatApi(account(), RedisTokenStore(redis, APP_ID), transport) for _ in range(3)]
    for each in apis:
        await each.create_menu(MENU)
    assert wechat.calls[STABLE_TOKEN] == 1
    assert 6000 < await redis.ttl(f"yibao:token:{APP_ID}") <= 6900
    await redis.close()
    server.stop()
    for each in apis:
        await each.create_menu(MENU)
    assert wechat.calls[STABLE_TOKEN] == 4


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_that_is_not_taken_is_fetched_anew_once(api: WeChatApi, wechat: StandIn, errcode: int) -> None:
    wechat.answers[MENU_CREATE] = [refusal(errcode)]
    await api.create_menu(MENU)
    assert (wechat.calls[MENU_CREATE], wechat.forced) == (2, 2)
    assert wechat.menu == MENU


async def test_a_token_that_another_replica_replaced_is_not_forced(api: WeChatApi, wechat: StandIn) -> None:
    await api.create_menu(MENU)
    wechat.forced = 7
    await api.create_menu(MENU)
    assert (wechat.calls[STABLE_TOKEN], wechat.forced) == (2, 7)


async def test_a_token_that_is_never_taken_is_not_fetched_for_ever(api: WeChatApi, wechat: StandIn) -> None:
    wechat.answers[MENU_CREATE] = [refusal(40001) for _ in range(9)]
    with pytest.raises(WeChatApiError, match="40001"):
        await api.create_menu(MENU)
    assert (wechat.calls[MENU_CREATE], wechat.calls[STABLE_TOKEN]) == (2, 3)


# --- messages, agents, menus


async def test_a_text_is_pushed_until_wechat_has_enough(api: WeChatApi, wechat: StandIn) -> None:
    for number in range(5):
        await api.send_text("oABC", f"第{number}条")
    assert wechat.sent["oABC"] == [f"第{number}条" for number in range(5)]
    assert "第4条".encode() in wechat.bodies[SEND]
    with pytest.raises(WeChatApiError) as caught:
        await api.send_text("oABC", "一条")
    assert caught.value.errcode == 45047
    await api.send_text("oABD", "一条")


@pytest.mark.parametrize("errcode", [45015, 45047, 45002])
async def test_one_who_cannot_be_reached_closes_nothing(api: WeChatApi, wechat: StandIn, errcode: int) -> None:
    wechat.answers[SEND] = [refusal(errcode)]
    with pytest.raises(WeChatApiError):
        await api.send_text("oABC", "一条")
    await api.send_text("oABC", "一条")
    assert wechat.sent["oABC"] == ["一条"]


@pytest.mark.parametrize("errcode", [48001, 45009])
async def test_what_is_closed_is_not_asked_again(
    api: WeChatApi, wechat: StandIn, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    wechat.answers[SEND] = [refusal(errcode)]
    for _ in range(3):
        with pytest.raises(WeChatApiError) as caught:
            await api.send_text("oABC", "一条")
        assert caught.value.errcode == errcode
    assert wechat.calls[SEND] == 1
    assert [record.getMessage() for record in caplog.records] == ["wechat api closed"]
    await api.show_typing("oABC")
    assert wechat.typing == ["oABC"]


async def test_agents_who_are_online(api: WeChatApi, wechat: StandIn) -> None:
    assert await api.online_agents() == ()
    wechat.agents = [
        {"kf_account": "a@gov", "status": 1, "kf_id": "1", "accepted_case": 0},
        {"kf_account": "b@gov", "status": 0, "kf_id": "2", "accepted_case": 0},
    ]
    assert await api.online_agents() == ("a@gov",)


@pytest.mark.parametrize("answer", [{}, {"kf_online_list": None}, {"kf_online_list": [7, {}]}])
async def test_a_strange_list_of_agents_is_empty(api: WeChatApi, wechat: StandIn, answer: dict[str, Any]) -> None:
    wechat.answers[AGENTS] = [JSONResponse(answer)]
    assert await api.online_agents() == ()


async def test_the_menu_is_read_and_deleted(api: WeChatApi, wechat: StandIn) -> None:
    assert await api.read_menu() is None
    wechat.menu = MENU
    assert await api.read_menu() == {"menu": MENU}
    await api.delete_menu()
    assert wechat.menu is None
    wechat.answers[MENU_GET] = [refusal(48001)]
    with pytest.raises(WeChatApiError):
        await api.read_menu()


# --- a lost network


Act = Callable[[WeChatApi], Awaitable[Any]]


@pytest.mark.parametrize(
    ("act", "path", "times"),
    [
        (lambda api: api.create_menu(MENU), MENU_CREATE, 2),
        (lambda api: api.online_agents(), AGENTS, 2),
        (lambda api: api.show_typing("oABC"), TYPING, 2),
        (lambda api: api.send_text("oABC", "一条"), SEND, 1),
    ],
)
async def test_only_what_may_be_done_twice_is_tried_twice(wechat: StandIn, act: Act, path: str, times: int) -> None:
    whole, tried = httpx.ASGITransport(app=wechat.app), []

    async def lose(request: httpx.Request) -> httpx.Response:
        if request.url.path == path:
            tried.append(path)
            raise httpx.ReadTimeout("slow")
        return await whole.handle_async_request(request)

    with pytest.raises(WeChatApiError) as caught:
        await act(WeChatApi(account(), transport=httpx.MockTransport(lose)))
    assert (len(tried), caught.value.errcode) == (times, None)


# --- the command, against the stand-in on a real socket


@pytest.fixture
def address(wechat: StandIn) -> Iterator[str]:
    with served(wechat) as address:
        yield address


@pytest.fixture
def environ(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("WECHAT_APP_ID", APP_ID)
    monkeypatch.setenv("WECHAT_APP_SECRET", SECRET)
    monkeypatch.delenv("YIBAO_CONTENT", raising=False)
    return monkeypatch


def test_show_prints_what_push_sends(environ: pytest.MonkeyPatch, wechat: StandIn, address: str) -> None:
    environ.setenv("WECHAT_API_URL", address)
    shown = CliRunner().invoke(menu.app, ["show"])
    assert shown.exit_code == 0
    assert wechat.bodies == {}
    pushed = CliRunner().invoke(menu.app, ["push"])
    assert pushed.exit_code == 0, pushed.output
    assert pushed.stdout.startswith("公众号原来没有菜单\n菜单已发布：")
    assert json.loads(wechat.bodies[MENU_CREATE]) == json.loads(shown.stdout)


def test_push_tells_a_refusal_in_one_line(
    environ: pytest.MonkeyPatch, wechat: StandIn, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ.setenv("WECHAT_API_URL", address)
    environ.setenv("WECHAT_APP_SECRET", "f" * 31 + "0")
    result = CliRunner().invoke(menu.app, ["push"])
    assert result.exit_code == 1
    assert result.exception is not None
    with pytest.raises(SystemExit) as stopped, translate_errors():
        raise result.exception
    told = capsys.readouterr().err
    assert stopped.value.code == 1
    assert told.startswith("微信接口出错（取访问令牌）：errcode 40125，errmsg invalid appsecret rid: 6")
    assert told.endswith("。怎么办：检查 WECHAT_APP_SECRET\n")


def test_the_menu_that_was_there_is_saved_first(
    environ: pytest.MonkeyPatch, wechat: StandIn, address: str, tmp_path: Path
) -> None:
    environ.setenv("WECHAT_API_URL", address)
    for command in ("push", "delete"):
        wechat.menu = MENU
        done = CliRunner().invoke(menu.app, [command])
        assert done.exit_code == 0, done.output
        path = Path(done.stdout.splitlines()[0].removeprefix("原来的菜单存在 "))
        assert json.loads(path.read_text(encoding="utf-8")) == {"menu": MENU}
        path.unlink()
    assert wechat.menu is None


def test_a_menu_that_cannot_be_saved_stays(
    environ: pytest.MonkeyPatch, wechat: StandIn, address: str, tmp_path: Path
) -> None:
    environ.setenv("WECHAT_API_URL", address)
    (tmp_path / "var").write_text("in the way", encoding="utf-8")
    wechat.menu = MENU
    assert CliRunner().invoke(menu.app, ["delete"]).exit_code == 1
    assert wechat.menu == MENU
