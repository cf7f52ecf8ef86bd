"""One broken file a mistake: an editor reads where it is, what it is, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.errors import ContentError, ContentErrors
from knowledge.schema import Aspect
from knowledge.store import load_knowledge

TOPIC = "topics/remote_care/remote_care_filing.yml"

FILES = {
    "regions.yml": """\
regions:
  - {code: "000000", name: 中华人民共和国, kind: country, short: 全国}
  - {code: "650000", name: 新疆维吾尔自治区, kind: province, parent: "000000", short: 新疆}
  - {code: "653200", name: 和田地区, kind: prefecture, parent: "650000", short: 和田地区}
  - {code: "653226", name: 于田县, kind: county, parent: "653200", short: 于田}
""",
    "sources.yml": """\
sources:
  - id: yutian_filing
    title: 于田县医疗保障局异地就医备案流程
    short: 于田县流程
    region: "653226"
    file: yutian.txt
  - id: xinjiang_guide
    title: 新疆办事指南（2023版）
    short: 新疆办事指南
    region: "650000"
    edition: 2023版
    file: xinjiang.txt
    headings: '^（[一二三]+）'
""",
    "offices.yml": """\
offices:
  - id: yutian_bureau
    name: 于田县医疗保障局
    short: 于田县医保局
    regions: ["653226"]
    businesses: [remote_care]
    hours:
      weekdays: [1, 2]
      summer: [{opens: 10:00, closes: "14:00"}]
      winter: [{opens: "10:30", closes: "14:00"}]
      closed: 双休日
      text: 周一至周二
    source: yutian_filing
    lines:
      - id: yutian_consultation
        number: 0903-6811802
        purpose: consultation
        businesses: [all]
        regions: ["653226"]
        label: 于田县医保局
        source: yutian_filing
        anchor: 咨询电话
""",
    "terms.yml": """\
terms:
  - {text: 统筹区, gloss: 医保管理的地区范围, kind: term}
""",
    "closing_notes.yml": """\
closing_notes:
  - published_by: "653226"
    source: yutian_filing
    clause: 一、异地就医备案方式
    topics: [remote_care]
    aspects:
      rules:
        - {id: note, facts: [办完可以评价]}
""",
    "not_covered.yml": """\
not_covered:
  - {source: yutian_filing, text: 页脚, reason: 不是内容}
""",
    "menu.yml": """\
contact: 电话和地址
none_of_these: 都不是
other_region: 其他县市
topics: [remote_care_filing]
""",
    TOPIC: """\
id: remote_care_filing
family: remote_care
name: 异地就医备案
kind: service
label: 异地备案
guides:
  - published_by: "653226"
    source: yutian_filing
    aspects:
      steps:
        - id: phone_steps
          ordered: true
          facts:
            - 第一步
            - {text: 第二步, source: xinjiang_guide, clause: （一）备案}
      time_limit:
        - when: {care_regions: ["650000"]}
          facts:
            - limit: {kind: stated, amount: 2, unit: working_days, wording: 2个工作日}
              valid_from: 2023-01-01
              valid_until: 2024-01-01
questions:
  - id: which_type
    text: 您是哪一种？
    choices:
      - {label: 退休, send: 我退休了, topic: remote_care_filing}
      - {label: 都不是, send: 都不是, choose: which_type}
next:
  - {label: 要带什么, send: 备案要带什么, aspects: [materials]}
left_open:
  - {id: costs, text: 要多少钱, cues: [多少钱]}
