"""The keyed hash of a person."""

from __future__ import annotations

from webhook.sender import keyed_digest, keyed_sender


def test_it_is_stable_short_and_hides_the_person() -> None:
    sender = keyed_sender("k" * 32, "wechat", "oABC")
    assert sender == keyed_sender("k" * 32, "wechat", "oABC")
    assert len(sender) == 32
    assert set(sender) <= set("0123456789abcdef")


def test_it_depends_on_key_door_and_person() -> None:
    found = {keyed_sender(key, door, raw) for key in ("k", "l") for door in ("wechat", "api") for raw in ("a", "b")}
    assert len(found) == 8


def test_parts_do_not_run_together() -> None:
    assert keyed_digest("k", "a", "bc") != keyed_digest("k", "ab", "c")
    assert keyed_digest("k", "a", "", "b") != keyed_digest("k", "a", "b", "")
