"""The tree of regions: who inherits from whom, and where a place of care lies, seen from the insured region.

Two questions are answered here and nowhere else: whose rules reach a region (``ancestors``, rule 1), and what a place
of care means for a person who is insured elsewhere (``care_scope``, rule 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from knowledge.errors import ContentError, ContentErrors
from knowledge.schema import Care, Region, RegionKind

COUNTRY = "000000"
XINJIANG = "650000"
REGION_POOL = "659900"
"""区本级: the pool of the autonomous region. Its hospitals are those of Urumqi: Yutian's guide says that whoever is
cared for in Urumqi chooses 区本级 as the place of care."""
REGION_POOL_CITY = "650100"
CORPS = "660000"
STATED_POOL = "650100"
"""The one pooling area whose extent a document states: in Urumqi's guide all its districts choose 乌鲁木齐市."""

_FILE = "regions.yml"
_ORDER = [RegionKind.PROVINCE, RegionKind.PREFECTURE, RegionKind.COUNTY, RegionKind.POOL, RegionKind.CORPS]
_RANK = {kind: rank for rank, kind in enumerate(_ORDER)}


class Regions:
    """All the rows of regions.yml, checked and indexed. An unknown code has no ancestors and lies nowhere."""

    def __init__(self, rows: Iterable[Region]) -> None:
        rows = list(rows)
        self.by_code: Mapping[str, Region] = {row.code: row for row in rows}
        _check(rows, self.by_code)
        self._parents = {row.parent for row in rows}
        self._chains = {row.code: tuple(_chain(row, self.by_code)) for row in rows}
        self.names: Mapping[str, tuple[str, ...]] = _index(rows)
        """Every name, short form and alias, with the codes that it can mean, best first."""

    def get(self, code: str) -> Region | None:
        """The row of a code."""
        return self.by_code.get(code)

    def ancestors(self, code: str) -> tuple[Region, ...]:
        """What lies above a region, nearest first, without the country.

        In Xinjiang the last is the autonomous region; a city of the Corps has the Corps only.
        """
        return tuple(self.by_code[above] for above in self._chains.get(code, ()) if above != COUNTRY)

    def is_within(self, code: str, ancestor: str) -> bool:
        """Whether a region is ``ancestor`` or lies in it (everything lies in the country)."""
        return code in self.by_code and (code == ancestor or ancestor in self._chains[code])

    def in_xinjiang(self, code: str) -> bool:
        """Whether the autonomous region administers the insurance of this region; false for the Corps."""
        return self.is_within(code, XINJIANG)

    def is_corps(self, code: str) -> bool:
        """Whether this is the Corps or one of its cities."""
        return self.is_within(code, CORPS)

    def pooling_area(self, code: str) -> Region | None:
        """The row of prefecture level that a region belongs to.

        区本级, municipalities and the cities of the Corps are their own.
        None for the country and for a province that has prefectures: nobody knows which one is meant.
        """
        region = self.by_code.get(code)
        if region is None or region.kind is RegionKind.COUNTRY:
            return None
        for row in (region, *self.ancestors(code)):
            if row.kind is RegionKind.PREFECTURE:
                return row
        if region.kind is RegionKind.PROVINCE and code in self._parents:
            return None
        return region

    def care_scope(self, insured: str, care: str) -> Care | None:
        """What the place of care is, seen from the insured region.

        Another county of the same prefecture counts as the same area; ``same_prefecture_only`` tells it apart.
        None where the documents say nothing: the Corps (unless it is one and the same city), a person who is both
        insured and cared for outside Xinjiang, a code that is unknown or means the whole country.
        """
        if not {insured, care} <= self.by_code.keys() or COUNTRY in (insured, care):
            return None
        if self.is_corps(insured) or self.is_corps(care):
            return Care.SAME_AREA if insured == care != CORPS else None
        if not self.in_xinjiang(insured):
            return Care.INTO_XINJIANG if self.in_xinjiang(care) else None
        if not self.in_xinjiang(care):
            return Care.CROSS_PROVINCE
        if XINJIANG in (insured, care):
            return Care.XINJIANG
        return Care.SAME_AREA if self._care_area(insured) == self._care_area(care) else Care.XINJIANG

    def same_prefecture_only(self, insured: str, care: str) -> bool:
        """Whether two places share no more than the prefecture: no document states how far a pooling area reaches."""
        stated = all(self.is_within(code, STATED_POOL) for code in (insured, care))
        if stated or REGION_POOL in (insured, care):
            return False
        nested = self.is_within(insured, care) or self.is_within(care, insured)
        return not nested and self.care_scope(insured, care) is Care.SAME_AREA

    def candidates(self, name: str) -> tuple[Region, ...]:
        """The regions that a name (or a code) can mean, best first."""
        name = name.strip()
        codes = (name,) if name in self.by_code else self.names.get(name, ())
        return tuple(self.by_code[code] for code in codes)

    def settle(self, codes: Sequence[str]) -> Region | None:
        """The one region that several candidates come to: the first, if the others lie in it (塔城: the prefecture)."""
        if not codes or not all(self.is_within(code, codes[0]) for code in codes):
            return None
        return self.by_code[codes[0]]

    def find(self, name_or_code: str) -> Region | None:
        """The region of an exact code, name, short form or alias; None also where a name leaves the choice (伊宁)."""
        return self.settle([region.code for region in self.candidates(name_or_code)])

    def named_in(self, address: str) -> Region | None:
        """The smallest region of Xinjiang that an address names in full: its county, else its prefecture. None where
        it names none, the Corps and the autonomous region alone included."""
        named = [
            row
            for row in self.by_code.values()
            if row.kind in (RegionKind.COUNTY, RegionKind.PREFECTURE)
            and self.in_xinjiang(row.code)
            and row.name in address
        ]
        return max(named, key=lambda row: (row.kind is RegionKind.COUNTY, address.index(row.name)), default=None)

    def _care_area(self, code: str) -> str | None:
        if code == REGION_POOL:
            return REGION_POOL_CITY
        area = self.pooling_area(code)
        return area.code if area else None


