"""Answers about one topic: which blocks, whose words, what else the citizen needs (design §4, rules 1–6, 8)."""

from __future__ import annotations

from dataclasses import replace

from knowledge.case import REMOTE_CARE, Case, close, waiting_for
from knowledge.contact_answer import fill_office
from knowledge.contacts import find_offices
from knowledge.conversation import Answer, Asked, Notice, Option, Request, Section, Statement
from knowledge.fields import (
    Field,
    Level,
    Placed,
    aspects_on_file,
    current_facts,
    find_field,
    guides_by_distance,
    holds,
)
from knowledge.options import next_options, region_options
from knowledge.regions import XINJIANG
from knowledge.schema import OFFICE_ASPECTS, OFTEN_SAID, Aspect, Block, Care, Fact, FactRole, Guide, Topic
from knowledge.unanswered import find_left_open, refuse, say_left_open, say_nothing_found

ROOM_FOR_ESSENTIALS = 150
"""Characters of facts up to which something that was not asked is added."""

ASKED_BROADLY = frozenset(
    {Aspect.OVERVIEW, Aspect.RULES, Aspect.STEPS, Aspect.CHANNELS, Aspect.STATUS, Aspect.CANCELLATION}
)
"""Aspects for which the topic's default is an answer, where there is none of their own."""

HOW = frozenset({Aspect.OVERVIEW, Aspect.STEPS, Aspect.CHANNELS})
"""Aspects that ask how: a block that the words of a short question chose answers them all."""

ANSWERED_BESIDE_OPEN = frozenset({Aspect.PHONE, Aspect.SUPERVISION_PHONE, Aspect.HOURS, Aspect.MATERIALS})
"""Aspects that are answered, if asked, though something else in the message is left open."""

ASKING_WHETHER = ("能", "可以", "行")
"""Words that ask whether something can be done, not how."""

PLAIN = frozenset({Aspect.TIME_LIMIT, Aspect.FEE})
"""Aspects that one line answers: asked in so many words, it stands before what a cue chose."""

SHORT = 14
"""Characters up to which a message asks one thing."""

ESSENTIALS: dict[Aspect, tuple[Aspect, ...]] = {
    Aspect.ELIGIBILITY: (Aspect.MATERIALS,),
    Aspect.MATERIALS: (Aspect.TIME_LIMIT,),
    Aspect.FEE: (Aspect.MATERIALS,),
    Aspect.PLACE: (Aspect.CHANNELS,),
}
"""What a citizen needs next after an aspect: shown behind it where the first part has room."""


