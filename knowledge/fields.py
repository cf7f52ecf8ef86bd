"""Which guide's words count for a region: inheritance field by field (design §4, rule 1).

A *field* is an aspect of a topic; within ``rules`` every block with an id is a field of its own, because a nearer
rule about one thing does not replace a farther rule about another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from knowledge.moments import now_in_beijing
from knowledge.regions import XINJIANG, Regions
from knowledge.schema import Aspect, Block, Care, ClosingNote, Fact, FactRole, Guide, Insurance, Topic, When

MOST_CUED = 3

MOST_ELSEWHERE = 5
"""Other places whose local guide of a topic is looked at for want of a nearer one; what hundreds of counties do
differently helps nobody."""

LONG_ENOUGH = 4
"""Characters from which a longer cue says no more: the name of an app is long, and means little by itself."""

_CLAUSES = re.compile(r"[?。;!,、]")
_ASKS = re.compile(
    "几|什么|啥|撒|吗|怎么|咋|哪|多少|多久|要不要|能不能|可不可以|可以不|行不行|有没有|有无|还要|必须|是不是|如何"
)
"""Clauses of a normalised message that ask something."""


class Level(Enum):
    """Where a guide stands, seen from the insured region; nearest first."""

    OWN = "own"
    INHERITED = "inherited"
    FOR_ALL = "for_all"
    ELSEWHERE = "elsewhere"
    """A local rule of another place: shown only for want of any other, and never with its phone."""


@dataclass(frozen=True)
class Situation:
    """What decides which blocks hold. ``region`` None: unknown, the autonomous region's rule is looked at."""

    region: str | None = None
    care: str | None = None
    scope: Care | None = None
    insurance: Insurance | None = None
    for_other: bool | None = None
    today: date | None = None


@dataclass(frozen=True)
class Placed:
    """A block with the guide that it stands in and how near that is."""

    block: Block
    aspect: Aspect
    guide: Guide
    level: Level


@dataclass(frozen=True)
class Field:
    """The blocks of the nearest guide, and the facts that farther guides add."""

    blocks: tuple[Placed, ...]
    additions: tuple[tuple[Fact, Guide], ...] = ()


def holds(when: When | None, situation: Situation, regions: Regions) -> bool | None:
    """Says whether the conditions hold: None where something that they need is not known."""
    if when is None:
        return True
    verdicts = [
        _in_scope(situation.scope, when.care),
        _within(situation.care, when.care_regions, regions),
        _one_of(situation.insurance, when.insurance),
        _within(situation.region, when.insured_regions, regions),
        None
        if when.for_other is not None and situation.for_other is None
        else when.for_other in (None, situation.for_other),
    ]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _in_scope(scope: Care | None, wanted: list[Care] | None) -> bool | None:
    """Somebody who does not say where the care is goes somewhere else in Xinjiang or beyond: the special cases, care
    at home and from outside Xinjiang, have to be said."""
    if wanted is None:
        return True
    if scope is None:
        return None if {Care.XINJIANG, Care.CROSS_PROVINCE} & {*wanted} else False
    return scope in wanted


def _one_of(value: object, wanted: Iterable[object] | None) -> bool | None:
    if wanted is None:
        return True
    return None if value is None else value in wanted


def _within(code: str | None, wanted: list[str] | None, regions: Regions) -> bool | None:
    if wanted is None:
        return True
    return None if code is None else any(regions.is_within(code, ancestor) for ancestor in wanted)


@lru_cache(maxsize=20_000)
def guides_by_distance(topic: Topic, region: str | None, regions: Regions) -> tuple[tuple[Guide, Level], ...]:
    """Lists the topic's guides, nearest first. The Corps inherits nothing, and gets nothing."""
    if region is not None and regions.is_corps(region):
        return ()
    near = region or XINJIANG
    chain = [near, *(above.code for above in regions.ancestors(near))] if regions.in_xinjiang(near) else []
    in_chain = sorted((g for g in topic.guides if g.published_by in chain), key=lambda g: chain.index(g.published_by))
    placed = [(g, Level.OWN if g.published_by == region else Level.INHERITED) for g in in_chain]
    others = [g for g in topic.guides if g.published_by not in chain]
    placed += [(g, Level.FOR_ALL) for g in others if g.applies_to == "all"]
    if chain:
        placed += [(g, Level.ELSEWHERE) for g in others if g.applies_to == "local"][:MOST_ELSEWHERE]
    return tuple(placed)


