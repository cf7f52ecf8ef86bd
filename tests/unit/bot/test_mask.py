"""Personal numbers are hidden; published numbers of offices never are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mask import mask
from knowledge.store import load_knowledge

CONTENT = Path(__file__).parents[3] / "knowledge" / "content"
PUBLISHED = sorted({row.number for o in load_knowledge(CONTENT).offices.values() for row in o.lines})

WORDS = st.text(st.sampled_from("我的身份证号是电话请问备案？，。 :（）\n没人接"), max_size=12)
IDENTITY = st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9Xx]", fullmatch=True)
MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
CARD = st.from_regex(r"[1-9][0-9]{15,18}", fullmatch=True)
OFFICE = st.sampled_from(PUBLISHED)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("653226198001011234", "653****1234"),
        ("身份证65322619800101123X怎么备案", "身份证653****123X怎么备案"),
        ("65322619800101123x", "653****123x"),
        ("老身份证653226800101123", "老身份证653****1123"),
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("+86 13812345678", "138****5678"),
        ("8613812345678", "138****5678"),
        ("013812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("６５３２２６１９８００１０１１２３４", "653****1234"),
        ("卡号6222021001116245702", "卡号****5702"),
        ("6222 0210 0111 6245", "****6245"),
        ("6222-0210-0111-6245", "****6245"),
        ("653226 19800101 1234", "****1234"),
        ("我叫张三，身份证653226198001011234，手机13812345678", "我叫张三，身份证653****1234，手机138****5678"),
    ],
)
def test_hidden(text: str, masked: str) -> None:
    assert mask(text) == (masked, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "备案",
        "120",
        "12393",
        "6023208是哪的",
        "0993-6023208没人接",
        "09936023208",
        "010-12345678",
        "打0993-6023208 10点打没人接",
        "12393 0993-6023208",
        "0993-6023208 0993-6023207是一个地方吗",
        "0993-6023208，0993-6023207、0991-4680625",
        "2023年10月1日",
        "备案180天",
        "137团",
        "医保编码653226",
        "2024-01-01到2024-12-31",
    ],
)
def test_left_alone(text: str) -> None:
    assert mask(text) == (text, False)


@pytest.mark.parametrize("number", PUBLISHED)
@pytest.mark.parametrize(
    "around", ["{}", "{}是哪的电话", "打{} 10点没人接", "我打了{}，12393", "{0} {0}", "({})", "电话：{}"]
)
def test_published_numbers(number: str, around: str) -> None:
    text = around.format(number)
    assert mask(text) == (text, False)
    assert mask(text.replace("-", "")) == (text.replace("-", ""), False)


@given(WORDS, OFFICE, WORDS, OFFICE, WORDS)
def test_published_numbers_in_any_text(one: str, first: str, two: str, second: str, three: str) -> None:
    text = f"{one}{first} {two}{second}{three}"
    assert mask(text) == (text, False)


@given(WORDS, IDENTITY, WORDS, OFFICE)
def test_an_identity_number_keeps_seven_characters_at_most(
    before: str, number: str, after: str, published: str
) -> None:
    masked, hidden = mask(f"{before}{number}{after}，{published}")
    assert hidden
    assert number not in masked
    assert number[3:14] not in masked
    assert masked.endswith(published)


@given(WORDS, MOBILE, WORDS, st.sampled_from(["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "+86{0}{1}{2}"]))
def test_a_mobile_number_keeps_seven(before: str, number: str, after: str, shape: str) -> None:
    typed = shape.format(number[:3], number[3:7], number[7:])
    masked, hidden = mask(f"{before}{typed}{after}")
    assert hidden
    assert f"{number[:3]}****{number[7:]}" in masked
    assert typed not in masked


@given(WORDS, CARD, WORDS, st.sampled_from(["", " ", "-"]))
def test_a_card_keeps_seven_at_most(before: str, number: str, after: str, separator: str) -> None:
    typed = separator.join(number[start : start + 4] for start in range(0, len(number), 4))
    masked, hidden = mask(f"{before}{typed}{after}")
    assert hidden
    assert number[4:-4] not in masked.replace(separator, "")


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    masked, hidden = mask(text)
    assert mask(masked) == (masked, False)
    assert hidden or masked == text
