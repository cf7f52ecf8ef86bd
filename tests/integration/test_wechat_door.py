"""``/wechat`` from the outside: what WeChat may send, what anybody may send, and what comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.message import Card, Incoming, Kind, Reply
from tests.fakes import FakeBot
from tests.unit.webhook.wechat.test_crypto import DAMAGED
from tests.unit.webhook.wechat.test_parse import GARBAGE, xml
from tests.wechat_stand_in import AGENTS, APP_ID, SECRET, SEND, StandIn, refusal
from webhook.app import create_app
from webhook.health import Readiness
from webhook.settings import Encryption, Settings, load_settings
from webhook.simulator.peer import Action, Sent, message_xml
from webhook.wechat import desk as desk_module
from webhook.wechat import door as door_module
from webhook.wechat.api import WeChatApi
from webhook.wechat.crypto import Cipher
from webhook.wechat.desk import Desk
from webhook.wechat.parse import Document
from webhook.wechat.reply import SUCCESS, clean, cut
from webhook.wechat.signature import sign

KEY = "q3ZrT8vWbX1nKc5LmYd7HsJf2PgQa9RuEi4OoVt6BwN"
PREVIOUS = "Zk1Tn5xYcV7bQm3LpWd9RsGf4HgJa8KuXi2EoUy6DrC"
NOW = 1714036504
OPENID = "oAbCdEfGhIjKlMnOpQrStUvWxYz1"


class Account:
    """The application, its bot, and WeChat's side of the account."""

    def __init__(self, encryption: Encryption, bot: FakeBot | None = None, now: float = NOW, **environ: str) -> None:
        environ |= {
            "WECHAT_TOKEN": "AAAAA",
            "WECHAT_ENCRYPTION": encryption.value,
            "WECHAT_ENCODING_AES_KEY": KEY,
            "WECHAT_PREVIOUS_ENCODING_AES_KEY": PREVIOUS,
            "WECHAT_APP_ID": APP_ID,
            "WECHAT_APP_SECRET": SECRET,
            "WECHAT_API_URL": "http://wechat.test",
        }
        self.settings: Settings = load_settings(environ)
        self.encryption = encryption
        self.bot = bot or FakeBot()
        self.now = now
        self.cipher = Cipher(KEY, self.settings.wechat.app_id)

        async def ready() -> Readiness:
            return Readiness("r1")

        self.wechat = StandIn()
        api = WeChatApi(self.settings.wechat, transport=httpx.ASGITransport(app=self.wechat.app))
        self.app = create_app(
            self.settings,
            self.bot,
            ready=ready,
            region_known={"654203"}.__contains__,
            desk=Desk(api),
            clock=lambda: self.now,
        )

    async def post(
        self, body: bytes, *, cipher: Cipher | None = None, now: float | None = None, **query: str | None
    ) -> httpx.Response:
        """``body`` in the clear, sent as the account is set up; ``query`` replaces parameters, None leaves one out."""
        if self.encryption is Encryption.PLAIN:
            return await self.post_wire(body, None, now, query)
        encrypted = (cipher or self.cipher).encrypt(body.decode())
        return await self.post_wire(f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode(), encrypted, now, query)

    async def post_wire(
        self, wire: bytes, encrypted: str | None, now: float | None, query: Mapping[str, str | None]
    ) -> httpx.Response:
        timestamp, nonce = str(int(now or self.now)), "1514711492"
        params: dict[str, str | None] = {
            "signature": sign("AAAAA", timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": OPENID,
        }  # fmt: skip
        if encrypted is not None:
            params |= {"encrypt_type": "aes", "msg_signature": sign("AAAAA", timestamp, nonce, encrypted)}
        params |= query
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://test") as client:
            found = {name: value for name, value in params.items() if value is not None}
            return await client.post("/wechat", params=found, content=wire)

    async def get(self, **query: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://test") as client:
            return await client.get("/wechat", params=query)

    def content(self, response: httpx.Response, cipher: Cipher | None = None) -> str:
        """What the citizen reads; the envelope and the addresses are checked."""
        assert response.status_code == 200
        document = Document(response.content)
        if self.encryption is Encryption.SAFE:
            encrypted = document.one("Encrypt")
            expected = sign("AAAAA", document.one("TimeStamp"), document.one("Nonce"), encrypted)
            assert document.one("MsgSignature") == expected
            document = Document((cipher or self.cipher).decrypt(encrypted).encode())
        assert document.one("ToUserName") == OPENID
        assert document.one("FromUserName") == "gh_0123456789ab"
        assert document.one("MsgType") == "text"
        return document.one("Content")


@pytest.fixture(params=list(Encryption), ids=lambda encryption: encryption.value)
def encryption(request: pytest.FixtureRequest) -> Encryption:
    found: Encryption = request.param
    return found


@pytest.fixture
def account(encryption: Encryption) -> Account:
    return Account(encryption)


def message(text: str = "沙湾电话", sent: Sent = Sent.TEXT, event: str = "") -> bytes:
    return message_xml(Action(OPENID, sent, text, event), created=NOW).encode()


# --- the check of the address


VECTOR = {
    "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
    "timestamp": "1714036504",
    "nonce": "1514711492",
    "echostr": "4375120948345356249",
}


async def test_get_answers_the_published_vector(account: Account) -> None:
    response = await account.get(**VECTOR)
    assert (response.status_code, response.text) == (200, "4375120948345356249")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "change",
    [{"signature": "0" * 40}, {"signature": "签"}, {"timestamp": "1"}, {"nonce": "x"}, {"echostr": "<script>\n"}],
)
async def test_get_refuses(account: Account, change: dict[str, str]) -> None:
    response = await account.get(**(VECTOR | change))
    assert response.status_code in {400, 403}
    assert VECTOR["echostr"] not in response.text


async def test_get_refuses_what_is_old(account: Account) -> None:
    account.now += 301
    assert (await account.get(**VECTOR)).status_code == 403


async def test_plain_post_answers_the_published_vector() -> None:
    account = Account(Encryption.PLAIN, now=1714037059)
    response = await account.post(message(), nonce="486452656", signature="899cf89e464efb63f54ddac96b0a0a235f53aa78")
    assert account.content(response) == "沙湾电话"


# --- what the citizen sends


async def test_a_text_is_answered(account: Account) -> None:
    account.bot.answer = "电话：0993-6011078\n第二行 ]]> <b>&\x07 🏥"
    response = await account.post(message("沙湾电话"))
    assert account.content(response) == "电话：0993-6011078\n第二行 ]]> <b>& 🏥"
    (seen,) = account.bot.seen
    assert (seen.kind, seen.text) == (Kind.TEXT, "沙湾电话")
    assert OPENID not in repr(seen)
    assert len(seen.sender) == 32


@pytest.mark.parametrize(
    ("sent", "text", "kind", "heard"),
    [
        (Sent.IMAGE, "", Kind.IMAGE, ""),
        (Sent.VOICE, "", Kind.VOICE, ""),
        (Sent.VOICE, "沙湾电话", Kind.TEXT, "沙湾电话"),
        (Sent.VIDEO, "", Kind.VIDEO, ""),
        (Sent.LOCATION, "某地", Kind.LOCATION, "某地"),
        (Sent.LOCATION, "", Kind.LOCATION, ""),
        (Sent.LINK, "标题", Kind.LINK, ""),
        (Sent.STICKER, "", Kind.OTHER, ""),
    ],
)
async def test_kinds(account: Account, sent: Sent, text: str, kind: Kind, heard: str) -> None:
    account.bot.answer = "好"
    assert account.content(await account.post(message(text, sent))) == "好"
    assert [(seen.kind, seen.text) for seen in account.bot.seen] == [(kind, heard)]


async def test_kinds_that_nobody_knows_yet(account: Account) -> None:
    account.bot.answer = "好"
    body = message("", Sent.VIDEO).replace(b"[video]", b"[shortvideo]")
    await account.post(body)
    await account.post(message("", Sent.VIDEO).replace(b"[video]", b"[miniprogrampage]"))
    assert [seen.kind for seen in account.bot.seen] == [Kind.VIDEO, Kind.OTHER]


async def test_a_very_long_text_is_cut(account: Account) -> None:
    account.bot.answer = "好"
    await account.post(message("问" * 10000))
    assert account.bot.seen[0].text == "问" * 2000


async def test_a_very_long_answer_is_cut_at_wechats_limit(account: Account) -> None:
    account.bot.answer = "答" * 3000
    assert account.content(await account.post(message())) == "答" * 682


async def test_nothing_to_say_is_success_in_the_clear(account: Account) -> None:
    for answer in ("", " \n", "\x00\ud800"):
        account.bot.answer = answer
        response = await account.post(message())
        assert (response.status_code, response.text) == (200, "success")


async def test_no_part_is_success(account: Account) -> None:
    class Silent(FakeBot):
        async def reply(self, message: Incoming) -> Reply:
            return replace(await super().reply(message), parts=())

    silent = Account(account.encryption, Silent())
    assert (await silent.post(message())).text == "success"


# --- events


async def test_following_is_greeted(account: Account) -> None:
    account.bot.answer = "您好"
    for key in ("", "qrscene_12", "qrscene_654203", "654203"):
        assert account.content(await account.post(message(key, Sent.EVENT, "subscribe"))) == "您好"
    assert [(seen.kind, seen.region) for seen in account.bot.seen] == [
        (Kind.SUBSCRIBE, None),
        (Kind.SUBSCRIBE, None),
        (Kind.SUBSCRIBE, "654203"),
        (Kind.SUBSCRIBE, "654203"),
    ]


async def test_a_scan_says_the_region_of_the_poster(account: Account) -> None:
    account.bot.answer = "您好"
    for key in ("654203", "沙湾", ""):
        assert account.content(await account.post(message(key, Sent.EVENT, "SCAN"))) == "您好"
    assert [(seen.kind, seen.region) for seen in account.bot.seen] == [
        (Kind.SCAN, "654203"),
        (Kind.SCAN, None),
        (Kind.SCAN, None),
    ]


@pytest.mark.parametrize("event", ["unsubscribe", "user_authorization_revoke", "user_authorization_cancellation"])
async def test_who_leaves_is_forgotten(account: Account, event: str) -> None:
    await account.post(message())
    subject = f"<OpenID>{OPENID}</OpenID></xml>".encode()
    body = message("", Sent.EVENT, event)
    if event != "unsubscribe":
        body = body.replace(OPENID.encode(), b"gh_wechat").replace(b"</xml>", subject)
    response = await account.post(body)
    assert (response.status_code, response.text) == (200, "success")
    assert account.bot.forgotten == [account.bot.seen[0].sender]


async def test_a_tap_on_the_menu_says_its_key(account: Account) -> None:
    await account.post(message("异地就医备案", Sent.EVENT, "CLICK"))
    assert [(seen.kind, seen.text) for seen in account.bot.seen] == [(Kind.TEXT, "异地就医备案")]


@pytest.mark.parametrize(
    "event",
    [
        "LOCATION", "VIEW", "view_miniprogram", "scancode_push", "pic_sysphoto", "location_select",
        "TEMPLATESENDJOBFINISH", "user_info_modified", "CLICK", "never_seen",
    ],
)  # fmt: skip
async def test_other_events_are_only_taken(account: Account, event: str) -> None:
    response = await account.post(message("", Sent.EVENT, event))
    assert (response.status_code, response.text) == (200, "success")
    assert account.bot.seen == []
    assert account.bot.forgotten == []


@pytest.mark.parametrize(
    ("event", "begins"), [("kf_create_session", True), ("kf_switch_session", True), ("kf_close_session", False)]
)
async def test_a_person_of_the_office_serves(account: Account, event: str, begins: bool) -> None:
    response = await account.post(message("", Sent.EVENT, event))
    assert (response.status_code, response.text) == (200, "success")
    assert [served for _, served in account.bot.handed_over] == [begins]
    assert account.bot.seen == []


# --- a person when wanted


class Referring(FakeBot):
    """Says that a person is wanted."""

    closed = False

    async def reply(self, message: Incoming) -> Reply:
        return replace(await super().reply(message), status="handoff", closed=self.closed)


def opened_xml(account: Account, response: httpx.Response) -> bytes:
    if account.encryption is Encryption.PLAIN:
        return response.content
    return account.cipher.decrypt(Document(response.content).one("Encrypt")).encode()


def opened(account: Account, response: httpx.Response) -> Document:
    return Document(opened_xml(account, response))


async def test_who_wants_a_person_is_transferred_when_one_is_there(
    encryption: Encryption, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "ASKED_EVERY", 0.0)
    account = Account(encryption, Referring("请打电话"), WECHAT_HAS_AGENTS="yes")
    assert account.content(await account.post(message("转人工"))) == "请打电话"
    account.wechat.agents = [{"kf_account": "a@gov", "status": 1}]
    document = opened(account, await account.post(message("转人工")))
    assert document.one("MsgType") == "transfer_customer_service"
    assert (document.one("ToUserName"), document.optional("TransInfo")) == (OPENID, None)
    assert account.content(await account.post(message("转人工", Sent.EVENT, "CLICK"))) == "请打电话"
    account.wechat.answers[AGENTS] = [refusal(48001)]
    assert account.content(await account.post(message("转人工"))) == "请打电话"


async def test_nobody_is_transferred_to_an_office_that_is_closed(encryption: Encryption) -> None:
    bot = Referring("请打电话")
    bot.closed = True
    account = Account(encryption, bot, WECHAT_HAS_AGENTS="yes")
    account.wechat.agents = [{"kf_account": "a@gov", "status": 1}]
    assert account.content(await account.post(message("转人工"))) == "请打电话"


class Pointing(FakeBot):
    """Answers with a card."""

    async def reply(self, message: Incoming) -> Reply:
        card = Card("异地就医备案]]>", "<沙湾>市&的完整指南", "https://yibao.test/guide/filing?region=654203&a=1")
        return replace(await super().reply(message), card=card)


async def test_a_card_is_sent_as_one_article(encryption: Encryption) -> None:
    account = Account(encryption, Pointing("看这里"))
    xml = opened_xml(account, await account.post(message("看完整指南")))
    document = Document(xml)
    assert (document.one("MsgType"), document.one("ArticleCount")) == ("news", "1")
    (item,) = ElementTree.fromstring(xml.decode()).iter("item")  # noqa: S314 (our own reply)
    assert {child.tag: child.text or "" for child in item} == {
        "Title": "异地就医备案]]>",
        "Description": "<沙湾>市&的完整指南",
        "PicUrl": "",
        "Url": "https://yibao.test/guide/filing?region=654203&a=1",
    }


async def test_an_account_without_agents_does_not_ask_for_them(encryption: Encryption) -> None:
    account = Account(encryption, Referring("请打电话"))
    account.wechat.agents = [{"kf_account": "a@gov", "status": 1}]
    assert account.content(await account.post(message("转人工"))) == "请打电话"
    assert account.wechat.calls == {}


async def test_agents_are_asked_for_once_in_a_while(encryption: Encryption) -> None:
    account = Account(encryption, Referring("请打电话"), WECHAT_HAS_AGENTS="yes")
    for _ in range(5):
        await account.post(message("转人工"))
    assert account.wechat.calls[AGENTS] == 1


# --- repeats


async def test_a_retry_gets_the_same_answer_from_one_computation(account: Account) -> None:
    account.bot.answer = "第一次"
    body = message()
    first = await account.post(body)
    account.bot.answer = "第二次"
    account.now += 5
    again = await account.post(body, nonce="1514711492")
    assert account.content(first) == account.content(again) == "第一次"
    assert account.bot.computed == 1


async def test_what_differs_in_id_person_or_time_is_no_repeat(account: Account) -> None:
    body = xml(MsgType="text", Content="a", MsgId="1")
    for changed in (
        body,
        body.replace(b"<MsgId>1<", b"<MsgId>2<"),
        body.replace(b"oABC", b"oABD"),
        body.replace(b"1714036504", b"1714036505"),
    ):
        await account.post(changed)
    assert account.bot.computed == 4


async def test_events_are_told_apart_although_they_have_no_id(account: Account) -> None:
    base = xml(MsgType="event", Event="CLICK", EventKey="a")
    for body in (base, base.replace(b">a<", b">b<"), base.replace(b"1714036504", b"1714036505"), base):
        await account.post(body)
    assert account.bot.computed == 3


async def test_a_repeat_outside_the_window_is_refused(account: Account) -> None:
    body = message()
    await account.post(body)
    account.now += 301
    response = await account.post(body, now=NOW)
    assert response.status_code == 403
    assert len(account.bot.seen) == 1


async def leave_early(account: Account, body: bytes) -> None:
    """WeChat's disconnect, as soon as the bot has begun."""
    request = asyncio.create_task(account.post(body))
    while not account.bot.computed:
        await asyncio.sleep(0.001)
    request.cancel()
    await asyncio.wait({request})


async def test_a_slow_answer_is_joined_by_the_next_try(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.bot.gate = asyncio.Event()
    body = message()
    with monkeypatch.context() as patched:
        patched.setattr(door_module, "HOLD", 0.05)
        for late in (await account.post(body), await account.post(body)):
            assert (late.status_code, late.content) == (503, b"")
    account.bot.gate.set()
    assert account.content(await account.post(body)) == "沙湾电话"
    assert account.bot.computed == 1


async def test_at_the_last_try_a_late_answer_is_promised(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.bot.gate = asyncio.Event()
    body = message()
    monkeypatch.setattr(door_module, "HOLD", 0.05)
    monkeypatch.setattr(door_module, "LAST_HOLD", 0.05)
    for seconds, status_code in ((0, 503), (5, 503), (10, 200)):
        account.now = NOW + seconds
        response = await account.post(body)
        assert response.status_code == status_code
    assert account.content(response) == "还在查"
    assert [postponed.text for postponed in account.bot.postponed] == ["沙湾电话"]
    account.bot.gate.set()
    assert account.content(await account.post(body)) == "沙湾电话"
    assert account.bot.computed == 1


@pytest.mark.parametrize("errcode", [None, 45015, 45047, 48001])
async def test_a_late_answer_is_pushed_where_the_account_may(
    encryption: Encryption, errcode: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "LAST_HOLD", 0.05)
    account = Account(encryption, now=NOW + 10, WECHAT_MAY_PUSH="yes")
    account.bot.gate = asyncio.Event()
    if errcode is not None:
        account.wechat.answers[SEND] = [refusal(errcode)]
    async with account.app.router.lifespan_context(account.app):
        assert account.content(await account.post(message())) == "还在查"
        assert account.wechat.sent == {}
        account.bot.gate.set()
    assert account.wechat.calls[SEND] == 1
    assert account.wechat.sent[OPENID] == (["沙湾电话"] if errcode is None else [])


async def test_what_comes_on_top_of_too_much_is_turned_away(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.bot.gate = asyncio.Event()
    monkeypatch.setattr(door_module, "MOST_AT_ONCE", 3)
    waiting = [asyncio.create_task(account.post(message(str(number)))) for number in range(3)]
    while account.bot.computed < 3:
        await asyncio.sleep(0.001)
    assert account.content(await account.post(message("one more"))) == "busy"
    account.bot.gate.set()
    assert [account.content(await task) for task in waiting] == ["0", "1", "2"]
    assert account.content(await account.post(message("and now"))) == "and now"


async def test_who_could_not_be_forgotten_is_tried_again(account: Account) -> None:
    class Forgetful(FakeBot):
        async def forget(self, sender: str) -> None:
            raise ConnectionError

    response = await Account(account.encryption, Forgetful()).post(message("", Sent.EVENT, "unsubscribe"))
    assert response.status_code == 503


async def test_wechats_disconnect_does_not_stop_the_work(account: Account) -> None:
    account.bot.gate = asyncio.Event()
    body = message()
    await leave_early(account, body)
    account.bot.gate.set()
    assert account.content(await account.post(body)) == "沙湾电话"
    assert account.bot.computed == account.bot.finished == 1


async def test_shutdown_waits_for_the_work(account: Account) -> None:
    account.bot.delay = 0.1
    async with account.app.router.lifespan_context(account.app):
        await leave_early(account, message())
        assert account.bot.finished == 0
    assert account.bot.finished == 1


async def test_a_failure_that_nobody_waits_for_is_logged_without_its_message(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(FakeBot):
        async def reply(self, message: Incoming) -> Reply:
            raise ValueError("张三的身份证")

    broken = Account(account.encryption, Broken())
    response = await broken.post(message())
    assert response.status_code == 500
    assert "wechat answer failed" in caplog.text
    assert "张三" not in caplog.text + response.text


# --- what must not come in


def assert_refused(account: Account, response: httpx.Response) -> None:
    assert response.status_code in {400, 403, 413}
    assert len(response.content) < 100
    assert "Traceback" not in response.text
    assert account.bot.seen == []
    assert account.bot.forgotten == []


@pytest.mark.parametrize("name", sorted(GARBAGE))
async def test_garbage_without_a_signature(account: Account, name: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=account.app), base_url="http://test") as client:
        assert_refused(account, await client.post("/wechat", content=GARBAGE[name]))
    wrong = {"signature": "0" * 40, "msg_signature": "0" * 40, "encrypt_type": "aes"}
    assert_refused(account, await account.post_wire(GARBAGE[name], None, None, wrong))


@pytest.mark.parametrize("name", sorted(GARBAGE))
async def test_garbage_with_a_signature(account: Account, name: str) -> None:
    body = GARBAGE[name]
    if account.encryption is Encryption.SAFE:
        wire = f"<xml><Encrypt>{account.cipher.encrypt(body)}</Encrypt></xml>".encode()  # type: ignore[arg-type]
        encrypted = wire[14:-16].decode()
        assert_refused(account, await account.post_wire(wire, encrypted, None, {}))
    else:
        assert_refused(account, await account.post_wire(body, None, None, {}))


@pytest.mark.parametrize("name", sorted(DAMAGED))
async def test_damaged_encryption_with_a_signature(name: str) -> None:
    account = Account(Encryption.SAFE)
    wire = f"<xml><Encrypt><![CDATA[{DAMAGED[name]}]]></Encrypt></xml>".encode()
    assert_refused(account, await account.post_wire(wire, DAMAGED[name], None, {}))


@pytest.mark.parametrize(
    "query",
    [
        {"timestamp": None},
        {"nonce": None},
        {"timestamp": "171403650"},
        {"signature": "0" * 40, "msg_signature": "0" * 40},
        {"signature": None, "msg_signature": None},
    ],
)
async def test_a_bad_query(account: Account, query: dict[str, Any]) -> None:
    assert_refused(account, await account.post(message(), **query))


@pytest.mark.parametrize("skew", [-301, 301, -(10**8)])
async def test_outside_the_window(account: Account, skew: int) -> None:
    assert_refused(account, await account.post(message(), now=NOW + skew))


@pytest.mark.parametrize("query", [{"encrypt_type": None}, {"encrypt_type": "raw"}, {"msg_signature": None}])
async def test_an_account_in_safe_mode_refuses_what_is_not_encrypted(query: dict[str, Any]) -> None:
    account = Account(Encryption.SAFE)
    assert_refused(account, await account.post(message(), **query))
    assert_refused(account, await account.post_wire(message(), None, None, {}))
    assert_refused(account, await account.post_wire(message(), None, None, {"encrypt_type": "aes"}))


async def test_the_plain_signature_does_not_open_safe_mode() -> None:
    account = Account(Encryption.SAFE)
    plain = sign("AAAAA", str(NOW), "1514711492")
    assert_refused(account, await account.post(message(), msg_signature=plain))


async def test_an_account_in_plain_mode_takes_the_clear_half_of_compatible_mode() -> None:
    account = Account(Encryption.PLAIN)
    body = message().replace(b"</xml>", b"<Encrypt>x</Encrypt></xml>")
    assert account.content(await account.post(body, encrypt_type="aes", msg_signature="0" * 40)) == "沙湾电话"
    assert_refused(Account(Encryption.PLAIN), await Account(Encryption.PLAIN).post(b"<xml><Encrypt>x</Encrypt></xml>"))


async def test_the_previous_key_is_answered_with_the_previous_key() -> None:
    account = Account(Encryption.SAFE)
    previous = Cipher(PREVIOUS, account.settings.wechat.app_id)
    response = await account.post(message(), cipher=previous)
    assert account.content(response, previous) == "沙湾电话"
    stranger = Cipher("B" * 43, account.settings.wechat.app_id)
    account.bot.seen.clear()
    assert_refused(account, await account.post(message(), cipher=stranger))
    assert_refused(account, await account.post(message(), cipher=Cipher(KEY, "wx9999999999999999")))


async def test_the_log_names_the_reason_and_nobody(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = xml(MsgType="text", Content="张三的秘密</Content><Content>2", MsgId="1", FromUserName=OPENID)
    assert (await account.post(secret)).status_code == 400
    record = next(record for record in caplog.records if record.message == "wechat request refused")
    assert record.__dict__["reason"] == "element twice"
    ours = "".join(repr(record.__dict__) for record in caplog.records if record.name.startswith(("webhook", "bot")))
    assert "张三" not in ours
    assert OPENID not in ours


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400), st.dictionaries(st.sampled_from(["nonce", "echostr", "encrypt_type"]), st.text()))
def test_any_bytes_never_break_it(body: bytes, query: dict[str, str]) -> None:
    for encryption in Encryption:
        account = Account(encryption)
        response = asyncio.run(account.post_wire(body, "x", None, query))
        assert_refused(account, response)
        assert asyncio.run(account.get(**query)).status_code in {400, 403}


NAMES = st.sampled_from(
    ["subscribe", "SCAN", "CLICK", "unsubscribe", "LOCATION", "kf_create_session", "kf_close_session", "VIEW", "?", ""]
)
TYPED = st.text(st.characters(blacklist_categories=["Cs"]), max_size=300) | st.text("<>&]['/!CDATA沙湾\n", max_size=60)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.sampled_from(Sent), TYPED, NAMES, st.integers(-1000, 1000))
def test_whatever_somebody_sends_is_answered_or_refused(sent: Sent, text: str, event: str, late: int) -> None:
    """The whole door, with the signature right: what the citizen reads is what the bot said, or nothing."""
    for encryption in Encryption:
        account = Account(encryption, now=NOW + late)
        response = asyncio.run(account.post(message(text, sent, event)))
        assert response.status_code in {200, 400, 403}
        if response.status_code != 200 or response.text == SUCCESS:
            assert not account.bot.seen or not clean(account.bot.seen[0].text).strip()
            continue
        (seen,) = account.bot.seen
        assert account.content(response) == cut(clean(seen.text))
