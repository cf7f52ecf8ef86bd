"""A form sent back as it was changes nothing, anywhere in the content; what is changed is changed there alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.content_files import read_text
from knowledge.editor import places as places_module
from knowledge.editor.form import FACTS, fact_text, read_edit
from knowledge.editor.places import NoPlaceError, Place, Shape, find_place, new_place, read_path
from knowledge.editor.yaml_text import PlaceError
from tests.programs import PROJECT
from webhook.editing.labels import field_label

CONTENT = PROJECT / "knowledge" / "content"
FILES = sorted(path.relative_to(CONTENT).as_posix() for path in CONTENT.rglob("*.yml"))
EDITED = [file for file in FILES if file not in ("wechat_menu.yml", "other_scripts.yml")]
TOPIC = "topics/enrolment/newborn_enrolment.yml"
BLOCK = "guides[0].aspects.materials[0]"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is parsed once, not for each of its places."""
    monkeypatch.setattr(places_module, "read_text", PARSED)


PARSED = cache(read_text)


@cache
def read(file: str) -> str:
    return (CONTENT / file).read_text(encoding="utf-8")


def filled(place: Place) -> dict[str, str]:
    """What a browser sends of the form of a place that nobody touched."""
    form: dict[str, str] = {}
    for field in place.fields:
        name = f"value.{field.name}"
        if field.shape in (Shape.TEXT, Shape.NUMBER, Shape.DATE, Shape.CHOICE):
            form[name] = "" if field.value is None else str(field.value)
        elif field.shape is Shape.LINES:
            form[name] = "\n".join(map(str, field.value or []))
        elif field.shape is Shape.YES_NO:
            form[name] = {True: "yes", False: "no", None: ""}[field.value]
        elif field.shape is Shape.SEVERAL:
            form.update({f"{name}.{choice}": "yes" for choice in field.value or []})
    facts = (place.value or {}).get(FACTS) or [] if isinstance(place.value, dict) else []
    form.update({f"fact.{at}": text for at, fact in enumerate(facts) if (text := fact_text(fact)) is not None})
    return {**form, "fact.new": ""}


def places(file: str) -> Iterator[Place]:
    """Every place of a file that has fields."""
    text = read(file)

    def inside(value: Any, at: str) -> Iterator[str]:
        yield at
        if isinstance(value, dict):
            for key, held in value.items():
                yield from inside(held, f"{at}.{key}".lstrip("."))
        elif isinstance(value, list):
            for number, held in enumerate(value):
                yield from inside(held, f"{at}[{number}]")

    seen = set()
    for at in inside(PARSED(text), ""):
        place = find_place(file, text, at) if at.count("[") < 4 else None
        if place is not None and place.model is not None and place.loc not in seen:
            seen.add(place.loc)
            yield place


@cache
def sample(file: str) -> list[Place]:
    """The first of each kind of place with the same fields filled in."""
    found: dict[object, Place] = {}
    for place in places(file):
        found.setdefault((place.kind, tuple(sorted(place.value)) if isinstance(place.value, dict) else ""), place)
    return list(found.values())


@pytest.mark.parametrize("file", EDITED)
def test_a_form_that_nobody_touched_changes_nothing(file: str) -> None:
    for place in sample(file):
        edit = read_edit(place, filled(place))
        assert (edit.steps, edit.changes) == ((), ()), place.at


@pytest.mark.parametrize("file", EDITED)
def test_every_field_has_a_name_in_chinese(file: str) -> None:
    names = {field.name for place in sample(file) for field in place.fields}
    assert [name for name in names if field_label(name) == name] == []


def changed(form: Mapping[str, str], at: str = BLOCK, file: str = TOPIC, *, is_new: bool = False) -> dict[str, Any]:
    """What the file holds after the form of a place is sent with these fields changed."""
    text = read(file)
    place = new_place(file, text, at) if is_new else find_place(file, text, at)
    edit = read_edit(place, {**filled(place), **form})
    assert edit.steps
    for step in edit.steps:
        text = step(text)
    told: dict[str, Any] = yaml.safe_load(text)
    return told


