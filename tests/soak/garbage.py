"""100,000 requests that nobody would send who means well: none breaks anything, and nothing grows."""

from __future__ import annotations

import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from knowledge.editor.release import Release
from tests.bench.load import send_in_turn
from tests.bench.servers import yibao
from tests.unit.webhook.wechat.test_crypto import DAMAGED
from tests.unit.webhook.wechat.test_parse import GARBAGE
from webhook.settings import DEVELOPMENT_SECRETS
from webhook.wechat.crypto import Cipher
from webhook.wechat.signature import sign

REQUESTS = 100_000
FIRST = 10_000
"""After so many the memory is looked at, and again at the end."""

MOST_GROWTH = 1.05
CONNECTIONS = 16
PATIENCE = 900.0


def throw(release: Release, tell: Callable[[str], None]) -> bool:
    """Sends all; True where no answer is 5xx or shows a traceback, and memory stays."""
    with yibao(release, workers=1) as server:
        statuses: Counter[int] = Counter()
        traces, broken, held = 0, 0, []
        for count in (FIRST, REQUESTS - FIRST):
            for begin in range(0, count, FIRST):
                requests = list(garbage(min(FIRST, count - begin), seed=len(held) * REQUESTS + begin))
                load = send_in_turn(server.port, requests, CONNECTIONS, PATIENCE)
                statuses.update(status for status, _ in load.replies)
                traces += sum(b"Traceback" in body for _, body in load.replies)
                broken += load.broken
            held.append(server.memory()[0].rss)
    growth = held[1] / held[0]
    tell(f"garbage                         {sum(statuses.values())} requests, connections closed by us: {broken}")
    tell(
        "answers                         " + "   ".join(f"{status}: {statuses[status]}" for status in sorted(statuses))
    )
    tell(f"tracebacks                      {traces}")
    tell(f"memory after {FIRST:,} and at last {held[0]:.0f} and {held[1]:.0f} MB, × {growth:.3f}")
    return not traces and max(statuses) < 500 and growth <= MOST_GROWTH


def garbage(count: int, seed: int) -> Iterator[bytes]:
    """Requests of every kind of the protocol's list and random ones, with right signatures and without."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    cipher = Cipher(DEVELOPMENT_SECRETS["WECHAT_ENCODING_AES_KEY"], DEVELOPMENT_SECRETS["WECHAT_APP_ID"])
    for _ in range(count):
        kind = draw.randrange(8)
        if kind == 0:
            yield _request("POST", _query(draw), draw.choice(list(GARBAGE.values()))[:60_000])
        elif kind == 1:
            yield _sealed(draw.choice(list(DAMAGED.values())))
        elif kind == 2:
            yield _sealed(cipher.encrypt(draw.choice(list(GARBAGE.values()))[:60_000].decode(errors="replace")))
        elif kind == 3:
            yield _sealed(cipher.encrypt(_xml(draw)))
        elif kind == 4:
            yield _request("POST", _query(draw), draw.randbytes(draw.randrange(300)))
        elif kind == 5:
            yield _request("GET", _query(draw), b"")
        elif kind == 6:
            yield _request("POST", "", _question(draw), "/api/ask")
        else:
            path = "/" + "".join(draw.choice("abz/.%20?&=") for _ in range(draw.randrange(20)))
            yield _request(draw.choice(["GET", "POST", "PUT", "DELETE", "PATCH"]), "", b"", path)


def _sealed(encrypted: str) -> bytes:
    """With a signature that is right."""
    token, now, nonce = DEVELOPMENT_SECRETS["WECHAT_TOKEN"], str(int(time.time())), secrets.token_hex(5)
    query = {
        "timestamp": now,
        "nonce": nonce,
        "encrypt_type": "aes",
        "signature": sign(token, now, nonce),
        "msg_signature": sign(token, now, nonce, encrypted),
    }
    return _request("POST", urlencode(query), f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode())


def _xml(draw: random.Random) -> str:
    """Elements that may be there, some missing, doubled, nested or of another shape."""
    names = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Content", "Event", "EventKey", "Label"]
    values = ["text", "event", "voice", "location", "1", "1714036504", "", "oABC", "<a>b</a>", "�", "x" * 3000, "&amp;"]
    chosen = draw.choices(names, k=draw.randrange(12))
    return "<xml>" + "".join(f"<{name}>{draw.choice(values)}</{name}>" for name in chosen) + "</xml>"


def _query(draw: random.Random) -> str:
    names = ["signature", "timestamp", "nonce", "echostr", "msg_signature", "encrypt_type", "openid"]
    values = ["", "aes", "1", str(int(time.time())), "x" * 500, "%00", "é", "-1"]
    return urlencode([(name, draw.choice(values)) for name in draw.choices(names, k=draw.randrange(10))])


def _question(draw: random.Random) -> bytes:
    values = [None, 7, "", [], {}, "x" * 5000, "沙湾电话", True, 1e400, "\ud800"]
    question = {name: draw.choice(values) for name in draw.sample(["id", "sender", "text", "region", "more"], k=3)}
    return json.dumps(question).encode()[: draw.choice([5, 60_000])]


def _request(method: str, query: str, body: bytes, path: str = "/wechat") -> bytes:
    target = f"{path}?{query}" if query else path
    length = f"Content-Length: {len(body)}\r\n" if body or method in ("POST", "PUT") else ""
    return f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n".encode() + body
