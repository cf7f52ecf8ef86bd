"""What stands first in an answer, what is not said twice, and what a short message goes on with."""

from __future__ import annotations

from knowledge.browse import ROOT, browse_options
from knowledge.conversation import Answer, Browse, Memory
from knowledge.schema import Aspect
from tests.knowledge_builder import SHAWAN, XINJIANG, Talk, build, guide, line, office, topic

WINDOW = "0993-6023208"
LIMIT = {"facts": [{"limit": {"kind": "stated", "unit": "at_once", "wording": "即时办结"}}]}

KNOWLEDGE = build(
    topic(
        "enrolment",
        guide(
            SHAWAN,
            {
                "overview": "可以参保。",
                "materials": [
                    {"facts": ["身份证。", "登记表。"]},
                    {"cues": ["外国人"], "lead": "外国人另要护照。", "facts": ["护照。", "登记表。"], "detail": True},
                ],
                "time_limit": LIMIT,
                "channels": {"lead": "窗口、网上都能办。", "facts": ["网上：平台。"]},
                "rules": {"cues": ["两个月内"], "lead": "两个月内补齐。", "detail": True},
            },
        ),
        name="参保登记",
        left_open=[{"id": "amount", "text": "缴费金额", "cues": ["交多少钱"]}],
    ),
    offices=[office(line(SHAWAN, WINDOW), address="智慧大道105号")],
)


def aspects(given: Answer) -> list[Aspect]:
    return [section.aspect for section in given.sections]


def ask(text: str, *asked: str, intent: str = "enrolment") -> Answer:
    return Talk(KNOWLEDGE, SHAWAN).hear(intent, text, aspects=asked)


def test_a_limit_asked_for_stands_before_what_a_cue_chose() -> None:
    assert aspects(ask("外国人参保登记要几天", "time_limit"))[:2] == [Aspect.TIME_LIMIT, Aspect.MATERIALS]


def test_a_rule_that_the_cue_chose_stands_before_the_limit() -> None:
    assert aspects(ask("参保登记两个月内补齐行不行", "time_limit"))[0] is Aspect.RULES


def test_a_limit_asked_for_beside_something_else_waits() -> None:
    assert aspects(ask("外国人要带什么，几天办好", "materials", "time_limit"))[0] is Aspect.MATERIALS


def test_nothing_is_said_twice() -> None:
    texts = [row.text for section in ask("外国人要带什么", "materials").sections for row in section.lines]
    assert texts.count("登记表。") == 1
    assert "身份证。" in texts


def test_the_office_asked_for_stands_first_and_the_other_ways_behind_it() -> None:
    found = aspects(ask("参保登记在哪里办", "place"))
    assert (found[0], Aspect.CHANNELS in found) == (Aspect.PLACE, True)


def test_a_number_asked_for_is_given_beside_what_is_left_open() -> None:
    given = ask("参保登记交多少钱，电话多少", "phone")
    assert (given.status, given.contact and given.contact.number) == ("answered", WINDOW)
    assert given.left_open == ("缴费金额",)


def test_what_no_document_says_of_a_named_service() -> None:
    given = ask("参保登记要交多少钱", intent="not_in_documents")
    assert (given.status, given.topic, given.left_open) == ("not_in_documents", "enrolment", ("缴费金额",))


def test_what_every_document_says_of_a_named_service_is_not_missing() -> None:
    given = ask("参保登记要带什么", "materials", intent="not_in_documents")
    assert (given.status, given.topic) == ("answered", "enrolment")


def test_a_bare_aspect_goes_on_though_it_sounds_like_small_talk() -> None:
    talk = Talk(KNOWLEDGE, SHAWAN)
    talk.hear("enrolment", "参保登记", aspects=["overview"])
    assert talk.hear("smalltalk", "多久办好", aspects=["time_limit"]).topic == "enrolment"


def test_a_follow_up_chooses_by_its_own_words() -> None:
    talk = Talk(KNOWLEDGE, SHAWAN)
    talk.hear("enrolment", "参保登记要带什么", aspects=["materials"])
    assert talk.hear("follow_up", "外国人呢").sections[0].lead == "外国人另要护照。"


def test_a_place_in_a_menu_that_has_shrunk_since_leads_to_its_beginning() -> None:
    """A tap may be older than the release that answers."""
    begun = browse_options(ROOT, Memory(), KNOWLEDGE)
    assert browse_options(Browse(3, 1), Memory(), KNOWLEDGE) == begun
    assert browse_options(Browse(None, None, 40), Memory(), KNOWLEDGE) == begun


def test_a_rule_of_the_whole_region_needs_no_place() -> None:
    knowledge = build(topic("fee", guide(XINJIANG, {"overview": "不收费。"})))
    assert Talk(knowledge, None).hear("fee", "怎么收费", aspects=["rules"]).status == "answered"


def test_what_is_only_likely_is_answered_where_the_topic_has_it() -> None:
    likely = (Aspect.ELIGIBILITY, Aspect.TIME_LIMIT)
    assert aspects(Talk(KNOWLEDGE, SHAWAN).hear("enrolment", "参保登记的事", likely=likely)) == [Aspect.TIME_LIMIT]


def test_a_likely_overview_is_what_the_topic_answers_by_default() -> None:
    given = Talk(KNOWLEDGE, SHAWAN).hear("enrolment", "参保登记的事", likely=(Aspect.OVERVIEW, Aspect.TIME_LIMIT))
    assert aspects(given) == [Aspect.OVERVIEW, Aspect.TIME_LIMIT]


def test_what_is_only_likely_gives_way_to_what_a_cue_chose() -> None:
    given = Talk(KNOWLEDGE, SHAWAN).hear("enrolment", "外国人参保登记的事", likely=(Aspect.TIME_LIMIT,))
    assert aspects(given) == [Aspect.MATERIALS]


NEARER = build(
    topic(
        "enrolment",
        guide(SHAWAN, {"channels": {"lead": "窗口能办，网上也能办。", "facts": ["窗口办理，网上办理。"]}}),
        guide(
            "650100",
            {"steps": {"cues": ["网上"], "ordered": True, "facts": ["打开APP。", "填写信息。"]}},
            applies_to="all",
        ),
    )
)


def test_whether_it_can_be_done_online_is_said_before_how() -> None:
    whether = Talk(NEARER, SHAWAN).hear("enrolment", "网上能办不", aspects=["channels"])
    assert aspects(whether) == [Aspect.CHANNELS, Aspect.STEPS]
    how = Talk(NEARER, SHAWAN).hear("enrolment", "网上咋弄", aspects=["channels", "steps"])
    assert aspects(how) == [Aspect.STEPS]


def test_stages_alone_tell_where_and_with_what_as_well() -> None:
    fields = {
        "steps": {"lead": "按“申请—受理—办结”办理。"},
        "channels": "到窗口办理。",
        "materials": "身份证。",
        "time_limit": LIMIT,
    }
    given = Talk(build(topic("certificate", guide(SHAWAN, fields))), SHAWAN).hear(
        "certificate", "怎么办", aspects=["steps"]
    )
    assert aspects(given) == [Aspect.STEPS, Aspect.CHANNELS, Aspect.MATERIALS]
