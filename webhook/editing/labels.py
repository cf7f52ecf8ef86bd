"""What the forms call things: the words of labels.yml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.content_files import Loc
from knowledge.store import Knowledge


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    words: dict[str, dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "labels.yml").read_text(encoding="utf-8")
    )
    return words


def field_label(name: str) -> str:
    return str(_words()["fields"].get(name) or _words()["aspects"].get(name) or name)


def field_hint(name: str) -> str:
    return str(_words()["hints"].get(name, ""))


def value_label(field: str, value: str) -> str:
    """What one of a closed list of values is called; the value itself where there is no word for it."""
    return str(_words()["values"].get(field, {}).get(value) or _words()["aspects"].get(value) or value)


def aspect_label(aspect: str) -> str:
    return str(_words()["aspects"].get(aspect, aspect))


def listed_files() -> Mapping[str, str]:
    """The files beside the topics, with what they hold."""
    return _words()["files"]


def describe_place(file: str, loc: Loc, data: Any, knowledge: Knowledge) -> list[tuple[str, Loc]]:
    """The way to a place, step by step, each with its path: 新生儿参保登记 › 沙湾市 › 要带什么 › 第1段."""
    topic = next((t for t in knowledge.topics.values() if file == f"topics/{t.family}/{t.id}.yml"), None)
    way: list[tuple[str, Loc]] = [(topic.name if topic else str(listed_files().get(file, file)), ())]
    held = data
    for number, step in enumerate(loc, 1):
        try:
            held = held[step]
        except (KeyError, IndexError, TypeError):
            held = None
        told = field_label(step) if isinstance(step, str) else _item(step, held, knowledge)
        if isinstance(step, str) and step in ("guides", "aspects", file.removesuffix(".yml")):
            continue
        way.append((told, loc[:number]))
    return way


def _item(position: int, held: Any, knowledge: Knowledge) -> str:
    if isinstance(held, dict):
        publisher = knowledge.regions.get(str(held.get("published_by", "")))
        if publisher is not None:
            return publisher.name
        for name in ("name", "label", "title"):
            if held.get(name):
                return str(held[name])
    return f"第 {position + 1} 条"
