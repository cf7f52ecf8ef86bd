"""What is measured: each server as its operator starts it, in processes and a folder of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from knowledge.editor.release import LIVE, Release
from tests.bench.processes import Memory, cpu_seconds, memory, stop, stop_daemon, tree
from tests.programs import PROJECT, RASA, YIBAO, environ, free_port
from webhook.settings import Encryption

PATIENCE = 240.0
"""Seconds that a server is given to become ready."""

POLL = 0.02

QUIET = {
    "PYTHONPATH": str(PROJECT),
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
"""For Rasa's own server: what keeps it from the internet and from filling its log."""


@dataclass(frozen=True)
class Server:
    """``start`` are the seconds until it answered; ``roots`` the processes that were started, ``redis`` the daemon
    that one of them started."""

    port: int
    start: float
    roots: tuple[int, ...]
    redis: int | None = None

    def memory(self) -> list[Memory]:
        """Of its processes without Redis, the largest first."""
        return sorted(map(memory, self._programs()), key=lambda each: -each.rss)

    def redis_memory(self) -> Memory | None:
        return memory(self.redis) if self.redis is not None else None

    def cpu(self) -> float:
        """Seconds of a processor that it has used so far, Redis included."""
        return cpu_seconds([*self._programs(), *([self.redis] if self.redis is not None else [])])

    def replied(self, door: str) -> tuple[float, float]:
        """How many messages it has answered at ``door`` so far, and the seconds that the bot took for them: the
        server's own count, over all workers."""
        text = httpx.get(f"http://127.0.0.1:{self.port}/metrics", timeout=20).text
        found = {part: _metric(text, f'yibao_reply_seconds_{part}{{door="{door}"}}') for part in ("count", "sum")}
        return found["count"], found["sum"]

    def _programs(self) -> list[int]:
        return [pid for root in self.roots for pid in tree(root)]


@contextmanager
def yibao(
    release: Release, *, workers: int, memo_size: int | None = None, encryption: Encryption = Encryption.SAFE
) -> Iterator[Server]:
    """``yibao serve`` on ``release``; ``memo_size`` None: as many as the program takes by itself."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        var, port = Path(name), free_port()
        _publish(release, var)
        settings = {"YIBAO_VAR": name, "YIBAO_PORT": str(port), "WECHAT_ENCRYPTION": encryption.value}
        settings["YIBAO_PERSON_LIMIT"] = "999999"  # counted, and never reached by somebody who talks for long
        if memo_size is not None:
            settings["YIBAO_MEMO_SIZE"] = str(memo_size)
        redis = var / "redis" / "redis.pid"
        # Behind the server: one that was killed leaves its Redis.
        stack.callback(stop_daemon, redis, "redis")
        command = [YIBAO, "serve", "--workers", str(workers)]
        ready = f"http://127.0.0.1:{port}/readyz"
        roots, start = stack.enter_context(_started([command], var, settings, [ready]))
        yield Server(port, start, roots, int(redis.read_text(encoding="ascii")))


@contextmanager
def stock_rasa(release: Release) -> Iterator[Server]:
    """``rasa run`` and ``rasa run actions`` on the model and the content of ``release``."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder, port, actions = Path(name), free_port(), free_port()
        (folder / "knowledge").mkdir()
        (folder / "knowledge" / "content").symlink_to(release.content.absolute())
        endpoint = {"action_endpoint": {"url": f"http://127.0.0.1:{actions}/webhook"}}
        (folder / "endpoints.yml").write_text(json.dumps(endpoint), encoding="utf-8")
        (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
        serve = [RASA, "run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(release.model.absolute())]
        commands = [
            [*serve, "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"],
            [RASA, "run", "actions", "--actions", "actions", "--port", str(actions)],
        ]
        ready = [f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{actions}/health"]
        roots, start = stack.enter_context(_started(commands, folder, QUIET, ready))
        yield Server(port, start, roots)


@contextmanager
def echo(*, workers: int) -> Iterator[Server]:
    """``echo.py`` under the same web server as ours."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "tests.bench.echo:app", "--port", str(port), "--ws", "none"]
        command += ["--workers", str(workers), "--log-level", "warning", "--no-access-log"]
        ready = f"http://127.0.0.1:{port}/readyz"
        settings = {"PYTHONPATH": str(PROJECT)}
        roots, start = stack.enter_context(_started([command], Path(name), settings, [ready]))
        yield Server(port, start, roots)


def _publish(release: Release, var: Path) -> None:
    """A folder in which ``release`` is live."""
    releases = var / "releases"
    releases.mkdir()
    (releases / release.id).symlink_to(release.folder.absolute(), target_is_directory=True)
    (releases / LIVE).write_text(release.id, encoding="utf-8")


@contextmanager
def _started(
    commands: Sequence[Sequence[str]], folder: Path, settings: Mapping[str, str], ready: Sequence[str]
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Starts ``commands`` at the same time; gives their processes and the seconds until all of ``ready`` answered."""
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("wb"))
        begun = time.perf_counter()
        processes = []
        for command in commands:
            # A session of its own: Ctrl-C reaches the benchmark alone, which then ends what it started.
            process = subprocess.Popen(
                command, cwd=folder, env=environ(settings), stdout=log, stderr=log, start_new_session=True
            )
            stack.callback(partial(stop, process))
            processes.append(process)
        while not all(map(_answers, ready)):
            if any(p.poll() is not None for p in processes) or time.perf_counter() - begun > PATIENCE:
                raise SystemExit(f"{' '.join(commands[0][:3])} did not come up:\n{_end(folder / 'log')}")
            time.sleep(POLL)
        yield tuple(process.pid for process in processes), time.perf_counter() - begun


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _metric(text: str, name: str) -> float:
    """0 for what was not counted yet."""
    lines = (line for line in text.splitlines() if line.startswith(name))
    return float(next(lines, "0").rpartition(" ")[2])


def _end(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