def find_field(topic: Topic, aspect: Aspect, situation: Situation, regions: Regions) -> Field | None:
    """Finds what counts for ``aspect``: None where no guide has it, not even of another place."""
    placed = list(_blocks(topic, aspect, situation, regions))
    shown = [p for p in placed if not p.block.detail]
    near = [p for p in shown if p.level is not Level.ELSEWHERE] or shown
    if not near:
        return None
    nearest = near[0].guide
    if aspect is Aspect.RULES and near[0].level is not Level.ELSEWHERE:
        chosen = list(_nearest_of_each_id(near))
    else:
        chosen = [p for p in near if p.guide is nearest]
    additions = [
        (fact, p.guide)
        for p in placed
        if p.level is Level.INHERITED and p not in chosen and p.guide is not nearest
        for fact in current_facts(p.block, situation, regions)
        if fact.role is not FactRole.MAIN
    ]
    return Field(tuple(chosen), tuple(additions))


def find_cued(
    topic: Topic, text: str, situation: Situation, regions: Regions, general: Topic | None = None
) -> list[Placed]:
    """Finds the blocks that the question asks for by their cues, best first: one for the message, and one for each
    further question in it.

    The same block of a nearer guide hides that of a farther one, and ``topic``'s that of ``general``, which holds what
    is the same for its neighbours.
    """
    nearest: dict[object, tuple[int, Placed]] = {}
    for own, each in [(1, topic), *([(0, general)] if general else [])]:
        for placed in _cueable(each, situation, regions):
            nearest.setdefault(placed.block.id or id(placed.block), (own, placed))
    found: list[Placed] = []
    for question in (text, *_questions(text)):
        scored = [
            (cue_score(question, p.block.cues), own, -list(Level).index(p.level), p) for own, p in nearest.values()
        ]
        score, _, _, best = max(scored, key=lambda row: row[:3], default=(0, 0, 0, None))
        if best is not None and score and best not in found:
            found.append(best)
    return found[:MOST_CUED]


def find_periods(topic: Topic, situation: Situation, regions: Regions) -> list[Placed]:
    """The blocks whose period holds here: of one id the nearest, none of another place."""
    placed = (p for aspect in Aspect for p in _blocks(topic, aspect, situation, regions))
    return list(_nearest_of_each_id([p for p in placed if p.block.period and p.level is not Level.ELSEWHERE]))


def _cueable(topic: Topic, situation: Situation, regions: Regions) -> Iterator[Placed]:
    """The blocks that have cues, aspect by aspect, nearest first."""
    for placed in _with_cues(topic, situation.region, regions):
        if _counts(placed.block, situation, regions):
            yield placed


@lru_cache(maxsize=20_000)
def _with_cues(topic: Topic, region: str | None, regions: Regions) -> tuple[Placed, ...]:
    return tuple(
        Placed(block, aspect, guide, level)
        for aspect in Aspect
        for guide, level in guides_by_distance(topic, region, regions)
        for block in guide.aspects.get(aspect, ())
        if block.cues
    )


@lru_cache(maxsize=20_000)
def aspects_on_file(topic: Topic) -> frozenset[Aspect]:
    """What the guides of a topic say anything of."""
    return frozenset(aspect for guide in topic.guides for aspect, blocks in guide.aspects.items() if blocks)


@lru_cache(maxsize=2_000)
def all_cues(topic: Topic) -> tuple[str, ...]:
    """Its names, and the cues of everything that it says itself."""
    own = [g for g in topic.guides if not isinstance(g, ClosingNote)]
    cues = [cue for g in own for blocks in g.aspects.values() for b in blocks for cue in b.cues]
    cues += [cue for question in topic.left_open for cue in question.cues]
    return tuple(dict.fromkeys((topic.name, *topic.aliases, *cues)))


