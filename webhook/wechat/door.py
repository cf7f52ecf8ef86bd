"""``GET|POST /wechat``: WeChat's requests come in here, and nothing of WeChat goes further in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from bot.message import Bot, Incoming, Kind
from webhook.contract import MAX_TEXT
from webhook.failure import place
from webhook.sender import keyed_digest, keyed_sender
from webhook.settings import Encryption, WeChatAccount
from webhook.wechat.crypto import Cipher, decrypt
from webhook.wechat.errors import MalformedError, WeChatError
from webhook.wechat.parse import Event, UserMessage, parse_encrypted, parse_message
from webhook.wechat.reply import MAX_BYTES, SUCCESS, clean, encrypted_reply, text_reply
from webhook.wechat.signature import Query, check_message, check_request

T = TypeVar("T")

HOLD = 6.0
"""Seconds that an answer is waited for. WeChat leaves after 5 and tries again: an earlier empty answer would end
its tries, so there is none, and the work goes on for the next try to join."""

STICKER = "【收到不支持的消息类型，暂无法显示】"
"""What WeChat writes into a text message in place of a sticker."""

KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
}

FAREWELLS = frozenset({"unsubscribe", "user_authorization_revoke", "user_authorization_cancellation"})
"""The events after which nothing about the person may be kept."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Opened:
    """A request whose signature was right. ``cipher`` encrypts the reply; None in plain mode."""

    message: UserMessage | Event
    cipher: Cipher | None


class WeChatDoor:
    """``clock`` gives seconds since the epoch; ``sender_key`` is the key of the hash that replaces the OpenID."""

    def __init__(self, account: WeChatAccount, bot: Bot, *, sender_key: str, clock: Callable[[], float]) -> None:
        self._account = account
        self._bot = bot
        self._sender_key = sender_key
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
        try:
            text = await self._patiently(self._answer(opened.message))
        except asyncio.TimeoutError:
            log.warning("wechat answer late", extra={"type": _type(opened.message)})
            return Response(status_code=503)
        return self._respond(opened, text)

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

    async def _answer(self, message: UserMessage | Event) -> str:
        """What to say; nothing where nothing is to be said."""
        if isinstance(message, Event) and message.name in FAREWELLS:
            await self._bot.forget(self._sender(message.subject or message.openid))
            return ""
        incoming = self._from_event(message) if isinstance(message, Event) else self._from_message(message)
        if incoming is None:
            return ""
        reply = await self._bot.reply(incoming)
        return reply.parts[0] if reply.parts else ""

    def _from_message(self, message: UserMessage) -> Incoming:
        kind = KINDS.get(message.type, Kind.OTHER)
        if kind is Kind.VOICE and message.content.strip():
            kind = Kind.TEXT
        elif kind is Kind.TEXT and message.content.strip() == STICKER:
            kind = Kind.OTHER
        return Incoming(
            sender=self._sender(message.openid),
            text=message.content[:MAX_TEXT] if kind is Kind.TEXT else "",
            kind=kind,
            dedupe_key=self._dedupe_key("message", message.id, message.openid, message.created),
        )

    def _from_event(self, event: Event) -> Incoming | None:
        """None: there is nothing to say to this event."""
        dedupe_key = self._dedupe_key("event", event.openid, event.created, event.name, event.key)
        sender = self._sender(event.openid)
        if event.name == "subscribe":
            return Incoming(sender=sender, kind=Kind.SUBSCRIBE, dedupe_key=dedupe_key)
        if event.name == "click" and event.key.strip():
            return Incoming(sender=sender, text=event.key[:MAX_TEXT], dedupe_key=dedupe_key)
        return None

    def _sender(self, openid: str) -> str:
        return keyed_sender(self._sender_key, "wechat", openid)

    def _dedupe_key(self, *parts: str) -> str:
        """Hashed, because an OpenID is in it and the key is stored."""
        return keyed_digest(self._sender_key, "dedupe", *parts)

    async def _patiently(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``, which is never cancelled: raises TimeoutError after HOLD while it goes on."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        done, _ = await asyncio.wait({task}, timeout=HOLD)
        if not done:
            raise asyncio.TimeoutError
        return task.result()

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("wechat answer failed", extra={"error": type(error).__name__, "at": place(error)})

    def _respond(self, opened: _Opened, text: str) -> Response:
        if not clean(text).strip():
            return PlainTextResponse(SUCCESS)
        if len(text.encode(errors="replace")) > MAX_BYTES:
            log.warning("wechat answer cut", extra={"type": _type(opened.message)})
        now = self._clock()
        message = opened.message
        xml = text_reply(to=message.openid, account=message.account, text=text, now=now)
        if opened.cipher is not None:
            xml = encrypted_reply(xml, cipher=opened.cipher, token=self._account.token, now=now)
        return Response(xml, media_type="application/xml; charset=utf-8")


def _type(message: UserMessage | Event) -> str:
    return message.name if isinstance(message, Event) else message.type


def _refusal(error: WeChatError) -> Response:
    log.warning("wechat request refused", extra={"reason": error.reason, "error": type(error).__name__})
    return PlainTextResponse(error.reason, status_code=error.status_code)
