"""Days and times that a message names, as it names them: 明天, 下周一, 去年5月, 中午, 国庆.

What they mean depends on when they are resolved (``Moment.days``), so a message is read once and answered at any time.
All of it is Beijing time.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

BEIJING = timezone(timedelta(hours=8))
"""China keeps one time, without daylight saving."""


def now_in_beijing() -> datetime:
    return datetime.now(BEIJING)


@dataclass(frozen=True)
class Days:
    """From ``first`` to ``last``, both of them included: 去年5月 is a month."""

    first: date
    last: date


@dataclass(frozen=True)
class Moment:
    """One day or time as the message says it; what it does not say is None.

    ``days``, ``weeks``, ``months`` and ``years`` are counted from the day of asking; ``weekday``: 1 is Monday, 67 the
    weekend. ``minute`` is counted from midnight. ``happened``: what is said to have been done on it (备, 交, 成立…).
    """

    start: int
    end: int
    now: bool = False
    days: int | None = None
    weeks: int | None = None
    weekday: int | None = None
    years: int | None = None
    year: int | None = None
    months: int | None = None
    month: int | None = None
    day: int | None = None
    holiday: str | None = None
    part: str | None = None
    minute: int | None = None
    happened: str | None = None

    @property
    def names_day(self) -> bool:
        return any(v is not None for v in (self.days, self.weekday, self.month, self.months, self.day))

    def resolve(self, today: date) -> Days | None:
        """The days meant on ``today``; None for a date that no calendar has (2月30日), and where no day is named.

        What happened lies behind, what is asked about lies ahead, unless the message says otherwise.
        """
        if self.days is not None:
            day = today + timedelta(days=self.days)
            return Days(day, day)
        if self.weekday is not None:
            return self._in_week(today)
        return self._in_month(today) if self.names_day else None

    def _in_week(self, today: date) -> Days:
        first = 6 if self.weekday == WEEKEND else self.weekday or 1
        monday = today - timedelta(days=today.isoweekday() - 1)
        day = monday + timedelta(weeks=self.weeks or 0, days=first - 1)
        last = day + timedelta(days=1) if self.weekday == WEEKEND else day
        if self.weeks is None:
            # 周六 is the one to come, 周一交的 the one that was.
            week = timedelta(weeks=1)
            if self.happened and day > today:
                day, last = day - week, last - week
            elif not self.happened and last < today:
                day, last = day + week, last + week
        return Days(day, last)

    def _in_month(self, today: date) -> Days | None:
        year = self.year if self.year is not None else today.year + (self.years or 0)
        fixed = self.year is not None or self.years is not None
        month = self.month
        if month is None:
            index = today.year * 12 + today.month - 1 + (self.months or 0)
            (year, month), fixed = (index // 12, index % 12 + 1), self.months is not None
            nearest = _dates(year, month, self.day)
            if fixed or nearest is None:
                return nearest
            step = -1 if self.happened and nearest.first > today else 0 if self.happened or nearest.last >= today else 1
            return _dates((index + step) // 12, (index + step) % 12 + 1, self.day)
        if fixed:
            return _dates(year, month, self.day)
        nearest = _dates(year, month, self.day)
        if self.happened and nearest is not None and nearest.first > today:
            return _dates(year - 1, month, self.day)
        if not self.happened and nearest is not None and nearest.last < today:
            return _dates(year + 1, month, self.day)
        return nearest


WEEKEND = 67

HOLIDAYS = {
    "元旦": "元旦",
    "新年": "元旦",
    "春节": "春节",
    "过年": "春节",
    "除夕": "春节",
    "大年初一": "春节",
    "清明": "清明节",
    "五一": "劳动节",
    "劳动节": "劳动节",
    "端午": "端午节",
    "中秋": "中秋节",
    "国庆": "国庆节",
    "十一": "国庆节",
}
"""What people call the statutory holidays, with the name in an answer."""

_NUMBERS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "〇": 0}
_DIGIT = "[一二两三四五六七八九]"
_N = rf"(?:\d{{1,2}}|{_DIGIT}?十{_DIGIT}?|{_DIGIT})"
_DAY_OFFSETS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今儿": 0, "今早": 0, "今晚": 0,
    "明天": 1, "明日": 1, "明儿": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_YEAR_OFFSETS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
_WEEK_OFFSETS = {"上上": -2, "上": -1, "上个": -1, "这": 0, "本": 0, "这个": 0, "下": 1, "下个": 1, "下下": 2}
_PARTS = {"凌晨": "night", "半夜": "night", "夜里": "night", "早上": "morning", "早晨": "morning", "一早": "morning",
          "上午": "morning", "早班": "morning", "中午": "noon", "午休": "noon", "晌午": "noon", "下午": "afternoon",
          "晚上": "evening", "傍晚": "evening"}  # fmt: skip
_IN_DAY = {"早": "morning", "晚": "evening"}


def _alternatives(words: dict[str, int] | dict[str, str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_WEEKS = "上上|下下|上个|下个|这个|上|下|这|本"
_DAY = re.compile(
    rf"(?P<offset>(?:{_alternatives(_DAY_OFFSETS)}))"
    rf"|(?P<monthsago>(?<!\d)\d{{1,2}}|{_N})个月(?P<monthsway>前|后|以前|以后|之前|之后)"
    rf"|(?P<half>半)年(?P<halfway>前|后|以前|以后|之前|之后)"
    rf"|(?P<ago>(?<!\d)\d{{1,3}}|{_N})天(?P<way>前|后|以前|以后)"
    rf"|(?<!每)(?P<week>{_WEEKS})?(?:周|星期|礼拜)(?P<weekday>[一二三四五六天日1-7])(?![次回趟年岁])"
    rf"|(?P<weekweek>{_WEEKS})?(?<!每)(?:周末|双休日)"
    rf"|(?:(?P<year>(?<!\d)20\d\d)年|(?P<years>{_alternatives(_YEAR_OFFSETS)})的?)?"
    rf"(?P<month>(?<!\d){_N})月(?!\d*以上)(?:份?(?P<day>{_N})(?:号|日)?(?![\d几多十]))?"
    rf"|(?P<months>上上个月|上个月|上月|这个月|本月|下个月|下月)(?:的?(?P<dayofmonth>{_N})(?:号|日))?"
    rf"|(?P<only>(?<![\d第]){_N})号(?![窗厅楼线院诊])"
)
_MONTH_OFFSETS = {"上上个月": -2, "上个月": -1, "上月": -1, "这个月": 0, "本月": 0, "下个月": 1, "下月": 1}
_HOLIDAY = re.compile(
    rf"(?P<holiday>{_alternatives({name: name for name in HOLIDAYS if name != '十一'})}"
    "|十一(?=期间|长假|假|放|上班|开|那|能|去|$))"
    r"(?:节|假期|长假|期间)*"
)
_TIME = re.compile(
    rf"(?P<part>{_alternatives(_PARTS)})?(?:(?P<hour>(?<![\d:])\d{{1,2}}):(?P<minute>\d\d)(?!\d)"
    rf"|(?P<spoken>(?<![\d第几]){_N})点(?![几错疑什啥也都儿]|[个的]?(?:材料|东西))(?:(?P<half>半)|钟|整|(?P<minutes>{_N})分?)?)"
    rf"|(?P<alone>{_alternatives(_PARTS)})"
)
_NOW = re.compile("现在|这会儿?|此刻|目前|马上|立刻|刚刚?(?=[去到来])")
_HAPPENED = re.compile(
    r"^(?:[^,。?;!]{0,8}?)(?P<what>忘了?交|没有?交|未交|备(?!注|齐|好|了?材料)|递|提交"
    r"|(?<!公)交(?!.{0,3}(?:钱|费|保险|医保|社保|养老|多少))|申请|受理|登记的|办的"
    r"|入职|招|用工|录用|上班的|成立|注册的|开业|变更|更换|变的|变了|改的|改了|换的|换了"
    r"|去世|过世|病故|死|走的|走了|没了|没的|不在了|出国|断|欠|停)"
)
"""What is said, right behind a day, to have been done on it."""
_HAPPENED_BEFORE = re.compile(
    "(?P<what>备案|备的案|断缴|断保|断交|欠费|成立|入职|去世|过世|变更|没交|交材料|递材料|申请)"
    "(?:的?(?:日期|时间|日子)|的)?(?:是|从|在|于|自|:)$"
)
"""The same right before it: 断缴从8月, 备案日期是5月28号."""
_ASKED = re.compile("^[^,。?;!]{0,3}(能|可以|想|要|去|再|应该)[^,。?;!]{0,3}(?:备|交|取消|办|去|补)")


@lru_cache(maxsize=2_000)
def find_moments(text: str) -> tuple[Moment, ...]:
    """The moments that a normalised message names, in its order; 周六中午 is one. Never raises."""
    found = sorted(_find_all(text), key=lambda m: (m.start, -m.end))
    joined: list[Moment] = []
    for moment in found:
        before = joined[-1] if joined else None
        if before is not None and moment.start < before.end:
            continue
        time_alone = not (moment.names_day or moment.now or moment.holiday)
        if before is not None and time_alone and before.minute is None and moment.start - before.end <= 1:
            joined[-1] = replace(before, end=moment.end, part=moment.part or before.part, minute=moment.minute)
            continue
        joined.append(moment)
    return tuple(replace(m, happened=_happened(text, m)) for m in joined)


def _happened(text: str, moment: Moment) -> str | None:
    if moment.now or not moment.names_day or _ASKED.match(text[moment.end :]):
        return None
    match = _HAPPENED_BEFORE.search(text[: moment.start]) or _HAPPENED.match(text[moment.end :])
    return match["what"] if match else None


def _find_all(text: str) -> Iterator[Moment]:
    for match in _NOW.finditer(text):
        yield Moment(*match.span(), now=True)
    for match in _HOLIDAY.finditer(text):
        yield Moment(*match.span(), holiday=HOLIDAYS[match["holiday"]])
    for match in _TIME.finditer(text):
        moment = _time(match)
        if moment is not None:
            yield moment
    for match in _DAY.finditer(text):
        moment = _day(match)
        if moment is not None:
            yield moment


def _day(match: re.Match[str]) -> Moment | None:
    span = match.span()
    said = match.groupdict()
    if said["offset"]:
        return Moment(*span, days=_DAY_OFFSETS[said["offset"]], part=_IN_DAY.get(said["offset"][-1]))
    if said["monthsago"] or said["half"]:
        count = _number(said["monthsago"]) if said["monthsago"] else 6
        return Moment(*span, months=-count if "前" in (said["monthsway"] or said["halfway"]) else count)
    if said["ago"]:
        count = _number(said["ago"])
        return Moment(*span, days=-count if "前" in said["way"] else count)
    if said["weekday"]:
        weekday = 7 if said["weekday"] in "天日7" else _number(said["weekday"])
        return Moment(*span, weeks=_WEEK_OFFSETS.get(said["week"] or ""), weekday=weekday)
    if match.group().endswith(("周末", "双休日")):
        return Moment(*span, weeks=_WEEK_OFFSETS.get(said["weekweek"] or ""), weekday=WEEKEND)
    if said["month"]:
        month, day = _number(said["month"]), _number(said["day"]) if said["day"] else None
        if not 1 <= month <= 12 or not (day is None or 1 <= day <= 31):
            return None
        years = _YEAR_OFFSETS.get(said["years"] or "")
        return Moment(*span, year=int(said["year"]) if said["year"] else None, years=years, month=month, day=day)
    if said["months"]:
        day = _number(said["dayofmonth"]) if said["dayofmonth"] else None
        return Moment(*span, months=_MONTH_OFFSETS[said["months"]], day=day) if day is None or 1 <= day <= 31 else None
    day = _number(said["only"])
    return Moment(*span, day=day) if 1 <= day <= 31 else None


def _time(match: re.Match[str]) -> Moment | None:
    said = match.groupdict()
    if said["alone"]:
        return Moment(*match.span(), part=_PARTS[said["alone"]])
    hour = int(said["hour"]) if said["hour"] else _number(said["spoken"])
    minute = int(said["minute"]) if said["minute"] else 30 if said["half"] else _number(said["minutes"] or "零")
    part = _PARTS.get(said["part"] or "")
    # 3点 alone is in the afternoon: nobody goes to an office at three in the night.
    spoken_up_to = {"afternoon": 11, "evening": 11, "noon": 4, None: 7 if said["spoken"] else -1}
    if hour <= spoken_up_to.get(part, -1):
        hour += 12
    if hour == 24 or (hour == 12 and part in ("evening", "night")):
        hour = 24 if part != "night" else 0
    is_time = minute < 60 and 60 * hour + minute <= 24 * 60
    return Moment(*match.span(), part=part, minute=60 * hour + minute) if is_time else None


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (_NUMBERS.get(tens, 1) * 10 if ten else 0) + (_NUMBERS.get(ones, 0) if ones else 0)


def _dates(year: int, month: int, day: int | None) -> Days | None:
    last = monthrange(year, month)[1]
    if day is None:
        return Days(date(year, month, 1), date(year, month, last))
    return Days(date(year, month, day), date(year, month, day)) if day <= last else None
