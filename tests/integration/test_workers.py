"""``yibao serve --workers 2`` with real processes: one Redis, one conversation, nothing lost when a worker dies."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from knowledge.editor.release import Release
from tests.integration.test_serve import Server, end, make_var


@pytest.fixture(scope="module")
def server(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(make_var(tmp_path_factory.mktemp("workers") / "var", release), options=("--workers", "2"))
    _wait_for_workers(server, 2)
    yield server
    end(server)


def workers(server: Server) -> list[int]:
    """The processes that hold the socket, but for the one that started them and multiprocessing's tracker."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, _, parent, *_ = path.read_text(encoding="ascii", errors="replace").split()
            command = path.with_name("cmdline").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if parent == str(server.process.pid) and "spawn_main" in command:
            found.append(int(pid))
    return sorted(found)


def _wait_for_workers(server: Server, number: int, without: int = 0) -> None:
    deadline = time.monotonic() + 30
    while len(workers(server)) < number or without in workers(server):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def ask_on_new_connections(server: Server, number: int, **question: Any) -> list[dict[str, Any]]:
    """Each on a connection of its own, so that any worker may take it."""

    def ask(each: int) -> dict[str, Any]:
        body = {"id": str(each), "sender": f"person-{each}", "text": "沙湾电话", **question}
        answer = httpx.post(f"{server.url}/api/ask", json=body, timeout=20)
        return dict(answer.json())

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, range(number)))


def test_the_operator_is_told_how_many(server: Server, release: Release) -> None:
    assert server.output().splitlines()[0] == f"版本 {release.id}：2 个工作进程"


def test_a_conversation_goes_on_whoever_answers(server: Server) -> None:
    server.ask("沙湾停保", "talk")
    follow_ups = ask_on_new_connections(server, 20, sender="talk", text="那电话呢")
    assert {answer["region"]["code"] for answer in follow_ups} == {"654203"}


def test_what_both_did_is_counted_together(server: Server) -> None:
    before = _messages(server)
    ask_on_new_connections(server, 30)
    assert {_messages(server) for _ in range(8)} == {before + 30}


def _messages(server: Server) -> int:
    shown = httpx.get(f"{server.url}/metrics").text
    return sum(int(float(count)) for count in re.findall(r"yibao_messages_total{.*} (\S+)", shown))


def test_a_worker_that_dies_is_replaced_and_the_others_answer(server: Server) -> None:
    dying = workers(server)[0]
    os.kill(dying, signal.SIGKILL)
    answered = []
    for each in range(20):
        try:
            answered.append(server.ask("沙湾电话", f"while-{each}")["status"])
        except httpx.TransportError:  # the connection that the dead one had taken; WeChat asks again
            answered.append(server.ask("沙湾电话", f"while-{each}")["status"])
    assert answered == ["answered"] * 20
    _wait_for_workers(server, 2, without=dying)


def test_a_stop_says_not_ready_first_and_finishes_what_is_in_hand(server: Server) -> None:
    """The last test of this server."""
    server.process.send_signal(signal.SIGTERM)
    told, answered = [], []
    while True:
        try:
            told.append(httpx.get(f"{server.url}/readyz", timeout=5).status_code)
            answered += ask_on_new_connections(server, 2)
        except httpx.TransportError:
            break
        time.sleep(0.05)
    assert 503 in told, "not ready before it stops taking connections"
    assert {answer["status"] for answer in answered} == {"answered"}
    server.process.wait(15)
    assert server.process.returncode == 0
    assert workers(server) == []
