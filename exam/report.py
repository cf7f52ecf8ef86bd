"""What the exam showed: shares by topic, aspect, region and style, the pairs that were confused, and every miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader

from exam.cases import Turn
from exam.sitting import Graded, Sat
from knowledge.schema import RegionKind
from knowledge.store import Knowledge

TEMPLATES = Path(__file__).parent / "templates"

NONE = "（不比对）"
"""Stands for the group of a turn that expects nothing of the kind."""


@dataclass(frozen=True)
class Share:
    """``right`` of ``all``; nothing is 100 %."""

    name: str
    right: int
    all: int

    @property
    def percent(self) -> float:
        return 100 * self.right / self.all if self.all else 100.0

    def __str__(self) -> str:
        return f"{self.right}/{self.all}（{self.percent:.1f}%）"


@dataclass(frozen=True)
class Confusion:
    """``times`` that ``given`` was answered where ``expected`` was asked."""

    expected: str
    given: str
    times: int
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Read by people: ``text()`` and ``page()`` are in Chinese."""

    sat: Sequence[Sat]
    knowledge: Knowledge

    @cached_property
    def questions(self) -> list[Graded]:
        return [sat.turns[0] for sat in self.sat if not sat.case.is_dialogue]

    @cached_property
    def turns(self) -> list[Graded]:
        """All turns of all dialogues."""
        return [turn for sat in self.sat if sat.case.is_dialogue for turn in sat.turns]

    @cached_property
    def misses(self) -> list[Graded]:
        """Turns that are not fully correct, questions first."""
        return [turn for turn in (*self.questions, *self.turns) if not turn.right]

    @property
    def headline(self) -> list[Share]:
        """The figures that decide whether this may go out."""
        dialogues = [sat for sat in self.sat if sat.case.is_dialogue]
        unanswerable = [turn for turn in self.questions if turn.turn.unanswerable]
        everything = [*self.questions, *self.turns]
        return [
            _share("问题，一次答对", self.questions, lambda turn: turn.right),
            _share("问题，点一下以内答对", self.questions, lambda turn: turn.by_tap),
            _share("对话，每一句", self.turns, lambda turn: turn.right),
            Share("对话，整段", sum(sat.right for sat in dialogues), len(dialogues)),
            _share("没有别的地方的号码", everything, lambda turn: not turn.foreign),
            _share("不该答的没有乱答", unanswerable, lambda turn: not turn.invented),
        ]

    @property
    def groups(self) -> dict[str, list[Share]]:
        """Shares of questions and turns by what was expected, the worst first."""
        everything = [*self.questions, *self.turns]
        styles = [(_label("styles", sat.case.style), sat.turns[0]) for sat in self.sat if not sat.case.is_dialogue]
        return {
            "事项": _by(everything, lambda turn: self._topic_name((turn.topic or [NONE])[0])),
            "要素": _by(everything, lambda turn: _label("aspects", (turn.aspect or [NONE])[0])),
            "参保地": _by(everything, self._region_name),
            "问法": _tally((style, graded.right) for style, graded in styles),
            "考卷": _tally((sat.case.file, sat.right) for sat in self.sat),
        }

    @property
    def confusions(self) -> list[Confusion]:
        """Topics (or statuses, where no topic was answered) taken for each other, the worst pairs first."""
        pairs: dict[tuple[str, str], list[str]] = {}
        for graded in self.misses:
            expected, given = graded.turn.topic, graded.reply.topic
            if expected and given not in expected:
                pairs.setdefault((expected[0], given or graded.reply.status), []).append(graded.id)
        rows = [Confusion(*pair, len(ids), tuple(ids)) for pair, ids in pairs.items()]
        return sorted(rows, key=lambda row: (-row.times, row.expected, row.given))

    def text(self) -> str:
        """The whole report as plain text."""
        lines = [f"{share.name}：{share}" for share in self.headline]
        for title, shares in self.groups.items():
            lines += ["", f"按{title}，差的在前："]
            lines += [f"  {share.percent:5.1f}%  {share.right}/{share.all}  {share.name}" for share in shares]
        lines += ["", "答成了别的事项，多的在前："]
        lines += [f"  {row.times} 次  {row.expected} → {row.given}  {' '.join(row.ids)}" for row in self.confusions]
        lines += ["", f"没有答对的 {len(self.misses)} 句："]
        for graded in self.misses:
            lines.append(f"  {graded.id}  {graded.turn.text}")
            lines += [f"      {each}" for each in graded.wrong]
        return "\n".join(lines)

    def page(self) -> str:
        """The report as one HTML page without scripts or anything from elsewhere."""
        environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
        return environment.get_template("report.html").render(report=self)

    def _topic_name(self, topic: str) -> str:
        known = self.knowledge.topics.get(topic)
        return known.label if known else topic

    def _region_name(self, turn: Turn) -> str:
        """The prefecture, so that groups are large enough to say something."""
        if turn.region is None:
            return "没说" if turn.expects("region") else NONE
        regions = self.knowledge.regions
        own = regions.by_code[turn.region]
        around = (row for row in (own, *regions.ancestors(turn.region)) if row.kind is RegionKind.PREFECTURE)
        return next(around, own).name


def _label(kind: str, name: str) -> str:
    return _labels()[kind].get(name, name)


@lru_cache(maxsize=1)
def _labels() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(
        (Path(__file__).parent / "labels.yml").read_text(encoding="utf-8")
    )
    return found


def _share(name: str, turns: Sequence[Graded], right: Callable[[Graded], bool]) -> Share:
    return Share(name, sum(map(right, turns)), len(turns))


def _by(turns: Iterable[Graded], group: Callable[[Turn], str]) -> list[Share]:
    return _tally((group(graded.turn), graded.right) for graded in turns)


def _tally(rows: Iterable[tuple[str, bool]]) -> list[Share]:
    everything: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for name, is_right in rows:
        everything[name] += 1
        right[name] += is_right
    shares = [Share(name, right[name], count) for name, count in everything.items()]
    return sorted(shares, key=lambda share: (share.percent, -share.all, share.name))
