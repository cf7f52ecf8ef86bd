"""The three things that decide an answer: where the caller is insured, in which insurance, and where the care is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import HTTPException

from knowledge.regions import COUNTRY, XINJIANG, Regions
from knowledge.schema import Insurance, Region

LONGEST = 32
"""Characters of the name of a region."""


@dataclass(frozen=True)
class Caller:
    """``region`` is that of the autonomous region where the caller's is not known."""

    region: Region
    care: Region | None = None
    insurance: Insurance | None = None

    @property
    def query(self) -> str:
        """The same as a query, to be handed on from page to page."""
        known = {
            "region": self.region.code if self.region.code != XINJIANG else "",
            "care": self.care.code if self.care else "",
            "insurance": self.insurance.value if self.insurance else "",
        }
        return urlencode({name: value for name, value in known.items() if value})


class Callers:
    """Reads a ``Caller`` out of what a page was asked with."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    def read(self, region: str = "", care: str = "", insurance: str = "") -> Caller:
        """Codes or names; empty: not known. Raises HTTPException 404 for what is no region of ours, or no kind."""
        insured = self.find(region)
        cared = self._find_care(care)
        try:
            kind = Insurance(insurance) if insurance else None
        except ValueError:
            kind = None
        if insured is None or (care.strip() and cared is None) or (insurance and kind is None):
            raise HTTPException(404)
        return Caller(insured, cared, kind)

    def find(self, name: str) -> Region | None:
        """A region of Xinjiang; the autonomous region where none is named."""
        if not name.strip():
            return self._regions.by_code[XINJIANG]
        found = self._regions.candidates(name[:LONGEST])
        return next((row for row in found if self._regions.in_xinjiang(row.code)), None)

    def _find_care(self, name: str) -> Region | None:
        return next((row for row in self._regions.candidates(name[:LONGEST]) if row.code != COUNTRY), None)
