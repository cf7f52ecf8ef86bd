"""Releases: a trained model with the content that it was trained on, never changed once made; and which one answers.

``var/releases/<id>/`` holds ``model.tar.gz``, ``content/``, ``report.json`` and, where an exam was sat,
``outcomes.json``. ``var/releases/live`` names the one that answers, ``promotions.jsonl`` tells who let which one
answer, when and why.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from io import FileIO
from pathlib import Path
from typing import Any

from knowledge.errors import KnowledgeError

LIVE = "live"
PROMOTIONS = "promotions.jsonl"
MODEL, CONTENT, REPORT, OUTCOMES = "model.tar.gz", "content", "report.json", "outcomes.json"


class ReleaseError(KnowledgeError):
    """There is no release, or it is broken; the message names the command that mends it."""


@dataclass(frozen=True)
class Release:
    """One release on disk."""

    id: str
    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / MODEL

    @property
    def content(self) -> Path:
        return self.folder / CONTENT

    @property
    def report(self) -> dict[str, Any]:
        """What was written when it was made. Raises ``ReleaseError`` where that is broken."""
        try:
            return _read_object(self.folder / REPORT)
        except (OSError, ValueError) as error:
            raise ReleaseError(f"版本 {self.id} 的 report.json 读不了。请运行：yibao train") from error

    @property
    def outcomes(self) -> dict[str, Any]:
        """What came of the exam; empty where none was sat."""
        try:
            return _read_object(self.folder / OUTCOMES)
        except (OSError, ValueError):
            return {}


@dataclass(frozen=True)
class Promotion:
    """Somebody let a release answer. ``by``: who signed for it, "" where nobody had to. ``at``: ISO 8601 with its time
    zone. ``reason``: why, where it was below the gate or went back."""

    release: str
    by: str
    at: str
    reason: str = ""


class Releases:
    """The releases under one ``var`` folder."""

    def __init__(self, var: Path) -> None:
        self._folder = var / "releases"

    def prepare(self) -> None:
        """Makes the folder. Raises ``ReleaseError`` where that cannot be, before somebody trains for nothing."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReleaseError(f"写不了文件夹 {self._folder}（{error.strerror}）。请检查 YIBAO_VAR") from error

    def all(self) -> list[Release]:
        """Lists what is there, the oldest first; drafts are none."""
        if not self._folder.is_dir():
            return []
        whole = [p for p in self._folder.iterdir() if not p.name.startswith(".") and (p / REPORT).is_file()]
        return [Release(p.name, p) for p in sorted(whole)]

    def live(self) -> Release:
        """Gives the release that answers. Raises ``ReleaseError`` where there is none, or it is broken."""
        name = self.live_name()
        if name is None:
            raise ReleaseError("还没有可用的版本。请运行：yibao train")
        return self.get(name)

    def live_name(self) -> str | None:
        """What the pointer says, whether that is there or not; quick."""
        try:
            return (self._folder / LIVE).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return None

    def get(self, name: str) -> Release:
        """Raises ``ReleaseError`` where there is none of that name, or something of it is missing."""
        if not name or name.startswith(".") or Path(name).name != name:
            raise ReleaseError(f"没有版本 {name or '（空）'}。请运行：yibao train")
        release = Release(name, self._folder / name)
        missing = [p.name for p in (release.model, release.content, release.folder / REPORT) if not p.exists()]
        if missing:
            raise ReleaseError(f"版本 {name} 不完整，缺 {'、'.join(missing)}。请运行：yibao train")
        return release

    def promote(self, name: str, *, by: str, reason: str = "") -> Release:
        """Makes ``name`` the one that answers, in one step, signed for by a person. Raises ``ReleaseError`` where it is
        broken, ``OSError`` where nothing can be written: then the one before still answers."""
        release = self.get(name)
        told = Promotion(name, by, datetime.now(timezone.utc).isoformat(timespec="seconds"), reason)
        with (self._folder / PROMOTIONS).open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = file.seek(0, os.SEEK_END)
            try:
                # Who signed stands there before it answers, never after.
                _append(file, json.dumps(asdict(told), ensure_ascii=False), before)
                self._point(name)
            except OSError:
                # It never answered: nobody may go back to it.
                file.truncate(before)
                raise
        return release

    def _point(self, name: str) -> None:
        temporary = self._folder / f".{LIVE}.{os.getpid()}"
        try:
            temporary.write_text(f"{name}\n", encoding="utf-8")
            temporary.replace(self._folder / LIVE)
        finally:
            temporary.unlink(missing_ok=True)

    def promotions(self) -> list[Promotion]:
        """The oldest first. A line that was cut off, perhaps in the middle of a character, is left out."""
        try:
            lines = (self._folder / PROMOTIONS).read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                found.append(Promotion(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return found

    def approval(self, name: str) -> Promotion | None:
        """Who signed for a release last."""
        return next((each for each in reversed(self.promotions()) if each.release == name), None)

    def previous(self) -> Release:
        """The one that answered before the one that answers now. Raises ``ReleaseError`` where there is none."""
        live = self.live_name()
        before = [each.release for each in self.promotions() if each.release != live]
        while before:
            try:
                return self.get(before.pop())
            except ReleaseError:
                continue
        raise ReleaseError("没有更早用过的版本，退不回去。请看：yibao release list")

    def begin(self, model: Path | None, content: Path) -> Release:
        """A draft with this content, and the model where there is one already: nobody sees it until ``finish``.
        Raises ``OSError``; then there is no draft."""
        name = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
        while (self._folder / name).exists():
            name += "a"
        draft = self.draft(name)
        self.drop(draft)
        try:
            draft.folder.mkdir(parents=True)
            shutil.copytree(content, draft.content, ignore=_no_content)
            if model is not None:
                shutil.copyfile(model, draft.model)
        except OSError:
            self.drop(draft)
            raise
        return draft

    def finish(
        self, draft: Release, report: Mapping[str, object], outcomes: Mapping[str, object] | None = None
    ) -> Release:
        """Makes a draft a release: it appears whole or not at all. Raises ``OSError``."""
        if outcomes is not None:
            (draft.folder / OUTCOMES).write_text(json.dumps(outcomes, ensure_ascii=False), encoding="utf-8")
        (draft.folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
        return self.take(draft)

    def draft(self, name: str) -> Release:
        """Where one is put together; nothing is made here."""
        return Release(name, self._folder / f".draft-{name}")

    def take(self, draft: Release) -> Release:
        """Makes a whole draft a release, in one step. Raises ``OSError``."""
        draft.folder.rename(self._folder / draft.id)
        return Release(draft.id, self._folder / draft.id)

    def drop(self, draft: Release) -> None:
        """Takes a draft away that came to nothing."""
        shutil.rmtree(draft.folder, ignore_errors=True)

    def clear_drafts(self) -> None:
        """Takes away what a training left that was killed. Nothing may be in the making."""
        for folder in self._folder.glob(".draft-*"):
            shutil.rmtree(folder, ignore_errors=True)


def _read_object(path: Path) -> dict[str, Any]:
    """Raises ``OSError``, and ``ValueError`` for anything else than a JSON object."""
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _append(file: FileIO, line: str, size: int) -> None:
    """A line of its own, on the disk when this returns, also behind one that was cut off. Raises ``OSError``."""
    file.seek(max(0, size - 1))
    apart = b"" if file.read(1) in (b"", b"\n") else b"\n"
    told = apart + line.encode() + b"\n"
    if file.write(told) != len(told):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)
    os.fsync(file.fileno())


def _no_content(folder: str, names: list[str]) -> list[str]:
    """What stands among the content and is none: notes, backups of an editor, what a program left."""
    return [
        name
        for name in names
        if name.startswith((".", "__")) or not (name.endswith(".yml") or Path(folder, name).is_dir())
    ]
