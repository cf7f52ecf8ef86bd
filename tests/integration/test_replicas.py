"""Two replicas behind nginx, on one Redis, all as real processes: nothing is lost and nothing is answered twice.

One story a test, because a replica takes seconds to load. What is asked for waits as long as WeChat does and is not
sent again, unless the test is about that.
"""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from knowledge.editor.release import Release
from tests.integration.replicas import WECHAT_WAITS, Proxy, RedisServer, Replica, wait_until
from tests.integration.test_serve import WeChat

QUESTION = "沙湾住院报销要什么材料"
"""Its answer has two parts; the second one comes for MORE, once."""

MORE = "更多"

PEOPLE = 4
BREATH = 0.1
"""Seconds between two messages of one person: restarting needs the machine too."""


PROXY_WAITS = 3.0
"""Seconds after which the proxy asks the other replica: proxy_read_timeout."""


@dataclass
class Replicas:
    """``wechat`` sends through the proxy, ``direct`` to one replica each."""

    redis: RedisServer
    each: list[Replica]
    proxy: Proxy
    wechat: WeChat
    direct: list[WeChat]


@pytest.fixture(scope="module")
def replicas(
    require: Callable[[str], str], release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Replicas]:
    nginx, server = require("nginx"), require("redis-server")
    folder = tmp_path_factory.mktemp("replicas")
    redis = RedisServer(server, folder)
    each = [Replica(folder / name, release, redis.url) for name in ("first", "second")]
    proxy = Proxy(nginx, folder, each)
    try:
        redis.start()
        for replica in each:
            replica.start()
        for replica in each:
            replica.wait_until_ready()
        proxy.start()
        yield Replicas(redis, each, proxy, WeChat(proxy), [WeChat(replica) for replica in each])
    finally:
        for process in (proxy, *each, redis):
            process.end()


@dataclass
class Load:
    """People who write through the proxy until they are told to stop; each conversation is somebody new's."""

    wechat: WeChat
    expected: list[str]
    stopped: threading.Event = field(default_factory=threading.Event)
    conversations: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self, person: int) -> None:
        while not self.stopped.is_set():
            try:
                self._converse(f"oPerson{person}-{time.monotonic_ns()}")
            except Exception as error:
                self.wrong.append(repr(error))
            self.conversations += 1

    def _converse(self, openid: str) -> None:
        """What is asked for comes in parts: a message that was lost, or answered twice, moves all that follow."""
        for text, expected in zip((QUESTION, MORE, MORE), self.expected, strict=True):
            said = read(self.wechat, text, openid)
            if said != expected:
                self.wrong.append(f"{text}: {said}")
            self.stopped.wait(BREATH)


_CODE = re.compile(r"编号 \w{7}|(?<=有用)\w{7}|(?<=没用)\w{7}")


def read(wechat: WeChat, text: str, openid: str) -> str:
    """What the person reads, but for the code, which is theirs alone."""
    return _CODE.sub("", wechat.post(*wechat.wire(text, openid)))


def conversation(wechat: WeChat, openid: str) -> list[str]:
    return [read(wechat, text, openid) for text in (QUESTION, MORE, MORE)]


def test_only_wechats_door_is_open(replicas: Replicas) -> None:
    wechat, http = replicas.wechat, replicas.proxy.http
    body, query = wechat.wire("沙湾电话", "oSecretOpenId")
    assert "0993" in wechat.post(body, query)
    for path in ("/", "/metrics", "/readyz", "/simulator", "/api/ask", "/wechat/", "/wechat/../metrics", "//metrics"):
        assert http.get(path).status_code == 404, path
    assert http.post("/wechat", params=query, content=b"a" * 70_000).status_code == 413
    assert http.get("/wechat", params=query).status_code == 400


def test_a_repeat_at_both_replicas_is_answered_once(replicas: Replicas) -> None:
    """WeChat sends a message again when no answer came; the two may meet two replicas at the same time."""
    first, second = replicas.direct
    parts = conversation(first, "oParts")
    assert len(set(parts)) == 3, "the question's answer has two parts, and then there are no more"
    with ThreadPoolExecutor(2) as pool:
        for number in range(10):
            openid = f"oRepeat{number}"
            assert read(second, QUESTION, openid) == parts[0]
            message = first.wire(MORE, openid)
            at_once = list(pool.map(lambda wechat, m=message: wechat.post(*m), replicas.direct))
            assert at_once == [parts[1]] * 2, "MORE computed twice would have said that there is no more"
            assert first.post(*message) == parts[1]
            assert read(second, MORE, openid) == parts[2]


