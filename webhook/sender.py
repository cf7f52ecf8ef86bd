"""The keyed hash under which a person is known inside: doors hand on nothing else."""

from __future__ import annotations

import hmac


def keyed_sender(key: str, door: str, raw: str) -> str:
    """32 hexadecimal digits for ``raw`` (an OpenID, or the sender of an API request) as it came through ``door``.

    Different doors give different people, so that a caller of the API cannot step into a citizen's conversation.
    """
    return keyed_digest(key, "sender", door, raw)


def keyed_digest(key: str, *parts: str) -> str:
    """The first 32 hexadecimal digits of an HMAC-SHA256 over ``parts``; no two lists of parts run together."""
    message = b"".join(len(encoded).to_bytes(4, "big") + encoded for encoded in (part.encode() for part in parts))
    return hmac.new(key.encode(), message, "sha256").hexdigest()[:32]
