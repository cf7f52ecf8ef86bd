"""For whom a question is asked, and what kind of insurance they have."""

from __future__ import annotations

import re

from knowledge.conversation import SELF, THAT_PERSON
from knowledge.schema import Insurance

_RELATIVES = {
    "父亲": "爸爸|老爸|父亲|爸|爹|老爹",
    "母亲": "妈妈|老妈|母亲|妈|娘",
    "父母": "父母|爸妈|爹妈",
    "孩子": "孩子|娃娃|娃|儿子|女儿|姑娘|儿|丫头|宝宝|小孩",
    "爱人": "爱人|老公|老婆|丈夫|妻子|媳妇|对象|先生",
    "爷爷": "爷爷|外公|姥爷",
    "奶奶": "奶奶|外婆|姥姥",
    "岳父": "岳父|老丈人|公公",
    "岳母": "岳母|丈母娘|婆婆",
    "家人": "家人|家里人|亲戚|哥哥|弟弟|姐姐|妹妹|哥|弟|姐|妹|老人|老人家",
    "朋友": "朋友|同学",
    "同事": "同事",
}
_RELATIVE_OF = {word: kind for kind, words in _RELATIVES.items() for word in words.split("|")}
_WORD = "(" + "|".join(sorted(_RELATIVE_OF, key=len, reverse=True)) + ")"
_ASKS_FOR = re.compile(rf"(?:给|帮|替)(?:我们?)?(?:家)?{_WORD}(?:再)?(?:问|咨询|打听|查|看看)")
_OWN_CASE = re.compile(
    rf"(?:我们?(?:家)?|那我)?{_WORD}(?:的医保)?(?:是|在)[^，。,？?]{{1,8}}(?:的$|的[，。,]|参保|的医保|的居民|的职工|交的)"
)
_OWN_INSURANCE = re.compile(
    rf"{_WORD}的?(?:医保|社保|参保|关系)(?:是|在|归|上在|交在|落在|参在)(?!哪|什么|啥|撒|手机|网)"
)
"""我妈医保在塔城市: a place stands behind it."""

_MENTIONS = re.compile(rf"(?:我们?(?:家)?|俺|咱){_WORD}")
_PRONOUN = re.compile("(^|[,。那])[他她]的?")
_SELF = re.compile("我自己|我本人|说我的|问我的|是我的事|(^|[,。])(那)?我(是|在|呢|的)")

_INSURANCE = (
    (Insurance.FLEXIBLE, re.compile("灵活就业|零活就业|自由职业|个体户|个体工商户|自己交的职工")),
    (Insurance.AID, re.compile("低保|特困|五保|救助对象|医疗救助|建档立卡|脱贫户|监测户")),
    (Insurance.STUDENT, re.compile("大学生|学生|在校生")),
    (Insurance.RETIRED, re.compile("退休")),
    (Insurance.RESIDENT, re.compile("城乡居民|居民医保|居民保险|居民|新农合|农合|农民|农村医保|牧民")),
    (Insurance.EMPLOYEE, re.compile("城镇职工|职工医保|职工|单位交|单位给交|公司交|公司给交|在职|上班族")),
)


def find_person(text: str) -> tuple[str | None, bool]:
    """Gives for whom the message asks, and whether that opens a case of its own (给我爸问, 我爸是塔城的)."""
    for pattern in (_ASKS_FOR, _OWN_CASE, _OWN_INSURANCE):
        match = pattern.search(text)
        if match:
            return _RELATIVE_OF[match.group(1)], True
    match = _MENTIONS.search(text)
    if match:
        return _RELATIVE_OF[match.group(1)], False
    if _SELF.search(text):
        return SELF, False
    return (THAT_PERSON if _PRONOUN.search(text) else None), False


def find_insurance(text: str) -> Insurance | None:
    """Gives the kind of insurance or status that the message names; None where it names two, or none."""
    found = [kind for kind, pattern in _INSURANCE if pattern.search(text)]
    if Insurance.FLEXIBLE in found:
        return Insurance.FLEXIBLE
    if {Insurance.RESIDENT, Insurance.EMPLOYEE} <= {*found}:
        return None
    return found[0] if found else None
