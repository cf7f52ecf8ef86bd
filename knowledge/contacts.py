"""Whom to call, where to go, and when: by region *and* business (design §4, rule 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge.conversation import Contact
from knowledge.schema import Line, Office, Purpose
from knowledge.store import Knowledge


@dataclass(frozen=True)
class Reached:
    """A line with its office. ``own``: it serves the region itself, not the prefecture above it."""

    line: Line
    office: Office
    own: bool
    for_business: bool

    def as_contact(self) -> Contact:
        """A note that narrows the number is printed only where it is used for something else."""
        note = None if self.for_business else self.line.note
        line = self.line
        return Contact(line.number, line.label, line.purpose.value, note, line.doubt, line.source, self.office.clause)


def first_contact(lines: list[Reached]) -> Contact | None:
    """The best of the lines as an answer shows it, if there is one."""
    return replace(lines[0].as_contact(), above=next_level(lines[0], lines)) if lines else None


def next_level(first: Reached, lines: list[Reached]) -> tuple[str, str] | None:
    """Label and number of the next level: they stand beside a number that is probably wrong (rule 5)."""
    above = next((r for r in lines if not r.own), None)
    return (above.line.label, above.line.number) if first.line.doubt and above else None


def find_lines(knowledge: Knowledge, region: str, purpose: Purpose, business: tuple[str, ...]) -> list[Reached]:
    """Lists the lines that serve ``region``, the best first.

    ``business``: topic id and family, most special first. A line of another county is never among them; one of the
    prefecture is, after the region's own.
    """
    found: list[tuple[tuple[int, int], Reached]] = []
    chain = _chain(knowledge, region)
    for office in knowledge.offices.values():
        for line in office.lines:
            if line.purpose is not purpose:
                continue
            distances = [chain.index(code) for code in line.regions if code in chain]
            if distances:
                rank = _rank(line.businesses, business)
                reached = Reached(line, office, min(distances) == 0, rank <= len(business))
                found.append(((min(distances), rank), reached))
    return [reached for _, reached in sorted(found, key=lambda pair: pair[0])]


def find_offices(knowledge: Knowledge, region: str, business: tuple[str, ...]) -> list[Office]:
    """Lists the offices of ``region`` itself or of its prefecture that have an address, the best first."""
    chain = _chain(knowledge, region)
    found: list[tuple[tuple[int, int], Office]] = []
    for office in knowledge.offices.values():
        distances = [chain.index(code) for code in office.regions if code in chain]
        if distances and office.address:
            found.append(((min(distances), _rank(office.businesses, business)), office))
    return [office for _, office in sorted(found, key=lambda pair: pair[0])]


def last_resort(knowledge: Knowledge) -> Contact | None:
    """The number for where none is on file; None where the operator unset it."""
    for office in knowledge.offices.values():
        for line in office.lines:
            if line.purpose is Purpose.CONSULTATION and "000000" in line.regions:
                return Contact(line.number, line.label, line.purpose.value)
    return None


def find_number(knowledge: Knowledge, digits: str) -> Reached | None:
    """Finds whose number this is; ``digits`` with or without the area code."""
    for office in knowledge.offices.values():
        for line in office.lines:
            plain = line.number.replace("-", "")
            if len(digits) >= 5 and (plain == digits or (len(digits) >= 7 and plain.endswith(digits))):
                return Reached(line, office, own=True, for_business=True)
    return None


def _chain(knowledge: Knowledge, region: str) -> list[str]:
    regions = knowledge.regions
    if not regions.in_xinjiang(region) or regions.is_corps(region):
        return [region]
    return [region, *(above.code for above in regions.ancestors(region))]


def _rank(served: list[str], business: tuple[str, ...]) -> int:
    for position, name in enumerate(business):
        if name in served:
            return position
    return len(business) if "all" in served else len(business) + 1
