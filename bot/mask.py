"""Hides personal numbers before anything is understood, logged or stored.

Rules of wechat-protocol: identity numbers keep 3 + 4 characters, mobile numbers ``138****1234``, card numbers 4;
published numbers of offices (with area code, or short) are never touched.
"""

from __future__ import annotations

import re

_IDENTITY = re.compile(r"(?<!\d)([1-9]\d{2})\d{11}(\d{3}[\dXx])(?![\dXx])|(?<!\d)([1-9]\d{2})\d{8}(\d{4})(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_CARD = re.compile(r"(?<![\d*])\d(?:[ -]?\d){11,18}(?![\d*])")


def mask(text: str) -> tuple[str, bool]:
    """Gives the text with personal numbers hidden, and whether there was one."""
    masked = _IDENTITY.sub(lambda m: f"{m[1] or m[3]}****{m[2] or m[4]}", text)
    masked = _MOBILE.sub(r"\1****\2", masked)
    masked = _CARD.sub(lambda m: f"****{m[0][-4:]}", masked)
    return masked, masked != text
