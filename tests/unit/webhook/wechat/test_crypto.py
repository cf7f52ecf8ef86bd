"""Signature and cipher against published vectors, and against damage."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher as Aes
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from webhook.wechat.crypto import Cipher, decrypt
from webhook.wechat.errors import DecryptionError, MalformedError, SignatureError, StaleError, WeChatError
from webhook.wechat.signature import FRESHNESS, Query, check_message, check_request, sign

KEY = "A" * 43
APP_ID = "wxba5fad812f8e6fb9"
ENCRYPTED = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
CIPHER = Cipher(KEY, APP_ID)


def test_published_signatures() -> None:
    assert sign("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert sign("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert sign("AAAAA", "1713424427", "415670741", ENCRYPTED) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


def test_published_cipher_texts() -> None:
    cipher = Cipher(KEY, APP_ID, prefix=lambda: "707722b803182950")
    assert cipher.encrypt('{"demo_resp":"good luck"}') == ENCRYPTED
    assert cipher.decrypt(ENCRYPTED) == '{"demo_resp":"good luck"}'
    sample = Cipher("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6", lambda: "aaaabbbbccccdddd")
    assert sample.encrypt("我是中文abcd123") == (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_there_and_back(text: str) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(text)) == text


def test_two_messages_never_begin_alike() -> None:
    assert CIPHER.encrypt("x")[:20] != CIPHER.encrypt("x")[:20]


def raw(plain: bytes) -> str:
    key = base64.b64decode(KEY + "=")
    encryptor = Aes(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


DAMAGED = {
    "empty": "",
    "not base64": "!",
    "bad padding of base64": "abcde",
    "not ascii": "备案",
    "wrong block size": base64.b64encode(b"x" * 31).decode(),
    "junk": base64.b64encode(b"x" * 64).decode(),
    "junk padding": raw(b"\xff" * 64),
    "padding of nothing": raw(b"\0" * 64),
    "too short": raw(b"\x01" * 16),
    "not utf-8": raw(b"p" * 16 + (2).to_bytes(4, "big") + b"\xff\xfe" + APP_ID.encode() + b"\x18" * 24),
    "length beyond the end": raw(b"p" * 16 + b"\x7f\xff\xff\xff" + APP_ID.encode() + b"\x1a" * 26),
    "another account": Cipher(KEY, "wx0000000000000000").encrypt("x"),
    "another key": Cipher("B" * 43, APP_ID).encrypt("x"),
}


@pytest.mark.parametrize("name", sorted(DAMAGED))
def test_damage_is_one_error(name: str) -> None:
    with pytest.raises(DecryptionError) as caught:
        CIPHER.decrypt(DAMAGED[name])
    assert caught.value.status_code == 400


@given(st.binary(max_size=8).map(lambda tail: tail * 16))
def test_any_blocks_are_one_error(plain: bytes) -> None:
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(raw(plain))


def test_the_previous_key_works_and_answers() -> None:
    current, previous = Cipher("B" * 43, APP_ID), Cipher(KEY, APP_ID)
    assert decrypt([current, previous], previous.encrypt("旧")) == ("旧", previous)
    assert decrypt([current, previous], current.encrypt("新")) == ("新", current)
    with pytest.raises(DecryptionError):
        decrypt([current], previous.encrypt("旧"))


VECTOR = {
    "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
    "timestamp": "1714036504",
    "nonce": "1514711492",
}
NOW = 1714036504.0


def test_the_freshness_window() -> None:
    query = Query.read(VECTOR.items())
    for now in (NOW, NOW - FRESHNESS, NOW + FRESHNESS):
        check_request(query, "AAAAA", now)
    for now in (NOW - FRESHNESS - 1, NOW + FRESHNESS + 1):
        with pytest.raises(StaleError):
            check_request(query, "AAAAA", now)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 40},
        {"timestamp": "1714036505"},
        {"nonce": "1514711493"},
    ],
)
def test_a_wrong_signature(change: dict[str, str]) -> None:
    with pytest.raises(SignatureError) as caught:
        check_request(Query.read((VECTOR | change).items()), "AAAAA", NOW)
    assert caught.value.status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"signature": ""},
        {"signature": VECTOR["signature"].upper()},
        {"signature": VECTOR["signature"] + "\n"},
        {"signature": "签" * 40},
        {"timestamp": "17140365041", "nonce": "514711492"},
        {"timestamp": "171403650", "nonce": "41514711492"},
        {"timestamp": "１７１４０３６５０４"},
        {"timestamp": "-714036504"},
        {"nonce": ""},
        {"nonce": "1" * 65},
        {"nonce": "a b"},
        {"echostr": "a" * 257},
        {"echostr": "<b>\n"},
        {"encrypt_type": "AES"},
    ],
)
def test_parameters_of_the_wrong_shape(change: dict[str, str]) -> None:
    with pytest.raises(MalformedError):
        check_request(Query.read((VECTOR | change).items()), "AAAAA", NOW)


@pytest.mark.parametrize("name", sorted(VECTOR))
def test_parameters_missing_or_doubled(name: str) -> None:
    with pytest.raises(MalformedError):
        check_request(Query.read((key, value) for key, value in VECTOR.items() if key != name), "AAAAA", NOW)
    with pytest.raises(MalformedError):
        Query.read([*VECTOR.items(), (name, VECTOR[name])])


def test_the_signature_of_an_encrypted_message_covers_it() -> None:
    query = Query.read(
        {
            "msg_signature": "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
            "timestamp": "1713424427",
            "nonce": "415670741",
        }.items()
    )
    check_message(query, "AAAAA", ENCRYPTED, 1713424427)
    with pytest.raises(SignatureError):
        check_message(query, "AAAAA", ENCRYPTED + "=", 1713424427)
    with pytest.raises(WeChatError):
        check_request(query, "AAAAA", 1713424427)
