"""The office's own people (在线客服), as far as the account has them."""

from __future__ import annotations

import logging
import time

from webhook.wechat.api import WeChatApi, WeChatApiError

ASKED_EVERY = 30.0
"""Seconds for which an answer of WeChat's counts."""

log = logging.getLogger(__name__)


class Desk:
    """Tells whether somebody is there to take a conversation over, and pushes to citizens what came late."""

    def __init__(self, api: WeChatApi) -> None:
        self._api = api
        self._asked = -ASKED_EVERY
        self._is_staffed = False

    async def is_staffed(self) -> bool:
        """Where WeChat does not say, nobody is there: who is transferred to nobody waits in vain."""
        if time.monotonic() - self._asked >= ASKED_EVERY:
            self._asked = time.monotonic()
            try:
                self._is_staffed = bool(await self._api.online_agents())
            except WeChatApiError as error:
                log.warning("agents not known", extra={"errcode": error.errcode})
                self._is_staffed = False
        return self._is_staffed

    async def push(self, openid: str, text: str) -> None:
        """Sends a late answer; where that fails, the tap that was given brings it."""
        try:
            await self._api.send_text(openid, text)
        except WeChatApiError as error:
            log.warning("answer not pushed", extra={"errcode": error.errcode})
