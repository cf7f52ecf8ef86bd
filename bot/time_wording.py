"""Words what holds at the moment of answering (``Answer.times``): dates, times and lengths as a clerk says them."""

from __future__ import annotations

from datetime import date

from bot.phrases import Phrases
from knowledge.conversation import TimeNotice

SPANS = {"end": ("end", "end_last"), "start": ("start", "start_last")}
"""Values that may be two days: the first, and the last where it is another."""


class TimeWording:
    """Words one notice of ``Answer.times``."""

    def __init__(self, phrases: Phrases) -> None:
        self._say = phrases

    def word(self, notice: TimeNotice) -> str:
        frame, _, state = notice.key.partition(".")
        values = self._values(notice.values, period=frame in ("period", "limit"))
        if not state or frame in ("period", "limit"):
            return self._say(f"times.{notice.key}", **values)
        own = f"times.state_at.{state}"
        key = own if frame != "now" and self._say.find(own) else f"times.state.{state}"
        return self._say(f"times.{frame}", **{**values, "state": self._say(key, **values)})

    def _values(self, told: dict[str, str], *, period: bool) -> dict[str, str]:
        values = dict(told)
        for name in ("day", "first", "last"):
            if name in told:
                values[name] = self._date(told[name])
        for name, (first, last) in SPANS.items():
            if first in told:
                values[name] = self._span(told[first], told.get(last, told[first]))
        if "unit" in told:
            values["amount"] = self._say(f"times.units.{told['unit']}", amount=told["amount"])
        if "kind" in told:
            values["kind"] = self._say(f"limits.{told['kind']}")
            values["channel"] = self._say("answer.channel", channel=told["channel"]) if told["channel"] else ""
        if "left" in told and not period:
            values["left"] = self._left(int(told["left"]))
        if "part" in told:
            values["part"] = self._say(f"times.parts.{told['part']}")
        if "intervals" in told:
            values["intervals"] = self._intervals(told["intervals"])
        values["next"] = self._next(told)
        return values

    def _next(self, told: dict[str, str]) -> str:
        if "next" not in told:
            return ""
        if told["next"] == told.get("day"):
            return self._say("times.next_later", opens=told["opens"])
        return self._say("times.next", next=self._date(told["next"]), opens=told["opens"])

    def _date(self, iso: str, *, year: bool = False) -> str:
        day = date.fromisoformat(iso)
        weekday = self._say("times.weekdays")[day.weekday()]
        key = "times.date_of_year" if year else "times.date"
        return self._say(key, year=str(day.year), month=str(day.month), day=str(day.day), weekday=weekday)

    def _span(self, first: str, last: str) -> str:
        begins = self._date(first, year=True)
        return begins if first == last else self._say("times.span", first=begins, last=self._date(last, year=True))

    def _left(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        key = "minutes" if not hours else "hours" if rest else "whole_hours"
        return self._say(f"times.left.{key}", hours=str(hours), minutes=str(rest))

    def _intervals(self, told: str) -> str:
        pairs = (interval.split("/") for interval in told.split(" "))
        return self._say("times.intervals").join(
            self._say("times.interval", opens=opens, closes=closes) for opens, closes in pairs
        )
