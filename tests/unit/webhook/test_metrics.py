"""What /metrics tells: counts by door and status, readiness, and nothing that a person wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.message import Incoming, Named, Reply
from bot.stages import stage
from tests.fakes import FakeBot
from webhook.health import Readiness
from webhook.metrics import Metrics


def page(metrics: Metrics, readiness: Readiness | None) -> str:
    async def ready() -> Readiness:
        if readiness is None:
            raise OSError("no Redis")
        return readiness

    app = FastAPI()
    app.include_router(metrics.router(ready))
    response = TestClient(app).get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    return response.text


async def test_messages_by_door_and_status() -> None:
    metrics = Metrics()
    await metrics.counted(FakeBot(), "wechat").reply(Incoming("somebody", "我得了乙肝"))
    await metrics.counted(FakeBot(), "api").reply(Incoming("somebody", "沙湾电话"))
    shown = page(metrics, Readiness("one"))
    assert 'yibao_messages_total{door="wechat",region="",status="answered"} 1.0' in shown
    assert 'yibao_messages_total{door="api",region="",status="answered"} 1.0' in shown
    assert 'yibao_reply_seconds_count{door="wechat"} 1.0' in shown
    assert "乙肝" not in shown
    assert "somebody" not in shown


class SlowBot(FakeBot):
    """Takes its time in one stage, for somebody in Shawan."""

    async def reply(self, message: Incoming) -> Reply:
        with stage("answer"):
            reply = await super().reply(message)
        return replace(reply, region=Named("654203", "沙湾市"))


async def test_stages_and_regions_are_counted() -> None:
    metrics = Metrics()
    await metrics.counted(SlowBot(), "api").reply(Incoming("somebody", "沙湾电话"))
    shown = page(metrics, Readiness("one"))
    assert 'yibao_messages_total{door="api",region="654203",status="answered"} 1.0' in shown
    assert 'yibao_stage_seconds_count{stage="answer"} 1.0' in shown


async def test_a_slow_message_is_told_with_its_stages(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webhook.metrics.SLOW", 0.02)
    counted = Metrics().counted(SlowBot(delay=0.05), "wechat")
    await counted.reply(Incoming("somebody", "我得了乙肝"))
    (told,) = caplog.records
    assert (told.message, told.__dict__["door"], told.__dict__["answer"] > 0.02) == ("slow message", "wechat", True)
    assert "乙肝" not in str(told.__dict__)
    assert "somebody" not in str(told.__dict__)


async def test_a_quick_one_is_not(caplog: pytest.LogCaptureFixture) -> None:
    await Metrics().counted(FakeBot(), "wechat").reply(Incoming("somebody", "沙湾电话"))
    assert not caplog.records


async def test_forgetting_reaches_the_bot() -> None:
    bot = FakeBot()
    await Metrics().counted(bot, "wechat").forget("somebody")
    assert bot.forgotten == ["somebody"]


def test_a_lost_redis_is_degraded_and_still_ready() -> None:
    shown = page(Metrics(), Readiness("one", ("redis",)))
    assert "yibao_ready 1.0" in shown
    assert 'yibao_degraded{part="redis"} 1.0' in shown


def test_ready_is_told_as_it_is() -> None:
    assert "yibao_ready 0.0" in page(Metrics(), Readiness(None))
    assert "yibao_ready 0.0" in page(Metrics(), None)
    assert 'yibao_degraded{part="redis"} 0.0' in page(Metrics(), Readiness("one"))
