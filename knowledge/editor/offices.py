"""Compares offices and phone numbers with the documents: a wrong digit costs somebody a trip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from knowledge.editor.findings import Finding, error, warning
from knowledge.editor.literals import PHONE
from knowledge.editor.sources import Passage, SourceDocuments, normalise
from knowledge.editor.statements import pages, statements
from knowledge.references import ALL_BUSINESSES
from knowledge.schema import Interval, Line, Office, OpeningHours, Purpose, RegionKind, Topic
from knowledge.store import Knowledge

FILE = "offices.yml"

DAYS = "一二三四五六日"

_PURPOSE_WORDS = {
    Purpose.CONSULTATION: re.compile("咨询"),
    Purpose.SUPERVISION: re.compile("监督|投诉"),
}
_ANY_PURPOSE = re.compile("咨询|监督|投诉")
_NUMBER = re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_TIME = re.compile(r"\d{1,2}:\d\d")
_SEASONS = re.compile(r"夏季(?P<summer>.*?)冬季(?P<winter>.*?)(?=[(（]|$)")
_NEXT_HEADING = re.compile(r"[一二三四五六七八九十]+、")


def check_offices(knowledge: Knowledge, documents: SourceDocuments | None) -> Iterator[Finding]:
    """Addresses, opening hours and lines; without documents only what the file shows by itself."""
    yield from _repeated_numbers(knowledge)
    for index, office in enumerate(knowledge.offices.values()):
        field = f"offices[{index}]"
        if office.hours is not None:
            yield from _hours_text(f"{field}.hours.text", office.hours)
        for at, line in enumerate(office.lines):
            yield from _region_of_line(f"{field}.lines[{at}]", line, knowledge)
        if documents is not None:
            yield from _office(field, office, documents)
    if documents is not None:
        yield from _businesses(knowledge, documents)


def check_phones_of_topics(knowledge: Knowledge) -> Iterator[Finding]:
    """A number stands in offices.yml and nowhere else."""
    numbers = [line.number for office in knowledge.offices.values() for line in office.lines]
    plain = sorted({number.replace("-", "") for number in numbers} | set(numbers), key=len, reverse=True)
    known = re.compile("|".join(rf"(?<![\d-]){re.escape(number)}(?![\d天日元个%])" for number in plain) or r"(?!)")
    for page in pages(knowledge):
        for statement in statements(page):
            text = normalise(statement.text)
            for number in dict.fromkeys([*PHONE.findall(text), *known.findall(text)]):
                cause = f"正文里写了电话号码“{number}”"
                remedy = "号码只写在 offices.yml，从这里删掉；答复会自动带上这项业务的电话"
                yield error(page.file, statement.field, cause, remedy)


def _repeated_numbers(knowledge: Knowledge) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for index, office in enumerate(knowledge.offices.values()):
        for at, line in enumerate(office.lines):
            digits = line.number.replace("-", "")
            if digits in first:
                cause = f"号码 {line.number} 在“{first[digits]}”里已经有了，一个号码只能写一次"
                remedy = "合并成一条，在 businesses 和 regions 里写全它管的业务和地区"
                yield error(FILE, f"offices[{index}].lines[{at}].number", cause, remedy)
            first.setdefault(digits, line.id)


def _office(field: str, office: Office, documents: SourceDocuments) -> Iterator[Finding]:
    for at, line in enumerate(office.lines):
        if line.source in documents:
            yield from _line(f"{field}.lines[{at}]", line, documents)
    if office.source not in documents:
        return
    passage = documents.section(office.source, office.clause)
    if passage is None:
        near = documents.nearest_heading(office.source, office.clause or "")
        cause = f"原件“{office.source}”里没有标题“{office.clause}”"
        yield error(FILE, f"{field}.clause", cause, f"是不是“{near}”？" if near else "从原件里一字不差地抄标题")
        return
    if office.address is not None:
        if not _stands_whole(office.address, passage):
            cause = f"地址“{office.address}”和原件“{office.source}”不一致，或没有抄全"
            yield error(FILE, f"{field}.address", cause, "从原件里整行照抄地址")
        if office.name not in passage and office.name not in documents.whole(office.source):
            cause = f"名称“{office.name}”在原件“{office.source}”里没有"
            yield warning(FILE, f"{field}.name", cause, "用原件里的名称；口头的叫法写在 short")
    if office.hours is not None:
        yield from _hours(f"{field}.hours", office.hours, passage)


def _stands_whole(address: str, passage: Passage) -> bool:
    """From the beginning of a word to the end of a line: neither end of an address may be cut off."""
    wanted = normalise(address)
    for start in passage.places(wanted):
        end = start + len(wanted)
        begins = start in passage.gaps or start == 0 or passage.text[start - 1] == ":"
        ends = end in passage.line_ends or end == len(passage.text) or bool(_NEXT_HEADING.match(passage.text, end))
        if begins and ends:
            return True
    return False


def _line(field: str, line: Line, documents: SourceDocuments) -> Iterator[Finding]:
    whole = documents.whole(line.source)
    wanted = normalise(line.anchor) + line.number
    places = [
        start
        for start in whole.places(wanted)
        if start + len(wanted) in whole.gaps or not whole.text[start + len(wanted) : start + len(wanted) + 1].isdigit()
    ]
    if not normalise(line.anchor):
        yield error(FILE, f"{field}.anchor", "anchor 空着", "写原件里紧挨在号码前面的字")
    elif not places:
        cause = f"原件“{line.source}”里没有“{line.anchor}{line.number}”"
        remedy = "对照原件改号码；anchor 写号码前面紧挨着的字，要能认出是哪个县市、哪个单位的"
        yield error(FILE, f"{field}.number", cause, remedy)
    else:
        yield from _purpose(f"{field}.purpose", line, whole, places)


def _purpose(field: str, line: Line, whole: Passage, places: list[int]) -> Iterator[Finding]:
    """The last of 咨询, 监督 or 投诉 before the number says what the number is for."""
    own = _PURPOSE_WORDS.get(line.purpose)
    if own is None:
        return
    anchor = normalise(line.anchor)
    words = [found[-1] for start in places if (found := _ANY_PURPOSE.findall(whole.text[: start + len(anchor)]))]
    if words and not any(own.fullmatch(word) for word in words):
        cause = f"原件里 {line.number} 是{words[0]}电话，这里写成了 {line.purpose.value}"
        yield error(FILE, field, cause, "咨询写 consultation，监督投诉写 supervision")


def _businesses(knowledge: Knowledge, documents: SourceDocuments) -> Iterator[Finding]:
    """Where a document prints a number under each service, that number serves the service, and no other does."""
    lines = [
        (f"offices[{index}].lines[{at}]", line)
        for index, office in enumerate(knowledge.offices.values())
        for at, line in enumerate(office.lines)
        if line.purpose is Purpose.CONSULTATION and line.source in documents
    ]
    for topic in knowledge.topics.values():
        for field, line in lines:
            printed = {
                n for passage in _sections(topic, line.source, documents) for n in _consultation_numbers(passage)
            }
            if printed and line.number not in printed and topic.id in line.businesses:
                cause = f"“{topic.id}”在原件里的电话是{'、'.join(sorted(printed))}，不是 {line.number}"
                yield error(FILE, f"{field}.businesses", cause, "把这项业务移到它自己的号码下")
            elif line.number in printed and not {topic.id, topic.family, ALL_BUSINESSES} & set(line.businesses):
                cause = f"原件里 {line.number} 也是“{topic.id}”的电话，businesses 里没有"
                yield error(FILE, f"{field}.businesses", cause, f"加上 {topic.id}")


def _sections(topic: Topic, source: str, documents: SourceDocuments) -> list[Passage]:
    """The sections of a document that the topic's guides cite; for want of a guide, the one that bears its name."""
    clauses = {guide.clause for guide in topic.guides if guide.source == source and guide.clause}
    passages = [
        documents.section(source, clause)
        for clause in clauses or ({topic.name} if documents.has_headings(source) else ())
    ]
    return [passage for passage in passages if passage is not None]


