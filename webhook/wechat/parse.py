"""From the XML that WeChat posts to a message or an event: strict, and bounded in every direction.

The outer XML of safe mode is parsed before its signature can be checked, so anybody can send anything here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

from webhook.wechat.errors import MalformedError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
MAX_ELEMENTS = 200

_ACCOUNT = re.compile(r"[A-Za-z0-9_@.-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")


@dataclass(frozen=True)
class UserMessage:
    """What a person sent. ``type`` is WeChat's word in lower case; ``content`` the text, what was recognised of a
    voice message, the address of a location, else empty."""

    account: str
    openid: str
    created: str
    type: str
    id: str
    content: str


@dataclass(frozen=True)
class Event:
    """What a person or WeChat did. ``name`` is in lower case. ``subject`` is the person whom a withdrawal of
    authorization is about: there the sender is WeChat."""

    account: str
    openid: str
    created: str
    name: str
    key: str
    subject: str | None


class Document:
    """The direct children of ``<xml>``. Raises MalformedError for what is not UTF-8, not XML, or over a limit."""

    def __init__(self, body: bytes) -> None:
        self._children: dict[str, list[str | None]] = {}
        self._text: list[str] = []
        self._depth = 0
        self._elements = 0
        self._is_nested = False
        self._parse(body)

    def one(self, name: str, shape: re.Pattern[str] | None = None) -> str:
        """The text of the only child of this name. Raises MalformedError: none, several, nested, another shape."""
        text = self.optional(name)
        if text is None:
            raise MalformedError("element missing")
        if shape is not None and shape.fullmatch(text) is None:
            raise MalformedError("element of the wrong shape")
        return text

    def optional(self, name: str) -> str | None:
        """As ``one``, but None where there is none."""
        found = self._children.get(name, [])
        if not found:
            return None
        if len(found) > 1:
            raise MalformedError("element twice")
        if found[0] is None:
            raise MalformedError("element nested")
        return found[0]

    def _parse(self, body: bytes) -> None:
        if len(body) > MAX_BYTES:
            raise MalformedError("XML too large")
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            body.decode("utf-8")
            parser.Parse(body, True)
        except UnicodeDecodeError:
            raise MalformedError("not UTF-8") from None
        except expat.ExpatError:
            raise MalformedError("not XML") from None

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise MalformedError("XML too deep or too long")
        if self._depth == 1 and name != "xml":
            raise MalformedError("wrong root element")
        if self._depth == 2:
            self._text.clear()
            self._is_nested = False
        elif self._depth > 2:
            self._is_nested = True

    def _end(self, name: str) -> None:
        if self._depth == 2:
            self._children.setdefault(name, []).append(None if self._is_nested else "".join(self._text))
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if self._depth == 2:
            self._text.append(text)


def parse_message(body: bytes) -> UserMessage | Event:
    """Every element that is used must be there once. Raises MalformedError."""
    document = Document(body)
    account = document.one("ToUserName", _ACCOUNT)
    openid = document.one("FromUserName", _ACCOUNT)
    created = document.one("CreateTime", _NUMBER)
    message_type = document.one("MsgType", _NAME).lower()
    if message_type == "event":
        return _event(document, account, openid, created)
    content = ""
    if message_type == "text":
        content = document.one("Content")
    elif message_type == "voice":
        content = document.optional("Recognition") or ""
    elif message_type == "location":
        content = document.optional("Label") or ""
    return UserMessage(account, openid, created, message_type, document.one("MsgId", _NUMBER), content)


def parse_encrypted(body: bytes) -> str:
    """The ``Encrypt`` element of safe mode. Raises MalformedError."""
    return Document(body).one("Encrypt")


def _event(document: Document, account: str, openid: str, created: str) -> Event:
    name = document.one("Event", _NAME).lower()
    subject = document.one("OpenID", _ACCOUNT) if name.startswith("user_authorization_") else None
    return Event(account, openid, created, name, document.optional("EventKey") or "", subject)


def _refuse_doctype(*_declaration: object) -> None:
    raise MalformedError("XML with a document type")
