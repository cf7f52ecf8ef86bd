"""Two topics that are taught the same, and what one leaves open that another now answers."""

from __future__ import annotations

from knowledge.editor.findings import Severity
from knowledge.editor.overlaps import Spoken, check_examples, check_left_open
from tests.knowledge_builder import XINJIANG, build, guide, topic

PLAIN = {"overview": {"facts": ["先到窗口办。"]}}
KNOWLEDGE = build(
    topic(
        "withdrawal",
        guide(XINJIANG, PLAIN),
        left_open=[
            {"id": "family", "text": "家庭共济怎么绑", "cues": ["共济"]},
            {"id": "heirs", "text": "几个继承人怎么分", "cues": ["继承"]},
        ],
    ),
    topic("family_account", guide(XINJIANG, PLAIN), name="个人账户家庭共济绑定", label="家庭共济"),
)


def spoken(intent: str, *texts: str) -> list[Spoken]:
    return [Spoken(f"data/{intent}.yml", "nlu[0].examples", intent, text) for text in texts]


def test_the_same_example_in_two_topics_is_an_error() -> None:
    examples = [*spoken("filing", "怎么备案"), *spoken("cancelling", "怎么 备案？")]
    [found] = check_examples(examples)
    assert found.severity is Severity.ERROR
    assert (found.file, "data/filing.yml（filing）" in found.cause) == ("data/cancelling.yml", True)


def test_the_same_example_twice_in_one_topic_is_a_reminder() -> None:
    [found] = check_examples(spoken("filing", "怎么备案", "怎么备案"))
    assert (found.severity, "写了两遍" in found.cause) == (Severity.WARNING, True)


def test_topics_with_three_pairs_of_like_examples_overlap() -> None:
    one = spoken("filing", "去北京看病怎么备案", "手机上面怎么办理备案", "异地备案要几天能办好", "退休了咋备案")
    other = spoken("cancelling", "去北京看病怎么备案呢", "手机上面怎么办理备案啊", "异地备案要几天能办好吗")
    [found] = check_examples([*one, *other])
    assert found.severity is Severity.WARNING
    assert "cancelling 和 filing 有3对例句几乎一样" in found.cause
    assert list(check_examples([*one, *other[1:]])) == []


def test_what_is_left_open_may_be_answered_by_a_new_topic() -> None:
    [found] = check_left_open(KNOWLEDGE, {"family_account": 5})
    assert found.field == "left_open[0]"
    assert "新加的“家庭共济”也许答了" in found.cause
    assert "写 family_account" in found.remedy


def test_only_of_a_new_topic_and_only_until_it_is_handed_over() -> None:
    assert list(check_left_open(KNOWLEDGE, {"withdrawal": 5})) == []
    handed = build(
        topic(
            "withdrawal",
            guide(XINJIANG, PLAIN),
            left_open=[{"id": "family", "text": "家庭共济怎么绑", "cues": ["共济"], "answered_by": "family_account"}],
        ),
        topic("family_account", guide(XINJIANG, PLAIN), label="家庭共济"),
    )
    assert list(check_left_open(handed, {"family_account": 5})) == []
