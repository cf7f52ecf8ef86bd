"""One spelling for what people type."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.normalise import normalise


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("異地就醫備案", "异地就医备案"),
        ("醫保電話", "医保电话"),
        ("ＡＰＰ　１２３９３", "app12393"),
        ("怎么  备案\n？", "怎么备案?"),
        ("备\u200b案\ufeff", "备案"),
        ("①", "1"),
        ("（区本级）", "(区本级)"),
        ("IPhone", "iphone"),
        ("👨‍👩‍👧医保", "👨👩👧医保"),
        ("", ""),
        (" \u3000\t\n", ""),
        ("\x00备案\x7f", "备案"),
        ("тел", "тел"),
        ("قانداق", "قانداق"),
        ("于田", "于田"),
        ("乾隆", "乾隆"),
    ],
)
def test_spelling(raw: str, text: str) -> None:
    assert normalise(raw) == text


@given(st.text(max_size=80))
def test_any_text(raw: str) -> None:
    text = normalise(raw)
    assert not any(character.isspace() for character in text)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=30))
@example("薴")
def test_twice_is_once(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once
