"""``make bench``: how fast the program is, on the release that answers now.

One run, in one process, warm: time a message by what is asked, growth with the length of a conversation, start,
training, memory. Times are medians; this is a measurement, never a test.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bot.message import Incoming
from webhook.command_line.terminal import PROJECT, live_release, load, quiet_libraries

EXAM = PROJECT / "tests" / "dialogue" / "exam" / "questions.jsonl"
PORT = 8765


def main() -> None:
    settings = load()
    release = live_release(settings)
    print(f"版本 {release.id}")
    start = measure_start()
    print(f"start until /readyz answers     {start:6.1f} s     (goal 20)")
    quiet_libraries()
    asyncio.run(measure_messages())
    print(f"memory of one process           {_megabytes():6.0f} MB    (goal 900)")
    print(f"training                        {measure_training():6.1f} s     (goal 60)")


async def measure_messages() -> None:
    """Times messages through everything but HTTP: Redis, dialogue, wording."""
    from bot.adapters.embedded_redis import EmbeddedRedis
    from bot.adapters.redis_conversations import RedisConversations, RedisSessions
    from bot.adapters.redis_state import RedisOnce, connect
    from webhook.assembly import load_assistant

    settings = load()
    texts = [json.loads(line)["text"] for line in EXAM.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        embedded = EmbeddedRedis(Path(folder))
        redis = connect(embedded.start())
        bot, _ = load_assistant(
            live_release(settings), "12393", RedisConversations(redis), RedisSessions(redis), RedisOnce(redis)
        )

        async def timed(sender: str, text: str) -> float:
            begun = time.perf_counter()
            await bot.reply(Incoming(sender, text, dedupe_key=f"{sender}:{text}:{begun}"))
            return (time.perf_counter() - begun) * 1000

        for text in texts[:30]:
            await timed("warm", text)
        first = [await timed(f"sender-{i}", text) for i, text in enumerate(texts)]
        turns = [await timed("long", texts[i % len(texts)]) for i in range(100)]
        begun = time.perf_counter()
        await asyncio.gather(*(timed(f"many-{i}", texts[i % len(texts)]) for i in range(400)))
        rate = 400 / (time.perf_counter() - begun)
        await redis.close()
        embedded.stop()
    ordered = sorted(first)
    print(f"a first message, p50            {statistics.median(ordered):6.1f} ms    (goal 15)")
    print(f"a first message, p95            {ordered[int(len(ordered) * 0.95)]:6.1f} ms")
    ratio = statistics.median(turns[90:]) / statistics.median(turns[:10])
    print(f"turn 91-100 / turn 1-10         {ratio:6.2f}       (goal 1.3)")
    print(f"messages a second, 400 at once  {rate:6.0f}")


def measure_start() -> float:
    """Starts the real server; seconds until it is ready."""
    environ = {**os.environ, "YIBAO_PORT": str(PORT)}
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "webhook.command_line.main", "serve"], env=environ, stdout=subprocess.DEVNULL
    )
    try:
        while not _ready():
            if server.poll() is not None or time.perf_counter() - begun > 120:
                raise SystemExit("yibao serve did not come up")
            time.sleep(0.05)
        return time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait(30)


def measure_training() -> float:
    """Trains into a folder of its own; seconds."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        command = [sys.executable, "-m", "webhook.command_line.main", "train"]
        subprocess.run(command, env={**os.environ, "YIBAO_VAR": folder}, check=True, capture_output=True)
        return time.perf_counter() - begun


def _ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
