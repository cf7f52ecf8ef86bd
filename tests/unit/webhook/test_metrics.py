"""What /metrics tells: counts by door and status, readiness, and nothing that a person wrote."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.message import Incoming
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
    assert 'yibao_messages_total{door="wechat",status="answered"} 1.0' in shown
    assert 'yibao_messages_total{door="api",status="answered"} 1.0' in shown
    assert 'yibao_reply_seconds_count{door="wechat"} 1.0' in shown
    assert "乙肝" not in shown
    assert "somebody" not in shown


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
