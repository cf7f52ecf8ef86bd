"""Hides personal numbers before anything is understood, logged or stored.

Rules of wechat-protocol: identity numbers keep 3 + 4 characters, mobile numbers ``138****1234``, card numbers 4;
published numbers of offices (with area code, or short) are never touched.
"""

from __future__ import annotations

import re
import unicodedata

_WIDE = dict(zip("Ｘｘ－＋", "Xx-+", strict=True))
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060-\u206f\ufeff]")
_DIGIT = re.compile(r"\d")
"""Of any script and width: without one there is nothing to hide."""
_GAP = r"[\s.·-]*"
_OFFICE = re.compile(r"((?<!\d)0(?:10|[2-9]\d{1,2})-?\d{7,8}(?!\d))")
"""A number with area code; a mobile number that is dialled with a 0 before it is none."""
_IDENTITY = re.compile(r"(?<!\d)([1-9]\d{2})\d{11}(\d{3}[\dXx])(?![\dXx])|(?<!\d)([1-9]\d{2})\d{8}(\d{4})(?!\d)")
_MOBILE = re.compile(
    rf"(?<!\d)(?:0|\+?86{_GAP})?(1{_GAP}[3-9]{_GAP}\d){_GAP}(?:\d{_GAP}){{4}}((?:\d{_GAP}){{3}}\d)(?!\d)"
)
_CARD = re.compile(rf"(?<![\d*])[1-9](?:{_GAP}\d){{14,18}}(?![\d*])")


def mask(text: str) -> tuple[str, bool]:
    """Gives the text with personal numbers hidden, and whether there was one."""
    if not _DIGIT.search(text):
        return text, False
    plain = "".join(map(_plain_digit, _INVISIBLE.sub("", text)))
    pieces = _OFFICE.split(plain)
    masked = "".join(piece if position % 2 else _hide(piece) for position, piece in enumerate(pieces))
    return (masked, True) if masked != plain else (text, False)


def _plain_digit(character: str) -> str:
    """Digits of every script and width as 0 to 9; everything else as it is."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return _WIDE.get(character, character)


def _hide(text: str) -> str:
    text = _IDENTITY.sub(lambda m: f"{m[1] or m[3]}****{m[2] or m[4]}", text)
    text = _MOBILE.sub(lambda m: f"{_digits(m[1])}****{_digits(m[2])}", text)
    return _CARD.sub(lambda m: f"****{_digits(m[0])[-4:]}", text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
