"""The second factor: six digits that an app on the phone works out anew every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

import pyotp

ISSUER = "医保热线工作台"
"""What the app shows beside the code."""

STEP = 30
"""Seconds for which a code holds."""

TOLERATED = 1
"""Steps by which the clock of the phone may be wrong."""

_SECRET = re.compile(r"[A-Z2-7]{32}")


def make_secret() -> str:
    """160 random bits, in base 32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether it has the shape of what ``make_secret`` gives."""
    return _SECRET.fullmatch(text) is not None


def provisioning_address(secret: str, name: str) -> str:
    """What the app reads out of the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The number of the half minute that the code is for, None for a wrong one. ``at`` with its time zone."""
    digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", code))
    if re.fullmatch(r"[0-9]{6}", digits) is None:
        return None
    now = int(at.timestamp()) // STEP
    generator = pyotp.TOTP(secret, interval=STEP)
    steps = range(now - TOLERATED, now + TOLERATED + 1)
    # All are compared, in constant time each: how long it takes does not tell which one it was.
    matching = [step for step in steps if pyotp.utils.strings_equal(digits, generator.generate_otp(step))]
    return max(matching, default=None)
