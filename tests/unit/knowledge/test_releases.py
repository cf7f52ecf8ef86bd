"""Releases on disk: whole or not there, and exactly one answers whatever happens meanwhile."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from knowledge.editor.release import Promotion, Release, ReleaseError, Releases
from tests.full_disk import no_file_grows_beyond

A, B, C = "20260101-000000", "20260102-000000", "20260103-000000"


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """Three, of which nobody has promoted any."""
    releases = Releases(tmp_path / "var")
    releases.prepare()
    for name in (A, B, C):
        draft = releases.draft(name)
        draft.content.mkdir(parents=True)
        draft.model.write_bytes(b"model")
        releases.finish(draft, {"topics": 1})
    return releases


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "releases"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Content to make a release of, with things beside it that are none."""
    content = tmp_path / "content"
    for name in ("offices.yml", "topics/app/one.yml", "topics/app/one.yml~", "README.md", ".hidden.yml", "load.py"):
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (content / "__pycache__").mkdir()
    return content


def names(releases: Releases) -> list[str]:
    return [release.id for release in releases.all()]


# Which one answers.


def test_a_promoted_release_answers_and_who_signed_is_kept(releases: Releases) -> None:
    with pytest.raises(ReleaseError, match="yibao train"):
        releases.live()
    promoted = releases.promote(B, by="王编辑", reason="换了号码")
    assert (promoted.id, releases.live().id, releases.live_name()) == (B, B, B)
    (told,) = releases.promotions()
    assert (told.release, told.by, told.reason) == (B, "王编辑", "换了号码")
    assert told.at.endswith("+00:00")


def test_whoever_looks_sees_the_old_one_or_the_new_one(releases: Releases, folder: Path) -> None:
    releases.promote(A, by="甲")
    seen: set[str | None] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add(releases.live_name())

    watcher = threading.Thread(target=look)
    watcher.start()
    for name in (B, A) * 100:
        releases.promote(name, by="甲")
    done.set()
    watcher.join()
    assert seen <= {A, B}
    assert sorted(p.name for p in folder.iterdir() if not p.is_dir()) == ["live", "promotions.jsonl"]


def test_two_who_promote_at_once_both_stand_there(releases: Releases) -> None:
    def promote(name: str) -> None:
        for _ in range(50):
            releases.promote(name, by=name)

    both = [threading.Thread(target=promote, args=(name,)) for name in (A, B)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    told = [each.release for each in releases.promotions()]
    assert (told.count(A), told.count(B)) == (50, 50)
    assert releases.live_name() == told[-1]


def test_the_previous_one_is_what_answered_before(releases: Releases) -> None:
    with pytest.raises(ReleaseError, match="退不回去"):
        releases.previous()
    releases.promote(A, by="甲")
    with pytest.raises(ReleaseError, match="退不回去"):
        releases.previous()
    releases.promote(B, by="甲")
    releases.promote(C, by="甲")
    releases.promote(C, by="乙")
    assert releases.previous().id == B


def test_a_previous_one_that_is_broken_is_passed_over(releases: Releases) -> None:
    for name in (A, B, C):
        releases.promote(name, by="甲")
    releases.get(B).model.unlink()
    assert releases.previous().id == A
    releases.get(A).model.unlink()
    with pytest.raises(ReleaseError, match="退不回去"):
        releases.previous()


def test_who_signed_last_is_who_approved(releases: Releases) -> None:
    assert releases.approval(A) is None
    releases.promote(A, by="甲")
    releases.promote(B, by="乙")
    releases.promote(A, by="丙", reason="退回")
    approval = releases.approval(A)
    assert approval is not None
    assert (approval.by, approval.reason) == ("丙", "退回")
    assert releases.approval(C) is None


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_cut_last_line_takes_no_other_signature_with_it(releases: Releases, folder: Path, cut: int) -> None:
    file = folder / "promotions.jsonl"
    releases.promote(A, by="王编辑")
    whole = file.read_bytes()
    releases.promote(B, by="李编辑", reason="换了号码")
    # Up to the middle of a character of three bytes, and of the names of the fields.
    file.write_bytes(file.read_bytes()[:-cut])
    assert [each.by for each in releases.promotions()][:1] == ["王编辑"]
    releases.promote(C, by="赵编辑")
    assert file.read_bytes().startswith(whole)
    assert [(each.release, each.by) for each in releases.promotions()][-1] == (C, "赵编辑")
    assert releases.approval(A) is not None


def test_lines_that_are_no_promotion_are_left_out(releases: Releases, folder: Path) -> None:
    (folder / "promotions.jsonl").write_text('\n3\n[]\n{"release": "x"}\nnull\n', encoding="utf-8")
    assert releases.promotions() == []


def test_a_reason_may_hold_any_character(releases: Releases) -> None:
    reason = "一\u2028二\n三\x85四"
    releases.promote(A, by="甲", reason=reason)
    (told,) = releases.promotions()
    assert told == Promotion(A, "甲", told.at, reason)


# A full disk.


def test_a_disk_full_before_the_signature_is_down_changes_nothing(releases: Releases, folder: Path) -> None:
    releases.promote(A, by="甲")
    releases.promote(B, by="乙")
    before = (folder / "promotions.jsonl").read_bytes()
    with no_file_grows_beyond(len(before) + 30), pytest.raises(OSError, match=r"too large|No space"):
        releases.promote(C, by="丙")
    assert (folder / "promotions.jsonl").read_bytes() == before
    assert (releases.live_name(), releases.previous().id, releases.approval(C)) == (B, A, None)


def test_a_disk_full_before_the_pointer_is_down_changes_nothing(
    releases: Releases, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str, **_: object) -> None:
        path.write_bytes(text.encode()[:4])
        raise OSError(28, "No space left on device")

    releases.promote(A, by="甲")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        with pytest.raises(OSError, match="No space"):
            releases.promote(B, by="乙")
    assert releases.live_name() == A
    # B never answered: nobody goes back to it, and nobody has approved of it.
    assert releases.approval(B) is None
    with pytest.raises(ReleaseError, match="退不回去"):
        releases.previous()
    assert not list(folder.glob(".live*"))
    assert releases.promote(B, by="乙").id == releases.live_name() == B


# Broken releases.


@pytest.mark.parametrize("part", ["model.tar.gz", "content", "report.json"])
def test_a_release_that_lacks_something_is_not_promoted(releases: Releases, part: str) -> None:
    releases.promote(A, by="甲")
    path = releases.get(B).folder / part
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(ReleaseError, match=part):
        releases.promote(B, by="乙")
    assert (releases.live_name(), releases.approval(B)) == (A, None)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../releases", f"../releases/{A}", f"{A}/", f"./{A}", "/etc", "nothing"]
)
def test_a_name_that_is_none_is_no_release(releases: Releases, name: str) -> None:
    with pytest.raises(ReleaseError, match="yibao train"):
        releases.get(name)


