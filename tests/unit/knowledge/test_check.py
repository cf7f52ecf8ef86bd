"""The check compares to the letter: a small document, sound content, and one planted mistake a test."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from knowledge.editor.check import Finding, Severity, check
from knowledge.editor.literals import Literal, Terms, find_figures, find_literals, stands_in
from knowledge.editor.sources import Passage, SourceDocuments, find_folder, normalise
from knowledge.errors import SourcesError
from knowledge.store import load_knowledge

TOPIC = "topics/account/reimbursement.yml"

GUIDE = """\
甲县医疗保障局办事指南

一、医疗费用报销

（一）门诊费用报销

受理对象：参保人员，含在异地就医备案的
办理材料：
1.《门诊费用报销申请
表》；
2.  处方底方。
申请应当在三十日内提出，满 12 个工作日可以在新疆医保服务平台查询，
点击底部【提交报销】按钮，欠费
近三个月的除外，只能选 3-4家（限于1-2级医院），办理备案180天
以上才可以取消。

法定办结时限：30工作日
承诺办结时限：20工作日
办事时间：周一至周五
夏季   10:00:00至14:00:00
 16:00:00至20:00:00
冬季   10:30:00至14:00:00
 16:00:00至19:30:00
（双休日及国家法定节假日外）
办理地点：
甲地区 甲县书香街道智慧
大道105号A区3-5号窗口
咨询查询途径：
座机：0993-6023208
监督投诉渠道：
0993－6021279

（二）住院费用报销

办理材料：出院记录，满15个工作日。
咨询查询途径：
座机：0993-6023207
监督投诉渠道：
0993-6021279
"""

FILES = {
    "regions.yml": """\
regions:
  - {code: "000000", name: 中华人民共和国, kind: country, short: 全国}
  - {code: "650000", name: 新疆维吾尔自治区, kind: province, parent: "000000", short: 新疆}
  - {code: "659000", name: 甲地区, kind: prefecture, parent: "650000", short: 甲地区}
  - {code: "659001", name: 甲县, kind: county, parent: "659000", short: 甲县}
  - {code: "659002", name: 乙县, kind: county, parent: "659000", short: 乙县}
""",
    "sources.yml": """\
sources:
  - id: guide
    title: 甲县医疗保障局办事指南
    short: 甲县指南
    region: "659001"
    file: guide.txt
    headings: '^(?:[一二]、|（[一二]）)'
""",
    "offices.yml": """\
offices:
  - id: bureau
    name: 甲县医疗保障局
    short: 甲县医保局
    regions: ["659001"]
    businesses: [all]
    address: 甲县书香街道智慧大道105号A区3-5号窗口
    hours:
      weekdays: [1, 2, 3, 4, 5]
      summer: [{opens: 10:00, closes: 14:00}, {opens: 16:00, closes: 20:00}]
      winter: [{opens: 10:30, closes: 14:00}, {opens: 16:00, closes: 19:30}]
      closed: 双休日及国家法定节假日
      text: 夏季10:00至14:00、16:00至20:00，冬季10:30至14:00、16:00至19:30
    source: guide
    clause: （一）门诊费用报销
    lines:
      - id: window
        number: 0993-6023208
        purpose: consultation
        businesses: [reimbursement]
        regions: ["659001"]
        label: 甲县医保局
        source: guide
        anchor: 座机：
      - id: supervision
        number: 0993-6021279
        purpose: supervision
        businesses: [all]
        regions: ["659001"]
        label: 甲县医保局
        source: guide
        anchor: 监督投诉渠道：
""",
    "terms.yml": """\
terms:
  - {text: 新疆医保服务平台, kind: app}
  - {text: 处方底方, kind: form}
""",
    "closing_notes.yml": "closing_notes: []\n",
    "not_covered.yml": "not_covered: []\n",
    "menu.yml": "{contact: 电话, none_of_these: 都不是, other_region: 其他, topics: []}\n",
    TOPIC: """\
