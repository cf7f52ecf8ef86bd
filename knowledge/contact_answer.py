"""Answers that offices give: phone, address, opening hours, supervision number (design §4, rule 4)."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.case import CONTACT, Case, close, waiting_for
from knowledge.contacts import (
    Reached,
    find_lines,
    find_number,
    find_offices,
    first_contact,
    last_resort,
    next_level,
)
from knowledge.conversation import Answer, Asked, Contact, Notice, Request, Section, Statement
from knowledge.options import other_region, region_options
from knowledge.schema import Aspect, Purpose


def answer_contact(
    case: Case, aspects: tuple[Aspect, ...], ambiguous: tuple[str, ...] = (), others: tuple[str, ...] = ()
) -> Answer:
    """Answers for an office without a particular service; asks for the region first (rule 3).

    ``ambiguous``: the regions that the name said may mean; ``others``: further regions asked for in the same message.
    """
    number = re.search(r"(?<!\d)(?:0\d{2,3}-?)?\d{5,8}(?!\d)", case.text)
    known = find_number(case.knowledge, number.group().replace("-", "")) if number else None
    if known is not None:
        return _whose_number(case, known)
    region = case.person.region
    request = Request(CONTACT, aspects, case.text)
    on_file = [code for code in ambiguous if _is_on_file(case, code)]
    if region is None or len(on_file) > 1:
        codes = on_file if region is not None else regions_with_lines(case)
        options = region_options(case.knowledge, codes, request)
        return waiting_for(case.begin("clarify", topic=None, phrase=Notice("clarify.region"), options=options), request)
    given = _begin(case, aspects)
    if on_file:
        case = replace(case, memory=case.memory.with_person(replace(case.person, region=on_file[0])))
        given = _shared_name(case, _begin(case, aspects), on_file[0], request)
    given = fill_office(case, given, aspects, ())
    for other in others:
        given = _add_other_region(case, given, other)
    if not given.sections and (given.contact is None or given.contact.source is None):
        given = replace(given, status="not_in_documents")
    return close(given, CONTACT, aspects, case.text)


def fill_office(case: Case, answer: Answer, aspects: tuple[Aspect, ...], business: tuple[str, ...]) -> Answer:
    """Adds what offices say about ``aspects`` to an answer; the person's region is known."""
    region = case.person.region
    if region is None:
        raise ValueError("an office is looked up for a region")
    for aspect in aspects:
        if aspect in (Aspect.PLACE, Aspect.HOURS):
            answer = _add_office(case, answer, aspect, region, business)
        elif aspect is Aspect.SUPERVISION_PHONE:
            answer = _add_supervision(case, answer, region, business, alone=Aspect.PHONE not in aspects)
    if Aspect.PHONE in aspects:
        answer = _add_phone(case, answer, region, business)
    elif answer.contact is None:
        answer = replace(answer, contact=case.contact(business))
    return answer


def refer_to_person(case: Case) -> Answer:
    """Whom to call, and when somebody is there, as far as that is on file of the office with the number."""
    contact, region = case.contact(("all",)), case.person.region
    near = find_offices(case.knowledge, region, ()) if region else []
    office = next((o for o in near if o.hours and contact and any(n.number == contact.number for n in o.lines)), None)
    if office is None or office.hours is None:
        given = case.begin("handoff", topic=None, phrase=Notice("handoff.plain"), contact=contact)
    else:
        phrase = Notice("handoff.with_hours", {"hours": office.hours.text})
        given = replace(case.begin("handoff", topic=None, phrase=phrase, contact=contact), office=office.id)
        given = case.add_source(given, case.cite(office.source, office.clause))
    return close(given, case.memory.topic)


def regions_with_lines(case: Case) -> list[str]:
    """The regions to offer when none is known: those whose documents hold lines, one each, prefectures first."""
    regions = case.knowledge.regions
    published = [case.knowledge.sources[o.source].region for o in case.knowledge.offices.values()]
    return [code for code in dict.fromkeys(published) if regions.in_xinjiang(code)]


def _is_on_file(case: Case, code: str) -> bool:
    """Says whether a line of the place's own is on file."""
    purposes = (Purpose.CONSULTATION, Purpose.SUPERVISION)
    return any(reached.own for purpose in purposes for reached in find_lines(case.knowledge, code, purpose, ()))


def _shared_name(case: Case, answer: Answer, code: str, request: Request) -> Answer:
    """Several places bear the name, one of them has a line on file: that one, said to be it, and the way to others."""
    regions = case.knowledge.regions
    above = next(iter(regions.ancestors(code)), None)
    values = {"region": (above.short if above else "") + regions.by_code[code].name}
    options = (other_region(case.knowledge, request),)
    return replace(answer, notices=(Notice("shared_name", values),), options=options)


