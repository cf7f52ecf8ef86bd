"""A release is made of what changed, judged by what it answers, and is whole or not there."""

from __future__ import annotations

import filecmp
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from exam.cases import ExamError
from knowledge.editor.release import Release, ReleaseError, Releases
from knowledge.errors import ContentErrors
from knowledge.store import load_knowledge
from nlu.fingerprint import fingerprint
from tests.programs import PROJECT
from webhook.publishing import making
from webhook.publishing.folders import Folders
from webhook.publishing.gate import Gate
from webhook.publishing.making import Made, make_release, verdict_of

SHAWAN, OTHER = "0993-6023208", "0993-7654321"

EXAM = [
    {"id": "1", "text": "沙湾医保局电话", "status": ["answered"], "region": "654203", "must": [[SHAWAN]]},
    {"id": "2", "text": "谢谢", "status": ["smalltalk"]},
    {"id": "3", "text": "公积金怎么提取", "status": ["out_of_scope"]},
]


@dataclass
class Place:
    """The editors' folder and a var folder with the release that was made of it."""

    folders: Folders
    live: Release
    told: list[str] = field(default_factory=list)
    trained: int = 0

    def make(self, gate: Gate = Gate(right=0), folders: Folders | None = None) -> Made:
        return make_release(folders or self.folders, gate, self.told.append, by="王编辑", last_resort_number="12393")

    @property
    def releases(self) -> Releases:
        return Releases(self.folders.var)

    @property
    def kept(self) -> list[str]:
        return sorted(p.name for p in (self.folders.var / "releases").iterdir())

    def write_in(self, file: str, old: str, new: str) -> None:
        path = self.folders.content / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write_exam(self, *cases: object) -> None:
        assert self.folders.exam is not None
        lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
        (self.folders.exam / "small.jsonl").write_text(lines, encoding="utf-8")


