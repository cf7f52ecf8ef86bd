"""The question and answer objects of the contract."""

from __future__ import annotations

import json

import pytest

from bot.message import Named, Option, Reply
from webhook.contract import (
    Question,
    QuestionError,
    UnknownRegionError,
    contract_object,
    error_object,
    parse_question,
)

KEYS = [
    "id", "sender", "text", "reply", "parts", "options", "status", "intent", "confidence", "topic", "topic_name",
    "aspect", "answers", "region", "care_place", "answer_region", "sources", "latency_ms",
]  # fmt: skip

RIGHT: dict[str, object] = {"id": "1", "sender": "a", "text": "沙湾电话"}


def parse(value: object) -> Question:
    return parse_question(json.dumps(value, ensure_ascii=False), lambda name: name in {"沙湾市", "654203"})


def test_a_question() -> None:
    assert parse(RIGHT) == Question("1", "a", "沙湾电话")
    assert parse(RIGHT | {"region": "654203"}).region == "654203"
    assert parse(RIGHT | {"region": None}).region is None
    assert parse(RIGHT | {"id": 7, "note": "ignored"}).id == 7
    assert parse(RIGHT | {"text": ""}).text == ""
    assert parse_question(json.dumps(RIGHT).encode(), lambda _: False).text == "沙湾电话"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        *[({key: value for key, value in RIGHT.items() if key != name}, name) for name in RIGHT],
        *[(RIGHT | {"id": value}, "id") for value in (None, True, 1.5, "", "x" * 129, ["1"], "\ud800")],
        *[(RIGHT | {"sender": value}, "sender") for value in (None, 1, "", "x" * 129, ["a"], "\udfff")],
        *[(RIGHT | {"text": value}, "text") for value in (None, 1, "x" * 2001, ["x"], "\ud83d")],
        *[(RIGHT | {"region": value}, "region") for value in (1, "", "x" * 129, ["沙湾市"])],
    ],
)
def test_a_wrong_value_is_named(value: object, name: str) -> None:
    with pytest.raises(QuestionError, match=f'"{name}" must be'):
        parse_question(json.dumps(value), lambda _: True)


@pytest.mark.parametrize(
    "document",
    [
        "", "[]", "null", '"text"', "{", "{}{}", "NaN", '{"id": NaN}', b"\xff", "\ufeff{}", "[" * 60000,
        '{"id": ' + "9" * 5000 + "}", json.dumps(RIGHT).encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_no_object(document: str | bytes) -> None:
    with pytest.raises(QuestionError) as caught:
        parse_question(document, lambda _: True)
    answer = error_object(caught.value)
    assert list(answer) == KEYS
    assert answer["status"] == "error"
    assert answer["id"] is None


def test_an_error_says_what_could_be_read() -> None:
    with pytest.raises(QuestionError) as caught:
        parse({"id": 3, "sender": "a", "text": 5})
    answer = error_object(caught.value, 1.26)
    assert (answer["id"], answer["sender"], answer["text"]) == (3, "a", None)
    assert answer["reply"] == '"text" must be a string of at most 2000 characters'
    assert answer["parts"] == [answer["reply"]]
    assert answer["latency_ms"] == 1.3


def test_an_unknown_region() -> None:
    with pytest.raises(UnknownRegionError) as caught:
        parse(RIGHT | {"region": "亚特兰蒂斯"})
    answer = error_object(caught.value)
    assert (answer["id"], answer["status"]) == ("1", "error")
    assert "unknown region" in str(answer["reply"])


def test_the_answer_object_has_the_keys_of_the_contract_in_order() -> None:
    reply = Reply(
        reply="电话：0993-6011078",
        parts=("电话：0993-6011078",),
        status="answered",
        options=(Option("材料", "备案材料"),),
        intent="office_contact",
        confidence=0.93,
        topic="office_contact",
        topic_name="医保经办机构",
        aspect="phone",
        answers=({"topic": "office_contact", "aspects": ["phone"]},),
        region=Named("654203", "沙湾市"),
        answer_region=Named("654203", "沙湾市"),
        sources=({"id": "shawan", "title": "指南", "clause": "一", "edition": None},),
    )
    answer = contract_object(Question("1", "a", "沙湾电话", "沙湾"), reply, 12.345)
    assert list(answer) == KEYS
    assert answer["options"] == [{"label": "材料", "send": "备案材料"}]
    assert answer["region"] == {"code": "654203", "name": "沙湾市"}
    assert answer["care_place"] is None
    assert answer["latency_ms"] == 12.3
    assert json.loads(json.dumps(answer)) == answer
