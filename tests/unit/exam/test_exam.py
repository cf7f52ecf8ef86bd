"""The exam reads its files, grades replies, tries taps, and tells what it found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.message import Incoming, Named, Option, Reply
from exam.cases import Case, ExamError, Turn, load_cases
from exam.grading import grade
from exam.report import Report
from exam.sitting import sit
from knowledge.store import Knowledge, load_knowledge

CONTENT = Path(__file__).parents[3] / "knowledge" / "content"
HERE = Named("654203", "沙湾市")
RIGHT = Reply("材料：身份证。电话 0993-6023208", (), "answered", topic="suspension", aspect="materials", region=HERE)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(CONTENT)


class ScriptedBot:
    """Answers each text with the reply that the script holds for it."""

    def __init__(self, script: dict[str, Reply]) -> None:
        self._script = script

    async def reply(self, message: Incoming) -> Reply:
        return self._script[message.text]

    async def forget(self, sender: str) -> None:
        raise NotImplementedError


def turn(**expected: Any) -> Turn:
    """Expects what ``RIGHT`` is."""
    return Turn.parse_obj({"text": "停保带啥", "status": ["answered"], "region": "654203", **expected})


def write(folder: Path, *rows: object, name: str = "first") -> None:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def case(**expected: Any) -> Case:
    return Case("q1", "first", "terse", (turn(**expected),))


def test_a_file_holds_questions_and_dialogues(tmp_path: Path) -> None:
    question = {"id": "q1", "style": "terse", "text": "停保", "status": ["answered"]}
    write(tmp_path, question, "", {"id": "d1", "turns": [{"text": "停保", "status": ["answered"], "region": None}]})
    cases = load_cases(tmp_path)
    assert [(c.id, c.style, c.is_dialogue) for c in cases] == [("q1", "terse", False), ("d1", "dialogue", True)]
    assert not cases[0].turns[0].expects("region")
    assert cases[1].turns[0].expects("region")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "第 1 行"),
        ({"id": "q1", "text": "停保"}, "status"),
        ({"id": "q1", "text": "停保", "status": ["answered"], "musst": []}, "musst"),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, row: object, problem: str) -> None:
    write(tmp_path, row)
    with pytest.raises(ExamError, match=problem):
        load_cases(tmp_path)


def test_an_id_stands_once_in_a_file(tmp_path: Path) -> None:
    question = {"id": "q1", "text": "停保", "status": ["answered"]}
    write(tmp_path, question, question)
    with pytest.raises(ExamError, match="q1"):
        load_cases(tmp_path)


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExamError, match="jsonl"):
        load_cases(tmp_path, "none")


@pytest.mark.parametrize(
    ("expected", "complaint"),
    [
        ({}, None),
        ({"topic": ["suspension"], "aspect": ["materials"], "must": [["身 份 证", "护照"]]}, None),
        ({"status": ["clarify"]}, "status"),
        ({"topic": ["unit_enrolment"]}, "topic"),
        ({"aspect": ["fee"]}, "aspect"),
        ({"region": None}, "region 654203 is not None"),
        ({"care_place": "110000"}, "care_place"),
        ({"must": [["户口簿"]]}, "lacks 户口簿"),
        ({"must_not": ["身份证"]}, "has 身份证"),
        ({"region": "654202"}, "0993-6023208 of another region"),
    ],
)
def test_each_kind_of_mistake_is_found(expected: dict[str, Any], complaint: str | None, knowledge: Knowledge) -> None:
    wrong = grade(turn(**expected), RIGHT, knowledge)
    assert [w for w in wrong if complaint in w] if complaint else wrong == []


async def test_a_tap_that_leads_to_the_answer_counts_as_one_tap(knowledge: Knowledge) -> None:
    taps = (Option("单位参保", "单位参保"), Option("停保", "停保"))
    asks = Reply("请选一个", (), "suggest", options=taps)
    bot = ScriptedBot({"停保带啥": asks, "单位参保": replace(RIGHT, topic="unit_enrolment"), "停保": RIGHT})
    (sat,) = await sit(bot, [case(topic=["suspension"])], knowledge)
    assert (sat.right, sat.turns[0].by_tap) == (False, True)
    (sat,) = await sit(bot, [case(topic=["newborn_enrolment"])], knowledge)
    assert (sat.right, sat.turns[0].by_tap) == (False, False)


async def test_a_tap_under_a_wrong_answer_counts_unless_a_wrong_number_stood_in_it(knowledge: Knowledge) -> None:
    wrong = replace(RIGHT, topic="unit_enrolment", options=(Option("停保", "停保"),))
    bot = ScriptedBot({"停保带啥": wrong, "停保": RIGHT})
    (sat,) = await sit(bot, [case(topic=["suspension"])], knowledge)
    assert (sat.right, sat.turns[0].by_tap) == (False, True)
    (sat,) = await sit(bot, [case(topic=["suspension"], region="654202", region_also=["654203"])], knowledge)
    assert sat.turns[0].by_tap
    foreign = replace(wrong, region=Named("654202", "乌苏市"))
    bot = ScriptedBot({"停保带啥": foreign, "停保": replace(RIGHT, reply="材料", region=foreign.region)})
    (sat,) = await sit(bot, [case(topic=["suspension"], region="654202")], knowledge)
    assert sat.turns[0].foreign
    assert not sat.turns[0].by_tap


async def test_no_tap_puts_right_what_has_no_answer(knowledge: Knowledge) -> None:
    bot = ScriptedBot({"停保带啥": replace(RIGHT, options=(Option("停保", "停保"),)), "停保": RIGHT})
    (sat,) = await sit(bot, [case(status=["not_in_documents"])], knowledge)
    assert not sat.turns[0].by_tap


async def test_the_report_counts_what_decides(knowledge: Knowledge) -> None:
    elsewhere = replace(RIGHT, topic="unit_enrolment")
    bot = ScriptedBot({"停保带啥": RIGHT, "公积金": elsewhere})
    out = Case("q2", "first", "terse", (Turn(text="公积金", status=("out_of_scope",), topic=("suspension",)),))
    dialogue = Case("d1", "talks", "dialogue", (turn(), turn(status=["clarify"])))
    sat = await sit(bot, [case(topic=["suspension"]), out, dialogue], knowledge)
    report = Report(sat, knowledge)
    figures = {share.name: (share.right, share.all) for share in report.headline}
    assert figures["问题，一次答对"] == (1, 2)
    assert figures["对话，每一句"] == (1, 2)
    assert figures["对话，整段"] == (0, 1)
    assert figures["不该答的没有乱答"] == (0, 1)
    assert figures["没有别的地方的号码"] == (3, 4)
    assert [(row.expected, row.given, row.times) for row in report.confusions] == [("suspension", "unit_enrolment", 1)]
    text = report.text()
    assert "suspension → unit_enrolment" in text
    assert text.index("按事项") < text.index("没有答对的 2 句")


async def test_the_page_holds_no_markup_of_a_question(knowledge: Knowledge) -> None:
    asked = Case("q1", "first", "terse", (Turn(text="<script>alert(1)</script>", status=("clarify",)),))
    bot = ScriptedBot({"<script>alert(1)</script>": RIGHT})
    page = Report(await sit(bot, [asked], knowledge), knowledge).page()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