def _consultation_numbers(passage: Passage) -> set[str]:
    """Numbers that a section prints for questions."""
    return {
        match.group()
        for match in _NUMBER.finditer(passage.text)
        if _ANY_PURPOSE.findall(passage.text[: match.start()])[-1:] == ["咨询"]
    }


def _region_of_line(field: str, line: Line, knowledge: Knowledge) -> Iterator[Finding]:
    """An anchor or label that names a county must not be a line of other counties."""
    names: dict[str, str] = {}
    for region in knowledge.regions.by_code.values():
        if region.code.startswith("65") and region.kind is not RegionKind.POOL:
            for name in (region.name, region.short, *region.aliases):
                names[normalise(name)] = region.code
    pattern = _longest_first(tuple(names))
    for key, text in (("anchor", line.anchor), ("label", line.label)):
        named = {name: names[name] for name in pattern.findall(normalise(text))}
        if named and not set(named.values()) & set(line.regions):
            cause = f"{key} 写的是“{'、'.join(named)}”，regions 却是 {'、'.join(line.regions)}"
            yield error(FILE, f"{field}.regions", cause, "别把一个县市的号码给了另一个县市，对照原件改")


@lru_cache(maxsize=4)
def _longest_first(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)")


def _hours_text(field: str, hours: OpeningHours) -> Iterator[Finding]:
    known = {time for interval in [*hours.summer, *hours.winter] for time in (interval.opens, interval.closes)}
    told = set(_TIME.findall(normalise(hours.text)))
    for time in sorted(told ^ known):
        cause = f"text 里{'多' if time in told else '少'}了时间 {time}，和 summer、winter 对不上"
        yield error(FILE, field, cause, "改成和 summer、winter 一致")


