"""What stands at a place of the editors' files, and what the schema says of it: forms are made from this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import ModelField

from knowledge.content_files import Loc, dotted, read_text
from knowledge.editorial import LawfulDifference, NotCovered, Review
from knowledge.menu import Menu
from knowledge.schema import ClosingNote, Correction, Office, Region, Source, Term, Topic

LISTS: Mapping[str, type[BaseModel]] = {
    "offices": Office,
    "regions": Region,
    "sources": Source,
    "terms": Term,
    "closing_notes": ClosingNote,
    "not_covered": NotCovered,
    "corrections": Correction,
    "lawful_differences": LawfulDifference,
    "reviews": Review,
}
"""Files of the first level that are one list, by its key, which is their name. A translator's is edited by hand."""

_STEP = re.compile(r"\.?([a-z_A-Z][a-z_A-Z0-9]*)|\[(\d{1,4})\]")


class NoPlaceError(Exception):
    """There is no such file, or no such place in it."""


class Shape(str, Enum):
    """How a field is edited."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    CHOICE = "choice"
    SEVERAL = "several"
    LINES = "lines"
    """A list of texts, one a line."""
    INNER = "inner"
    """Something with fields of its own."""
    ITEMS = "items"
    """A list of such."""
    NAMED = "named"
    """Lists by name: the blocks by aspect."""


@dataclass(frozen=True)
class Field:
    """One field of what stands at a place. ``choices``: what may be chosen."""

    name: str
    shape: Shape
    value: Any
    is_required: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """``file`` relative to the content folder; ``kind``: a model, or a list or mapping of such; ``value``: what is
    there, None for something new."""

    file: str
    loc: Loc
    kind: Any
    value: Any
    is_new: bool = False

    @property
    def at(self) -> str:
        """The path as an address: ``guides[0].aspects.fee[1]``."""
        return dotted(self.loc) if self.loc else ""

    @property
    def model(self) -> type[BaseModel] | None:
        # list[X] is a type to isinstance, and none to issubclass.
        is_class = isinstance(self.kind, type) and get_origin(self.kind) is None
        return self.kind if is_class and issubclass(self.kind, BaseModel) else None

    @property
    def fields(self) -> list[Field]:
        """What can be edited here; nothing where the place is no model."""
        model = self.model
        if model is None:
            return []
        # A plain text stands for a fact that has nothing else.
        held = {"text": self.value} if isinstance(self.value, str) else self.value or {}
        return [_field(name, field, held.get(name)) for name, field in model.__fields__.items()]


def read_path(at: str) -> Loc:
    """``guides[0].aspects`` → ``("guides", 0, "aspects")``. Raises NoPlaceError."""
    loc: list[int | str] = []
    end = 0
    while end < len(at):
        found = _STEP.match(at, end)
        if found is None or len(loc) > 20:
            raise NoPlaceError(at)
        loc.append(found[1] if found[1] else int(found[2]))
        end = found.end()
    return tuple(loc)


def find_place(file: str, text: str, at: str) -> Place:
    """The place that the path names, or the nearest around it that has fields or items. Raises NoPlaceError where the
    file is none of ours or cannot be read."""
    kind, value = _root(file), read_text(text)
    if value is None:
        raise NoPlaceError(file)
    found = Place(file, (), kind, value)
    for number, step in enumerate(read_path(at), 1):
        try:
            kind, value = _kind_inside(kind, step), value[step]
        except (KeyError, IndexError, TypeError):
            break
        if _has_parts(kind):
            found = Place(file, read_path(at)[:number], kind, value)
    return found


def new_place(file: str, text: str, at: str) -> Place:
    """Where something new is to stand: behind the last of the list ``at``, or under a name that is not there yet.
    Raises NoPlaceError."""
    *above, step = read_path(at) or ("",)
    if isinstance(step, int) and above and isinstance(above[-1], str) and _is_missing(file, text, tuple(above)):
        # The list is not there yet.
        *above, step = above
    parent = find_place(file, text, dotted(tuple(above)) if above else "")
    if parent.loc != tuple(above):
        raise NoPlaceError(at)
    try:
        inside = _kind_inside(parent.kind, step)
    except (KeyError, TypeError):
        raise NoPlaceError(at) from None
    held = parent.value
    if isinstance(step, int):
        return Place(file, (*above, len(held)), inside, None, is_new=True)
    if get_origin(inside) is list:
        items = held.get(step) or []
        return Place(file, (*above, step, len(items)), get_args(inside)[0], None, is_new=True)
    if step in held:
        raise NoPlaceError(at)
    return Place(file, (*above, step), inside, None, is_new=True)


def _is_missing(file: str, text: str, loc: Loc) -> bool:
    parent = find_place(file, text, dotted(loc[:-1]) if loc[:-1] else "")
    return parent.loc == loc[:-1] and not parent.value.get(loc[-1])


def _root(file: str) -> Any:
    parts = file.split("/")
    if len(parts) == 3 and parts[0] == "topics" and file.endswith(".yml"):
        return Topic
    if file == "menu.yml":
        return Menu
    if len(parts) == 1 and file.removesuffix(".yml") in LISTS and file.endswith(".yml"):
        return {file.removesuffix(".yml"): list[LISTS[file.removesuffix(".yml")]]}  # type: ignore[misc]
    raise NoPlaceError(file)


def _kind_inside(kind: Any, step: int | str) -> Any:
    if isinstance(kind, dict):
        return kind[str(step)]
    origin = get_origin(kind)
    if origin is list:
        if not isinstance(step, int):
            raise TypeError(step)
        return get_args(kind)[0]
    if origin is dict:
        name, inside = get_args(kind)
        if isinstance(name, type) and issubclass(name, Enum) and step not in [each.value for each in name]:
            raise KeyError(step)
        return inside
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.__fields__[str(step)].outer_type_
    raise TypeError(kind)


def _has_parts(kind: Any) -> bool:
    if get_origin(kind) in (list, dict):
        return _has_parts(get_args(kind)[-1])
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _field(name: str, field: ModelField, value: Any) -> Field:
    shape, choices = _shape(field.outer_type_)
    default = field.default.value if isinstance(field.default, Enum) else field.default
    if value is None and not field.required and shape in (Shape.TEXT, Shape.CHOICE, Shape.YES_NO):
        value = default
    return Field(name, shape, value, bool(field.required), choices)


def _shape(kind: Any) -> tuple[Shape, tuple[str, ...]]:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is dict:
        return (Shape.NAMED if _has_parts(kind) else Shape.INNER), ()
    if origin is list:
        if _has_parts(kind):
            return Shape.ITEMS, ()
        return (Shape.SEVERAL, _values(inside[0])) if _is_enum(inside[0]) else (Shape.LINES, ())
    if _is_enum(kind):
        return Shape.CHOICE, _values(kind)
    if isinstance(kind, type):
        if issubclass(kind, BaseModel):
            return Shape.INNER, ()
        if issubclass(kind, bool):
            return Shape.YES_NO, ()
        if issubclass(kind, int):
            return Shape.NUMBER, ()
        if issubclass(kind, date):
            return Shape.DATE, ()
    return Shape.TEXT, ()


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _values(kind: type[Enum]) -> tuple[str, ...]:
    return tuple(each.value for each in kind)
