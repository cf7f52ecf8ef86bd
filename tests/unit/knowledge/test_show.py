"""What ``yibao knowledge show`` prints: every field with where it comes from."""

from __future__ import annotations

import pytest

from knowledge.show import show_topic
from knowledge.store import Knowledge
from tests.knowledge_builder import (
    HOTLINE,
    SHAWAN,
    TACHENG,
    URUMQI,
    WUSU,
    XINJIANG,
    YUTIAN,
    build,
    fact,
    guide,
    line,
    office,
    topic,
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    limit = {
        "kind": "promised",
        "channel": "窗口",
        "unit": "working_days",
        "amount": 2,
        "wording": "2个工作日",
        "qualifier": "原则上",
    }
    return build(
        topic(
            "filing",
            guide(
                XINJIANG,
                {"materials": {"facts": ["自治区的材料。", fact("外国人带护照。", "special_case")]}},
                clause="四、备案",
            ),
            guide(TACHENG, {"time_limit": {"facts": [{"limit": limit}]}}),
            guide(
                SHAWAN,
                {
                    "materials": {
                        "lead": "带两样。",
                        "title": "材料",
                        "warnings": [{"label": "别忘", "text": "原件"}],
                        "facts": ["身份证。"],
                    }
                },
            ),
            guide(URUMQI, {"proxy": "可以代办。"}),
            guide(YUTIAN, {"phone": "不从指南里来。"}),
            name="异地就医备案",
            left_open=[{"id": "ratio", "text": "报销比例", "cues": ["比例"]}],
        ),
        offices=[
            office(
                line(SHAWAN, "0993-6023208", label="沙湾窗口"),
                line(SHAWAN, "0993-6021279", "supervision", label="沙湾监督", doubt="旧名"),
                address="智慧大道105号",
                name="沙湾市医保局",
                hours={"weekdays": [1], "summer": [], "winter": [], "closed": "双休日", "text": "周一至周五"},
            )
        ],
    )


def test_the_whole_of_a_county_with_a_guide_of_its_own(knowledge: Knowledge) -> None:
    assert list(show_topic(knowledge, knowledge.topics["filing"], SHAWAN)) == [
        "异地就医备案（filing）· 沙湾市",
        "\n[materials] 沙湾市指南（2022版） · own",
        "  带两样。",
        "  材料",
        "  【别忘】原件",
        "  - 身份证。",
        "  + 外国人带护照。（新疆维吾尔自治区指南（2023版）四、备案）",
        "\n[time_limit] 塔城地区指南（原件无日期） · inherited",
        "  - 窗口 promised 原则上2个工作日",
        "\n[proxy] 乌鲁木齐市指南（原件无日期） · elsewhere",
        "  - 可以代办。",
        "\n[consultation] 沙湾窗口 0993-6023208",
        "\n[supervision] 沙湾监督 0993-6021279（原件疑有误：旧名）",
        "\n[place] 沙湾市医保局：智慧大道105号",
        "[hours] 周一至周五",
        "\n[文件没写] 报销比例",
    ]


def test_a_county_without(knowledge: Knowledge) -> None:
    shown = "\n".join(show_topic(knowledge, knowledge.topics["filing"], WUSU))
    assert "[materials] 新疆维吾尔自治区指南（2023版）四、备案 · inherited" in shown
    assert "外国人带护照。" in shown
    assert "沙湾" not in shown
    assert HOTLINE not in shown


def test_a_topic_without_content() -> None:
    knowledge = build(topic("empty"))
    assert list(show_topic(knowledge, knowledge.topics["empty"], SHAWAN)) == ["empty办理（empty）· 沙湾市"]
