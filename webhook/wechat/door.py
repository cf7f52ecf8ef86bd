"""``GET|POST /wechat``: WeChat's requests come in here, and nothing of WeChat goes further in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from bot.message import Bot, Excuse, Incoming, Reply
from webhook.failure import place
from webhook.settings import Encryption, WeChatAccount
from webhook.wechat.crypto import Cipher, decrypt
from webhook.wechat.desk import Desk
from webhook.wechat.errors import MalformedError, WeChatError
from webhook.wechat.incoming import Farewell, Reception, Served
from webhook.wechat.parse import Event, UserMessage, parse_encrypted, parse_message
from webhook.wechat.reply import MAX_BYTES, SUCCESS, clean, encrypted_reply, news_reply, text_reply, transfer
from webhook.wechat.signature import Query, check_message, check_request

T = TypeVar("T")

HOLD = 6.0
"""Seconds that an answer is waited for. WeChat leaves after 5 and tries again: an earlier empty answer would end
its tries, so there is none, and the work goes on for the next try to join."""

LAST_TRY = 9.0
"""Seconds after which a message is tried for the last time: WeChat does so 10 after the first."""

LAST_HOLD = 2.5
"""Seconds that the answer is waited for at the last try, then the citizen is told how to get it. A proxy that asks
another replica meanwhile is still in time."""

MOST_AT_ONCE = 400
"""Messages in hand in one process. What comes on top is turned away with a sentence: it would wait longer than WeChat
does."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Opened:
    """A request whose signature was right. ``cipher`` encrypts the reply; None in plain mode."""

    message: UserMessage | Event
    cipher: Cipher | None


class WeChatDoor:
    """``clock`` gives seconds since the epoch; ``reception`` tells what a message is taken for; ``desk`` are the people
    of the office."""

    def __init__(
        self, account: WeChatAccount, bot: Bot, reception: Reception, desk: Desk, *, clock: Callable[[], float]
    ) -> None:
        self._account = account
        self._bot = bot
        self._reception = reception
        self._desk = desk
        self._clock = clock
        keys = [account.encoding_aes_key, account.previous_encoding_aes_key]
        self._ciphers = [Cipher(key, account.app_id) for key in keys if key is not None]
        self._running: set[asyncio.Task[Any]] = set()

    @property
    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/wechat", self.verify, methods=["GET"])
        router.add_api_route("/wechat", self.receive, methods=["POST"])
        return router

    async def verify(self, request: Request) -> Response:
        """WeChat's check of the address: ``echostr`` comes back when the signature is right."""
        try:
            query = Query.read(request.query_params.multi_items())
            check_request(query, self._account.token, self._clock())
            return PlainTextResponse(query["echostr"], headers={"X-Content-Type-Options": "nosniff"})
        except WeChatError as error:
            return _refusal(error)

    async def receive(self, request: Request) -> Response:
        """One message or event: the passive reply, ``success``, or 4xx."""
        try:
            opened = self._open(Query.read(request.query_params.multi_items()), await request.body())
        except WeChatError as error:
            return _refusal(error)
        taken = self._reception.take(opened.message)
        if isinstance(taken, Incoming):
            reply = await self._reply(opened, taken)
            if reply is None:
                return Response(status_code=503)
            if await self._is_transferred(opened, reply):
                return self._wrap(opened, transfer)
            return self._respond(opened, reply)
        if isinstance(taken, Served):
            await self._bot.hand_over(taken.sender, taken.begins)
        if isinstance(taken, Farewell) and not await self._finishes(self._bot.forget(taken.sender), HOLD):
            return Response(status_code=503)
        return PlainTextResponse(SUCCESS)

    async def _reply(self, opened: _Opened, message: Incoming) -> Reply | None:
        """The reply; None where WeChat is left to try again."""
        if len(self._running) >= MOST_AT_ONCE:
            return self._bot.excuse(Excuse.BUSY)
        last = self._clock() - int(opened.message.created) >= LAST_TRY
        work = self._begin(self._bot.reply(message))
        if await self._ends(work, LAST_HOLD if last else HOLD):
            return work.result()
        log.warning("wechat answer late", extra={"type": _type(opened.message), "last": last})
        if not last:
            return None
        if self._account.may_push:
            self._begin(self._push(opened.message.openid, work))
        return await self._bot.postpone(message)

    async def _push(self, openid: str, work: asyncio.Task[Reply]) -> None:
        reply = await work
        if reply.parts:
            await self._desk.push(openid, reply.parts[0])

    async def drain(self, seconds: float) -> None:
        """Waits for the answers that are being worked out, at shutdown."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    def _open(self, query: Query, body: bytes) -> _Opened:
        """Raises WeChatError."""
        token, now = self._account.token, self._clock()
        if self._account.encryption is Encryption.PLAIN:
            check_request(query, token, now)
            return _Opened(parse_message(body), cipher=None)
        if not query.says_encrypted:
            raise MalformedError("not encrypted")
        encrypted = parse_encrypted(body)
        check_message(query, token, encrypted, now)
        xml, cipher = decrypt(self._ciphers, encrypted)
        return _Opened(parse_message(xml.encode()), cipher)

    async def _finishes(self, work: Coroutine[Any, Any, None], seconds: float) -> bool:
        task = self._begin(work)
        return await self._ends(task, seconds) and task.exception() is None

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Work that is never cancelled, whoever leaves."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    async def _ends(self, task: asyncio.Task[Any], seconds: float) -> bool:
        return bool((await asyncio.wait({task}, timeout=seconds))[0])

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("wechat answer failed", extra={"error": type(error).__name__, "at": place(error)})

    async def _is_transferred(self, opened: _Opened, reply: Reply) -> bool:
        """Whether a person who is there takes over, in office hours. WeChat allows that in answer to messages only."""
        wanted = reply.status == "handoff" and reply.parts and isinstance(opened.message, UserMessage)
        may = wanted and not reply.closed and self._account.has_agents
        return bool(may and await self._desk.is_staffed())

    def _respond(self, opened: _Opened, reply: Reply) -> Response:
        text = reply.parts[0] if reply.parts else ""
        if not clean(text).strip():
            return PlainTextResponse(SUCCESS)
        if reply.card is not None:
            return self._wrap(opened, partial(news_reply, **vars(reply.card)))
        if len(text.encode(errors="replace")) > MAX_BYTES:
            log.warning("wechat answer cut", extra={"type": _type(opened.message)})
        return self._wrap(opened, partial(text_reply, text=text))

    def _wrap(self, opened: _Opened, write: Callable[..., str]) -> Response:
        """A reply to who wrote, encrypted as they were. ``write`` makes the XML."""
        now, message = self._clock(), opened.message
        xml = write(to=message.openid, account=message.account, now=now)
        if opened.cipher is not None:
            xml = encrypted_reply(xml, cipher=opened.cipher, token=self._account.token, now=now)
        return Response(xml, media_type="application/xml; charset=utf-8")


def _type(message: UserMessage | Event) -> str:
    return message.name if isinstance(message, Event) else message.type


def _refusal(error: WeChatError) -> Response:
    log.warning("wechat request refused", extra={"reason": error.reason, "error": type(error).__name__})
    return PlainTextResponse(error.reason, status_code=error.status_code)