def _chain(row: Region, by_code: Mapping[str, Region]) -> Iterable[str]:
    while row.parent is not None:
        yield row.parent
        row = by_code[row.parent]


def _index(rows: Iterable[Region]) -> dict[str, tuple[str, ...]]:
    ordered = sorted(rows, key=lambda row: _RANK.get(row.kind, 0))
    index: dict[str, tuple[str, ...]] = {}
    for row in ordered:
        for name in dict.fromkeys((row.name, row.short, *row.aliases, *row.shared_aliases)):
            index[name] = (*index.get(name, ()), row.code)
    return index


def _check(rows: Sequence[Region], by_code: Mapping[str, Region]) -> None:
    errors: list[ContentError] = []
    owners: dict[str, str] = {}
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            errors.append(ContentError(_FILE, row.code, "代码出现了两次", "删掉其中一行"))
        seen.add(row.code)
        if row.parent is not None and row.parent not in by_code:
            cause = f"没有代码为{row.parent}的地区"
            errors.append(ContentError(_FILE, f"{row.code}.parent", cause, "改成上级地区的代码"))
        elif _in_circle(row, by_code):
            errors.append(ContentError(_FILE, f"{row.code}.parent", "上级关系绕成了圈", "改成上级地区的代码"))
        for name in {row.name, row.short, *row.aliases}:
            if owners.setdefault(name, row.code) != row.code:
                cause = f"“{name}”已经是{owners[name]}的名称"
                errors.append(ContentError(_FILE, row.code, cause, "几个地区共用的叫法写在 shared_aliases 里"))
    for row in rows:
        for name in row.shared_aliases:
            if name in owners:
                cause = f"“{name}”写成共用，又是{owners[name]}独有的名称"
                errors.append(ContentError(_FILE, f"{row.code}.shared_aliases", cause, "两处改成一致"))
    if errors:
        raise ContentErrors(errors)


def _in_circle(row: Region, by_code: Mapping[str, Region]) -> bool:
    seen = {row.code}
    parent = row.parent
    while parent is not None and parent in by_code:
        if parent in seen:
            return True
        seen.add(parent)
        parent = by_code[parent].parent
    return False