@pytest.mark.parametrize("report", ["", "{", "3", "null", "[]", '["a"]'])
def test_a_report_that_is_none_is_told(releases: Releases, report: str) -> None:
    release = releases.get(A)
    (release.folder / "report.json").write_text(report, encoding="utf-8")
    with pytest.raises(ReleaseError, match=A):
        _ = release.report


def test_outcomes_that_are_none_are_empty(releases: Releases) -> None:
    release = releases.get(A)
    assert release.outcomes == {}
    for told in ("{", "3", "null", "[]"):
        (release.folder / "outcomes.json").write_text(told, encoding="utf-8")
        assert release.outcomes == {}


def test_a_pointer_that_was_broken_is_told(releases: Releases, folder: Path) -> None:
    for pointer in (b"", b"\xff\xfe", b"\0"):
        (folder / "live").write_bytes(pointer)
        with pytest.raises(ReleaseError, match="yibao train"):
            releases.live()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    releases = Releases(tmp_path / "file")
    with pytest.raises(ReleaseError, match="YIBAO_VAR"):
        releases.prepare()
    assert releases.all() == []


# Drafts.


def begun(releases: Releases, source: Path, model: Path | None = None) -> Release:
    return releases.begin(model, source)


def test_a_draft_is_no_release_until_it_is_finished(releases: Releases, source: Path) -> None:
    draft = begun(releases, source, releases.get(A).model)
    (draft.folder / "report.json").write_text("{}", encoding="utf-8")
    assert names(releases) == [A, B, C]
    for name in (draft.id, draft.folder.name):
        with pytest.raises(ReleaseError):
            releases.promote(name, by="甲")
    made = releases.finish(draft, {"topics": 2, "by": "王编辑"}, {"day": "2026-01-01"})
    assert names(releases) == [A, B, C, made.id]
    assert releases.get(made.id).model.read_bytes() == b"model"
    assert (made.report["by"], made.outcomes) == ("王编辑", {"day": "2026-01-01"})
    assert "王编辑" in (made.folder / "report.json").read_text(encoding="utf-8")


def test_a_release_holds_content_and_nothing_that_lies_beside_it(releases: Releases, source: Path) -> None:
    draft = begun(releases, source)
    held = sorted(p.relative_to(draft.content).as_posix() for p in draft.content.rglob("*") if p.is_file())
    assert held == ["offices.yml", "topics/app/one.yml"]
    assert not (draft.content / "__pycache__").exists()
    assert not draft.model.exists()


def test_two_of_one_second_are_two(releases: Releases, source: Path) -> None:
    made = [releases.finish(begun(releases, source), {}).id for _ in range(3)]
    assert len({*made}) == 3
    assert made == sorted(made)


def test_a_draft_that_cannot_be_begun_leaves_nothing(releases: Releases, source: Path, folder: Path) -> None:
    with pytest.raises(OSError, match="nothing"):
        begun(releases, source, folder / "nothing.tar.gz")
    with pytest.raises(OSError, match="nowhere"):
        begun(releases, source / "nowhere")
    assert not list(folder.glob(".draft*"))


def test_what_a_killed_training_left_is_cleared_and_nothing_else(
    releases: Releases, source: Path, folder: Path
) -> None:
    releases.promote(A, by="甲")
    draft = begun(releases, source)
    (folder / ".draft-old").mkdir()
    releases.clear_drafts()
    assert not draft.folder.exists()
    assert sorted(p.name for p in folder.iterdir()) == [A, B, C, "live", "promotions.jsonl"]


def test_a_disk_full_while_finishing_leaves_a_draft(releases: Releases, source: Path) -> None:
    draft = begun(releases, source)
    with no_file_grows_beyond(20), pytest.raises(OSError, match=r"too large|No space"):
        releases.finish(draft, {"topics": 47, "by": "王编辑"})
    assert names(releases) == [A, B, C]
    releases.drop(draft)
    assert not draft.folder.exists()


def test_promotions_are_one_object_a_line(releases: Releases, folder: Path) -> None:
    releases.promote(A, by="甲")
    releases.promote(B, by="")
    lines = (folder / "promotions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["by"] for line in lines] == ["甲", ""]
