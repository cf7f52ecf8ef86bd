"""Whether a release may go out: what keeps it back, and what it answers otherwise."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from webhook.publishing.gate import Gate
from webhook.publishing.outcomes import Outcome, Outcomes
from webhook.publishing.verdict import Verdict, compare, judge

RIGHT = Outcome(
    text="沙湾医保局电话",
    right=True,
    by_tap=True,
    foreign=False,
    unanswerable=False,
    invented=False,
    status="answered",
    topic="contact",
    region="654203",
    reply="0993-6023208",
)
WRONG = replace(RIGHT, right=False, reply="不知道")
OPEN = replace(
    RIGHT, text="公积金怎么提取", unanswerable=True, status="out_of_scope", topic="", region="", reply="不归我管"
)
INVENTED = replace(OPEN, right=False, invented=True, status="answered", reply="去银行")
FOREIGN = replace(WRONG, foreign=True, text="乌苏医保局电话", reply="0991-4680625")


def outcomes(*turns: Outcome) -> Outcomes:
    """A question each."""
    return Outcomes("2026-01-01", {f"small/{i}": ("digest", (turn,)) for i, turn in enumerate(turns)})


# What keeps it back.


def test_what_reaches_everything_may_go_out() -> None:
    verdict = judge(outcomes(RIGHT, RIGHT, OPEN), outcomes(RIGHT, WRONG, OPEN), Gate(right=100, worse=0, invented=0))
    assert (verdict.is_passed, verdict.reasons) == (True, ())


@pytest.mark.parametrize(("wrong", "is_passed"), [(7, True), (8, False)])
def test_the_share_that_must_be_right(wrong: int, is_passed: bool) -> None:
    verdict = judge(outcomes(*[RIGHT] * (100 - wrong), *[WRONG] * wrong), None, Gate(right=93))
    assert verdict.is_passed is is_passed
    assert verdict.reasons == (() if is_passed else ("答对 92.0%，不到 93%",))


def test_a_share_just_below_is_not_told_as_reached() -> None:
    turns = [RIGHT] * 2789 + [WRONG] * 211
    verdict = judge(outcomes(*turns), None, Gate(right=93))
    assert 92.95 < verdict.share < 93
    assert verdict.reasons == ("答对 92.9%，不到 93%",)
    assert verdict.headline == "3000 题：答对 2789（92.9%）（阻止发布）"
    assert judge(outcomes(*[RIGHT] * 2790, *[WRONG] * 210), None, Gate(right=93)).is_passed


@pytest.mark.parametrize(("allowed", "is_passed"), [(0, False), (1, False), (2, True)])
def test_what_the_live_release_answered_right(allowed: int, is_passed: bool) -> None:
    before, after = outcomes(RIGHT, RIGHT, WRONG, RIGHT), outcomes(WRONG, WRONG, RIGHT, RIGHT)
    verdict = judge(after, before, Gate(right=0, worse=allowed))
    assert verdict.is_passed is is_passed
    assert verdict.reasons == (() if is_passed else (f"变差 2 题，最多允许 {allowed} 题",))


def test_a_number_of_another_region_always_keeps_it_back() -> None:
    verdict = judge(outcomes(RIGHT, FOREIGN, WRONG), None, Gate(right=0, worse=99, invented=100))
    assert verdict.reasons == ("1 题的回答里有别的地方的电话，第一题：乌苏医保局电话",)


@pytest.mark.parametrize(("invented", "is_passed"), [(0, True), (3, True), (4, False)])
def test_answers_to_what_no_document_answers(invented: int, is_passed: bool) -> None:
    turns = [RIGHT] * 5 + [INVENTED] * invented + [OPEN] * (100 - invented)
    verdict = judge(outcomes(*turns), None, Gate(right=0, invented=3))
    assert (verdict.unanswerable, verdict.invented, verdict.is_passed) == (100, invented, is_passed)
    assert verdict.reasons == (() if is_passed else ("100 题文件没写的里面答了 4 题，超过 3%",))


def test_every_reason_is_told() -> None:
    verdict = judge(outcomes(FOREIGN, INVENTED), outcomes(RIGHT, OPEN), Gate())
    assert [reason[:2] for reason in verdict.reasons] == ["答对", "变差", "1 ", "1 "]


def test_without_an_exam_nothing_keeps_it_back() -> None:
    verdict = judge(outcomes(), None, Gate())
    assert (verdict.is_passed, verdict.headline) == (True, "没有考题，没有考")


def test_without_a_live_release_nothing_is_worse() -> None:
    verdict = judge(outcomes(WRONG), None, Gate(right=0, worse=0))
    assert (verdict.is_passed, verdict.differences, verdict.compared) == (True, (), "")


# What it answers otherwise.


def test_better_worse_and_different_are_counted_apart() -> None:
    other = replace(RIGHT, reply="0993-6023208，工作日")
    still = replace(WRONG, reply="再说一遍")
    before = outcomes(RIGHT, RIGHT, RIGHT, WRONG, WRONG)
    verdict = judge(outcomes(RIGHT, WRONG, other, RIGHT, still), before, Gate(right=0, worse=1), "20260101-000000")
    assert [each.case for each in verdict.worse] == ["small/1"]
    assert [each.case for each in verdict.better] == ["small/3"]
    assert [each.case for each in verdict.differences] == ["small/1", "small/3", "small/2", "small/4"]
    assert verdict.headline == "5 题：答对 3（60.0%）；和正在用的版本比，变好 1，变差 1，答法不同 2"
    worse = verdict.worse[0]
    assert (worse.text, worse.before, worse.after) == (RIGHT.text, RIGHT.reply, WRONG.reply)
    assert (worse.topic, worse.region) == ("contact", "654203")


def test_the_same_answer_is_no_difference_whatever_it_was_taken_for() -> None:
    before, after = outcomes(RIGHT), outcomes(replace(RIGHT, topic="other", region="", status="clarify", by_tap=False))
    assert compare(after, before) == []


def test_the_same_words_may_have_become_right() -> None:
    (found,) = compare(outcomes(replace(RIGHT, reply="一")), outcomes(replace(WRONG, reply="一")))
    assert found.is_better


def test_a_message_of_a_dialogue_has_its_place() -> None:
    before = Outcomes("", {"talks/d1": ("", (RIGHT, RIGHT, RIGHT))})
    after = Outcomes("", {"talks/d1": ("", (RIGHT, WRONG, RIGHT))})
    assert [each.case for each in compare(after, before)] == ["talks/d1.2"]


def test_a_question_that_only_one_was_asked_is_no_difference() -> None:
    one, two = Outcomes("", {"a/1": ("", (RIGHT,))}), Outcomes("", {"a/2": ("", (WRONG,))})
    assert compare(one, two) == compare(two, one) == []


def test_differences_by_topic_and_by_region_the_most_first() -> None:
    rows = [("filing", "654203"), ("contact", "653226"), ("contact", "654203"), ("contact", "654203"), ("", "")]
    after = outcomes(*(replace(WRONG, topic=topic, region=region) for topic, region in rows))
    verdict = judge(after, outcomes(*[RIGHT] * 5), Gate())
    assert list(verdict.by_topic.items()) == [("contact", 3), ("filing", 1), ("", 1)]
    assert list(verdict.by_region.items()) == [("654203", 3), ("653226", 1), ("", 1)]


# As it is kept.


def test_a_verdict_is_read_as_it_was_written() -> None:
    after = outcomes(RIGHT, WRONG, FOREIGN, INVENTED)
    verdict = judge(after, outcomes(RIGHT, RIGHT, WRONG, OPEN), Gate(), "20260101-000000")
    assert verdict.differences
    assert verdict.reasons
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json(), ensure_ascii=False))) == verdict


def test_outcomes_are_read_as_they_were_written() -> None:
    told = outcomes(RIGHT, FOREIGN, INVENTED)
    assert Outcomes.from_json(json.loads(json.dumps(told.to_json()))) == told


@pytest.mark.parametrize(
    "told", [{}, {"day": "x"}, {"day": "x", "cases": 3}, {"day": "x", "cases": {"a": ["d", [{"text": "other"}]]}}]
)
def test_outcomes_of_another_program_are_none(told: dict[str, object]) -> None:
    assert Outcomes.from_json(told) == Outcomes("", {})
