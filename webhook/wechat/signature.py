"""The signature over a request: who sent it, and when."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from webhook.wechat.errors import MalformedError, SignatureError, StaleError

FRESHNESS = 300
"""Seconds that a timestamp may differ from our clock, either way. WeChat's own retries come within 15."""

_SHAPES: Mapping[str, re.Pattern[str]] = {
    "signature": re.compile(r"[0-9a-f]{40}"),
    "msg_signature": re.compile(r"[0-9a-f]{40}"),
    # Timestamp and nonce are signed without a delimiter between them: a fixed width keeps digits from moving over.
    "timestamp": re.compile(r"[0-9]{10}"),
    "nonce": re.compile(r"[0-9A-Za-z]{1,64}"),
    "encrypt_type": re.compile(r"[a-z]{1,16}"),
    "echostr": re.compile(r"[\x21-\x7e]{1,256}"),
}


@dataclass(frozen=True)
class Query:
    """The parameters of the address, each of them single and of the right shape. Others are ignored."""

    values: Mapping[str, str]

    @classmethod
    def read(cls, items: Iterable[tuple[str, str]]) -> Query:
        """Raises MalformedError."""
        values: dict[str, str] = {}
        for name, value in items:
            shape = _SHAPES.get(name)
            if shape is None:
                continue
            if name in values:
                raise MalformedError("query parameter twice")
            if shape.fullmatch(value) is None:
                raise MalformedError("query parameter of the wrong shape")
            values[name] = value
        return cls(values)

    def __getitem__(self, name: str) -> str:
        """Raises MalformedError where it is missing."""
        if name not in self.values:
            raise MalformedError("query parameter missing")
        return self.values[name]

    @property
    def says_encrypted(self) -> bool:
        return self.values.get("encrypt_type") == "aes"


def sign(token: str, timestamp: str, nonce: str, *more: str) -> str:
    """WeChat's signature: the parts sorted, joined, and put through SHA-1."""
    joined = "".join(sorted([token, timestamp, nonce, *more]))
    return hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 (the protocol's choice)


def check_request(query: Query, token: str, now: float) -> None:
    """The signature of a GET, and of a POST in plain mode, which does not cover the body.

    Raises MalformedError, SignatureError, StaleError.
    """
    _check(query, "signature", sign(token, query["timestamp"], query["nonce"]), now)


def check_message(query: Query, token: str, encrypted: str, now: float) -> None:
    """The signature of a POST in safe mode, over what is encrypted. Raises as ``check_request``."""
    _check(query, "msg_signature", sign(token, query["timestamp"], query["nonce"], encrypted), now)


def _check(query: Query, name: str, expected: str, now: float) -> None:
    if not hmac.compare_digest(query[name], expected):
        raise SignatureError("wrong signature")
    if abs(now - int(query["timestamp"])) > FRESHNESS:
        raise StaleError("outside the freshness window")
