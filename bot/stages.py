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


class stage:
    """Adds the time inside to a stage of the message; outside of ``measured`` to nothing.

    A class, because it is entered many times a message and a generator takes thrice as long.
    """

    __slots__ = ("_begun", "_name")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        seconds = _message.get()
        if seconds is not None:
            seconds[self._name] = seconds.get(self._name, 0.0) + time.perf_counter() - self._begun
