"""The search, built when it is first needed, or when there is time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from webhook.console.search.hits import Found
from webhook.console.search.search import Search


class LateSearch:
    """Building takes two seconds and 40 MB: not before the release before it is gone."""

    def __init__(self, build: Callable[[], Search]) -> None:
        self._build = build
        self._search: Search | None = None
        self._lock = Lock()

    def warm(self) -> None:
        self._built()

    def cool(self) -> None:
        """Gives up what was built, until it is needed again."""
        with self._lock:
            self._search = None

    def find(self, query: str, region: str | None = None, limit: int = 8) -> Found:
        return self._built().find(query, region, limit)

    def _built(self) -> Search:
        with self._lock:
            if self._search is None:
                self._search = self._build()
            return self._search
