"""What each message and event of WeChat's is taken for: the table of ``docs/wechat.md``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.message import Incoming, Kind
from webhook.contract import MAX_TEXT
from webhook.sender import keyed_digest, keyed_sender
from webhook.wechat.parse import Event, UserMessage

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

SCENE_OF_SUBSCRIBE = "qrscene_"
"""Stands before the scene of the code by which somebody came to follow."""


DOOR = "wechat"


@dataclass(frozen=True)
class Farewell:
    """Everything about this person is to be deleted."""

    sender: str


@dataclass(frozen=True)
class Served:
    """A person of the office begins to serve, or ends."""

    sender: str
    begins: bool


class Reception:
    """Tells what is to be done with what came in. ``sender_key``: of the hash that replaces the OpenID;
    ``region_known``: whether the scene of a code names a region."""

    def __init__(self, sender_key: str, region_known: Callable[[str], bool]) -> None:
        self._key = sender_key
        self._region_known = region_known

    def take(self, message: UserMessage | Event) -> Incoming | Farewell | Served | None:
        """None: nothing is to be said or done."""
        return self._take_event(message) if isinstance(message, Event) else self._take_message(message)

    def _take_message(self, message: UserMessage) -> Incoming:
        kind = KINDS.get(message.type, Kind.OTHER)
        if kind is Kind.VOICE and message.content.strip():
            kind = Kind.TEXT
        elif kind is Kind.TEXT and message.content.strip() == STICKER:
            kind = Kind.OTHER
        return Incoming(
            sender=self._sender(message.openid),
            text=message.content[:MAX_TEXT] if kind in (Kind.TEXT, Kind.LOCATION) else "",
            kind=kind,
            door=DOOR,
            dedupe_key=self._dedupe_key("message", message.id, message.openid, message.created),
        )

    def _take_event(self, event: Event) -> Incoming | Farewell | Served | None:
        sender = self._sender(event.subject or event.openid)
        dedupe_key = self._dedupe_key("event", event.openid, event.created, event.name, event.key)
        if event.name in FAREWELLS:
            return Farewell(sender)
        incoming = Incoming(sender, door=DOOR, dedupe_key=dedupe_key)
        match event.name:
            case "subscribe":
                region = self._scene(event.key.removeprefix(SCENE_OF_SUBSCRIBE))
                return replace(incoming, kind=Kind.SUBSCRIBE, region=region)
            case "scan":
                return replace(incoming, kind=Kind.SCAN, region=self._scene(event.key))
            case "click" if event.key.strip():
                return replace(incoming, text=event.key[:MAX_TEXT])
            case "kf_create_session" | "kf_switch_session":
                return Served(sender, begins=True)
            case "kf_close_session":
                return Served(sender, begins=False)
        return None

    def _scene(self, scene: str) -> str | None:
        """The region that a poster's code stands for: its scene is the code or the name of the region."""
        return scene if scene and self._region_known(scene) else None

    def _sender(self, openid: str) -> str:
        return keyed_sender(self._key, "wechat", openid)

    def _dedupe_key(self, *parts: str) -> str:
        """Hashed, because an OpenID is in it and the key is stored."""
        return keyed_digest(self._key, "dedupe", *parts)
