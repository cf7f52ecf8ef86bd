"""Examples are added behind those that ask the same, and nothing else of the file changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.editor.example_text import add_examples, clean, find_known, read_groups
from knowledge.editor.workspace import WorkspaceError

FILE = """\
version: "3.1"
nlu:
# 怎么办的
- intent: filing
  metadata: {aspects: [steps]}
  examples: |
    - 怎么备案
    - 备案咋办

- intent: filing
  examples: |
    - 备案
"""


def texts(text: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(group.intent, group.aspects, group.texts) for group in read_groups(text)]


def test_behind_those_that_ask_the_same() -> None:
    assert add_examples(FILE, "filing", ["steps"], ["咋弄备案"]) == FILE.replace(
        "    - 备案咋办\n", "    - 备案咋办\n    - 咋弄备案\n"
    )
    assert add_examples(FILE, "filing", [], ["异地"]) == FILE + "    - 异地\n"


def test_in_a_group_of_their_own() -> None:
    added = add_examples(FILE, "filing", ["fee", "steps"], ["收费吗怎么办"])
    assert added.startswith(FILE)
    assert texts(added)[-1] == ("filing", ("fee", "steps"), ("收费吗怎么办",))


def test_in_a_file_that_is_not_there_yet() -> None:
    assert texts(add_examples("", "new", [], ["甲乙", "丙丁"])) == [("new", (), ("甲乙", "丙丁"))]


def test_a_broken_file_is_left_alone() -> None:
    with pytest.raises(WorkspaceError, match="读不了"):
        add_examples("nlu: [", "filing", [], ["备案"])


@given(st.lists(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=9), min_size=1))
def test_what_is_added_is_read_again(words: list[str]) -> None:
    added = add_examples(FILE, "filing", ["steps"], words)
    assert texts(added)[0] == ("filing", ("steps",), ("怎么备案", "备案咋办", *words))
    assert texts(added)[1:] == texts(FILE)[1:]
    assert "# 怎么办的" in added
    assert yaml.safe_load(added)["version"] == "3.1"


def test_what_somebody_wrote_is_cleaned() -> None:
    assert clean(" 怎么  备案 \n\n怎么 备案\n咋办呢\n") == ["怎么 备案", "咋办呢"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (" \n", "没有写例句"),
        ("啊", "2 到 150 个字"),
        ("长" * 151, "2 到 150 个字"),
        ("[沙湾](region)怎么办", "方括号"),
        ("/restart", "不能以"),
        ("\n".join(f"第{n}句话" for n in range(51)), "一次最多加 50 条"),
    ],
)
def test_what_is_no_example_is_refused(lines: str, words: str) -> None:
    with pytest.raises(WorkspaceError, match=words):
        clean(lines)


def test_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "remote").mkdir()
    (tmp_path / "remote" / "filing.yml").write_text(FILE, encoding="utf-8")
    assert find_known(tmp_path, ["备案", "没有的话"]) == {"备案": "filing"}
