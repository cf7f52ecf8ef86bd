"""What the documents tell people to type, set and open is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.conftest import missing
from webhook.command_line.main import app
from webhook.settings import SETTING_NAMES

PROJECT = Path(__file__).parents[2]
REQUIRED = [
    "README.md",
    "README.zh-CN.md",
    "docs/operations.md",
    "docs/architecture.md",
    "docs/editors.zh-CN.md",
    "docs/content-files.zh-CN.md",
]

FENCE = re.compile(r"^```.*?$(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
MAKE = re.compile(r"(?:^|[\s;&|(])make((?: +[a-z][a-z-]*)+)")
YIBAO = re.compile(r"(?:^|[\s;&|(/])yibao((?: +[^\s`|>&;#]+)*)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SETTING = re.compile(r"\b(?:YIBAO|WECHAT|REDIS|DATABASE)_[A-Z_]*[A-Z]\b")

OTHERS = {"YIBAO_TEST_CACHE", "YIBAO_TEST_VAR"}
"""Variables that tests read; the program does not."""


def documents() -> list[str]:
    found = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "deploy").rglob("*.md")]
    return sorted(path.relative_to(PROJECT).as_posix() for path in found)


def read(document: str) -> str:
    return (PROJECT / document).read_text(encoding="utf-8")


def code(text: str) -> Iterator[str]:
    """What stands in code: the lines of blocks, and what is in back quotes."""
    for block in FENCE.findall(text):
        yield from (re.sub(r"(^|\s)#.*", "", line).strip().removeprefix("$ ") for line in block.splitlines())
    yield from INLINE.findall(FENCE.sub("", text))


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))


def problem(words: list[str]) -> str | None:
    """What is wrong with the words after ``yibao``; placeholders and everything that is no word ends the reading."""
    command: Any = typer.main.get_command(app)
    path = "yibao"
    for word in words:
        if word.startswith("--"):
            option = word.split("=")[0]
            known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
            if option not in known:
                return f"{path} has no {option}"
        elif hasattr(command, "commands"):
            if not re.fullmatch(r"[a-z-]+", word):
                return None
            if word not in command.commands:
                return f"{path} has no {word}"
            command, path = command.commands[word], f"{path} {word}"
    return None


@pytest.mark.parametrize("document", REQUIRED)
def test_the_document_is_there(document: str) -> None:
    if not (PROJECT / document).is_file():
        missing(f"there is no {document}")


@pytest.mark.parametrize("document", documents())
def test_every_verb_of_make_exists(document: str) -> None:
    named = {verb for line in code(read(document)) for found in MAKE.findall(line) for verb in found.split()}
    assert named - verbs() == set()


@pytest.mark.parametrize("document", documents())
def test_every_command_exists(document: str) -> None:
    named = [found.split() for line in code(read(document)) for found in YIBAO.findall(line)]
    assert [wrong for words in named if (wrong := problem(words)) is not None] == []


@pytest.mark.parametrize("document", documents())
def test_every_setting_exists(document: str) -> None:
    assert set(SETTING.findall(read(document))) - {*SETTING_NAMES, *OTHERS} == set()


@pytest.mark.parametrize("document", documents())
def test_every_link_into_the_project_leads_somewhere(document: str) -> None:
    folder = (PROJECT / document).parent
    targets = [link.split("#")[0] for link in LINK.findall(read(document)) if "://" not in link]
    assert [target for target in targets if target and not (folder / target).exists()] == []


def test_both_readmes_name_the_same_commands() -> None:
    for document in ("README.md", "README.zh-CN.md"):
        if not (PROJECT / document).is_file():
            missing(f"there is no {document}")
    english, chinese = (
        {verb for line in code(read(document)) for found in MAKE.findall(line) for verb in found.split()}
        for document in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


def test_make_help_lists_every_verb() -> None:
    explained = set(re.findall(r"^([a-z][a-z-]*):.*##", read("Makefile"), re.MULTILINE))
    assert verbs() == explained
    assert {"run", "test", "lint", "bench", "help"} <= explained


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("serve", None),
        ("ask --jsonl", None),
        ("knowledge show TOPIC REGION", None),
        ("release …", None),
        ("ask 沙湾电话 --region 沙湾", None),
        ("fly", "yibao has no fly"),
        ("release fly", "yibao release has no fly"),
        ("ask --fly", "yibao ask has no --fly"),
    ],
)
def test_a_wrong_command_is_noticed(words: str, wrong: str | None) -> None:
    assert problem(words.split()) == wrong


def test_code_is_found() -> None:
    text = "Say `make run`.\n\n```sh\n$ make test  # all\n.venv/bin/yibao ask 沙湾电话\n```\nmake nothing of it\n"
    assert [found for line in code(text) for found in MAKE.findall(line)] == [" test", " run"]
    assert [found for line in code(text) for found in YIBAO.findall(line)] == [" ask 沙湾电话"]
