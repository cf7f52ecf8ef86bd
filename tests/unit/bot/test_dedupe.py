"""Joining within one process."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversations import Conversation
from bot.dedupe import Finish, Flights
from tests.fakes import MemoryOnce


class Computation:
    def __init__(self, delay: float = 0.02, error: Exception | None = None) -> None:
        self.count = 0
        self.delay = delay
        self.error = error
        self.after: Conversation | None = None

    async def __call__(self, finish: Finish | None = None) -> str:
        self.count += 1
        number = self.count
        await asyncio.sleep(self.delay)
        if self.error is not None:
            raise self.error
        return f"answer {number}" if finish is None else await finish(f"answer {number}", self.after)


async def test_callers_of_one_key_share_a_flight() -> None:
    flights, compute = Flights(), Computation()
    results = await asyncio.gather(*(flights.join("a", compute) for _ in range(20)))
    assert set(results) == {"answer 1"}
    assert await flights.join("a", compute) == "answer 2"


async def test_other_keys_do_not_wait() -> None:
    flights, slow, fast = Flights(), Computation(delay=5), Computation(delay=0)
    waiting = asyncio.create_task(flights.join("a", slow))
    assert await asyncio.wait_for(flights.join("b", fast), 1) == "answer 1"
    waiting.cancel()


async def test_a_cancelled_caller_does_not_cancel_the_flight() -> None:
    flights, compute = Flights(), Computation()
    first = asyncio.create_task(flights.join("a", compute))
    await asyncio.sleep(0.001)
    first.cancel()
    assert await flights.join("a", compute) == "answer 1"
    assert compute.count == 1


async def test_an_error_reaches_all_and_is_not_kept() -> None:
    flights, compute = Flights(), Computation(error=ValueError("x"))
    results = await asyncio.gather(*(flights.join("a", compute) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError] * 3
    assert compute.count == 1
    compute.error = None
    assert await flights.join("a", compute) == "answer 2"


async def test_the_fake_keeps_results() -> None:
    once, compute = MemoryOnce(), Computation()
    assert await once.once("somebody", "a", compute) == await once.once("somebody", "a", compute) == "answer 1"
    compute.error = ValueError("x")
    with pytest.raises(ValueError, match="x"):
        await once.once("somebody", "b", compute)