id: reimbursement
family: account
name: 门诊费用报销
kind: service
label: 门诊报销
guides:
  - published_by: "659001"
    source: guide
    clause: （一）门诊费用报销
    aspects:
      materials:
        - facts:
            - 1. 《门诊费用报销申请表》和处方底方。
            - {text: 住院的带“出院记录”，满15个工作日。, clause: （二）住院费用报销}
      steps:
        - lead: 近三个月的欠费除外。
          title: 三十日内申请：
          warnings: [{label: 别点错, text: 点【提交报销】。}]
          ordered: true
          facts:
            - 满12个工作日在新疆医保服务平台查。
            - 选3-4家，限1-2级医院。
          left_open: [180天怎么算]
      time_limit:
        - facts:
            - limit: {kind: statutory, amount: 30, unit: working_days, wording: 30工作日}
            - limit: {kind: promised, amount: 20, unit: working_days, wording: 20工作日}
              valid_until: 2030-12-31
left_open:
  - {id: ratio, text: 满180天以后报多少, cues: [报多少]}
questions:
  - id: which
    text: 您是哪一种？
    choices: [{label: 门诊, send: 门诊费用报销}]
""",
}


class Planted(NamedTuple):
    """``old`` in ``file`` is replaced by ``new``; the finding must name ``field`` and hold ``words``."""

    file: str
    old: str
    new: str
    field: str
    words: str


STEPS = "guides[0].aspects.steps[0]"
LINES = "offices[0].lines"

ERRORS = {
    "limit_in_a_text": Planted(TOPIC, "满12个", "满2个", f"{STEPS}.facts[0].text", "“2个工作日”"),
    "unit_in_a_text": Planted(TOPIC, "满12个工作日", "满12个自然日", f"{STEPS}.facts[0].text", "“12个自然日”"),
    "chinese_limit": Planted(TOPIC, "三十日", "二十日", f"{STEPS}.title", "“二十日”"),
    "figure_in_a_lead": Planted(TOPIC, "近三个月", "近六个月", f"{STEPS}.lead", "“近六个月”"),
    "digits_for_numerals": Planted(TOPIC, "近三个月", "近3个月", f"{STEPS}.lead", "“3个月”"),
    "range": Planted(TOPIC, "3-4家", "3-5家", f"{STEPS}.facts[1].text", "“3-5家”"),
    "figure_left_open": Planted(TOPIC, "[180天怎么算]", "[90天怎么算]", f"{STEPS}.left_open[0]", "“90天”"),
    "figure_of_an_open_question": Planted(TOPIC, "满180天", "满90天", "left_open[0].text", "“90天”"),
    "form": Planted(TOPIC, "报销申请表》", "申请表》", "materials[0].facts[0].text", "“门诊费用申请表”"),
    "part_of_a_form": Planted(TOPIC, "《门诊费用报销申请表》", "《申请表》", "materials[0].facts[0].text", "“申请表”"),
    "button": Planted(TOPIC, "【提交报销】", "【提交】", f"{STEPS}.warnings[0].text", "“提交”"),
    "quote": Planted(TOPIC, "“出院记录”", "“出院证明”", "materials[0].facts[1].text", "“出院证明”"),
    "straight_quote": Planted(TOPIC, "“出院记录”", '"出院证明"', "materials[0].facts[1].text", "“出院证明”"),
    "open_quote": Planted(TOPIC, "“出院记录”", "“出院记录", "materials[0].facts[1].text", "不成对"),
    "term": Planted(TOPIC, "带“出院记录”", "带处方底方", "materials[0].facts[1].text", "“处方底方”"),
    "figure_of_another_section": Planted(TOPIC, "满12个", "满15个", f"{STEPS}.facts[0].text", "的别处有"),
    "listed_after_all": Planted(
        TOPIC, "选3-4家", "没列处方底方和病历，选3-4家", f"{STEPS}.facts[1].text", "说没列“处方底方”"
    ),
    "clause": Planted(TOPIC, "（二）住院费用报销", "（二）住院报销", "facts[1].clause", "是不是“（二）住院费用报销”？"),
    "wording_of_a_limit": Planted(TOPIC, "wording: 20工作日", "wording: 20个工作日", "limit.wording", "“20个工作日”"),
    "kinds_of_limit_swapped": Planted(
        TOPIC, "kind: promised", "kind: statutory", "facts[1].limit", "法定和承诺有没有写反"
    ),
    "phone_in_a_text": Planted(TOPIC, "选3-4家", "问6023208，选3-4家", f"{STEPS}.facts[1].text", "电话号码“6023208”"),
    "mobile_phone_in_a_text": Planted(
        TOPIC, "label: 门诊,", "label: 13999912345,", "choices[0].label", "“13999912345”"
    ),
    "digit_of_a_phone": Planted(
        "offices.yml", "6023208", "6023209", f"{LINES}[0].number", "里没有“座机：0993-6023209”"
    ),
    "no_anchor": Planted("offices.yml", "anchor: 座机：", 'anchor: ""', f"{LINES}[0].anchor", "空着"),
    "purpose": Planted("offices.yml", "purpose: supervision", "purpose: consultation", f"{LINES}[1].purpose", "监督"),
    "line_of_another_county": Planted(
        "offices.yml",
        '["659001"]\n        label: 甲县',
        '["659002"]\n        label: 甲县',
        f"{LINES}[0].regions",
        "甲县",
    ),
    "line_of_another_business": Planted(
        "offices.yml", "6023208", "6023207", f"{LINES}[0].businesses", "“reimbursement”在原件里的电话是0993-6023208"
    ),
    "address": Planted("offices.yml", "105号", "106号", "offices[0].address", "不一致，或没有抄全"),
    "address_without_its_end": Planted("offices.yml", "A区3-5号窗口", "A区", "offices[0].address", "没有抄全"),
    "address_without_its_beginning": Planted("offices.yml", "甲县书香", "香", "offices[0].address", "没有抄全"),
    "opening_hours": Planted("offices.yml", "opens: 10:30", "opens: 10:00", "hours.winter[0]", "没有10:00至14:00"),
    "text_of_opening_hours": Planted("offices.yml", "19:30\n    source", "19:00\n    source", "hours.text", "19:00"),
    "weekdays": Planted("offices.yml", "4, 5]", "4]", "hours.weekdays", "没有写星期一、二、三、四办公"),
    "closed": Planted("offices.yml", "双休日及国家", "周末及国家", "hours.closed", "“周末及国家法定节假日”"),
    "term_of_no_document": Planted("terms.yml", "处方底方", "处方存根", "terms[1].text", "哪份原件里都没有"),
    "edition": Planted("sources.yml", "    file", "    edition: 2023版\n    file", "sources.guide.edition", "“2023版”"),
    "missing_document": Planted("sources.yml", "guide.txt", "guides.txt", "sources.guide.file", "文件夹里没有"),
}

WARNINGS = {
    "hedge": Planted(TOPIC, "选3-4家", "一般选3-4家", f"{STEPS}.facts[1].text", "含糊的话“一般”"),
    "exclamation": Planted(TOPIC, "医院。", "医院！", f"{STEPS}.facts[1].text", "感叹号"),
    "emoji": Planted(TOPIC, "医院。", "医院👍", f"{STEPS}.facts[1].text", "表情符号"),
    "long_text": Planted(TOPIC, "医院。", f"医院{'，人多' * 20}。", f"{STEPS}.facts[1].text", "超过60个"),
    "many_steps": Planted(
        TOPIC, "            - 选", "            - 去\n" * 4 + "            - 选", f"{STEPS}.facts", "最多5步"
    ),
    "unused_term": Planted(TOPIC, "和处方底方", "", "terms[1].text", "没有一条内容用到"),
    "expired": Planted(TOPIC, "2030-12-31", "2023-12-31", "facts[1].valid_until", "已经到期"),
}


def findings(folder: Path, planted: Planted | None = None, *, compare: bool = True, **more: object) -> list[Finding]:
    for name, text in FILES.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if planted is not None and planted.file == name:
            assert planted.old in text
            text = text.replace(planted.old, planted.new, 1)
        path.write_text(text, encoding="utf-8")
    (folder / "guide.txt").write_text(GUIDE, encoding="utf-8")
    knowledge = load_knowledge(folder / "content")
    documents = SourceDocuments(folder, knowledge.sources) if compare else None
    return check(knowledge, documents, today=date(2024, 5, 1), **more)  # type: ignore[arg-type]


def test_sound_content_has_no_findings(tmp_path: Path) -> None:
    assert [str(each) for each in findings(tmp_path)] == []


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_found(name: str, tmp_path: Path) -> None:
    _assert_found(findings(tmp_path, ERRORS[name]), ERRORS[name], Severity.ERROR)


@pytest.mark.parametrize("name", WARNINGS)
def test_a_warning_is_found(name: str, tmp_path: Path) -> None:
    _assert_found(findings(tmp_path, WARNINGS[name]), WARNINGS[name], Severity.WARNING)


def _assert_found(found: list[Finding], planted: Planted, severity: Severity) -> None:
    fitting = [each for each in found if planted.field in each.field and planted.words in str(each)]
    assert fitting, [str(each) for each in found]
    assert {each.severity for each in fitting} == {severity}
    assert all(each.remedy for each in fitting)


def test_a_line_must_serve_what_its_document_gives_its_number(tmp_path: Path) -> None:
    left_out = Planted("offices.yml", "[reimbursement]", "[]", "", "")

    assert ["businesses 里没有" in str(each) for each in findings(tmp_path, left_out)] == [True]


OTHER_LINE = """\
      - id: inpatient
        number: 0993-6023207
        purpose: consultation
        businesses: [reimbursement]
        regions: ["659001"]
        label: 甲县医保局
        source: guide
        anchor: 座机：
