"""Our calls to WeChat's server, against a stand-in that answers as its documentation says."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner

from webhook.command_line import menu
from webhook.command_line.terminal import translate_errors
from webhook.settings import WeChatAccount, load_settings
from webhook.wechat.api import WeChatApi, WeChatApiError

APP_ID = "wx7f3a9c2e5b8d1046"
SECRET = "4c9e1f7a2b8d6035e1c7a9f3b5d80246"
TOKEN = "82_geheimesToken-x1"

MENU = {"button": [{"type": "click", "name": "人工", "key": "转人工"}]}


class StandIn:
    """WeChat's server. ``token_answer`` and ``menu_answer`` replace the good answers; ``bodies`` is what came."""

    def __init__(self) -> None:
        self.token_answer: Response | None = None
        self.menu_answer: Response | None = None
        self.bodies: dict[str, bytes] = {}
        routes = [
            Route("/cgi-bin/stable_token", self._token, methods=["POST"]),
            Route("/cgi-bin/menu/create", self._menu, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    async def _token(self, request: Request) -> Response:
        self.bodies[request.url.path] = body = await request.body()
        given = json.loads(body)
        if (given["grant_type"], given["appid"], given["secret"]) != ("client_credential", APP_ID, SECRET):
            return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret rid: 6"})
        return self.token_answer or JSONResponse({"access_token": TOKEN, "expires_in": 7200})

    async def _menu(self, request: Request) -> Response:
        self.bodies[request.url.path] = await request.body()
        if request.query_params.get("access_token") != TOKEN:
            return JSONResponse({"errcode": 40001, "errmsg": "invalid credential"})
        return self.menu_answer or JSONResponse({"errcode": 0, "errmsg": "ok"})


@pytest.fixture
def wechat() -> StandIn:
    return StandIn()


@pytest.fixture
def api(wechat: StandIn) -> WeChatApi:
    return WeChatApi(account(), httpx.ASGITransport(app=wechat.app))


def account(**environ: str) -> WeChatAccount:
    given = {"WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": SECRET, "WECHAT_API_URL": "http://wechat.test"}
    return load_settings(given | environ).wechat


async def test_the_token_is_asked_for_without_force(api: WeChatApi, wechat: StandIn) -> None:
    assert await api.fetch_token() == TOKEN
    assert json.loads(wechat.bodies["/cgi-bin/stable_token"])["force_refresh"] is False


async def test_the_menu_arrives_as_it_is(api: WeChatApi, wechat: StandIn) -> None:
    await api.create_menu(MENU)
    body = wechat.bodies["/cgi-bin/menu/create"]
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
    wechat.token_answer = JSONResponse({"errcode": errcode, "errmsg": errmsg})
    with pytest.raises(WeChatApiError) as caught:
        await api.create_menu(MENU)
    assert caught.value.errcode == errcode
    told = str(caught.value)
    assert f"取访问令牌）：errcode {errcode}，errmsg {errmsg}" in told
    assert remedy in told
    assert "/cgi-bin/menu/create" not in wechat.bodies


async def test_a_refused_menu_is_told(api: WeChatApi, wechat: StandIn) -> None:
    wechat.menu_answer = JSONResponse({"errcode": 40018, "errmsg": "invalid button name size"})
    with pytest.raises(WeChatApiError, match=r"发布菜单）：errcode 40018，errmsg invalid button name size$"):
        await api.create_menu(MENU)


async def test_a_message_is_one_line_without_secret_or_token(api: WeChatApi, wechat: StandIn) -> None:
    errmsg = f"invalid {TOKEN}\r\n\u2028{SECRET}\x1b[31m " + "x" * 5000
    wechat.menu_answer = JSONResponse({"errcode": 40001, "errmsg": errmsg})
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
    wechat.token_answer = answer
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
        await WeChatApi(account(), httpx.MockTransport(fail)).fetch_token()
    assert expected in str(caught.value)
    assert "WECHAT_API_URL" in str(caught.value)
    assert caught.value.errcode is None


async def test_every_request_has_timeouts() -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json={"access_token": TOKEN})

    await WeChatApi(account(), httpx.MockTransport(answer)).fetch_token()
    assert set(seen[0]) == {"connect", "read", "write", "pool"}
    assert all(seconds is not None and seconds <= 10 for seconds in seen[0].values())


async def test_no_log_holds_secret_or_token(api: WeChatApi, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await api.create_menu(MENU)
    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text


# --- the command, against the stand-in on a real socket


@pytest.fixture
def address(wechat: StandIn) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(wechat.app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def environ(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("WECHAT_APP_ID", APP_ID)
    monkeypatch.setenv("WECHAT_APP_SECRET", SECRET)
    monkeypatch.delenv("YIBAO_CONTENT", raising=False)
    return monkeypatch


def test_show_prints_what_publish_sends(environ: pytest.MonkeyPatch, wechat: StandIn, address: str) -> None:
    environ.setenv("WECHAT_API_URL", address)
    shown = CliRunner().invoke(menu.app, ["show"])
    assert shown.exit_code == 0
    assert wechat.bodies == {}
    published = CliRunner().invoke(menu.app, ["publish"])
    assert published.exit_code == 0, published.output
    assert published.stdout.startswith("菜单已发布：")
    assert json.loads(wechat.bodies["/cgi-bin/menu/create"]) == json.loads(shown.stdout)


def test_publish_tells_a_refusal_in_one_line(
    environ: pytest.MonkeyPatch, wechat: StandIn, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ.setenv("WECHAT_API_URL", address)
    environ.setenv("WECHAT_APP_SECRET", "f" * 31 + "0")
    result = CliRunner().invoke(menu.app, ["publish"])
    assert result.exit_code == 1
    assert result.exception is not None
    with pytest.raises(SystemExit) as stopped, translate_errors():
        raise result.exception
    told = capsys.readouterr().err
    assert stopped.value.code == 1
    assert told.startswith("微信接口出错（取访问令牌）：errcode 40125，errmsg invalid appsecret rid: 6")
    assert told.endswith("。怎么办：检查 WECHAT_APP_SECRET\n")
