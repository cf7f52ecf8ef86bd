"""One training at a time, in processes of their own: begun, watched, stopped, and killed.

What trains here is a program of the test's that does as ``yibao train`` does, step by step and at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.editor.release import ReleaseError, Releases
from tests.programs import PATIENCE, PROJECT
from webhook.publishing.trainings import LONGEST_LOG, Progress, Trainings

PROGRAM = """#!{python}
import subprocess, sys, time
from pathlib import Path
sys.path.insert(0, {project!r})
from knowledge.editor.release import Releases
from webhook.publishing.trainings import Trainings

var, (train, only_make, option, by) = Path({var!r}), sys.argv[1:]
assert (train, only_make, option) == ("train", "--only-make", "--by")

def wait_for(name):
    while not (var / name).exists():
        time.sleep(0.01)

wait_for("may begin")
trainings = Trainings(var)
with trainings.turn(by):
    print("1/4 检查内容…", flush=True)
    helper = subprocess.Popen(["sleep", "600"])
    (var / "helper").write_text(str(helper.pid))
    Releases(var).begin(None, var / "content")
    print("2/4 训练…", file=sys.stderr, flush=True)
    wait_for("may end")
    helper.kill()
    if by == "坏":
        trainings.finish(failed="内容有错")
        sys.exit(1)
    trainings.finish(release="20260102-000000")
