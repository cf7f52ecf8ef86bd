"""The editors' own folder (YIBAO_CONTENT): read, changed one place at a time, each change checked, saved and kept with
who and why."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.editor.git import Commit, Git, GitError
from knowledge.errors import ContentErrors
from knowledge.store import Knowledge, load_knowledge

CONTENT, DATA, EXAM = "content", "data", "exam"


MEND_DISK = "什么也没有改动。请清理磁盘或找管理员，再试一次"


class WorkspaceError(Exception):
    """One line in Chinese for the editor; nothing was changed."""


class NoWorkspaceError(WorkspaceError):
    """There is no folder of the editors', or it is not under git."""


class ChangedMeanwhileError(WorkspaceError):
    """Somebody else changed the file since it was opened. ``now``: what it holds."""

    def __init__(self, file: str, now: str, by: Commit | None) -> None:
        who = f"{by.author} 改了“{by.what}”" if by else "有人直接改了文件"
        super().__init__(f"您打开以后，{who}。您的修改没有保存，请看过现在的内容再改")
        self.file = file
        self.now = now
        self.by = by


@dataclass(frozen=True)
class Change:
    """Files of the folder with their whole new text; None takes one away. ``versions``: those that the change was made
    from; a file that is not named there must be new."""

    texts: Mapping[str, str | None]
    versions: Mapping[str, str]


