"""The shape of every file under ``knowledge/content/``.

One model a kind of file; the loader (``store.py``) turns what pydantic complains of into
``ContentError``. Words used here: *insured region* (参保地), *place of care* (就医地), *guide* (what one
region published about a topic), *block* (a few facts that are shown together), *line* (a phone number).
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

from pydantic import BaseModel, Extra, Field, root_validator, validator

from knowledge.limits import Limit as Limit
from knowledge.limits import LimitKind as LimitKind
from knowledge.limits import LimitUnit as LimitUnit
from knowledge.limits import Period


class Aspect(str, Enum):
    """What can be asked about a topic (contract)."""

    OVERVIEW = "overview"
    ELIGIBILITY = "eligibility"
    MATERIALS = "materials"
    TIME_LIMIT = "time_limit"
    STEPS = "steps"
    CHANNELS = "channels"
    PROXY = "proxy"
    PLACE = "place"
    HOURS = "hours"
    PHONE = "phone"
    SUPERVISION_PHONE = "supervision_phone"
    FEE = "fee"
    RULES = "rules"
    STATUS = "status"
    CANCELLATION = "cancellation"


OFFICE_ASPECTS = frozenset({Aspect.PLACE, Aspect.HOURS, Aspect.PHONE, Aspect.SUPERVISION_PHONE})
"""Aspects that offices.yml answers, unless a guide has something of its own to say."""


OFTEN_SAID = frozenset({Aspect.CHANNELS, Aspect.ELIGIBILITY, Aspect.PROXY, Aspect.CANCELLATION})
"""Aspects whose words stand in the story as often as in the question: 手机上, 符合, 给我爸."""


class Care(str, Enum):
    """Where the care is, seen from the insured region (rule 2)."""

    SAME_AREA = "same_area"
    XINJIANG = "xinjiang"
    CROSS_PROVINCE = "cross_province"
    INTO_XINJIANG = "into_xinjiang"


class Insurance(str, Enum):
    """Kind of insurance or status of the person who is insured (rule 6)."""

    EMPLOYEE = "employee"
    RESIDENT = "resident"
    FLEXIBLE = "flexible"
    STUDENT = "student"
    RETIRED = "retired"
    AID = "aid"


class Strict(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_mutation = False
        use_enum_values = False


class RegionKind(str, Enum):
    COUNTRY = "country"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    POOL = "pool"
    """区本级 and the 本级 pools of prefectures: insured there, no land of their own."""
    CORPS = "corps"
    """兵团 and its cities: administered separately, inherit nothing."""


class Region(Strict):
    """One row of regions.yml. ``code`` is the six-digit code of GB/T 2260 (pools: the code of the
    national medical-insurance system, which ends in 99)."""

    code: str = Field(regex=r"^\d{6}$")
    name: str
    kind: RegionKind
    parent: str | None = None
    short: str
    """How a clerk says it: 于田, 乌鲁木齐, 塔城地区."""
    aliases: list[str] = []
    """Everyday names that mean this region alone."""
    shared_aliases: list[str] = []
    """Everyday names that several regions carry (开发区, 新市区): a question back unless the context decides."""


class Source(Strict):
    """A document that facts come from."""

    id: str
    title: str
    short: str
    """As the last line of an answer names it."""
    region: str
    edition: str | None = None
    """None: the original bears no date, and the answer says so."""
    file: str | None = None
    """File name in the folder of source documents; None for what everyone knows (120, 12393)."""
    headings: str | None = None
    """Regular expression (one line) of the document's headings, so that a clause is checked in its own section."""


class Purpose(str, Enum):
    CONSULTATION = "consultation"
    SUPERVISION = "supervision"
    EMERGENCY = "emergency"


class Line(Strict):
    """One phone number. It stands here and nowhere else."""

    id: str
    number: str = Field(regex=r"^(\d{3,4}-\d{7,8}|\d{3,5})$")
    purpose: Purpose
    businesses: list[str]
    """Topic ids, family ids, or ``all``: what the line was published for."""
    regions: list[str]
    """Codes of the regions that it serves."""
    label: str
    """Whose it is, as the answer prints it before the number: 于田县医保局."""
    note: str | None = None
    """Printed after the label where the number was published for something narrower."""
    doubt: str | None = None
    """Why the number is probably wrong in the source (rule 5); shown with its mark."""
    source: str
    anchor: str
    """What stands right before the number in the source, so that the check can hold them together."""


class Interval(Strict):
    opens: str = Field(regex=r"^\d\d:\d\d$")
    closes: str = Field(regex=r"^\d\d:\d\d$")


class OpeningHours(Strict):
    """``weekdays``: 1 is Monday."""

    weekdays: list[int]
    summer: list[Interval]
    winter: list[Interval]
    closed: str
    """When it is closed, in the source's words: 双休日及国家法定节假日."""
    text: str
    """As an answer says it, in one line."""


class Office(Strict):
    id: str
    name: str
    short: str
    regions: list[str]
    """Codes of the regions that it serves."""
    businesses: list[str]
    address: str | None = None
    hours: OpeningHours | None = None
    doubt: str | None = None
    """What the source contradicts itself about (rule 5)."""
    source: str
    clause: str | None = None
    lines: list[Line] = []


class Term(Strict):
    """A literal of the screen, the form or the window; the check finds it in the cited source."""

    text: str
    gloss: str | None = None
    kind: str
    """app, mini_program, field, menu, button, form, term."""


class When(Strict):
    """Conditions of a block or fact; all that are named must hold."""

    care: list[Care] | None = None
    care_regions: list[str] | None = None
    """Codes; the place of care is one of them or lies in one of them."""
    insurance: list[Insurance] | None = None
    insured_regions: list[str] | None = None
    for_other: bool | None = None


