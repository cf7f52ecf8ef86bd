"""What a message tells: which option was chosen, and what is known about the person from now on."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from knowledge.case import Case
from knowledge.conversation import SELF, THAT_PERSON, Memory, Option, Person, Understanding
from knowledge.fields import aspects_on_file
from knowledge.regions import XINJIANG
from knowledge.schema import Aspect, Care, Topic
from knowledge.store import Knowledge

START = 4
"""Characters of a label that are enough to choose it: 其他县市."""

SHORTEST = 2
"""Characters of one that are enough where they are all that is said, and no other begins with them."""

ENDINGS = "的吧呢啊呀嘛"

SHORT_ANSWER = 8
"""Characters up to which a message answers a question back and asks nothing new."""

FULL_ANSWER = 30
"""The same where the message is surely about what one of the options stands for."""

SURELY = 0.5
"""Confidence from which it is."""

BESIDE_THE_POINT = frozenset({"out_of_scope", "smalltalk", "emergency"})
"""Intents whose places of stay are no places of care: 去北京旅游带什么."""


AT_WORK = frozenset({"institutions", "enrolment", "information", "transfer"})
"""Families in which a place is where somebody works, not where they are cared for."""

_GOES_FOR_CARE = re.compile(r"[去到往].{2,10}(看病|看眼|看牙|治病|就医|住院|做?手术|检查)")
"""我爸退休了，去乌鲁木齐看病: not even where 退休 is what is asked about."""


def find_choice(understanding: Understanding, memory: Memory) -> Option | None:
    """An option is tapped (its text comes back), typed as its number, or typed in words."""
    if understanding.number is not None and 1 <= understanding.number <= len(memory.options):
        return memory.options[understanding.number - 1]
    said = plain(understanding.text)
    for option in memory.options:
        label = plain(option.label)
        if said in (label, plain(option.send)) or (len(said) >= START and label.startswith(said)):
            return option
    # 住院的, where 住院报销 is the only one of the kind.
    short = said.rstrip(ENDINGS)
    begun = [option for option in memory.options if plain(option.label).startswith(short)]
    return begun[0] if len(begun) == 1 and len(short) >= SHORTEST and not understanding.said else None


def find_answered(understanding: Understanding, memory: Memory) -> Option | None:
    """A question back is answered in own words, without a question of its own: 门诊还是住院？ 住院的."""
    longest = FULL_ANSWER if understanding.confidence >= SURELY else SHORT_ANSWER
    if memory.pending is None or understanding.said or len(understanding.text) > longest:
        return None
    for option in memory.options:
        asked = option.request
        of_the_case = asked.region or asked.type_region or asked.scope or asked.insurance
        if asked.topic == understanding.intent and not of_the_case:
            return option
    return None


def find_aspects(
    topic: Topic, understanding: Understanding, memory: Memory, knowledge: Knowledge
) -> tuple[Aspect, ...]:
    """What is asked of ``topic``: in words; or what a question back of the same family interrupted; or, of another
    place, the same as before; or what is likely,
    where the topic has something of it and no cue decides."""
    pending = knowledge.topics.get(memory.pending.topic or "") if memory.pending else None
    if memory.pending and pending and not understanding.said and pending.family == topic.family:
        return memory.pending.aspects
    if topic.id == memory.topic and not understanding.said and any(m.role == "insured" for m in understanding.mentions):
        return memory.aspects
    if Case(knowledge, memory, understanding.text).cued(topic):
        return understanding.aspects
    on_file = aspects_on_file(topic)
    likely = [topic.default_aspects if a is Aspect.OVERVIEW else (a,) for a in understanding.likely]
    known = (a for aspects in likely for a in aspects if a in on_file)
    return tuple(dict.fromkeys((*understanding.aspects, *known)))


@lru_cache(maxsize=5_000)
def plain(text: str) -> str:
    """Characters that say something, in one width: what a tap sends comes back normalised."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def learn(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Memory:
    """Puts what the message tells about the person into the memory, in the case that it is about."""
    speaks_of_care = understanding.intent not in BESIDE_THE_POINT
    # 乌鲁木齐冷不冷 tells of nobody.
    of_somebody = speaks_of_care or understanding.person is not None or bool(understanding.said)
    insured = [m for m in understanding.mentions if m.role == "insured" and m.codes[0] != XINJIANG and of_somebody]
    care = [m for m in understanding.mentions if m.role == "care" and speaks_of_care]
    denied = {code for m in understanding.mentions if m.role == "denied" for code in m.codes}
    if understanding.person == SELF:
        memory = replace(memory, current=SELF)
    elif understanding.person == THAT_PERSON:
        others = [name for name in memory.people if name != SELF]
        memory = replace(memory, current=others[-1]) if others else memory
    elif understanding.person and (
        understanding.opens_case
        or understanding.person in memory.people
        or (insured and memory.people.get(SELF, Person()).region not in (None, insured[0].codes[0]))
    ):
        memory = replace(memory, current=understanding.person)
    person = _still_known(memory.person, knowledge)
    if person.region in denied:
        person = replace(person, region=None)
    if person.care in denied:
        person = replace(person, care=None, scope=None)
        insured, care = ([], insured) if insured and not care else (insured, care)
    if insured:
        person = replace(person, region=_narrow(insured[0].codes, person.region, knowledge))
    if care:
        person = replace(person, care=care[0].codes[0], scope=None)
    elif understanding.care and speaks_of_care:
        person = replace(person, care=None, scope=understanding.care)
    if understanding.insurance:
        person = replace(person, insurance=understanding.insurance)
    memory = memory.with_person(replace(person, scope=find_scope(person, knowledge)))
    if insured and memory.current == SELF and understanding.person not in (None, SELF, THAT_PERSON):
        # 我妈在塔城市: hers as well, should the sender turn out to be insured elsewhere.
        memory = replace(memory, people={**memory.people, str(understanding.person): memory.person})
    return memory