class Workspace:
    """``folder`` holds ``content/``, ``data/`` and, for an exam of the editors' own, ``exam/``, and is under git; other
    folders and files in it are left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git = Git(folder)

    @property
    def content(self) -> Path:
        return self.folder / CONTENT

    @property
    def data(self) -> Path:
        return self.folder / DATA

    @property
    def exam(self) -> Path:
        return self.folder / EXAM

    def check_there(self) -> None:
        """Raises NoWorkspaceError."""
        if not (self.folder / CONTENT).is_dir() or not (self.folder / DATA).is_dir():
            raise NoWorkspaceError("没有编辑用的文件夹。请运行：yibao knowledge init 文件夹，再设置 YIBAO_CONTENT")
        if not self.git.is_there():
            raise NoWorkspaceError("编辑用的文件夹还不在 git 里。请在里面运行：git init，再提交一次")

    def read(self, file: str) -> tuple[str, str]:
        """The text of a file and its version. Raises WorkspaceError."""
        try:
            text = self._path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError(f"{file} 读不了，请检查文件和权限") from error
        return text, version_of(text)

    def knowledge(self) -> Knowledge:
        """What the folder holds now. Raises ``ContentErrors``."""
        return load_knowledge(self.content)

    def digest(self) -> str:
        """Changes with every file of the content."""
        told = hashlib.sha256()
        for path in sorted(self.content.rglob("*.yml")):
            told.update(f"{path.relative_to(self.folder)}\0{path.stat().st_mtime_ns}\0{path.stat().st_size}\n".encode())
        return told.hexdigest()

    def rehearse(self, change: Change) -> Knowledge:
        """What would be known after the change; nothing is written here. Raises ``ContentErrors`` and
        WorkspaceError."""
        try:
            return self._rehearse(change)
        except OSError as error:
            raise WorkspaceError(f"试不了（{error.strerror or '磁盘满了'}）。{MEND_DISK}") from error

    def _rehearse(self, change: Change) -> Knowledge:
        with tempfile.TemporaryDirectory(prefix="yibao-") as folder:
            copy = Path(folder) / CONTENT
            shutil.copytree(self.content, copy)
            for file, text in change.texts.items():
                if file.startswith(f"{CONTENT}/"):
                    _put(Path(folder) / file, text)
            return load_knowledge(copy)

    def save(self, change: Change, *, author: str, what: str, reason: str) -> str:
        """Writes the files and commits just them; all or nothing. The id of the commit.

        Raises ``ContentErrors`` where the content would not load, ChangedMeanwhileError, WorkspaceError.
        """
        self.check_there()
        with self._alone():
            self._compare(change)
            if all(text == self._now(file) for file, text in change.texts.items()):
                raise WorkspaceError("没有改动，不用保存")
            self.rehearse(change)
            files = sorted(change.texts)
            try:
                for file, text in change.texts.items():
                    _put(self._path(file), text)
                return self.git.commit(files, author, what, reason)
            except (OSError, GitError) as error:
                self.git.restore(files)
                told = "磁盘满了或没有权限" if isinstance(error, OSError) else str(error)
                raise WorkspaceError(f"没有保存：{told}。{MEND_DISK}") from error

    def undo(self, commit: str, *, author: str, reason: str) -> str:
        """Takes one change back. Raises WorkspaceError where later changes stand in the way, or the content would not
        load; then nothing has changed."""
        self.check_there()
        with self._alone():
            try:
                made = self.git.revert(commit, author, reason)
            except GitError as error:
                raise WorkspaceError(f"撤销不了：后来的修改碰到了同一个地方。{error}") from error
            try:
                self.knowledge()
            except ContentErrors as error:
                self.git.revert(made, author, "撤销以后内容不完整，恢复原样")
                raise WorkspaceError(f"撤销以后内容不完整，没有撤销：{error.errors[0]}") from error
            return made

    def _compare(self, change: Change) -> None:
        for file in change.texts:
            now = self._now(file)
            made_from = change.versions.get(file)
            if (version_of(now) if now is not None else None) != made_from:
                history = self.git.history(file, 1) if self.git.is_clean(file) else []
                raise ChangedMeanwhileError(file, now or "", history[0] if history else None)

    def _now(self, file: str) -> str | None:
        path = self._path(file)
        return self.read(file)[0] if path.exists() else None

    def _path(self, file: str) -> Path:
        """Raises WorkspaceError for anything but a file of ours inside."""
        path = (self.folder / file).resolve()
        suffixes = {CONTENT: ".yml", DATA: ".yml", EXAM: ".jsonl"}
        inside = [(self.folder / name).resolve() for name, suffix in suffixes.items() if path.suffix == suffix]
        if not any(folder in path.parents for folder in inside):
            raise WorkspaceError(f"{file} 不是内容文件")
        return path

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One change at a time, whichever process makes it."""
        with (self.folder / ".git" / "yibao.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_workspace(folder: Path, content: Path, data: Path, exam: Path) -> Workspace:
    """A new folder of the editors', with a copy of what the project knows and of its exam, under git. Raises
    WorkspaceError where the folder is there and not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise WorkspaceError(f"文件夹 {folder} 不是空的，请换一个")
    try:
        shutil.copytree(content, folder / CONTENT, dirs_exist_ok=True)
        shutil.copytree(data, folder / DATA, dirs_exist_ok=True)
        (folder / EXAM).mkdir()
        for path in sorted(exam.glob("*.jsonl")):
            shutil.copyfile(path, folder / EXAM / path.name)
        workspace = Workspace(folder)
        workspace.git.init()
        workspace.git.commit([CONTENT, DATA, EXAM], "yibao", "项目自带的内容、例句和考题", "建立编辑用的文件夹")
    except (OSError, GitError) as error:
        raise WorkspaceError(f"文件夹没有建好：{error}") from error
    return workspace


def edit(workspace: Workspace, file: str, version: str, steps: Sequence[Callable[[str], str]]) -> Change:
    """A change of one file by steps, made from ``version``. Raises ChangedMeanwhileError, WorkspaceError."""
    text, now = workspace.read(file)
    if now != version:
        history = workspace.git.history(file, 1) if workspace.git.is_clean(file) else []
        raise ChangedMeanwhileError(file, text, history[0] if history else None)
    for step in steps:
        text = step(text)
    return Change({file: text}, {file: version})


def _put(path: Path, text: str | None) -> None:
    """Whole or not at all. Raises OSError."""
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
