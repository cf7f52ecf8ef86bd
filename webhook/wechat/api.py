"""WeChat's server as we call it: the access token and the menu."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from webhook.settings import WeChatAccount

if TYPE_CHECKING:
    # A third of a second to import, and every command imports this module for its error: so httpx waits for a call.
    import httpx

TIMEOUT = 10.0
"""Seconds for each step of a request: to connect, to send, to get the next bytes."""

LONGEST_MESSAGE = 200
"""Characters of WeChat's ``errmsg`` that are told."""

REMEDIES: Mapping[int, str] = {
    40001: "检查 WECHAT_APP_SECRET",
    40013: "检查 WECHAT_APP_ID",
    40125: "检查 WECHAT_APP_SECRET",
    40164: "把本机的公网 IP 加进公众号后台的“IP白名单”",
    48001: "这个公众号没有这项接口权限，要先认证",
}


class WeChatApiError(Exception):
    """WeChat refused or could not be reached. One line in Chinese, without secret or token.

    ``errcode`` is WeChat's own; None where no answer of WeChat's came.
    """

    def __init__(self, message: str, errcode: int | None = None) -> None:
        super().__init__(message)
        self.errcode = errcode


class WeChatApi:
    """Calls ``account.api_url`` in the account's name. ``transport`` replaces the network in tests."""

    def __init__(self, account: WeChatAccount, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._account = account
        self._transport = transport

    async def fetch_token(self) -> str:
        """The account's stable access token: the same one for whoever asks, until it is about to run out.

        Raises WeChatApiError.
        """
        body = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.app_secret,
            "force_refresh": False,
        }
        answer = await self._post("取访问令牌", "/cgi-bin/stable_token", body, hidden=(self._account.app_secret,))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise WeChatApiError("微信接口出错（取访问令牌）：回答里没有 access_token")
        return token

    async def create_menu(self, menu: dict[str, Any]) -> None:
        """Replaces the account's menu. Raises WeChatApiError."""
        token = await self.fetch_token()
        hidden = (token, self._account.app_secret)
        await self._post("发布菜单", "/cgi-bin/menu/create", menu, params={"access_token": token}, hidden=hidden)

    async def _post(
        self,
        task: str,
        path: str,
        body: dict[str, Any],
        *,
        params: Mapping[str, str] | None = None,
        hidden: tuple[str, ...],
    ) -> dict[str, Any]:
        """WeChat's answer, an object whose errcode is 0 or missing. ``hidden``: what no message may repeat."""
        import httpx

        # httpx logs each address at INFO, and the token stands in it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        try:
            async with httpx.AsyncClient(
                base_url=self._account.api_url, timeout=TIMEOUT, transport=self._transport
            ) as client:
                # WeChat shows \u escapes to the citizen as they are.
                content = json.dumps(body, ensure_ascii=False).encode()
                headers = {"content-type": "application/json; charset=utf-8"}
                response = await client.post(path, params=params, content=content, headers=headers)
        except httpx.TimeoutException as error:
            cause = f"{TIMEOUT:.0f} 秒内没有回答"
            raise WeChatApiError(f"微信接口出错（{task}）：{cause}，请检查网络和 WECHAT_API_URL") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            cause = f"连不上（{type(error).__name__}）"
            raise WeChatApiError(f"微信接口出错（{task}）：{cause}，请检查网络和 WECHAT_API_URL") from error
        return _checked(task, response, hidden)


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
