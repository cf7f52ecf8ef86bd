"""Literals in our own sentences: what must stand in the source exactly as we write it.

Figures with their unit, names in 《》, 【】 or “”, and the terms of terms.yml; and how each is looked for in a passage
of a source document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from knowledge.editor.sources import Passage, normalise

FIGURE = "figure"
QUOTE = "quote"
TERM = "term"


@dataclass(frozen=True)
class Literal:
    """``kind``: figure, quote or term. ``text``: normalised, without the marks around it."""

    kind: str
    text: str


PHONE = re.compile(r"(?<![\d.])(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|\d{7,8}|400-?\d{3}-?\d{4})(?![\d.])")
"""Land lines, mobile numbers, and land lines without their area code."""

_ENUMERATOR = re.compile(r"^(?:\d{1,2}[.、)]|[(]\d{1,2}[)]|[①-⑳])(?!\d)")
_STEP_NUMBER = re.compile(r"第\d+(?:[-~至、]\d+)*步")

_UNITS = (
    "个?工作日|个?自然日|个?月|天|日|年|周岁|岁|周|小时|分钟|点|时|分|秒|万元|元|角|%|倍|家|级|种|类|项|条|款|号|楼|层|室|"
    "次|份|张|个|位|人|名|页|胎|折|期|批|台|寸|字|步|月份"
)
_DATE = r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日"
_NUMBER = r"\d+(?:[-~:./]\d+)*"
_FIGURE = re.compile(rf"{_DATE}|{_NUMBER}(?:{_UNITS})?")

_NUMERAL = "[一二两三四五六七八九十百半]+"
_LIMIT_UNITS = "个?工作日|个?自然日|个月|天|日|年|周|小时|家|级"
"""Not 种, 样, 项: 五种 is our own count of what the document lists."""
_CHINESE_FIGURE = re.compile(rf"(?<![统唯万哪某同每这那另任])近?{_NUMERAL}(?:{_LIMIT_UNITS})")
_WEEKDAY = re.compile(r"(?:周|星期)[一二三四五六日天]")
_INDEFINITE = frozenset({"一家"})
"""换一家: an article, not a figure."""

_ABSENT = re.compile("(?:没有?|未)列(?:出|明)?(?P<items>[^，。；：（）,;:()]+)")
_AND = re.compile("[、和或及]")

_MARKED = re.compile(r"《([^《》]+)》|【([^【】]+)】|“([^“”]+)”|「([^「」]+)」|\"([^\"]+)\"")
_MARKS = '《》【】“”「」"'
LONGEST_NAME = 24
"""Quotes in a source that are longer are sentences, whose parts may be quoted."""


class Terms:
    """The terms of terms.yml, found in a text with the longest first: 新疆医保服务平台 is not 新疆医保服务."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = {normalise(text): text for text in texts}
        longest_first = sorted(self.texts, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def find(self, text: str) -> list[str]:
        """Normalised terms that occur in a normalised text."""
        return list(dict.fromkeys(self._pattern.findall(text)))


def find_literals(text: str, terms: Terms) -> list[Literal]:
    """All literals of one sentence of ours, each once."""
    plain = normalise(text)
    found = [Literal(FIGURE, figure) for figure in find_figures(text)]
    found += [Literal(QUOTE, next(filter(None, groups))) for groups in _MARKED.findall(plain)]
    found += [Literal(TERM, term) for term in terms.find(plain)]
    return list(dict.fromkeys(found))


def find_figures(text: str) -> list[str]:
    """Figures with their unit, without the enumerator at the beginning and without phone numbers."""
    plain = _STEP_NUMBER.sub("", normalise(_ENUMERATOR.sub("", text.strip())))
    plain = PHONE.sub("", _ENUMERATOR.sub("", plain))
    weekdays = _WEEKDAY.findall(plain)
    without_weekdays = _WEEKDAY.sub("、", plain)
    numerals = [figure for figure in _CHINESE_FIGURE.findall(without_weekdays) if figure not in _INDEFINITE]
    return [*_FIGURE.findall(plain), *weekdays, *numerals]


def split_absent(text: str) -> tuple[str, list[str]]:
    """What a sentence says of its source, and what it says the source does not list: 转诊要转诊单，没列承诺书."""
    absent = [item for match in _ABSENT.finditer(text) for item in _AND.split(match["items"]) if item.strip()]
    return _ABSENT.sub("", text), absent


def has_unpaired_mark(text: str) -> bool:
    """Whether a quoting mark is left open, which would hide a literal from the check."""
    return any(mark in _MARKED.sub("", normalise(text)) for mark in _MARKS)


def stands_in(literal: Literal, passage: Passage) -> bool:
    """Whether the passage has the literal, to the letter."""
    if literal.kind == FIGURE:
        return has_figure(literal.text, passage)
    if literal.kind == QUOTE:
        return _has_name(literal.text, passage)
    return literal.text in passage.text


def has_figure(figure: str, passage: Passage) -> bool:
    """A figure must not be part of a longer one: 2个工作日 does not stand in 12个工作日."""
    wanted = normalise(figure)
    numerals = "\\d" if wanted[0].isdigit() else "一二两三四五六七八九十百"
    digit = re.compile(f"[{numerals}]")
    for start in passage.places(wanted):
        end = start + len(wanted)
        joined_before = start > 0 and start not in passage.gaps and digit.match(passage.text[start - 1])
        joined_after = (
            end < len(passage.text) and end not in passage.gaps and wanted[-1].isdigit() and passage.text[end].isdigit()
        )
        if not joined_before and not joined_after:
            return True
    return False


def _has_name(name: str, passage: Passage) -> bool:
    """A name stands in marks of its own, or outside any: 备案表 does not stand in 《异地就医登记备案表》."""
    marked, unmarked = _names_of(passage.text)
    return name in marked or name in unmarked


@lru_cache(maxsize=512)
def _names_of(text: str) -> tuple[frozenset[str], str]:
    marked = frozenset(next(filter(None, groups)) for groups in _MARKED.findall(text))

    def without_name(match: re.Match[str]) -> str:
        return "\n" if len(match.group()) - 2 <= LONGEST_NAME else match.group()

    return marked, _MARKED.sub(without_name, text)
