"""``yibao serve``: everything in one process."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from typing import TYPE_CHECKING

import typer

from knowledge.editor.release import Release
from webhook.command_line.terminal import live_release, load, quiet_libraries
from webhook.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.embedded_redis import EmbeddedRedis


def serve() -> None:
    """启动服务：微信接口、网页和 JSON 接口在同一个进程里。"""
    settings = load()
    release = live_release(settings)
    _check_address(settings)
    quiet_libraries()
    from bot.adapters.embedded_redis import EmbeddedRedis, EmbeddedRedisError

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    embedded = None if settings.redis_url else EmbeddedRedis(settings.var / "redis")
    try:
        _run(settings, release, embedded)
    except EmbeddedRedisError:
        typer.echo(f"内置 Redis 启动不了，原因见 {settings.var}/redis/redis.log。也可以用 REDIS_URL 指定一个", err=True)
        raise typer.Exit(1) from None
    finally:
        if embedded is not None:
            embedded.stop()


def _run(settings: Settings, release: Release, embedded: EmbeddedRedis | None) -> None:
    begun = time.monotonic()
    import uvicorn

    from bot.adapters.redis_conversations import RedisConversations, RedisSessions
    from bot.adapters.redis_state import RedisOnce, connect, is_reachable
    from webhook.app import create_app
    from webhook.assembly import load_assistant
    from webhook.health import Readiness

    redis = connect(settings.redis_url or (embedded.start() if embedded else ""))
    bot, knowledge = load_assistant(
        release, settings.last_resort_number, RedisConversations(redis), RedisSessions(redis), RedisOnce(redis)
    )

    async def ready() -> Readiness:
        return Readiness(release.id, () if await is_reachable(redis) else ("redis",))

    async def shutdown() -> None:
        await redis.close()
        if embedded is not None:
            await asyncio.to_thread(embedded.stop)

    app = create_app(settings, bot, ready=ready, region_known=bot.knows_region, shutdown=shutdown)
    guides = sum(len(topic.guides) for topic in knowledge.topics.values())
    seconds = time.monotonic() - begun
    size = f"{len(knowledge.topics)} 个事项，{guides} 份指南"
    typer.echo(f"版本 {release.id}：{size}，加载用了 {seconds:.1f} 秒")
    typer.echo(f"状态存在{'外部 Redis' if settings.redis_url else '内置 Redis'}，文件在 {settings.var}/")
    _tell_addresses(settings)
    uvicorn.run(app, host=settings.host, port=settings.port, ws="none", log_level="warning", access_log=False)


def _tell_addresses(settings: Settings) -> None:
    base = f"http://{settings.host}:{settings.port}"
    typer.echo(f"微信接口 {base}/wechat（{'安全模式' if settings.wechat.encryption.value == 'safe' else '明文模式'}）")
    typer.echo(f"提问接口 {base}/api/ask" if settings.is_production else f"模拟器 {base}/simulator")


def _check_address(settings: Settings) -> None:
    """Tells now, not after loading, that the port is taken or the address is not ours."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            address = f"{settings.host}:{settings.port}"
            typer.echo(f"{address} 用不了（{error.strerror}）。请检查 YIBAO_HOST、YIBAO_PORT", err=True)
            raise typer.Exit(1) from None