@pytest.fixture
def place(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    editors, var = tmp_path / "editors", tmp_path / "var"
    shutil.copytree(release.content, editors / "content")
    shutil.copytree(PROJECT / "nlu" / "data", editors / "data")
    (editors / "exam").mkdir()
    folder = var / "releases" / release.id
    shutil.copytree(release.folder, folder)
    (var / "releases" / "live").write_text(f"{release.id}\n", encoding="utf-8")
    # The release may be of a moment ago: what it was trained on counts as what is there.
    print_of_it = fingerprint(load_knowledge(editors / "content"), editors / "data")
    report = {**release.report, "fingerprint": print_of_it}
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
    folders = Folders(PROJECT, editors / "content", editors / "data", editors / "exam", editors, var)
    place = Place(folders, Releases(var).live())
    place.write_exam(*EXAM)

    def train(_project: Path, content: Path, data: Path, folder: Path) -> Path:
        """Gives the model there is: a real training takes a minute, and its result is not what is asked here."""
        assert (content, data) == (folders.content, folders.data)
        place.trained += 1
        return Path(shutil.copy(release.model, folder / "trained.tar.gz"))

    monkeypatch.setattr(making, "train_model", train)
    return place


# What is made of what.


def test_changed_facts_alone_need_no_training(place: Place) -> None:
    place.write_in("offices.yml", SHAWAN, OTHER)
    place.write_exam({**EXAM[0], "must": [[OTHER]]}, *EXAM[1:])
    made = place.make(Gate(right=100))
    assert (made.is_new, place.trained, made.release.report["kind"]) == (True, 0, "facts")
    assert filecmp.cmp(made.release.model, place.live.model, shallow=False)
    assert OTHER in (made.release.content / "offices.yml").read_text(encoding="utf-8")
    assert SHAWAN in (place.live.content / "offices.yml").read_text(encoding="utf-8")
    assert made.release.report["fingerprint"] == place.live.report["fingerprint"]
    assert made.release.report["by"] == "王编辑"
    # It answers only when somebody lets it.
    assert place.releases.live_name() == place.live.id
    assert made.verdict.reasons == ()
    (better,) = made.verdict.differences
    assert (better.text, better.is_better) == ("沙湾医保局电话", True)
    assert (SHAWAN in better.before, OTHER in better.after) == (True, True)
    assert verdict_of(made.release) == made.verdict
    assert any("不用重新训练" in line for line in place.told)


def test_what_gets_worse_is_held_back_and_kept_to_be_looked_at(place: Place) -> None:
    place.write_in("offices.yml", SHAWAN, OTHER)
    made = place.make(Gate(right=50))
    assert made.verdict.reasons == ("变差 1 题，最多允许 0 题",)
    assert (made.verdict.compared, made.verdict.messages, made.verdict.right) == (place.live.id, 3, 2)
    assert place.kept == sorted([place.live.id, made.release.id, "live"])


def test_nothing_changed_is_nothing_new(place: Place) -> None:
    made = place.make()
    assert (made.is_new, made.release.id, place.trained) == (False, place.live.id, 0)
    assert made.verdict == verdict_of(place.live)
    assert place.kept == sorted([place.live.id, "live"])
    assert "不用再做" in place.told[-1]


def test_after_it_was_promoted_nothing_is_new_again(place: Place) -> None:
    place.write_in("offices.yml", SHAWAN, OTHER)
    made = place.make()
    place.releases.promote(made.release.id, by="王编辑")
    again = place.make()
    assert (again.is_new, again.release.id) == (False, made.release.id)


def more_names(place: Place) -> None:
    place.write_in("topics/remote_care/remote_care_filing.yml", "aliases: [", "aliases: [外地就诊报备, ")


def more_examples(place: Place) -> None:
    file = place.folders.data / "remote_care" / "remote_care_filing.yml"
    text = file.read_text(encoding="utf-8")
    at = text.index("\n", text.index("    - ")) + 1
    file.write_text(text[:at] + "    - 我想问下外地就诊报备的事体\n" + text[at:], encoding="utf-8")


def no_release(place: Place) -> None:
    (place.folders.var / "releases" / "live").unlink()


def broken_model(place: Place) -> None:
    place.live.model.write_bytes(place.live.model.read_bytes()[:1000])


def broken_content(place: Place) -> None:
    (place.live.content / "offices.yml").write_text("offices: [\n", encoding="utf-8")


def broken_report(place: Place) -> None:
    (place.live.folder / "report.json").write_text("[]", encoding="utf-8")


@pytest.mark.parametrize("change", [more_names, more_examples], ids=lambda each: each.__name__)
def test_what_is_learnt_from_is_trained_on(place: Place, change: Callable[[Place], None]) -> None:
    change(place)
    made = place.make()
    assert (made.is_new, place.trained, made.release.report["kind"]) == (True, 1, "trained")
    assert made.release.report["fingerprint"] != place.live.report["fingerprint"]
    assert made.verdict.compared == place.live.id


@pytest.mark.parametrize(
    "breakage", [no_release, broken_model, broken_content, broken_report], ids=lambda each: each.__name__
)
def test_a_live_release_that_is_missing_or_broken_is_mended_by_making_one(
    place: Place, breakage: Callable[[Place], None]
) -> None:
    """Every message about a broken release says: yibao train."""
    breakage(place)
    made = place.make(Gate(right=100))
    assert (made.is_new, place.trained) == (True, 1)
    assert (made.verdict.compared, made.verdict.is_passed, made.verdict.right) == ("", True, 3)
    assert place.releases.promote(made.release.id, by="王编辑").model.stat().st_size > 1000


def test_without_an_exam_a_release_is_made_and_says_so(place: Place) -> None:
    place.write_in("offices.yml", SHAWAN, OTHER)
    made = place.make(folders=replace(place.folders, exam=None))
    assert (made.is_new, made.verdict.messages, made.verdict.is_passed) == (True, 0, True)
    assert made.verdict.headline == "没有考题，没有考"


def test_the_exam_of_the_live_release_is_sat_once_a_day(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write_in("offices.yml", SHAWAN, OTHER)
    first = place.make()
    place.releases.promote(first.release.id, by="王编辑")
    sat: list[str] = []
    real = making.sit_exam

    def sit(release: Release, *rest: object, **known: object) -> object:
        before = known.get("known")
        sat.extend([release.id] if before is None else [*before.cases])  # type: ignore[attr-defined]
        return real(release, *rest, **known)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "sit_exam", sit)
    place.write_in("offices.yml", OTHER, SHAWAN)
    second = place.make()
    assert sat[1:] == ["small/1", "small/2", "small/3"]
    assert [each.is_better for each in second.verdict.differences] == [True]


def test_leftovers_of_a_killed_training_are_cleared(place: Place) -> None:
    (place.folders.var / "releases" / ".draft-20200101-000000").mkdir()
    place.make()
    assert place.kept == sorted([place.live.id, "live"])


# Nothing is made.


def a_number_that_is_none(place: Place) -> None:
    place.write_in("offices.yml", f"number: {SHAWAN}", "number: 沙湾")


def broken_yaml(place: Place) -> None:
    (place.folders.content / "terms.yml").write_text("terms: [\n", encoding="utf-8")


def an_example_of_no_topic(place: Place) -> None:
    text = "nlu:\n- intent: no_such_topic\n  examples: |\n    - 怎么办\n"
    (place.folders.data / "new.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "mistake", [a_number_that_is_none, broken_yaml, an_example_of_no_topic], ids=lambda each: each.__name__
)
def test_a_mistake_makes_nothing(place: Place, mistake: Callable[[Place], None]) -> None:
    mistake(place)
    with pytest.raises(ContentErrors):
        place.make()
    assert (place.kept, place.trained) == (sorted([place.live.id, "live"]), 0)


@pytest.mark.parametrize("cases", [[{"id": "1"}], [EXAM[1], EXAM[1]], ["x"]], ids=["no text", "twice", "no case"])
def test_a_mistake_in_the_exam_makes_nothing(place: Place, cases: list[object]) -> None:
    place.write_in("offices.yml", SHAWAN, OTHER)
    place.write_exam(*cases)
    with pytest.raises(ExamError, match=r"small"):
        place.make()
    assert place.kept == sorted([place.live.id, "live"])


def test_a_model_that_does_not_load_makes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(_project: Path, _content: Path, _data: Path, folder: Path) -> Path:
        (folder / "model.tar.gz").write_bytes(b"no model")
        return folder / "model.tar.gz"

    monkeypatch.setattr(making, "train_model", train)
    more_names(place)
    with pytest.raises(ReleaseError, match="模型读不了"):
        place.make()
    assert place.kept == sorted([place.live.id, "live"])


def test_one_that_is_broken_off_makes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "train_model", interrupted)
    more_names(place)
    with pytest.raises(KeyboardInterrupt):
        place.make()
    assert place.kept == sorted([place.live.id, "live"])
    assert place.releases.live().id == place.live.id
