"""What grows: the content, and a conversation."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from typing import Any

from knowledge.content_files import read_file
from knowledge.editor.release import Release
from knowledge.errors import ContentError
from tests.bench.doors import Door, new_sender
from tests.bench.load import send_in_turn
from tests.bench.servers import Server

TURNS = 100
"""Messages of a long conversation."""

PATIENCE = 120.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Grown:
    """A release with more content. ``guides`` are counted as they stand in the files."""

    release: Release
    guides: int
    topics: int


def grow(release: Release, into: Path, times: int) -> Grown:
    """A release with the model of ``release`` and ``times`` as many guides, in the folder ``into``.

    Each topic gets guides of the other counties of Xinjiang: each county publishes what one of the places published
    that have a guide of the topic today. When every county has its own, topics are added that are copies of today's.
    The model knows nothing of these.
    """
    content = into / "content"
    shutil.copytree(release.content, content)
    (into / "model.tar.gz").symlink_to(release.model.absolute())
    (into / "report.json").write_text(json.dumps(release.report), encoding="utf-8")
    topics = {path: _read(path) for path in sorted((content / "topics").rglob("*.yml"))}
    if times > 1:
        _multiply(content, topics, times)
    return Grown(Release(into.name, into), _count(topics.values()), len(topics))


def talk(server: Server, door: Door, texts: Sequence[str]) -> list[float]:
    """As many people as ``texts`` have a conversation of ``TURNS`` messages each; gives the median milliseconds of
    each turn. In every turn all of ``texts`` are asked, each by another person than in the turn before, so that only
    what was said before tells the turns apart."""
    people = [new_sender() for _ in texts]
    medians = []
    for turn in range(TURNS):
        asked = [texts[(number + turn) % len(texts)] for number in range(len(texts))]
        load = send_in_turn(server.port, list(map(door.build, people, asked)), 1, PATIENCE)
        medians.append(statistics.median(load.latencies) * 1000)
    return medians


def _multiply(content: Path, topics: dict[Path, Json], times: int) -> None:
    total = _count(topics.values())
    wanted = total * times
    today = {path: _by_publisher(topic) for path, topic in topics.items()}
    for (turn, county), path in product(enumerate(_counties(content)), today):
        if total < wanted and today[path] and county not in today[path]:
            chosen = list(today[path].values())[turn % len(today[path])]
            topics[path]["guides"] += [{**guide, "published_by": county} for guide in chosen]
            total += len(chosen)
    menu = _read(content / "menu.yml")
    for number, path in ((number, path) for number in count(2) for path in today):
        if total >= wanted:
            break
        topic = topics[path]
        copy = {**topic, "id": f"{topic['id']}_{number}", "name": f"{topic['name']}（{number}）"}
        topics[path.with_name(f"{copy['id']}.yml")] = copy
        total += len(copy["guides"])
        families = [family["topics"] for shelf in menu["shelves"] for family in shelf["families"]]
        next(listed for listed in families if topic["id"] in listed).append(copy["id"])
    for path, document in (topics | {content / "menu.yml": menu}).items():
        # JSON is YAML.
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _count(topics: Iterable[Json]) -> int:
    return sum(len(topic["guides"]) for topic in topics)


def _by_publisher(topic: Json) -> dict[str, list[Json]]:
    """The local guides of a topic as they stand in its file."""
    found: dict[str, list[Json]] = {}
    for guide in topic["guides"]:
        if guide.get("applies_to", "local") == "local":
            found.setdefault(guide["published_by"], []).append(guide)
    return found


def _counties(content: Path) -> list[str]:
    regions = _read(content / "regions.yml")["regions"]
    return [row["code"] for row in regions if row["kind"] == "county" and row["code"].startswith("65")]


def _read(path: Path) -> Json:
    """As the program reads it. Raises SystemExit where it cannot be read."""
    errors: list[ContentError] = []
    file = read_file(path, path.name, errors)
    if file is None:
        raise SystemExit("\n".join(map(str, errors)))
    document: Json = file.data
    return document
