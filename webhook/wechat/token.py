"""The access token, which every call to WeChat's server carries, and where it is kept between calls."""

from __future__ import annotations

from typing import Protocol

EARLY = 300
"""Seconds before its end from which a token is fetched anew."""


class TokenStore(Protocol):
    """A port: one token for all who call in an account's name. Never raises: without a store each call fetches."""

    async def load(self) -> str | None: ...

    async def save(self, token: str, seconds: int) -> None:
        """Keeps the token for so long."""

    async def drop(self) -> None: ...


class MemoryTokenStore:
    """Keeps the token for one command."""

    def __init__(self) -> None:
        self._token: str | None = None

    async def load(self) -> str | None:
        return self._token

    async def save(self, token: str, seconds: int) -> None:  # noqa: ARG002 (a command ends before)
        self._token = token

    async def drop(self) -> None:
        self._token = None
