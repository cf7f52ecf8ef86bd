"""All that the bot keeps from one message to the next."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversations import Conversations
from bot.dedupe import Once
from bot.journal import Journal
from bot.late import Late
from bot.limits import Limits
from bot.served import Served


@dataclass(frozen=True)
class State:
    """``once`` None: every message is computed; ``late`` None: nobody comes back for an answer; ``limits`` None: people
    ask as much as they like; ``served`` None: nobody but the bot answers; ``journal`` None: nothing is written down. So
    it is on the command line."""

    conversations: Conversations
    once: Once | None = None
    late: Late | None = None
    limits: Limits | None = None
    served: Served | None = None
    journal: Journal | None = None
