"""Finds the entry that a caller's words, or half of them, mean."""

from webhook.console.search.hits import Found, Hit
from webhook.console.search.late import LateSearch
from webhook.console.search.search import Search

__all__ = ["Found", "Hit", "LateSearch", "Search"]
