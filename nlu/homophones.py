"""Words that came out of a pinyin keyboard as other characters: 备按 for 备案, 沙弯 for 沙湾.

Two rules, because a homophone alone says little: a word of the domain replaces characters that sound like it where
these are no word of their own, nor cut out of the words around them (还是先办 holds no 时限); a place's name does so
only right beside a word that speaks of a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

from nlu.classifier import syllable

DOMAIN = [
    "备案",
    "医保",
    "社保",
    "转诊",
    "转院",
    "取消",
    "撤销",
    "参保",
    "续保",
    "停保",
    "补缴",
    "断缴",
    "缴费",
    "住院",
    "报销",
    "定点",
    "变更",
    "急诊",
    "外伤",
    "居民",
    "职工",
    "安置",
    "长期",
    "承诺",
    "电话",
    "材料",
    "登记",
    "异地",
    "临时",
    "窗口",
    "苹果",
    "流程",
    "步骤",
    "审核",
    "结算",
    "地址",
    "户口",
    "派出",
    "合同",
    "灵活",
    "就业",
    "补充",
    "时限",
    "险种",
    "中断",
    "选定",
    "首诊",
]
"""Short words that people misspell; the longer ones come from the content."""

COMMON = 20
"""Frequency in jieba's own dictionary from which characters are a word, not a misspelling."""

NOT_HERE = frozenset({"取笑"})
"""Ordinary words that nobody means who asks us: 取笑备案 is 取消备案."""

OWN_WORDS = ("不", "是", "去", "几", "店花", "店划", "厅报")
"""What is said as it stands, where a misspelling would begin: 不交, 是先办, 去小诊所, 药店花的, 网厅报的."""

_BEHIND = re.compile(r"^(?:的|参保|医保|居民|职工|单位|公司|人|县|市|这|那|交)")
_BEFORE = re.compile(r"(?:我是|我们|在|去|到|来|是)$")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST = 6


class Homophones:
    """Mends misspelt words and names. ``frequency`` tells ordinary words, which are left alone; ``cut`` cuts a text
    into its words, by a dictionary and without guessing at new ones."""

    def __init__(
        self,
        places: Iterable[str],
        words: Iterable[str],
        frequency: Callable[[str], int],
        cut: Callable[[str], Iterable[str]],
    ) -> None:
        self._places = _by_sound(name for name in places if 2 <= len(name) <= 3)
        self._words = _by_sound((*(w for w in words if 3 <= len(w) <= _LONGEST and _HAN.fullmatch(w)), *DOMAIN))
        self._frequency = frequency
        self._cut = cut
        self._spelt = {*self._places.values(), *self._words.values()}

    def mend_words(self, text: str) -> str:
        """Gives the text with misspelt words of the domain as they are written; of the same length."""
        return self._mend(text, self._words, _LONGEST, self._misspelt)

    def mend_places(self, text: str) -> str:
        """The same for names of places."""
        return self._mend(text, self._places, 3, _beside_place_word)

    def _misspelt(self, start: int, end: int, text: str) -> bool:
        found = text[start:end]
        ordinary = self._frequency(found) >= COMMON and found not in NOT_HERE
        if ordinary or text.startswith(OWN_WORDS, start):
            return False
        ends = {0, *accumulate(map(len, self._cut(text)))}
        return {start, end} <= ends

    def _mend(
        self, text: str, known: Mapping[tuple[str, ...], str], longest: int, allowed: Callable[[int, int, str], bool]
    ) -> str:
        sounds = [syllable(character) for character in text]
        start = 0
        while start < len(text) - 1:
            for end in range(min(start + longest, len(text)), start + 1, -1):
                found = text[start:end]
                word = known.get(tuple(sounds[start:end]))
                if word is None or not _HAN.fullmatch(found):
                    continue
                if found not in self._spelt and allowed(start, end, text):
                    text = text[:start] + word + text[end:]
                start = end - 1
                break
            start += 1
        return text


def _by_sound(words: Iterable[str]) -> dict[tuple[str, ...], str]:
    known: dict[tuple[str, ...], str] = {}
    for word in words:
        known.setdefault(tuple(map(syllable, word)), word)
    return known


def _beside_place_word(start: int, end: int, text: str) -> bool:
    begins = start == 0 or text[start - 1] in ",。?!;" or _BEFORE.search(text[:start]) is not None
    return begins and _BEHIND.match(text[end:]) is not None
