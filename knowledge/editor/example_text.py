"""Adds example questions to a file of them and leaves the rest as it is (docs/content-files.zh-CN.md, 例句)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.editor.workspace import WorkspaceError

SHORTEST, LONGEST = 2, 150
"""Characters of one example."""

MOST = 50
"""Examples at once."""

HEAD = 'version: "3.1"\nnlu:\n'

_MARKED = re.compile(r"[\[\]{}<>]|^[-/]")
"""Rasa takes these for marks of its own."""


@dataclass(frozen=True)
class Group:
    """Examples that ask the same of one topic, in one place of a file. ``end``: where the last of them ends."""

    intent: str
    aspects: tuple[str, ...]
    texts: tuple[str, ...]
    end: int


def read_groups(text: str) -> list[Group]:
    """The groups of a file in its order. Raises WorkspaceError where it cannot be read."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise WorkspaceError("例句文件读不了，请先改好文件的写法") from error
    return list(_groups(tree))


def clean(lines: str) -> list[str]:
    """The examples that somebody wrote, one a line. Raises WorkspaceError where one is none."""
    found = list(dict.fromkeys(" ".join(line.split()) for line in lines.splitlines() if line.strip()))
    if not found:
        raise WorkspaceError("没有写例句")
    if len(found) > MOST:
        raise WorkspaceError(f"一次最多加 {MOST} 条")
    for each in found:
        if not SHORTEST <= len(each) <= LONGEST:
            raise WorkspaceError(f"例句要 {SHORTEST} 到 {LONGEST} 个字：{each[:20]}")
        if _MARKED.search(each):
            raise WorkspaceError(f"例句里不能有方括号、花括号、尖括号，也不能以 - 或 / 开头：{each[:20]}")
    return found


def add_examples(text: str, intent: str, aspects: Sequence[str], examples: Sequence[str]) -> str:
    """The file with the examples behind those that ask the same, or in a group of their own. Raises
    WorkspaceError."""
    lines = "".join(f"\n    - {each}" for each in examples)
    for group in read_groups(text or HEAD):
        if group.intent == intent and group.aspects == tuple(aspects) and group.texts:
            return text[: group.end] + lines + text[group.end :]
    metadata = f"\n  metadata: {{aspects: [{', '.join(aspects)}]}}" if aspects else ""
    return f"{(text or HEAD).rstrip()}\n- intent: {intent}{metadata}\n  examples: |{lines}\n"


def find_file(data: Path, intent: str, family: str | None) -> str:
    """The file in which an intent's examples stand, relative to ``data``; of a topic without any: where they are to
    stand. Raises WorkspaceError."""
    if family is not None:
        return f"{family}/{intent}.yml"
    file = f"conversation/{intent}.yml"
    if not (data / file).is_file():
        raise WorkspaceError(f"没有“{intent}”的例句文件")
    return file


def find_known(data: Path, examples: Sequence[str]) -> dict[str, str]:
    """Which of the examples stand in a file already, with the intent that they stand for. Raises WorkspaceError."""
    wanted = set(examples)
    found = {}
    for path in sorted(data.rglob("*.yml")):
        for group in read_groups(path.read_text(encoding="utf-8")):
            found.update(dict.fromkeys(wanted & set(group.texts), group.intent))
    return found


def _groups(tree: yaml.Node | None) -> Iterator[Group]:
    items = next((value for key, value in getattr(tree, "value", []) if key.value == "nlu"), None)
    for item in items.value if isinstance(items, yaml.SequenceNode) else ():
        held = {key.value: value for key, value in item.value}
        if "intent" not in held or not isinstance(held.get("examples"), yaml.ScalarNode):
            continue
        told = held["examples"].value
        texts = tuple(line.strip()[2:].strip() for line in told.splitlines() if line.strip().startswith("- "))
        aspects: tuple[str, ...] = ()
        if "metadata" in held:
            named = next((v for k, v in held["metadata"].value if k.value == "aspects"), None)
            if isinstance(named, yaml.SequenceNode):
                aspects = tuple(each.value for each in named.value)
        yield Group(held["intent"].value, aspects, texts, _end_of_text(held["examples"]))


def _end_of_text(node: yaml.ScalarNode) -> int:
    """Where its last line ends; PyYAML counts the blank lines behind it in."""
    buffer = node.end_mark.buffer
    if buffer is None:
        return int(node.end_mark.index)
    text = buffer[: node.end_mark.pointer]
    return int(node.end_mark.index) - (len(text) - len(text.rstrip()))
