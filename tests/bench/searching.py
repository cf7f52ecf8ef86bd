"""What a search of the console costs, keystroke by keystroke, in one process.

``python -m tests.bench.searching RELEASE_FOLDER QUERIES`` prints the figures as JSON. What is typed: the names of the
release's topics and regions in characters, in pinyin and as initials, and the messages that people are known to write,
each broken off at a random length, as it is when a list is asked for while somebody types. None is asked twice.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from pypinyin import lazy_pinyin

from knowledge.editor.release import Release
from knowledge.store import Knowledge, load_knowledge
from tests.bench.figures import Searched, percentile
from tests.bench.pool import load_pool
from tests.programs import PROJECT, environ
from webhook.command_line.terminal import quiet_libraries


def measure_search(release: Release, queries: int) -> Searched:
    """In a process of its own, so that its memory can be told."""
    command = [sys.executable, "-m", "tests.bench.searching", str(release.folder.absolute()), str(queries)]
    done = subprocess.run(command, cwd=PROJECT, env=environ({}), stdout=subprocess.PIPE, check=True)
    return Searched(**json.loads(done.stdout.splitlines()[-1]))


def measure(release: Release, queries: int) -> Searched:
    from nlu.archive import read_alone
    from webhook.console.search import Search

    knowledge, reader = load_knowledge(release.content), read_alone(release.model)
    if reader is None:
        raise SystemExit("this model is not one reader")
    reader.read("异地就医备案")
    held, begun = _resident(), time.perf_counter()
    search = Search(knowledge, lambda text: reader.read(text).ranking, dict)
    build, held = time.perf_counter() - begun, _resident() - held
    seconds = []
    for query in typed(knowledge, queries):
        begun = time.perf_counter()
        search.find(query)
        seconds.append(time.perf_counter() - begun)
    p50, p99 = (percentile(seconds, percent) for percent in (50, 99))
    return Searched(len(seconds), p50, p99, max(seconds) * 1000, build, held)


def typed(knowledge: Knowledge, most: int) -> list[str]:
    """So many different queries at most; the same ones every time."""
    draw = random.Random(0)  # noqa: S311 (no secret)
    regions = [row.short for row in knowledge.regions.by_code.values() if knowledge.regions.in_xinjiang(row.code)]
    names = [name for topic in knowledge.topics.values() for name in (topic.name, topic.label, *topic.aliases)]
    words = list(dict.fromkeys([*names, *regions, *(f"{draw.choice(regions)} {name}" for name in names)]))
    whole = [*words, *(_in_pinyin(word) for word in words), *(_in_initials(word) for word in words)]
    whole += islice(load_pool().different(seed=0), len(words))
    begun = (text[: draw.randint(1, len(text))] for text in whole)
    different = list(dict.fromkeys([*whole, *begun]))
    return draw.sample(different, min(most, len(different)))


def _in_pinyin(word: str) -> str:
    return "".join(lazy_pinyin(word))


def _in_initials(word: str) -> str:
    return "".join(sound[:1] for sound in lazy_pinyin(word))


def _resident() -> float:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    quiet_libraries()
    folder = Path(sys.argv[1])
    print(json.dumps(asdict(measure(Release(folder.name, folder), int(sys.argv[2])))))


if __name__ == "__main__":
    main()
