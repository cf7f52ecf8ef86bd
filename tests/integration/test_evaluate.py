"""``yibao evaluate``, the program itself, on the release of this run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from knowledge.editor.release import Release
from tests.programs import YIBAO, run

ROWS = [
    {
        "id": "q1",
        "style": "terse",
        "text": "沙湾电话",
        "status": ["answered"],
        "region": "654203",
        "must": [["0993-6023208"]],
    },
    {"id": "q2", "style": "terse", "text": "今天天气咋样", "status": ["answered"], "topic": ["suspension"]},
    {"id": "d1", "turns": [{"text": "你好", "status": ["smalltalk"]}]},
]


def evaluate(release: Release, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    var = release.folder.parents[1]
    return run([YIBAO, "evaluate", *words, "--exam", str(folder)], folder, YIBAO_VAR=str(var))


def test_the_release_sits_an_exam(release: Release, tmp_path: Path) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    (tmp_path / "small.jsonl").write_text("\n".join(lines), encoding="utf-8")
    page = tmp_path / "out" / "report.html"
    done = evaluate(release, tmp_path, "small", "--page", str(page))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "问题，一次答对：1/2（50.0%）"
    assert "今天天气咋样" in done.stdout
    assert "考了 3/3" in done.stderr
    assert "今天天气咋样" in page.read_text(encoding="utf-8")


def test_a_broken_exam_is_told_in_one_line(release: Release, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("{}", encoding="utf-8")
    done = evaluate(release, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "broken.jsonl 第 1 行" in done.stderr
    assert done.stderr.count("\n") == 1
