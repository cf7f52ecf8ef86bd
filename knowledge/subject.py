"""Which topic a message is about, and whether that is sure enough to answer (design §5)."""

from __future__ import annotations

from dataclasses import replace

from knowledge.case import CONTACT, Case
from knowledge.conversation import Memory, Understanding
from knowledge.schema import OFFICE_ASPECTS, Aspect, Insurance, Topic
from knowledge.store import Knowledge

TOLD_OF_SERVICES = OFFICE_ASPECTS | {Aspect.MATERIALS, Aspect.TIME_LIMIT, Aspect.FEE, Aspect.PROXY}
"""Aspects that a service has and an account has not: 查我参的是职工还是居民，要带啥."""

AS_GOOD_AS_OPEN = 0.75
"""Share of the topic's probability from which "in no document" wins, where no cue speaks for the topic. Of eleven such
questions of the exam ten stand in no document."""

OFTEN_OPEN = frozenset({Aspect.OVERVIEW, Aspect.RULES, Aspect.ELIGIBILITY, Aspect.TIME_LIMIT, Aspect.FEE, Aspect.STEPS})
"""Aspects under which people ask what no document says: how much, how often, since when."""

LOOKED_UP_ABOVE = 0.2
"""Confidence from which such a question is about the service by which one looks it up."""

NOT_OURS = (
    "养老金",
    "退休金",
    "养老保险",
    "失业金",
    "失业保险",
    "工伤保险",
    "公积金",
    "商业",
    "理赔",
    "车险",
    "生存认证",
    "养老认证",
    "退休工资",
    "工伤认定",
)
"""Words of other insurances and funds: with one of them, and none of ours, a doubtful message is out of scope."""

OURS = ("医保", "备案", "转诊", "灵活就业", "定点医")
"""Words that stand in no question of another domain."""

DOUBTFUL = 0.6
"""Confidence up to which a message with such a word is not out of scope."""

NEAR = 0.1
"""Probability from which a topic is near enough to be what a message outside of all topics is about."""

ANSWER_ABOVE = 0.4
"""Confidence from which a topic is answered; below it near misses are offered (design §5)."""

CUED_ABOVE = 0.25
"""Confidence from which a topic is answered whose name or cue stands in the message."""

RATHER_SURE = 0.7
"""Confidence from which a few words are about what they are like, whatever was talked about."""

HALF_SURE = 0.5
"""Confidence up to which a few words that ask for an aspect stay with a topic rather than go to its neighbour."""

CERTAIN = 0.9
"""Confidence from which a message names its topic, whatever was talked about."""

CLEAR = 2.2
"""How many times as likely as the second a topic must be to be answered below that."""

FAMILY_ABOVE = 0.5
"""Confidence that several topics of one family have together, from which the first of them is answered."""

TIE = 0.85
"""Share of the first topic's confidence from which the second counts as equal."""

MARGIN = 10
"""How much harder than the first a message must hit the second of two equal topics: one character of a cue."""

TIE_WITH_UNRECORDED = 0.3
"""The same where the first topic has no content yet."""

ABOUT_US = ("你", "您")
"""Words with which small talk is about the bot: 你几点下班."""

LEANING = 18
"""Characters of a message that may lean on what was said before."""

OFFICE_WORDS = ("医保局", "医保中心", "大厅", "窗口", "服务中心", "你们", "单位")
"""Words with which phone, address and hours are those of an office, not of the service that was talked about."""

BARE = 8
"""Characters of a message that hardly asks for more than an aspect: 交哪些单子."""

NEIGHBOURLY = 3
"""How many times as likely as before a neighbour of the last topic is, in a short message."""

TELLING = 40
"""Characters of a message that tells something and asks an aspect of what was talked about."""

UNLIKE_ANY = 0.15
"""Probability up to which a message is like no topic."""

TWIN = 0.4
"""Share of the first topic's probability from which its twin is meant, for the kind of customer that was talked about:
after pharmacies' designation pharmacies' settlement, not hospitals'."""

KINDS = {Insurance.RESIDENT: "居民", Insurance.EMPLOYEE: "职工"}
"""The words in the names of services that are for one kind of insurance only."""

