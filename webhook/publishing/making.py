"""Makes a release of what the editors' folder holds: check, train where the model no longer fits, sit the exam, compare
with the release that answers. Nothing is published here."""

from __future__ import annotations

import filecmp
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.memory_state import MemoryConversations
from bot.state import State
from exam.cases import Case, load_cases
from knowledge.editor.git import Git, GitError
from knowledge.editor.release import Release, ReleaseError, Releases
from knowledge.editor.train import check_trainable, train_model
from nlu.fingerprint import fingerprint
from webhook.assembly import load_assistant
from webhook.publishing.folders import Folders
from webhook.publishing.gate import Gate
from webhook.publishing.outcomes import Outcomes, sit_exam
from webhook.publishing.verdict import Verdict, judge

Progress = Callable[[str], None]

EVERY = 200
"""Questions of the exam between two lines of progress."""


@dataclass(frozen=True)
class Made:
    """``is_new`` False: nothing had changed, and ``release`` is the one that answers."""

    release: Release
    verdict: Verdict
    is_new: bool


def make_release(
    folders: Folders, gate: Gate, progress: Progress, *, by: str, last_resort_number: str | None = None
) -> Made:
    """Some twenty seconds for changed facts, a minute with training. One at a time: see ``Trainings.turn``.

    Raises ``ContentErrors`` for mistakes in the content, ``ExamError``, ``ReleaseError``, ``OSError``; then nothing has
    changed.
    """
    begun = time.monotonic()
    progress("1/4 检查内容…")
    knowledge = check_trainable(folders.content, folders.data)
    progress(
        f"    {len(knowledge.topics)} 个事项，{len(knowledge.offices)} 个机构，{len(knowledge.regions.by_code)} 个地区"
    )
    releases = Releases(folders.var)
    releases.prepare()
    releases.clear_drafts()
    live = _live(releases, last_resort_number)
    print_of_it = fingerprint(knowledge, folders.data)
    fits = live is not None and live.report.get("fingerprint") == print_of_it
    if live is not None and fits and _same(live.content, folders.content):
        progress(f"和正在用的版本 {live.id} 一样，不用再做")
        return Made(live, verdict_of(live), is_new=False)
    draft = releases.begin(live.model if live is not None and fits else None, folders.content)
    try:
        if fits:
            progress("2/4 只改了事实，模型不用重新训练")
        else:
            progress("2/4 读训练数据、训练模型…")
            with tempfile.TemporaryDirectory() as folder:
                made = train_model(folders.project, folders.content, folders.data, Path(folder))
                draft.model.write_bytes(made.read_bytes())
        trained = round(time.monotonic() - begun, 1)
        progress(f"    用时 {trained} 秒")
        cases = load_cases(folders.exam) if folders.exam is not None else []
        outcomes, verdict = _examine(draft, live, cases, gate, progress, last_resort_number)
        progress(f"    {verdict.headline}")
        report = {
            "trained_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "seconds": trained,
            "by": by,
            "kind": "facts" if fits else "trained",
            "topics": len(knowledge.topics),
            "regions": len(knowledge.regions.by_code),
            "fingerprint": print_of_it,
            "commit": _commit(folders.history),
            "verdict": verdict.to_json(),
        }
        release = releases.finish(draft, report, outcomes.to_json())
    except BaseException:
        releases.drop(draft)
        raise
    progress(f"4/4 版本 {release.id} 做好了")
    return Made(release, verdict, is_new=True)


def verdict_of(release: Release) -> Verdict:
    """What the report says. Of a release without an exam: one over nothing. Raises ``ReleaseError``."""
    told = release.report.get("verdict")
    try:
        return Verdict.from_json(told) if told else judge(Outcomes("", {}), None, Gate())
    except (KeyError, TypeError) as error:
        raise ReleaseError(f"版本 {release.id} 的 report.json 读不懂。请运行：yibao train") from error


def _examine(
    draft: Release,
    live: Release | None,
    cases: list[Case],
    gate: Gate,
    progress: Progress,
    last_resort_number: str | None,
) -> tuple[Outcomes, Verdict]:
    progress(f"3/4 考试：{len(cases)} 份考题…")

    def tell(done: int) -> None:
        if done % EVERY == 0:
            progress(f"    考了 {done}/{len(cases)}")

    after = sit_exam(draft, cases, last_resort_number, tell)
    if live is None:
        return after, judge(after, None, gate)
    known = Outcomes.from_json(live.outcomes)
    before = sit_exam(live, cases, last_resort_number, known=known)
    return after, judge(after, before, gate, live.id)


def _live(releases: Releases, last_resort_number: str | None) -> Release | None:
    """The release to compare with; one that is broken is none: training is what mends it."""
    try:
        release = releases.live()
        _ = release.report
        load_assistant(release, last_resort_number, State(MemoryConversations()))
    except ReleaseError:
        return None
    return release


def _same(one: Path, other: Path) -> bool:
    names = [{p.relative_to(folder).as_posix() for p in folder.rglob("*.yml")} for folder in (one, other)]
    return names[0] == names[1] and not any(filecmp.cmpfiles(one, other, names[0], shallow=False)[1:])


def _commit(folder: Path) -> str:
    """What the folder's last commit is, with a mark where something is changed since; "" without git."""
    try:
        git = Git(folder)
        head = git.head()
        return (head + ("" if git.is_clean(".") else "+")) if head else ""
    except GitError:
        return ""
