"""How much may be asked, counted on a real Redis server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.embedded_redis import EmbeddedRedis
from bot.adapters.redis_limits import PORTION, PORTION_OF_ALL, RedisLimits


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    server = EmbeddedRedis(tmp_path / "redis")
    yield server.start()
    server.stop()


async def admitted(limits: RedisLimits, sender: str, messages: int) -> int:
    return sum([await limits.admits(sender) for _ in range(messages)])


async def test_a_person_is_refused_after_a_while_and_others_are_not(url: str) -> None:
    limits = RedisLimits(url, 30)
    assert 30 <= await admitted(limits, "anna", 100) < 30 + PORTION
    assert await admitted(limits, "berta", 20) == 20


async def test_processes_count_together(url: str) -> None:
    limits = [RedisLimits(url, 30) for _ in range(3)]
    total = sum([await admitted(each, "anna", 100) for each in limits])
    assert 30 <= total < 30 + 3 * PORTION


async def test_all_together_are_limited(url: str) -> None:
    limits = RedisLimits(url, 30, of_all="300/m burst 300")
    total = sum([await admitted(limits, f"person {number}", 1) for number in range(1000)])
    assert 300 <= total < 300 + PORTION_OF_ALL


async def test_without_redis_nobody_is_refused(tmp_path: Path) -> None:
    limits = RedisLimits(f"unix://{tmp_path}/nothing.sock", 30)
    assert await admitted(limits, "anna", 100) == 100
