"""Where the time of one message goes: whoever answers says which stage it is in, whoever counts reads the sums."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_message: ContextVar[dict[str, float] | None] = ContextVar("message", default=None)


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Seconds by stage of what is done inside, tasks that it starts included."""
    seconds: dict[str, float] = {}
    token = _message.set(seconds)
    try:
        yield seconds
    finally:
        _message.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Adds the time inside to a stage of the message; outside of ``measured`` to nothing."""
    begun = time.perf_counter()
    try:
        yield
    finally:
        seconds = _message.get()
        if seconds is not None:
            seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - begun