def _still_known(person: Person, knowledge: Knowledge) -> Person:
    """Drops what a newer release does not know any more."""
    known = knowledge.regions.by_code
    region = person.region if person.region in known else None
    return replace(person, region=region, care=person.care if person.care in known else None)


def _narrow(codes: tuple[str, ...], known: str | None, knowledge: Knowledge) -> str:
    """Of the places that share a name, takes the one that lies in, or around, the region known so far."""
    if known is not None:
        for code in codes:
            if knowledge.regions.is_within(code, known) and code != known:
                return code
    return codes[0]


def find_scope(person: Person, knowledge: Knowledge) -> Care | None:
    if person.care is None:
        outside = Case(knowledge, Memory().with_person(person), "").insured_outside
        if outside and person.scope in (None, Care.XINJIANG):
            return Care.INTO_XINJIANG
        return None if person.scope is Care.INTO_XINJIANG and not outside else person.scope
    if person.region is None:
        return Care.XINJIANG if knowledge.regions.in_xinjiang(person.care) else Care.CROSS_PROVINCE
    return knowledge.regions.care_scope(person.region, person.care)


def settle_workplace(topic: Topic | None, understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Memory:
    """Who speaks for a hospital, a pharmacy or an employer stands where it lies: 托里县医院和医保结算 is of Toli; who
    moves from another province to work here is insured here: 在广东交了五年，现在回库车上班."""
    person = memory.person
    named = [m.codes[0] for m in understanding.mentions if m.role == "care"]
    here = person.region is not None and knowledge.regions.in_xinjiang(person.region)
    if topic is None or topic.family not in AT_WORK or here or not named or not knowledge.regions.in_xinjiang(named[0]):
        return memory
    if topic.family != "institutions" and _GOES_FOR_CARE.search(understanding.text):
        return memory
    return memory.with_person(replace(person, region=named[0], care=None, scope=None))
