"""The rules of answering (design §4): what was understood and remembered in, an ``Answer`` out.

``answer`` is pure: the same understanding, memory and knowledge give the same answer. Actions, the console and the
command line all call it. It reads top to bottom: choose what is asked, learn what was told, then answer by kind.
"""

from __future__ import annotations

from dataclasses import replace

from knowledge.asking_back import ask_back, find_question, offer
from knowledge.browse import ROOT, aspect_options, browse_options, contact_option, find_entry
from knowledge.case import CONTACT, Case, close
from knowledge.contact_answer import answer_contact, refer_to_person
from knowledge.conversation import (
    Answer,
    Asked,
    Browse,
    Memory,
    Notice,
    Option,
    Request,
    Section,
    Statement,
    Understanding,
)
from knowledge.options import none_of_these, offer_other, topic_options
from knowledge.schema import OFFICE_ASPECTS, Aspect, Purpose, Topic
from knowledge.store import Knowledge
from knowledge.subject import (
    ANSWER_ABOVE,
    NEAR,
    continues,
    find_corrected,
    find_counterpart,
    find_neighbour,
    find_topic,
    is_sure_enough,
    settle_scope,
)
from knowledge.told import find_answered, find_aspects, find_choice, find_scope, learn, plain, settle_workplace
from knowledge.topic_answer import answer_topic
from knowledge.unanswered import leaves_open, say_nothing_written

FILING = "remote_care_filing"
"""What somebody wants who says only where the care is: 于田的，去北京看病."""

AMBULANCE = "120"
"""Said in an emergency even where the content has no number for it."""

ANOTHER_ABOVE = 0.5
"""Probability from which a follow-up that asks nothing itself names another topic."""

FILLED_BY_MEMORY = frozenset({"follow_up", "inform", "option", "nothing"})
"""Intents that mean nothing without what was said before."""