def answer_topic(case: Case, topic: Topic, aspects: tuple[Aspect, ...]) -> Answer:
    """Answers ``aspects`` of ``topic``; none named: the topic's own default."""
    aspects = _without_hearsay(topic, aspects)
    asked = aspects or tuple(topic.default_aspects)
    refusal = refuse(case, topic, asked)
    if refusal is not None:
        return refusal
    at_home = _same_area_rule(case, topic)
    if at_home is not None:
        return _answer_same_area(case, topic, asked, at_home)
    cued = case.cued(topic)
    named = (a for a in aspects if a not in OFTEN_SAID)
    on_file = any(find_field(topic, a, case.situation, case.knowledge.regions) for a in named)
    left_open, alone = find_left_open(case, topic, cued, on_file)
    if left_open is not None and left_open.answered_by is not None:
        if alone:
            return answer_topic(case, case.knowledge.topics[left_open.answered_by], aspects)
        left_open = None
    office = tuple(a for a in asked if a in OFFICE_ASPECTS)
    if left_open is not None and alone and not {*aspects} & ANSWERED_BESIDE_OPEN:
        return say_left_open(case, topic, asked, left_open)
    chosen = tuple(p.aspect for p in cued)
    both = (*chosen, *aspects) if OFTEN_SAID.issuperset(aspects) else (*aspects, *chosen)
    said = tuple(dict.fromkeys(both)) or asked
    answer = replace(case.begin("answered", topic=topic), answers=(Asked(topic.id, said),))
    if office and case.person.region is None and not cued:
        return _ask_region(case, topic, asked)
    whether = _asked_whether(case, topic, cued)
    wanted = [a for a in asked if a not in OFFICE_ASPECTS]
    if Aspect.PLACE in asked and not _has_office(case, topic):
        wanted.append(Aspect.CHANNELS)
    if cued:
        own = [p for p in cued if p.level is not Level.ELSEWHERE]
        answered = {p.aspect for p in own if not p.block.detail}
        if len(case.text) <= SHORT:
            answered |= HOW - whether
        # No word asks for rules: they are the classifier's guess, and the cue knows better.
        answered.add(Aspect.RULES)
        wanted = [a for a in wanted if a not in answered and a in aspects]
    found = [(f, a) for a in wanted if (f := find_field(topic, a, case.situation, case.knowledge.regions))]
    if not (found or cued or office) and {*asked} & ASKED_BROADLY:
        found = [
            (f, a) for a in topic.default_aspects if (f := find_field(topic, a, case.situation, case.knowledge.regions))
        ]
    if case.person.region is None:
        anything = bool(cued or found)
        cued = [p for p in cued if p.level is not Level.ELSEWHERE]
        found = [(f, a) for f, a in found if f.blocks[0].level is not Level.ELSEWHERE]
        if anything and not (cued or found):
            return say_left_open(case, topic, asked, left_open) if left_open else _ask_region(case, topic, asked)
    shown = {p.aspect for p in cued}
    first = [f for f, a in found if a in whether or (a in PLAIN and a in aspects[:1] and not shown & {a, Aspect.RULES})]
    last = [f for f, _ in found if f not in first]
    placed = [*(p for f in first for p in f.blocks), *cued, *(p for f in last for p in f.blocks)]
    office_first = bool(office) and asked[0] in OFFICE_ASPECTS and case.person.region is not None
    if office_first:
        answer = fill_office(case, answer, office, (topic.id, topic.family))
    for field in first:
        answer = _add_field(case, answer, field)
    for block in cued:
        answer = _add_blocks(case, answer, (block,))
    for field in last:
        answer = _add_field(case, answer, field)
    if office and case.person.region is not None and not office_first:
        answer = fill_office(case, answer, office, (topic.id, topic.family))
    if not (answer.sections or answer.notices or office):
        return say_nothing_found(case, topic, asked)
    if not placed and not answer.sections and not _reached(answer):
        if not answer.notices:
            return say_nothing_found(case, topic, asked)
        answer = replace(answer, status="not_in_documents")
    answer = _add_essentials(case, topic, answer, asked)
    for field, _ in found:
        answer = _add_additions(case, answer, field, closing=True)
    answer = _finish(case, topic, _disclose(case, topic, answer, placed), asked)
    if left_open is not None:
        answer = replace(answer, left_open=tuple(dict.fromkeys((left_open.text, *answer.left_open))))
    if not office or case.person.region is not None:
        return answer
    return _offer_regions(case, topic, answer, asked)


def _asked_whether(case: Case, topic: Topic, cued: list[Placed]) -> frozenset[Aspect]:
    """网上能办吗 is answered by the region's own guide, before the walk through an app that is the same for all; 怎么在
    网上办 by the walk alone."""
    if len(case.text) > SHORT or not any(word in case.text for word in ASKING_WHETHER):
        return frozenset()
    field = find_field(topic, Aspect.CHANNELS, case.situation, case.knowledge.regions)
    near = field is not None and field.blocks[0].level in (Level.OWN, Level.INHERITED)
    walks = bool(cued) and all(p.level is Level.FOR_ALL for p in cued)
    return frozenset({Aspect.CHANNELS}) if near and walks else frozenset()


def _without_hearsay(topic: Topic, aspects: tuple[Aspect, ...]) -> tuple[Aspect, ...]:
    """手机上选哪个 does not ask for channels where nothing of the topic is about channels."""
    return () if aspects and OFTEN_SAID.issuperset(aspects) and aspects_on_file(topic).isdisjoint(aspects) else aspects


def _same_area_rule(case: Case, topic: Topic) -> Field | None:
    """What the topic says for care where one is insured; None where that is not the case, or says nothing of it."""
    if case.person.scope is not Care.SAME_AREA:
        return None
    field = find_field(topic, Aspect.OVERVIEW, case.situation, case.knowledge.regions)
    told = field is not None and any(p.block.when and p.block.when.care == [Care.SAME_AREA] for p in field.blocks)
    return field if told else None


def _answer_same_area(case: Case, topic: Topic, asked: tuple[Aspect, ...], at_home: Field) -> Answer:
    """Care where one is insured: no filing (rule 2). In another county of the prefecture nobody wrote that down."""
    answer = replace(case.begin("answered", topic=topic), answers=(Asked(topic.id, asked),))
    region, care = case.person.region, case.person.care
    if region and care and case.knowledge.regions.same_prefecture_only(region, care):
        values = {"region": case.name(region), "care": case.name(care)}
        answer = replace(answer, status="not_in_documents", notices=(Notice("same_prefecture", values),))
        return _finish(case, topic, answer, asked)
    return _finish(case, topic, _add_blocks(case, answer, at_home.blocks), asked)


