"""Finds the places that a message names, and what each is to the person who speaks.

No tokenizer and no trained extractor: every name of regions.yml is looked up in the text itself, the longest at each
position, so that a village clerk's 沙区 and a county that no training sentence names are found alike. Three steps:
match (``gazetteer_guards`` says where a name is no place), join neighbours that nest (新疆塔城地区沙湾市), give roles
(``place_roles``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.regions import CORPS, COUNTRY, XINJIANG, Regions
from nlu import gazetteer_guards as guards
from nlu.place_roles import Place, Role, assign_roles

__all__ = ["MASK", "Gazetteer", "Mention", "Role"]

MASK = "〇"
"""Stands for a place in the text that the classifier sees."""

_GAP = re.compile(r"\s*[(（·\-—/]?\s*|的")
_ADDRESS_PARENT = {"654200": "654000", "654300": "654000"}
"""Addresses put 塔城地区 and 阿勒泰地区 under 伊犁州, which does not run their insurance."""

_ELSEWHERE = r"(?:口里|内地|疆外|外省|省外|新疆以?外)"
_CROSS_PROVINCE = re.compile(rf"(?<![从由]){_ELSEWHERE}(?!的?(?:医保|参保|社保|来|回|[交缴转]|户口|人))|跨省|出疆")
_IN_XINJIANG = re.compile(r"疆内|全疆|不出疆|(?:新疆|自治区|区)范围内")


@dataclass(frozen=True)
class Mention:
    """A place in the text: where it stands, what it can mean (codes, best first), and its role."""

    text: str
    start: int
    end: int
    codes: tuple[str, ...]
    role: Role


@dataclass(frozen=True)
class _Match:
    start: int
    end: int
    codes: tuple[str, ...]


class Gazetteer:
    """All the names of all regions, ready to be looked up. The country itself is no place."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions
        self._codes = {name: codes for name, codes in regions.names.items() if codes != (COUNTRY,)}
        self._by_first: dict[str, list[str]] = {}
        for name in sorted(self._codes, key=len, reverse=True):
            self._by_first.setdefault(name[0], []).append(name)
        self._generic = {
            name
            for name, codes in self._codes.items()
            if len(codes) > 1 and not any(name in regions.by_code[code].name for code in codes)
        }

    def find(self, text: str) -> list[Mention]:
        """The places in a text, in order, without overlaps."""
        matches = self._resolve(self._join(text, list(self._match(text))))
        if not matches:
            return []
        places = [self._place(match) for match in matches]
        return [
            Mention(text[place.start : place.end], place.start, place.end, place.codes, role)
            for place, role in zip(places, assign_roles(text, places), strict=True)
        ]

    def mask(self, text: str, mentions: Iterable[Mention]) -> str:
        """The text with one placeholder for each mention, so that the classifier learns no places."""
        pieces: list[str] = []
        done = 0
        for mention in sorted(mentions, key=lambda mention: mention.start):
            pieces += (text[done : mention.start], MASK)
            done = mention.end
        return "".join((*pieces, text[done:]))

    def hint(self, text: str) -> str | None:
        """Where the care is when no place is named: ``cross_province`` (口里, 跨省), ``xinjiang`` (疆内) or None."""
        inside = _IN_XINJIANG.search(text) is not None
        outside = _CROSS_PROVINCE.search(text.replace("不出疆", "")) is not None
        if inside == outside:
            return None
        return "xinjiang" if inside else "cross_province"

    def _place(self, match: _Match) -> Place:
        above = {region.code for code in match.codes for region in self._regions.ancestors(code)}
        local = self._regions.in_xinjiang(match.codes[0]) or self._regions.is_corps(match.codes[0])
        return Place(match.start, match.end, match.codes, frozenset(above.union(match.codes)), local)

    def _match(self, text: str) -> Iterable[_Match]:
        regiments = {found.start(): found.end() for found in guards.REGIMENT.finditer(text)} if "团" in text else {}
        position = 0
        while position < len(text):
            end = position + 1
            for name in self._by_first.get(text[position], ()):
                stop = position + len(name)
                if text.startswith(name, position) and not self._is_guarded(text, name, position, stop):
                    yield _Match(position, stop, self._codes[name])
                    end = stop
                    break
            else:
                if position in regiments:
                    end = regiments[position]
                    yield _Match(position, end, (CORPS,))
            position = end

    def _is_guarded(self, text: str, name: str, start: int, end: int) -> bool:
        """Whether the name is part of something else: a street, an app, another word."""
        if start and text[start - 1] in guards.NOT_AFTER.get(name, ""):
            return True
        pattern = guards.NOT_BEFORE.get(name)
        if pattern and pattern.match(text, end):
            return True
        if guards.AFTER_ANY.match(text, end):
            return True
        if name.endswith("师") and guards.AFTER_DIVISION.match(text, end):
            return True
        whole = self._codes[name][0] in (XINJIANG, CORPS)
        school = guards.AFTER_SCHOOL.match(text, end)
        if school and (whole or not guards.HOSPITAL_BEHIND_SCHOOL.match(text, school.end())):
            return True
        if not whole:
            return False
        if guards.AFTER_APP_OWNER.match(text, end):
            return True
        return text.startswith("医保", end) and guards.BEFORE_APP.search(text[:start]) is not None

    def _join(self, text: str, matches: Sequence[_Match]) -> list[_Match]:
        """One mention for neighbours of which one lies in the other: 乌鲁木齐市天山区, 高新区（新市区）."""
        joined: list[_Match] = []
        for match in matches:
            if joined:
                last = joined[-1]
                gap = text[last.end : match.start]
                codes = self._nest(text[match.start : match.end], last.codes, match.codes, gap)
                if codes:
                    closing = match.end < len(text) and gap.strip() in ("(", "（") and text[match.end] in ")）"
                    joined[-1] = _Match(last.start, match.end + closing, codes)
                    continue
            joined.append(match)
        return joined

    def _nest(self, name: str, outer: tuple[str, ...], inner: tuple[str, ...], gap: str) -> tuple[str, ...]:
        if not _GAP.fullmatch(gap):
            return ()
        deeper = tuple(code for code in inner if any(self._contains(above, code, gap) for above in outer))
        if deeper:
            return deeper
        if gap != "的":
            upper = tuple(code for code in outer if any(self._regions.is_within(code, above) for above in inner))
            if upper:
                return upper
        return outer if not gap and name in self._generic else ()

    def _contains(self, above: str, code: str, gap: str) -> bool:
        if self._regions.is_within(code, above):
            return True
        if gap:
            return False
        if above == XINJIANG:
            return self._regions.is_corps(code)
        return any(self._regions.is_within(code, part) for part, parent in _ADDRESS_PARENT.items() if parent == above)

    def _resolve(self, matches: Sequence[_Match]) -> list[_Match]:
        """Let the other places decide what a shared name means: of 高新区 the one in a place named beside it."""
        resolved: list[_Match] = []
        for number, match in enumerate(matches):
            codes = match.codes
            if len(codes) > 1:
                for other in (*reversed(matches[:number]), *matches[number + 1 :]):
                    fitting = tuple(
                        code for code in codes if any(self._regions.is_within(code, above) for above in other.codes)
                    )
                    if fitting and other.codes != codes:
                        codes = fitting
                        break
            resolved.append(_Match(match.start, match.end, codes))
        return resolved
