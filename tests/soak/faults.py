"""2,000 messages of 500 people through the proxy, sent and read by another implementation of WeChat's side: once
in peace, and once while a replica is killed and Redis is started anew. The two must read the same."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import redis

from exam.cases import load_cases
from knowledge.editor.release import Release
from tests.integration.replicas import Proxy, RedisServer, Replica, wait_until
from tests.programs import PROJECT
from webhook.settings import DEVELOPMENT_SECRETS

HERE = Path(__file__).parent
PEER = PROJECT / "tests" / "integration" / "peer"

PEOPLE = 500
MESSAGES_EACH = 4
AT_ONCE = 24
"""People who write at the same time."""

MORE = "更多"
"""Computed twice, it gives another part: so a message that is answered twice shows."""

REPLICA_DIES = 0.3
REPLICA_IS_BACK = 0.45
REDIS_RESTARTS = 0.6
"""After which share of the messages."""

PATIENCE = 600.0

CLOCK = re.compile(r"现在是北京时间[^。]*。(?:[^。\n]*。)?")
CODE = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{7}(?![A-Z0-9])")


@dataclass
class Run:
    """What came of one run. ``replies`` by person and number; ``memories``: what Redis holds of each conversation."""

    replies: dict[tuple[str, int], str | None] = field(default_factory=dict)
    tries: Counter[int] = field(default_factory=Counter)
    memories: dict[str, str | None] = field(default_factory=dict)


def compare(release: Release, tell: Callable[[str], None]) -> bool:
    """Both runs, and what differs; True where nothing does."""
    peace = soak(release)
    faults = soak(release, partial(_break, tell=tell))
    return tell_apart(peace, faults, "with faults", tell)


def tell_apart(peace: Run, faults: Run, name: str, tell: Callable[[str], None]) -> bool:
    """Says how the run called ``name`` differs from one in peace; True where it does not."""
    wanted = PEOPLE * MESSAGES_EACH
    empty = [key for run in (peace, faults) for key, reply in run.replies.items() if not reply]
    missing = 2 * wanted - len(peace.replies) - len(faults.replies)
    unequal = [key for key, reply in peace.replies.items() if faults.replies.get(key) != reply]
    remembered = [key for key, memory in peace.memories.items() if faults.memories.get(key) != memory]
    tell(f"messages                        {wanted} of {PEOPLE} people, twice")
    for called, run in (("in peace", peace), (name, faults)):
        counts = "   ".join(f"{run.tries[number]} at try {number}" for number in (1, 2, 3))
        tell(f"answered {called:23}{counts}")
    tell(f"no reply at all                 {missing}")
    tell(f"empty replies                   {len(empty)}")
    tell(f"replies unlike those in peace   {len(unequal)}")
    tell(f"conversations                   {len(peace.memories)}, unlike those in peace: {len(remembered)}")
    for key in unequal[:5]:
        tell(f"  {key}: {peace.replies[key]!r} – {faults.replies.get(key)!r}")
    return not (missing or empty or unequal or remembered) and len(peace.memories) == PEOPLE


Disturb = Callable[[float, list[Replica], RedisServer], None]
"""Told which share of the messages is answered, does what is to happen then."""


def soak(release: Release, disturb: Disturb = lambda *_: None, pause: int = 0) -> Run:
    """``pause``: milliseconds between two messages of a person."""
    run = Run()
    with _running(release) as (replicas, server, proxy), TemporaryDirectory() as name:
        folder = _install_peer(Path(name))
        plan = {
            "url": f"https://127.0.0.1:{proxy.port}",
            "ca": (proxy.configuration / "certificate.pem").read_text(encoding="ascii"),
            "token": DEVELOPMENT_SECRETS["WECHAT_TOKEN"],
            "key": DEVELOPMENT_SECRETS["WECHAT_ENCODING_AES_KEY"],
            "appId": DEVELOPMENT_SECRETS["WECHAT_APP_ID"],
            "atOnce": AT_ONCE,
            "pause": pause,
            "people": [{"openid": openid, "texts": texts} for openid, texts in people()],
        }
        for line in _talk(folder, plan):
            run.replies[line["openid"], line["number"]] = _without_clock(line["reply"])
            run.tries[line["tries"]] += 1
            disturb(len(run.replies) / (PEOPLE * MESSAGES_EACH), replicas, server)
        client = redis.Redis.from_url(server.url, decode_responses=True)
        run.memories = {key: _without_clock(str(client.get(key))) for key in client.keys("yibao:*:conversation")}
        client.close()
    return run


def _without_clock(told: str | None) -> str | None:
    """A reply or a memory without what the minute of the run decides: the time in it, and the code made of it."""
    return told if told is None else CODE.sub("", CLOCK.sub("", told))


def people() -> Iterator[tuple[str, list[str]]]:
    """Who writes, and what: conversations of the exam, with MORE in between."""
    talks = [[turn.text for turn in case.turns] for case in load_cases(PROJECT / "tests" / "dialogue" / "exam")]
    talks = [turns for turns in talks if len(turns) > 1]
    for number in range(PEOPLE):
        turns = talks[number % len(talks)]
        yield f"oSoak{number:04}", [turns[0], MORE, turns[1], MORE][:MESSAGES_EACH]


_broken: set[float] = set()


def _break(share: float, replicas: list[Replica], server: RedisServer, *, tell: Callable[[str], None]) -> None:
    """What happens at which moment, each once."""
    first = replicas[0]
    for moment, told, act in (
        (REPLICA_DIES, "a replica is killed", lambda: first.signal(signal.SIGKILL)),
        (REPLICA_IS_BACK, "the replica is started again", first.start),
        (REDIS_RESTARTS, "Redis is started anew", lambda: _restart(server)),
    ):
        if share >= moment and moment not in _broken:
            _broken.add(moment)
            tell(f"  {share:.0%}: {told}")
            threading.Thread(target=act).start()


def _restart(server: RedisServer) -> None:
    server.terminate()
    server.start()


def _talk(folder: Path, plan: dict[str, object]) -> Iterator[dict[str, object]]:
    """The peer's lines, as they come."""
    node = shutil.which("node") or "node"
    with subprocess.Popen(
        [node, "--no-deprecation", "wechat.js"],
        cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as peer:  # fmt: skip
        assert peer.stdin is not None
        assert peer.stdout is not None
        peer.stdin.write(json.dumps(plan))
        peer.stdin.close()
        yield from map(json.loads, peer.stdout)


def _install_peer(folder: Path) -> Path:
    for path in (PEER / "package.json", PEER / "package-lock.json", HERE / "wechat.js"):
        shutil.copy(path, folder)
    npm = shutil.which("npm") or "npm"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=PATIENCE)
    return folder


@contextmanager
def _running(release: Release) -> Iterator[tuple[list[Replica], RedisServer, Proxy]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        server = RedisServer(shutil.which("redis-server") or "redis-server", folder)
        replicas = [Replica(folder / name, release, server.url) for name in ("first", "second")]
        proxy = Proxy(shutil.which("nginx") or "/usr/sbin/nginx", folder, replicas)
        try:
            server.start()
            for replica in replicas:
                replica.start()
            for replica in replicas:
                replica.wait_until_ready()
            proxy.start()
            yield replicas, server, proxy
            wait_until(lambda: all(replica.process is not None for replica in replicas))
        finally:
            for process in (proxy, *replicas, server):
                process.end()
