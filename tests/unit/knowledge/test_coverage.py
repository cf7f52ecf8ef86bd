"""What a document says and the content does not, found by the check that reads from the document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knowledge.editor.coverage import check_coverage
from knowledge.editor.findings import Finding, Severity
from knowledge.editor.sources import SourceDocuments
from knowledge.editorial import NotCovered
from knowledge.schema import Source
from knowledge.store import Knowledge
from tests.knowledge_builder import XINJIANG, build, guide, topic

DOCUMENT = """\
办事指南
（一）门诊费用报销
受理对象：参保人员。
办理材料：
1.有效身份证件；
2.《门诊费用
报销申请表》（加盖公章）；
办理时限：20个工作日
办理方式：进入【服务大厅】办理，咨询0991-1234567
办事时间：10:00:00至14:00:00
16:00:00至20:00:00
（二）住院费用报销
办理时限：30个工作日
"""

HELD = [
    "参保人员可以办。",
    "带有效身份证件。",
    "《门诊费用报销申请表》，加盖公章。",
    "办理时限20个工作日。",
    "进入“服务大厅”办理，咨询0991-1234567。",
    "10:00至14:00，16:00至20:00。",
]
INPATIENT = "住院的办理时限：30个工作日。"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "guide.txt").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path


def held(*facts: str, exceptions: list[dict[str, Any]] | None = None, inpatient: str = INPATIENT) -> Knowledge:
    knowledge = build(
        topic("outpatient", guide(XINJIANG, {"overview": {"facts": list(facts)}}, clause="（一）门诊费用报销")),
        topic("inpatient", guide(XINJIANG, {"overview": {"facts": [inpatient]}}, clause="（二）住院费用报销")),
    )
    source = Source(
        id="xinjiang_guide",
        title="办事指南",
        short="指南",
        region=XINJIANG,
        file="guide.txt",
        headings="^（[一二]）",
    )
    knowledge.sources["xinjiang_guide"] = source
    knowledge.not_covered.extend(NotCovered.parse_obj(row) for row in exceptions or [])
    return knowledge


def found(folder: Path, knowledge: Knowledge) -> list[Finding]:
    return check_coverage(knowledge, SourceDocuments(folder, knowledge.sources))


def causes(folder: Path, knowledge: Knowledge) -> str:
    return " ".join(f"{each.field}{each.cause}" for each in found(folder, knowledge))


def test_a_document_that_is_held_whole_has_no_findings(document: Path) -> None:
    assert found(document, held(*HELD)) == []


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("有效身份证件", "句子“有效身份证件”"),
        ("申请表", "名称“门诊费用报销申请表”"),
        ("20个工作日", "数字“20个工作日”"),
        ("服务大厅", "名称“服务大厅”"),
        ("0991-1234567", "电话“0991-1234567”"),
        ("16:00至20:00", "数字“16:00:00”"),
    ],
)
def test_what_is_left_out_is_told(document: Path, left_out: str, told: str) -> None:
    facts = [fact for fact in HELD if left_out not in fact]

    assert told in causes(document, held(*facts))


def test_what_another_section_holds_does_not_count(document: Path) -> None:
    told = causes(document, held(*HELD, "30个工作日。", inpatient="住院的报销。"))

    assert "(二)住院费用报销数字“30个工作日”" in told


def test_an_exception_explains_one_line(document: Path) -> None:
    facts = [fact for fact in HELD if "20个" not in fact]
    row = {"source": "xinjiang_guide", "clause": "（一）门诊费用报销", "text": "20个工作日", "reason": "已改"}

    told = causes(document, held(*facts, exceptions=[row]))

    assert "数字“20个工作日”" not in told


@pytest.mark.parametrize(
    "row",
    [
        {"source": "xinjiang_guide", "text": "有效身份证件", "reason": "已写"},
        {"source": "xinjiang_guide", "clause": "（二）住院费用报销", "text": "20个工作日", "reason": "写错了标题"},
    ],
    ids=["held_by_now", "another_section"],
)
def test_an_exception_that_explains_nothing_is_told(document: Path, row: dict[str, Any]) -> None:
    told = found(document, held(*HELD, exceptions=[row]))

    assert [each.severity for each in told] == [Severity.WARNING]
    assert "删掉" in told[0].remedy
