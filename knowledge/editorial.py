"""What the editors note about the content: what is left out, differs lawfully, was reviewed."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from knowledge.schema import Aspect, Strict


class NotCovered(Strict):
    """Something that a document says and no content holds, with the reason (not_covered.yml)."""

    source: str
    clause: str | None = None
    """The heading under which it stands, to the letter; None: wherever it stands in the document."""
    text: str
    """As ``knowledge check --coverage`` names it."""
    reason: str


class LawfulDifference(Strict):
    """Two levels say different things about one matter, and both are right (lawful_differences.yml)."""

    topic: str
    aspect: Aspect
    nearer: str
    """Code of the region whose guide holds for its own people."""
    farther: str
    what: str
    """As ``knowledge check`` names what differs: 时限, 材料, 数字."""
    reason: str = Field(min_length=4)


class Review(Strict):
    """Somebody looked at a fact and said that it still holds (reviews.yml). ``fact``: the digest of the file, the place
    and the words, so that a changed fact counts as not reviewed."""

    fact: str = Field(regex=r"^[0-9a-f]{12}$")
    by: str
    on: date
