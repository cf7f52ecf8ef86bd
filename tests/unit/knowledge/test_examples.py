"""Mistakes in training examples are told with file, field, cause and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.editor.examples import Examples, read_examples
from knowledge.store import load_knowledge

PROJECT = Path(__file__).parents[3]
KNOWLEDGE = load_knowledge(PROJECT / "knowledge" / "content")
GOOD = """
nlu:
- intent: remote_care_filing
  metadata: {aspects: [steps]}
  examples: |
    - 怎么备案
    - 备案咋办
"""


def read(folder: Path, text: str, name: str = "remote_care/remote_care_filing.yml") -> Examples:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_examples(folder, KNOWLEDGE)


def test_the_projects_examples_are_right() -> None:
    assert read_examples(PROJECT / "nlu" / "data", KNOWLEDGE).findings == []


def test_they_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert (found.findings, found.counts) == ([], {"remote_care_filing": 2})


def test_conversation_has_intents_of_its_own(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD.replace("remote_care_filing", "smalltalk"), "conversation/smalltalk.yml").findings == []


@pytest.mark.parametrize(
    ("right", "wrong", "field", "words"),
    [
        ("intent: remote_care_filing", "intent: newborn_enrollment", "nlu[0].intent", "newborn_enrollment"),
        ("intent: remote_care_filing", "name: remote_care_filing", "nlu[0]", "没有写 intent"),
        ("[steps]", "[material]", "nlu[0].metadata.aspects", "material"),
        ("    - 备案咋办", "    备案咋办", "nlu[0].examples", "“- ”"),
        ("examples: |\n    - 怎么备案\n    - 备案咋办", "examples: [怎么备案]", "nlu[0].examples", "没有例句"),
        ("nlu:", "data:", "nlu", "没有例句的列表"),
        ("  metadata", "\tmetadata", "line 4", "YAML 读不了"),
    ],
)
def test_mistakes(tmp_path: Path, right: str, wrong: str, field: str, words: str) -> None:
    findings = read(tmp_path, GOOD.replace(right, wrong)).findings
    assert len(findings) == 1
    assert findings[0].file == "data/remote_care/remote_care_filing.yml"
    assert field in findings[0].field
    assert words in findings[0].cause + findings[0].remedy
