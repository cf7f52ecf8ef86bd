"""Whether a release may go out: how the exam went, and what it answers otherwise than the one that answers now."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from webhook.publishing.gate import Gate
from webhook.publishing.outcomes import Outcome, Outcomes


@dataclass(frozen=True)
class Difference:
    """A message of the exam that is answered otherwise. ``case``: file and id, with the place of the message."""

    case: str
    text: str
    was_right: bool
    is_right: bool
    before: str
    after: str
    topic: str
    region: str

    @property
    def is_better(self) -> bool:
        return self.is_right and not self.was_right

    @property
    def is_worse(self) -> bool:
        return self.was_right and not self.is_right


@dataclass(frozen=True)
class Verdict:
    """``reasons``: why not, in Chinese; empty: it may go out. ``messages``: how many were asked; ``share``: percent
    fully right. ``compared``: with which release, "" for none."""

    messages: int
    right: int
    foreign: int
    unanswerable: int
    invented: int
    compared: str
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        return not self.reasons

    @property
    def share(self) -> float:
        return _percent(self.right, self.messages)

    @property
    def better(self) -> list[Difference]:
        return [each for each in self.differences if each.is_better]

    @property
    def worse(self) -> list[Difference]:
        return [each for each in self.differences if each.is_worse]

    @property
    def by_topic(self) -> dict[str, int]:
        """Differences by the topic that is answered now, the most first."""
        return dict(Counter(each.topic for each in self.differences).most_common())

    @property
    def by_region(self) -> dict[str, int]:
        return dict(Counter(each.region for each in self.differences).most_common())

    @property
    def headline(self) -> str:
        """In one line, as the report begins."""
        if not self.messages:
            return "没有考题，没有考"
        told = f"{self.messages} 题：答对 {self.right}（{_told(self.share)}）"
        if self.compared:
            told += f"；和正在用的版本比，变好 {len(self.better)}，变差 {len(self.worse)}"
            told += f"，答法不同 {len(self.differences) - len(self.better) - len(self.worse)}"
        return told + ("" if self.is_passed else "（阻止发布）")

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Verdict:
        differences = tuple(Difference(**each) for each in told["differences"])
        return cls(**{**told, "differences": differences, "reasons": tuple(told["reasons"])})


def judge(after: Outcomes, before: Outcomes | None, gate: Gate, compared: str = "") -> Verdict:
    """``before``: of the release ``compared`` that answers now, asked the same on the same day; None: there is none."""
    messages = [turn for _, turns in after.cases.values() for turn in turns]
    differences = compare(after, before) if before is not None else ()
    right = sum(turn.right for turn in messages)
    foreign = [turn for turn in messages if turn.foreign]
    unanswerable = sum(turn.unanswerable for turn in messages)
    invented = sum(turn.invented for turn in messages)
    worse = sum(each.is_worse for each in differences)
    reasons = []
    if messages and _percent(right, len(messages)) < gate.right:
        reasons.append(f"答对 {_told(_percent(right, len(messages)))}，不到 {gate.right:g}%")
    if worse > gate.worse:
        reasons.append(f"变差 {worse} 题，最多允许 {gate.worse} 题")
    if foreign:
        reasons.append(f"{len(foreign)} 题的回答里有别的地方的电话，第一题：{foreign[0].text}")
    if unanswerable and _percent(invented, unanswerable) > gate.invented:
        reasons.append(f"{unanswerable} 题文件没写的里面答了 {invented} 题，超过 {gate.invented:g}%")
    return Verdict(
        messages=len(messages),
        right=right,
        foreign=len(foreign),
        unanswerable=unanswerable,
        invented=invented,
        compared=compared,
        differences=tuple(differences),
        reasons=tuple(reasons),
    )


def compare(after: Outcomes, before: Outcomes) -> Sequence[Difference]:
    """What is answered otherwise, the worse first, then the better."""
    found = []
    for case, (_, turns) in after.cases.items():
        old = before.cases.get(case, ("", ()))[1]
        for number, (then, now) in enumerate(zip(old, turns, strict=False), 1):
            if then.reply != now.reply or then.right != now.right:
                found.append(_difference(f"{case}.{number}" if len(turns) > 1 else case, then, now))
    return sorted(found, key=lambda each: (not each.is_worse, not each.is_better))


def _difference(case: str, then: Outcome, now: Outcome) -> Difference:
    return Difference(case, now.text, then.right, now.right, then.reply, now.reply, now.topic, now.region)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def _told(percent: float) -> str:
    """Rounded down: 92.96 is below 93, and reads so."""
    return f"{math.floor(round(percent * 10, 6)) / 10:.1f}%"
