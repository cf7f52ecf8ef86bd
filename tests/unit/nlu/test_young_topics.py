"""A topic with a handful of examples gets help, one with enough gets none."""

from __future__ import annotations

from nlu.training import Example
from nlu.young_topics import ENOUGH, FRAMES, SELDOM, bring_up, telling_names

NAMES = {"sharing": ("家庭共济",), "filing": ("备案",)}
OLD = [Example(f"第{n}种备案的问法", "filing") for n in range(ENOUGH)]
OWN = [Example("家庭共济怎么绑定", "sharing"), Example("共济账户能绑几个人", "sharing")]


def texts(examples: list[Example], intent: str) -> set[str]:
    return {example.text for example in examples if example.intent == intent}


def test_without_a_young_topic_nothing_changes() -> None:
    assert bring_up(OLD, {"filing": ("备案",)}) == OLD


def test_whoever_says_its_name_is_understood() -> None:
    brought = texts(bring_up([*OLD, *OWN], NAMES), "sharing")
    assert {frame.format("家庭共济") for frame in FRAMES} <= brought
    assert {example.text for example in OWN} <= brought


def test_a_name_is_asked_without_its_head_too() -> None:
    brought = texts(bring_up([*OLD, *OWN], {**NAMES, "sharing": ("医保家庭共济",)}), "sharing")
    assert {"医保家庭共济咋弄", "家庭共济咋弄"} <= brought


def test_what_was_asked_of_it_before_it_had_an_answer_is_its_own() -> None:
    before = [Example("共济能不能给公婆用", "not_in_documents"), Example("养老金多少", "not_in_documents")]
    brought = bring_up([*OLD, *OWN, *before], NAMES)
    assert "共济能不能给公婆用" in texts(brought, "sharing")
    assert texts(brought, "not_in_documents") == {"养老金多少"}


def test_words_that_other_topics_say_take_nothing_over() -> None:
    others = [Example(f"备案里的共济怎么写{n}", "filing") for n in range(9)]
    before = [Example("共济能不能给公婆用", "not_in_documents")]
    brought = bring_up([*OLD, *others, *OWN, *before], NAMES)
    assert texts(brought, "not_in_documents") == {"共济能不能给公婆用"}


def test_what_is_much_like_its_examples_is_no_longer_taught_as_having_none() -> None:
    before = [Example("账户能绑几个人呀", "out_of_scope"), Example("天气怎么样", "out_of_scope")]
    others = [Example(f"我的账户能绑几个人呀{n}", "filing") for n in range(9)]
    brought = bring_up([*OLD, *others, *OWN, *before], NAMES)
    assert texts(brought, "out_of_scope") == {"天气怎么样"}


def test_the_examples_of_a_grown_topic_are_all_kept() -> None:
    brought = bring_up([*OLD, *OWN], NAMES)
    assert texts(brought, "filing") == {example.text for example in OLD}


def test_a_name_tells_a_young_topic_that_hardly_any_other_example_holds() -> None:
    names = {"sharing": ("医保家庭共济", "共济账户"), "filing": ("备案",)}
    others = [Example(f"共济账户怎么查{n}", "filing") for n in range(SELDOM + 1)]
    before = [Example(f"家庭共济绑几个{n}", "not_in_documents") for n in range(9)]
    told = telling_names([*OLD, *others, *OWN, *before], names)
    assert told == {"医保家庭共济": "sharing", "家庭共济": "sharing"}
