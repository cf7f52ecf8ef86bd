"""The parser lets in what WeChat sends, and one kind of error out."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.simulator.peer import Action, Sent, message_xml
from webhook.wechat.errors import MalformedError
from webhook.wechat.parse import MAX_BYTES, Document, Event, UserMessage, parse_encrypted, parse_message


def xml(**elements: str) -> bytes:
    base = {"ToUserName": "gh_1", "FromUserName": "oABC", "CreateTime": "1714036504"}
    children = "".join(f"<{name}>{text}</{name}>" for name, text in (base | elements).items())
    return f"<xml>{children}</xml>".encode()


def test_a_text() -> None:
    content = "<![CDATA[备案 & <材料>\n]]>"
    body = xml(MsgType="<![CDATA[text]]>", Content=content, MsgId="6054768590064713728", bizmsgmenuid="1")
    assert parse_message(body) == UserMessage(
        "gh_1", "oABC", "1714036504", "text", "6054768590064713728", "备案 & <材料>\n"
    )


@pytest.mark.parametrize("sent", [sent for sent in Sent if sent is not Sent.EVENT])
def test_every_kind_of_message(sent: Sent) -> None:
    parsed = parse_message(message_xml(Action("oABC", sent, "词"), created=1).encode())
    assert isinstance(parsed, UserMessage)
    assert parsed.type == ("text" if sent is Sent.STICKER else sent.value)


def test_voice_with_and_without_what_was_recognised() -> None:
    assert parse_message(xml(MsgType="voice", MsgId="1")).content == ""  # type: ignore[union-attr]
    assert parse_message(xml(MsgType="voice", MsgId="1", Recognition="")).content == ""  # type: ignore[union-attr]
    assert parse_message(xml(MsgType="voice", MsgId="1", Recognition="备案")).content == "备案"  # type: ignore[union-attr]


def test_events() -> None:
    assert parse_message(xml(MsgType="event", Event="subscribe", EventKey="qrscene_5", Ticket="t")) == Event(
        "gh_1", "oABC", "1714036504", "subscribe", "qrscene_5", None
    )
    nested = "<SendPicsInfo><PicList><item><PicMd5Sum>1</PicMd5Sum></item></PicList></SendPicsInfo>"
    picture = parse_message(xml(MsgType="event", Event="pic_sysphoto").replace(b"</xml>", nested.encode() + b"</xml>"))
    assert isinstance(picture, Event)
    gone = parse_message(xml(MsgType="event", Event="user_authorization_revoke", OpenID="oXYZ"))
    assert isinstance(gone, Event)
    assert gone.subject == "oXYZ"


GARBAGE: dict[str, bytes] = {
    "empty": b"",
    "json": b'{"a": 1}',
    "truncated": xml(MsgType="text", Content="x", MsgId="1")[:-8],
    "control character": xml(MsgType="text", Content="a\x01", MsgId="1"),
    "not utf-8": xml(MsgType="text", Content="x", MsgId="1").replace(b"x</C", "备".encode("gbk") + b"</C"),
    "utf-16": xml(MsgType="text", Content="x", MsgId="1").decode().encode("utf-16"),
    "surrogate": xml(MsgType="text", Content="x", MsgId="1").replace(b"x</C", b"\xed\xa0\x80</C"),
    "wrong root": b"<json>" + xml(MsgType="text", Content="x", MsgId="1") + b"</json>",
    "empty root": b"<xml/>",
    "two roots": xml(MsgType="text", Content="x", MsgId="1") * 2,
    "no type": xml(Content="x", MsgId="1"),
    "empty type": xml(MsgType="", Content="x", MsgId="1"),
    "nested type": xml(MsgType="<a>text</a>", Content="x", MsgId="1"),
    "doubled type": xml(MsgType="text</MsgType><MsgType>text", Content="x", MsgId="1"),
    "unknown type without id": xml(MsgType="device_event"),
    "entity": b'<!DOCTYPE xml [<!ENTITY a "b">]>' + xml(MsgType="text", Content="&a;", MsgId="1"),
    "undeclared entity": xml(MsgType="text", Content="&a;", MsgId="1"),
    "billion laughs": b'<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + xml(MsgType="text", Content="&b;"),
    "external entity": b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml(MsgType="text", Content="&a;"),
    "bare doctype": b"<!DOCTYPE xml>" + xml(MsgType="text", Content="x", MsgId="1"),
    "doubled content": xml(MsgType="text", Content="x</Content><Content>y", MsgId="1"),
    "nested content": xml(MsgType="text", Content="<b>x</b>", MsgId="1"),
    "half nested content": xml(MsgType="text", Content="x<b/>", MsgId="1"),
    "no content": xml(MsgType="text", MsgId="1"),
    "no id": xml(MsgType="text", Content="x"),
    "id is no number": xml(MsgType="text", Content="x", MsgId="１"),
    "doubled id": xml(MsgType="text", Content="x", MsgId="1</MsgId><MsgId>2"),
    "doubled recognition": xml(MsgType="voice", MsgId="1", Recognition="a</Recognition><Recognition>b"),
    "nobody": xml(MsgType="text", Content="x", MsgId="1", FromUserName=""),
    "odd name": xml(MsgType="text", Content="x", MsgId="1", FromUserName="a]]&gt;b"),
    "time is no number": xml(MsgType="text", Content="x", MsgId="1", CreateTime="now"),
    "event without name": xml(MsgType="event"),
    "doubled key": xml(MsgType="event", Event="CLICK", EventKey="a</EventKey><EventKey>b"),
    "revoked by nobody": xml(MsgType="event", Event="user_authorization_revoke"),
    "siblings": b"<xml>" + b"<a/>" * 15000 + b"</xml>",
    "deep": b"<xml>" + b"<a>" * 20000,
    "too large": xml(MsgType="text", Content="x" * MAX_BYTES, MsgId="1"),
}


@pytest.mark.parametrize("name", sorted(GARBAGE))
def test_garbage_is_one_error(name: str) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_message(GARBAGE[name])
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"<xml/>", b"<xml><Encrypt><a/></Encrypt></xml>", b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>"],
)
def test_no_encrypted_element(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_encrypted(body)


def test_the_declared_encoding_is_not_believed() -> None:
    body = b'<?xml version="1.0" encoding="gbk"?>' + xml(MsgType="text", Content="备案", MsgId="1")
    assert parse_message(body).content == "备案"  # type: ignore[union-attr]


def test_garbage_costs_no_time() -> None:
    started = time.perf_counter()
    for body in GARBAGE.values():
        with pytest.raises(MalformedError):
            parse_message(body)
    assert time.perf_counter() - started < 1


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_message(body)


@given(st.lists(st.sampled_from([*b"<xml/>&;![]\"'= aA1\n\0\xff", *"备".encode()]), max_size=200).map(bytes))
def test_any_bytes_that_look_like_xml(body: bytes) -> None:
    with contextlib.suppress(MalformedError):
        Document(b"<xml><Content>" + body + b"</Content></xml>").optional("Content")
