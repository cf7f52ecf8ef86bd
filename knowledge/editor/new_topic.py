"""A new topic: its file, its examples and its place in the menu, in one change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.editor.example_text import HEAD, add_examples, clean
from knowledge.editor.workspace import CONTENT, DATA, Change, Workspace, WorkspaceError
from knowledge.editor.yaml_text import insert_item, write
from knowledge.schema import Aspect
from knowledge.store import Knowledge

FEWEST = 5
"""Example questions with which a topic may begin; the check asks for more."""

SECTIONS = (Aspect.OVERVIEW, Aspect.MATERIALS, Aspect.CHANNELS)
"""What the form of a new topic asks for; the rest is added in its own forms."""

_ID = re.compile(r"[a-z][a-z0-9_]{2,47}")


@dataclass(frozen=True)
class NewTopic:
    """``facts``: by aspect; ``region``: code of who publishes it; ``examples``: as clean gives them."""

    id: str
    family: str
    name: str
    label: str
    region: str
    source: str
    clause: str
    lead: str
    facts: Mapping[Aspect, list[str]]
    aliases: list[str]
    examples: list[str]


def read_new_topic(form: Mapping[str, str], region: str | None, knowledge: Knowledge) -> NewTopic:
    """What somebody filled in. Raises WorkspaceError for what cannot be."""
    told = {name: " ".join(form.get(name, "").split()) for name in ("id", "family", "name", "label", "source", "lead")}
    if _ID.fullmatch(told["id"]) is None:
        raise WorkspaceError("编号要用小写英文字母、数字和下划线，3 到 48 个，字母开头")
    if told["id"] in knowledge.topics:
        raise WorkspaceError(f"编号 {told['id']} 已经用了，是“{knowledge.topics[told['id']].name}”")
    if not told["name"] or not told["label"] or not told["lead"]:
        raise WorkspaceError("名称、选项上的几个字、直接的回答都要写")
    if region is None:
        raise WorkspaceError("不认识“谁公布的”这个地方，请写全名")
    if told["family"] not in families(knowledge) or told["source"] not in knowledge.sources:
        raise WorkspaceError("请选放在哪里、来源文件")
    examples = clean(form.get("examples", ""))
    if len(examples) < FEWEST:
        raise WorkspaceError(f"例句至少写 {FEWEST} 句，现在有 {len(examples)} 句")
    facts = {aspect: _lines(form.get(aspect.value, "")) for aspect in SECTIONS}
    return NewTopic(
        region=region,
        clause=" ".join(form.get("clause", "").split()),
        facts={aspect: lines for aspect, lines in facts.items() if lines},
        aliases=_lines(form.get("aliases", "")),
        examples=examples,
        **told,
    )


def families(knowledge: Knowledge) -> list[str]:
    """The families of today's topics: folders."""
    return list(dict.fromkeys(topic.family for topic in knowledge.topics.values()))


def plan_topic(topic: NewTopic, workspace: Workspace, knowledge: Knowledge) -> Change:
    """The change that adds it. Raises WorkspaceError."""
    menu = f"{CONTENT}/menu.yml"
    text, version = workspace.read(menu)
    examples = add_examples(HEAD, topic.id, [], topic.examples)
    return Change(
        {
            f"{CONTENT}/topics/{topic.family}/{topic.id}.yml": _write(topic),
            f"{DATA}/{topic.family}/{topic.id}.yml": examples,
            menu: _on_shelf(text, topic, knowledge),
        },
        {menu: version},
    )


def _write(topic: NewTopic) -> str:
    aspects: dict[str, object] = {}
    for aspect, lines in topic.facts.items():
        block: dict[str, object] = {"id": aspect.value}
        if aspect is Aspect.OVERVIEW:
            block["lead"] = topic.lead
        aspects[aspect.value] = [{**block, "facts": lines}]
    if Aspect.OVERVIEW.value not in aspects:
        aspects = {Aspect.OVERVIEW.value: [{"id": Aspect.OVERVIEW.value, "lead": topic.lead}], **aspects}
    guide: dict[str, object] = {"published_by": topic.region, "source": topic.source}
    if topic.clause:
        guide["clause"] = topic.clause
    held: dict[str, object] = {
        "id": topic.id,
        "family": topic.family,
        "name": topic.name,
        "kind": "service",
        "label": topic.label,
        **({"aliases": topic.aliases} if topic.aliases else {}),
        "default_aspects": [Aspect.OVERVIEW.value],
        "guides": [{**guide, "aspects": aspects}],
    }
    # A mapping that stands furthest left: what ``write`` gives lies one step inside.
    return "\n".join(line[2:] if line.startswith("  ") else line for line in write(held, 0).splitlines()) + "\n"


def _on_shelf(text: str, topic: NewTopic, knowledge: Knowledge) -> str:
    """The menu with the topic behind the others of its family."""
    for number, shelf in enumerate(knowledge.menu.shelves):
        for at, family in enumerate(shelf.families):
            if any(knowledge.topics[each].family == topic.family for each in family.topics):
                path = ("shelves", number, "families", at, "topics")
                return insert_item(text, path, len(family.topics), topic.id)
    raise WorkspaceError(f"菜单里没有“{topic.family}”这一类，请先在菜单里加上")


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
