"""The simulator's side of WeChat: what it posts, that it tries again, and what it tells the page."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.fakes import FakeBot
from webhook.app import create_app
from webhook.health import Readiness
from webhook.settings import Encryption, load_settings
from webhook.simulator import peer

OPENID = "oAbCdEfGhIjKlMnOpQrStUvWxYz1"


async def send(bot: FakeBot, account: Encryption = Encryption.SAFE, **message: Any) -> httpx.Response:
    async def ready() -> Readiness:
        return Readiness("r1")

    settings = load_settings({"WECHAT_ENCRYPTION": account.value})
    app = create_app(settings, bot, ready=ready, region_known=lambda _: True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        return await client.post("/simulator/send", json={"openid": OPENID, "kind": "text", "text": "问"} | message)


@pytest.mark.parametrize("encryption", list(Encryption))
async def test_a_text_there_and_back(encryption: Encryption) -> None:
    exchange: dict[str, Any] = (await send(FakeBot("答\n]]>"), encryption, menu_id="7")).json()
    assert set(exchange) == {"xml_in", "xml_out", "wire_in", "wire_out", "text", "status_code", "ms", "tries"}
    assert (exchange["text"], exchange["status_code"], exchange["tries"]) == ("答\n]]>", 200, 1)
    assert "<Content><![CDATA[问]]></Content><bizmsgmenuid><![CDATA[7]]></bizmsgmenuid>" in exchange["xml_in"]
    is_encrypted = "<Encrypt>" in exchange["wire_in"] and "<Encrypt>" in exchange["wire_out"]
    assert is_encrypted == (encryption is Encryption.SAFE)


async def test_success_says_nothing() -> None:
    exchange = (await send(FakeBot(), kind="event", event="VIEW")).json()
    assert (exchange["text"], exchange["xml_out"], exchange["status_code"]) == (None, "success", 200)


async def test_a_refusal_is_told() -> None:
    exchange = (await send(FakeBot(), encryption="plain")).json()
    assert (exchange["text"], exchange["status_code"]) == (None, 400)


async def test_it_tries_again_and_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "PATIENCE", 0.5)
    bot = FakeBot("答", delay=0.7)
    exchange = (await send(bot)).json()
    assert (exchange["text"], exchange["tries"], bot.computed) == ("答", 2, 1)
    assert exchange["ms"] >= 700


async def test_it_gives_up_after_three_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "PATIENCE", 0.02)
    exchange = (await send(FakeBot(delay=1))).json()
    assert (exchange["text"], exchange["status_code"], exchange["tries"]) == (None, 0, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"openid": ""}, {"openid": "a]]>b-c"}, {"openid": "x" * 65}, {"kind": "nothing"}, {"text": "x" * 2001},
        {"event": "a b"}, {"menu_id": "<b>"}, {"encryption": "aes"},
    ],
)  # fmt: skip
async def test_a_wrong_request_is_refused(change: dict[str, Any]) -> None:
    bot = FakeBot()
    assert (await send(bot, **change)).status_code == 422
    assert bot.seen == []
