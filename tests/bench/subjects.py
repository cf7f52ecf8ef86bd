"""Which servers are compared, and which loads are put on each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from knowledge.editor.release import Release
from tests.bench.doors import Door, ask_door, rasa_door, wechat_door
from tests.bench.servers import Server, echo, stock_rasa, yibao
from webhook.settings import Encryption

WORKERS = 2
"""Of our server and of the ceiling: one a core. Stock Rasa is two processes as well."""


@dataclass(frozen=True)
class Kind:
    """One load. ``frequent``: by the frequency curve, else all different. ``how``: over one connection, over many, or
    steady."""

    name: str
    door: Door
    how: str
    frequent: bool = False
    counted: str | None = None
    """The name under which the server counts these messages, where what the door itself costs is measured."""


@dataclass(frozen=True)
class Subject:
    """A server and the loads that are put on it. ``fastest``: messages a second that none of its kind surpasses; so
    many requests are built. ``always``: in every round, else in the first only. ``talks``: with people at length."""

    name: str
    start: Callable[[], AbstractContextManager[Server]]
    kinds: tuple[Kind, ...]
    fastest: int
    always: bool = True
    talks: bool = False


def subjects(release: Release) -> list[Subject]:
    """In the order in which they take their turns."""
    ask, rasa = ask_door(), rasa_door()
    safe, plain = wechat_door(Encryption.SAFE), wechat_door(Encryption.PLAIN)
    ours, alone = partial(yibao, release, workers=WORKERS), partial(yibao, release, workers=1)
    in_plain = partial(ours, encryption=Encryption.PLAIN)
    different = (Kind("one", ask, "one", counted="api"), Kind("many", ask, "many"), Kind("steady", ask, "steady"))
    frequent = tuple(Kind(kind.name, ask, kind.how, frequent=True) for kind in different)
    by_curve = Kind("curve", rasa, "many", frequent=True)
    ceiling = (
        Kind("safe", wechat_door(Encryption.SAFE, error=""), "many", frequent=True),
        Kind("plain", wechat_door(Encryption.PLAIN, error=""), "many", frequent=True),
    )
    return [
        Subject(
            "stock",
            partial(stock_rasa, release),
            (Kind("one", rasa, "one"), Kind("many", rasa, "many"), by_curve),
            fastest=150,
            talks=True,
        ),
        Subject(
            "ours",
            partial(ours, memo_size=0),
            (*different, Kind("safe", safe, "many"), Kind("safe one", safe, "one", counted="wechat")),
            fastest=1500,
            talks=True,
        ),
        Subject("memos", ours, (*frequent, Kind("safe", safe, "many", frequent=True)), fastest=4000),
        Subject("plain", partial(in_plain, memo_size=0), (Kind("plain", plain, "many"),), fastest=1500, always=False),
        Subject("plain memos", in_plain, (Kind("plain", plain, "many", frequent=True),), fastest=4000, always=False),
        Subject("alone", partial(alone, memo_size=0), different[:2], fastest=1500, always=False),
        Subject("alone memos", alone, (frequent[1],), fastest=4000, always=False),
        Subject("echo", partial(echo, workers=WORKERS), ceiling, fastest=7000, always=False),
    ]
