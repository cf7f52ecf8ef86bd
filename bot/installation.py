"""What an operator decides about the bot, as far as it shows in what it says and does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Installation:
    """``release``: what the journal names it. ``public_url``: where citizens reach the pages of guides, None: nowhere.
    ``retention_days``: how long the journal keeps what a person wrote. ``memo_size``: messages whose reading, answer
    and wording are remembered, to answer the next of the same at once; 0 works out each."""

    release: str = ""
    public_url: str | None = None
    retention_days: int = 0
    memo_size: int = 0