def block(tree: dict[str, Any]) -> dict[str, Any]:
    held: dict[str, Any] = tree["guides"][0]["aspects"]["materials"][0]
    return held


def before() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(read(TOPIC))
    return held


def test_each_shape_of_a_field_is_changed_alone() -> None:
    after = changed(
        {"value.lead": "要两样。", "value.cues": "户口本\n出生证+要不要", "value.detail": "yes", "value.title": ""}
    )
    assert block(after) == {**block(before()), "lead": "要两样。", "cues": ["户口本", "出生证+要不要"], "detail": True}
    after["guides"][0]["aspects"]["materials"][0] = block(before())
    assert after == before()


def test_facts_are_changed_added_and_taken_away() -> None:
    facts = block(before())["facts"]
    after = block(changed({"fact.0": "身份证或户口簿。", "fact.1": "", "fact.new": "第一样。\n\n第二样。"}))["facts"]
    assert after == ["身份证或户口簿。", facts[2], "第一样。", "第二样。"]


def test_a_plain_fact_gets_a_day_from_which_it_holds() -> None:
    after = block(changed({"value.valid_from": "2027-01-01"}, f"{BLOCK}.facts[0]"))
    told = after["facts"][0]
    assert (told["text"], str(told["valid_from"])) == (block(before())["facts"][0], "2027-01-01")


def test_a_new_block_and_a_new_aspect() -> None:
    form = {"value.id": "more", "value.lead": "还有。", "fact.new": "一条。\n两条。"}
    after = changed(form, "guides[0].aspects.materials[1]", is_new=True)
    new = {"id": "more", "lead": "还有。", "facts": ["一条。", "两条。"]}
    assert after["guides"][0]["aspects"]["materials"] == [block(before()), new]
    assert "fee" not in before()["guides"][0]["aspects"]
    after = changed(form, "guides[0].aspects.fee[0]", is_new=True)
    assert after["guides"][0]["aspects"]["fee"] == [new]


def test_a_condition_is_added_and_its_choices_are_kept() -> None:
    after = changed({"value.insurance.student": "yes", "value.insurance.resident": "yes"}, f"{BLOCK}.when", is_new=True)
    assert block(after)["when"] == {"insurance": ["resident", "student"]}


def test_the_whole_is_taken_away() -> None:
    aspects = changed({"remove": "yes"}, "guides[0].aspects.eligibility[0]")["guides"][0]["aspects"]
    assert not aspects["eligibility"]


def test_what_is_written_elsewhere_is_not_changed_by_its_alias() -> None:
    """Anchors of YAML: the block stands where it was first written."""
    text = read(TOPIC)
    aliases = [place for place in places(TOPIC) if _is_alias(text, place)]
    assert aliases, "the file uses one block twice"
    edit = read_edit(aliases[0], {**filled(aliases[0]), "value.lead": "别的话。"})
    with pytest.raises(PlaceError):
        edit.steps[0](text)


def _is_alias(text: str, place: Place) -> bool:
    edit = read_edit(place, {**filled(place), "value.lead": "别的话。"})
    try:
        for step in edit.steps:
            step(text)
    except PlaceError:
        return bool(edit.steps)
    return False


@pytest.mark.parametrize("at", ["guides[99999999]", "guides..x", "[", "guides[0", "甲", "a" * 500 + "!", "guides[-1]"])
def test_a_path_that_is_none(at: str) -> None:
    with pytest.raises(NoPlaceError):
        read_path(at)


@pytest.mark.parametrize("file", ["../x.yml", "nothing.yml", "topics/x.yml", "topics/a/b/c.yml", "wechat_menu.yml", ""])
def test_a_file_that_is_none(file: str) -> None:
    with pytest.raises(NoPlaceError):
        find_place(file, "a: 1\n", "")


def test_a_place_that_is_gone_is_the_nearest_that_is_there() -> None:
    place = find_place(TOPIC, read(TOPIC), f"{BLOCK}.facts[77].text")
    assert place.at == f"{BLOCK}.facts"
    assert Path(place.file) == Path(TOPIC)
