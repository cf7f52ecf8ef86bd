"""The shape of menu.yml: what is offered by taps (``browse.py`` walks through it)."""

from __future__ import annotations

from pydantic import Field

from knowledge.schema import Aspect, Strict


class Family(Strict):
    """Topics that are listed together, the most asked first."""

    label: str
    topics: list[str]


class Shelf(Strict):
    """Families under one tap of the menu."""

    label: str
    families: list[Family]


class Menu(Strict):
    """menu.yml: the labels of options that belong to no topic, the topics offered first, and how to browse all."""

    contact: str
    none_of_these: str
    other_region: str
    more: str = "看其他的"
    """Leads to the rest of a list; not 更多, with which the next part of a reply is asked for."""
    topics: list[str]
    aspects: dict[Aspect, str] = Field(default_factory=dict)
    """What a tap says of each aspect, in the order in which they are offered."""
    shelves: list[Shelf] = Field(default_factory=list)
