"""The reply's XML is valid whatever the text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.wechat.reply import MAX_BYTES, clean, cut, text_reply

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=3000)


def content(text: str) -> str:
    root = ElementTree.fromstring(text_reply(to="oABC", account="gh_1", text=text, now=1714036504.9))  # noqa: S314
    assert [child.tag for child in root] == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
    assert root.findtext("ToUserName") == "oABC"
    assert root.findtext("CreateTime") == "1714036504"
    return root.findtext("Content") or ""


@given(ANY_TEXT)
def test_any_text_gives_xml_that_holds_the_cleaned_text(text: str) -> None:
    assert content(text) == cut(clean(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a]]>b", "a]]>b"),
        ("]]></Content><Content>x", "]]></Content><Content>x"),
        ("]]]]>>]]>", "]]]]>>]]>"),
        ("a\x00b\x08c\x1fd\x7fe\x85f", "abcdef"),
        ("a\ufffeb\uffffc\ud800d", "abcd"),
        ("a\r\nb\rc\n\td", "a\nb\nc\n\td"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("医保🏥👨‍👩‍👧", "医保🏥👨‍👩‍👧"),
    ],
)
def test_texts_that_break_others(text: str, expected: str) -> None:
    assert content(text) == expected


@given(ANY_TEXT, st.integers(0, 100))
def test_cutting_keeps_whole_characters_and_the_limit(text: str, limit: int) -> None:
    text = clean(text)
    kept = cut(text, limit)
    assert text.startswith(kept)
    assert len(kept.encode()) <= limit


def test_a_text_at_the_limit_is_whole() -> None:
    assert cut("医" * 682 + "ab") == "医" * 682 + "ab"
    assert cut("医" * 683) == "医" * 682
    assert len(content("医" * 5000).encode()) <= MAX_BYTES


TAP = '<a href="weixin://bizmsgmenu?msgmenucontent=更多&msgmenuid=1">更多</a>'


@pytest.mark.parametrize("missing", range(1, len(TAP.encode())))
def test_half_a_tap_is_left_out(missing: int) -> None:
    text = "电话" + TAP
    assert cut(text, len(text.encode()) - missing) == "电话"
    assert cut(text, len(text.encode())) == text
