"""A small content on disk: two topics, two levels of which one differs, one office. Loads in milliseconds."""

from __future__ import annotations

import json
from pathlib import Path

from knowledge.editor.workspace import Workspace, make_workspace
from tests.knowledge_builder import SHAWAN, TACHENG

NUMBER = "0993-6023208"

CONTENT = {
    "regions.yml": f"""\
regions:
  - {{code: "000000", name: 中华人民共和国, kind: country, short: 全国}}
  - {{code: "650000", name: 新疆维吾尔自治区, kind: province, parent: "000000", short: 新疆}}
  - {{code: "{TACHENG}", name: 塔城地区, kind: prefecture, parent: "650000", short: 塔城地区}}
  - {{code: "{SHAWAN}", name: 沙湾市, kind: county, parent: "{TACHENG}", short: 沙湾}}
  - {{code: "653226", name: 于田县, kind: county, parent: "650000", short: 于田}}
""",
    "sources.yml": f"""\
sources:
  - {{id: shawan_sheets, title: 沙湾市办事指南, short: 沙湾市办事指南, region: "{SHAWAN}", file: shawan.txt}}
  - {{id: guide, title: 新疆办事指南, short: 新疆办事指南, region: "650000", file: xinjiang.txt}}
""",
    "offices.yml": f"""\
# 一个号码只写在这里一处。
offices:
  - id: shawan_bureau
    name: 沙湾市医疗保障局
    short: 沙湾市医保局
    regions: ["{SHAWAN}"]
    businesses: [all]
    address: 沙湾市迎宾路1号 # 新楼
    source: shawan_sheets
    lines:
      - id: shawan_window
        number: {NUMBER}
        purpose: consultation
        businesses: [all]
        regions: ["{SHAWAN}"]
        label: 沙湾市医保局窗口
        source: shawan_sheets
        anchor: 咨询电话
""",
    "terms.yml": "terms:\n  - {text: 统筹区, gloss: 医保管理的地区范围, kind: term}\n",
    "closing_notes.yml": "closing_notes: []\n",
    "not_covered.yml": "not_covered: []\n",
    "lawful_differences.yml": "lawful_differences: []\n",
    "reviews.yml": "reviews: []\n",
    "corrections.yml": "corrections: []\n",
    "other_scripts.yml": "other_scripts: []\n",
    "menu.yml": """\
contact: 电话和地址
none_of_these: 都不是
other_region: 其他县市
more: 看其他的
topics: [newborn_enrolment]
aspects: {materials: 要带什么, time_limit: 多久办好}
shelves:
  - label: 参保
    families:
      - {label: 个人参保, topics: [newborn_enrolment, unit_enrolment]}
""",
    "topics/enrolment/newborn_enrolment.yml": f"""\
id: newborn_enrolment
family: enrolment
name: 新生儿参保登记
kind: service
label: 新生儿参保
aliases: [新生儿医保]
default_aspects: [materials]
guides:
  - published_by: "650000"
    source: guide
    aspects:
      materials:
        - {{id: materials, lead: 带两样材料。, facts: [身份证。, 户口簿。]}}
      time_limit:
        - id: time_limit
          facts:
            - limit: {{kind: stated, amount: 5, unit: working_days, wording: 5个工作日}}
  - published_by: "{SHAWAN}"
    source: shawan_sheets
    aspects:
      materials:
        - id: materials
          lead: 带一样材料。
          facts:
            - 户口簿本人页。
      time_limit:
        - id: time_limit
          facts:
            - limit: {{kind: stated, amount: 15, unit: working_days, wording: 15个工作日}}
""",
    "topics/enrolment/unit_enrolment.yml": """\
id: unit_enrolment
family: enrolment
name: 单位参保登记
kind: service
label: 单位参保
default_aspects: [materials]
guides:
  - published_by: "650000"
    source: guide
    aspects:
      materials:
        - {id: materials, facts: [营业执照。]}
""",
}

EXAMPLES = """\
version: "3.1"
nlu:
- intent: {intent}
  examples: |
    - {example}
"""

DATA = {
    "enrolment/newborn_enrolment.yml": EXAMPLES.format(intent="newborn_enrolment", example="娃娃咋上医保"),
    "enrolment/unit_enrolment.yml": EXAMPLES.format(intent="unit_enrolment", example="公司怎么参保"),
    "conversation/not_in_documents.yml": EXAMPLES.format(intent="not_in_documents", example="养老金多少"),
    "conversation/out_of_scope.yml": EXAMPLES.format(intent="out_of_scope", example="天气怎么样"),
}

CASE = {
    "id": "q-1",
    "text": "沙湾医保局电话",
    "style": "terse",
    "status": ["answered"],
    "topic": [],
    "aspect": ["phone"],
    "region": SHAWAN,
    "must": [[NUMBER]],
    "must_not": [],
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def make_small_workspace(folder: Path) -> Workspace:
    """A folder of the editors' in ``folder``."""
    content, data = write(folder / "from" / "content", CONTENT), write(folder / "from" / "data", DATA)
    exam = write(folder / "from" / "exam", {"questions.jsonl": json.dumps(CASE, ensure_ascii=False) + "\n"})
    return make_workspace(folder / "editors", content, data, exam)
