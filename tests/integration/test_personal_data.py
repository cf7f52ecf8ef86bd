"""What is stored and logged of a conversation full of personal numbers, and what is left of who leaves."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from bot.adapters.database import open_database
from bot.adapters.embedded_redis import EmbeddedRedis
from bot.adapters.redis_conversations import RedisConversations
from bot.adapters.redis_late import RedisLate
from bot.adapters.redis_limits import RedisLimits
from bot.adapters.redis_served import RedisServed
from bot.adapters.redis_state import RedisOnce, connect
from bot.adapters.sql_journal import SqlJournal
from bot.assistant import Assistant
from bot.message import Incoming
from bot.state import State
from knowledge.editor.release import Release
from webhook.app import create_app
from webhook.assembly import load_assistant
from webhook.health import Readiness
from webhook.sender import keyed_sender
from webhook.settings import DEVELOPMENT_SECRETS, Encryption, load_settings
from webhook.simulator.peer import Action, Sent, SimulatedWeChat

OPENID = "oPrivate-OpenId-0123456789"
OTHER = "oOther-OpenId-0123456789"

IDENTITY, MOBILE, CARD = "653226198001011234", "13812345678", "6222021001116245702"
MESSAGES = (
    f"我叫王小红，身份证{IDENTITY}，沙湾参保，异地备案要什么材料",
    "手机 138 1234 5678，帮我查查",
    f"卡号{CARD}能不能报销",
    "电话＋８６１３８１２３４５６７８，住院要带啥",
    "更多",
    f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]} 怎么报销",
    "有用",
)
SECRETS = (IDENTITY, MOBILE, CARD, "138 1234 5678", "19800101", "12345678", OPENID)


@dataclass
class Place:
    """The program with everything that it writes under ``folder``."""

    app: FastAPI
    bot: Assistant
    redis: Redis
    journal: SqlJournal
    folder: Path

    def wechat(self) -> SimulatedWeChat:
        return SimulatedWeChat(self.app, load_settings({}).wechat, time.time)

    async def say(self, openid: str, *texts: str) -> None:
        for text in texts:
            exchange = await self.wechat().send(Action(openid, Sent.TEXT, text), Encryption.SAFE)
            assert exchange.text, text

    async def leave(self, openid: str) -> None:
        action = Action(openid, Sent.EVENT, event="unsubscribe")
        assert (await self.wechat().send(action, Encryption.SAFE)).status_code == 200

    async def stored(self) -> str:
        """Every key and value of Redis, every byte of the files."""
        found = []
        for key in await self.redis.keys("*"):
            kind = await self.redis.type(key)
            value = await (self.redis.hgetall(key) if kind == "hash" else self.redis.get(key))
            found.append(f"{key} {value}")
        files = [path.read_bytes().decode("utf-8", "replace") for path in self.folder.glob("yibao.db*")]
        assert len(files) >= 1
        return "\n".join([*found, *files])


@pytest.fixture
async def place(release: Release, tmp_path: Path) -> AsyncIterator[Place]:
    server = EmbeddedRedis(tmp_path / "redis")
    url = server.start()
    redis = connect(url)
    journal = SqlJournal(partial(open_database, None, tmp_path))
    state = State(
        RedisConversations(redis), RedisOnce(redis), RedisLate(redis), RedisLimits(url, 30), RedisServed(redis), journal
    )
    bot, _ = load_assistant(release, "12393", state)

    async def ready() -> Readiness:
        return Readiness(release.id)

    app = create_app(load_settings({}), bot, ready=ready, region_known=bot.knows_region)
    yield Place(app, bot, redis, journal, tmp_path)
    journal.close()
    await redis.close()
    server.stop()


def sender(openid: str) -> str:
    return keyed_sender(DEVELOPMENT_SECRETS["YIBAO_SENDER_KEY"], "wechat", openid)


async def test_no_personal_number_is_stored_or_logged(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpx")  # WeChat's own side of it
    await place.say(OPENID, *MESSAGES)
    await place.bot.postpone(Incoming(sender(OPENID), MESSAGES[0]))
    assert await place.journal.rate("nobody", "NOTHERE", True) is False, "all that was noted is written by then"
    stored = await place.stored()
    assert "653****1234" in stored, "what was asked is there, masked"
    for secret in SECRETS:
        assert secret not in stored, secret
        assert secret not in caplog.text, secret
    assert "0993-60" in stored, "published numbers are not touched"


async def test_who_leaves_leaves_nothing(place: Place) -> None:
    await place.say(OPENID, *MESSAGES)
    await place.bot.postpone(Incoming(sender(OPENID), MESSAGES[0]))
    await place.bot.hand_over(sender(OPENID), begins=True)
    await place.say(OTHER, "沙湾电话")
    before = await place.stored()
    assert sender(OPENID) in before
    assert "王小红" in before
    await place.leave(OPENID)
    engine = open_database(None, place.folder)
    with engine.connect() as connection:
        # SQLite overwrites what was deleted when it is told to; the test reads its file.
        connection.exec_driver_sql("VACUUM")
    engine.dispose()
    after = await place.stored()
    assert sender(OPENID) not in after
    assert "王小红" not in after
    assert sender(OTHER) in after
