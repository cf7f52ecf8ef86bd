"""What passes between understanding, memory and answer: plain values, no behaviour of their own.

``Understanding`` is one message as ``nlu/`` sees it, ``Memory`` what the conversation so far told, ``Answer`` what
is to be said. All of them travel through Rasa as JSON: ``to_json`` and ``from_json``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from pydantic import parse_obj_as
from pydantic.json import pydantic_encoder

from knowledge.schema import Aspect, Care, Insurance, Limit

SELF = "本人"
"""Key of the sender's own case in ``Memory.people``."""

THAT_PERSON = "那位"
"""他, 她: whoever a case was opened for last."""


@dataclass(frozen=True)
class Mention:
    """A place that the message names. ``codes``: candidates, best first. ``role``: insured, care, mentioned, denied."""

    text: str
    codes: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class Asked:
    """A topic and the aspects that were asked of it."""

    topic: str
    aspects: tuple[Aspect, ...] = ()


@dataclass(frozen=True)
class Understanding:
    """One message, understood. ``text`` is normalised (NFKC, simplified, lower case, no white space).

    ``intent`` is a topic id or one of the conversation intents (docs/topics.md); ``also``: further topics asked in the
    same message; ``detail``: what a conversation intent is about (smalltalk: greeting, thanks, …).
    """

    text: str
    intent: str
    confidence: float = 1.0
    ranking: tuple[tuple[str, float], ...] = ()
    said: tuple[Aspect, ...] = ()
    """Asked in words."""
    aspects: tuple[Aspect, ...] = ()
    """The same, the likeliest first, and what is as good as certain without a word for it."""
    likely: tuple[Aspect, ...] = ()
    """Where no word asks for one: what the message as a whole is likely to ask, one or two."""
    mentions: tuple[Mention, ...] = ()
    care: Care | None = None
    """Said without a place: 口里, 疆外 (cross_province), 疆内 (xinjiang)."""
    insurance: Insurance | None = None
    person: str | None = None
    """For whom, when it is another case than the sender's: 父亲, 孩子; ``SELF`` when the sender says 我自己."""
    opens_case: bool = False
    corrects: bool = False
    """It takes back what was understood before: 不是门诊，是住院."""
    number: int | None = None
    also: tuple[Asked, ...] = ()
    detail: str | None = None


@dataclass(frozen=True)
class Person:
    """What is known about one case: insured region, place of care (or only its scope), kind of insurance."""

    region: str | None = None
    care: str | None = None
    scope: Care | None = None
    insurance: Insurance | None = None


@dataclass(frozen=True)
class Browse:
    """A place in the menu: shelf, family in it, and the entry from which a longer list goes on."""

    shelf: int | None = None
    family: int | None = None
    start: int = 0


@dataclass(frozen=True)
class Request:
    """What an option stands for: the question it asks, and what choosing it tells about the person."""

    topic: str | None = None
    aspects: tuple[Aspect, ...] = ()
    text: str = ""
    question: str | None = None
    """Id of the next question back of ``topic``."""
    region: str | None = None
    scope: Care | None = None
    insurance: Insurance | None = None
    none_of_these: bool = False
    type_region: bool = False
    """其他县市（请直接输入）: the next message names the region."""
    browse: Browse | None = None
    """A place in the menu; with ``topic``: its aspects are offered under the answer."""


@dataclass(frozen=True)
class Option:
    label: str
    send: str
    request: Request


