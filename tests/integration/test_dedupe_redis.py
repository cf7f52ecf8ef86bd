"""One computation per key across processes, on a real Redis server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import uvloop
from redis.asyncio import Redis

from bot.adapters.embedded_redis import EmbeddedRedis
from bot.adapters.redis_conversations import CONVERSATION, REPLIES, RedisConversations, person_key
from bot.adapters.redis_state import KEPT, PAUSE, TIMEOUT, RedisOnce, connect, is_reachable
from bot.conversations import Conversation, StoreLostError
from bot.dedupe import Finish
from tests.unit.bot.test_dedupe import Computation
from webhook.wechat.signature import FRESHNESS

ROOT = Path(__file__).parents[2]

KEPT_ONE = Conversation('{"people": []}', ("the rest",), "654203")

PROGRAM = """
import asyncio, sys
from bot.adapters.redis_state import RedisOnce, connect

async def main(url, key, answer, seconds):
    async def compute(finish):
        print("computing", flush=True)
        await asyncio.sleep(float(seconds))
        return await finish(answer, None)

    client = connect(url)
    print(await RedisOnce(client, lease=2).once("somebody", key, compute), flush=True)
    await client.close()

asyncio.run(main(*sys.argv[1:]))
"""

SERVER = """
import sys, time
from pathlib import Path
from bot.adapters.embedded_redis import EmbeddedRedis

