"""Checks the training examples before Rasa reads them: its own messages name neither file nor remedy in Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.editor.findings import Finding, error
from knowledge.editor.overlaps import Spoken, check_examples
from knowledge.schema import Aspect
from knowledge.store import Knowledge

CONVERSATION = "conversation"
"""Folder of the intents that are no topics: every name is allowed there."""

_ASPECTS = tuple(aspect.value for aspect in Aspect)


@dataclass(frozen=True)
class Examples:
    """``counts``: examples by intent; ``findings``: what is wrong with the files."""

    counts: dict[str, int]
    findings: list[Finding]


def read_examples(data: Path, knowledge: Knowledge) -> Examples:
    """Reads every ``*.yml`` under ``data``. A broken file is a finding, never an exception."""
    spoken: list[Spoken] = []
    findings: list[Finding] = []
    for path in sorted(data.rglob("*.yml")):
        name = f"data/{path.relative_to(data).as_posix()}"
        try:
            tree = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as problem:
            place = str(getattr(problem, "problem_mark", "") or "整个文件").strip()
            findings.append(error(name, place, "YAML 读不了", "检查缩进、引号和编码（UTF-8），不要用制表符"))
            continue
        items = tree.get("nlu") if isinstance(tree, dict) else None
        if not isinstance(items, list):
            findings.append(error(name, "nlu", "没有例句的列表", "照别的文件写 nlu: 和 - intent:"))
            continue
        for number, item in enumerate(items):
            found = list(_wrong(name, f"nlu[{number}]", item, knowledge, CONVERSATION in path.parts))
            findings += found
            if not found:
                intent, field = item["intent"], f"nlu[{number}].examples"
                spoken += [Spoken(name, field, intent, text) for text in _lines(item["examples"])]
    findings += check_examples(spoken)
    return Examples(dict(Counter(example.intent for example in spoken)), findings)


def _wrong(file: str, field: str, item: Any, knowledge: Knowledge, conversation: bool) -> Iterator[Finding]:
    if not isinstance(item, dict) or not isinstance(item.get("intent"), str):
        yield error(file, field, "没有写 intent", "写 - intent: 事项的 id")
        return
    if not conversation and item["intent"] not in knowledge.topics:
        yield error(file, f"{field}.intent", f"没有“{item['intent']}”这个事项", "改成 topics/ 里的文件名")
    examples = item.get("examples")
    if not isinstance(examples, str) or not _lines(examples):
        yield error(file, f"{field}.examples", "没有例句", "写 examples: |，下面每行以“- ”开头")
    elif any(line and not line.startswith("- ") for line in map(str.strip, examples.splitlines())):
        yield error(file, f"{field}.examples", "有一行不以“- ”开头", "每句单独一行，以“- ”开头")
    metadata = item.get("metadata")
    aspects = metadata.get("aspects", []) if isinstance(metadata, dict) else []
    for aspect in aspects if isinstance(aspects, list) else [aspects]:
        if aspect not in _ASPECTS:
            remedy = f"从这些里选：{'、'.join(_ASPECTS)}"
            yield error(file, f"{field}.metadata.aspects", f"没有“{aspect}”这个方面", remedy)


def _lines(examples: str) -> list[str]:
    lines = map(str.strip, examples.splitlines())
    return [line.removeprefix("- ").strip() for line in lines if line.startswith("- ")]
