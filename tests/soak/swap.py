"""The same 2,000 messages while releases are promoted and gone back from: nothing lost, nothing doubled, and how far
the memory of a replica rises while it holds two."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge.editor.release import Release, Releases
from tests.integration.replicas import RedisServer, Replica, wait_until
from tests.soak.faults import soak, tell_apart

MOMENTS = (0.15, 0.3, 0.45, 0.6, 0.75)
"""After which share of the messages another release is promoted."""

MOST_MEMORY = 1.3
"""Times what a replica holds at most under the same traffic without a swap."""

PAUSE = 600
"""Milliseconds between two messages of a person: the run lasts longer than five swaps."""

SAMPLED_EVERY = 0.1
"""Seconds."""


@dataclass
class Memory:
    """``highest``: the most bytes that any replica held."""

    highest: int = 0
    _watching: bool = False

    def __call__(self, _share: float, replicas: list[Replica], _server: RedisServer) -> None:
        if not self._watching:
            self._watching = True
            processes = [replica.process.pid for replica in replicas if replica.process is not None]
            threading.Thread(target=self._watch, args=(processes,), daemon=True).start()

    def _watch(self, processes: list[int]) -> None:
        while held := max(map(_held, processes)):
            self.highest = max(self.highest, held)
            time.sleep(SAMPLED_EVERY)


@dataclass
class Swaps:
    """``seconds``: from each promotion until both replicas answered from it."""

    releases: Releases
    names: tuple[str, str]
    tell: Callable[[str], None]
    memory: Memory = field(default_factory=Memory)
    seconds: list[float] = field(default_factory=list)
    _done: set[float] = field(default_factory=set)
    _swapping: threading.Thread | None = None

    def __call__(self, share: float, replicas: list[Replica], server: RedisServer) -> None:
        self.memory(share, replicas, server)
        due = [moment for moment in MOMENTS if share >= moment and moment not in self._done]
        if due and (self._swapping is None or not self._swapping.is_alive()):
            self._done.add(due[0])
            self._swapping = threading.Thread(target=self._promote, args=(share, replicas), daemon=True)
            self._swapping.start()

    def _promote(self, share: float, replicas: list[Replica]) -> None:
        other = next(name for name in self.names if name != self.releases.live_name())
        self.releases.promote(other, by="soak")
        self.seconds.append(wait_until(lambda: all(_answers(replica, other) for replica in replicas), 60))
        self.tell(f"  {share:.0%}: release {other} answers, {self.seconds[-1]:.1f} s after its promotion")


def swap(release: Release, tell: Callable[[str], None]) -> bool:
    """Both runs, what differs, and the memory; True where everything holds."""
    calm = Memory()
    peace = soak(release, calm, PAUSE)
    with TemporaryDirectory() as folder:
        releases, names = _twins(release, Path(folder))
        swaps = Swaps(releases, names, tell)
        disturbed = soak(releases.live(), swaps, PAUSE)
    same = tell_apart(peace, disturbed, "while releases swap", tell)
    factor = swaps.memory.highest / calm.highest
    held = f"{calm.highest / 2**20:.0f} MB in peace, {swaps.memory.highest / 2**20:.0f} MB while releases swap"
    tell(
        f"swaps                           {len(swaps.seconds)}, {max(swaps.seconds):.1f} s at most until both answered"
    )
    tell(f"memory of a replica at most     {held}: × {factor:.2f}")
    return same and len(swaps.seconds) == len(MOMENTS) and factor <= MOST_MEMORY


def _twins(release: Release, folder: Path) -> tuple[Releases, tuple[str, str]]:
    """The release twice under two names, so that the answers are the same whichever answers."""
    names = (f"{release.id}a", f"{release.id}b")
    for name in names:
        shutil.copytree(release.folder, folder / "releases" / name)
    releases = Releases(folder)
    releases.promote(names[0], by="soak")
    return releases, names


def _answers(replica: Replica, release: str) -> bool:
    return (replica.ready() or {}).get("release") == release


def _held(process: int) -> int:
    """Bytes of memory; 0 of a process that is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)
