"""The editors' folder as the pages see it: what it holds now, who may change what, what a change would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import HTTPException

from bot.accounts import Account, Permission
from exam.amend import amend_folder
from exam.cases import Case, ExamError, load_cases, read_cases
from knowledge.content_files import Loc
from knowledge.editor.form import Edit, read_edit
from knowledge.editor.places import NoPlaceError, Place, find_place, new_place
from knowledge.editor.workspace import CONTENT, EXAM, Change, Workspace, WorkspaceError, edit, version_of
from knowledge.editor.yaml_text import PlaceError
from knowledge.regions import XINJIANG
from knowledge.store import Knowledge

SHORTEST_LITERAL = 4
"""Characters of a fact that is looked for in what the exam expects."""


@dataclass(frozen=True)
class Opened:
    """A place with the whole file's text and version."""

    place: Place
    text: str
    version: str


class Drafts:
    """``workspace`` None: the program runs without a folder of the editors' own."""

    def __init__(self, workspace: Workspace | None) -> None:
        self._workspace = workspace
        self._load = lru_cache(maxsize=1)(self._load_digest)

    @property
    def workspace(self) -> Workspace:
        """Raises NoWorkspaceError where there is none that changes can be kept in."""
        workspace = self._workspace or Workspace(Path("/nonexistent"))
        workspace.check_there()
        return workspace

    def knowledge(self) -> Knowledge:
        """What the folder holds now, read anew when it changed. Raises ``ContentErrors``, NoWorkspaceError."""
        return self._load(self.workspace.digest())

    def _load_digest(self, _digest: str) -> Knowledge:
        return self.workspace.knowledge()

    def open(self, file: str, at: str, *, is_new: bool = False) -> Opened:
        """Raises HTTPException 404 for what is not there, WorkspaceError."""
        text, version = self.workspace.read(f"{CONTENT}/{file}")
        try:
            return Opened(new_place(file, text, at) if is_new else find_place(file, text, at), text, version)
        except NoPlaceError:
            raise HTTPException(404) from None

    def change(self, opened: Opened, form: Mapping[str, str], version: str) -> tuple[Edit, Change]:
        """What the form makes of the place. ``version``: of the file when the form was made. Raises
        ChangedMeanwhileError, WorkspaceError."""
        filled = read_edit(opened.place, form)
        try:
            return filled, edit(self.workspace, f"{CONTENT}/{opened.place.file}", version, filled.steps)
        except PlaceError:
            raise WorkspaceError("这一处在文件里是引用别处的（&、*），请改它引用的那一处，或直接改文件") from None

    def with_exam(self, change: Change, filled: Edit) -> tuple[Change, int]:
        """The change with what the exam expects changed along, and in how many cases: where a changed text stands in
        there to the letter."""
        texts, versions, count = dict(change.texts), dict(change.versions), 0
        folder = self.workspace.exam
        told = [(old, new) for _, old, new in filled.changes if "\n" not in old + new]
        pairs = [(old, new) for old, new in told if min(len(old), len(new)) >= SHORTEST_LITERAL]
        for name, (text, cases) in amend_folder(folder, pairs).items():
            file = f"{EXAM}/{name}"
            versions[file] = version_of((folder / name).read_text(encoding="utf-8"))
            texts[file], count = text, count + cases
        return Change(texts, versions), count

    def cases(self, change: Change | None = None) -> Sequence[Case]:
        """The editors' exam, after ``change``; none where there is none, or it cannot be read: the check tells of
        that."""
        texts = {file.removeprefix(f"{EXAM}/"): text for file, text in (change.texts if change else {}).items()}
        try:
            held = load_cases(self.workspace.exam)
            changed = [
                each
                for name, text in texts.items()
                if name.endswith(".jsonl")
                for each in read_cases(text or "", Path(name))
            ]
        except ExamError:
            return ()
        now = {(case.file, case.id): case for case in changed}
        return [now.get((case.file, case.id), case) for case in held]


def may_edit(account: Account, codes: Sequence[str], knowledge: Knowledge) -> bool:
    """``codes``: of the regions that a change is about; none: everybody in Xinjiang."""
    regions = knowledge.regions
    return all(account.may(Permission.EDIT, code, regions.is_within) for code in codes or (XINJIANG,))


def regions_of(place: Place, data: object) -> list[str]:
    """The codes that a place is about: the publisher of its guide, the regions of its office; none where it is about
    everybody."""
    loc: Loc = place.loc
    held = data
    for number, step in enumerate(loc):
        try:
            held = held[step]  # type: ignore[index]  # whatever YAML holds
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(held, dict) and number >= 1:
            if isinstance(held.get("published_by"), str):
                return [held["published_by"]]
            if isinstance(held.get("regions"), list):
                return [str(code) for code in held["regions"]]
    return []