def _has_office(case: Case, topic: Topic) -> bool:
    region = case.person.region
    return region is not None and bool(find_offices(case.knowledge, region, (topic.id, topic.family)))


def _reached(answer: Answer) -> bool:
    """Says whether a number other than the last resort was found."""
    return answer.contact is not None and answer.contact.source is not None


def _offer_regions(case: Case, topic: Topic, answer: Answer, asked: tuple[Aspect, ...]) -> Answer:
    """A phone or address was asked for as well: the region that it depends on is asked behind the answer."""
    asking = _ask_region(case, topic, asked)
    offered = replace(answer, options=asking.options, notices=(*answer.notices, Notice("which_region")))
    return waiting_for(offered, Request(topic.id, asked, case.text))


def _ask_region(case: Case, topic: Topic, asked: tuple[Aspect, ...]) -> Answer:
    """Nothing for the whole region: the insured region first (rule 3)."""
    request = Request(topic.id, asked, case.text)
    if {*asked} & OFFICE_ASPECTS:
        sources = case.knowledge.sources
        codes = [sources[o.source].region for o in case.knowledge.offices.values()]
    else:
        codes = [g.published_by for g in topic.guides if {*asked} & {*g.aspects}]
    codes = codes or [g.published_by for g in topic.guides]
    codes = [c for c in codes if c != XINJIANG and case.knowledge.regions.in_xinjiang(c)]
    options = region_options(case.knowledge, codes, request)
    answer = case.begin(
        "clarify", topic=topic, phrase=Notice("clarify.region_for", {"topic": topic.name}), options=options
    )
    answer = replace(answer, answers=(Asked(topic.id, asked),))
    return waiting_for(close(answer, topic.id, asked, case.text), request)


# --- what is shown -------------------------------------------------------------------------------------------------


def _add_field(case: Case, answer: Answer, field: Field) -> Answer:
    answer = _add_blocks(case, answer, field.blocks)
    return _add_additions(case, answer, field, closing=False)


def _add_additions(case: Case, answer: Answer, field: Field, *, closing: bool) -> Answer:
    """What farther guides add; their closing notes come last of all."""
    said = {line.text for s in answer.sections for line in s.lines}
    by_guide: dict[int, tuple[Guide, list[Statement]]] = {}
    for fact, guide in field.additions:
        if (fact.role is FactRole.CLOSING_NOTE) is not closing:
            continue
        if fact.text not in said or fact.text is None:
            by_guide.setdefault(id(guide), (guide, []))[1].append(Statement(fact.text, fact.limit, fact.doubt))
    for guide, lines in by_guide.values():
        farther = guide.published_by != field.blocks[0].guide.published_by
        notice = Notice("added", {"publisher": case.name(guide.published_by)}) if farther else None
        section = Section(
            field.blocks[0].aspect, tuple(lines), closing=closing, publisher=guide.published_by, notice=notice
        )
        answer = replace(answer, sections=(*answer.sections, section))
        answer = case.add_source(answer, case.cite_guide(guide))
    return answer


def _add_blocks(case: Case, answer: Answer, blocks: tuple[Placed, ...], *, asked: bool = True) -> Answer:
    for placed in blocks:
        block = placed.block
        current = current_facts(block, case.situation, case.knowledge.regions)
        facts = current if block.ordered else _not_yet_said(current, answer)
        if current and not facts and not (block.warnings or block.left_open):
            continue
        section = Section(
            placed.aspect,
            tuple(Statement(f.text, f.limit, f.doubt) for f in facts),
            lead=block.lead,
            title=block.title,
            ordered=block.ordered,
            asked=asked,
            publisher=placed.guide.published_by,
            notice=_whose(case, answer, placed),
            left_open=tuple(block.left_open),
        )
        answer = replace(answer, sections=(*answer.sections, section))
        if answer.warning is None:
            answer = replace(answer, warning=_warning(case, block))
        answer = case.add_source(answer, case.cite_guide(placed.guide, placed))
        for fact in facts:
            if fact.source or fact.clause:
                cited = case.cite(fact.source or block.source or placed.guide.source, fact.clause)
                answer = case.add_source(answer, cited)
    return answer


def _not_yet_said(facts: list[Fact], answer: Answer) -> list[Fact]:
    said = {line.text for s in answer.sections for line in s.lines if line.text is not None}
    return [fact for fact in facts if fact.text not in said]


