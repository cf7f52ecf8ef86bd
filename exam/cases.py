"""The questions and dialogues of the exam, as their files hold them (format: tests/dialogue/exam/README.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from knowledge.errors import KnowledgeError
from knowledge.schema import Strict


class ExamError(KnowledgeError):
    """A file of the exam cannot be read; says which line, and what is wrong (in Chinese)."""


class Turn(Strict):
    """One message and what its answer must be. ``region`` and ``care_place``, where the line names them, are codes, or
    None for: none was said; ``must`` holds groups of alternatives, of each of which one must stand in the reply."""

    text: str
    status: tuple[str, ...]
    topic: tuple[str, ...] = ()
    aspect: tuple[str, ...] = ()
    region: str | None = None
    region_also: tuple[str | None, ...] = ()
    care_place: str | None = None
    care_place_also: tuple[str | None, ...] = ()
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()

    def expects(self, field: str) -> bool:
        """Whether the line says anything of ``region`` or ``care_place``."""
        return field in self.__fields_set__

    @property
    def unanswerable(self) -> bool:
        """Whether nothing of ours is an answer: out of scope, or in no document."""
        return bool({*self.status} & {"not_in_documents", "out_of_scope"}) and "answered" not in self.status


class Question(Turn):
    """A message without a conversation."""

    id: str
    style: str = "formal"


class Dialogue(Strict):
    """Turns of one sender, in order."""

    id: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Case:
    """A question (one turn) or a dialogue. ``style`` of a dialogue: ``dialogue``."""

    id: str
    file: str
    style: str
    turns: tuple[Turn, ...]

    @property
    def is_dialogue(self) -> bool:
        return self.style == DIALOGUE


DIALOGUE = "dialogue"


def load_cases(folder: Path, name: str | None = None) -> list[Case]:
    """All files of a folder in the order of their names, or the one called ``name``.

    Raises ``ExamError`` for a folder without files, a line that is no case, and an id that stands twice.
    """
    files = sorted(folder.glob(f"{name or '*'}.jsonl"))
    if not files:
        raise ExamError(f"{folder.name} 里没有考题文件（*.jsonl）")
    cases = [case for path in files for case in read_cases(path.read_text(encoding="utf-8"), path)]
    seen: set[tuple[str, str]] = set()
    for case in cases:
        if (case.file, case.id) in seen:
            raise ExamError(f"{case.file}.jsonl：编号 {case.id} 出现了两次")
        seen.add((case.file, case.id))
    return cases


def read_cases(text: str, path: Path) -> list[Case]:
    """The cases of a file called ``path``. Raises ``ExamError`` for a line that is none."""
    lines = text.splitlines()
    return [_read_case(line, path, number) for number, line in enumerate(lines, 1) if line.strip()]


def _read_case(line: str, path: Path, number: int) -> Case:
    try:
        if '"turns"' in line:
            dialogue = Dialogue.parse_raw(line)
            return Case(dialogue.id, path.stem, DIALOGUE, dialogue.turns)
        question = Question.parse_raw(line)
        return Case(question.id, path.stem, question.style, (question,))
    except (ValidationError, ValueError) as error:
        raise ExamError(f"{path.name} 第 {number} 行读不懂：{_first_problem(error)}") from None


def _first_problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem: dict[str, Any] = dict(error.errors()[0])
        return f"{'.'.join(map(str, problem['loc']))}：{problem['msg']}"
    return str(error)
