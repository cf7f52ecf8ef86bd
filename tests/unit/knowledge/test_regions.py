"""The tree of regions, and the rows of regions.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.errors import ContentErrors
from knowledge.regions import Regions
from knowledge.schema import Care, Region, RegionKind

CONTENT = Path(__file__).parents[3] / "knowledge" / "content" / "regions.yml"


@pytest.fixture(scope="module")
def rows() -> list[Region]:
    listing = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    return [Region.parse_obj(row) for row in listing["regions"]]


@pytest.fixture(scope="module")
def regions(rows: list[Region]) -> Regions:
    return Regions(rows)


def row(code: str, name: str, **fields: object) -> Region:
    return Region.parse_obj({"code": code, "name": name, "short": name, "kind": "county", **fields})


def test_all_of_china_is_there(rows: list[Region]) -> None:
    kinds = [row.kind for row in rows]
    assert kinds.count(RegionKind.PROVINCE) == 34
    assert kinds.count(RegionKind.COUNTRY) == 1
    assert kinds.count(RegionKind.CORPS) == 13
    xinjiang = [row for row in rows if row.code.startswith("65") and not row.code.startswith("659")]
    assert len([row for row in xinjiang if row.kind is RegionKind.PREFECTURE]) == 14
    assert len([row for row in xinjiang if row.kind is RegionKind.COUNTY]) == 98
    assert {"和安县", "和康县", "沙湾市", "于田县", "白杨市"} <= {row.name for row in rows}


def test_every_prefecture_of_xinjiang_has_a_pool(regions: Regions) -> None:
    for region in regions.by_code.values():
        if region.kind is RegionKind.PREFECTURE and regions.in_xinjiang(region.code):
            pool = regions.get(region.code[:4] + "99")
            assert pool is not None
            assert (pool.kind, pool.parent, pool.name) == (RegionKind.POOL, region.code, region.name + "本级")


def test_codes_agree_with_their_parents(regions: Regions) -> None:
    for region in regions.by_code.values():
        if region.kind is RegionKind.COUNTY and regions.in_xinjiang(region.code):
            assert region.parent == region.code[:4] + "00"
        if region.kind is RegionKind.PREFECTURE:
            assert region.parent == region.code[:2] + "0000"


def test_a_shared_alias_is_shared(rows: list[Region]) -> None:
    shared = [alias for row in rows for alias in row.shared_aliases]
    assert [alias for alias in set(shared) if shared.count(alias) < 2] == []


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("654203", ["654200", "650000"]),
        ("654299", ["654200", "650000"]),
        ("659900", ["650000"]),
        ("650000", []),
        ("659001", ["660000"]),
        ("660000", []),
        ("130100", ["130000"]),
        ("999999", []),
    ],
)
def test_ancestors(regions: Regions, code: str, above: list[str]) -> None:
    assert [region.code for region in regions.ancestors(code)] == above


def test_within(regions: Regions) -> None:
    assert regions.is_within("654203", "650000")
    assert regions.is_within("654203", "654203")
    assert regions.is_within("130100", "000000")
    assert not regions.is_within("654200", "654203")
    assert not regions.is_within("999999", "999999")
    assert regions.in_xinjiang("653226")
    assert not regions.in_xinjiang("659001")
    assert regions.is_corps("659001")
    assert regions.is_corps("660000")
    assert not regions.is_corps("654203")


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("654203", "654200"),
        ("654200", "654200"),
        ("654299", "654200"),
        ("659900", "659900"),
        ("650000", None),
        ("659001", "659001"),
        ("110000", "110000"),
        ("710000", "710000"),
        ("130000", None),
        ("000000", None),
        ("999999", None),
    ],
)
def test_pooling_area(regions: Regions, code: str, area: str | None) -> None:
    found = regions.pooling_area(code)
    assert (found and found.code) == area


@pytest.mark.parametrize(
    ("insured", "care", "scope", "prefecture_only"),
    [
        ("654203", "654203", Care.SAME_AREA, False),  # 沙湾 in 沙湾
        ("650102", "650100", Care.SAME_AREA, False),  # 天山区 in 乌鲁木齐
        ("650100", "650102", Care.SAME_AREA, False),
        ("654203", "654200", Care.SAME_AREA, False),
        ("654203", "654202", Care.SAME_AREA, True),  # 沙湾 in 乌苏
        ("654299", "654203", Care.SAME_AREA, True),  # 塔城地区本级 in 沙湾
        ("659900", "650102", Care.SAME_AREA, False),  # 区本级 in 乌鲁木齐
        ("653226", "650100", Care.XINJIANG, False),
        ("653226", "659900", Care.XINJIANG, False),  # the form names Urumqi 区本级
        ("653226", "650000", Care.XINJIANG, False),
        ("650000", "650100", Care.XINJIANG, False),
        ("653226", "110000", Care.CROSS_PROVINCE, False),
        ("659900", "460200", Care.CROSS_PROVINCE, False),
        ("410000", "650100", Care.INTO_XINJIANG, False),
        ("410100", "650000", Care.INTO_XINJIANG, False),
        ("410000", "110000", None, False),
        ("659001", "659001", Care.SAME_AREA, False),
        ("660000", "660000", None, False),
        ("659001", "650100", None, False),
        ("653226", "659001", None, False),
        ("659001", "659004", None, False),
        ("653226", "000000", None, False),
        ("653226", "999999", None, False),
    ],
)
def test_care_scope(regions: Regions, insured: str, care: str, scope: Care | None, prefecture_only: bool) -> None:
    assert regions.care_scope(insured, care) is scope
    assert regions.same_prefecture_only(insured, care) is prefecture_only


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("653226", "653226"),
        ("于田县", "653226"),
        ("于田", "653226"),
        (" 乌市 ", "650100"),
        ("沙湾县", "654203"),
        ("和布克赛尔", "654226"),
        ("八师", "659001"),
        ("十二师", "660000"),
        ("区本级", "659900"),
        ("米泉", "650109"),
        ("全国", "000000"),
        ("海南", "460000"),
        ("海南州", "632500"),
        ("吉林", "220000"),
        ("塔城", "654200"),  # the prefecture holds the city
        ("和田", "653200"),
        ("伊宁", None),  # a city and a county side by side
        ("开发区", None),
        ("地区本级", None),
        ("天山", None),
        ("", None),
        ("某地", None),
    ],
)
def test_find(regions: Regions, name: str, code: str | None) -> None:
    found = regions.find(name)
    assert (found and found.code) == code


def test_candidates_stand_best_first(regions: Regions) -> None:
    assert [region.code for region in regions.candidates("和田")] == ["653200", "653201", "653221"]
    assert regions.candidates("高新区")[0].code == "650104"
    assert regions.candidates("开发区")[0].code == "650106"
    assert regions.settle([]) is None


def test_mistakes_are_told_all_at_once() -> None:
    wrong = [
        row("100000", "甲", parent="200000"),
        row("100001", "乙", parent="999999"),
        row("200000", "丙", parent="100000"),
        row("200001", "丁", aliases=["乙"]),
        row("200002", "戊", shared_aliases=["甲"]),
        row("200002", "己"),
    ]
    with pytest.raises(ContentErrors) as caught:
        Regions(wrong)
    fields = [error.field for error in caught.value.errors]
    assert fields == ["100000.parent", "100001.parent", "200000.parent", "200001", "200002", "200002.shared_aliases"]
