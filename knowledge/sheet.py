"""The whole of what is known about a topic for one region, field by field, each with whose it is: a page to read, not
an answer to a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.case import Case
from knowledge.contacts import find_lines, find_offices, first_contact, last_resort
from knowledge.conversation import Cited, Contact, Memory, Statement
from knowledge.fields import Level, Placed, Situation, current_facts, find_field, guides_by_distance, holds
from knowledge.regions import XINJIANG
from knowledge.schema import OFFICE_ASPECTS, Aspect, Block, Guide, Insurance, Purpose, Topic, When
from knowledge.store import Knowledge


@dataclass(frozen=True)
class Caution:
    """The mistake that would cost the trip, and for whom: None for everybody."""

    label: str
    text: str
    when: When | None


@dataclass(frozen=True)
class Passage:
    """What one place of one document says, and for whom. ``title``: what stands above the lines; ``left_open``: what it
    leaves."""

    when: When | None

    lead: str | None
    title: str | None
    warnings: tuple[Caution, ...]
    lines: tuple[Statement, ...]
    ordered: bool
    left_open: tuple[str, ...]
    level: Level
    publisher: str
    cited: Cited


@dataclass(frozen=True)
class SheetField:
    aspect: Aspect
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class OfficeCard:
    """``hours`` None: the documents do not say."""

    name: str
    address: str
    hours: str | None
    doubt: str | None
    cited: Cited


@dataclass(frozen=True)
class Sheet:
    """``region`` is a code; that of the autonomous region stands for what holds everywhere. ``own``: whether there is a
    guide of the region itself. ``local``: codes of the regions that have one."""

    topic: Topic
    region: str
    own: bool
    fields: tuple[SheetField, ...]
    contacts: tuple[Contact, ...]
    offices: tuple[OfficeCard, ...]
    left_open: tuple[str, ...]
    local: tuple[str, ...]


def make_sheet(
    knowledge: Knowledge, topic: Topic, region: str, *, care: str | None = None, insurance: Insurance | None = None
) -> Sheet:
    """``region``: a code in Xinjiang. With ``care``, the code of the place of care, or the kind of insurance, what
    cannot concern this person is left out."""
    case = Case(knowledge, Memory(), "")
    scope = knowledge.regions.care_scope(region, care) if care else None
    situation = Situation(region, care, scope, insurance)
    fields = (
        SheetField(aspect, tuple(_passages(case, topic, aspect, situation)))
        for aspect in Aspect
        if aspect not in OFFICE_ASPECTS
    )
    guides = guides_by_distance(topic, region, knowledge.regions)
    return Sheet(
        topic,
        region,
        any(level is Level.OWN for _, level in guides),
        tuple(field for field in fields if field.passages),
        tuple(_contacts(knowledge, topic, region)),
        tuple(_offices(case, topic, region)),
        tuple(question.text for question in topic.left_open),
        tuple(sorted({g.published_by for g in topic.guides if g.published_by != XINJIANG and g.applies_to == "local"})),
    )


def _passages(case: Case, topic: Topic, aspect: Aspect, situation: Situation) -> Iterator[Passage]:
    """The field as an answer takes it; then what an answer gives only to who asks for just that."""
    field = find_field(topic, aspect, situation, case.knowledge.regions)
    shown: list[Placed] = list(field.blocks) if field else []
    seen = {placed.block.id for placed in shown if placed.block.id}
    for guide, level in guides_by_distance(topic, situation.region, case.knowledge.regions):
        for block in guide.aspects.get(aspect, ()):
            near = level is not Level.ELSEWHERE and holds(block.when, situation, case.knowledge.regions) is not False
            if near and block.detail and block.id not in seen:
                shown.append(Placed(block, aspect, guide, level))
                seen |= {block.id} if block.id else set()
    for placed in shown:
        block = placed.block
        yield Passage(
            block.when,
            block.lead,
            block.title,
            tuple(_warnings(case, block, situation)),
            tuple(Statement(f.text, f.limit, f.doubt) for f in current_facts(block, situation, case.knowledge.regions)),
            block.ordered,
            tuple(block.left_open),
            placed.level,
            # A block that rests on another document is that one's.
            case.publisher(block.source or placed.guide.source),
            case.cite_guide(placed.guide, placed),
        )
    by_guide: dict[int, tuple[Guide, list[Statement]]] = {}
    for fact, guide in field.additions if field else ():
        by_guide.setdefault(id(guide), (guide, []))[1].append(Statement(fact.text, fact.limit, fact.doubt))
    for guide, lines in by_guide.values():
        publisher, cited = case.publisher(guide.source), case.cite_guide(guide)
        yield Passage(None, None, None, (), tuple(lines), False, (), Level.INHERITED, publisher, cited)


def _warnings(case: Case, block: Block, situation: Situation) -> Iterator[Caution]:
    """Those that may concern somebody who is insured there."""
    for warning in block.warnings:
        if holds(warning.when, situation, case.knowledge.regions) is not False:
            yield Caution(warning.label, warning.text, warning.when)


def _contacts(knowledge: Knowledge, topic: Topic, region: str) -> Iterator[Contact]:
    """The number to call about the topic, and the one for complaints."""
    business = (topic.id, topic.family)
    found = first_contact(find_lines(knowledge, region, Purpose.CONSULTATION, business)) or last_resort(knowledge)
    if found is not None:
        yield found
    supervision = first_contact(find_lines(knowledge, region, Purpose.SUPERVISION, business))
    if supervision is not None:
        yield replace(supervision, note=None)


def _offices(case: Case, topic: Topic, region: str) -> Iterator[OfficeCard]:
    for office in find_offices(case.knowledge, region, (topic.id, topic.family))[:1]:
        hours = office.hours.text if office.hours else None
        cited = case.cite(office.source, office.clause)
        yield OfficeCard(office.name, office.address or "", hours, office.doubt, cited)
