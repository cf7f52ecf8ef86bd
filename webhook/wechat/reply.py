"""The XML that answers a message: valid whatever the text, and never too long for WeChat."""

from __future__ import annotations

import re
import secrets

from webhook.wechat.crypto import Cipher
from webhook.wechat.signature import sign

MAX_BYTES = 2048
"""UTF-8 bytes of a passive text reply; WeChat shows an error to the citizen for one that is longer."""

SUCCESS = "success"
"""The answer that says nothing; it is never encrypted."""

_NOT_XML = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAP = re.compile("<a [^<>]*>[^<]*</a>")


def clean(text: str) -> str:
    """Without control characters, half surrogate pairs, U+FFFE and U+FFFF; line ends are ``\\n``."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, limit: int = MAX_BYTES) -> str:
    """The beginning of ``text`` in at most ``limit`` bytes of UTF-8: whole characters, no half tap at the end."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    kept = encoded[:limit].decode(errors="ignore")
    for tap in _TAP.finditer(text):
        if tap.start() < len(kept) < tap.end():
            return text[: tap.start()]
    return kept


def text_reply(*, to: str, account: str, text: str, now: float) -> str:
    """The reply's XML; ``to`` is the person's OpenID, ``text`` is cleaned and cut. Parsed again, its ``Content`` is
    ``cut(clean(text))``."""
    content = cut(clean(text)).replace("]]>", "]]]]><![CDATA[>")
    return (
        "<xml>"
        f"<ToUserName><![CDATA[{to}]]></ToUserName>"
        f"<FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{int(now)}</CreateTime>"
        "<MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content>"
        "</xml>"
    )


def news_reply(*, to: str, account: str, title: str, text: str, url: str, now: float) -> str:
    """The XML of one card that opens ``url``; WeChat takes one in answer to a message."""
    shown = {name: cut(clean(value)).replace("]]>", "]]]]><![CDATA[>") for name, value in (("t", title), ("d", text))}
    return (
        "<xml>"
        f"<ToUserName><![CDATA[{to}]]></ToUserName>"
        f"<FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{int(now)}</CreateTime>"
        "<MsgType><![CDATA[news]]></MsgType>"
        "<ArticleCount>1</ArticleCount>"
        f"<Articles><item><Title><![CDATA[{shown['t']}]]></Title>"
        f"<Description><![CDATA[{shown['d']}]]></Description>"
        "<PicUrl><![CDATA[]]></PicUrl>"
        f"<Url><![CDATA[{clean(url)}]]></Url></item></Articles>"
        "</xml>"
    )


def transfer(*, to: str, account: str, now: float) -> str:
    """The XML that hands the person over to the account's agents, whoever is free."""
    return (
        "<xml>"
        f"<ToUserName><![CDATA[{to}]]></ToUserName>"
        f"<FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{int(now)}</CreateTime>"
        "<MsgType><![CDATA[transfer_customer_service]]></MsgType>"
        "</xml>"
    )


def encrypted_reply(xml: str, *, cipher: Cipher, token: str, now: float) -> str:
    """``xml`` in the envelope of safe mode, signed."""
    encrypted = cipher.encrypt(xml)
    timestamp = str(int(now))
    nonce = str(secrets.randbelow(9 * 10**9) + 10**9)
    return (
        "<xml>"
        f"<Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{sign(token, timestamp, nonce, encrypted)}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp>"
        f"<Nonce><![CDATA[{nonce}]]></Nonce>"
        "</xml>"
    )