def _whose(case: Case, answer: Answer, placed: Placed) -> Notice | None:
    """Words of another publisher than those before them say whose they are; ``_disclose`` speaks of the first only."""
    publisher = placed.guide.published_by
    before = [s.publisher for s in answer.sections if s.publisher is not None]
    if not before or before[-1] == publisher:
        return None
    key = "elsewhere" if placed.level is Level.ELSEWHERE else "from_here_on"
    return Notice(key, {"publisher": case.name(publisher)})


def _warning(case: Case, block: Block) -> tuple[str, str] | None:
    for warning in block.warnings:
        if holds(warning.when, case.situation, case.knowledge.regions):
            return warning.label, warning.text
    return None


def _add_essentials(case: Case, topic: Topic, answer: Answer, asked: tuple[Aspect, ...]) -> Answer:
    """What is needed next, where there is room for it."""
    shown = {s.aspect for s in answer.sections}
    # 按“申请—受理—审核—办结”办理 alone tells nobody how.
    bare = asked[0] is Aspect.STEPS and not _length(answer)
    for aspect in (Aspect.CHANNELS, Aspect.MATERIALS) if bare else ESSENTIALS.get(asked[0], ()):
        field = find_field(topic, aspect, case.situation, case.knowledge.regions) if aspect not in shown else None
        if field is None or field.blocks[0].level is Level.ELSEWHERE:
            continue
        longer = _add_blocks(case, answer, field.blocks, asked=False)
        if _length(longer) <= ROOM_FOR_ESSENTIALS:
            answer = longer
    return answer


def _length(answer: Answer) -> int:
    """Characters of the facts, roughly as they are shown; a line counts at least as much as a short sentence."""
    return sum(max(len(line.text or ""), 12) for s in answer.sections for line in s.lines)


def _disclose(case: Case, topic: Topic, answer: Answer, placed: list[Placed]) -> Answer:
    """Says whose rule it is where it is not the region's own (rules 1 and 3)."""
    notices: list[Notice] = []
    regions = case.knowledge.regions
    region = case.person.region
    first = placed[0] if placed else None
    if first is not None and region is not None and first.level is not Level.OWN:
        values = {"region": case.name(region), "publisher": case.name(first.guide.published_by)}
        key = {
            Level.INHERITED: "inherited" if _has_document(case, region) else "inherited_no_document",
            Level.FOR_ALL: "for_all",
            Level.ELSEWHERE: "elsewhere",
        }[first.level]
        notices.append(Notice(key, values))
    elif first is not None and region is None:
        key = "for_all" if first.level is Level.FOR_ALL else "region_unknown"
        notices.append(Notice(key, {"publisher": case.name(first.guide.published_by)}))
    if topic.family == REMOTE_CARE and case.person.care is not None:
        care = case.person.care
        if regions.is_corps(care) and not case.insured_in_corps:
            notices.append(Notice("care_in_corps", {"care": case.name(care)}))
    return replace(answer, notices=(*answer.notices, *notices))


def _has_document(case: Case, region: str) -> bool:
    """Says whether a document is the region's own, or at least names its office: a city's guide is its districts'."""
    offices = case.knowledge.offices.values()
    return any(s.region == region for s in case.knowledge.sources.values()) or any(
        office.address and region in office.regions for office in offices
    )


def _finish(case: Case, topic: Topic, answer: Answer, asked: tuple[Aspect, ...]) -> Answer:
    contact = answer.contact or case.contact((topic.id, topic.family))
    if contact is not None and contact.source is not None:
        answer = case.add_source(answer, case.cite(contact.source, contact.clause))
    publishers = {s.aspect: s.publisher for s in reversed(answer.sections) if s.publisher}
    first = next((s.publisher for s in answer.sections if s.publisher), answer.answer_region)
    office = answer.answer_region if asked[0] in OFFICE_ASPECTS else None
    answer = replace(
        answer,
        contact=contact,
        answer_region=publishers.get(asked[0]) or office or first,
        left_open=tuple(dict.fromkeys(text for s in answer.sections if s.asked for text in s.left_open)),
        options=_options(case, topic, asked),
    )
    return close(answer, topic.id, asked, case.text)


def _options(case: Case, topic: Topic, asked: tuple[Aspect, ...]) -> tuple[Option, ...]:
    if case.person.region is not None:
        return next_options(topic, asked)
    local = [
        guide.published_by
        for guide, level in guides_by_distance(topic, None, case.knowledge.regions)
        if level is Level.ELSEWHERE and any(a in guide.aspects for a in asked)
    ]
    if not local:
        return next_options(topic, asked)
    return region_options(case.knowledge, local, Request(topic.id, asked, case.text))
