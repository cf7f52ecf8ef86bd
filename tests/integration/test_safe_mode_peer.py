"""Safe mode against somebody else's implementation: npm's wechat-crypto encrypts and decrypts, in Node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_wechat_door import KEY, NOW, PREVIOUS, Account, message
from tests.npm_packages import install
from tests.wechat_stand_in import APP_ID
from webhook.settings import Encryption
from webhook.wechat.parse import Document
from webhook.wechat.reply import cut

HERE = Path(__file__).parent / "peer"

TEXTS = ["沙湾电话", "a", "医保🏥👨‍👩‍👧 ]]> <b>&amp;\n第二行", "长" * 600, *("x" * length for length in range(25, 60))]


class Peer:
    """WeChat's side, in Node."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, do: str, key: str = KEY, **request: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        account = {"token": "AAAAA", "key": key, "appId": APP_ID}
        self._process.stdin.write(json.dumps({"do": do} | account | request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def installed(require: Callable[[str], str], cache_folder: Path) -> Path:
    """The peer with its package."""
    return install(require("npm"), HERE, "wechat-crypto", cache_folder)


@pytest.fixture(scope="module")
def peer(require: Callable[[str], str], installed: Path) -> Iterator[Peer]:
    command = [require("node"), "--no-deprecation", "peer.js"]
    process = subprocess.Popen(command, cwd=installed, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield Peer(process)
    process.communicate(timeout=10)


@pytest.mark.parametrize("key", [KEY, PREVIOUS], ids=["current key", "previous key"])
async def test_what_the_peer_sends_is_understood_and_our_answer_is_understood_by_it(peer: Peer, key: str) -> None:
    for text in TEXTS:
        account = Account(Encryption.SAFE)
        sent = peer("encrypt", key, text=message(text).decode(), timestamp=str(NOW), nonce="1514711492")
        wire = f"<xml><Encrypt><![CDATA[{sent['encrypted']}]]></Encrypt></xml>".encode()
        response = await account.post_wire(
            wire, None, None, {"encrypt_type": "aes", "msg_signature": sent["signature"], "nonce": "1514711492"}
        )
        assert response.status_code == 200
        assert [seen.text for seen in account.bot.seen] == [text]
        envelope = Document(response.content)
        parts = {name: envelope.one(name) for name in ("Encrypt", "TimeStamp", "Nonce", "MsgSignature")}
        received = peer("decrypt", key, encrypted=parts["Encrypt"], timestamp=parts["TimeStamp"], nonce=parts["Nonce"])
        assert received["id"] == APP_ID
        assert received["signature"] == parts["MsgSignature"]
        assert Document(received["text"].encode()).one("Content") == cut(text)