def answer(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    """Answers one message. Every fact of the answer stands in ``knowledge``; nothing is invented, nothing raised."""
    return offer_other(_answer(understanding, memory, knowledge), understanding, knowledge)


def _answer(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    understanding = settle_scope(understanding, knowledge)
    chosen = find_choice(understanding, memory)
    known = memory
    memory = learn(understanding, memory, knowledge)
    if chosen is None:
        chosen = find_answered(understanding, memory)
    if chosen is not None:
        return _answer_choice(chosen, understanding, memory, knowledge)
    place = find_entry(understanding.text, knowledge)
    if place is not None:
        return _browse(place, memory, knowledge)
    understanding = find_neighbour(understanding, known, knowledge)
    if continues(understanding, known, knowledge):
        understanding = replace(understanding, intent="follow_up", confidence=1.0)
    if understanding.intent not in knowledge.topics and understanding.confidence < ANSWER_ABOVE:
        return _suggest(understanding, memory, knowledge)
    match understanding.intent:
        case "emergency":
            return _emergency(memory, knowledge)
        case "human":
            return refer_to_person(Case(knowledge, memory, understanding.text))
        case "smalltalk":
            return _say("smalltalk", f"smalltalk.{understanding.detail or 'greeting'}", memory, knowledge, call=False)
        case "refused":
            return _say("refused", f"refused.{understanding.detail or 'personal'}", memory, knowledge)
        case "own_account":
            return _own_account(understanding, memory, knowledge)
        case "not_in_documents":
            return _not_in_documents(understanding, memory, knowledge)
        case "out_of_scope":
            return _say("out_of_scope", "out_of_scope", memory, knowledge, call=False)
        case "foreign_language":
            return _say_foreign(understanding, memory, knowledge)
        case "menu":
            return _browse(ROOT, memory, knowledge)
        case "contact":
            return _contact(understanding, memory, knowledge)
        case "inform":
            return _answer_told(understanding, memory, knowledge)
        case "follow_up":
            return _follow_up(understanding, memory, knowledge)
        case "option" if memory.options:
            return _repeat_options(memory, knowledge)
        case "option" | "nothing":
            return _suggest(understanding, memory, knowledge)
    neighbour = find_corrected(understanding, memory, knowledge)
    if neighbour is not None:
        return _answer_topic(neighbour, memory.aspects, understanding.text, (), memory, knowledge)
    topic = find_topic(understanding, memory, knowledge)
    memory = settle_workplace(topic, understanding, memory, knowledge)
    if topic is not None and Case(knowledge, memory, understanding.text).insured_outside:
        return _answer_topic(topic, understanding.aspects, understanding.text, (), memory, knowledge)
    if topic is None or not is_sure_enough(topic, understanding, memory, knowledge):
        return _suggest(understanding, memory, knowledge)
    # Of two that tie, the one that is not answered first is the further question.
    also = tuple(
        Asked(understanding.intent, a.aspects) if a.topic == topic.id != understanding.intent else a
        for a in understanding.also
    )
    aspects = find_aspects(topic, understanding, memory, knowledge)
    return _answer_topic(topic, aspects, understanding.text, also, memory, knowledge)


# --- answers by kind ---------------------------------------------------------------------------------------------


def _answer_choice(option: Option, understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    request = option.request
    if request.none_of_these:
        return _say("suggest", "none_of_these", memory, knowledge)
    person = memory.person
    if request.region:
        person = replace(person, region=request.region)
    if request.scope:
        fits = person.care is not None and find_scope(person, knowledge) in (None, request.scope)
        person = replace(person, scope=request.scope, care=person.care if fits else None)
    if request.insurance:
        person = replace(person, insurance=request.insurance)
    memory = memory.with_person(replace(person, scope=find_scope(person, knowledge)))
    if request.type_region:
        waiting = replace(request, type_region=False)
        return offer(Notice("clarify.type_region"), (), replace(memory, pending=waiting), request.topic, knowledge)
    return _answer_request(request, understanding, memory, knowledge)


def _answer_request(request: Request, understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    if request.browse is not None:
        return _browse(request.browse, memory, knowledge, request)
    topic = knowledge.topics.get(request.topic or "")
    if topic is None:
        if request.topic == CONTACT:
            asked = replace(understanding, intent="contact", aspects=request.aspects, text=request.text, mentions=())
            return _contact(asked, memory, knowledge)
        return _browse(ROOT, memory, knowledge)
    if request.question:
        question = next((q for q in topic.questions if q.id == request.question), None)
        if question is not None:
            return ask_back(question, topic, request.aspects, request.text, memory, knowledge)
    return _answer_topic(topic, request.aspects, request.text, (), memory, knowledge)


def _answer_told(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    """A place (or a kind of insurance) alone: completes what was asked, or is remembered."""
    if memory.pending:
        return _answer_request(memory.pending, understanding, memory, knowledge)
    if memory.topic:
        other = find_counterpart(understanding.insurance, memory, knowledge)
        request = Request(other or memory.topic, memory.aspects, memory.text)
        return _answer_request(request, understanding, memory, knowledge)
    if memory.person.scope is not None and any(m.role == "care" for m in understanding.mentions):
        return _answer_topic(knowledge.topics[FILING], (), understanding.text, (), memory, knowledge)
    region = memory.person.region or memory.person.care
    options = (contact_option(knowledge, region), *topic_options(knowledge, [FILING]))
    values = {"region": knowledge.regions.by_code[region].name if region else ""}
    return offer(Notice("clarify.region_noted" if region else "clarify.menu", values), options, memory, None, knowledge)


def _follow_up(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    """那电话呢, 乌苏的呢: the topic of before, with the aspects or the place of now."""
    of_the_office = not understanding.aspects or not OFFICE_ASPECTS.isdisjoint(understanding.aspects)
    subject = memory.topic if of_the_office or memory.topic != CONTACT else memory.before
    topic = knowledge.topics.get(subject or "")
    name, chance = understanding.ranking[0] if understanding.ranking else ("", 0.0)
    if topic is not None and name in knowledge.topics and not understanding.aspects and chance >= ANOTHER_ABOVE:
        # 那住院呢: the same, asked of another service.
        return _answer_topic(knowledge.topics[name], memory.aspects, understanding.text, (), memory, knowledge)
    if topic is not None:
        case = Case(knowledge, memory, understanding.text)
        left_open = leaves_open(case, topic)
        aspects = understanding.aspects or (() if left_open else memory.aspects)
        text = understanding.text if understanding.aspects or left_open or case.cued(topic) else memory.text
        return _answer_topic(topic, aspects, text, (), memory, knowledge)
    if understanding.aspects and {*understanding.aspects} & OFFICE_ASPECTS:
        return _contact(understanding, memory, knowledge)
    if memory.topic == CONTACT:
        return _contact(replace(understanding, aspects=understanding.aspects or memory.aspects), memory, knowledge)
    if name in knowledge.topics and chance >= ANSWER_ABOVE:
        return _answer_topic(knowledge.topics[name], understanding.aspects, understanding.text, (), memory, knowledge)
    return _suggest(understanding, memory, knowledge)


def _contact(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    case = Case(knowledge, memory, understanding.text)
    aspects = tuple(a for a in understanding.aspects if a in OFFICE_ASPECTS) or (Aspect.PHONE,)
    named = [m.codes[0] for m in understanding.mentions if m.role == "insured"]
    both = any(word in understanding.text for word in BOTH)
    others = tuple(code for code in dict.fromkeys(named) if code != memory.person.region) if both else ()
    return answer_contact(case, aspects, _shared_name(understanding), others)


def _shared_name(understanding: Understanding) -> tuple[str, ...]:
    """Codes of the places that the insured region's name may mean; empty where it means one."""
    codes = next((m.codes for m in understanding.mentions if m.role == "insured"), ())
    return codes if len(codes) > 1 else ()


def _answer_topic(
    topic: Topic, aspects: tuple[Aspect, ...], text: str, also: tuple[Asked, ...], memory: Memory, knowledge: Knowledge
) -> Answer:
    case = Case(knowledge, memory, text)
    question = find_question(topic, aspects, case)
    if question is not None and not (case.insured_in_corps or case.insured_outside):
        return ask_back(question, topic, aspects, text, memory, knowledge)
    given = answer_topic(case, topic, aspects)
    for asked in also:
        other = knowledge.topics.get(asked.topic)
        if other is not None and other.id != topic.id and given.status in ("answered", "not_in_documents"):
            given = _join(given, answer_topic(case, other, asked.aspects))
    return given


def _join(first: Answer, second: Answer) -> Answer:
    """Two questions in one message: both answered, the first leads and its phone stays. One that the documents leave
    open is said to be left open behind the other."""
    if first.status != "answered":
        first, second = second, first
    if first.status != "answered":
        return first
    if second.status != "answered":
        left_open = (*first.left_open, *(second.left_open or (second.topic_name or "",)))
        return replace(first, answers=(*first.answers, *second.answers), left_open=left_open)
    return replace(
        first,
        answers=(*first.answers, *second.answers),
        sections=(
            *first.sections,
            *(Section(second.sections[0].aspect, (), notice=n) for n in second.notices if second.sections),
            *(
                replace(s, notice=s.notice or Notice("about", {"topic": second.topic_name or ""}))
                for s in second.sections
                if s.asked
            ),
            *_second_phone(first, second),
        ),
        sources=tuple(dict.fromkeys((*first.sources, *second.sources))),
        left_open=tuple(dict.fromkeys((*first.left_open, *second.left_open))),
    )


def _second_phone(first: Answer, second: Answer) -> tuple[Section, ...]:
    """The phone of the second matter, where it was asked for and is another (rule 4)."""
    contact = second.contact
    asked = any(Aspect.PHONE in asked.aspects for asked in second.answers)
    if not asked or contact is None or (first.contact and first.contact.number == contact.number):
        return ()
    notice = Notice("about", {"topic": second.topic_name or ""})
    return (
        Section(Aspect.PHONE, (Statement(contact.number, doubt=contact.doubt),), title=contact.label, notice=notice),
    )


def _suggest(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    """Unsure: near misses by name, alias and ranking, then the phone number (rule 8)."""
    named = [t.id for t in _named_topics(understanding.text, knowledge)]
    ranked = [name for name, score in understanding.ranking if name in knowledge.topics and score > 0.02]
    near = list(dict.fromkeys([*named, *ranked]))[:4]
    if not near or understanding.intent in FILLED_BY_MEMORY:
        first = topic_options(knowledge, knowledge.menu.topics)
        return _say("suggest", "suggest.nothing", memory, knowledge, options=first)
    options = (*topic_options(knowledge, near, understanding.aspects), none_of_these(knowledge))
    return _say("suggest", "suggest.near", memory, knowledge, options=options)


def _named_topics(text: str, knowledge: Knowledge) -> list[Topic]:
    """The topics whose name or alias stands in a message, the longest name first."""
    text = plain(text)
    found = [
        (max((len(n) for n in map(plain, (t.name, *t.aliases)) if n in text), default=0), t)
        for t in knowledge.topics.values()
    ]
    return [topic for length, topic in sorted(found, key=lambda pair: -pair[0]) if length]


WRITTEN_EVERYWHERE = (OFFICE_ASPECTS - {Aspect.PLACE}) | {Aspect.MATERIALS, Aspect.TIME_LIMIT}
"""Aspects that the documents tell of every service: asked of one that is named, they are not missing."""

BOTH = ("两", "各", "都", "分别", "和", "跟", "还有")
"""Words with which two places are asked for at once."""


def _repeat_options(memory: Memory, knowledge: Knowledge) -> Answer:
    """A number that is not on the list: the list again, and what was open stays open."""
    values = {"last": str(len(memory.options))}
    case = Case(knowledge, memory, "")
    given = case.begin("clarify", topic=memory.topic, phrase=Notice("clarify.number", values), options=memory.options)
    kept = replace(given.memory, pending=memory.pending)
    return replace(given, memory=kept)


def _emergency(memory: Memory, knowledge: Knowledge) -> Answer:
    lines = [line for office in knowledge.offices.values() for line in office.lines]
    number = next((line.number for line in lines if line.purpose is Purpose.EMERGENCY), AMBULANCE)
    begun = Case(knowledge, memory, "").begin("emergency", topic=None, phrase=Notice("emergency", {"number": number}))
    return close(begun, None)


def _say_foreign(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    """A language that we do not read: the translator's sentence for it, where there is one, and the number."""
    sentences = [s.sentence for s in knowledge.other_scripts if s.id == understanding.detail and s.sentence]
    given = _say("suggest", "foreign_language", memory, knowledge)
    return replace(given, phrase=Notice("foreign_language", {"sentence": "".join(f"\n{s}" for s in sentences)}))


def _own_account(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    """A person's own account is not ours to see: how to look it up, under the topic that comes nearest (rule 8)."""
    near = next((n for n, _ in understanding.ranking if n in LOOKED_UP and n in knowledge.topics), None)
    given = _say("answered", "own_account", memory, knowledge)
    if near is None:
        return given
    topic, asked = knowledge.topics[near], (Aspect.STATUS,)
    given = replace(given, topic=topic.id, topic_name=topic.name, answers=(Asked(topic.id, asked),))
    return close(given, topic.id, asked, understanding.text)


def _not_in_documents(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Answer:
    """Of medical insurance, but in no document; the topic that is named, or the nearest, decides whom to call."""
    named = [t for t in _named_topics(understanding.text, knowledge) if t.guides]
    case = Case(knowledge, memory, understanding.text)
    if named and not (case.insured_in_corps or case.insured_outside):
        if {*understanding.aspects} & WRITTEN_EVERYWHERE and not leaves_open(case, named[0]):
            return _answer_topic(named[0], understanding.aspects, understanding.text, (), memory, knowledge)
        return say_nothing_written(case, named[0], understanding.aspects or tuple(named[0].default_aspects))
    if case.insured_outside and not (case.person.care and case.care_in_xinjiang):
        place = Notice("other_province", {"region": case.name(case.person.region or "")})
        return replace(_say("out_of_scope", "out_of_scope", memory, knowledge, call=False), phrase=place)
    given = _say("not_in_documents", "not_in_documents", memory, knowledge)
    near = next((name for name, chance in understanding.ranking if name in knowledge.topics and chance > NEAR), None)
    if near is None:
        return given
    topic = knowledge.topics[near]
    contact = Case(knowledge, memory, "").contact((topic.id, topic.family))
    asked = Asked(topic.id, understanding.aspects or tuple(topic.default_aspects))
    return replace(given, topic=topic.id, topic_name=topic.name, answers=(asked,), contact=contact)


LOOKED_UP = ("account_details", "contribution_statement", "insured_information_query", "remote_care_filing")
"""Topics under which people look up what is their own."""


def _browse(place: Browse, memory: Memory, knowledge: Knowledge, request: Request | None = None) -> Answer:
    """A place in the menu; a topic reached there is answered, with its other aspects as taps."""
    topic = knowledge.topics.get(request.topic or "") if request else None
    if topic is None or request is None:
        options = browse_options(place, memory, knowledge)
        root = options == browse_options(ROOT, memory, knowledge)
        return offer(Notice("clarify.menu" if root else "clarify.browse"), options, memory, None, knowledge)
    options = aspect_options(topic, request.aspects, memory.person, place, knowledge) if place.start else ()
    if options:
        return offer(Notice("clarify.aspects", {"topic": topic.name}), options, memory, topic.id, knowledge)
    given = _answer_topic(topic, request.aspects, "", (), memory, knowledge)
    if any(o.request.region or o.request.type_region for o in given.options):
        options = tuple(replace(o, request=replace(o.request, browse=ROOT)) for o in given.options)
    elif given.status == "answered":
        asked = tuple(aspect for row in given.answers for aspect in row.aspects)
        options = aspect_options(topic, asked, memory.person, ROOT, knowledge) or given.options
    else:
        return given
    pending = given.memory.pending and replace(given.memory.pending, browse=ROOT)
    return replace(given, options=options, memory=replace(given.memory, options=options, pending=pending))


# --- pieces ------------------------------------------------------------------------------------------------------


def _say(
    status: str, key: str, memory: Memory, knowledge: Knowledge, *, call: bool = True, options: tuple[Option, ...] = ()
) -> Answer:
    """A fixed sentence, with the number that fits the person's region where calling helps."""
    case = Case(knowledge, memory, "")
    contact = case.contact(("all",)) if call else None
    given = close(case.begin(status, topic=None, phrase=Notice(key), options=options, contact=contact), memory.topic)
    if status != "smalltalk":
        return given
    kept = replace(given.memory, options=memory.options, pending=memory.pending)
    return replace(given, memory=kept)
