"""What a later message of a conversation is about: a correction, an answer in own words, and the way back."""

from __future__ import annotations

from knowledge.conversation import Answer
from knowledge.schema import Insurance
from tests.knowledge_builder import SHIHEZI, Talk, build, guide, line, office, topic

WHICH = {
    "id": "which",
    "text": "门诊还是住院？",
    "named": ["报销"],
    "unless": ["门诊", "住院"],
    "aspects": ["materials"],
    "choices": [
        {"label": "门诊报销", "send": "门诊报销", "topic": "outpatient"},
        {"label": "住院报销", "send": "住院报销", "topic": "inpatient"},
    ],
}


def aspects_of(word: str) -> dict[str, object]:
    return {"materials": f"{word}票据", "time_limit": f"{word}三天"}


def talk() -> Talk:
    return Talk(
        build(
            topic("outpatient", guide("650000", aspects_of("门诊")), family="claims", questions=[WHICH]),
            topic(
                "inpatient", guide("650000", aspects_of("住院")), family="claims", questions=[WHICH], aliases=["住院"]
            ),
            topic("elsewhere", guide("650000", aspects_of("别的"))),
            offices=[office(line("654203", "0993-6023208"))],
        )
    )


def heard(given: Answer) -> tuple[str, str | None, str]:
    aspects = given.answers[0].aspects if given.answers else ()
    return given.status, given.topic, aspects[0].value if aspects else ""


def test_a_bare_word_is_asked_back_and_the_answer_may_come_in_own_words() -> None:
    person = talk()
    assert heard(person.hear("outpatient", "报销要带啥", aspects=["materials"]))[0] == "clarify"
    assert heard(person.hear("inpatient", "住院的", confidence=0.9)) == ("answered", "inpatient", "materials")


def test_a_message_that_says_which_is_not_asked_back() -> None:
    given = talk().hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    assert heard(given) == ("answered", "outpatient", "materials")


def test_a_follow_up_without_the_word_is_not_asked_back() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    assert heard(person.hear("follow_up", "那多久", aspects=["time_limit"])) == ("answered", "outpatient", "time_limit")


def test_the_neighbour_was_meant_and_what_was_asked_stays_asked() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("elsewhere", 0.5), ("inpatient", 0.3))
    given = person.hear("elsewhere", "不是，是住院", confidence=0.5, ranking=ranking, corrects=True)
    assert heard(given) == ("answered", "inpatient", "materials")


def test_a_sure_message_about_another_family_is_no_correction() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("elsewhere", 0.95), ("inpatient", 0.04))
    given = person.hear(
        "elsewhere", "不是，是别的事", confidence=0.95, ranking=ranking, aspects=["time_limit"], corrects=True
    )
    assert heard(given) == ("answered", "elsewhere", "time_limit")


def test_after_an_office_the_service_is_gone_back_to() -> None:
    person = talk()
    person.hear("outpatient", "沙湾门诊报销要带啥", aspects=["materials"], insured="654203")
    assert heard(person.hear("contact", "沙湾电话", aspects=["phone"], insured="654203"))[1] == "contact"
    assert heard(person.hear("follow_up", "那多久", aspects=["time_limit"])) == ("answered", "outpatient", "time_limit")


def test_a_phone_without_an_office_is_that_of_the_service_talked_about() -> None:
    person = talk()
    person.hear("outpatient", "沙湾门诊报销要带啥", aspects=["materials"], insured="654203")
    assert heard(person.hear("contact", "报这个问哪个电话", aspects=["phone"])) == ("answered", "outpatient", "phone")
    assert heard(person.hear("contact", "医保局电话", aspects=["phone"]))[1] == "contact"


def test_an_own_account_has_no_papers() -> None:
    given = talk().hear(
        "own_account",
        "查我参没参，要带啥",
        confidence=0.4,
        ranking=(("own_account", 0.4), ("elsewhere", 0.36)),
        aspects=["materials"],
    )
    assert heard(given) == ("answered", "elsewhere", "materials")


def test_the_other_kind_of_insurance_has_a_service_of_its_own() -> None:
    person = Talk(
        build(
            topic("for_employees", guide("650000", aspects_of("职工")), family="change", name="职工参保信息变更登记"),
            topic(
                "for_residents", guide("650000", aspects_of("居民")), family="change", name="城乡居民参保信息变更登记"
            ),
        )
    )
    person.hear("for_employees", "名字登记错了要啥材料改", aspects=["materials"])
    given = person.hear("inform", "我是居民医保，不是职工", insurance=Insurance.RESIDENT)
    assert heard(given) == ("answered", "for_residents", "materials")


def test_about_as_likely_in_no_document_is_in_none() -> None:
    ranking = (("elsewhere", 0.5), ("not_in_documents", 0.4))
    given = talk().hear("elsewhere", "多久", confidence=0.5, ranking=ranking, aspects=["time_limit"])
    assert heard(given)[0] == "not_in_documents"
    told = talk().hear("elsewhere", "要带什么", confidence=0.5, ranking=ranking, aspects=["materials"])
    assert heard(told) == ("answered", "elsewhere", "materials")
    clearly = (("elsewhere", 0.5), ("not_in_documents", 0.3))
    given = talk().hear("elsewhere", "多久", confidence=0.5, ranking=clearly, aspects=["time_limit"])
    assert heard(given) == ("answered", "elsewhere", "time_limit")


