"""The editors' pages, on a folder of their own with the project's content: what is saved, what is refused, what is lost
(nothing)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.accounts import Role
from bot.audit import Action
from knowledge.editor import workspace
from knowledge.editor.workspace import Workspace
from tests.full_disk import no_file_grows_beyond
from tests.integration.console import GOOD, Browser
from tests.integration.mounted_console import HOSTILE, Whole, mounted
from tests.knowledge_builder import SHAWAN, YUTIAN
from tests.small_content import NUMBER, make_small_workspace

OLD, NEW = NUMBER, "0993-6023999"
OFFICES, DATA = "content/offices.yml", "data"


@pytest.fixture
def folder(tmp_path: Path) -> Workspace:
    return make_small_workspace(tmp_path)


@pytest.fixture
def whole(folder: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    with mounted(None, tmp_path / "var", monkeypatch, lambda: folder) as whole:
        yield whole


@pytest.fixture
def editor(whole: Whole) -> Browser:
    return whole.logged_in("bian")


def place_of(folder: Workspace, number: str) -> str:
    """Where a number stands."""
    offices = enumerate(folder.knowledge().offices.values())
    return next(
        f"offices[{o}].lines[{n}]" for o, e in offices for n, each in enumerate(e.lines) if each.number == number
    )


def open_form(editor: Browser, file: str, at: str) -> dict[str, str]:
    """What a browser would send of the form as it opens."""
    answer = editor.get(f"/console/edit/place?file={file}&at={at}")
    assert answer.status_code == 200
    page = answer.text.partition('id="edit"')[2].partition("</form>")[0]
    form = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    form |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)', page))
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[name] = chosen[1] if chosen else ""
    found = re.findall(r'<input type="checkbox" name="([^"]+)"([^>]*)>', page)
    form = {name: value for name, value in form.items() if name not in [box for box, _ in found]}
    form |= {box: "yes" for box, rest in found if "checked" in rest}
    return {name: html.unescape(value) for name, value in form.items() if name not in ("token", "remove")}


def number_form(editor: Browser, folder: Workspace, number: str = NEW) -> dict[str, str]:
    form = open_form(editor, "offices.yml", place_of(folder, OLD))
    assert form["value.number"] == OLD
    return {**form, "value.number": number, "reason": "县医保局来函"}


def told(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_change_is_saved_with_who_and_why(whole: Whole, editor: Browser, folder: Workspace) -> None:
    before = folder.read(OFFICES)[0]
    saved = editor.send("/console/edit/save", **number_form(editor, folder))
    assert saved.status_code == 303
    assert "保存好了" in editor.get(saved.headers["location"]).text
    assert folder.read(OFFICES)[0] == before.replace(f"number: {OLD}", f"number: {NEW}", 1)
    commit = folder.git.history(most=1)[0]
    assert (commit.author, commit.reason) == ("bian", "县医保局来函")
    assert commit.what == "机构、地址、电话 › 沙湾市医疗保障局 › 电话 › 沙湾市医保局窗口"
    assert (whole.actions()[-1][0], whole.actions()[-1][1]) == ("bian", Action.CONTENT_CHANGED)


def test_what_the_exam_expects_changes_along(editor: Browser, folder: Workspace) -> None:
    def expecting(number: str) -> int:
        return sum(path.read_text(encoding="utf-8").count(number) for path in folder.exam.glob("*.jsonl"))

    before = expecting(OLD)
    assert before > 0
    form = number_form(editor, folder)
    assert "道考题的标准答案里写着旧的" in editor.send("/console/edit/look", **form).text
    editor.send("/console/edit/save", **form, exam="yes")
    assert (expecting(OLD), expecting(NEW)) == (0, before)
    files = folder.git.history(most=1)[0].files
    assert sorted(files) == [OFFICES, "exam/questions.jsonl"]


def test_before_it_is_saved_one_sees_what_changes(editor: Browser, folder: Workspace) -> None:
    before = folder.read(OFFICES)[0]
    page = told(editor.send("/console/edit/look", **number_form(editor, folder)).text)
    assert "还没有保存" in page
    assert f"号码 {OLD} {NEW}" in page
    assert folder.read(OFFICES)[0] == before


def test_without_a_reason_nothing_is_saved_and_nothing_lost(editor: Browser, folder: Workspace) -> None:
    head = folder.git.head()
    answer = editor.send("/console/edit/save", **{**number_form(editor, folder), "reason": " "})
    assert (answer.status_code, folder.git.head()) == (400, head)
    assert "请写为什么改" in answer.text
    assert f'value="{NEW}"' in answer.text


def test_a_mistake_is_told_with_its_remedy(editor: Browser, folder: Workspace) -> None:
    head = folder.git.head()
    for path in ("look", "save"):
        answer = editor.send(f"/console/edit/{path}", **number_form(editor, folder, "六零二三二零八"))
        assert (answer.status_code, folder.git.head()) == (400, head)
        assert "怎么改：" in answer.text
        assert 'value="六零二三二零八"' in answer.text, "what was typed is not lost"


def test_the_second_of_two_editors_sees_the_first_ones_change(editor: Browser, folder: Workspace) -> None:
    first, second = number_form(editor, folder), number_form(editor, folder, "0993-6023111")
    assert editor.send("/console/edit/save", **first).status_code == 303
    for path in ("look", "save"):
        answer = editor.send(f"/console/edit/{path}", **second)
        assert answer.status_code == 409
        assert "bian 改了“机构、地址、电话" in answer.text
        assert 'value="0993-6023111"' in answer.text, "what the second typed is not lost"
    assert NEW in folder.read(OFFICES)[0]


def test_an_editor_of_one_region_changes_that_region(whole: Whole, folder: Workspace) -> None:
    whole.staff.accounts.add("shawan", Role.EDITOR, GOOD, regions=(SHAWAN,))
    whole.staff.accounts.add("yutian", Role.EDITOR, GOOD, regions=(YUTIAN,))
    own, others = whole.logged_in("shawan"), whole.logged_in("yutian")
    form = number_form(own, folder)
    assert others.send("/console/edit/save", **form).status_code == 403
    assert "您的账号只管自己的地区" in others.get(f"/console/edit/place?file=offices.yml&at={form['at']}").text
    assert own.send("/console/edit/save", **form).status_code == 303
    assert own.send("/console/edit/undo", commit=folder.git.head() or "", reason="试试").status_code == 403
    assert NEW in folder.read(OFFICES)[0]


def test_a_file_broken_by_hand_is_told_and_can_be_mended(editor: Browser, folder: Workspace) -> None:
    path = folder.folder / OFFICES
    whole_text = path.read_text(encoding="utf-8")
    path.write_text(whole_text.replace(f"number: {OLD}", "number: [", 1), encoding="utf-8")
    assert editor.get("/console/edit").status_code == 503
    assert "offices.yml" in editor.get("/console/edit").text
    page = editor.get("/console/check")
    assert (page.status_code, "offices.yml" in page.text, "怎么改：" in page.text) == (200, True, True)
    path.write_text(whole_text, encoding="utf-8")
    assert editor.get("/console/edit").status_code == 200


@pytest.mark.parametrize("full", ["save", "_put"])
def test_a_full_disk_loses_nothing(
    editor: Browser, folder: Workspace, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    """Full when the copy is made that is tried, and full when the file itself is written."""
    holder: Any = Workspace if full == "save" else workspace
    write = getattr(holder, full)

    def on_a_full_disk(*told: Any, **more: Any) -> Any:
        is_copy = full == "_put" and "yibao-" in str(told[0])
        with nullcontext() if is_copy else no_file_grows_beyond(100):
            return write(*told, **more)

    form, before = number_form(editor, folder), folder.read(OFFICES)[0]
    monkeypatch.setattr(holder, full, on_a_full_disk)
    answer = editor.send("/console/edit/save", **form)
    monkeypatch.undo()
    assert answer.status_code == 400
    assert "什么也没有改动" in answer.text
    assert "清理磁盘" in answer.text
    assert f'value="{NEW}"' in answer.text
    assert folder.read(OFFICES)[0] == before
    assert editor.send("/console/edit/save", **form).status_code == 303


def test_a_change_is_taken_back(whole: Whole, editor: Browser, folder: Workspace) -> None:
    before = folder.read(OFFICES)[0]
    editor.send("/console/edit/save", **number_form(editor, folder))
    commit = folder.git.history(most=1)[0].id
    assert editor.send("/console/edit/undo", commit=commit, reason="").status_code == 400
    undone = editor.send("/console/edit/undo", commit=commit, reason=f"记错了{HOSTILE}")
    assert undone.status_code == 303
    assert folder.read(OFFICES)[0] == before
    page = editor.get("/console/edit/history").text
    assert "记错了&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert whole.actions()[-1][1] is Action.CONTENT_UNDONE


def test_later_changes_stand_in_the_way_of_taking_back(editor: Browser, folder: Workspace) -> None:
    editor.send("/console/edit/save", **number_form(editor, folder))
    commit = folder.git.history(most=1)[0].id
    form = {
        **open_form(editor, "offices.yml", place_of(folder, NEW)),
        "value.number": "0993-6023111",
        "reason": "又换了",
    }
    assert editor.send("/console/edit/save", **form).status_code == 303
    answer = editor.send("/console/edit/undo", commit=commit, reason="不对")
    assert answer.status_code == 409
    assert "撤销不了" in answer.text
    assert "0993-6023111" in folder.read(OFFICES)[0]


def test_a_fact_of_a_topic_is_added_and_taken_away(editor: Browser, folder: Workspace) -> None:
    topic = folder.knowledge().topics["newborn_enrolment"]
    file, at = f"topics/{topic.family}/{topic.id}.yml", "guides[1].aspects.materials[0]"
    form = open_form(editor, file, at)
    count = sum(name.startswith("fact.") for name in form) - 1
    added = {**form, "fact.new": "银行卡复印件。", "reason": "加了一样"}
    assert editor.send("/console/edit/save", **added).status_code == 303
    form = open_form(editor, file, at)
    assert form[f"fact.{count}"] == "银行卡复印件。"
    gone = {**form, f"fact.{count}": "", "reason": "又不要了"}
    assert editor.send("/console/edit/save", **gone).status_code == 303
    assert "银行卡复印件" not in folder.read(f"content/{file}")[0]


def test_there_is_no_place_outside_the_content(editor: Browser) -> None:
    for file in ("../data/x.yml", "/etc/passwd", "nothing.yml"):
        assert editor.get(f"/console/edit/place?file={file}").status_code in (400, 404)


# What was not answered.


def settle(editor: Browser, action: str, texts: str, topic: str = "newborn_enrolment") -> str:
    answer = editor.send("/console/edit/examples/gap", action=action, topic=topic, texts=texts, times="40", back="")
    assert answer.status_code == 303
    return told(editor.get(answer.headers["location"]).text)


def test_a_question_becomes_an_example(editor: Browser, folder: Workspace) -> None:
    assert "记下了" in settle(editor, "example", "刚落地的毛毛咋上保")
    [path] = [each for each in folder.data.rglob("*.yml") if "刚落地的毛毛咋上保" in each.read_text(encoding="utf-8")]
    assert path.name == "newborn_enrolment.yml"
    assert folder.git.history(most=1)[0].reason == "市民问过 40 次"
    assert "已经是“新生儿参保登记”的例句" in settle(editor, "example", "刚落地的毛毛咋上保", "unit_enrolment")


def test_a_question_becomes_one_of_the_exam(editor: Browser, folder: Workspace) -> None:
    settle(editor, "exam", "毛毛的医保去哪办\n毛毛医保")
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in (folder.exam / "editors.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [(row["text"], row["topic"]) for row in rows] == [
        ("毛毛的医保去哪办", ["newborn_enrolment"]),
        ("毛毛医保", ["newborn_enrolment"]),
    ]


@pytest.mark.parametrize("action", ["not_in_documents", "out_of_scope"])
def test_a_question_is_not_answered_on_purpose(editor: Browser, folder: Workspace, action: str) -> None:
    settle(editor, action, "毛毛的奶粉报不报销呀")
    [path] = [each for each in folder.data.rglob("*.yml") if "毛毛的奶粉" in each.read_text(encoding="utf-8")]
    assert path.name == f"{action}.yml"


# Check and review.


def test_a_lawful_difference_is_told_no_more(editor: Browser, folder: Workspace) -> None:
    page = editor.get("/console/check").text
    forms = re.findall(r'<form method="post" action="/console/check/lawful".*?</form>', page, re.DOTALL)
    mark = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', forms[0]))
    mark.pop("token")
    count = len(folder.knowledge().lawful_differences)
    answer = editor.send("/console/check/lawful", **mark, reason="两边都问过，都对")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/check?saved=true")
    assert len(folder.knowledge().lawful_differences) == count + 1
    page = editor.get("/console/check").text
    assert page.count('action="/console/check/lawful"') == len(forms) - 1


def test_facts_are_reviewed_for_half_a_year(whole: Whole, editor: Browser, folder: Workspace) -> None:
    file = "topics/enrolment/newborn_enrolment.yml"
    query = f"file={file}&region={SHAWAN}"

    def due() -> int:
        return int(re.findall(r"现在有 <strong>(\d+)</strong>", editor.get("/console/review").text)[0])

    page = editor.get(f"/console/review?{query}").text
    facts = list(dict.fromkeys(re.findall(r'name="(fact\.[^"]+)"', page)))
    before = due()
    assert editor.send("/console/review", file=file, region=SHAWAN).status_code == 400
    answer = editor.send("/console/review", file=file, region=SHAWAN, **{facts[0]: "yes"})
    assert answer.status_code == 303
    after = due()
    assert after < before
    assert folder.knowledge().reviews[-1].by == "bian"
    whole.clock.passes(timedelta(days=190))
    editor.log_in("bian")
    assert due() == before


# Without a folder.


def test_without_a_folder_each_page_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mounted(None, tmp_path / "var", monkeypatch, lambda: None) as whole:
        editor = whole.logged_in("bian")
        for path in ("edit", "edit/history", "edit/topic", "check", "review"):
            answer = editor.get(f"/console/{path}")
            assert (path, answer.status_code) == (path, 503)
            assert "yibao knowledge init" in answer.text
