"""References between content files: everything that is named must exist, once, in its place.

Needs files that are valid by themselves; knows nothing of the source documents (``editor/check.py`` does). The tree
of regions is checked by ``regions.py``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.editorial import NotCovered
from knowledge.errors import ContentError
from knowledge.menu import Menu, Shelf
from knowledge.other_scripts import OtherScript
from knowledge.schema import (
    Aspect,
    Block,
    Choice,
    ClosingNote,
    Guide,
    LimitUnit,
    Office,
    Region,
    Source,
    Term,
    Topic,
    When,
)

ALL_BUSINESSES = "all"
MOST_OPTIONS = 5
LONGEST_LABEL = 16
UNTAPPABLE = re.compile(r'[%+&"]')
"""Characters that do not survive a tap in WeChat."""

UNIT_WORDS = {
    LimitUnit.WORKING_DAYS: re.compile("工作日"),
    LimitUnit.CALENDAR_DAYS: re.compile("自然日|天|(?<!工作)日"),
    LimitUnit.MONTHS: re.compile("月"),
    LimitUnit.AT_ONCE: re.compile("即时|即办|当场|立即|马上"),
}


@dataclass(frozen=True)
class Parts:
    """The content as the files hold it, as far as it is valid; ``topics`` by file name relative to the content folder.

    ``invalid``: files in which something had to be left out.
    """

    regions: list[Region]
    sources: list[Source]
    offices: list[Office]
    terms: list[Term]
    topics: dict[str, Topic]
    menu: Menu | None
    closing_notes: list[ClosingNote]
    not_covered: list[NotCovered]
    other_scripts: list[OtherScript]
    invalid: frozenset[str] = frozenset()


def broken_references(parts: Parts) -> list[ContentError]:
    """All mistakes that no file shows by itself. What is named in an invalid file is not missed."""
    return list(_References(parts).broken())


class _References:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.regions = {region.code for region in parts.regions}
        self.sources = {source.id: source for source in parts.sources}
        self.topics = {topic.id for topic in parts.topics.values()}
        self.all_regions = "regions.yml" not in parts.invalid
        self.all_sources = "sources.yml" not in parts.invalid
        self.all_topics = not any(name.startswith("topics/") for name in parts.invalid)
        self.businesses = self.topics | {topic.family for topic in parts.topics.values()} | {ALL_BUSINESSES}

    def broken(self) -> Iterator[ContentError]:
        yield from self._sources()
        yield from self._offices()
        yield from self._menu()
        yield from self._guides("closing_notes.yml", "closing_notes", self.parts.closing_notes)
        for index, note in enumerate(self.parts.closing_notes):
            yield from self._known_businesses("closing_notes.yml", f"closing_notes[{index}].topics", note.topics)
        for index, script in enumerate(self.parts.other_scripts):
            yield from self._known_regions("other_scripts.yml", f"other_scripts[{index}].names", list(script.names))
        for index, row in enumerate(self.parts.not_covered):
            yield from self._known_source("not_covered.yml", f"not_covered[{index}].source", row.source)
        yield from _duplicates("terms.yml", "terms", [term.text for term in self.parts.terms])
        for name, topic in self.parts.topics.items():
            yield from self._place(name, topic)
            yield from self._guides(name, "guides", topic.guides)
            yield from self._conversation(name, topic)

    def _sources(self) -> Iterator[ContentError]:
        yield from _duplicates("sources.yml", "sources", [source.id for source in self.parts.sources])
        for index, source in enumerate(self.parts.sources):
            field = f"sources[{index}]"
            yield from self._known_regions("sources.yml", f"{field}.region", [source.region])
            try:
                re.compile(source.headings or "")
            except re.error:
                cause = "headings 不是正确的正则表达式"
                yield ContentError("sources.yml", f"{field}.headings", cause, "检查括号是否成对，或请开发人员看")

    def _offices(self) -> Iterator[ContentError]:
        file = "offices.yml"
        yield from _duplicates(file, "offices", [office.id for office in self.parts.offices])
        lines = [line.id for office in self.parts.offices for line in office.lines]
        yield from _duplicates(file, "offices.lines", lines)
        for index, office in enumerate(self.parts.offices):
            field = f"offices[{index}]"
            yield from self._known_source(file, f"{field}.source", office.source)
            yield from self._known_regions(file, f"{field}.regions", office.regions)
            yield from self._known_businesses(file, f"{field}.businesses", office.businesses)
            yield from _hours(file, f"{field}.hours", office)
            for at, line in enumerate(office.lines):
                yield from self._known_source(file, f"{field}.lines[{at}].source", line.source)
                yield from self._known_regions(file, f"{field}.lines[{at}].regions", line.regions)
                yield from self._known_businesses(file, f"{field}.lines[{at}].businesses", line.businesses)

    def _menu(self) -> Iterator[ContentError]:
        for field, value in self.parts.menu or ():
            if isinstance(value, str) and len(value) > LONGEST_LABEL:
                yield _long_label("menu.yml", field, value)
        topics = self.parts.menu.topics if self.parts.menu is not None else []
        yield from self._known_topics("topics", topics)
        yield from self._shelves(self.parts.menu.shelves if self.parts.menu is not None else [])

    def _shelves(self, shelves: list[Shelf]) -> Iterator[ContentError]:
        """Everything is on the menu, once; what stands there fits a tap."""
        labels = [shelf.label for shelf in shelves] + [f.label for shelf in shelves for f in shelf.families]
        yield from _duplicates("menu.yml", "shelves", labels)
        listed = [topic for shelf in shelves for family in shelf.families for topic in family.topics]
        yield from _duplicates("menu.yml", "shelves", listed)
        for label in labels:
            if len(label) > LONGEST_LABEL:
                yield _long_label("menu.yml", "shelves", label)
        for at, shelf in enumerate(shelves):
            for inner, family in enumerate(shelf.families):
                yield from self._known_topics(f"shelves[{at}].families[{inner}].topics", family.topics)
        for topic in sorted(self.topics.difference(listed)) if shelves and self.all_topics else ():
            yield ContentError("menu.yml", "shelves", f"“{topic}”不在菜单里，点不到", "在 shelves 里选一组加上")

    def _known_topics(self, field: str, topics: list[str]) -> Iterator[ContentError]:
        for index, topic in enumerate(topics):
            if self.all_topics and topic not in self.topics:
                remedy = _nearest(topic, self.topics, "事项的 id")
                yield ContentError("menu.yml", f"{field}[{index}]", f"没有“{topic}”这个事项", remedy)

    def _place(self, name: str, topic: Topic) -> Iterator[ContentError]:
        _, family, file = name.split("/")
        if topic.id != file.removesuffix(".yml"):
            cause = f"id 是“{topic.id}”，和文件名“{file}”不一致"
            yield ContentError(name, "id", cause, f"把文件改名为 {topic.id}.yml，或把 id 改成文件名")
        if topic.family != family:
            cause = f"family 是“{topic.family}”，文件却在文件夹“{family}”里"
            yield ContentError(name, "family", cause, f"把文件移到 topics/{topic.family}/，或改 family")
        if len(topic.label) > LONGEST_LABEL:
            yield _long_label(name, "label", topic.label)

    def _guides(self, name: str, key: str, guides: Sequence[Guide]) -> Iterator[ContentError]:
        for index, guide in enumerate(guides):
            field = f"{key}[{index}]"
            yield from self._known_regions(name, f"{field}.published_by", [guide.published_by])
            yield from self._cited(name, field, guide.source, guide.clause)
            for aspect, in_aspect in guide.aspects.items():
                always = [block.id for block in in_aspect if block.id is not None and block.when is None]
                yield from _duplicates(name, f"{field}.aspects.{aspect.value}", always)
                for at, block in enumerate(in_aspect):
                    yield from self._block(name, f"{field}.aspects.{aspect.value}[{at}]", guide, block)
                    if aspect in (Aspect.PHONE, Aspect.SUPERVISION_PHONE) and not _has_reason(block):
                        cause = "电话只写在 offices.yml，指南里不写"
                        remedy = "删掉这一段；文件另有说法（如“电话可备案”）就改放 channels，文件没写电话就写 left_open"
                        yield ContentError(name, f"{field}.aspects.{aspect.value}[{at}]", cause, remedy)

    def _block(self, name: str, field: str, guide: Guide, block: Block) -> Iterator[ContentError]:
        if not (block.lead or block.facts or block.left_open or block.warnings):
            yield ContentError(name, field, "这一段是空的", "写上 facts、lead 或 left_open，或删掉")
        yield from self._cited(name, field, block.source, block.clause, guide.source)
        yield from self._when(name, f"{field}.when", block.when)
        for at, warning in enumerate(block.warnings):
            yield from self._when(name, f"{field}.warnings[{at}].when", warning.when)
        for at, fact in enumerate(block.facts):
            place = f"{field}.facts[{at}]"
            yield from self._cited(name, place, fact.source, fact.clause, block.source or guide.source)
            yield from self._when(name, f"{place}.when", fact.when)
            if fact.valid_from and fact.valid_until and fact.valid_from > fact.valid_until:
                yield ContentError(name, place, "valid_from 晚于 valid_until", "对照原件改正起止日期")
            if fact.limit and not UNIT_WORDS[fact.limit.unit].search(fact.limit.wording):
                cause = f"unit 写的是 {fact.limit.unit.value}，和原文“{fact.limit.wording}”不一致"
                yield ContentError(name, f"{place}.limit.unit", cause, "按原文改 unit（工作日和自然日不能混）")

    def _conversation(self, name: str, topic: Topic) -> Iterator[ContentError]:
        yield from _duplicates(name, "left_open", [question.id for question in topic.left_open])
        for index, left in enumerate(topic.left_open):
            yield from self._handed_over(name, f"left_open[{index}].answered_by", topic, left.answered_by)
        yield from _duplicates(name, "questions", [question.id for question in topic.questions])
        yield from self._choices(name, "next", topic, topic.next)
        for index, question in enumerate(topic.questions):
            yield from self._choices(name, f"questions[{index}].choices", topic, question.choices)

    def _handed_over(self, name: str, field: str, topic: Topic, to: str | None) -> Iterator[ContentError]:
        """What another topic answers is handed to it once, not on and on."""
        other = next((each for each in self.parts.topics.values() if each.id == to), None)
        if other is topic:
            yield ContentError(name, field, "写的是这个事项自己", "写真正回答它的事项的编号，或删掉")
        elif other is None and to is not None and self.all_topics:
            yield ContentError(name, field, f"没有“{to}”这个事项", _nearest(to, self.topics, "事项的 id"))
        elif other is not None and any(question.answered_by for question in other.left_open):
            yield ContentError(name, field, f"“{other.label}”自己也把问题交给别的事项", "交给真正回答它的那一个")

    def _choices(self, name: str, field: str, topic: Topic, choices: list[Choice]) -> Iterator[ContentError]:
        if len(choices) > MOST_OPTIONS:
            cause = f"有{len(choices)}个选项，最多{MOST_OPTIONS}个"
            yield ContentError(name, field, cause, "合并或删掉最少用的，或分成两层问")
        for index, choice in enumerate(choices):
            place = f"{field}[{index}]"
            if len(choice.label) > LONGEST_LABEL:
                yield _long_label(name, f"{place}.label", choice.label)
            if found := UNTAPPABLE.search(choice.send):
                cause = f"send 里有“{found.group()}”，微信点不动"
                yield ContentError(name, f"{place}.send", cause, '换成文字，% + & " 都不能用')
            if self.all_topics and choice.topic is not None and choice.topic not in self.topics:
                cause = f"没有“{choice.topic}”这个事项"
                yield ContentError(name, f"{place}.topic", cause, _nearest(choice.topic, self.topics, "事项的 id"))
            questions = [question.id for question in topic.questions]
            if choice.choose is not None and choice.choose not in questions:
                remedy = _nearest(choice.choose, questions, "questions 里的 id")
                yield ContentError(name, f"{place}.choose", f"没有“{choice.choose}”这个反问", remedy)

    def _cited(
        self, name: str, field: str, source: str | None, clause: str | None, outer: str | None = None
    ) -> Iterator[ContentError]:
        """A source that is named must exist, and needs a clause when its document has headings.

        ``outer``: the source that holds around this place; naming it again without a clause keeps that clause.
        """
        if source is None:
            return
        yield from self._known_source(name, f"{field}.source", source)
        known = self.sources.get(source)
        if known is not None and known.headings and clause is None and source != outer:
            cause = f"“{known.short}”分章节，却没有写 clause"
            yield ContentError(name, f"{field}.clause", cause, "把原件里的标题一字不差地写到 clause")

    def _when(self, name: str, field: str, when: When | None) -> Iterator[ContentError]:
        if when is not None:
            yield from self._known_regions(name, f"{field}.care_regions", when.care_regions or [])
            yield from self._known_regions(name, f"{field}.insured_regions", when.insured_regions or [])

    def _known_source(self, name: str, field: str, source: str) -> Iterator[ContentError]:
        if self.all_sources and source not in self.sources:
            remedy = _nearest(source, self.sources, "sources.yml 里的 id")
            yield ContentError(name, field, f"没有“{source}”这个来源", remedy)

    def _known_regions(self, name: str, field: str, codes: Iterable[str]) -> Iterator[ContentError]:
        for code in codes:
            if self.all_regions and code not in self.regions:
                remedy = "在 regions.yml 里查代码，加引号写六位数字"
                yield ContentError(name, field, f"没有代码为“{code}”的地区", remedy)

    def _known_businesses(self, name: str, field: str, businesses: Iterable[str]) -> Iterator[ContentError]:
        for business in businesses:
            if self.all_topics and business not in self.businesses:
                remedy = _nearest(business, self.businesses, "事项的 id、类名或 all")
                yield ContentError(name, field, f"没有“{business}”这项业务", remedy)


def _has_reason(block: Block) -> bool:
    """Whether a block about phones has something of its own to say: what is open, or what is in doubt."""
    return bool(block.left_open or block.warnings or any(fact.doubt for fact in block.facts))


def _hours(file: str, field: str, office: Office) -> Iterator[ContentError]:
    if office.hours is None:
        return
    if not office.hours.weekdays or not set(office.hours.weekdays) <= set(range(1, 8)):
        yield ContentError(file, f"{field}.weekdays", "星期只能写1到7", "1是星期一，7是星期日")
    for season in ("summer", "winter"):
        for index, interval in enumerate(getattr(office.hours, season)):
            if interval.opens >= interval.closes:
                cause = f"{interval.opens}开门晚于{interval.closes}关门"
                yield ContentError(file, f"{field}.{season}[{index}]", cause, "对照原件改正时间")


def _duplicates(file: str, field: str, ids: Iterable[str]) -> Iterator[ContentError]:
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            yield ContentError(file, f"{field}[{index}]", f"“{each}”写了两次", "删掉一处，或换一个 id")
        seen.add(each)


def _long_label(file: str, field: str, label: str) -> ContentError:
    cause = f"“{label}”有{len(label)}个字，最多{LONGEST_LABEL}个"
    return ContentError(file, field, cause, "改短；要发送的整句写在 send")


def _nearest(wrong: str, known: Collection[str], what: str) -> str:
    near = difflib.get_close_matches(wrong, list(known), n=1)
    return f"是不是“{near[0]}”？" if near else f"写{what}"