server = EmbeddedRedis(Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.readline()
server.stop()
print("stopped", flush=True)
"""


def program(source: str, *arguments: str) -> subprocess.Popen[str]:
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", source, *arguments],
        cwd=ROOT, env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedRedis(tmp_path_factory.mktemp("var") / "redis")
    yield server.start()
    server.stop()


@pytest.fixture
async def client(url: str) -> AsyncIterator[Redis]:
    client = connect(url)
    await client.flushdb()
    yield client
    await client.close()


async def test_one_computation_for_all_clients(url: str, client: Redis) -> None:
    compute, other = Computation(), connect(url)
    first, second = RedisOnce(client), RedisOnce(other)
    results = await asyncio.gather(*(once.once("somebody", "a", compute) for once in (first, second) for _ in range(5)))
    assert set(results) == {"answer 1"}
    assert await second.once("somebody", "a", compute) == "answer 1"
    assert compute.count == 1
    await other.close()


async def test_results_outlive_the_freshness_window_either_way(client: Redis) -> None:
    await RedisOnce(client).once("somebody", "a", Computation(delay=0))
    assert 2 * FRESHNESS < await client.ttl(person_key("somebody", REPLIES)) <= KEPT


async def test_a_result_is_forgotten_in_the_end(client: Redis) -> None:
    once, compute = RedisOnce(client, kept=1), Computation(delay=0)
    assert await once.once("somebody", "a", compute) == "answer 1"
    await asyncio.sleep(1.1)
    assert await once.once("somebody", "a", compute) == "answer 2"


async def test_a_failure_is_not_kept_and_the_next_computes(client: Redis) -> None:
    once, compute = RedisOnce(client), Computation(error=ValueError("x"))
    with pytest.raises(ValueError, match="x"):
        await once.once("somebody", "a", compute)
    assert await client.keys("*") == []
    compute.error = None
    assert await once.once("somebody", "a", compute) == "answer 2"


async def test_a_long_computation_keeps_its_lease(url: str, client: Redis) -> None:
    compute, other = Computation(delay=1.6), connect(url)
    first = asyncio.create_task(RedisOnce(client, lease=0.6).once("somebody", "a", compute))
    await asyncio.sleep(1.0)
    assert await RedisOnce(other, lease=0.6).once("somebody", "a", compute) == await first == "answer 1"
    assert compute.count == 1
    await other.close()


async def test_a_computation_that_hangs_is_given_up_and_the_first_to_finish_decides(url: str, client: Redis) -> None:
    hanging, other = Computation(delay=2.0), connect(url)
    first = asyncio.create_task(RedisOnce(client, lease=0.1, longest=0.2).once("somebody", "a", hanging))
    await asyncio.sleep(0.05)

    async def compute(finish: Finish) -> str:
        return await finish("from the second", Conversation("of the second"))

    hanging.after = Conversation("of the first")
    assert await RedisOnce(other).once("somebody", "a", compute) == "from the second"
    assert await first == "from the second"
    assert await RedisConversations(client).load("somebody") == Conversation("of the second")
    await other.close()


async def test_two_processes_give_the_same_answer(url: str, client: Redis) -> None:
    first = program(PROGRAM, url, "a", "from the first", "1")
    assert line(first) == "computing"
    second = program(PROGRAM, url, "a", "from the second", "0")
    assert line(second) == "from the first"
    assert line(first) == "from the first"
    assert first.wait(5) == second.wait(5) == 0


async def test_when_the_computing_process_dies_the_retry_computes(url: str, client: Redis) -> None:
    first = program(PROGRAM, url, "a", "from the first", "60")
    assert line(first) == "computing"
    first.send_signal(signal.SIGKILL)
    first.wait(5)
    started = time.monotonic()
    second = program(PROGRAM, url, "a", "from the second", "0")
    assert line(second) == "computing"
    assert line(second) == "from the second"
    assert time.monotonic() - started < 10
    assert second.wait(5) == 0


async def test_without_redis_every_process_computes(tmp_path: Path) -> None:
    client = connect(f"unix://{tmp_path}/nothing.sock")
    once, compute = RedisOnce(client), Computation()
    results = await asyncio.gather(once.once("somebody", "a", compute), once.once("somebody", "a", compute))
    assert list(results) == ["answer 1", "answer 1"]
    assert not await is_reachable(client)
    await client.close()


async def test_redis_lost_while_computing(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "redis")
    client = connect(server.start())
    assert await is_reachable(client)
    running = asyncio.create_task(RedisOnce(client).once("somebody", "a", Computation(delay=0.5)))
    await asyncio.sleep(0.1)
    await client.close()
    await asyncio.to_thread(server.stop)
    assert not await is_reachable(client)
    assert await running == "answer 1"
    await client.close()


@pytest.fixture
def freezable(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A server of its own, and its process, which goes on after the test whatever it did."""
    server = EmbeddedRedis(tmp_path / "redis")
    url = server.start()
    pid = server_pid(url)
    yield url, pid
    os.kill(pid, signal.SIGCONT)
    server.stop()


async def test_a_server_that_hangs_is_waited_for_once_a_message(
    freezable: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    url, pid = freezable
    client = connect(url)
    once, conversations, compute = RedisOnce(client), RedisConversations(client), Computation()
    await conversations.save("somebody", KEPT_ONE)
    os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    assert await once.once("somebody", "a", compute) == "answer 1"
    with pytest.raises(StoreLostError):
        await conversations.load("somebody")
    assert not await is_reachable(client)
    assert TIMEOUT < time.monotonic() - begun < TIMEOUT + 0.5
    os.kill(pid, signal.SIGCONT)
    await asyncio.sleep(PAUSE)
    assert await is_reachable(client)
    assert await conversations.load("somebody") == KEPT_ONE
    assert [record.getMessage() for record in caplog.records] == [
        "Redis gives no answer: TimeoutError",
        "Redis answers again",
    ]
    await client.close()


async def test_one_tries_for_all_whether_the_server_is_back(freezable: tuple[str, int]) -> None:
    url, pid = freezable
    client = connect(url)
    os.kill(pid, signal.SIGSTOP)
    assert not await is_reachable(client)
    await asyncio.sleep(PAUSE)
    begun = time.monotonic()
    tried = asyncio.create_task(is_reachable(client))
    await asyncio.sleep(0.1)
    others = await asyncio.gather(*(is_reachable(client) for _ in range(10)))
    assert time.monotonic() - begun < TIMEOUT / 2
    assert [*others, await tried] == [False] * 11
    await client.close()


async def test_a_restart_is_borne_with(tmp_path: Path) -> None:
    """Whoever asks meanwhile waits for it, and the log is told nothing."""
    first = EmbeddedRedis(tmp_path / "redis")
    client = connect(first.start())
    conversations = RedisConversations(client)
    await conversations.save("somebody", KEPT_ONE)
    await client.save()
    os.kill(server_pid(first.start()), signal.SIGKILL)
    loading = [asyncio.create_task(conversations.load("somebody")) for _ in range(20)]
    await asyncio.sleep(0.5)
    second = EmbeddedRedis(tmp_path / "redis")
    await asyncio.to_thread(second.start)
    assert [await task for task in loading] == [KEPT_ONE] * 20
    await client.close()
    await asyncio.to_thread(first.stop)
    await asyncio.to_thread(second.stop)


def test_a_connection_that_was_closed_a_moment_ago_is_made_anew(url: str) -> None:
    """Under the loop of the program: uvloop raises RuntimeError where asyncio raises OSError."""

    async def ask() -> bool:
        client = connect(url)
        await client.ping()
        [connection] = client.connection_pool._available_connections
        send = connection.send_packed_command

        async def send_after_a_break(*args: Any, **options: Any) -> None:
            connection.send_packed_command = send
            connection._writer.transport.abort()
            await send(*args, **options)

        connection.send_packed_command = send_after_a_break
        answered = await client.ping()
        await client.close()
        return bool(answered)

    loop = uvloop.new_event_loop()
    try:
        assert loop.run_until_complete(ask())
    finally:
        loop.close()


async def test_a_refused_command_is_an_answer(url: str, client: Redis) -> None:
    with pytest.raises(redis.ResponseError):
        await client.execute_command("NO-SUCH-COMMAND")
    assert await is_reachable(client)


async def test_a_server_that_was_restarted_is_used_again(tmp_path: Path) -> None:
    """The connections of before are dead, and the scripts are gone from it."""
    first = EmbeddedRedis(tmp_path / "redis")
    client = connect(first.start())
    once = RedisOnce(client)
    await asyncio.gather(*(once.once("somebody", key, Computation()) for key in "abc"))
    os.kill(server_pid(first.start()), signal.SIGKILL)
    assert await once.once("somebody", "d", Computation()) == "answer 1"
    second = EmbeddedRedis(tmp_path / "redis")
    second.start()
    await asyncio.sleep(PAUSE)
    compute = Computation()
    assert await once.once("somebody", "e", compute) == await once.once("somebody", "e", compute) == "answer 1"
    await client.close()
    await asyncio.to_thread(first.stop)
    await asyncio.to_thread(second.stop)


# --- conversations


async def test_a_result_and_its_conversation_are_kept_together(client: Redis) -> None:
    once, conversations, compute = RedisOnce(client), RedisConversations(client), Computation()
    compute.after = KEPT_ONE
    await once.once("somebody", "a", compute)
    assert await conversations.load("somebody") == KEPT_ONE
    await once.once("another", "a", Computation())
    await conversations.delete("somebody")
    assert await client.keys("*") == [person_key("another", REPLIES)]


@pytest.mark.parametrize("kept", ['{"slots": {"memory": {}}, "more": 7}', "[]", '{"memory": {}}'])
async def test_a_conversation_of_another_shape_is_that_of_somebody_new(client: Redis, kept: str) -> None:
    await client.set(person_key("somebody", CONVERSATION), kept)
    assert await RedisConversations(client).load("somebody") == Conversation()


# --- the embedded server


def answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url).ping())
    except redis.ConnectionError:
        return False


