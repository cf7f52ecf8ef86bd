"""Reads one content file: YAML with line numbers in its errors, checked against a model of the schema.

What pydantic complains of is told in Chinese here, and nowhere else. A ``ContentError`` that comes from here
begins its cause with the line in the file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.errors import ContentError
from knowledge.schema import Aspect

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[int | str, ...]


class _Loader(yaml.CSafeLoader):
    """YAML as an editor reads it: 10:00, 0901 and 是/no are text, dates are text until the model parses them."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own name)

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.duplicates: list[tuple[str, int]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                    self.duplicates.append((key.value, key.start_mark.line + 1))
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^(?:<<)$"), ["<"])


@dataclass(frozen=True)
class ContentFile:
    """One YAML file: ``name`` relative to the content folder, its text, and what it holds."""

    name: str
    text: str
    data: Any

    def line_of(self, loc: Loc) -> int:
        """Line (from 1) of the entry at ``loc``, or of the nearest entry around it that exists."""
        node = yaml.compose(self.text, Loader=_Loader)
        line = 1
        for step in loc:
            entry = _entry(node, step)
            if entry is None:
                break
            line, node = entry
        return line

    def error(self, loc: Loc, cause: str, remedy: str) -> ContentError:
        return ContentError(self.name, dotted(loc), f"第{self.line_of(loc)}行，{cause}", remedy)


def dotted(loc: Loc) -> str:
    """``("guides", 0, "source")`` → ``guides[0].source``; lists count from 0, as the console does."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return path.lstrip(".") or "（整个文件）"


def read_text(text: str) -> Any:
    """What a file holds, as an editor reads it; None where it is no YAML."""
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except yaml.YAMLError:
        return None
    finally:
        loader.dispose()


def read_file(path: Path, name: str, errors: list[ContentError]) -> ContentFile | None:
    """Parses ``path``. None when it cannot be used; the reasons are appended to ``errors``."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        errors.append(ContentError(name, "（整个文件）", "没有这个文件", "把文件放回内容文件夹，或从 git 里恢复"))
        return None
    except UnicodeDecodeError:
        errors.append(ContentError(name, "（整个文件）", "不是 UTF-8 编码", "用编辑器另存为 UTF-8"))
        return None
    try:
        loader = _Loader(text)
        try:
            data = loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        errors.append(_syntax_error(name, text, error))
        return None
    for key, line in loader.duplicates:
        errors.append(ContentError(name, key, f"第{line}行，“{key}”在同一层写了两次", "合并成一处，删掉多余的"))
    return None if loader.duplicates else ContentFile(name, text, data)


def parse_items(file: ContentFile, key: str, model: type[Model], errors: list[ContentError]) -> list[Model]:
    """The list under ``key``, the file's only key. Items with mistakes are left out and told in ``errors``."""
    if not isinstance(file.data, dict) or not isinstance(file.data.get(key), list):
        errors.append(file.error((), f"文件里要有一个列表“{key}:”", f"第一行写“{key}:”，下面每条以“- ”开头"))
        return []
    for other in sorted(set(map(str, file.data)) - {key}):
        errors.append(file.error((other,), f"没有“{other}”这个字段", f"这个文件只有“{key}”，删掉或移到别处"))
    return [
        item
        for index, raw in enumerate(file.data[key])
        if (item := _parse(file, raw, model, (key, index), errors)) is not None
    ]


def parse_whole(file: ContentFile, model: type[Model], errors: list[ContentError]) -> Model | None:
    """The whole file as one ``model``; None with the reasons in ``errors`` when it is none."""
    return _parse(file, file.data, model, (), errors)


def _parse(file: ContentFile, raw: Any, model: type[Model], loc: Loc, errors: list[ContentError]) -> Model | None:
    if not isinstance(raw, dict):
        errors.append(file.error(loc, "这里要写成“字段: 值”的形式", "每个字段一行，冒号后空一格"))
        return None
    try:
        return model.parse_obj(raw)
    except ValidationError as error:
        for problem in error.errors():
            errors.extend(_in_chinese(file, raw, model, loc, problem))
        return None


def _syntax_error(name: str, text: str, error: yaml.YAMLError) -> ContentError:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return ContentError(name, "（整个文件）", "YAML 写法有误，有不能用的字符", "删掉看不见的控制字符")
    number = min(mark.line + 1, max(1, len(text.splitlines())))
    line = text.splitlines()[number - 1] if text.strip() else ""
    remedy = "检查这一行和上一行：缩进用空格对齐，冒号后空一格，含“: ”或以【*&@开头的文字加引号，引号成对"
    if "\t" in line:
        remedy = "这一行用了制表符（Tab），换成空格"
    return ContentError(name, f"第{number}行", f"YAML 写法有误：{line.strip()[:40]}", remedy)


def _entry(node: yaml.Node | None, step: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


FORMATS = {
    "code": '六位数字，加引号，如 "653226"',
    "number": "区号-号码，横线用半角，如 0903-6811802；或 120 这样的短号",
    "opens": "时:分，两位数，如 10:00",
    "closes": "时:分，两位数，如 20:00",
    "applies_to": "local 或 all",
    "asks": "topic、care 或 insurance",
}
"""What a field with a fixed form must look like, for the remedy."""

EXPECTED = {
    "type_error.str": ("要写文字", "写成一行文字，不要写成列表或下级字段"),
    "type_error.integer": ("要写整数", "只写阿拉伯数字，不带单位"),
    "type_error.list": ("要写成列表", "每条一行，以“- ”开头；或写成 [甲, 乙]"),
    "type_error.dict": ("要写成“字段: 值”的形式", "每个字段一行，冒号后空一格"),
    "type_error.none.not_allowed": ("不能空着", "补上内容，或删掉这一行"),
    "value_error.date": ("日期写法不对", "写成 2024-01-31 的形式"),
    "value_error.strictbool": ("要写 true 或 false", "写 true 或 false"),
    "type_error.bool": ("要写 true 或 false", "写 true 或 false"),
    "value_error.bool": ("要写 true 或 false", "写 true 或 false"),
}


def _in_chinese(file: ContentFile, raw: Any, model: type[BaseModel], loc: Loc, problem: Any) -> Iterator[ContentError]:
    inner: Loc = tuple(problem["loc"])
    if "__root__" in inner:
        inner = inner[: inner.index("__root__")]
    kind, field = str(problem["type"]), next((str(step) for step in reversed(inner) if isinstance(step, str)), "")
    if inner and inner[-1] == "__key__":
        keys = _value_at(raw, inner[:-1])
        for key in keys if isinstance(keys, dict) else ():
            if key not in [aspect.value for aspect in Aspect]:
                at = (*loc, *inner[:-1], str(key))
                yield file.error(at, f"没有“{key}”这个方面", _choose(str(key), [aspect.value for aspect in Aspect]))
    elif kind == "value_error.missing":
        yield file.error((*loc, *inner), f"缺少必填的字段“{field}”", f"补上“{field}:”")
    elif kind == "value_error.extra":
        yield file.error((*loc, *inner), f"没有“{field}”这个字段", _choose(field, _fields(model, inner[:-1])))
    elif kind == "type_error.enum":
        value = _value_at(raw, inner)
        allowed = [member.value for member in problem["ctx"]["enum_values"]]
        yield file.error((*loc, *inner), f"不能写“{value}”", _choose(str(value), allowed))
    elif kind == "value_error.str.regex":
        remedy = f"写成：{FORMATS.get(field, problem['ctx']['pattern'])}"
        yield file.error((*loc, *inner), f"“{_value_at(raw, inner)}”的写法不对", remedy)
    elif kind == "value_error":
        yield file.error((*loc, *inner), str(problem["msg"]), "按这句话改这一条")
    else:
        cause, remedy = EXPECTED.get(kind, (f"值不对（{problem['msg']}）", "对照同类文件的写法"))
        yield file.error((*loc, *inner), cause, remedy)


def _choose(wrong: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(wrong, allowed, n=1)
    return (f"是不是“{near[0]}”？" if near else "") + f"可以写：{'、'.join(allowed)}"


def _value_at(raw: Any, loc: Loc) -> Any:
    for step in loc:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def _fields(model: type[BaseModel], loc: Loc) -> list[str]:
    """Names of the fields of the model that stands at ``loc`` inside ``model``."""
    for step in loc:
        field = model.__fields__.get(str(step))
        inner: Any = field.type_ if field is not None else None
        while get_args(inner):
            inner = get_args(inner)[-1]
        if hasattr(inner, "__fields__"):
            model = inner
    return list(model.__fields__)
