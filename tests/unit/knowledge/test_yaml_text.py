"""One place of a file changes, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.editor.yaml_text import PlaceError, insert_item, remove_item, replace_value, set_key
from tests.programs import PROJECT

FILE = """\
# 说明，要留着
id: filing # 名字
aliases: [异地备案, 备案]
edition: null # 没写
guides:
  # ---- 沙湾 ----
  - published_by: "654203"
    aspects:
      fee:
        - id: fee
          lead: 不收费。
          facts:
            - 第一条。
            # 第二条从哪来
            - text: 第二条。
              doubt: 疑
            - &shared
              text: 第三条。
      rules:
        - id: rules
          facts: [*shared]
          left_open: []

other: 1
"""
TOPICS = sorted((PROJECT / "knowledge" / "content" / "topics").rglob("*.yml"))
FEE = ("guides", 0, "aspects", "fee", 0)


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that are gone, and lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("path", "value", "gone", "came"),
    [
        (("id",), "x", ["id: filing # 名字"], ["id: x # 名字"]),
        (("id",), "是: 否", ["id: filing # 名字"], ['id: "是: 否" # 名字']),
        (("guides", 0, "published_by"), "654202", ['  - published_by: "654203"'], ['  - published_by: "654202"']),
        ((*FEE, "lead"), "收5元。", ["          lead: 不收费。"], ["          lead: 收5元。"]),
        ((*FEE, "facts", 0), "新。", ["            - 第一条。"], ["            - 新。"]),
        ((*FEE, "facts", 1, "text"), "新。", ["            - text: 第二条。"], ["            - text: 新。"]),
        (("aliases",), ["甲"], ["aliases: [异地备案, 备案]"], ["aliases:", "  - 甲"]),
        (("edition",), "2022版", ["edition: null # 没写"], ["edition: 2022版 # 没写"]),
    ],
)
def test_a_value_is_replaced(path: tuple[str | int, ...], value: Any, gone: list[str], came: list[str]) -> None:
    assert changed(FILE, replace_value(FILE, path, value)) == (gone, came)


def test_items_come_and_go_with_what_is_beside_them_untouched() -> None:
    facts = (*FEE, "facts")
    assert changed(FILE, insert_item(FILE, facts, 1, "中间。")) == ([], ["            - 中间。"])
    assert changed(FILE, insert_item(FILE, facts, 9, {"text": "末。", "doubt": "疑2"})) == (
        [],
        ["            - text: 末。", "              doubt: 疑2"],
    )
    assert changed(FILE, remove_item(FILE, (*facts, 0))) == (["            - 第一条。"], [])
    assert changed(FILE, remove_item(FILE, (*facts, 1))) == (
        ["            - text: 第二条。", "              doubt: 疑"],
        [],
    )


def test_keys_come_and_go() -> None:
    assert changed(FILE, set_key(FILE, (*FEE, "title"), "收费")) == ([], ["          title: 收费"])
    assert changed(FILE, set_key(FILE, (*FEE, "facts", 1, "doubt"), None)) == (["              doubt: 疑"], [])
    assert set_key(FILE, (*FEE, "nothing"), None) == FILE
    without_first = set_key(FILE, (*FEE, "id"), None)
    assert changed(FILE, without_first)[1] == ["        - lead: 不收费。"]


@pytest.mark.parametrize(
    "path", [("nothing",), ("guides", 3), ("guides", 0, "aspects", "rules", 0, "facts", 0, "text")]
)
def test_what_is_not_there_or_written_elsewhere_is_refused(path: tuple[str | int, ...]) -> None:
    with pytest.raises(PlaceError):
        replace_value(FILE, path, "x")


def leaves(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(node, dict):
        return [leaf for key, value in node.items() for leaf in leaves(value, (*path, key))]
    if isinstance(node, list):
        return [leaf for at, value in enumerate(node) for leaf in leaves(value, (*path, at))]
    return [(path, node)]


@settings(max_examples=60, deadline=None)
@given(
    st.data(),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40) | st.text("是:#-[]{}\"'\n12 ,", max_size=12),
)
def test_any_text_in_any_place_of_the_real_files(data: st.DataObject, value: str) -> None:
    text = data.draw(st.sampled_from(TOPICS)).read_text(encoding="utf-8")
    path, _ = data.draw(st.sampled_from([leaf for leaf in leaves(yaml.safe_load(text)) if isinstance(leaf[1], str)]))
    try:
        after = replace_value(text, path, value)
    except PlaceError:
        return
    old, new = dict(leaves(yaml.safe_load(text))), dict(leaves(yaml.safe_load(after)))
    assert new[path] == value
    assert {where for where in old if new[where] != old[where]} <= {where for where in old if old[where] == old[path]}


@pytest.mark.parametrize(
    "value", [":0", "?问", "- 一", "#二", "&三", "*四", "是", "12", "null", "a: b", "a #b", "'", ""]
)
def test_text_that_yaml_would_read_otherwise_is_quoted_in_a_list_of_one_line(value: str) -> None:
    after = replace_value("cues: [甲, 乙]\nname: 丙\n", ("cues", 0), value)
    assert yaml.safe_load(after) == {"cues": [value, "乙"], "name": "丙"}
    assert yaml.safe_load(replace_value(after, ("name",), value))["name"] == value
