"""Who may what: every role against every permission, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bot.accounts import ROLE_NAMES, Account, Permission, Role
from knowledge.regions import XINJIANG
from tests.knowledge_builder import SHAWAN, TACHENG, WUSU, YUTIAN, build

REGIONS = build().regions

TABLE = """
           look_up report edit publish audit manage
staff      yes     yes    no   no      no    no
editor     yes     yes    yes  no      no    no
publisher  yes     yes    yes  yes     no    no
auditor    yes     no     no   no      yes   no
admin      yes     yes    yes  yes     yes   yes
"""
"""As issue and documents have it, written down a second time on purpose."""


def account(role: Role, *regions: str) -> Account:
    return Account("zhang", role, True, datetime(2026, 11, 23, tzinfo=timezone.utc), regions)


def cells() -> list[tuple[Role, Permission, bool]]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (Role(role), Permission(permission), cell == "yes")
        for role, *row in lines
        for permission, cell in zip(head, row, strict=True)
    ]


def test_the_table_is_whole() -> None:
    assert {(role, permission) for role, permission, _ in cells()} == {(r, p) for r in Role for p in Permission}
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize(("role", "permission", "may"), cells())
def test_a_role_may_what_the_table_says(role: Role, permission: Permission, may: bool) -> None:
    assert account(role).may(permission) is may
    assert account(role).may(permission, SHAWAN, REGIONS.is_within) is may
    assert not replace(account(role), active=False).may(permission)


@pytest.mark.parametrize("permission", [Permission.EDIT, Permission.PUBLISH])
@pytest.mark.parametrize(
    ("own", "region", "may"),
    [
        ((SHAWAN,), SHAWAN, True),
        ((SHAWAN,), WUSU, False),
        ((SHAWAN,), TACHENG, False),
        ((SHAWAN,), XINJIANG, False),
        ((TACHENG,), SHAWAN, True),
        ((TACHENG,), YUTIAN, False),
        ((YUTIAN, TACHENG), SHAWAN, True),
        ((XINJIANG,), YUTIAN, True),
        ((TACHENG,), "nowhere", False),
        ((), YUTIAN, True),
    ],
)
def test_regions_limit_what_is_changed(permission: Permission, own: tuple[str, ...], region: str, may: bool) -> None:
    assert account(Role.PUBLISHER, *own).may(permission, region, REGIONS.is_within) is may


def test_regions_limit_nothing_else() -> None:
    editor = account(Role.EDITOR, SHAWAN)
    assert editor.may(Permission.EDIT), "there is something that it may"
    assert editor.may(Permission.LOOK_UP, YUTIAN, REGIONS.is_within)
    assert editor.may(Permission.REPORT, YUTIAN, REGIONS.is_within)
    assert not editor.may(Permission.PUBLISH, SHAWAN, REGIONS.is_within)


def test_without_the_tree_only_the_very_region_counts() -> None:
    editor = account(Role.EDITOR, TACHENG)
    assert editor.may(Permission.EDIT, TACHENG)
    assert not editor.may(Permission.EDIT, SHAWAN)
