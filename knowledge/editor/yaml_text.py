"""Changes one place of a YAML file and leaves every other character as it is: comments, anchors, the order, the style.

A place is named by its path: keys of mappings and positions in lists, ``("guides", 0, "aspects", "fee", 0, "lead")``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

Path = Sequence[str | int]

STEP = 2
"""Blanks by which what lies inside stands further right."""


class PlaceError(Exception):
    """There is no such place in the file, or what stands there is used elsewhere too (an alias)."""


def replace_value(text: str, path: Path, value: Any) -> str:
    """The file with another value at ``path``, where there is one. Raises PlaceError."""
    node = _find(text, path)
    start, end = node.start_mark.index, _end(node)
    column = _column_of_parent(text, node)
    written = write(value, column)
    anchor = re.match(r"&\S+[ \t]*", text[start:end])
    if anchor is not None:
        # What stands elsewhere by this name changes with it.
        start += len(anchor[0].rstrip())
    if isinstance(value, (dict, list)) and value:
        # A block begins on a line of its own, but behind "- ", where it begins at once.
        behind_dash = text[: node.start_mark.index].rstrip(" ").endswith("-") and "\n" not in _gap(text, node)
        lead = text[:start].rstrip(" \n") if not behind_dash else text[:start].rstrip(" ") + " "
        return lead + (written.lstrip() if behind_dash else f"\n{written}") + text[end:]
    before = text[:start].rstrip(" \n")
    return before + ("" if before.endswith(("[", "{")) else " ") + written + text[end:]


def insert_item(text: str, path: Path, position: int, value: Any) -> str:
    """The file with a new item in the list at ``path``, before ``position`` or behind the last. Raises PlaceError."""
    node = _find(text, path)
    if not isinstance(node, yaml.SequenceNode):
        raise PlaceError(f"not a list: {path}")
    if node.flow_style or not node.value:
        items = [_load(child, text) for child in node.value]
        items.insert(position, value)
        return replace_value(text, path, items)
    column = node.start_mark.column
    item = _item(value, column)
    if position >= len(node.value):
        end = _end(node.value[-1])
        return f"{text[:end]}\n{item}{text[end:]}"
    start = _line_start(text, _dash(text, node.value[position]))
    return f"{text[:start]}{item}\n{text[start:]}"


def remove_item(text: str, path: Path) -> str:
    """The file without the item at ``path`` of a list. Raises PlaceError."""
    *above, position = path
    node = _find(text, above)
    if not isinstance(node, yaml.SequenceNode) or not isinstance(position, int) or position >= len(node.value):
        raise PlaceError(f"not in a list: {path}")
    if node.flow_style:
        items = [_load(child, text) for child in node.value]
        del items[position]
        return replace_value(text, above, items)
    if len(node.value) == 1:
        return replace_value(text, above, [])
    start = _line_start(text, _dash(text, node.value[position]))
    end = _line_end(text, _end(node.value[position]))
    return text[:start] + text[end:]


def set_key(text: str, path: Path, value: Any) -> str:
    """The file with ``value`` under the last key of ``path``, new or not; None takes the key out. Raises PlaceError."""
    *above, key = path
    parent = _find(text, above)
    if not isinstance(parent, yaml.MappingNode):
        raise PlaceError(f"not a mapping: {path}")
    pair = next(((k, v) for k, v in parent.value if k.value == key), None)
    if pair is None and value is None:
        return text
    if parent.flow_style:
        held = _load(parent, text)
        held = {**held, key: value} if value is not None else {k: v for k, v in held.items() if k != key}
        return replace_value(text, above, held)
    if value is None and pair is not None:
        if len(parent.value) == 1:
            raise PlaceError(f"the only key: {path}")
        return _remove_pair(text, parent, pair)
    if pair is not None:
        return replace_value(text, path, value)
    column = parent.value[0][0].start_mark.column
    written = write(value, column)
    line = f"{' ' * column}{key}:" + (f"\n{written}" if isinstance(value, (dict, list)) and value else f" {written}")
    end = _end(parent.value[-1][1])
    return f"{text[:end]}\n{line}{text[end:]}"


def write(value: Any, column: int) -> str:
    """The value as this project writes it: a text in one line, lists and mappings as blocks inside ``column``."""
    if isinstance(value, list) and value:
        return "\n".join(_item(item, column + STEP) for item in value)
    if isinstance(value, dict) and value:
        return "\n".join(_pair(key, held, column + STEP) for key, held in value.items())
    return _scalar(value)


def _item(value: Any, column: int) -> str:
    """One item of a list whose dashes stand in ``column``."""
    if isinstance(value, dict) and value:
        pairs = "\n".join(_pair(key, held, column + STEP) for key, held in value.items())
        return f"{' ' * column}- {pairs.lstrip()}"
    return f"{' ' * column}- {write(value, column)}"


def _pair(key: str, value: Any, column: int) -> str:
    blanks = " " * column
    if isinstance(value, (list, dict)) and value:
        return f"{blanks}{key}:\n{write(value, column)}"
    return f"{blanks}{key}: {_scalar(value)}"


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, dict)):
        return "[]" if isinstance(value, list) else "{}"
    text = str(value)
    # Commas and brackets: a list in one line would take them for its own.
    if not set(text) & set(",[]{}\n") and _reads_as_itself(text):
        return text
    dumped: str = yaml.safe_dump(text, allow_unicode=True, default_style='"', width=2**30)
    return dumped.rstrip("\n")


def _reads_as_itself(text: str) -> bool:
    """As the value of a key, and in a list in one line."""
    try:
        return bool(yaml.safe_load(f"key: {text}") == {"key": text} and yaml.safe_load(f"[{text}]") == [text])
    except yaml.YAMLError:
        return False


def _compose(text: str) -> yaml.Node:
    # The pure loader: that in C does not say where in the text a node stands.
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise PlaceError("not YAML") from error
    if node is None:
        raise PlaceError("an empty file")
    return node


def _find(text: str, path: Path) -> yaml.Node:
    node = _compose(text)
    start = -1
    for step in path:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
            found = node.value[step]
        if found is None:
            raise PlaceError(f"no such place: {path}")
        if found.start_mark.index < start:
            # An alias: it stands where it was first written.
            raise PlaceError(f"written elsewhere: {path}")
        node, start = found, found.start_mark.index
    return node


def _end(node: yaml.Node) -> int:
    """Where what is written of a node ends: PyYAML lets a block end where the next thing begins."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    ends = [_end(last[1]) if isinstance(last, tuple) else _end(last)]
    if isinstance(last, tuple):
        ends.append(int(last[0].end_mark.index) + 1)
    # An alias as the last value ends before the block begins: then where the block ends.
    return max(end for end in ends) if max(ends) >= node.start_mark.index else int(node.end_mark.index)


def _gap(text: str, node: yaml.Node) -> str:
    before = text[: node.start_mark.index]
    return before[len(before.rstrip(" \n")) :]


def _column_of_parent(text: str, node: yaml.Node) -> int:
    """The column in which the line of the key or dash of a node begins."""
    before = text[: node.start_mark.index].rstrip(" \n")
    line = before[before.rfind("\n") + 1 :]
    return len(line) - len(line.lstrip(" "))


def _dash(text: str, node: yaml.Node) -> int:
    return text.rindex("-", 0, node.start_mark.index)


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _remove_pair(text: str, parent: yaml.MappingNode, pair: tuple[yaml.Node, yaml.Node]) -> str:
    key, value = pair
    start, end = key.start_mark.index, _line_end(text, max(_end(value), key.end_mark.index))
    first = parent.value[0][0] is key
    line = _line_start(text, start)
    if first and text[line:start].strip():
        # The first key of an item stands behind its dash: the next moves there.
        following = parent.value[1][0].start_mark.index
        return text[:start] + text[following:]
    return text[:line] + text[end:]


def _load(node: yaml.Node, text: str) -> Any:
    return yaml.safe_load(text[node.start_mark.index : _end(node)])