def _whose_number(case: Case, known: Reached) -> Answer:
    line = known.line
    answer = replace(
        _begin(case, (Aspect.PHONE,)),
        notices=(Notice(f"whose_number.{line.purpose.value}", {"office": known.office.name, "label": line.label}),),
        contact=Contact(line.number, line.label, line.purpose.value, line.note, line.doubt),
        sources=(case.cite(line.source, None),),
        answer_region=case.knowledge.sources[line.source].region,
    )
    return close(answer, CONTACT, (Aspect.PHONE,), case.text)


def _add_office(case: Case, answer: Answer, aspect: Aspect, region: str, business: tuple[str, ...]) -> Answer:
    offices = find_offices(case.knowledge, region, business)
    if not offices:
        return _missing(answer, aspect, case)
    office = offices[0]
    text = office.address if aspect is Aspect.PLACE else office.hours.text if office.hours else None
    if text is None:
        answer = _missing(answer, aspect, case)
    else:
        doubt = office.doubt if aspect is Aspect.HOURS else None
        publisher = case.publisher(office.source)
        told = Statement(text, doubt=doubt)
        opens = office.id if aspect is Aspect.HOURS else None
        section = Section(aspect, (told,), title=office.short, publisher=publisher, office=opens)
        answer = replace(answer, sections=(*answer.sections, section))
    answer = case.add_source(answer, case.cite(office.source, office.clause))
    return replace(answer, answer_region=answer.answer_region or case.publisher(office.source))


def _missing(answer: Answer, aspect: Aspect, case: Case) -> Answer:
    region = case.person.region
    notice = Notice(f"missing.{aspect.value}", {"region": case.name(region)} if region else {})
    return replace(answer, notices=(*answer.notices, notice))


def _add_supervision(case: Case, answer: Answer, region: str, business: tuple[str, ...], *, alone: bool) -> Answer:
    lines = find_lines(case.knowledge, region, Purpose.SUPERVISION, business)
    if not lines:
        return _missing(answer, Aspect.SUPERVISION_PHONE, case)
    first = next((r for r in lines if r.own and not r.line.doubt), lines[0])
    answer = _cite_line(case, answer, first)
    if alone and answer.contact is None:
        return replace(answer, contact=replace(first.as_contact(), above=next_level(first, lines)))
    return replace(answer, sections=(*answer.sections, *_supervision_sections(first, lines)))


def _add_other_region(case: Case, answer: Answer, region: str) -> Answer:
    """The consultation number of a second region that the message names, labelled with whose it is."""
    lines = find_lines(case.knowledge, region, Purpose.CONSULTATION, ())
    if not lines:
        return replace(answer, notices=(*answer.notices, Notice("missing.phone", {"region": case.name(region)})))
    section = Section(Aspect.PHONE, (Statement(lines[0].line.number),), title=lines[0].line.label)
    return _cite_line(case, replace(answer, sections=(*answer.sections, section)), lines[0])


def _supervision_sections(first: Reached, lines: list[Reached]) -> tuple[Section, ...]:
    row = Statement(first.line.number, doubt=first.line.doubt)
    section = Section(Aspect.SUPERVISION_PHONE, (row,), title=first.line.label)
    above = next_level(first, lines)
    if above is None:
        return (section,)
    notice = Notice("next_level", {"label": above[0], "number": above[1]})
    return section, Section(Aspect.SUPERVISION_PHONE, (), notice=notice)


def _add_phone(case: Case, answer: Answer, region: str, business: tuple[str, ...]) -> Answer:
    lines = find_lines(case.knowledge, region, Purpose.CONSULTATION, business)
    if lines:
        answer = replace(answer, contact=first_contact(lines))
        others = [r for r in lines[1:] if r.own and r.line.note and not business]
        if others:
            rows = tuple(Statement(f"{r.line.note}：{r.line.number}") for r in others)
            answer = replace(answer, sections=(*answer.sections, Section(Aspect.PHONE, rows)))
        if not lines[0].own:
            values = {"region": case.name(region), "label": lines[0].line.label}
            answer = replace(answer, notices=(*answer.notices, Notice("prefecture_line", values)))
        return _cite_line(case, answer, lines[0])
    answer = replace(_missing(answer, Aspect.PHONE, case), contact=last_resort(case.knowledge))
    supervision = find_lines(case.knowledge, region, Purpose.SUPERVISION, business)
    own = [r for r in supervision if r.own]
    if own and all(s.aspect is not Aspect.SUPERVISION_PHONE for s in answer.sections):
        sections = _supervision_sections(own[0], supervision)
        answer = _cite_line(case, replace(answer, sections=(*answer.sections, *sections)), own[0])
    return answer


def _cite_line(case: Case, answer: Answer, reached: Reached) -> Answer:
    cited = case.cite(reached.line.source, reached.office.clause)
    publisher = answer.answer_region or case.publisher(reached.line.source)
    return replace(case.add_source(answer, cited), answer_region=publisher)


def _begin(case: Case, aspects: tuple[Aspect, ...]) -> Answer:
    answer = case.begin("answered", topic=None)
    return replace(answer, topic=CONTACT, topic_name=case.knowledge.menu.contact, answers=(Asked(CONTACT, aspects),))
