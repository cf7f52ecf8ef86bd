"""What the kernel tells of processes that we started: who they are, what they hold, what they used."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 20.0
"""Seconds that a process is given to end by itself."""


@dataclass(frozen=True)
class Memory:
    """Megabytes of one process. ``rss`` is all that it has in memory; in ``pss`` what several processes share is
    divided among them, so that the sum over processes is what the machine needs."""

    rss: float
    pss: float


def tree(root: int) -> list[int]:
    """``root`` and everything that it started, as far as it is alive."""
    children: dict[int, list[int]] = {}
    for path in PROC.iterdir():
        if path.name.isdigit() and (fields := _stat(int(path.name))):
            children.setdefault(int(fields[1]), []).append(int(path.name))
    found = [root] if _stat(root) else []
    for pid in found:
        found += children.get(pid, [])
    return found


def memory(pid: int) -> Memory:
    """Raises OSError for a process that is gone."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    kilobytes = {name: int(value) for name, value in re.findall(r"^(\w+): +(\d+) kB", lines, re.MULTILINE)}
    return Memory(kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024)


def cpu_seconds(pids: list[int]) -> float:
    """Time of the processors that these processes have used so far, in the program and for it in the kernel."""
    return sum(int(fields[11]) + int(fields[12]) for pid in pids if (fields := _stat(pid))) / TICKS


def machine_seconds() -> float:
    """Time that all processors together have been busy since the machine started, or were taken by its host."""
    user, nice, system, _idle, _wait, irq, soft, steal = (PROC / "stat").read_text(encoding="ascii").split()[1:9]
    return sum(map(int, (user, nice, system, irq, soft, steal))) / TICKS


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that was started in a session of its own, with all that is left of that session."""
    with suppress(ProcessLookupError):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def stop_daemon(pid_file: Path, mark: str) -> None:
    """Ends the daemon that ``pid_file`` names, if it is alive and ``mark`` stands in how it was started."""
    with suppress(OSError, ValueError):
        pid = int(pid_file.read_text(encoding="ascii"))
        if mark.encode() in (PROC / str(pid) / "cmdline").read_bytes():
            os.kill(pid, signal.SIGTERM)


def _stat(pid: int) -> list[str]:
    """The fields of a process behind its name, which may hold spaces; none where it is gone or only waits to be
    collected."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
    return [] if fields[0] == "Z" else fields
