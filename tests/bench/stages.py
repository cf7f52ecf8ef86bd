"""What one message costs by stage, in one process: everything of the program but the doors.

``python -m tests.bench.stages RELEASE_FOLDER MESSAGES`` prints milliseconds by stage as JSON; means, so that the
stages add up. The program itself says in which stage it is (``bot/stages.py``); the steps of reading are added here.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from bot.message import Incoming
from bot.stages import measured, stage
from knowledge.editor.release import Release
from tests.bench.doors import new_sender
from tests.bench.pool import load_pool
from tests.programs import PROJECT, environ
from webhook.command_line.terminal import quiet_libraries

STEPS = {
    "spelling": (
        "nlu.reader.normalise",
        "nlu.homophones.Homophones.mend_words",
        "nlu.homophones.Homophones.mend_places",
    ),
    "places": ("nlu.gazetteer.Gazetteer.find", "nlu.gazetteer.Gazetteer.mask", "nlu.gazetteer.Gazetteer.hint"),
    "features": ("nlu.reader.features", "nlu.classifier.Vocabulary.weigh"),
    "classifiers": ("nlu.classifier.LinearClassifier.predict",),
}
"""Steps of reading, and the functions that are them; none of them calls another."""

READING = "read"
TOTAL, ONCE = "total", "once"
WARM = 200


def measure_stages(release: Release, messages: int) -> dict[str, float]:
    """In a process of its own, with the modules and the settings of a worker."""
    command = [sys.executable, "-m", "tests.bench.stages", str(release.folder.absolute()), str(messages)]
    done = subprocess.run(command, cwd=PROJECT, env=environ({}), stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


async def measure(release: Release, messages: int) -> dict[str, float]:
    from bot.adapters.embedded_redis import EmbeddedRedis
    from bot.adapters.redis_conversations import RedisConversations
    from bot.adapters.redis_state import RedisOnce, connect
    from bot.state import State
    from webhook.assembly import load_assistant

    texts = load_pool().different(seed=0)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        embedded = EmbeddedRedis(Path(folder))
        redis = connect(embedded.start())
        stack.callback(embedded.stop)
        for name, functions in STEPS.items():
            for function in functions:
                stack.enter_context(_timed(function, name))
        bot, _ = load_assistant(release, "12393", State(RedisConversations(redis), RedisOnce(redis)))

        async def reply(text: str, key: str | None = None) -> tuple[float, dict[str, float]]:
            begun = time.perf_counter()
            with measured() as seconds:
                await bot.reply(Incoming(new_sender(), text, dedupe_key=key))
            return time.perf_counter() - begun, seconds

        for text in islice(texts, WARM):
            await reply(text)
        plain, once = [], []
        for text in islice(texts, messages):
            plain.append(await reply(text))
            once.append(await reply(text, new_sender()))
        await redis.close()
    return _sum_up(plain, [total for total, _ in once])


def _sum_up(plain: list[tuple[float, dict[str, float]]], once: list[float]) -> dict[str, float]:
    totals = [total for total, _ in plain]
    names = {name for _, seconds in plain for name in seconds}
    means = {name: statistics.fmean(seconds.get(name, 0.0) for _, seconds in plain) for name in names}
    means[READING] -= sum(means[name] for name in STEPS)
    means |= {
        TOTAL: statistics.fmean(totals),
        ONCE: statistics.median(once) - statistics.median(totals),
    }
    return {name: seconds * 1000 for name, seconds in means.items()}


def _timed(name: str, step: str) -> Any:
    """A patch of the function that counts its time to ``step``."""
    owner, _, attribute = name.rpartition(".")
    module, _, class_name = owner.rpartition(".")
    target: Any = getattr(import_module(module), class_name) if class_name[:1].isupper() else import_module(owner)
    function: Callable[..., Any] = getattr(target, attribute)

    @wraps(function)
    def counted(*arguments: Any, **named: Any) -> Any:
        with stage(step):
            return function(*arguments, **named)

    return patch.object(target, attribute, counted)


def main() -> None:
    quiet_libraries()
    folder = Path(sys.argv[1])
    print(json.dumps(asyncio.run(measure(Release(folder.name, folder), int(sys.argv[2])))))


if __name__ == "__main__":
    main()
