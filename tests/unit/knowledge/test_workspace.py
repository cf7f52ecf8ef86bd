"""The editors' folder: what is saved is whole, signed, and takes nobody else's change away."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from knowledge.editor import workspace as module
from knowledge.editor.workspace import (
    Change,
    ChangedMeanwhileError,
    NoWorkspaceError,
    Workspace,
    WorkspaceError,
    edit,
    make_workspace,
    version_of,
)
from knowledge.editor.yaml_text import replace_value
from knowledge.errors import ContentErrors
from tests.programs import PROJECT

OFFICES = "content/offices.yml"
NUMBER = ("offices", 0, "lines", 0, "number")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editors") / "folder"
    make_workspace(folder, PROJECT / "knowledge" / "content", PROJECT / "nlu" / "data", PROJECT / "tests/dialogue/exam")
    return folder


@pytest.fixture
def workspace(original: Path, tmp_path: Path) -> Workspace:
    import shutil

    shutil.copytree(original, tmp_path / "w")
    return Workspace(tmp_path / "w")


def number(workspace: Workspace, value: str) -> Change:
    _, version = workspace.read(OFFICES)
    return edit(workspace, OFFICES, version, [partial(replace_value, path=NUMBER, value=value)])


def first_number(workspace: Workspace) -> str:
    return next(iter(workspace.knowledge().offices.values())).lines[0].number


def test_a_change_is_one_signed_commit_of_one_line(workspace: Workspace) -> None:
    before = workspace.read(OFFICES)[0]
    commit = workspace.save(number(workspace, "0991-7654321"), author="张三", what="改电话", reason="换了号码")
    after = workspace.read(OFFICES)[0]
    different = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert different == [("        number: 0991-4680625", "        number: 0991-7654321")]
    newest, first = workspace.git.history()
    assert (newest.id, newest.author, newest.what, newest.reason) == (commit, "张三", "改电话", "换了号码")
    assert newest.files == (OFFICES,)
    assert first.author == "yibao"
    assert "+        number: 0991-7654321" in workspace.git.show(commit)


def test_the_second_of_two_editors_sees_the_first_ones_change(workspace: Workspace) -> None:
    first, second = number(workspace, "0991-1111111"), number(workspace, "0991-2222222")
    workspace.save(first, author="甲", what="改电话", reason="一")
    with pytest.raises(ChangedMeanwhileError, match="甲 改了“改电话”") as refused:
        workspace.save(second, author="乙", what="改电话", reason="二")
    assert "0991-1111111" in refused.value.now
    assert first_number(workspace) == "0991-1111111"


def test_a_file_edited_by_hand_meanwhile_is_not_written_over(workspace: Workspace) -> None:
    change = number(workspace, "0991-2222222")
    path = workspace.folder / OFFICES
    path.write_text(path.read_text(encoding="utf-8") + "# 手写\n", encoding="utf-8")
    with pytest.raises(ChangedMeanwhileError, match="有人直接改了文件"):
        workspace.save(change, author="乙", what="改电话", reason="二")
    assert path.read_text(encoding="utf-8").endswith("# 手写\n")


def test_what_would_not_load_is_not_saved(workspace: Workspace) -> None:
    before = workspace.read(OFFICES)
    with pytest.raises(ContentErrors, match="number"):
        workspace.save(number(workspace, "没有"), author="甲", what="改电话", reason="一")
    assert workspace.read(OFFICES) == before
    assert len(workspace.git.history()) == 1


def test_nothing_changed_is_no_commit(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="没有改动"):
        workspace.save(number(workspace, "0991-4680625"), author="甲", what="改电话", reason="一")


def test_a_full_disk_leaves_everything_as_it_was(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str | None) -> None:
        path.write_text("半", encoding="utf-8")
        raise OSError(28, "No space left on device")

    before = workspace.read(OFFICES)
    change = number(workspace, "0991-1111111")
    monkeypatch.setattr(Workspace, "rehearse", lambda *_: None)
    monkeypatch.setattr(module, "_put", full)
    with pytest.raises(WorkspaceError, match="磁盘满了"):
        workspace.save(change, author="甲", what="改电话", reason="一")
    assert workspace.read(OFFICES) == before


def test_undo_takes_one_change_back_and_leaves_the_others(workspace: Workspace) -> None:
    wrong = workspace.save(number(workspace, "0991-1111111"), author="甲", what="改电话", reason="错的")
    term = "content/terms.yml"
    text, version = workspace.read(term)
    workspace.save(Change({term: text + "# 后来的\n"}, {term: version}), author="乙", what="加一句说明", reason="说明")
    workspace.undo(wrong, author="丙", reason="号码没有换")
    assert first_number(workspace) == "0991-4680625"
    assert workspace.read(term)[0].endswith("# 后来的\n")
    assert (workspace.git.history(most=1)[0].author, workspace.git.history(most=1)[0].what) == ("丙", "撤销：改电话")


def test_undo_of_what_was_changed_again_is_refused(workspace: Workspace) -> None:
    first = workspace.save(number(workspace, "0991-1111111"), author="甲", what="改电话", reason="一")
    workspace.save(number(workspace, "0991-2222222"), author="乙", what="改电话", reason="二")
    with pytest.raises(WorkspaceError, match="撤销不了"):
        workspace.undo(first, author="丙", reason="三")
    assert first_number(workspace) == "0991-2222222"
    with pytest.raises(WorkspaceError):
        workspace.undo("--all", author="丙", reason="三")


@pytest.mark.parametrize("file", ["../outside.yml", "content/../../x.yml", "content/readme.md", ".git/config.yml"])
def test_only_content_files_are_touched(workspace: Workspace, file: str) -> None:
    with pytest.raises(WorkspaceError, match="不是内容文件"):
        workspace.save(Change({file: "x"}, {}), author="甲", what="x", reason="x")


def test_a_new_file_comes_and_goes(workspace: Workspace) -> None:
    file = "data/app/new_topic.yml"
    with pytest.raises(ChangedMeanwhileError):
        workspace.save(Change({file: "x: 1\n"}, {file: version_of("other")}), author="甲", what="加", reason="x")
    made = workspace.save(Change({file: "x: 1\n"}, {}), author="甲", what="加", reason="x")
    assert (workspace.folder / file).exists()
    workspace.undo(made, author="甲", reason="不要了")
    assert not (workspace.folder / file).exists()


def test_a_folder_that_is_none_says_what_to_do(tmp_path: Path, workspace: Workspace) -> None:
    with pytest.raises(NoWorkspaceError, match="yibao knowledge init"):
        Workspace(tmp_path / "nothing").check_there()
    with pytest.raises(WorkspaceError, match="不是空的"):
        make_workspace(workspace.folder, PROJECT / "knowledge" / "content", PROJECT / "nlu" / "data", PROJECT)
