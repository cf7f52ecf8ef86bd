"""The installed programs as an operator starts them: in a process, a folder and with settings of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from webhook.settings import SETTING_NAMES

PROJECT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
YIBAO = str(BIN / "yibao")
RASA = str(BIN / "rasa")

PATIENCE = 120.0
"""Seconds for whatever loads Rasa on a busy machine."""


def environ(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with ``settings`` in place of the developer's own.

    Compiled modules may be written: importing TensorFlow and Rasa without them takes 10 s longer every time.
    """
    ours = {*SETTING_NAMES, "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in ours} | dict(settings)


def run(
    command: list[str], folder: Path, stdin: str | bytes = "", timeout: float = PATIENCE, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs ``command`` in ``folder`` to its end."""
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        command, cwd=folder, env=environ(settings), input=raw, capture_output=True, timeout=timeout, check=False
    )
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_answers(url: str, process: subprocess.Popen[bytes], timeout: float = PATIENCE) -> None:
    """Waits until ``url`` gives any answer; fails when ``process`` ends before."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=5)
            return
        except httpx.TransportError:
            if process.poll() is not None:
                raise AssertionError(f"the program ended with {process.returncode} before it answered") from None
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {timeout} s")
