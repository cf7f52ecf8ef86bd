"""The doors that are knocked at: which bytes ask a question there, and which reply counts as one."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

from bot.phrases import Phrases
from webhook.settings import DEVELOPMENT_SECRETS, Encryption
from webhook.simulator.peer import ACCOUNT_ID, Action, Sent, message_xml
from webhook.wechat.crypto import Cipher
from webhook.wechat.errors import WeChatError
from webhook.wechat.parse import Document
from webhook.wechat.signature import sign

_numbers = count()


@dataclass(frozen=True)
class Door:
    """``build`` makes the request of a sender with a text; ``is_right`` looks at status and body of its reply."""

    build: Callable[[str, str], bytes]
    is_right: Callable[[int, bytes], bool]

    def requests(self, texts: Iterable[str]) -> list[bytes]:
        """One request a text, each of another person who is new to the server."""
        return [self.build(new_sender(), text) for text in texts]


def new_sender() -> str:
    """Nobody had this name before, in this run or another."""
    return f"o{secrets.token_hex(10)}{next(_numbers)}"


def ask_door() -> Door:
    """Our ``/api/ask``."""
    return Door(
        lambda sender, text: _post("/api/ask", _json({"id": 1, "sender": sender, "text": text}), "application/json"),
        lambda status, body: status == 200 and json.loads(body)["status"] != "error",
    )


def rasa_door() -> Door:
    """The REST channel of Rasa's own server, which swallows errors and then says nothing."""
    return Door(
        lambda sender, text: _post(
            "/webhooks/rest/webhook", _json({"sender": sender, "message": text}), "application/json"
        ),
        lambda status, body: status == 200 and len(json.loads(body)) > 0,
    )


def wechat_door(encryption: Encryption, error: str | None = None) -> Door:
    """Our ``/wechat``. ``error``: how a reply begins that is none."""
    cipher = Cipher(DEVELOPMENT_SECRETS["WECHAT_ENCODING_AES_KEY"], DEVELOPMENT_SECRETS["WECHAT_APP_ID"])
    is_safe = encryption is Encryption.SAFE
    sorry = Phrases.load()("error") if error is None else error

    def build(sender: str, text: str) -> bytes:
        token, now, nonce = DEVELOPMENT_SECRETS["WECHAT_TOKEN"], str(int(time.time())), secrets.token_hex(5)
        query = {"signature": sign(token, now, nonce), "timestamp": now, "nonce": nonce, "openid": sender}
        xml = message_xml(Action(sender, Sent.TEXT, text), created=int(now))
        if is_safe:
            encrypted = cipher.encrypt(xml)
            query |= {"encrypt_type": "aes", "msg_signature": sign(token, now, nonce, encrypted)}
            xml = f"<xml><ToUserName>{ACCOUNT_ID}</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return _post(f"/wechat?{urlencode(query)}", xml.encode(), "text/xml")

    def is_right(status: int, body: bytes) -> bool:
        try:
            xml = cipher.decrypt(Document(body).one("Encrypt")).encode() if is_safe else body
            said = Document(xml).one("Content")
        except WeChatError:
            return False
        return status == 200 and bool(said.strip()) and not (sorry and said.startswith(sorry))

    return Door(build, is_right)


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _post(target: str, body: bytes, kind: str) -> bytes:
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body