def forget_topics() -> None:
    """Lets go of what was worked out for topics, and so of the topics: those of a release that is gone would stay in
    memory. What is asked for again is worked out again."""
    for worked_out in (guides_by_distance, _with_cues, aspects_on_file, all_cues):
        worked_out.cache_clear()


def _questions(text: str) -> list[str]:
    return [clause for clause in _CLAUSES.split(text) if _ASKS.search(clause)]


def cue_score(text: str, cues: Iterable[str]) -> int:
    """Scores how strongly ``text`` hits ``cues``: the longest counts, each further one a little. 0: not at all."""
    text = _one_wording(text)
    amounts = _DAYS.sub("几", text)
    whole, divided = _prepared(tuple(cues))

    def is_said(piece: str) -> bool:
        return piece in (amounts if piece.endswith("多少") else text)

    hit = [len(cue) for cue in whole if is_said(cue)]
    hit += [sum(map(len, parts)) for parts in divided if all(map(is_said, parts))]
    return 10 * min(max(hit), LONG_ENOUGH) + len(hit) - 1 if hit else 0


@lru_cache(maxsize=20_000)
def _prepared(cues: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The cues in one wording: those of one piece, and the pieces of the others."""
    pieces = [tuple(map(_one_wording, cue.split("+"))) for cue in cues]
    return tuple(first for first, *more in pieces if not more), tuple(parts for parts in pieces if len(parts) > 1)


def current_facts(block: Block, situation: Situation, regions: Regions) -> list[Fact]:
    """Gives the block's facts that are in force and not contradicted."""
    return [f for f in block.facts if _in_force(f, situation) and holds(f.when, situation, regions) is not False]


def _in_force(fact: Fact, situation: Situation) -> bool:
    if fact.valid_from is None and fact.valid_until is None:
        return True
    today = situation.today or now_in_beijing().date()
    return (fact.valid_from or today) <= today <= (fact.valid_until or today)


def cover(text: str, example: str, names: Iterable[str]) -> float:
    """Share of the example's pairs of neighbouring characters that stand in ``text``, less those of ``names``: that
    both name the topic says nothing."""
    wanted = _pairs(example).difference(*map(_pairs, names))
    return len(wanted & _pairs(text)) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=5_000)
def _pairs(text: str) -> frozenset[str]:
    plain = re.sub(r"[\W_]", "", _one_wording(text))
    return frozenset(a + b for a, b in pairwise(plain))


_DAYS = re.compile("多少(?=天|个?工作日|个?月)")
"""报销多少天 asks for days, and is no 报销多少."""

_WORDINGS = {
    "咋": "怎么",
    "啥": "什么",
    "撒": "什么",
    "好多": "多少",
    "之内": "内",
    "以内": "内",
    "里头": "内",
    "里面": "内",
    "些什么": "什么",
}


@lru_cache(maxsize=1_000)
def _one_wording(text: str) -> str:
    """啥, 撒 and 咋 are 什么 and 怎么, 之内 and 里头 are 内: a cue is written once."""
    for other, word in _WORDINGS.items():
        text = text.replace(other, word)
    return text


def _blocks(topic: Topic, aspect: Aspect, situation: Situation, regions: Regions) -> Iterator[Placed]:
    for guide, level in guides_by_distance(topic, situation.region, regions):
        for block in guide.aspects.get(aspect, ()):
            if _counts(block, situation, regions):
                yield Placed(block, aspect, guide, level)


def _counts(block: Block, situation: Situation, regions: Regions) -> bool:
    """Says whether something of the block is in force, and its conditions are not contradicted."""
    outdated = block.facts and not any(_in_force(fact, situation) for fact in block.facts)
    return not outdated and holds(block.when, situation, regions) is not False


def _nearest_of_each_id(placed: list[Placed]) -> Iterator[Placed]:
    seen: set[str] = set()
    for p in placed:
        if p.block.id is None or p.block.id not in seen:
            yield p
        if p.block.id is not None:
            seen.add(p.block.id)
