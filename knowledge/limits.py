"""Spans of time as the documents give them: a case's time limit, and a period whose end can be worked out."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import BaseModel, Extra, Field, root_validator, validator

_DIGITS = "零一二三四五六七八九"


class LimitKind(str, Enum):
    STATUTORY = "statutory"
    PROMISED = "promised"
    STATED = "stated"
    """The source says a limit without saying which kind it is."""


class LimitUnit(str, Enum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    AT_ONCE = "at_once"


class Limit(BaseModel, extra=Extra.forbid, allow_mutation=False):
    """A time limit. ``wording`` is the source's own: 即时办结, 2个工作日."""

    kind: LimitKind
    channel: str | None = None
    amount: int | None = None
    unit: LimitUnit
    wording: str
    qualifier: str | None = None

    @root_validator(skip_on_failure=True)
    def _amount_stands_in_wording(cls, values: dict[str, Any]) -> dict[str, Any]:
        amount = values["amount"]
        if values["unit"] is LimitUnit.AT_ONCE:
            if amount is not None:
                raise ValueError("当场办结的时限不写 amount")
        elif amount is None or str(amount) not in values["wording"]:
            raise ValueError("amount 必须和 wording 里的数字一致")
        return values


class Edge(str, Enum):
    EARLIEST = "earliest"
    """满…才可以: the first day on which it can be done."""
    LATEST = "latest"
    """…之内: the last day."""


class Period(BaseModel, extra=Extra.forbid, allow_mutation=False):
    """A span whose end is worked out from a day that the citizen names (knowledge/deadlines.py).

    ``since`` is what the source counts from, as it completes "5月20日…": 备案. None: the source does not say from when,
    so nothing is worked out, and that is said.
    """

    amount: int = Field(gt=0)
    unit: LimitUnit
    edge: Edge
    since: str | None = None
    what: str
    """What can, or must, be done: 取消备案."""
    happened: list[str]
    """Words, one of which the message says to have been done on the day (knowledge/moments.py finds them): 备."""
    cues: list[str]
    """Words of which one must stand in the message: what the citizen wants to know the day of."""
    unclear: str | None = None
    """What about the count the source leaves open; completes "文件没写：…"."""

    @validator("unit")
    def _is_a_span(cls, unit: LimitUnit) -> LimitUnit:
        if unit is LimitUnit.AT_ONCE:
            raise ValueError("at_once 没有期限可算")
        return unit

    @property
    def writings(self) -> tuple[str, ...]:
        """The amount as documents write it: 30, and 三十 of whole tens."""
        tens, ones = divmod(self.amount, 10)
        return (str(self.amount), *((f"{_DIGITS[tens]}十",) if not ones and 1 < tens < len(_DIGITS) else ()))
