"""The code under an answer, and what is said of it."""

from __future__ import annotations

import pytest

from bot.journal import ALPHABET, CODE_LENGTH, make_code
from bot.message import Reply
from bot.parts import read
from bot.phrases import Phrases
from bot.rating import Rating, Ratings

RATINGS = Ratings(Phrases.load())
CODE = "K7M2QXA"


def test_codes_are_short_and_can_be_read_out() -> None:
    codes = {make_code(f"{number:032x}", ("备案",)) for number in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert set("".join(codes)) == set(ALPHABET)
    assert not set("01IO") & set(ALPHABET)


def test_the_same_answer_has_the_same_code() -> None:
    code = make_code("anna", ("备案", "更多"))
    assert make_code("anna", ("备案", "更多")) == code
    assert len({code, make_code("berta", ("备案", "更多")), make_code("anna", ("备案更多",))}) == 3


def test_a_stamp_says_the_code_and_offers_both_taps() -> None:
    line = RATINGS.line(room=600)
    wording = Reply(reply=read(line), parts=(line, "more"), status="answered")
    stamped = RATINGS.stamp(wording, CODE)
    assert stamped.reply == f"编号 {CODE}　有用　没用"
    assert f"msgmenucontent=有用{CODE}&" in stamped.parts[0]
    assert f"msgmenucontent=没用{CODE}&" in stamped.parts[0]
    assert stamped.parts[1] == "more"
    assert "\ue000" not in "".join(stamped.parts)


def test_without_room_for_taps_it_is_typed() -> None:
    stamped = RATINGS.stamp(Reply(reply="", parts=(RATINGS.line(room=100),), status="answered"), CODE)
    assert stamped.parts == (f"编号 {CODE}　可回复“有用”或“没用”",)


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        (f"有用{CODE}", Rating(True, CODE)),
        (f"没用 {CODE}", Rating(False, CODE)),
        (f" 没用{CODE.lower()} ", Rating(False, CODE)),
        ("有用", Rating(True, "LASTONE")),
        ("没用", Rating(False, "LASTONE")),
    ],
)
def test_what_is_said_of_an_answer(text: str, rating: Rating) -> None:
    assert RATINGS.read(text, "LASTONE") == rating


@pytest.mark.parametrize("text", ["", "有用吗", "医保卡没用了", "没用 123", f"有用{CODE}{CODE}", CODE])
def test_what_is_no_rating(text: str) -> None:
    assert RATINGS.read(text, "LASTONE") is None


def test_nobody_knows_of_which_answer() -> None:
    assert RATINGS.read("有用", None) == Rating(True, None)
