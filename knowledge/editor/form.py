"""What somebody filled into the form of a place, as a change of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from knowledge.editor.places import Field, Place, Shape
from knowledge.editor.yaml_text import insert_item, remove_item, replace_value, set_key

Step = Callable[[str], str]

FACTS = "facts"
"""The items that are written in the form of what they stand in, a text each."""

MOST_NEW = 20
"""Facts that can be added at once."""


@dataclass(frozen=True)
class Edit:
    """``changes``: field, what stood there and what is to, in the form's order, as a person reads them."""

    steps: tuple[Step, ...]
    changes: tuple[tuple[str, str, str], ...]


def read_edit(place: Place, form: Mapping[str, str]) -> Edit:
    """``form``: ``value.<field>`` for each field, ``value.<field>.<choice>`` for each one chosen of several,
    ``fact.<number>`` for the text of a fact (empty: away with it), ``fact.new`` one new fact a line; ``remove``: away
    with the whole."""
    if "remove" in form and not place.is_new:
        return Edit((_removal(place),), (("", summary(place.value), ""),))
    changes = []
    held: dict[str, Any] = {}
    for field in place.fields:
        if field.shape in (Shape.INNER, Shape.ITEMS, Shape.NAMED):
            continue
        value = _read(field, form)
        if value != _plain(field.value):
            held[field.name] = value
            changes.append((field.name, _told(_plain(field.value)), _told(value)))
    facts = _read_facts(place, form)
    changes += [(FACTS, old or "", new or "") for _, old, new in facts]
    if place.is_new or isinstance(place.value, str):
        return Edit(tuple(_whole(place, held, facts)), tuple(changes))
    steps: list[Step] = [partial(set_key, path=(*place.loc, name), value=value) for name, value in held.items()]
    return Edit((*steps, *_fact_steps(place, facts)), tuple(changes))


def _whole(place: Place, held: dict[str, Any], facts: Sequence[tuple[int, str | None, str | None]]) -> list[Step]:
    """Something new, or a plain text that becomes more."""
    told = {name: value for name, value in held.items() if value is not None}
    if facts:
        told[FACTS] = [text for _, _, text in facts if text]
    if not place.is_new:
        value: Any = {"text": place.value, **told}
        if set(value) == {"text"}:
            value = value["text"]
        return [partial(replace_value, path=place.loc, value=value)] if told else []
    *above, last = place.loc
    if not isinstance(last, int):
        return [partial(set_key, path=place.loc, value=told)]
    if last == 0:
        # The list may not be there yet.
        return [partial(set_key, path=tuple(above), value=[told])]
    return [partial(insert_item, path=tuple(above), position=last, value=told)]


def _removal(place: Place) -> Step:
    if isinstance(place.loc[-1], int):
        return partial(remove_item, path=place.loc)
    return partial(set_key, path=place.loc, value=None)


def _read(field: Field, form: Mapping[str, str]) -> Any:
    name = f"value.{field.name}"
    if field.shape is Shape.SEVERAL:
        # In the order in which they stood: it means something (what is answered first).
        held = [str(each) for each in field.value or []]
        chosen = [each for each in dict.fromkeys([*held, *field.choices]) if f"{name}.{each}" in form]
        return chosen or None
    if field.shape is Shape.YES_NO:
        return {"yes": True, "no": False}.get(form.get(name, ""))
    told = form.get(name)
    if told is None:
        return _plain(field.value)
    if field.shape is Shape.LINES:
        return [line.strip() for line in told.splitlines() if line.strip()] or None
    told = " ".join(told.split())
    if not told:
        return None
    if field.shape is Shape.NUMBER:
        return int(told) if told.isascii() and told.isdigit() else told
    return told


def _plain(value: Any) -> Any:
    """As the form gives it back: nothing is None."""
    if isinstance(value, list):
        return [str(each) for each in value] or None
    return None if value == "" else value


def _told(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "\n".join(value) if isinstance(value, list) else str(value)


def fact_text(fact: Any) -> str | None:
    """The text of a fact as the file has it; None for one that is a limit."""
    return fact if isinstance(fact, str) else fact.get("text") if isinstance(fact, dict) else None


def _read_facts(place: Place, form: Mapping[str, str]) -> list[tuple[int, str | None, str | None]]:
    """Position, old and new text of those that change; a new one has no old, one that goes no new."""
    if place.model is None or FACTS not in place.model.__fields__:
        return []
    held = (place.value or {}).get(FACTS) or []
    found: list[tuple[int, str | None, str | None]] = []
    for number, fact in enumerate(held):
        old, new = fact_text(fact), form.get(f"fact.{number}")
        if old is not None and new is not None and " ".join(new.split()) != old:
            found.append((number, old, " ".join(new.split()) or None))
    fresh = [" ".join(line.split()) for line in form.get("fact.new", "").splitlines() if line.strip()]
    return found + [(len(held) + at, None, text) for at, text in enumerate(fresh[:MOST_NEW])]


def _fact_steps(place: Place, facts: Sequence[tuple[int, str | None, str | None]]) -> list[Step]:
    path = (*place.loc, FACTS)
    held = (place.value or {}).get(FACTS) or []
    steps: list[Step] = []
    for number, old, new in facts:
        if old is not None and new is not None:
            at = (*path, number) if isinstance(held[number], str) else (*path, number, "text")
            steps.append(partial(replace_value, path=at, value=new))
    added = [new for _, old, new in facts if old is None]
    if added and not held:
        steps.append(partial(set_key, path=path, value=added))
    else:
        steps += [partial(insert_item, path=path, position=len(held) + at, value=new) for at, new in enumerate(added)]
    # From the end, so that the others keep their positions.
    gone = [number for number, old, new in facts if old is not None and new is None]
    return steps + [partial(remove_item, path=(*path, number)) for number in reversed(gone)]


def summary(value: Any, longest: int = 60) -> str:
    """A few words of whatever stands in a file, for a list."""
    if isinstance(value, dict):
        named = [value[name] for name in ("name", "label", "text", "lead", "number", "title", "id") if value.get(name)]
        told = str(named[0]) if named else ""
        if not told and value.get("limit"):
            told = str(value["limit"].get("wording", ""))
        if not told:
            told = next((summary(each) for each in value.values() if isinstance(each, list | dict) and each), "")
        if not told:
            told = "、".join(str(each) for each in value.values())
    elif isinstance(value, list):
        told = "；".join(summary(each) for each in value)
    else:
        told = "" if value is None else str(value)
    return told if len(told) <= longest else told[: longest - 1] + "…"
