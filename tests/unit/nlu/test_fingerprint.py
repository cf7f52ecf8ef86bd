"""A changed fact needs no training; whatever training learns from does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge.regions import Regions
from knowledge.schema import Region, Term
from knowledge.store import Knowledge
from nlu.fingerprint import fingerprint
from tests.knowledge_builder import SHAWAN, TACHENG, build, guide, line, office, topic

EXAMPLE = "nlu:\n- intent: filing\n  examples: |\n    - 备案怎么办\n"


def knowledge(number: str = "0993-6023208", text: str = "带身份证。", **fields: Any) -> Knowledge:
    guides = [guide(TACHENG, {"materials": text, "steps": "先申请。"})]
    filing = topic("filing", *guides, **{"name": "异地就医备案", "aliases": ["异地备案"], **fields})
    return build(filing, topic("transfer", guide(TACHENG, {"steps": "转。"})), offices=[office(line(SHAWAN, number))])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "remote_care").mkdir(parents=True)
    (folder / "remote_care" / "filing.yml").write_text(EXAMPLE, encoding="utf-8")
    (folder / "chat.yml").write_text("nlu: []\n", encoding="utf-8")
    return folder


def with_region(old: Knowledge, **fields: Any) -> Knowledge:
    row = {"code": "654224", "name": "托里县", "kind": "county", "parent": TACHENG, "short": "托里", **fields}
    return replace(old, regions=Regions([*old.regions.by_code.values(), Region.parse_obj(row)]))


def with_term(text: str) -> Knowledge:
    return replace(knowledge(), terms=[Term(text=text, kind="menu")])


def question(*examples: str) -> list[dict[str, object]]:
    return [{"id": "fee", "text": "要不要交钱", "cues": ["交钱"], "examples": list(examples)}]


FACTS: Mapping[str, Knowledge] = {
    "a phone number": knowledge(number="0993-7654321"),
    "the text of a fact": knowledge(text="带身份证和户口本。"),
    "the aspects by default": knowledge(default_aspects=["materials"]),
    "an office": replace(knowledge(), offices={}),
    "a source": replace(knowledge(), sources={}),
    "an open question without examples": knowledge(left_open=question()),
    "a term that is no word": with_term("A1（正反面）"),
}


@pytest.mark.parametrize("changed", FACTS.values(), ids=FACTS)
def test_a_changed_fact_keeps_the_model(changed: Knowledge, data: Path) -> None:
    assert changed != knowledge()
    assert fingerprint(changed, data) == fingerprint(knowledge(), data)


LEARNT: Mapping[str, Knowledge] = {
    "a name": knowledge(name="异地看病备案"),
    "a label": knowledge(label="备案"),
    "a new alias": knowledge(aliases=["异地备案", "外地备案"]),
    "an alias less": knowledge(aliases=[]),
    "an example of an open question": knowledge(left_open=question("备案要不要交钱")),
    "a new region": with_region(knowledge()),
    "a name of a region": with_region(knowledge(), short="托里县"),
    "an alias of a region": with_region(knowledge(), aliases=["老风口"]),
    "a term": with_term("就医地"),
    "another term": with_term("参保地"),
    "a topic less": build(topic("transfer", guide(TACHENG, {"steps": "转。"}))),
    "another id": build(topic("filing2"), topic("transfer")),
}


@pytest.mark.parametrize("changed", LEARNT.values(), ids=LEARNT)
def test_what_is_learnt_from_needs_training(changed: Knowledge, data: Path) -> None:
    assert fingerprint(changed, data) != fingerprint(knowledge(), data)


def test_every_state_has_a_fingerprint_of_its_own(data: Path) -> None:
    told = {fingerprint(changed, data) for changed in LEARNT.values()}
    assert len(told) == len(LEARNT)


def an_example_more(data: Path) -> None:
    file = data / "remote_care" / "filing.yml"
    file.write_text(EXAMPLE + "    - 备案咋弄\n", encoding="utf-8")


def an_example_less(data: Path) -> None:
    (data / "remote_care" / "filing.yml").write_text("nlu: []\n", encoding="utf-8")


def a_file_more(data: Path) -> None:
    (data / "app").mkdir()
    (data / "app" / "new.yml").write_text("nlu: []\n", encoding="utf-8")


def a_file_less(data: Path) -> None:
    (data / "chat.yml").unlink()


def another_name(data: Path) -> None:
    (data / "chat.yml").rename(data / "talk.yml")


@pytest.mark.parametrize(
    "change", [an_example_more, an_example_less, a_file_more, a_file_less, another_name], ids=lambda each: each.__name__
)
def test_changed_examples_need_training(change: Callable[[Path], None], data: Path) -> None:
    before = fingerprint(knowledge(), data)
    change(data)
    assert fingerprint(knowledge(), data) != before


def test_where_the_examples_stand_does_not_matter(data: Path, tmp_path: Path) -> None:
    before = fingerprint(knowledge(), data)
    (data / "notes.txt").write_text("x", encoding="utf-8")
    assert fingerprint(knowledge(), data.rename(tmp_path / "elsewhere")) == before


def test_what_was_learnt_with_another_program_does_not_fit(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(knowledge(), data)
    changed = data.parent / "concepts.yml"
    changed.write_text("{}", encoding="utf-8")
    monkeypatch.setattr("nlu.fingerprint.CONCEPTS", changed)
    assert fingerprint(knowledge(), data) != before
