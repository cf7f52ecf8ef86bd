"""Parts: what WeChat takes, the essential in the first, and nothing lost."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Option
from bot.parts import MOST_BYTES, MOST_CHARACTERS, MOST_LINES, MOST_TAP_BYTES, Sentences, cut, read
from bot.phrases import Phrases
from bot.wording import Worded

PHRASES = Phrases.load()
SENTENCES = Sentences(
    PHRASES.template("answer.options"), PHRASES.template("answer.options_list"), PHRASES("answer.more")
)
TAP = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=(\d)">([^<]*)</a>')

TEXT = st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"], blacklist_characters="<>")
LINE = st.text(TEXT, min_size=1, max_size=60).filter(lambda line: line.strip())
OPTIONS = st.lists(
    st.builds(
        Option,
        st.text(st.sampled_from("备案要带什么材料办理"), min_size=1, max_size=16),
        st.text(st.sampled_from("备案要带什么材料办理，。"), min_size=1, max_size=30),
    ),
    max_size=5,
).map(tuple)
WORDED = st.builds(
    Worded,
    st.lists(LINE, min_size=1, max_size=3).map(tuple),
    st.lists(st.one_of(LINE, st.text(TEXT, min_size=1, max_size=900)), max_size=25).map(tuple),
    st.lists(LINE, max_size=4).map(tuple),
)


def worded(
    *body: str, head: tuple[str, ...] = ("您在沙湾参保：可以。",), tail: tuple[str, ...] = ("0993-6023208",)
) -> Worded:
    return Worded(head, body, tail)


def one(body: Worded, *options: Option) -> str:
    (part,) = cut(body, options, SENTENCES)
    return part


class TestAnyAnswer:
    @given(WORDED, OPTIONS)
    def test_what_wechat_takes(self, answer: Worded, options: tuple[Option, ...]) -> None:
        for part in cut(answer, options, SENTENCES):
            assert 0 < len(part.encode()) <= MOST_BYTES
            assert sum(len(match.group().encode()) for match in TAP.finditer(part)) <= MOST_TAP_BYTES

    @given(WORDED, OPTIONS)
    def test_nothing_is_lost(self, answer: Worded, options: tuple[Option, ...]) -> None:
        whole = "\n".join(read(part) for part in cut(answer, options, SENTENCES))
        for line in (*answer.head, *answer.tail, *(line for line in answer.body if len(line) <= MOST_CHARACTERS)):
            assert line in whole
        for line in answer.body:
            assert all(line[start : start + 50] in whole for start in range(0, len(line), 50))

    @given(WORDED, OPTIONS)
    def test_the_essential_stands_in_the_first(self, answer: Worded, options: tuple[Option, ...]) -> None:
        first = read(cut(answer, options, SENTENCES)[0])
        assert first.startswith(answer.head[0])
        for line in (*answer.head, *answer.tail):
            assert line in first
        for number, option in enumerate(options, 1):
            assert f"{number} {option.label}" in first

    @given(WORDED, OPTIONS)
    def test_more_leads_from_each_part_to_the_next(self, answer: Worded, options: tuple[Option, ...]) -> None:
        parts = cut(answer, options, SENTENCES)
        more = [SENTENCES.more in [match.group(1) for match in TAP.finditer(part)] for part in parts]
        assert more == [True] * (len(parts) - 1) + [False]

    @given(WORDED, OPTIONS)
    def test_the_order_stays(self, answer: Worded, options: tuple[Option, ...]) -> None:
        numbered = tuple(f"[{number}]{line[:40]}" for number, line in enumerate(answer.body))
        whole = "\n".join(cut(Worded(answer.head, numbered, answer.tail), options, SENTENCES))
        places = [whole.index(line) for line in numbered]
        assert all(before < after for before, after in pairwise(places))


class TestShape:
    def test_a_short_answer_is_one_part(self) -> None:
        assert one(worded("要带身份证。")) == "您在沙湾参保：可以。\n要带身份证。\n0993-6023208"

    def test_no_more_than_twelve_lines(self) -> None:
        parts = cut(worded(*(f"第{n}条" for n in range(40))), (), SENTENCES)
        assert [len(read(part).splitlines()) for part in parts[:-1]] == [MOST_LINES + 1] * (len(parts) - 1)

    def test_a_heading_is_not_parted_from_what_it_heads(self) -> None:
        lines = [f"第{n}条。" for n in range(9)]
        first, second = cut(worded(*lines, "自治区另有规定：", "护照。", "照片。"), (), SENTENCES)
        assert "另有规定" not in first
        assert read(second).startswith("自治区另有规定：\n护照。")

    def test_about_350_characters(self) -> None:
        parts = cut(worded(*("字" * 100 for _ in range(9))), (), SENTENCES)
        assert all(len(read(part)) <= MOST_CHARACTERS + MOST_LINES + len(SENTENCES.more) for part in parts)

    def test_at_least_one_line_of_the_body_stands_in_the_first(self) -> None:
        long = worded("要带身份证。", head=("头" * 340,))
        assert "要带身份证。" in one(long)

    def test_a_line_that_no_message_holds_is_shown_in_pieces(self) -> None:
        line = "".join(chr(0x4E00 + n) for n in range(3000))
        parts = cut(worded(line), (), SENTENCES)
        assert "0993-6023208" in parts[0]
        shown = "".join(read(part) for part in parts)
        for unwanted in ("您在沙湾参保：可以。", "0993-6023208", SENTENCES.more, "\n"):
            shown = shown.replace(unwanted, "")
        assert shown == line

    def test_a_head_that_no_message_holds_is_cut_rather_than_the_phone(self) -> None:
        part = one(worded(head=("头" * 1000,)))
        assert part.endswith("\n0993-6023208")
        assert len(part.encode()) <= MOST_BYTES


class TestTaps:
    def test_options(self) -> None:
        part = one(worded("要带身份证。"), Option("要带什么", "备案要带什么"), Option("多久", "备案多久"))
        assert TAP.findall(part) == [("备案要带什么", "1", "1 要带什么"), ("备案多久", "2", "2 多久")]
        assert read(part).splitlines()[-1] == "回复 1 要带什么　2 多久"

    def test_a_question_back_has_a_line_for_each(self) -> None:
        part = one(Worded(("您是哪一种？",), (), ()), *(Option(label, label) for label in ("职工", "居民", "都不是")))
        assert read(part).splitlines()[-3:] == ["1 职工", "2 居民", "3 都不是"]

    def test_options_beyond_the_room_stay_as_text(self) -> None:
        options = [Option(f"选项{n}" + "字" * 12, "送" * 30) for n in range(5)]
        part = one(worded("要带身份证。"), *options)
        assert 0 < len(TAP.findall(part)) < 5
        assert all(f"{n} {option.label}" in read(part) for n, option in enumerate(options, 1))

    def test_read_leaves_everything_else(self) -> None:
        assert read("<b>备案</b> 1<2") == "<b>备案</b> 1<2"

    @pytest.mark.parametrize("options", [(), (Option("a", "b"),)])
    def test_an_answer_without_a_body(self, options: tuple[Option, ...]) -> None:
        assert read(one(worded(), *options)).startswith("您在沙湾参保：可以。\n0993-6023208")
