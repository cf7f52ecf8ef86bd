"""What WeChat's server does when somebody writes to the account: builds the XML, signs it, encrypts it, posts it,
and tries again when no answer comes in time."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import httpx
from starlette.types import ASGIApp

from webhook.settings import DEVELOPMENT_SECRETS, Encryption, WeChatAccount
from webhook.wechat.crypto import Cipher
from webhook.wechat.errors import WeChatError
from webhook.wechat.incoming import STICKER
from webhook.wechat.parse import Document
from webhook.wechat.reply import SUCCESS, clean
from webhook.wechat.signature import sign

ACCOUNT_ID = "gh_0123456789ab"
PATIENCE = 5.0
TRIES = 3


class Sent(str, Enum):
    """What the person does in the chat window."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    STICKER = "sticker"
    EVENT = "event"


@dataclass(frozen=True)
class Action:
    """``text`` is that of a message, or the key of the event named ``event``; ``menu_id`` is set when a tap in one of
    the account's texts sent it."""

    openid: str
    sent: Sent
    text: str = ""
    event: str = ""
    menu_id: str = ""


@dataclass(frozen=True)
class Exchange:
    """``xml_in`` and ``xml_out`` in the clear, ``wire_in`` and ``wire_out`` as they travelled. ``text`` is what the
    person reads, or None. ``ms`` is the time until the answer, over all ``tries``; ``status_code`` 0: none came."""

    xml_in: str
    xml_out: str
    wire_in: str
    wire_out: str
    text: str | None
    status_code: int
    ms: float
    tries: int


class SimulatedWeChat:
    """Posts to ``app`` in this process, as WeChat would for ``account``."""

    def __init__(self, app: ASGIApp, account: WeChatAccount, clock: Callable[[], float]) -> None:
        self._app = app
        self._account = account
        self._clock = clock
        key = account.encoding_aes_key or DEVELOPMENT_SECRETS["WECHAT_ENCODING_AES_KEY"]
        self._cipher = Cipher(key, account.app_id)

    async def send(self, action: Action, encryption: Encryption) -> Exchange:
        """Sends in ``encryption``, whatever the account is set to: the account must refuse what does not fit."""
        xml = message_xml(action, created=int(self._clock()))
        wire, encrypted = self._wire(xml, encryption)
        started = time.perf_counter()
        response, tries = None, 0
        while response is None and tries < TRIES:
            tries += 1
            try:
                response = await asyncio.wait_for(self._post(wire, self._query(action.openid, encrypted)), PATIENCE)
            except asyncio.TimeoutError:
                continue
        milliseconds = (time.perf_counter() - started) * 1000
        body = "" if response is None else response.text
        status_code = 0 if response is None else response.status_code
        opened = self._opened(body) if status_code == 200 else body
        return Exchange(xml, opened, wire, body, _content(opened), status_code, round(milliseconds, 1), tries)

    def _wire(self, xml: str, encryption: Encryption) -> tuple[str, str | None]:
        """The body, and what of it the signature covers."""
        if encryption is Encryption.PLAIN:
            return xml, None
        encrypted = self._cipher.encrypt(xml)
        return f"<xml>{_text('ToUserName', ACCOUNT_ID)}{_text('Encrypt', encrypted)}</xml>", encrypted

    def _query(self, openid: str, encrypted: str | None) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock())), str(secrets.randbelow(10**10))
        token = self._account.token
        query = {"signature": sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": openid}
        if encrypted is not None:
            query |= {"encrypt_type": "aes", "msg_signature": sign(token, timestamp, nonce, encrypted)}
        return query

    async def _post(self, body: str, query: Mapping[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://simulator") as client:
            headers = {"content-type": "text/xml"}
            return await client.post("/wechat", params=dict(query), content=body.encode(), headers=headers)

    def _opened(self, body: str) -> str:
        """The answer in the clear."""
        if "<Encrypt>" not in body:
            return body
        envelope = Document(body.encode())
        encrypted = envelope.one("Encrypt")
        expected = sign(self._account.token, envelope.one("TimeStamp"), envelope.one("Nonce"), encrypted)
        return self._cipher.decrypt(encrypted) if envelope.one("MsgSignature") == expected else "wrong signature"


def message_xml(action: Action, *, created: int) -> str:
    """The XML in the clear, with the elements that WeChat's documentation shows for this kind of message."""
    sent, text = action.sent, clean(action.text)
    specific = {
        Sent.TEXT: _text("Content", text) + (_text("bizmsgmenuid", action.menu_id) if action.menu_id else ""),
        Sent.STICKER: _text("Content", STICKER),
        Sent.IMAGE: _text("PicUrl", "http://mmbiz.qpic.cn/simulated") + _text("MediaId", "simulated"),
        Sent.VOICE: _text("MediaId", "simulated") + _text("Format", "amr") + _text("Recognition", text),
        Sent.VIDEO: _text("MediaId", "simulated") + _text("ThumbMediaId", "simulated"),
        Sent.LOCATION: (
            "<Location_X>43.825592</Location_X><Location_Y>87.616848</Location_Y><Scale>20</Scale>"
            + _text("Label", text)
        ),
        Sent.LINK: _text("Title", text) + _text("Description", "") + _text("Url", "https://example.org/"),
        Sent.EVENT: _text("Event", action.event) + _text("EventKey", text),
    }[sent]
    if sent is not Sent.EVENT:
        specific += f"<MsgId>{secrets.randbelow(9 * 10**18) + 10**18}</MsgId>"
    message_type = "text" if sent is Sent.STICKER else sent.value
    return (
        f"<xml>{_text('ToUserName', ACCOUNT_ID)}{_text('FromUserName', action.openid)}"
        f"<CreateTime>{created}</CreateTime>{_text('MsgType', message_type)}{specific}</xml>"
    )


def _text(name: str, text: str) -> str:
    escaped = text.replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{escaped}]]></{name}>"


def _content(xml: str) -> str | None:
    if xml == SUCCESS:
        return None
    try:
        return Document(xml.encode()).one("Content")
    except WeChatError:
        return None
