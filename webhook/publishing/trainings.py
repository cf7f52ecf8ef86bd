"""One training at a time, in a process of its own: started from the console, watched, stopped.

What stands in ``var/training/`` tells every worker about it: ``lock`` is held as long as it runs, ``state.json`` says
who began it and how it ended, ``log`` is what it said.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import IO

from knowledge.editor.release import ReleaseError

LONGEST_LOG = 20_000
"""Bytes of the log that are shown, from its end."""

GLANCES, GLANCE = 20, 0.05
"""Whoever looks at the progress holds the lock for a moment; one who trains tries so often, after so many seconds."""


@dataclass(frozen=True)
class Training:
    """``begun``, ``ended``: ISO 8601. ``release``: what it made. ``failed``: why not, in Chinese."""

    by: str
    begun: str
    pid: int
    ended: str = ""
    release: str = ""
    failed: str = ""


@dataclass(frozen=True)
class Progress:
    """``training`` None: there never was one. ``is_broken``: it was killed before its end."""

    training: Training | None
    is_running: bool
    lines: tuple[str, ...]

    @property
    def is_broken(self) -> bool:
        return self.training is not None and not self.is_running and not self.training.ended


class Trainings:
    """Of one ``var`` folder."""

    def __init__(self, var: Path) -> None:
        self._folder = var.absolute() / "training"
        self._child: subprocess.Popen[bytes] | None = None

    @contextmanager
    def turn(self, by: str) -> Iterator[None]:
        """Held by the one who trains. Raises ``ReleaseError`` where somebody else does, ``OSError``."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            if not any(_is_taken(lock) for _ in range(GLANCES)):
                raise ReleaseError("已经有人在训练，请等它做完")
            self._write(Training(by, _now(), os.getpid()))
            yield

    def finish(self, release: str = "", failed: str = "") -> None:
        """Notes how it ended; by who holds the turn."""
        training = self._read()
        if training is not None:
            self._write(replace(training, ended=_now(), release=release, failed=failed))

    def start(self, by: str) -> None:
        """Begins one in the background. Raises ``ReleaseError`` where one is under way, ``OSError``."""
        if self.progress().is_running:
            raise ReleaseError("已经有人在训练，请等它做完")
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [str(Path(sys.executable).with_name("yibao")), "train", "--only-make", "--by", by]
        with (self._folder / "log").open("wb") as log:
            # A group of its own: stopped whole, and not stopped with the worker that began it.
            self._child = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603

    def stop(self) -> bool:
        """Whether there was one to stop. The release that answers is not touched."""
        pids = set()
        if self._child is not None and self._is_starting():
            pids.add(self._child.pid)
        training = self._read()
        # What stands there of a training that ended tells of a process that may be another by now.
        if training is not None and not training.ended and self._is_held():
            pids.add(training.pid)
        for pid in pids:
            _terminate(pid)
        return bool(pids)

    def progress(self) -> Progress:
        is_running = self._is_held() or self._is_starting()
        return Progress(self._read(), is_running, self._lines())

    def _is_starting(self) -> bool:
        """Between its start and its taking the lock; asks also so that an ended child does not stay a zombie."""
        return self._child is not None and self._child.poll() is None

    def _is_held(self) -> bool:
        try:
            with (self._folder / "lock").open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def _lines(self) -> tuple[str, ...]:
        try:
            with (self._folder / "log").open("rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - LONGEST_LOG))
                return tuple(log.read().decode("utf-8", "replace").splitlines())
        except OSError:
            return ()

    def _read(self) -> Training | None:
        try:
            return Training(**json.loads((self._folder / "state.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _write(self, training: Training) -> None:
        beside = self._folder / f".state.{os.getpid()}"
        beside.write_text(json.dumps(asdict(training), ensure_ascii=False), encoding="utf-8")
        beside.replace(self._folder / "state.json")


def _is_taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        time.sleep(GLANCE)
        return False
    return True


def _terminate(pid: int) -> None:
    """The whole group of one that was begun from the console; one begun from a terminal or a script may lead none."""
    with suppress(ProcessLookupError):
        try:
            os.killpg(pid, signal.SIGTERM)
        except ProcessLookupError:
            os.kill(pid, signal.SIGTERM)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
