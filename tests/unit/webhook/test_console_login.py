"""What of the login needs no database."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from webhook.console.login import BusyError, LoginThreads


async def test_logins_on_top_of_too_many_are_sent_away_at_once() -> None:
    threads, go_on = LoginThreads(at_once=1, most_waiting=1), Event()
    under_way = [asyncio.create_task(threads.run(go_on.wait)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await threads.run(go_on.wait)
    go_on.set()
    assert await asyncio.gather(*under_way) == [True, True]
    assert await threads.run(lambda: 7) == 7


async def test_one_that_fails_makes_room_for_the_next() -> None:
    threads = LoginThreads(at_once=1, most_waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)