print("4/4 做好了", flush=True)
"""


class Place:
    """A var folder with a release that answers, and a program that trains when it may."""

    def __init__(self, var: Path, program: Path) -> None:
        self.var, self.program = var, program
        self.trainings = Trainings(var)

    def let(self, *names: str) -> None:
        for name in names:
            (self.var / name).touch()

    def until(self, is_so: Callable[[Progress], bool], trainings: Trainings | None = None) -> Progress:
        deadline = time.monotonic() + PATIENCE
        while not is_so(progress := (trainings or self.trainings).progress()):
            assert time.monotonic() < deadline, progress
            time.sleep(0.02)
        return progress

    def begin(self, by: str = "王编辑") -> int:
        """The id of the process that now trains."""
        self.let("may begin")
        self.trainings.start(by)
        progress = self.until(lambda now: len(now.lines) == 2)
        assert progress.training is not None
        return progress.training.pid

    def helper(self) -> int:
        return int((self.var / "helper").read_text())


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    var, programs = tmp_path / "var", tmp_path / "bin"
    (var / "content").mkdir(parents=True)
    programs.mkdir()
    program = programs / "yibao"
    program.write_text(PROGRAM.format(python=sys.executable, project=str(PROJECT), var=str(var)), encoding="utf-8")
    program.chmod(0o755)
    # The program is looked for beside the Python that runs.
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    releases = Releases(var)
    draft = releases.begin(None, var / "content")
    draft.model.write_bytes(b"model")
    releases.promote(releases.finish(draft, {}).id, by="甲")
    place = Place(var, program)
    yield place
    place.let("may begin", "may end")
    place.until(lambda now: not now.is_running)


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def live(place: Place) -> str:
    return Releases(place.var).live().id


# A training from its beginning to its end.


def test_where_nobody_ever_trained_there_is_nothing(tmp_path: Path) -> None:
    trainings = Trainings(tmp_path / "var")
    assert trainings.progress() == Progress(None, False, ())
    assert not trainings.progress().is_broken
    assert trainings.stop() is False
    assert not (tmp_path / "var").exists()


def test_a_training_is_watched_until_it_is_done(place: Place) -> None:
    place.trainings.start("王编辑")
    begins = place.trainings.progress()
    assert (begins.training, begins.is_running, begins.is_broken) == (None, True, False)
    place.let("may begin")
    runs = place.until(lambda now: len(now.lines) == 2)
    assert runs.lines == ("1/4 检查内容…", "2/4 训练…")
    assert runs.training is not None
    assert (runs.is_running, runs.training.by, runs.training.ended, runs.training.release) == (True, "王编辑", "", "")
    place.let("may end")
    done = place.until(lambda now: not now.is_running)
    assert done.training is not None
    assert (done.is_broken, done.training.release, done.training.failed) == (False, "20260102-000000", "")
    assert done.training.begun <= done.training.ended
    assert done.lines[-1] == "4/4 做好了"


def test_every_worker_sees_it(place: Place) -> None:
    other = Trainings(place.var)
    place.begin()
    assert other.progress() == place.trainings.progress()
    place.let("may end")
    assert place.until(lambda now: not now.is_running, other).training == place.trainings.progress().training


def test_one_that_failed_says_why(place: Place) -> None:
    place.begin(by="坏")
    place.let("may end")
    done = place.until(lambda now: not now.is_running)
    assert done.training is not None
    assert (done.is_broken, done.training.release, done.training.failed) == (False, "", "内容有错")
    place.trainings.start("王编辑")
    done = place.until(lambda now: not now.is_running)
    assert done.training is not None
    assert (done.training.by, done.training.failed) == ("王编辑", "")


def test_of_a_long_log_the_end_is_shown(place: Place) -> None:
    place.begin()
    lines = [f"第 {number} 行" for number in range(5000)]
    (place.var / "training" / "log").write_text("\n".join(lines), encoding="utf-8")
    shown = place.trainings.progress().lines
    assert list(shown[1:]) == lines[-len(shown) + 1 :]
    assert LONGEST_LOG - 40 < len("\n".join(shown).encode()) < LONGEST_LOG + 20


# One at a time.


def test_a_second_one_is_refused_from_its_start(place: Place) -> None:
    place.trainings.start("王编辑")
    with pytest.raises(ReleaseError, match="已经有人在训练"):
        place.trainings.start("李编辑")
    place.let("may begin")
    runs = place.until(lambda now: len(now.lines) == 2)
    for trainings in (place.trainings, Trainings(place.var)):
        with pytest.raises(ReleaseError, match="已经有人在训练"):
            trainings.start("李编辑")
        with pytest.raises(ReleaseError, match="已经有人在训练"), trainings.turn("李编辑"):
            pass
    assert place.trainings.progress() == runs


def test_one_that_was_begun_elsewhere_at_the_same_time_changes_nothing(place: Place) -> None:
    place.let("may begin")
    with place.trainings.turn("王编辑"):
        refused = subprocess.run(
            [place.program, "train", "--only-make", "--by", "李编辑"],
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        assert "已经有人在训练" in refused.stderr.decode()
        place.trainings.finish(release="20260102-000000")
    training = place.trainings.progress().training
    assert training is not None
    assert (training.by, training.release) == ("王编辑", "20260102-000000")


def test_after_one_there_may_be_another(place: Place) -> None:
    for by in ("甲", "乙"):
        with place.trainings.turn(by):
            assert place.trainings.progress().is_running
            place.trainings.finish(release=by)
        progress = place.trainings.progress()
        assert progress.training is not None
        assert (progress.is_running, progress.training.by, progress.training.release) == (False, by, by)


def test_whoever_looks_at_the_progress_keeps_nobody_from_training(place: Place) -> None:
    lock = place.var / "training" / "lock"
    with place.trainings.turn("甲"):
        place.trainings.finish()
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        glance = threading.Timer(0.15, lambda: fcntl.flock(held, fcntl.LOCK_UN))
        glance.start()
        with place.trainings.turn("乙"):
            place.trainings.finish()
        glance.join()


# Killed and stopped.


def test_one_that_was_killed_is_told_as_broken_and_hinders_nobody(place: Place) -> None:
    before = live(place)
    pid = place.begin()
    os.killpg(pid, signal.SIGKILL)
    killed = place.until(lambda now: not now.is_running)
    assert killed.is_broken
    assert killed.training is not None
    assert (killed.training.by, killed.training.ended) == ("王编辑", "")
    assert live(place) == before
    assert [release.id for release in Releases(place.var).all()] == [before]
    assert Trainings(place.var).progress().is_broken
    assert place.trainings.stop() is False
    Releases(place.var).clear_drafts()
    place.let("may end")
    place.trainings.start("李编辑")
    done = place.until(lambda now: not now.is_running)
    assert done.training is not None
    assert (done.is_broken, done.training.by, done.training.release) == (False, "李编辑", "20260102-000000")


@pytest.mark.parametrize("is_another_worker", [False, True])
def test_one_that_is_stopped_ends_with_all_it_began(place: Place, is_another_worker: bool) -> None:
    before = live(place)
    pid = place.begin()
    trainings = Trainings(place.var) if is_another_worker else place.trainings
    assert trainings.stop() is True
    assert place.until(lambda now: not now.is_running).is_broken
    wait_until_gone(pid)
    wait_until_gone(place.helper())
    assert live(place) == before
    assert trainings.stop() is False


def test_one_from_a_script_is_stopped_too(place: Place) -> None:
    """It leads no group of processes, and the group that it is in is not to be stopped."""
    place.let("may begin")
    with (place.var / "said").open("wb") as log:
        script = subprocess.Popen([place.program, "train", "--only-make", "--by", "甲"], stdout=log, stderr=log)
    try:
        place.until(lambda _: b"2/4" in (place.var / "said").read_bytes())
        assert os.getpgid(script.pid) == os.getpgid(0)
        assert place.trainings.stop() is True
        assert script.wait(PATIENCE) == -signal.SIGTERM
    finally:
        script.kill()
        script.wait()
        os.kill(place.helper(), signal.SIGKILL)


def test_stopping_one_that_only_begins_hits_nobody_else(place: Place) -> None:
    """What is noted is of the training before, whose number may be another process's by now."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as innocent:
        (place.var / "training").mkdir()
        told = {"by": "甲", "begun": "2026-01-01", "pid": innocent.pid, "ended": "2026-01-01", "release": "a"}
        (place.var / "training" / "state.json").write_text(json.dumps(told), encoding="utf-8")
        place.trainings.start("乙")
        assert place.trainings.stop() is True
        progress = place.until(lambda now: not now.is_running)
        assert progress.training is not None
        assert progress.training.by == "甲"
        assert innocent.poll() is None
        innocent.kill()


def test_a_state_that_cannot_be_read_is_none(place: Place) -> None:
    (place.var / "training").mkdir()
    for told in ("", "{", "3", '{"by": "甲"}', '{"other": 1}'):
        (place.var / "training" / "state.json").write_text(told, encoding="utf-8")
        assert place.trainings.progress().training is None


def test_a_program_that_is_not_there_is_an_os_error(place: Place) -> None:
    place.program.unlink()
    with pytest.raises(FileNotFoundError):
        place.trainings.start("甲")
    assert not place.trainings.progress().is_running
