"""WeChat's server as we call it: the access token, the menu, messages that are pushed, and who is there to serve."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webhook.settings import WeChatAccount
from webhook.wechat.token import EARLY, MemoryTokenStore, TokenStore

if TYPE_CHECKING:
    # A third of a second to import, and every command imports this module for its error: so httpx waits for a call.
    import httpx

TIMEOUT = 10.0
"""Seconds for each step of a request: to connect, to send, to get the next bytes."""

LONGEST_MESSAGE = 200
"""Characters of WeChat's ``errmsg`` that are told."""

BAD_TOKEN = frozenset({40001, 40014, 42001})
"""Somebody else made the token invalid, or it ran out early."""

NO_MENU = 46003

CLOSED = frozenset({45009, 48001})
"""Today's quota is used up, or the account may not do this at all: asking again is of no use for a while."""

PAUSE = 600.0
"""Seconds for which what is closed is not asked again."""

REMEDIES: Mapping[int, str] = {
    40001: "检查 WECHAT_APP_SECRET",
    40013: "检查 WECHAT_APP_ID",
    40125: "检查 WECHAT_APP_SECRET",
    40164: "把本机的公网 IP 加进公众号后台的“IP白名单”",
    45009: "今天的调用次数用完了，明天再试",
    45015: "这个人超过 48 小时没有发消息，不能再发给他",
    45047: "给这个人发的条数到了上限，等他再发消息",
    48001: "这个公众号没有这项接口权限，要先认证",
}

log = logging.getLogger(__name__)


class WeChatApiError(Exception):
    """WeChat refused or could not be reached. One line in Chinese, without secret or token.

    ``errcode`` is WeChat's own; None where no answer of WeChat's came.
    """

    def __init__(self, message: str, errcode: int | None = None) -> None:
        super().__init__(message)
        self.errcode = errcode


class _UnreachableError(WeChatApiError):
    """No answer came; whether the request arrived is not known."""


@dataclass(frozen=True)
class _Call:
    """``task`` is what an error names. What ``is_repeatable`` is tried again after a lost network."""

    task: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    is_repeatable: bool = True


