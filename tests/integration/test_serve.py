"""``yibao serve`` as an operator starts it: the real process, the trained release, the embedded Redis, HTTP."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from wechatpy.crypto import WeChatCrypto

from knowledge.editor.release import Release
from tests.programs import YIBAO, environ, free_port, run, wait_until_answers
from webhook.settings import DEVELOPMENT_SECRETS
from webhook.simulator.peer import Action, Sent, message_xml
from webhook.wechat.parse import Document
from webhook.wechat.signature import sign

TOKEN = DEVELOPMENT_SECRETS["WECHAT_TOKEN"]


class Server:
    """One program on a port of its own; ``var`` may be that of one that ran before."""

    def __init__(self, var: Path, port: int | None = None, options: tuple[str, ...] = ()) -> None:
        self.var = var
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (var / "serve.log").open("w+b")
        settings = {"YIBAO_VAR": str(var), "YIBAO_PORT": str(self.port)}
        self.process = subprocess.Popen(
            [YIBAO, "serve", *options], cwd=var, env=environ(settings), stdout=self._log, stderr=subprocess.STDOUT
        )
        self.http = httpx.Client(base_url=self.url, timeout=20)
        try:
            wait_until_answers(f"{self.url}/healthz", self.process)
        except AssertionError as error:
            self.kill()
            raise AssertionError(self.output()) from error

    def output(self) -> str:
        self._log.flush()
        return (self.var / "serve.log").read_text(encoding="utf-8")

    def ask(self, text: str, sender: str = "1", **more: object) -> dict[str, Any]:
        response = self.http.post("/api/ask", json={"id": "1", "sender": sender, "text": text, **more})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def kill(self) -> None:
        """As the kernel does it: no chance to say goodbye."""
        self.process.kill()
        self.process.wait(10)

    def terminate(self) -> float:
        """As systemd and Kubernetes stop it; seconds until it is gone."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - begun

    def redis_pid(self) -> int:
        return int((self.var / "redis" / "redis.pid").read_text(encoding="ascii"))

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.var / "redis" / "redis.sock"), socket_timeout=5)


def make_var(folder: Path, release: Release) -> Path:
    """A var folder with nothing in it but the release."""
    folder.mkdir()
    (folder / "releases").symlink_to(release.folder.parent)
    return folder


def end(server: Server) -> None:
    """Whatever a test did, neither the process nor its Redis stays."""
    server.kill()
    server.http.close()
    with suppress(OSError, ValueError):
        os.kill(server.redis_pid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def server(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(make_var(tmp_path_factory.mktemp("serve") / "var", release))
    yield server
    end(server)


def test_four_lines_tell_the_operator_what_runs(server: Server, release: Release) -> None:
    lines = server.output().splitlines()
    assert len(lines) == 4, lines
    version, state, wechat, simulator = lines
    assert version.startswith(f"版本 {release.id}：")
    assert re.search(r"\d+ 个事项.*\d+\.\d 秒", version)
    assert "内置 Redis" in state
    assert str(server.var) in state
    assert f"{server.url}/wechat（安全模式）" in wechat
    assert f"{server.url}/simulator" in simulator


def test_health(server: Server, release: Release) -> None:
    assert server.http.get("/healthz").status_code == 200
    ready = server.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "release": release.id, "degraded": []}


def test_a_question_and_its_follow_up(server: Server) -> None:
    first = server.ask("沙湾电话", "talk")
    assert first["status"] == "answered"
    assert "0993-6023208" in first["reply"]
    assert list(first)[:4] == ["id", "sender", "text", "reply"]
    assert list(first)[-1] == "latency_ms"
    assert server.ask("地址在哪", "talk")["region"] == {"code": "654203", "name": "沙湾市"}
    assert server.ask("地址在哪", "somebody else")["region"] is None


@pytest.mark.parametrize("region", ["654203", "沙湾"])
def test_a_preset_region(server: Server, region: str) -> None:
    assert server.ask("电话多少", f"preset-{region}", region=region)["region"]["code"] == "654203"


@pytest.mark.parametrize(
    ("body", "status_code"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"id": "1", "sender": "x"}', 400),
        (b'{"id": "1", "sender": "x", "text": 7}', 400),
        (b"\xff\xfe", 400),
        (b'{"id": "1", "sender": "x", "text": "' + b"a" * 70_000 + b'"}', 413),
    ],
    ids=range(7),
)
def test_bad_input_is_refused_in_json(server: Server, body: bytes, status_code: int) -> None:
    response = server.http.post("/api/ask", content=body)
    assert response.status_code == status_code
    assert response.json()["status"] == "error"


def test_what_is_not_there(server: Server) -> None:
    assert server.http.get("/api/ask").status_code == 405
    assert server.http.get("/no-such-page").status_code == 404
    assert server.http.get("/docs").status_code == 404


def test_the_simulator_is_there(server: Server) -> None:
    page = server.http.get("/simulator")
    assert page.status_code == 200
    body = {"openid": "oSimulated1", "kind": "text", "text": "沙湾电话"}
    told = server.http.post("/simulator/send", json=body).json()
    assert told["status_code"] == 200
    assert "0993-6023208" in told["text"]