def test_a_short_unsure_message_is_about_the_neighbour_that_it_is_most_like() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("out_of_scope", 0.25), ("inpatient", 0.2))
    given = person.hear("out_of_scope", "住院的话几天", aspects=["time_limit"], confidence=0.25, ranking=ranking)
    assert heard(given) == ("answered", "inpatient", "time_limit")


def test_with_nothing_of_a_neighbour_it_goes_on_with_the_topic() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("out_of_scope", 0.25), ("inpatient", 0.05))
    given = person.hear("out_of_scope", "那得几天", aspects=["time_limit"], confidence=0.25, ranking=ranking)
    assert heard(given) == ("answered", "outpatient", "time_limit")


def test_hardly_more_than_an_aspect_goes_on_with_the_topic() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("elsewhere", 0.45), ("outpatient", 0.1))
    given = person.hear("elsewhere", "等多久", aspects=["time_limit"], confidence=0.45, ranking=ranking)
    assert heard(given) == ("answered", "outpatient", "time_limit")


def test_of_two_equal_topics_the_one_that_was_talked_about() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("elsewhere", 0.48), ("inpatient", 0.46))
    given = person.hear("elsewhere", "上回出院的钱要等多久", aspects=["time_limit"], confidence=0.48, ranking=ranking)
    assert heard(given) == ("answered", "inpatient", "time_limit")


def test_a_question_back_is_answered_by_a_whole_sentence() -> None:
    person = talk()
    person.hear("outpatient", "报销要带啥", aspects=["materials"])
    given = person.hear("inpatient", "就是前两天在县医院开刀那回", confidence=0.8)
    assert heard(given) == ("answered", "inpatient", "materials")


def test_what_was_interrupted_stays_asked_of_a_neighbour() -> None:
    person = Talk(
        build(
            topic("outpatient", guide("650000", aspects_of("门诊")), family="claims", questions=[WHICH]),
            topic("inpatient", guide("650000", aspects_of("住院")), family="claims"),
            topic("abroad", guide("650000", aspects_of("国外")), family="claims"),
        )
    )
    person.hear("outpatient", "报销要带啥", aspects=["materials"])
    assert heard(person.hear("abroad", "在国外看的病", confidence=0.8)) == ("answered", "abroad", "materials")


def test_what_was_talked_about_is_sure_enough() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("outpatient", 0.12), ("elsewhere", 0.1))
    told = person.hear(
        "outpatient", "还是说刚才那件事，这样子的话得等多久", aspects=["time_limit"], confidence=0.12, ranking=ranking
    )
    assert heard(told) == ("answered", "outpatient", "time_limit")


def test_what_a_follow_up_asks_is_left_open() -> None:
    rows = [{"id": "amount", "text": "补多少钱", "cues": ["给补多少"]}]
    person = Talk(build(topic("subsidy", guide("650000", aspects_of("补贴")), left_open=rows)))
    person.hear("subsidy", "补贴要带啥", aspects=["materials"])
    given = person.hear("not_in_documents", "给补多少钱", confidence=0.55)
    assert given.left_open == ("补多少钱",)


def test_a_relatives_place_is_theirs_when_the_sender_has_another() -> None:
    person = talk()
    person.hear("outpatient", "我妈沙湾的，门诊报销要带啥", aspects=["materials"], insured="654203", person="母亲")
    person.hear("inpatient", "我自己是乌苏的，住院呢", aspects=["materials"], insured="654202", person="本人")
    assert person.hear("outpatient", "我妈那个要多久", aspects=["time_limit"], person="母亲").region == "654203"


def test_the_same_is_asked_of_another_service() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("inpatient", 0.6), ("outpatient", 0.1))
    assert heard(person.hear("follow_up", "那住院呢", ranking=ranking)) == ("answered", "inpatient", "materials")


def test_a_few_words_out_of_scope_go_on_where_the_topic_is_near() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    near = (("out_of_scope", 0.6), ("outpatient", 0.2))
    assert heard(person.hear("out_of_scope", "等多久", aspects=["time_limit"], confidence=0.6, ranking=near))[1:] == (
        "outpatient",
        "time_limit",
    )
    far = (("out_of_scope", 0.6), ("elsewhere", 0.1))
    weather = person.hear("out_of_scope", "会下雨不", aspects=["rules"], confidence=0.6, ranking=far)
    assert weather.status == "out_of_scope"


def pharmacies() -> Talk:
    fields = {"time_limit": "三天", "materials": "申请表"}
    kinds = ("pharmacy_designation", "pharmacy_settlement", "hospital_settlement")
    return Talk(build(*(topic(kind, guide("650000", fields), family="institutions") for kind in kinds)))