class FactRole(str, Enum):
    """What a farther guide may add to a nearer one (rule 1): everything but ``main``."""

    MAIN = "main"
    EXCEPTION = "exception"
    SPECIAL_CASE = "special_case"
    CHANNEL_LIMIT = "channel_limit"
    CLOSING_NOTE = "closing_note"


class Fact(Strict):
    """One sentence, or one time limit. A plain string in YAML is a fact with text only."""

    text: str | None = None
    limit: Limit | None = None
    role: FactRole = FactRole.MAIN
    when: When | None = None
    doubt: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    source: str | None = None
    clause: str | None = None

    @root_validator(skip_on_failure=True)
    def _one_of_text_and_limit(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["text"] is None) == (values["limit"] is None):
            raise ValueError("每条写 text 或 limit，二选一")
        return values


class Warning(Strict):
    """The one mistake that would cost the trip: 【label】text."""

    label: str
    text: str
    when: When | None = None


class Block(Strict):
    """Facts that are shown together.

    ``cues``: words with which people ask just this ("断缴", "欠费+三个月": joined by + all must stand there; a
    cue is matched in the normalised question). A block whose cue is hit is shown first, whatever aspect it is in.
    ``lead``: the direct answer (可以 / 不可以 / 先…再…), which follows "您在…参保：" in the first line.
    ``title``: printed above the facts.
    """

    id: str | None = None
    when: When | None = None
    cues: list[str] = []
    lead: str | None = None
    title: str | None = None
    warnings: list[Warning] = []
    ordered: bool = False
    facts: list[Fact] = []
    left_open: list[str] = []
    """What the documents do not say about just this; printed as 文件没写：…"""
    period: Period | None = None
    """What of it can be worked out for a day that the citizen names."""
    detail: bool = False
    """Shown only when a cue is hit or the aspect is asked in full (behind 更多)."""
    source: str | None = None
    clause: str | None = None

    @root_validator(skip_on_failure=True)
    def _period_stands_in_text(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The check compares the text with the source; through this, the amount as well."""
        period: Period | None = values["period"]
        told = "".join([values["lead"] or "", *(fact.text or "" for fact in values["facts"])])
        if period is not None and not any(written in told for written in period.writings):
            raise ValueError("period 的 amount 必须和文字里的数字一致")
        return values

    @validator("facts", pre=True, each_item=True)
    def _plain_text(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value


class Guide(Strict):
    """What one region published about a topic.

    ``applies_to``: ``local`` (the publisher and what lies in it) or ``all`` (a platform for all Xinjiang or China,
    a national rule that a county printed): shown to everybody, "据…公布", never with the publisher's phone.
    ``clause``: the heading in the source under which it stands, to the letter.
    """

    published_by: str
    applies_to: str = Field("local", regex="^(local|all)$")
    source: str
    clause: str | None = None
    aspects: dict[Aspect, list[Block]]


class ClosingNote(Guide):
    """What a document says once, at its end, about all of its services (closing_notes.yml).

    The loader adds it to every topic in ``topics`` that has a local guide from the same source; a block whose id that
    guide has itself is left out, because the service says it better.
    """

    topics: list[str]
    """Ids of topics or families, or ``all``."""


class Correction(Strict):
    """Something that answers said and that was wrong (corrections.yml): who was told it hears so with the next message.

    ``wrong``: the literal as answers showed it. ``since``: the first day on which they no longer did.
    """

    id: str = Field(regex=r"^[a-z0-9_]{1,64}$")
    wrong: str = Field(min_length=3)
    text: str = Field(min_length=1, max_length=120)
    """What is told, a sentence with the right fact: 于田县医保局的电话更正为0903-6811802。"""
    since: date


class OpenQuestion(Strict):
    """What the documents leave open: asked that, the bot says so and whom to ask."""

    id: str
    text: str
    """Completes "文件没写：…"."""
    cues: list[str]
    examples: list[str] = []
    answered_by: str | None = None
    """Id of the topic that answers it after all: another document does."""


class Choice(Strict):
    """One way to go on from a question back."""

    label: str
    send: str
    topic: str | None = None
    aspects: list[Aspect] = []
    care: Care | None = None
    insurance: Insurance | None = None
    choose: str | None = None
    """Id of the next question back."""


class Question(Strict):
    """A question back (rule 7): asked when one of ``aspects`` is asked of the topic and nothing decides yet."""

    id: str
    text: str
    aspects: list[Aspect] = []
    named: list[str] = []
    """Asked only of a message with one of these words, where any are given: 报销."""
    unless: list[str] = []
    """Words that decide by themselves: with one of them in the message nothing is asked back."""
    asks: str = Field("topic", regex="^(topic|care|insurance)$")
    choices: list[Choice] = []


class TopicKind(str, Enum):
    SERVICE = "service"
    PROCEDURE = "procedure"
    RULE = "rule"


class Topic(Strict):
    """One thing that people ask about. ``family`` is the folder, ``id`` the file name."""

    id: str
    family: str
    name: str
    kind: TopicKind
    label: str
    """A few words for a tap."""
    aliases: list[str] = []
    default_aspects: list[Aspect] = [Aspect.OVERVIEW]
    general: str | None = None
    """Topic that answers what is the same for its neighbours: filing, for the five types of filing."""
    guides: list[Guide] = []
    left_open: list[OpenQuestion] = []
    questions: list[Question] = []
    next: list[Choice] = []
    """Follow-ups offered under an answer, the most useful first."""

    def __hash__(self) -> int:
        """Topics do not change: what is worked out from one can be kept under it."""
        return id(self)
