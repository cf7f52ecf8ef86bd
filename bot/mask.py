"""Hides personal numbers before anything is understood, logged or stored.

Rules of wechat-protocol: identity numbers keep 3 + 4 characters, mobile numbers ``138****1234``, card numbers 4;
published numbers of offices (with area code, or short) are never touched.
"""

from __future__ import annotations

import re

_DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ－＋", "0123456789Xx-+")
_OFFICE = re.compile(r"((?<!\d)0(?:10|[2-9]\d{1,2})-?\d{7,8}(?!\d))")
"""A number with area code; a mobile number that is dialled with a 0 before it is none."""
_IDENTITY = re.compile(r"(?<!\d)([1-9]\d{2})\d{11}(\d{3}[\dXx])(?![\dXx])|(?<!\d)([1-9]\d{2})\d{8}(\d{4})(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_CARD = re.compile(r"(?<![\d*])\d(?:[ -]?\d){11,18}(?![\d*])")


def mask(text: str) -> tuple[str, bool]:
    """Gives the text with personal numbers hidden, and whether there was one."""
    pieces = _OFFICE.split(text.translate(_DIGITS))
    masked = "".join(piece if position % 2 else _hide(piece) for position, piece in enumerate(pieces))
    return (masked, True) if masked != "".join(pieces) else (text, False)


def _hide(text: str) -> str:
    text = _IDENTITY.sub(lambda m: f"{m[1] or m[3]}****{m[2] or m[4]}", text)
    text = _MOBILE.sub(r"\1****\2", text)
    return _CARD.sub(lambda m: f"****{m[0][-4:]}", text)
