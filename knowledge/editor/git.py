"""The editors' git folder: who changed what, when and why. Git itself does it; nothing here knows what is in a file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PATIENCE = 30.0
"""Seconds that one command of git's may take."""

_FORMAT = "%x1e%H%x1f%an%x1f%aI%x1f%s%x1f%b%x1f"


class GitError(Exception):
    """Git is not installed, the folder is none of its, or it refused: one line in Chinese."""


@dataclass(frozen=True)
class Commit:
    """``at`` with its time zone. ``reason``: why; ``files`` relative to the folder."""

    id: str
    author: str
    at: datetime
    what: str
    reason: str
    files: tuple[str, ...]


class Git:
    """``folder``: the work tree's root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_there(self) -> bool:
        return (self._folder / ".git").exists()

    def init(self) -> None:
        self._run("init", "--quiet", "--initial-branch=main")

    def commit(self, files: Sequence[str], author: str, what: str, reason: str) -> str:
        """The id of the commit of just these files. Raises GitError."""
        # "--all": of a file that is gone, that it is gone.
        self._run("add", "--all", "--", *files)
        self._run("commit", "--quiet", _author(author), "-m", what, "-m", reason, "--", *files)
        return self.head() or ""

    def head(self) -> str | None:
        """The last commit; None before the first."""
        try:
            return self._run("rev-parse", "HEAD").strip()
        except GitError:
            return None

    def history(self, file: str | None = None, most: int = 50) -> list[Commit]:
        """The newest first; of one file, or of all."""
        if self.head() is None:
            return []
        told = self._run("log", f"-{most}", "--name-only", f"--format={_FORMAT}", "--", *([file] if file else []))
        return [_commit(entry) for entry in told.split("\x1e")[1:]]

    def show(self, commit: str) -> str:
        """What a commit changed, as a patch."""
        return self._run("show", "--format=", "--no-color", _sound(commit))

    def revert(self, commit: str, author: str, reason: str) -> str:
        """Takes a commit back by a new one. Raises GitError where later changes stand in the way; then nothing has
        changed."""
        try:
            self._run("revert", "--no-commit", _sound(commit))
        except GitError:
            # What somebody edits by hand in other files stays.
            self._run("reset", "--quiet", "--merge", "HEAD")
            raise
        what = self._run("log", "-1", "--format=%s", _sound(commit)).strip()
        self._run("commit", "--quiet", _author(author), "-m", f"撤销：{what}", "-m", reason)
        return self.head() or ""

    def restore(self, files: Sequence[str]) -> None:
        """The files as the last commit has them; a new one goes."""
        for file in files:
            try:
                self._run("checkout", "--quiet", "HEAD", "--", file)
            except GitError:
                (self._folder / file).unlink(missing_ok=True)

    def is_clean(self, file: str) -> bool:
        """Whether the file is as the last commit has it."""
        return not self._run("status", "--porcelain", "--", file).strip()

    def _run(self, *arguments: str) -> str:
        settings = ["-c", "core.quotepath=false", "-c", "user.name=yibao", "-c", "user.email=yibao@localhost"]
        # No hook of the folder's and no question on a terminal that nobody looks at.
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}
        command = ["git", *settings, "-c", "core.hooksPath=/dev/null", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 (arguments are ours, or ids and files that were checked)
                command, cwd=self._folder, capture_output=True, timeout=PATIENCE, env=environment, check=False
            )
        except FileNotFoundError:
            raise GitError("这台机器没有装 git，请装上") from None
        except subprocess.TimeoutExpired:
            raise GitError("git 太久没有做完，请检查磁盘") from None
        if done.returncode != 0:
            told = done.stderr.decode(errors="replace").strip().splitlines()
            raise GitError(f"git {arguments[0]} 没有成功：{told[-1] if told else done.returncode}")
        return done.stdout.decode(errors="replace")


def _commit(entry: str) -> Commit:
    identity, author, at, what, reason, files = entry.split("\x1f")
    named = tuple(line for line in files.splitlines() if line.strip())
    return Commit(identity, author, datetime.fromisoformat(at), what, reason.strip(), named)


def _author(name: str) -> str:
    """Git wants an address; nobody is written to."""
    return f"--author={name} <{''.join(c for c in name if c.isascii() and c.isalnum()) or 'editor'}@localhost>"


def _sound(commit: str) -> str:
    """No option, no expression: an id as git gives it."""
    if not (7 <= len(commit) <= 40 and all(c in "0123456789abcdef" for c in commit)):
        raise GitError("没有这次修改")
    return commit
