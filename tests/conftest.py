"""Fixtures of all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.memory_state import MemoryConversations
from bot.assistant import Assistant
from bot.state import State
from knowledge.editor.release import Release, Releases
from knowledge.store import Knowledge, load_knowledge
from tests.programs import YIBAO, run


def require_tool(tool: str) -> str:
    """The path of a program from Debian or npm that some tests need.

    Where it is missing the test is skipped and says why; with CI=true it fails instead, so that CI cannot pass by
    leaving tests out.
    """
    path = shutil.which(tool)
    if path is None:
        missing(f"{tool} is not installed")
    return str(path)


def missing(reason: str) -> None:
    """Skips the test for something that this machine does not have; with CI=true fails it."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI must not skip: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """``require("node")`` gives the path of the program, or skips the test."""
    return require_tool


@pytest.fixture(scope="session")
def cache_folder() -> Path:
    """A folder for what tests fetch once, kept between runs: YIBAO_TEST_CACHE, or one in the user's cache."""
    configured = os.environ.get("YIBAO_TEST_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache")
    folder = Path(configured) if configured else base / "yibao-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def training(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str] | None:
    """``yibao train`` on the working tree, once a test run, into a var folder of its own, which ``args`` names.

    None where YIBAO_TEST_VAR names a var folder whose release is used instead, for repeating one test quickly.
    """
    if os.environ.get("YIBAO_TEST_VAR"):
        return None
    folder = tmp_path_factory.mktemp("release")
    done = run([YIBAO, "train"], folder, timeout=600, YIBAO_VAR=str(folder / "var"))
    assert done.returncode == 0, done.stdout + done.stderr
    return subprocess.CompletedProcess(str(folder / "var"), done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def release(training: subprocess.CompletedProcess[str] | None) -> Release:
    """The release that ``training`` made; nothing may be changed in it."""
    var = os.environ["YIBAO_TEST_VAR"] if training is None else training.args
    return Releases(Path(var).absolute()).live()


@pytest.fixture(scope="session")
def var(release: Release) -> Path:
    """The folder that holds ``release``; other tests use it too, so nothing else is written there."""
    return release.folder.parents[1]


@pytest.fixture(scope="session")
def knowledge(release: Release) -> Knowledge:
    """What ``release`` knows."""
    return load_knowledge(release.content)


@pytest.fixture(scope="session")
def conversations() -> MemoryConversations:
    """What ``assistant`` remembers of conversations."""
    return MemoryConversations()


@pytest.fixture(scope="session")
def assistant(release: Release, conversations: MemoryConversations) -> Assistant:
    """``release`` in this process, with a memory that lives as long; tests keep apart by their senders."""
    from webhook.assembly import load_assistant

    return load_assistant(release, "12393", State(conversations))[0]


@pytest.fixture(scope="session")
def through_rasa(release: Release, conversations: MemoryConversations) -> Assistant:
    """``assistant`` through Rasa's whole prediction loop; it remembers in the same place."""
    from webhook.assembly import load_assistant

    return load_assistant(release, "12393", State(conversations), direct=False)[0]
