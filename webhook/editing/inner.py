"""What lies inside a place and has a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_origin

from knowledge.content_files import dotted
from knowledge.editor.form import FACTS, summary
from knowledge.editor.places import Place, Shape
from knowledge.schema import OFFICE_ASPECTS, Aspect
from webhook.editing.labels import aspect_label, field_label

Links = list[tuple[str, str]]
"""Label and path, or path and label of what can be added."""


def inner_of(place: Place) -> list[tuple[str, Links, Links, str]]:
    """Field, links to what is in it, what can be added there, and its shape."""
    if place.model is None:
        return [("", _links(place.at, place.value, place.kind), _additions(place.at, place.value, place.kind), "")]
    found = []
    for field in place.fields:
        if field.shape not in (Shape.INNER, Shape.ITEMS, Shape.NAMED) or field.name == FACTS:
            continue
        at = dotted((*place.loc, field.name))
        kind = place.model.__fields__[field.name].outer_type_
        found.append((field.name, _links(at, field.value, kind), _additions(at, field.value, kind), field.shape.value))
    return found


def _links(at: str, value: Any, kind: Any) -> Links:
    if isinstance(kind, dict):
        (key, inside), *_ = kind.items()
        return _links(key, value.get(key), inside)
    if not value:
        return []
    if get_origin(kind) is list:
        return [(summary(each) or f"第 {number + 1} 条", f"{at}[{number}]") for number, each in enumerate(value)]
    if get_origin(kind) is dict:
        return [
            (f"{aspect_label(name)}：{summary(each, 40)}", f"{at}.{name}[{number}]")
            for name, items in value.items()
            for number, each in enumerate(items)
        ]
    return [(summary(value) or field_label(at.rpartition(".")[2]), at)]


def _additions(at: str, value: Any, kind: Any) -> Links:
    if isinstance(kind, dict):
        (key, inside), *_ = kind.items()
        return _additions(key, value.get(key), inside)
    if get_origin(kind) is list:
        return [(f"{at}[{len(value or [])}]", "加一条")]
    if get_origin(kind) is dict:
        held: Mapping[str, Any] = value or {}
        places = [(each.value, len(held.get(each.value) or [])) for each in Aspect if each not in OFFICE_ASPECTS]
        return [(f"{at}.{name}[{count}]", f"加“{aspect_label(name)}”") for name, count in places]
    return [] if value else [(at, "加上")]
