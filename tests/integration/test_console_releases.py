"""The page of releases: who may train, read and publish, and what comes of it. The training itself: test_trainings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.accounts import Role
from bot.audit import Action
from knowledge.editor.release import Releases
from tests.integration.console import GOOD, Browser
from tests.integration.mounted_console import HOSTILE, RELEASE, Whole, mounted
from tests.knowledge_builder import SHAWAN
from tests.small_content import make_small_workspace
from webhook.publishing.verdict import Difference, Verdict

NEWER = "20260202-000000"
WORSE = Difference(
    case="q-1",
    text=f"沙湾电话{HOSTILE}",
    was_right=True,
    is_right=False,
    before="旧",
    after="新",
    topic="contact",
    region=SHAWAN,
)


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    """With an older release that answers, and a newer one that did not pass."""
    with mounted(None, tmp_path / "var", monkeypatch, lambda: make_small_workspace(tmp_path)) as whole:
        whole.staff.accounts.add("fabu", Role.PUBLISHER, GOOD)
        whole.staff.accounts.add("fabu_shawan", Role.PUBLISHER, GOOD, regions=(SHAWAN,))
        releases(whole).promote(RELEASE, by="张主任")
        shutil.copytree(tmp_path / "var/releases" / RELEASE, tmp_path / "var/releases" / NEWER)
        verdict = Verdict(
            messages=612, right=600, foreign=0, unanswerable=0, invented=0, compared=RELEASE,
            differences=(WORSE,), reasons=("变差 1 题，最多允许 0 题",),
        )  # fmt: skip
        report = {"trained_at": "2026-02-02T00:00:00+0000", "kind": "facts", "verdict": verdict.to_json()}
        (tmp_path / "var/releases" / NEWER / "report.json").write_text(json.dumps(report), encoding="utf-8")
        yield whole


def releases(whole: Whole) -> Releases:
    return whole.console.editing.releases


def promote(browser: Browser, reason: str) -> int:
    return browser.send(f"/console/releases/{NEWER}/promote", reason=reason).status_code


def test_the_report_is_read_in_plain_words(whole: Whole) -> None:
    page = whole.logged_in("bian").get(f"/console/releases/{NEWER}").text
    assert "612 题：答对 600（98.0%）；和正在用的版本比，变好 0，变差 1，答法不同 0（阻止发布）" in page
    assert "不能启用：变差 1 题，最多允许 0 题" in page
    assert "沙湾电话&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_below_the_gate_a_publisher_says_why(whole: Whole) -> None:
    publisher = whole.logged_in("fabu")
    assert (promote(publisher, " "), releases(whole).live_name()) == (400, RELEASE)
    assert (promote(publisher, "号码确实换了"), releases(whole).live_name()) == (303, NEWER)
    signed = releases(whole).promotions()[-1]
    assert (signed.release, signed.by, signed.reason) == (NEWER, "fabu", "号码确实换了")
    assert whole.actions()[-1] == ("fabu", Action.RELEASE_PROMOTED, NEWER)
    page = publisher.get("/console/releases").text
    assert page.index(NEWER) < page.index("正在用") < page.index(f'href="/console/releases/{RELEASE}"')


@pytest.mark.parametrize("name", ["bian", "fabu_shawan", "zhang"])
def test_only_a_publisher_of_every_region_publishes(whole: Whole, name: str) -> None:
    browser = whole.logged_in(name)
    assert promote(browser, "我要") == 403
    assert browser.send("/console/releases/rollback", reason="我要").status_code == 403
    assert releases(whole).live_name() == RELEASE


def test_one_goes_back_to_the_release_before(whole: Whole) -> None:
    publisher = whole.logged_in("fabu")
    nothing = publisher.send("/console/releases/rollback", reason="试试")
    assert (nothing.status_code, releases(whole).live_name()) == (409, RELEASE)
    promote(publisher, "号码确实换了")
    back = publisher.send("/console/releases/rollback", reason="号码又错了")
    assert (back.status_code, releases(whole).live_name()) == (303, RELEASE)
    assert f"{RELEASE} 已启用" in publisher.get(back.headers["location"]).text
    assert whole.actions()[-1] == ("fabu", Action.RELEASE_ROLLED_BACK, RELEASE)


def test_a_broken_release_is_told_and_never_answers(whole: Whole, tmp_path: Path) -> None:
    (tmp_path / "var/releases" / NEWER / "report.json").write_text("{", encoding="utf-8")
    publisher = whole.logged_in("fabu")
    assert "已损坏" in publisher.get("/console/releases").text
    (tmp_path / "var/releases" / NEWER / "model.tar.gz").unlink()
    assert (promote(publisher, "试试"), releases(whole).live_name()) == (409, RELEASE)


def test_a_release_that_is_not_there(whole: Whole) -> None:
    publisher = whole.logged_in("fabu")
    for name in ("20990101-000000", "%2e%2e", ".hidden"):
        assert publisher.get(f"/console/releases/{name}").status_code in (307, 404)
    assert publisher.send("/console/releases/20990101-000000/promote", reason="试试").status_code == 404


def test_progress_is_told_to_the_page(whole: Whole) -> None:
    progress = whole.logged_in("bian").get("/console/releases/progress")
    assert progress.json() == {"is_running": False, "lines": []}