"""


def test_a_number_stands_once(tmp_path: Path) -> None:
    again = Planted(
        "offices.yml", "anchor: 座机：", "anchor: 座机：\n" + OTHER_LINE.replace("6023207", "6023208").rstrip(), "", ""
    )

    assert ["一个号码只能写一次" in str(each) for each in findings(tmp_path, again)] == [True]


def test_a_hedge_inside_a_name_is_the_sources_own(tmp_path: Path) -> None:
    named = Planted(TOPIC, "选3-4家", "看“一般规定”，选3-4家", "", "")

    assert not [each for each in findings(tmp_path, named) if each.severity is Severity.WARNING]


def test_what_is_said_not_to_be_listed_need_not_stand_there(tmp_path: Path) -> None:
    absent = Planted(TOPIC, "带“出院记录”", "带“出院记录”（没列处方底方）", "", "")

    assert findings(tmp_path, absent) == []


def test_few_examples_are_a_warning(tmp_path: Path) -> None:
    found = findings(tmp_path, examples={"reimbursement": 19})

    assert ["只有19条训练例句" in str(each) for each in found] == [True]
    assert findings(tmp_path, examples={"reimbursement": 20}) == []


def test_without_documents_only_one_line_says_so(tmp_path: Path) -> None:
    found = findings(tmp_path, ERRORS["limit_in_a_text"], compare=False)

    assert [each.severity for each in found] == [Severity.WARNING]
    assert "没有和原件比对" in str(found[0])


def test_errors_come_first(tmp_path: Path) -> None:
    both = Planted(TOPIC, "选3-4家", "一般选3-5家", "", "")

    assert [each.severity for each in findings(tmp_path, both)] == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("1. 满180天", ["180天"]),
        ("１、即时办结", []),
        ("2个工作日，3-4家", ["2个工作日", "3-4家"]),
        ("2021年9月1日前，初始密码111111", ["2021年9月1日", "111111"]),
        ("自用工之日起三十日内", ["三十日"]),
        ("近三个月、逾期3个月", ["3个月", "近三个月"]),
        ("每周三、周四16:00-20:00", ["16:00-20:00", "周三", "周四"]),
        ("拨打0993-6023208", []),
        ("回到第2步，哪一级都行，换一家", []),
    ],
)
def test_figures_are_found_with_their_unit(text: str, figures: list[str]) -> None:
    assert find_figures(text) == figures


def test_the_longest_term_counts() -> None:
    terms = Terms(["新疆医保服务", "新疆医保服务平台"])

    assert find_literals("搜新疆医保服务平台", terms) == [Literal("term", "新疆医保服务平台")]


@pytest.mark.parametrize(
    ("literal", "text", "stands"),
    [
        (Literal("figure", "2个工作日"), "12个工作日", False),
        (Literal("figure", "2个工作日"), "办结2个工作日", True),
        (Literal("figure", "三十日"), "二百三十日", False),
        (Literal("figure", "10:00"), "10:00:00", True),
        (Literal("quote", "备案表"), "《异地就医登记备案表》", False),
        (Literal("quote", "备案表"), "2.备案表;《异地就医登记备案表》", True),
        (Literal("quote", "提交"), "【提交】", True),
    ],
)
def test_a_literal_stands_whole(literal: Literal, text: str, stands: bool) -> None:
    assert stands_in(literal, Passage(normalise(text))) is stands


def test_a_section_ends_at_the_next_heading_and_holds_its_subheadings(tmp_path: Path) -> None:
    findings(tmp_path)
    documents = SourceDocuments(tmp_path, load_knowledge(tmp_path / "content").sources)

    first = documents.section("guide", "（一）门诊费用报销")
    parent = documents.section("guide", "一、医疗费用报销")

    assert first is not None
    assert "处方底方" in first
    assert "出院记录" not in first
    assert parent is not None
    assert "出院记录" in parent
    assert documents.section("guide", "（一）") is None
    assert documents.section("guide", "（三）没有") is None


def test_two_sections_of_one_heading_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "guide.txt").write_text("登记\n甲条件\n查询\n登记\n乙条件\n", encoding="utf-8")
    documents = _documents(tmp_path, "^(?:登记|查询)$")

    both = documents.section("guide", "登记")

    assert both is not None
    assert "甲条件" in both
    assert "乙条件" in both
    assert "甲条件登记" not in both


def test_a_heading_may_run_over_two_lines(tmp_path: Path) -> None:
    (tmp_path / "guide.txt").write_text("（一）享受\n待遇认定\n条件\n", encoding="utf-8")

    assert _documents(tmp_path, "^（一）").section("guide", "（一）享受待遇认定") is not None


def test_an_expression_that_finds_no_heading_is_told(tmp_path: Path) -> None:
    (tmp_path / "guide.txt").write_text("甲\n", encoding="utf-8")

    with pytest.raises(SourcesError, match="一个标题也没找到"):
        _documents(tmp_path, "^第一章")


def _documents(folder: Path, headings: str) -> SourceDocuments:
    content = folder / "content"
    findings(content)
    source = load_knowledge(content / "content").sources["guide"].copy(update={"headings": headings})
    return SourceDocuments(folder, {"guide": source})


def test_the_folder_beside_the_project_is_found(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    assert find_folder(project) is None

    beside = tmp_path / "shared" / "sources"
    beside.mkdir(parents=True)

    assert find_folder(project) == beside
    assert find_folder(project, tmp_path) == tmp_path
    with pytest.raises(SourcesError, match="没有文件夹"):
        find_folder(project, tmp_path / "absent")
