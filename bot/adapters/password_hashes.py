"""Hashes of passwords: argon2id, and scrypt of accounts from before."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()
"""With the library's parameters, RFC 9106's for little memory: 64 MB, three passes. They are stored with each hash, so
that they can be raised."""


def hash_password(password: str) -> str:
    return HASHER.hash(_raw(password))


def is_right(password: str, stored: str | None) -> bool:
    """Takes as long where nothing is stored: what nobody has is compared with then."""
    if stored is not None and stored.startswith("scrypt$"):
        return _is_right_scrypt(password, stored)
    try:
        HASHER.verify(_nobodys() if stored is None else stored, _raw(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a new hash of the same password would be a better one."""
    return stored.startswith("scrypt$") or HASHER.check_needs_rehash(stored)


def _nobodys() -> str:
    """A hash of the present cost that no password has."""
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${_text(bytes(HASHER.salt_len))}${_text(bytes(HASHER.hash_len))}"


def _is_right_scrypt(password: str, stored: str) -> bool:
    if re.fullmatch(r"scrypt\$\d+\$\d+\$\d+\$[\w+/=]+\$[\w+/=]+", stored) is None:
        return False
    _, log_n, r, p, salt, key = stored.split("$")
    kept = base64.b64decode(key)
    n, memory = 1 << int(log_n), 128 * int(r) * ((1 << int(log_n)) + int(p) + 2)
    derived = hashlib.scrypt(
        _raw(password), salt=base64.b64decode(salt), n=n, r=int(r), p=int(p), maxmem=2 * memory, dklen=len(kept)
    )
    return hmac.compare_digest(derived, kept)


def _raw(password: str) -> bytes:
    # A stray half of a surrogate pair is a wrong password, not an error.
    return password.encode(errors="surrogatepass")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")
