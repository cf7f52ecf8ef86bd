"""Releases: a trained model with the content that it was trained on, never changed once made.

``var/releases/<id>/`` holds ``model.tar.gz``, ``content/`` and ``report.json``; ``var/releases/live`` names the one
that answers.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from knowledge.errors import KnowledgeError

LIVE = "live"


class ReleaseError(KnowledgeError):
    """There is no release, or it is broken; the message names the command that mends it."""


@dataclass(frozen=True)
class Release:
    """One release on disk."""

    id: str
    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / "model.tar.gz"

    @property
    def content(self) -> Path:
        return self.folder / "content"

    @property
    def report(self) -> dict[str, object]:
        """What training wrote about it. Raises ``ReleaseError`` where that is broken."""
        try:
            report: dict[str, object] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReleaseError(f"版本 {self.id} 的 report.json 读不了。请运行：yibao train") from error
        return report


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
        """Lists what is there, the oldest first."""
        if not self._folder.is_dir():
            return []
        return [Release(p.name, p) for p in sorted(self._folder.iterdir()) if (p / "report.json").is_file()]

    def live(self) -> Release:
        """Gives the release that answers. Raises ``ReleaseError`` where there is none, or it is broken."""
        pointer = self._folder / LIVE
        if not pointer.is_file():
            raise ReleaseError("还没有可用的版本。请运行：yibao train")
        return self.get(pointer.read_text(encoding="utf-8").strip())

    def get(self, name: str) -> Release:
        release = Release(name, self._folder / name)
        missing = [p.name for p in (release.model, release.content, release.folder / "report.json") if not p.exists()]
        if missing or not name:
            raise ReleaseError(f"版本 {name or '（空）'} 不完整，缺 {'、'.join(missing)}。请运行：yibao train")
        return release

    def publish(self, name: str) -> Release:
        """Makes ``name`` the one that answers, in one step. Raises ``ReleaseError`` where it is broken."""
        release = self.get(name)
        temporary = self._folder / f".{LIVE}.{os.getpid()}"
        temporary.write_text(f"{name}\n", encoding="utf-8")
        temporary.replace(self._folder / LIVE)
        return release

    def add(self, model: Path, content: Path, report: dict[str, object]) -> Release:
        """Puts a trained model and its content together; the folder appears whole or not at all."""
        name = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
        while (self._folder / name).exists():
            name += "a"
        draft = self._folder / f".draft-{name}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        shutil.copyfile(model, draft / "model.tar.gz")
        shutil.copytree(content, draft / "content", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        (draft / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
        draft.rename(self._folder / name)
        return Release(name, self._folder / name)