HARDLY = 0.03
"""Probability below which even a neighbour is not what was meant."""

FIXED = frozenset({"emergency", "human", "refused", "option", "menu", "inform", "foreign_language", "contact"})
"""Intents that a short message keeps, whatever was talked about."""


def continues(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> bool:
    """A short, unsure message after an answer goes on with the same topic where it asks for an aspect of it, or hits
    one of its cues: 网上几天能办好, 才备了两个月，现在行不行."""
    topic = knowledge.topics.get(memory.topic or "")
    of_the_office = understanding.mentions or any(word in understanding.text for word in OFFICE_WORDS)
    fixed = understanding.intent in FIXED and (understanding.intent != CONTACT or of_the_office)
    if topic is None or fixed or understanding.intent == topic.id:
        return False
    if _asks_of_it(understanding, topic):
        return True
    if len(understanding.text) > LEANING:
        return False
    if understanding.intent == CONTACT:
        return True
    case = Case(knowledge, memory, understanding.text)
    if understanding.confidence < ANSWER_ABOVE:
        return bool(understanding.aspects or case.cued(topic))
    if understanding.intent == "smalltalk":
        return bool(understanding.aspects) and not any(word in understanding.text for word in ABOUT_US)
    new = knowledge.topics.get(understanding.intent)
    if understanding.confidence >= CERTAIN:
        return False
    if understanding.confidence < RATHER_SURE and _chance(topic, understanding) > understanding.confidence / 2:
        return True
    if new and new.family == topic.family and understanding.said and understanding.confidence < HALF_SURE:
        return case.cue_strength(topic) >= case.cue_strength(new)
    if _is_bare(understanding, topic) and (case.cued(topic) or not (new and case.cue_strength(new))):
        return True
    if new and understanding.text.startswith("那个") and case.cue_strength(topic) > case.cue_strength(new) - MARGIN > 0:
        return True
    return case.cue_strength(topic) > (case.cue_strength(new) if new else 0)


def _asks_of_it(understanding: Understanding, topic: Topic) -> bool:
    """An aspect, for another place or person, in a message that is like no other topic: 我沙湾还有个店，那边几天."""
    if not understanding.said or understanding.corrects or len(understanding.text) > TELLING:
        return False
    elsewhere = any(m.role == "insured" for m in understanding.mentions)
    if understanding.intent == "out_of_scope" and elsewhere:
        return understanding.confidence < RATHER_SURE
    others = [chance for name, chance in understanding.ranking if name != topic.id]
    return max([understanding.confidence, *others]) < (ANSWER_ABOVE if elsewhere else UNLIKE_ANY)


def _chance(topic: Topic, understanding: Understanding) -> float:
    return dict(understanding.ranking).get(topic.id, 0.0)


def _is_bare(understanding: Understanding, topic: Topic) -> bool:
    """Hardly more than an aspect, and nothing that is surely something else: 交哪些单子, 能在网上弄不. How much is paid
    is asked in as few words, and is in no document."""
    if understanding.corrects or not understanding.aspects or len(understanding.text) > BARE:
        return False
    if understanding.intent == "not_in_documents":
        return Aspect.FEE not in understanding.aspects
    if understanding.intent == "out_of_scope":
        return _chance(topic, understanding) > NEAR
    return understanding.confidence < RATHER_SURE


def find_neighbour(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Understanding:
    """A short, unsure message after an answer is about a neighbour of its topic whose cue it hits: 转的话要几天 after
    the certificate that a transfer needs. Types of filing, which share a ``general`` topic, are not told apart so."""
    before = knowledge.topics.get(memory.topic or "")
    unsure = understanding.intent not in FIXED and understanding.confidence < ANSWER_ABOVE
    longest = TELLING if understanding.said else LEANING
    if before is None or before.general or not unsure or len(understanding.text) > longest:
        return understanding
    case = Case(knowledge, memory, understanding.text)
    least = max(NEAR, _chance(before, understanding), understanding.confidence / NEIGHBOURLY)
    neighbours = [
        name
        for name, chance in understanding.ranking
        if chance > least and name != before.id and _family(name, knowledge) == before.family
        if case.cue_strength(knowledge.topics[name]) > case.cue_strength(before)
    ]
    if not neighbours:
        return understanding
    twin = next((name for name in neighbours if _kind(name) == _kind(before.id)), neighbours[0])
    return replace(understanding, intent=twin, confidence=CERTAIN)


def find_corrected(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Topic | None:
    """不是门诊，是住院: the neighbour that was meant; what was asked stays asked."""
    before = knowledge.topics.get(memory.topic or "")
    if before is None or len(understanding.text) > LEANING or not understanding.corrects:
        return None
    if understanding.confidence >= CERTAIN and _family(understanding.intent, knowledge) != before.family:
        return None
    near = (name for name, chance in understanding.ranking if chance > HARDLY and name != before.id)
    return next((knowledge.topics[name] for name in near if _family(name, knowledge) == before.family), None)


def find_counterpart(insurance: Insurance | None, memory: Memory, knowledge: Knowledge) -> str | None:
    """The id of the service that is for the other kind of insurance: 我是居民医保 after 职工参保信息变更登记."""
    before = knowledge.topics.get(memory.topic or "")
    word = KINDS.get(insurance) if insurance else None
    others = [other for other in KINDS.values() if other != word]
    if before is None or word is None or word in before.name or not any(other in before.name for other in others):
        return None
    return next((t.id for t in knowledge.topics.values() if t.family == before.family and word in t.name), None)


def settle_scope(understanding: Understanding, knowledge: Knowledge) -> Understanding:
    """Where places are masked, another province's insurance reads like ours: the places decide what is out of scope.

    An unsure message that asks for phone, address or hours of a place is about the office there.
    """
    intent, sure = understanding.intent, understanding.confidence >= ANSWER_ABOVE
    here = [m for m in understanding.mentions if knowledge.regions.in_xinjiang(m.codes[0])]
    if intent == CONTACT and understanding.confidence < DOUBTFUL:
        return _settle_business(understanding, knowledge)
    if not sure and {*understanding.aspects} & OFFICE_ASPECTS and here:
        if intent in knowledge.topics and understanding.confidence >= CUED_ABOVE:
            return replace(understanding, confidence=ANSWER_ABOVE)
        return replace(understanding, intent=CONTACT, confidence=ANSWER_ABOVE)
    if intent == "own_account" and {*understanding.aspects} & TOLD_OF_SERVICES:
        name, chance = _nearest(understanding, knowledge)
        if chance > LOOKED_UP_ABOVE:
            return replace(understanding, intent=name, confidence=max(chance, ANSWER_ABOVE))
    if intent in knowledge.topics and _is_rather_open(understanding, knowledge):
        return replace(understanding, intent="not_in_documents", confidence=max(understanding.confidence, ANSWER_ABOVE))
    if _is_rather_elsewhere(understanding):
        return replace(understanding, intent="out_of_scope", confidence=max(understanding.confidence, ANSWER_ABOVE))
    if intent != "out_of_scope" or not any(word in understanding.text for word in OURS):
        return understanding
    name, chance = _nearest(understanding, knowledge)
    elsewhere = any(word in understanding.text for word in NOT_OURS) and understanding.confidence > chance
    if understanding.confidence < DOUBTFUL and chance > NEAR and not elsewhere:
        return replace(understanding, intent=name, confidence=max(chance, ANSWER_ABOVE))
    if here and len(here) == len(understanding.mentions):
        return replace(understanding, intent="not_in_documents", confidence=max(understanding.confidence, ANSWER_ABOVE))
    return understanding


def _nearest(understanding: Understanding, knowledge: Knowledge) -> tuple[str, float]:
    """The topic that the classifier ranks first among topics, and its probability."""
    return next(((name, chance) for name, chance in understanding.ranking if name in knowledge.topics), ("", 0.0))


def _is_rather_elsewhere(understanding: Understanding) -> bool:
    """退休金认证在哪刷脸: like one of our services, and about another insurance."""
    named = any(word in understanding.text for word in NOT_OURS)
    ours = any(word in understanding.text for word in OURS)
    chance = dict(understanding.ranking).get("out_of_scope", 0.0)
    return named and not ours and chance > NEAR and understanding.confidence < RATHER_SURE


def _is_rather_open(understanding: Understanding, knowledge: Knowledge) -> bool:
    """住院报几成: of a topic, and about as likely in no document."""
    chance = dict(understanding.ranking).get("not_in_documents", 0.0)
    if chance < AS_GOOD_AS_OPEN * understanding.confidence or not OFTEN_OPEN.issuperset(understanding.aspects):
        return False
    return not Case(knowledge, Memory(), understanding.text).cued(knowledge.topics[understanding.intent])


def _settle_business(understanding: Understanding, knowledge: Knowledge) -> Understanding:
    """Phone, address or hours of a service that the message names is a question about that service: 产假那个钱的事，
    沙湾这边打哪个电话. Without one it is about the office."""
    case = Case(knowledge, Memory(), understanding.text)
    for name, chance in understanding.ranking:
        topic = knowledge.topics.get(name)
        if topic is None or chance < NEAR:
            continue
        if chance >= TIE * understanding.confidence or case.cue_strength(topic):
            return replace(understanding, intent=name, confidence=max(chance, ANSWER_ABOVE))
        break
    return replace(understanding, confidence=max(understanding.confidence, ANSWER_ABOVE))


def is_sure_enough(topic: Topic, understanding: Understanding, memory: Memory, knowledge: Knowledge) -> bool:
    """Sure of the topic, or at least of its family: the first of a family answers for its neighbours as well. What was
    talked about needs no more than to come first."""
    if understanding.confidence >= ANSWER_ABOVE or topic.id in (memory.topic, memory.before):
        return True
    second = understanding.ranking[1][1] if len(understanding.ranking) > 1 else 0.0
    if understanding.confidence >= max(CUED_ABOVE, CLEAR * second):
        return True
    if understanding.confidence >= CUED_ABOVE and Case(knowledge, Memory(), understanding.text).cue_strength(topic):
        return True
    chances = [c for name, c in understanding.ranking if _family(name, knowledge) == topic.family]
    return len(chances) > 1 and sum(chances) >= FAMILY_ABOVE


def _family(name: str, knowledge: Knowledge) -> str | None:
    topic = knowledge.topics.get(name)
    return topic.family if topic else None


def find_topic(understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Topic | None:
    """The topic asked; of two that the classifier holds equal, the one whose cues the message hits harder."""
    first = knowledge.topics.get(understanding.intent)
    if first is None or len(understanding.ranking) < 2 or understanding.ranking[0][0] != first.id:
        return first
    twin = _find_twin(first, understanding, memory, knowledge)
    if twin is not None:
        return twin
    name, chance = understanding.ranking[1]
    second = knowledge.topics.get(name)
    tie = TIE if first.guides else TIE_WITH_UNRECORDED
    if second is None or not second.guides or chance < tie * understanding.confidence:
        return first
    for topic in (first, second):
        if understanding.aspects and understanding.aspects[0] in topic.default_aspects[:1] != [Aspect.OVERVIEW]:
            return topic
    family = _family(memory.topic or "", knowledge)
    if first.family != second.family and family in (first.family, second.family):
        return first if first.family == family else second
    case = Case(knowledge, memory, understanding.text)
    return second if case.cue_strength(second) > case.cue_strength(first) + MARGIN else first


def _find_twin(first: Topic, understanding: Understanding, memory: Memory, knowledge: Knowledge) -> Topic | None:
    """The neighbour of ``first`` whose id begins with the same word as that of the last topic: pharmacy_settlement."""
    kind = _kind(memory.topic or "")
    if not kind or _kind(first.id) == kind:
        return None
    likely = (name for name, chance in understanding.ranking if chance >= TWIN * understanding.confidence)
    same = (knowledge.topics[name] for name in likely if _kind(name) == kind and name in knowledge.topics)
    return next((topic for topic in same if topic.family == first.family), None)


def _kind(name: str) -> str:
    """For whom a service is, by the first word of its id: pharmacy, hospital, unit."""
    return name.split("_")[0]
