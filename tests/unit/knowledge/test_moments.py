"""Days and times in people's words."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.moments import Days, Moment, find_moments

TODAY = date(2026, 11, 23)
"""A Monday."""


def only(text: str) -> Moment:
    (moment,) = find_moments(text)
    return moment


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("今天能去吗", "2026-11-23", None),
        ("大后天上班吗", "2026-11-26", None),
        ("昨天备的案", "2026-11-22", None),
        ("100天前备的案", "2026-08-15", None),
        ("周一能去吗", "2026-11-23", None),
        ("我周五交的材料", "2026-11-20", None),
        ("周五能去吗", "2026-11-27", None),
        ("下周一上班吗", "2026-11-30", None),
        ("上周三交的", "2026-11-18", None),
        ("这周末有人吗", "2026-11-28", "2026-11-29"),
        ("周末有人吗", "2026-11-28", "2026-11-29"),
        ("12月5号上班吗", "2026-12-05", None),
        ("十二月三十一号上班吗", "2026-12-31", None),
        ("1月5号上班吗", "2027-01-05", None),
        ("5月28号备的案", "2026-05-28", None),
        ("12月28号备的案", "2025-12-28", None),
        ("去年5月备的案", "2025-05-01", "2025-05-31"),
        ("2024年2月29日备的案", "2024-02-29", None),
        ("上个月10号递的", "2026-10-10", None),
        ("上个月交的", "2026-10-01", "2026-10-31"),
        ("三个月前备的案", "2026-08-01", "2026-08-31"),
        ("12个月以前交的", "2025-11-01", "2025-11-30"),
        ("半年前备的案", "2026-05-01", "2026-05-31"),
        ("我10号交的", "2026-11-10", None),
        ("我25号交的", "2026-10-25", None),
        ("25号上班吗", "2026-11-25", None),
        ("10号上班吗", "2026-12-10", None),
    ],
)
def test_days(text: str, first: str, last: str | None) -> None:
    begins = date.fromisoformat(first)
    assert only(text).resolve(TODAY) == Days(begins, date.fromisoformat(last) if last else begins)


@pytest.mark.parametrize(
    ("text", "minute"),
    [("下午3点", 900), ("下午三点半", 930), ("15:30", 930), ("3点", 900), ("10点", 600), ("晚上8点", 1200),
     ("早上八点", 480), ("中午1点", 780), ("中午12点", 720), ("晚上12点", 1440), ("凌晨2点", 120), ("10点20分", 620)],
)  # fmt: skip
def test_times(text: str, minute: int) -> None:
    assert only(text).minute == minute


def test_a_day_and_its_time_are_one_moment() -> None:
    moment = only("下周一下午三点半")
    assert (moment.weeks, moment.weekday, moment.minute) == (1, 1, 930)


@pytest.mark.parametrize(
    "text",
    [
        "几点上班",
        "3号窗口",
        "第2号",
        "20个工作日",
        "一点也不懂",
        "每周三",
        "早点去",
        "13月5号",
        "三个月",
        "180天",
        "25:00",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    assert find_moments(text) == ()


@pytest.mark.parametrize(
    ("text", "happened"),
    [
        ("5月28号备的案", "备"),
        ("周一交的材料", "交"),
        ("8月开始没交", "没交"),
        ("昨天给医院递上去了", "递"),
        ("10月15号成立的", "成立"),
        ("断缴从8月开始的", "断缴"),
        ("备案日期是5月28号", "备案"),
        ("昨天坐公交丢了票", None),
        ("今天新交的钱", None),
        ("明天能交材料吗", None),
        ("今天要交什么", None),
        ("明天想取消", None),
    ],
)
def test_what_happened_on_it(text: str, happened: str | None) -> None:
    assert only(text).happened == happened


def test_a_date_that_no_calendar_has() -> None:
    assert only("2月30号").resolve(TODAY) is None


WORDS = st.lists(
    st.sampled_from(
        [
            *"上下这本周月号日点半年天前后一二三五十0129:",
            "今天",
            "明天",
            "国庆",
            "十一",
            "中午",
            "晚上",
            "备的案",
            "交的",
            "个",
            "，",
        ]
    ),
    max_size=12,
).map("".join)


@given(WORDS, st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_nothing_that_people_type_breaks_it(text: str, today: date) -> None:
    moments = find_moments(text)
    for moment in moments:
        assert 0 <= moment.start < moment.end <= len(text)
        days = moment.resolve(today)
        assert days is None or days.first <= days.last
        assert moment.minute is None or 0 <= moment.minute <= 24 * 60
    assert all(a.end <= b.start for a, b in pairwise(moments))


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_full_date_means_the_same_on_any_day(day: date, today: date) -> None:
    assert only(f"{day.year}年{day.month}月{day.day}日").resolve(today) == Days(day, day)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 7))
def test_a_weekday_that_was_lies_behind_and_one_to_come_ahead(today: date, weekday: int) -> None:
    name = "一二三四五六日"[weekday - 1]
    past, coming = only(f"周{name}交的").resolve(today), only(f"周{name}上班吗").resolve(today)
    assert past is not None
    assert coming is not None
    assert past.first.isoweekday() == coming.first.isoweekday() == weekday
    assert today - timedelta(days=6) <= past.first <= today <= coming.first <= today + timedelta(days=6)
