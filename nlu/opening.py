"""Whether a message asks if an office is open, or when a case is done: by its words and the moments that it names.

The moments themselves are read where the answer is worked out (``knowledge.moments``): what 明天 means depends on when
it is answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.deadlines import asks_when_done
from knowledge.moments import Moment, find_moments
from knowledge.schema import Aspect

_ASKS = "了?(吗|么|嘛|不(?=[?]|$)|没有?(?=[?]|$)|呢|(?=[?]))"
_CLAUSES = re.compile("[^,，。?!;]+[?]?")
_OPEN = re.compile(
    f"(还|正常|照常|都|也)?(上|下|不上)班{_ASKS}|上不上班|(还|都)?(开着?|关着?)门{_ASKS}|开不开门?|开着{_ASKS}|(对外)?办公{_ASKS}|营业{_ASKS}"
    f"|(放假|休息|休假|午休){_ASKS}|放不放假|休不休息?|放几天假?|(还)?有没?有?人(在|值班|接|办公|上班)?{_ASKS}|值班{_ASKS}"
    "|(过?去|过来).{0,3}来(得|不)及(吗|么|不|嘛|呢|(?=[?]|$))"
    f"|(还)?(能不能|可不可以|能|可以)(过?去|过来)(办|交|办理|办事|跑|问)?(个|下|一下|一趟|你们那)?(材料|手续|业务|事)?{_ASKS}"
    "|(过?去|过来)(办|交|办理|办事|跑)?(一趟|一下)?(材料|手续|业务|事)?(行吗|行不行|行不|可以吗|可以不|成吗|成不|好吗)"
)
"""Words of an office's door, as a question. 能去 with anything else behind it is a journey: 能去北京看病吗."""

_DONE_THERE = re.compile("(还)?(能不能|可不可以|能|可以|给不给|给)办(理|事|业务|手续)?(吗|不|么|嘛|(?=[?]|$))")
"""明天能办吗 asks for the office; 现在能办吗 may ask whether one is entitled."""

_NEXT = re.compile("^那?[〇的]*呢?[?]*$")
_HELD = re.compile(
    "医保局|医保中心|医疗保障局|局里|窗口|大厅|办事处|中心|那边|那里|这边|咱们|你们|单位|业务|柜台|还|都|也"
)


def asks_opening(text: str) -> bool:
    """Whether it is asked if an office is open at a moment that the message names. 那下周一呢 asks it again."""
    if not _moments(text):
        return False
    return any(_asks(clause.group()) for clause in _CLAUSES.finditer(text)) or _asks_again(text)


def without_opening(text: str) -> str:
    """The message without moments, office, and the words that ask whether it is open."""
    return _HELD.sub("", _DONE_THERE.sub("", _OPEN.sub("", _without_moments(text))))


def asked_of_time(text: str, asked: Sequence[Aspect]) -> tuple[Aspect, ...]:
    """``asked``, with the aspect that a moment of the message asks for. What was handed in is not asked for."""
    if Aspect.STATUS not in asked and asks_when_done(text, find_moments(text)):
        rest = (a for a in asked if a not in (Aspect.TIME_LIMIT, Aspect.MATERIALS, Aspect.HOURS))
        return (Aspect.TIME_LIMIT, *rest)
    if Aspect.HOURS not in asked and asks_opening(text):
        return (Aspect.HOURS, *asked)
    return tuple(asked)


def _moments(text: str) -> list[Moment]:
    return [m for m in find_moments(text) if not m.happened]


def _asks(clause: str) -> bool:
    moments = _moments(clause)
    return bool(moments) and (
        _OPEN.search(clause) is not None or (any(not m.now for m in moments) and _DONE_THERE.search(clause) is not None)
    )


def _asks_again(text: str) -> bool:
    return "呢" in text and _NEXT.match(_without_moments(text)) is not None


def _without_moments(text: str) -> str:
    for moment in reversed(find_moments(text)):
        text = text[: moment.start] + text[moment.end :]
    return text
