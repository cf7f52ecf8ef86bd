"""What the exam expects follows a fact that changed; nothing else of its files does."""

from __future__ import annotations

import json
from pathlib import Path

from exam.amend import amend, amend_folder

OLD, NEW = "0993-6023208", "0993-6023999"
PLAIN = '{"id": "q-1",  "text": "沙湾电话是0993-6023208吗", "must": [["12393"]], "must_not": []}'
ASKED = '{"id": "q-2", "text": "沙湾电话", "must": [["0993-6023208", "窗口"]], "must_not": ["0993-6023208"]}'
TALK = '{"id": "d-1", "turns": [{"text": "a", "must": []}, {"text": "b", "must": [["0993-6023208"]]}]}'


def test_what_must_and_must_not_be_said_changes() -> None:
    text, count = amend("\n".join([PLAIN, ASKED, TALK]) + "\n", [(OLD, NEW)])
    rows = [json.loads(line) for line in text.splitlines()]
    assert count == 2
    assert (rows[1]["must"], rows[1]["must_not"]) == ([[NEW, "窗口"]], [NEW])
    assert rows[2]["turns"][1]["must"] == [[NEW]]
    assert text.endswith("}\n")


def test_what_citizens_say_stays_and_so_does_every_other_line() -> None:
    text, _ = amend("\n".join([PLAIN, ASKED]), [(OLD, NEW)])
    assert text.splitlines()[0] == PLAIN
    assert amend(PLAIN, [(OLD, NEW)]) == (PLAIN, 0)
    assert amend(f"{{{OLD}", [(OLD, NEW)]) == (f"{{{OLD}", 0)


def test_text_with_marks_of_json() -> None:
    line = json.dumps({"id": "q", "must": [['点"提交"']], "must_not": []}, ensure_ascii=False)
    text, count = amend(line, [('点"提交"', "点\\确认")])
    assert (json.loads(text)["must"], count) == ([["点\\确认"]], 1)


def test_only_files_that_change_are_named(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(ASKED + "\n", encoding="utf-8")
    (tmp_path / "two.jsonl").write_text(PLAIN + "\n", encoding="utf-8")
    found = amend_folder(tmp_path, [(OLD, NEW), ("窗口", "大厅")])
    assert list(found) == ["one.jsonl"]
    text, count = found["one.jsonl"]
    assert json.loads(text)["must"] == [[NEW, "大厅"]]
    assert count == 1