@contextmanager
def under_load(replicas: Replicas) -> Iterator[Load]:
    """People write meanwhile; at the end every one of them must have read what they should."""
    load = Load(replicas.wechat, conversation(replicas.wechat, f"oExpected{time.monotonic_ns()}"))
    people = [threading.Thread(target=load.run, args=[person]) for person in range(PEOPLE)]
    for person in people:
        person.start()
    try:
        yield load
    finally:
        load.stopped.set()
        for person in people:
            person.join(4 * WECHAT_WAITS)
    assert load.wrong == []


def leave(replica: Replica, direct: WeChat) -> None:
    """Says that it leaves while it still answers, then ends as told, and is gone."""
    assert replica.process is not None
    replica.process.terminate()
    wait_until(lambda: replica.http.get("/readyz").status_code == 503, 1.5)
    assert "0993" in direct.post(*direct.wire("沙湾电话", "oLate"))
    assert replica.process.wait(10) in {0, -signal.SIGTERM}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{replica.url}/healthz")


def test_a_rolling_restart_loses_nothing_and_doubles_nothing(replicas: Replicas) -> None:
    with under_load(replicas) as load:
        for replica, direct in zip(replicas.each, replicas.direct, strict=True):
            before = load.conversations
            leave(replica, direct)
            replica.start()
            replica.wait_until_ready()
            assert load.conversations > before + PEOPLE, "the other one answered meanwhile"


def test_a_replica_that_hangs_and_is_killed_loses_nothing(replicas: Replicas) -> None:
    """What it was sent and did not answer goes to the other one: after a while, or when its connections break."""
    victim = replicas.each[1]
    with under_load(replicas) as load:
        victim.signal(signal.SIGSTOP)
        time.sleep(PROXY_WAITS + 1)
        victim.end()
        before = load.conversations
        wait_until(lambda: load.conversations > before + PEOPLE)
        victim.start()
        victim.wait_until_ready()
    assert " 504, 200\n" in replicas.proxy.said(), "the other one answered after a while"
    assert " 502, 200\n" in replicas.proxy.said(), "the other one answered what a broken connection had carried"


def test_without_redis_the_door_answers_and_recovers(replicas: Replicas) -> None:
    def freeze() -> None:
        replicas.redis.signal(signal.SIGSTOP)

    def thaw() -> None:
        replicas.redis.signal(signal.SIGCONT)

    def stop() -> None:
        replicas.redis.terminate()

    for number, (lose, bring_back) in enumerate([(freeze, thaw), (stop, replicas.redis.start)]):
        openid = f"oLoses{number}"
        replicas.wechat.post(*replicas.wechat.wire("沙湾电话", openid))
        lose()
        for message in range(10):
            begun = time.monotonic()
            answer = replicas.wechat.post(*replicas.wechat.wire("沙湾电话", f"oWithout{number}-{message}"))
            assert time.monotonic() - begun < WECHAT_WAITS / 2
            assert "0993-6023208" in answer
            time.sleep(BREATH)
        for replica in replicas.each:
            ready = replica.ready()
            assert ready is not None, "it can answer"
            assert (ready["status"], ready["degraded"]) == ("degraded", ["redis"])
        assert "哪" in replicas.wechat.post(*replicas.wechat.wire("地址在哪", openid)), "asked as of somebody new"
        bring_back()
        for replica in replicas.each:
            wait_until(lambda replica=replica: (replica.ready() or {}).get("status") == "ready", 5)
        assert len(set(conversation(replicas.wechat, f"oBack{number}"))) == 3
        (first, second), message = replicas.direct, replicas.wechat.wire("沙湾电话", f"oAgain{number}")
        assert first.post(*message) == second.post(*message)


def test_nobody_is_recognised_by_a_log(replicas: Replicas) -> None:
    """The last test, after all that can go wrong above."""
    said = replicas.proxy.said()
    assert " POST /wechat 200 " in said
    for secret in ("oSecretOpenId", "oPerson", "openid", "signature", "oWithout"):
        assert secret not in said, secret
    for replica in replicas.each:
        assert "oWithout" not in replica.said()
        assert "Traceback" not in replica.said()