""",
}


@dataclass(frozen=True)
class Mistake:
    """``old`` in ``file`` is replaced by ``new``; the error must name ``field`` and hold ``words``."""

    file: str
    old: str
    new: str
    field: str
    words: str


LABEL_OF_17 = "一二三四五六七八九十一二三四五六七"
SIX_CHOICES = "\n".join(f"      - {{label: 选项{n}, send: 选项{n}}}" for n in range(6))

MISTAKES = {
    "not_yaml": Mistake(TOPIC, "label: 异地备案", "label: '异地备案", "行", "YAML 写法有误"),
    "tab": Mistake("terms.yml", "  - {text", "\t- {text", "第2行", "制表符"),
    "same_key_twice": Mistake(
        TOPIC, "kind: service", "kind: service\nkind: rule", "kind", "第5行，“kind”在同一层写了两次"
    ),
    "not_a_list": Mistake("terms.yml", "terms:\n  - ", "terms:\n  ", "（整个文件）", "列表“terms:”"),
    "unknown_key_of_file": Mistake("terms.yml", "terms:", "extra: 1\nterms:", "extra", "没有“extra”这个字段"),
    "not_a_mapping": Mistake(
        "terms.yml", "- {text: 统筹区, gloss: 医保管理的地区范围, kind: term}", "- 统筹区", "terms[0]", "字段: 值"
    ),
    "unknown_field": Mistake(TOPIC, "label:", "lable:", "lable", "没有“lable”这个字段。怎么改：是不是“label”？"),
    "unknown_field_deep": Mistake(
        TOPIC, "ordered:", "orderd:", "guides[0].aspects.steps[0].orderd", "是不是“ordered”？"
    ),
    "missing_field": Mistake("sources.yml", "    short: 于田县流程\n", "", "sources[0].short", "缺少必填的字段“short”"),
    "wrong_type": Mistake(TOPIC, "name: 异地就医备案", "name: [异地, 就医]", "name", "要写文字"),
    "not_a_number": Mistake("offices.yml", "[1, 2]", "[周一]", "offices[0].hours.weekdays[0]", "要写整数"),
    "list_wanted": Mistake(
        TOPIC, "topic: remote_care_filing}\n", "aspects: steps}\n", "choices[0].aspects", "要写成列表"
    ),
    "bad_date": Mistake(TOPIC, "2024-01-01", "二〇二四年", "valid_until", "日期写法不对"),
    "wrong_aspect": Mistake(
        TOPIC, "time_limit:", "timelimit:", "guides[0].aspects.timelimit", "没有“timelimit”这个方面"
    ),
    "wrong_choice_of_kind": Mistake(TOPIC, "kind: service", "kind: servise", "kind", "是不是“service”？"),
    "bad_number": Mistake("offices.yml", "0903-6811802", "09036811802", "lines[0].number", "如 0903-6811802"),
    "bad_time": Mistake("offices.yml", "10:00", "10点", "summer[0].opens", "时:分"),
    "bad_code": Mistake("regions.yml", '"653200", name', '"65320", name', "regions[2].code", "六位数字"),
    "fact_with_neither": Mistake(TOPIC, "- 第一步", "- {role: main}", "steps[0].facts[0]", "二选一"),
    "amount_is_not_in_wording": Mistake(TOPIC, "amount: 2", "amount: 3", "facts[0].limit", "amount 必须和 wording"),
    "unit_is_not_in_wording": Mistake(TOPIC, "working_days", "calendar_days", "limit.unit", "工作日和自然日不能混"),
    "dates_swapped": Mistake(
        TOPIC, "2023-01-01", "2025-01-01", "time_limit[0].facts[0]", "valid_from 晚于 valid_until"
    ),
    "file_name": Mistake(
        TOPIC, "id: remote_care_filing\n", "id: filing\n", "id", "和文件名“remote_care_filing.yml”不一致"
    ),
    "folder": Mistake(TOPIC, "family: remote_care", "family: care", "family", "文件却在文件夹“remote_care”里"),
    "unknown_source": Mistake(
        TOPIC,
        "source: yutian_filing",
        "source: yutian",
        "guides[0].source",
        "没有“yutian”这个来源。怎么改：是不是“yutian_filing”",
    ),
    "unknown_source_of_fact": Mistake(
        TOPIC, "source: xinjiang_guide,", "source: x,", "facts[1].source", "没有“x”这个来源"
    ),
    "closing_note_of_unknown_topic": Mistake(
        "closing_notes.yml", "[remote_care]", "[remote]", "closing_notes[0].topics", "没有“remote”这项业务"
    ),
    "unknown_publisher": Mistake(TOPIC, '"653226"', '"653299"', "guides[0].published_by", "没有代码为“653299”的地区"),
    "unknown_region_of_condition": Mistake(
        TOPIC, '["650000"]', '["659999"]', "when.care_regions", "没有代码为“659999”"
    ),
    "unknown_region_of_line": Mistake(
        "offices.yml",
        '[all]\n        regions: ["653226"]',
        '[all]\n        regions: ["653220"]',
        "lines[0].regions",
        "没有代码为“653220”",
    ),
    "unknown_parent": Mistake(
        "regions.yml", 'parent: "653200"', 'parent: "653100"', "653226.parent", "没有代码为653100的地区"
    ),
    "unknown_business": Mistake(
        "offices.yml", "[remote_care]", "[remote]", "offices[0].businesses", "没有“remote”这项业务"
    ),
    "unknown_topic_of_choice": Mistake(
        TOPIC, "topic: remote_care_filing", "topic: filing", "choices[0].topic", "没有“filing”这个事项"
    ),
    "unknown_topic_that_answers": Mistake(
        TOPIC, "cues: [多少钱]", "cues: [多少钱], answered_by: costs", "left_open[0].answered_by", "没有“costs”这个事项"
    ),
    "answered_by_itself": Mistake(
        TOPIC,
        "cues: [多少钱]",
        "cues: [多少钱], answered_by: remote_care_filing",
        "left_open[0].answered_by",
        "写的是这个事项自己",
    ),
    "unknown_question": Mistake(
        TOPIC, "choose: which_type", "choose: which", "choices[1].choose", "没有“which”这个反问"
    ),
    "unknown_topic_of_menu": Mistake(
        "menu.yml", "[remote_care_filing]", "[filing]", "topics[0]", "没有“filing”这个事项"
    ),
    "guide_without_clause": Mistake(
        TOPIC, "source: yutian_filing", "source: xinjiang_guide", "guides[0].clause", "分章节，却没有写 clause"
    ),
    "fact_without_clause": Mistake(TOPIC, ", clause: （一）备案", "", "facts[1].clause", "分章节，却没有写 clause"),
    "same_source_twice": Mistake(
        "sources.yml", "id: xinjiang_guide", "id: yutian_filing", "sources[1]", "“yutian_filing”写了两次"
    ),
    "same_region_twice": Mistake("regions.yml", '"653200", name', '"653226", name', "653226", "代码出现了两次"),
    "bad_expression": Mistake("sources.yml", "^（[一二三]+）", "^（[一二三+", "sources[1].headings", "正则表达式"),
    "long_label": Mistake(TOPIC, "label: 要带什么", f"label: {LABEL_OF_17}", "next[0].label", "有17个字，最多16个"),
    "untappable": Mistake(TOPIC, "send: 备案要带什么", "send: 备案&材料", "next[0].send", "微信点不动"),
    "too_many_options": Mistake(
        TOPIC, "    choices:\n", f"    choices:\n{SIX_CHOICES}\n", "questions[0].choices", "有8个选项，最多5个"
    ),
    "phone_in_a_guide": Mistake(
        TOPIC,
        "      steps:",
        "      phone: [{facts: [打电话问]}]\n      steps:",
        "aspects.phone[0]",
        "电话只写在 offices.yml",
    ),
    "empty_block": Mistake(
        TOPIC, "      steps:", "      fee: [{id: fee}]\n      steps:", "aspects.fee[0]", "这一段是空的"
    ),
    "closes_before_it_opens": Mistake(
        "offices.yml",
        'closes: "14:00"}]\n      winter',
        'closes: "09:00"}]\n      winter',
        "hours.summer[0]",
        "开门晚于",
    ),
    "no_such_weekday": Mistake("offices.yml", "[1, 2]", "[1, 8]", "hours.weekdays", "1到7"),
}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path, name, text)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def mistakes_in(content: Path) -> list[ContentError]:
    with pytest.raises(ContentErrors) as caught:
        load_knowledge(content)
    return caught.value.errors


def test_sound_content_loads(content: Path) -> None:
    knowledge = load_knowledge(content)

    assert list(knowledge.sources) == ["yutian_filing", "xinjiang_guide"]
    assert knowledge.offices["yutian_bureau"].lines[0].number == "0903-6811802"
    assert [term.text for term in knowledge.terms] == ["统筹区"]
    assert knowledge.regions.get("653226") is not None
    assert knowledge.menu.topics == ["remote_care_filing"]
    steps = knowledge.topics["remote_care_filing"].guides[0].aspects[Aspect.STEPS]
    assert [fact.text for fact in steps[0].facts] == ["第一步", "第二步"]


def test_a_time_of_day_without_quotes_is_text(content: Path) -> None:
    hours = load_knowledge(content).offices["yutian_bureau"].hours

    assert hours is not None
    assert hours.summer[0].opens == "10:00"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_file_field_cause_and_remedy(name: str, content: Path) -> None:
    mistake = MISTAKES[name]
    text = FILES[mistake.file]
    assert mistake.old in text
    write(content, mistake.file, text.replace(mistake.old, mistake.new, 1))

    found = mistakes_in(content)

    fitting = [each for each in found if each.file == mistake.file and mistake.field in each.field]
    assert any(mistake.words in str(each) for each in fitting), [str(each) for each in found]
    assert all(each.remedy for each in found)


def test_a_closing_note_is_added_to_the_services_of_its_document(content: Path) -> None:
    [own, note] = load_knowledge(content).topics["remote_care_filing"].guides

    assert Aspect.STEPS in own.aspects
    assert [fact.text for fact in note.aspects[Aspect.RULES][0].facts] == ["办完可以评价"]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("closing_notes.yml", "topics: [remote_care]", "topics: []"),
        (
            TOPIC,
            '  - published_by: "653226"\n    source: yutian_filing',
            '  - published_by: "650000"\n    source: yutian_filing',
        ),
        (TOPIC, "      steps:", "      rules: [{id: note, facts: [这里不能评价]}]\n      steps:"),
    ],
    ids=["of_other_topics", "of_another_publisher", "said_better_by_the_service"],
)
def test_a_closing_note_stays_out(content: Path, file: str, before: str, after: str) -> None:
    assert before in FILES[file]
    write(content, file, FILES[file].replace(before, after))

    guides = load_knowledge(content).topics["remote_care_filing"].guides

    assert not [b for g in guides[1:] for blocks in g.aspects.values() for b in blocks if b.id == "note"]


def test_an_invalid_value_is_told_with_its_line(content: Path) -> None:
    write(content, TOPIC, FILES[TOPIC].replace("- 第一步", "- {txt: 第一步}"))

    unknown = next(each for each in mistakes_in(content) if each.field.endswith(".txt"))

    assert unknown.cause.startswith("第14行，")


def test_all_mistakes_of_all_files_are_told_together(content: Path) -> None:
    write(content, "terms.yml", "terms:\n  - {text: 统筹区}\n  - {kind: term}\n")
    write(content, TOPIC, FILES[TOPIC].replace("kind: service", "sort: service"))
    write(content, "offices.yml", FILES["offices.yml"].replace("source: yutian_filing", "source: yutian"))
    (content / "menu.yml").unlink()

    found = mistakes_in(content)

    assert {each.file for each in found} == {"terms.yml", "menu.yml", "offices.yml", TOPIC}
    assert len(found) == 7


def test_what_a_broken_file_would_have_held_is_not_missed(content: Path) -> None:
    write(content, "sources.yml", FILES["sources.yml"].replace("file: yutian.txt", "folder: yutian.txt"))
    write(content, TOPIC, FILES[TOPIC].replace("kind: service", "kind: servise"))

    assert len(mistakes_in(content)) == 2


def test_all_broken_references_are_told_together(content: Path) -> None:
    write(content, TOPIC, FILES[TOPIC].replace("653226", "999999").replace("topic: remote_care_filing", "topic: x"))
    write(content, "offices.yml", FILES["offices.yml"].replace("[remote_care]", "[y]"))

    assert len(mistakes_in(content)) == 3


def test_the_message_lists_every_mistake(content: Path) -> None:
    write(content, "terms.yml", "terms:\n  - {text: 统筹区}\n  - {kind: term}\n")

    with pytest.raises(ContentErrors) as caught:
        load_knowledge(content)

    assert str(caught.value).splitlines()[0] == "内容有2处错误："
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("name", ["topics/remote_care_filing.yml", "topics/remote_care/more/a.yml", "topics/a/b.yaml"])
def test_a_topic_in_the_wrong_place_is_told(name: str, content: Path) -> None:
    write(content, name, FILES[TOPIC])

    assert [(each.file, each.cause) for each in mistakes_in(content)] == [(name, "文件放错了地方")]


def test_a_file_that_is_not_utf8_is_told(content: Path) -> None:
    (content / "terms.yml").write_bytes("terms: []  # 术语".encode("gbk"))

    assert "UTF-8" in str(mistakes_in(content)[0])