def server_pid(url: str) -> int:
    return int(redis.Redis.from_url(url).info("server")["process_id"])


def test_it_keeps_what_was_written_and_has_no_port(tmp_path: Path) -> None:
    folder = tmp_path / "a folder 变" / "redis"
    server = EmbeddedRedis(folder)
    url = server.start()
    assert server.start() == url
    client = redis.Redis.from_url(url)
    client.set("kept", "yes")
    assert client.config_get("port") == {"port": "0"}
    client.close()
    client.connection_pool.disconnect()
    server.stop()
    server.stop()
    assert not answers(url)
    assert (folder / "state.rdb").exists()
    assert folder.stat().st_mode & 0o077 == 0
    again = EmbeddedRedis(folder)
    assert redis.Redis.from_url(again.start()).get("kept") == b"yes"
    again.stop()


def test_a_killed_program_leaves_a_server_that_is_found_again(tmp_path: Path) -> None:
    killed = program(SERVER, str(tmp_path / "redis"))
    url = line(killed)
    pid = server_pid(url)
    redis.Redis.from_url(url).set("session", "1")
    killed.send_signal(signal.SIGKILL)
    killed.wait(5)
    assert answers(url)
    server = EmbeddedRedis(tmp_path / "redis")
    assert server.start() == url
    assert server_pid(url) == pid
    assert redis.Redis.from_url(url).get("session") == b"1"
    server.stop()
    assert not answers(url)


def test_a_killed_server_is_replaced(tmp_path: Path) -> None:
    first = EmbeddedRedis(tmp_path / "redis")
    url = first.start()
    os.kill(server_pid(url), signal.SIGKILL)
    while answers(url):
        time.sleep(0.01)
    second = EmbeddedRedis(tmp_path / "redis")
    assert second.start() == url
    assert answers(url)
    first.stop()
    second.stop()
    assert not answers(url)


def test_programs_that_start_at_once_share_one_server_and_the_last_stops_it(tmp_path: Path) -> None:
    programs = [program(SERVER, str(tmp_path / "redis")) for _ in range(4)]
    urls = {line(process) for process in programs}
    assert len(urls) == 1
    url = urls.pop()
    pid = server_pid(url)
    for index, process in enumerate(programs):
        assert process.communicate("\n", timeout=20)[0] == "stopped\n"
        assert answers(url) == (index < len(programs) - 1)
        assert index == len(programs) - 1 or server_pid(url) == pid


def test_a_folder_too_deep_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 60) / ("e" * 60)
    server = EmbeddedRedis(folder)
    url = server.start()
    assert answers(url)
    assert len(url.removeprefix("unix://").encode()) <= 100
    found = EmbeddedRedis(folder)
    assert found.start() == url
    found.stop()
    assert answers(url)
    server.stop()
    assert not answers(url)