def test_wechat_checks_the_address(server: Server) -> None:
    timestamp, nonce = str(int(time.time())), "1514711492"
    query = {"signature": sign(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "echostr": "43751209"}
    answer = server.http.get("/wechat", params=query)
    assert (answer.status_code, answer.text) == (200, "43751209")
    assert server.http.get("/wechat", params=query | {"signature": "0" * 40}).status_code == 403


class WeChat:
    """WeChat's side, by wechatpy's own cipher."""

    def __init__(self, server: Server) -> None:
        self._server = server
        app_id, key = DEVELOPMENT_SECRETS["WECHAT_APP_ID"], DEVELOPMENT_SECRETS["WECHAT_ENCODING_AES_KEY"]
        self._crypto = WeChatCrypto(TOKEN, key, app_id)

    def wire(self, text: str, openid: str) -> tuple[bytes, dict[str, str]]:
        """One message as it travels: the body and the query."""
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**9))
        xml = message_xml(Action(openid, Sent.TEXT, text), created=int(timestamp))
        body = self._crypto.encrypt_message(xml, nonce, timestamp).encode()
        signature = Document(body).one("MsgSignature")
        query = {"timestamp": timestamp, "nonce": nonce, "encrypt_type": "aes", "msg_signature": signature}
        return body, query | {"signature": sign(TOKEN, timestamp, nonce), "openid": openid}

    def post(self, body: bytes, query: dict[str, str]) -> str:
        """What the citizen reads."""
        response = self._server.http.post("/wechat", params=query, content=body)
        assert response.status_code == 200, response.text
        envelope = Document(response.content)
        opened = self._crypto.decrypt_message(
            response.text, envelope.one("MsgSignature"), envelope.one("TimeStamp"), envelope.one("Nonce")
        )
        return Document(opened.encode() if isinstance(opened, str) else opened).one("Content")


def test_a_citizen_asks_in_safe_mode(server: Server) -> None:
    wechat = WeChat(server)
    assert "0993-6023208" in wechat.post(*wechat.wire("沙湾电话", "oCitizen1"))
    assert "沙湾" in wechat.post(*wechat.wire("地址在哪", "oCitizen1"))


def test_a_repeat_gets_the_same_answer_without_a_second_effect(server: Server) -> None:
    wechat = WeChat(server)
    wechat.post(*wechat.wire("于田参保去北京住院，备案要什么材料", "oCitizen2"))
    body, query = wechat.wire("沙湾电话", "oCitizen2")
    first = wechat.post(body, query)
    wechat.post(*wechat.wire("乌鲁木齐电话", "oCitizen2"))
    assert wechat.post(body, query) == first
    assert "乌鲁木齐" in wechat.post(*wechat.wire("地址在哪", "oCitizen2"))


def test_a_forged_message_is_refused(server: Server) -> None:
    body, query = WeChat(server).wire("沙湾电话", "oCitizen3")
    response = server.http.post("/wechat", params=query | {"msg_signature": "0" * 40}, content=body)
    assert response.status_code == 403
    assert "0993" not in response.text


def test_many_at_once_are_all_answered(server: Server) -> None:
    answers: list[str] = []

    def ask(person: int) -> None:
        answers.append(server.ask("沙湾电话", f"many-{person}")["status"])

    people = [threading.Thread(target=ask, args=[person]) for person in range(40)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert answers == ["answered"] * 40


def test_a_port_that_is_taken_is_told_at_once(server: Server, tmp_path: Path) -> None:
    done = run([YIBAO, "serve"], tmp_path, YIBAO_VAR=str(server.var), YIBAO_PORT=str(server.port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{server.port}" in done.stderr
    assert server.ask("谢谢")["status"] == "smalltalk"


def test_a_stop_is_graceful(server: Server) -> None:
    """The last test of this server: it leaves nothing running, and has told nothing but its four lines and what it
    refused above."""
    pid = server.redis_pid()
    assert server.terminate() < 10
    assert server.process.returncode in {0, -signal.SIGTERM}
    assert not _is_running(pid)
    assert (server.var / "redis" / "state.rdb").exists()
    told = server.output().splitlines()[4:]
    assert [line for line in told if "wechat request refused" not in line] == []


def test_a_killed_server_starts_again_and_then_loses_its_redis(release: Release, tmp_path: Path) -> None:
    """One story, because each start takes seconds."""
    var = make_var(tmp_path / "var", release)
    first = Server(var)
    second = None
    try:
        first.ask("沙湾电话", "remembered")
        pid = first.redis_pid()
        first.kill()
        assert _is_running(pid), "the embedded Redis outlives a killed program"

        second = Server(var, first.port)
        assert second.redis_pid() == pid, "and is found again"
        assert second.http.get("/readyz").json()["status"] == "ready"
        assert second.ask("地址在哪", "remembered")["region"]["code"] == "654203"

        with suppress(redis.ConnectionError):
            second.redis().shutdown(nosave=True)
        _wait_until(lambda: not _is_running(pid))
        ready = second.http.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert ready.json()["degraded"] == ["redis"]
        begun = time.monotonic()
        lost = second.ask("沙湾电话", "without redis")
        assert time.monotonic() - begun < 5, "WeChat waits no longer"
        assert lost["status"] in {"answered", "error"}
        assert re.search(r"\d{4}-\d{7}|12393", lost["reply"]), "a sentence and a number at least"
        assert "Traceback" not in second.output()
        assert second.terminate() < 15
    finally:
        for server in (first, second):
            if server is not None:
                end(server)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")


def _wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_production_starts_only_with_secrets(var: Path, tmp_path: Path) -> None:
    done = run([YIBAO, "serve"], tmp_path, YIBAO_VAR=str(var), YIBAO_PROFILE="production")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("WECHAT_TOKEN：")


def test_an_address_that_is_not_ours_is_told(var: Path, tmp_path: Path) -> None:
    done = run([YIBAO, "serve"], tmp_path, YIBAO_VAR=str(var), YIBAO_HOST="203.0.113.1", YIBAO_PORT=str(free_port()))
    assert done.returncode == 1
    assert "YIBAO_HOST" in done.stderr
    assert socket.gethostname() not in done.stderr
