"""What goes into the bot and what comes out, for every door."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Kind(str, Enum):
    """What the citizen sent or did; ``bot.kinds`` says what is done with each."""

    TEXT = "text"
    SUBSCRIBE = "subscribe"
    SCAN = "scan"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    OTHER = "other"


class Excuse(str, Enum):
    """Why a message is not answered."""

    BUSY = "busy"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Incoming:
    """One message. ``sender`` is already the keyed hash, never the raw id.

    ``door``: through which it came, as the journal names it. ``text``: of a location, the address that WeChat found.
    ``region``: a code or a name that presets the insured region. ``dedupe_key``: the same key within the freshness
    window gets the same reply without a second effect; None switches that off.
    """

    sender: str
    text: str = ""
    kind: Kind = Kind.TEXT
    door: str = ""
    region: str | None = None
    dedupe_key: str | None = None


@dataclass(frozen=True)
class Option:
    """What can be tapped; ``send`` is the text that a tap sends."""

    label: str
    send: str


@dataclass(frozen=True)
class Named:
    """A region as the contract writes it."""

    code: str
    name: str


@dataclass(frozen=True)
class Card:
    """A link that is shown as a card where the door can, and as ``parts`` where it cannot."""

    title: str
    text: str
    url: str


@dataclass(frozen=True)
class Reply:
    """The reply of the contract (design §6), less ``id``, ``sender``, ``text`` and ``latency_ms``, which the door adds.

    ``parts``: what WeChat is sent, taps included (``<a href="weixin://bizmsgmenu?…">label</a>``), each at most
    2,048 bytes of UTF-8; the passive reply is ``parts[0]``. ``reply``: all parts as the citizen reads them. ``facts``:
    what of it came from the content, for the journal. ``near``: intents that came next. ``closed``: the office that a
    person is wanted of is closed now.
    """

    reply: str
    parts: tuple[str, ...]
    status: str
    options: tuple[Option, ...] = ()
    intent: str | None = None
    confidence: float | None = None
    topic: str | None = None
    topic_name: str | None = None
    aspect: str | None = None
    answers: tuple[dict[str, object], ...] = ()
    region: Named | None = None
    care_place: Named | None = None
    answer_region: Named | None = None
    sources: tuple[dict[str, object], ...] = field(default_factory=tuple)
    facts: tuple[str, ...] = ()
    near: tuple[tuple[str, float], ...] = ()
    card: Card | None = None
    closed: bool = False


class Bot(Protocol):
    """What a door needs."""

    async def reply(self, message: Incoming) -> Reply:
        """Answers one message. Never raises: what breaks inside becomes a reply of status ``error``.

        A repeat of ``dedupe_key`` joins the first computation, also in another process. ``parts`` is empty where
        nothing is to be said.
        """

    async def postpone(self, message: Incoming) -> Reply:
        """What is said when the answer is not there in time: a tap brings it. Never raises."""

    def excuse(self, excuse: Excuse) -> Reply:
        """What is said when there will be no answer, with the number to call."""

    async def hand_over(self, sender: str, begins: bool) -> None:
        """A person of the office begins to serve, or ends: the bot keeps silent in between. Never raises."""

    async def forget(self, sender: str) -> None:
        """Deletes everything that is kept about this person (unsubscribe)."""