def test_the_twin_for_the_same_kind_of_customer() -> None:
    person = pharmacies()
    person.hear("pharmacy_designation", "药店申请定点要带啥", aspects=["materials"])
    ranking = (("hospital_settlement", 0.4), ("pharmacy_settlement", 0.25))
    text = "批下来以后，顾客刷的钱多久结给我们店里呀请问"
    given = person.hear("hospital_settlement", text, aspects=["time_limit"], confidence=0.4, ranking=ranking)
    assert heard(given) == ("answered", "pharmacy_settlement", "time_limit")


def test_the_same_aspect_for_another_place() -> None:
    person = pharmacies()
    person.hear("pharmacy_settlement", "药店结算多久", aspects=["time_limit"])
    ranking = (("out_of_scope", 0.5), ("pharmacy_designation", 0.05))
    text = "我沙湾还有个店，那边的钱要等多久才能到"
    given = person.hear("out_of_scope", text, aspects=["time_limit"], confidence=0.5, ranking=ranking, insured="654203")
    assert (heard(given), given.region) == (("answered", "pharmacy_settlement", "time_limit"), "654203")


def test_a_place_with_the_same_topic_asks_the_same() -> None:
    person = pharmacies()
    person.hear("hospital_settlement", "医院结算多久", aspects=["time_limit"])
    given = person.hear("hospital_settlement", "我们是沙湾市人民医院", confidence=0.8, insured="654203")
    assert (heard(given), given.region) == (("answered", "hospital_settlement", "time_limit"), "654203")


def test_small_talk_about_a_place_tells_nothing_of_the_person() -> None:
    person = talk()
    person.hear("outpatient", "沙湾门诊报销要带啥", aspects=["materials"], insured="654203")
    person.hear("out_of_scope", "乌鲁木齐这两天冷不冷", confidence=0.8, insured="650100")
    assert person.hear("outpatient", "门诊报销多久", aspects=["time_limit"]).region == "654203"


def test_another_insurance_that_sounds_like_a_service_of_ours() -> None:
    ranking = (("elsewhere", 0.6), ("out_of_scope", 0.3))
    assert talk().hear("elsewhere", "退休金认证在哪刷脸", confidence=0.6, ranking=ranking).status == "out_of_scope"
    assert talk().hear("elsewhere", "退休金和医保在哪认证", confidence=0.6, ranking=ranking).status != "out_of_scope"


def labels(given: Answer) -> list[str]:
    return [option.label for option in given.options]


def test_under_a_doubtful_answer_the_service_that_comes_next_is_a_tap() -> None:
    person = talk()
    ranking = (("outpatient", 0.6), ("inpatient", 0.3), ("elsewhere", 0.02))
    given = person.hear("outpatient", "门诊票据多久", aspects=["time_limit"], confidence=0.6, ranking=ranking)
    assert labels(given) == ["inpatient"]
    assert heard(person.tap(given.options[0])) == ("answered", "inpatient", "time_limit")


def test_under_a_sure_answer_it_is_not() -> None:
    ranking = (("outpatient", 0.85), ("inpatient", 0.1))
    assert not labels(talk().hear("outpatient", "门诊多久", aspects=["time_limit"], confidence=0.85, ranking=ranking))


def test_what_is_said_to_be_in_no_document_may_have_been_about_a_service() -> None:
    ranking = (("not_in_documents", 0.5), ("inpatient", 0.4))
    given = talk().hear("not_in_documents", "这个怎么算", confidence=0.5, ranking=ranking)
    assert (given.status, labels(given)) == ("not_in_documents", ["inpatient"])


def test_who_is_insured_in_the_corps_is_offered_nothing_else() -> None:
    ranking = (("outpatient", 0.6), ("inpatient", 0.3))
    given = talk().hear("outpatient", "石河子门诊多久", confidence=0.6, ranking=ranking, insured=SHIHEZI)
    assert (given.status, labels(given)) == ("not_in_documents", [])


def test_a_weak_neighbour_does_not_take_a_short_aspect_away() -> None:
    person = talk()
    person.hear("outpatient", "门诊报销要带啥", aspects=["materials"])
    ranking = (("inpatient", 0.45), ("outpatient", 0.1))
    given = person.hear("inpatient", "几天能弄好啊离得远", aspects=["time_limit"], confidence=0.45, ranking=ranking)
    assert heard(given) == ("answered", "outpatient", "time_limit")


def test_of_two_neighbours_the_one_for_the_same_kind_of_customer_is_meant() -> None:
    paid = {"time_limit": [{"facts": ["三十天"], "cues": ["结给"]}]}
    names = ("pharmacy_designation", "hospital_settlement", "pharmacy_settlement")
    person = Talk(build(*(topic(n, guide("650000", {} if "desig" in n else paid), family="shops") for n in names)))
    person.hear("pharmacy_designation", "药店申请定点", aspects=["overview"])
    ranking = (("not_in_documents", 0.25), ("hospital_settlement", 0.2), ("pharmacy_settlement", 0.15))
    given = person.hear(
        "not_in_documents", "批了以后几天结给我", aspects=["time_limit"], confidence=0.25, ranking=ranking
    )
    assert heard(given) == ("answered", "pharmacy_settlement", "time_limit")