@dataclass(frozen=True)
class Memory:
    """What is remembered across turns. ``pending`` is the request that a question back interrupted."""

    people: dict[str, Person] = field(default_factory=dict)
    current: str = SELF
    topic: str | None = None
    before: str | None = None
    """The service that was talked about before an office was asked for: 那多久 goes back to it."""
    aspects: tuple[Aspect, ...] = ()
    text: str = ""
    """The question that ``topic`` and ``aspects`` came from: its cues count for a follow-up with another region."""
    options: tuple[Option, ...] = ()
    pending: Request | None = None
    disclaimed: bool = False
    preset: str | None = None
    """The insured region that the door gave last; what the person says counts more."""

    @property
    def person(self) -> Person:
        return self.people.get(self.current, Person())

    def with_preset(self, region: str | None) -> Memory:
        """A door presets the sender's insured region, once: repeating it does not undo what the person said since."""
        if region is None or region == self.preset:
            return self
        mine = replace(self.people.get(SELF, Person()), region=region)
        return replace(self, preset=region, people={**self.people, SELF: mine})

    def with_person(self, person: Person) -> Memory:
        return replace(self, people={**self.people, self.current: person})


@dataclass(frozen=True)
class Notice:
    """A fixed sentence: ``key`` in the phrases, with the values that it names."""

    key: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TimeNotice:
    """What holds at the moment of answering: ``key`` in the phrases under "times", with the values that it names. Days
    and times are written as ISO 8601 writes them."""

    key: str
    values: dict[str, str]


@dataclass(frozen=True)
class Statement:
    """One fact as it is shown: a sentence, or a time limit that the formatter words."""

    text: str | None = None
    limit: Limit | None = None
    doubt: str | None = None


@dataclass(frozen=True)
class Section:
    """Facts under one aspect. ``open``: what the documents leave open about just this."""

    aspect: Aspect
    lines: tuple[Statement, ...]
    lead: str | None = None
    title: str | None = None
    ordered: bool = False
    asked: bool = True
    closing: bool = False
    """A closing note of a farther guide: one tap away, it is true of every service."""
    publisher: str | None = None
    """Code of the region whose words these are."""
    notice: Notice | None = None
    left_open: tuple[str, ...] = ()
    office: str | None = None
    """Id of the office whose opening hours these are."""


@dataclass(frozen=True)
class Contact:
    """A phone number with whose it is and what for."""

    number: str
    label: str
    purpose: str
    note: str | None = None
    doubt: str | None = None
    source: str | None = None
    clause: str | None = None
    above: tuple[str, str] | None = None
    """Label and number of the next level, beside a number that is probably wrong (rule 5)."""


@dataclass(frozen=True)
class Cited:
    id: str
    title: str
    short: str
    clause: str | None
    edition: str | None


@dataclass(frozen=True)
class Answer:
    """What is to be said, in parts that a formatter words and a console lists; see design §2.

    ``phrase``: the fixed sentence of an answer that states no fact (question back, small talk, nothing found).
    ``memory``: what the conversation knows after this answer.
    """

    status: str
    memory: Memory
    phrase: Notice | None = None
    topic: str | None = None
    topic_name: str | None = None
    answers: tuple[Asked, ...] = ()
    person: str | None = None
    region: str | None = None
    care: str | None = None
    scope: Care | None = None
    answer_region: str | None = None
    times: tuple[TimeNotice, ...] = ()
    """Open or closed, until when; the day on which a period ends (knowledge/times.py)."""
    notices: tuple[Notice, ...] = ()
    warning: tuple[str, str] | None = None
    sections: tuple[Section, ...] = ()
    left_open: tuple[str, ...] = ()
    contact: Contact | None = None
    sources: tuple[Cited, ...] = ()
    options: tuple[Option, ...] = ()
    disclaim: bool = False
    office: str | None = None
    """Whose hours tell when somebody is there, of an answer that sends to a person."""


T = TypeVar("T", Understanding, Memory, Answer)


def to_json(value: Understanding | Memory | Answer) -> dict[str, Any]:
    """Gives ``value`` as what ``json`` can write."""
    encoded: dict[str, Any] = json.loads(json.dumps(asdict(value), default=pydantic_encoder))
    return encoded


def from_json(kind: type[T], data: dict[str, Any]) -> T:
    """Gives the value back; raises ``pydantic.ValidationError`` where ``data`` is not one."""
    return parse_obj_as(kind, data)
