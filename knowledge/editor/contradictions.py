"""Where two levels say different things about one matter: a longer limit, other forms, other figures.

A nearer level may be stricter with itself (a shorter limit is no contradiction); everything else is either a lawful
difference, marked with a reason in lawful_differences.yml, or a mistake that somebody mends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.editor.findings import Finding, warning
from knowledge.editorial import LawfulDifference
from knowledge.regions import Regions
from knowledge.schema import Aspect, Block, ClosingNote, Fact, Guide, Topic
from knowledge.store import Knowledge, topic_file

FILE = "lawful_differences.yml"

LIMITS, FORMS, FIGURES = "时限", "材料", "数字"

_SPAN = re.compile(r"(\d+)(个?工作日|个自然日|天|日|个月)")
_DAYS = {"个工作日": 7 / 5, "工作日": 7 / 5, "个自然日": 1.0, "天": 1.0, "日": 1.0, "个月": 30.0}
"""Calendar days of one of each, to compare limits in different units."""

_FORM = re.compile(r"《[^》]+》")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:天|个月|年|周岁|岁|次|元|万元|%|％)")


@dataclass(frozen=True)
class Contradiction:
    """``field``: where the nearer level says it, in the topic's file; ``nearer``, ``farther``: codes of regions."""

    topic: Topic
    aspect: Aspect
    nearer: str
    farther: str
    what: str
    field: str
    says_nearer: str
    says_farther: str

    def cause(self, knowledge: Knowledge) -> str:
        """As the check tells it."""
        names = [knowledge.regions.by_code[code].short for code in (self.nearer, self.farther)]
        return f"{self.what}和上级不一致：{names[0]}“{self.says_nearer}”，{names[1]}“{self.says_farther}”"


def find_contradictions(knowledge: Knowledge) -> Iterator[Contradiction]:
    """All of them, those that are marked as lawful too."""
    for topic in knowledge.topics.values():
        own = [
            (number, guide)
            for number, guide in enumerate(topic.guides)
            if guide.applies_to == "local" and not isinstance(guide, ClosingNote)
        ]
        for number, nearer in own:
            for _, farther in own:
                if _is_above(nearer, farther, knowledge.regions):
                    yield from _between(topic, number, nearer, farther)


def check_contradictions(knowledge: Knowledge) -> Iterator[Finding]:
    """A warning for each that nobody marked, and for each mark that nothing needs any more."""
    marks = {_key(mark): number for number, mark in enumerate(knowledge.lawful_differences)}
    seen = set()
    for found in find_contradictions(knowledge):
        key = (found.topic.id, found.aspect, found.nearer, found.farther, found.what)
        seen.add(key)
        if key not in marks:
            remedy = "核对原件：写错了就改；都对就标“合理差异”，写明原因"
            yield warning(topic_file(found.topic), found.field, found.cause(knowledge), remedy)
    for key, number in marks.items():
        if key not in seen:
            cause = "这条合理差异已经没有了"
            yield warning(FILE, f"lawful_differences[{number}]", cause, "删掉这一条")


def _key(mark: LawfulDifference) -> tuple[str, Aspect, str, str, str]:
    return (mark.topic, mark.aspect, mark.nearer, mark.farther, mark.what)


def _is_above(nearer: Guide, farther: Guide, regions: Regions) -> bool:
    return farther.published_by != nearer.published_by and regions.is_within(nearer.published_by, farther.published_by)


def _between(topic: Topic, number: int, nearer: Guide, farther: Guide) -> Iterator[Contradiction]:
    for aspect, what, compared in COMPARED:
        told = compared(nearer.aspects.get(aspect, []), farther.aspects.get(aspect, []))
        if told is not None:
            field = f"guides[{number}].aspects.{aspect.value}"
            yield Contradiction(topic, aspect, nearer.published_by, farther.published_by, what, field, *told)


def _limits(own: list[Block], other: list[Block]) -> tuple[str, str] | None:
    """Where the nearer level may take longer than the farther one."""
    longest = [_longest(blocks) for blocks in (own, other)]
    if longest[0] is None or longest[1] is None or longest[0][0] <= longest[1][0]:
        return None
    return longest[0][1], longest[1][1]


def _longest(blocks: list[Block]) -> tuple[float, str] | None:
    """In calendar days, and as it is written."""
    told = [(int(amount) * _DAYS[unit], amount + unit) for amount, unit in _SPAN.findall(_text(blocks))]
    return max(told) if told else None


def _forms(own: list[Block], other: list[Block]) -> tuple[str, str] | None:
    """Where a form is asked for at one level only, of two that both name forms."""
    return _different(_FORM, _text(own), _text(other))


def _figures(own: list[Block], other: list[Block]) -> tuple[str, str] | None:
    """Where blocks of one name have different figures."""
    far = {block.id: block for block in other if block.id}
    pairs = [(block, far[block.id]) for block in own if block.id in far]
    told = (_different(_FIGURE, _text([block]), _text([across])) for block, across in pairs)
    return next((each for each in told if each is not None), None)


def _different(pattern: re.Pattern[str], own: str, other: str) -> tuple[str, str] | None:
    found = [set(pattern.findall(text)) for text in (own, other)]
    if not found[0] or not found[1] or found[0] == found[1]:
        return None
    return _listed(found[0] - found[1]), _listed(found[1] - found[0])


def _text(blocks: list[Block]) -> str:
    return "\n".join("\n".join([block.lead or "", *map(_words, block.facts)]) for block in blocks)


def _words(fact: Fact) -> str:
    return fact.text or (fact.limit.wording if fact.limit else "")


def _listed(found: set[str]) -> str:
    return "、".join(sorted(found)) or "没有写"


COMPARED = (
    (Aspect.TIME_LIMIT, LIMITS, _limits),
    (Aspect.MATERIALS, FORMS, _forms),
    (Aspect.ELIGIBILITY, FIGURES, _figures),
    (Aspect.RULES, FIGURES, _figures),
)
"""What is held against each other in which aspect."""
