"""All that is known about a topic in a region, field by field, each with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.contacts import find_lines, find_offices
from knowledge.fields import Situation, find_field
from knowledge.schema import OFFICE_ASPECTS, Aspect, Fact, Guide, Purpose, Topic
from knowledge.store import Knowledge


def show_topic(knowledge: Knowledge, topic: Topic, region: str) -> Iterator[str]:
    """Gives the lines that ``yibao knowledge show`` prints."""
    yield f"{topic.name}（{topic.id}）· {knowledge.regions.by_code[region].name}"
    for aspect in Aspect:
        if aspect in OFFICE_ASPECTS:
            continue
        field = find_field(topic, aspect, Situation(region), knowledge.regions)
        if field is None:
            continue
        for placed in field.blocks:
            yield f"\n[{aspect.value}] {_origin(knowledge, placed.guide)} · {placed.level.value}"
            yield from (f"  {text}" for text in (placed.block.lead, placed.block.title) if text)
            yield from (f"  【{w.label}】{w.text}" for w in placed.block.warnings)
            yield from (f"  - {_text(fact)}" for fact in placed.block.facts)
        for fact, guide in field.additions:
            yield f"  + {_text(fact)}（{_origin(knowledge, guide)}）"
    yield from _office_lines(knowledge, topic, region)
    for question in topic.left_open:
        yield f"\n[文件没写] {question.text}"


def _office_lines(knowledge: Knowledge, topic: Topic, region: str) -> Iterator[str]:
    business = (topic.id, topic.family)
    for purpose in (Purpose.CONSULTATION, Purpose.SUPERVISION):
        lines = find_lines(knowledge, region, purpose, business)
        best = next((r for r in lines if r.own and not r.line.doubt), None)
        for reached in [best] if best else lines[:1]:
            doubt = f"（原件疑有误：{reached.line.doubt}）" if reached.line.doubt else ""
            yield f"\n[{purpose.value}] {reached.line.label} {reached.line.number}{doubt}"
    for office in find_offices(knowledge, region, business)[:1]:
        yield f"\n[place] {office.name}：{office.address}"
        if office.hours:
            yield f"[hours] {office.hours.text}"


def _origin(knowledge: Knowledge, guide: Guide) -> str:
    source = knowledge.sources[guide.source]
    return f"{source.short}（{source.edition or '原件无日期'}）{guide.clause or ''}"


def _text(fact: Fact) -> str:
    if fact.text is not None:
        return fact.text
    limit = fact.limit
    return (
        ""
        if limit is None
        else f"{limit.channel or ''} {limit.kind.value} {limit.qualifier or ''}{limit.wording}".strip()
    )