class WeChatApi:
    """Calls ``account.api_url`` in the account's name. Each method raises WeChatApiError.

    ``tokens`` None: the token lives as long as this object. ``transport`` replaces the network in tests.
    """

    def __init__(
        self,
        account: WeChatAccount,
        tokens: TokenStore | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._account = account
        self._tokens = tokens or MemoryTokenStore()
        self._transport = transport
        self._closed_until: dict[str, tuple[float, WeChatApiError]] = {}

    async def fetch_token(self, *, force: bool = False) -> str:
        """The account's stable access token: the same one for whoever asks, until it is about to run out. ``force``
        makes a new one, which WeChat does 20 times a day."""
        body = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.app_secret,
            "force_refresh": force,
        }
        call = _Call("取访问令牌", "POST", "/cgi-bin/stable_token", body)
        answer = await self._send(call, hidden=(self._account.app_secret,))
        token, seconds = answer.get("access_token"), answer.get("expires_in", 0)
        if not isinstance(token, str) or not token:
            raise WeChatApiError("微信接口出错（取访问令牌）：回答里没有 access_token")
        if isinstance(seconds, int) and seconds > EARLY:
            await self._tokens.save(token, seconds - EARLY)
        return token

    async def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Replaces the account's menu."""
        await self._call(_Call("发布菜单", "POST", "/cgi-bin/menu/create", menu))

    async def read_menu(self) -> dict[str, Any] | None:
        """The account's menu as it is now, None where there is none."""
        try:
            return await self._call(_Call("读取菜单", "GET", "/cgi-bin/menu/get"))
        except WeChatApiError as error:
            if error.errcode == NO_MENU:
                return None
            raise

    async def delete_menu(self) -> None:
        await self._call(_Call("删除菜单", "GET", "/cgi-bin/menu/delete"))

    async def send_text(self, openid: str, text: str) -> None:
        """Pushes a text (客服消息) to who wrote within 48 hours."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._call(_Call("发客服消息", "POST", "/cgi-bin/message/custom/send", body, is_repeatable=False))

    async def show_typing(self, openid: str) -> None:
        """Shows “对方正在输入” for some seconds."""
        body = {"touser": openid, "command": "Typing"}
        await self._call(_Call("显示正在输入", "POST", "/cgi-bin/message/custom/typing", body))

    async def online_agents(self) -> tuple[str, ...]:
        """The accounts of the agents (客服) who are online now."""
        answer = await self._call(_Call("查在线客服", "GET", "/cgi-bin/customservice/getonlinekflist"))
        rows = answer.get("kf_online_list")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return tuple(str(row.get("kf_account", "")) for row in rows if row.get("status") == 1)

    async def _call(self, call: _Call) -> dict[str, Any]:
        """Sends with the token; once more with a new one where WeChat does not take it."""
        until, error = self._closed_until.get(call.path, (0.0, None))
        if error is not None and time.monotonic() < until:
            raise error
        token = await self._tokens.load() or await self.fetch_token()
        try:
            try:
                return await self._send(call, token)
            except WeChatApiError as refused:
                if refused.errcode not in BAD_TOKEN:
                    raise
            await self._tokens.drop()
            fresh = await self.fetch_token()
            return await self._send(call, fresh if fresh != token else await self.fetch_token(force=True))
        except WeChatApiError as error:
            if error.errcode in CLOSED:
                log.warning("wechat api closed", extra={"path": call.path, "errcode": error.errcode})
                self._closed_until[call.path] = (time.monotonic() + PAUSE, error)
            raise

    async def _send(self, call: _Call, token: str | None = None, hidden: tuple[str, ...] = ()) -> dict[str, Any]:
        """WeChat's answer, an object whose errcode is 0 or missing. ``hidden``: what no message may repeat."""
        hidden += (self._account.app_secret, *([token] if token else []))
        try:
            return await self._exchange(call, token, hidden)
        except _UnreachableError:
            if not call.is_repeatable:
                raise
        return await self._exchange(call, token, hidden)

    async def _exchange(self, call: _Call, token: str | None, hidden: tuple[str, ...]) -> dict[str, Any]:
        import httpx

        # httpx logs each address at INFO, and the token stands in it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # WeChat shows \u escapes to the citizen as they are.
        content = None if call.body is None else json.dumps(call.body, ensure_ascii=False).encode()
        headers = {} if content is None else {"content-type": "application/json; charset=utf-8"}
        params = {"access_token": token} if token else None
        try:
            async with httpx.AsyncClient(
                base_url=self._account.api_url, timeout=TIMEOUT, transport=self._transport
            ) as client:
                response = await client.request(call.method, call.path, params=params, content=content, headers=headers)
        except httpx.TimeoutException as error:
            raise _unreachable(call.task, f"{TIMEOUT:.0f} 秒内没有回答") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(call.task, f"连不上（{type(error).__name__}）") from error
        return _checked(call.task, response, hidden)


def _unreachable(task: str, cause: str) -> _UnreachableError:
    return _UnreachableError(f"微信接口出错（{task}）：{cause}，请检查网络和 WECHAT_API_URL")


def _checked(task: str, response: httpx.Response, hidden: tuple[str, ...]) -> dict[str, Any]:
    if response.status_code != 200:
        raise WeChatApiError(f"微信接口出错（{task}）：HTTP {response.status_code}，请检查 WECHAT_API_URL")
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise WeChatApiError(f"微信接口出错（{task}）：回答不是 JSON 对象，请检查 WECHAT_API_URL")
    errcode = answer.get("errcode", 0)
    if errcode != 0:
        code = errcode if isinstance(errcode, int) else None
        remedy = REMEDIES.get(code or 0)
        told = f"errcode {_line(errcode, hidden)}，errmsg {_line(answer.get('errmsg', ''), hidden)}"
        raise WeChatApiError(f"微信接口出错（{task}）：{told}" + (f"。怎么办：{remedy}" if remedy else ""), code)
    return answer


def _line(value: object, hidden: tuple[str, ...]) -> str:
    """``value`` in one printable line, without what is hidden."""
    text = str(value)
    for secret in hidden:
        text = text.replace(secret, "***")
    return "".join(c if c.isprintable() else " " for c in text)[:LONGEST_MESSAGE].strip() or "（空）"