def _hours(field: str, hours: OpeningHours, passage: Passage) -> Iterator[Finding]:
    seasons = list(_SEASONS.finditer(passage.text))
    for season, intervals in (("summer", hours.summer), ("winter", hours.winter)):
        texts = [match.group(season) for match in seasons]
        for index, interval in enumerate(intervals):
            if not any(_has_interval(interval, text) for text in texts) and not _stands_alone(interval, passage.text):
                cause = f"原件这一节没有{interval.opens}至{interval.closes}"
                yield error(FILE, f"{field}.{season}[{index}]", cause, "对照原件改办公时间")
    if not _has_weekdays(hours.weekdays, passage.text):
        cause = f"原件这一节没有写星期{'、'.join(DAYS[day - 1] for day in hours.weekdays)}办公"
        yield error(FILE, f"{field}.weekdays", cause, "对照原件改，1是星期一，7是星期日")
    if hours.closed not in passage:
        cause = f"原件这一节没有“{hours.closed}”"
        yield error(FILE, f"{field}.closed", cause, "照抄原件里休息日的说法")


def _has_interval(interval: Interval, text: str) -> bool:
    opens, closes = (re.escape(time) + "(?::00)?" for time in (interval.opens, interval.closes))
    return re.search(f"{opens}[-–—~至]{closes}", text) is not None


def _stands_alone(interval: Interval, text: str) -> bool:
    """Hours of a window of its own, without seasons: 每周三16:00-20:00."""
    return re.search(f"(?<![\\d:]){interval.opens}[-–—~]{interval.closes}(?![\\d:])", text) is not None


def _has_weekdays(weekdays: list[int], text: str) -> bool:
    days = [DAYS[day - 1] for day in sorted(weekdays)]
    span = f"周{days[0]}至周{days[-1]}"
    listed = "[,、]?".join(f"周{day}" for day in days)
    consecutive = sorted(weekdays) == list(range(min(weekdays), max(weekdays) + 1)) and len(weekdays) > 1
    return (consecutive and span in text) or re.search(listed, text) is not None
