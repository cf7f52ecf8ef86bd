"""Fixtures of all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


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
