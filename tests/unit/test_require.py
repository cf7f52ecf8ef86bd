"""What is missing is skipped with a reason, and fails in CI."""

from __future__ import annotations

import pytest

from tests.conftest import require_tool


def test_a_tool_that_is_there() -> None:
    assert require_tool("sh").endswith("/sh")


def test_a_missing_tool_is_skipped_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-tool is not installed"):
        require_tool("no-such-tool")


def test_a_missing_tool_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI must not skip: no-such-tool"):
        require_tool("no-such-tool")
