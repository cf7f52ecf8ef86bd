"""Half a year after somebody looked at a fact, it is due again; another word makes it a fact that nobody looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.editor.reviews import check_reviews, list_reviews
from knowledge.editorial import Review
from knowledge.store import Knowledge
from tests.knowledge_builder import XINJIANG, build, guide, topic

DAY = date(2026, 11, 24)


def knowledge(*facts: str, reviews: tuple[Review, ...] = ()) -> Knowledge:
    return replace(build(topic("filing", guide(XINJIANG, {"materials": {"facts": list(facts)}}))), reviews=reviews)


def digests(known: Knowledge) -> dict[str, str]:
    return {each.text: each.digest for each in list_reviews(known) if each.file.startswith("topics/")}


def due(known: Knowledge, today: date = DAY) -> list[str]:
    return [each.text for each in list_reviews(known) if each.file.startswith("topics/") and each.is_due(today)]


def test_a_fact_is_due_until_somebody_looked_and_again_after_half_a_year() -> None:
    assert due(knowledge("身份证。", "户口簿。")) == ["身份证。", "户口簿。"]
    seen = Review(fact=digests(knowledge("身份证。", "户口簿。"))["身份证。"], by="王编辑", on=DAY)
    reviewed = knowledge("身份证。", "户口簿。", reviews=(seen,))
    assert due(reviewed) == ["户口簿。"]
    assert due(reviewed, date(2027, 5, 26)) == ["户口簿。"]
    assert due(reviewed, date(2027, 5, 27)) == ["身份证。", "户口簿。"]


def test_another_place_keeps_the_review_another_word_does_not() -> None:
    seen = Review(fact=digests(knowledge("身份证。", "户口簿。"))["身份证。"], by="王编辑", on=DAY)
    assert due(knowledge("户口簿。", "身份证。", reviews=(seen,))) == ["户口簿。"]
    assert due(knowledge("身份证原件。", "户口簿。", reviews=(seen,))) == ["身份证原件。", "户口簿。"]


def test_the_newest_review_counts_whatever_its_place() -> None:
    digest = digests(knowledge("身份证。"))["身份证。"]
    new, old = Review(fact=digest, by="甲", on=DAY), Review(fact=digest, by="乙", on=date(2025, 1, 1))
    assert due(knowledge("身份证。", reviews=(new, old))) == []


def test_the_check_tells_in_one_line_once_somebody_began() -> None:
    assert list(check_reviews(knowledge("身份证。", "户口簿。"), DAY)) == []
    seen = Review(fact=digests(knowledge("身份证。", "户口簿。"))["身份证。"], by="王编辑", on=DAY)
    [found] = check_reviews(knowledge("身份证。", "户口簿。", reviews=(seen,)), DAY)
    assert "户口簿。" in found.cause
