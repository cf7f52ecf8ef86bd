"""``yibao serve``: everything in one process, or in several workers that share one embedded Redis."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from knowledge.editor.release import Release, ReleaseError, Releases
from webhook.command_line.logs import set_up_logs
from webhook.command_line.terminal import live_release, load, quiet_libraries
from webhook.command_line.worker import Worker, find_servable
from webhook.settings import Settings

if TYPE_CHECKING:
    import uvicorn

    from bot.adapters.embedded_redis import EmbeddedRedis

MOST_WORKERS = 64


def serve(
    workers: int = typer.Option(1, "--workers", min=1, max=MOST_WORKERS, help="同时工作的进程数，一般等于处理器的核数"),
) -> None:
    """启动服务：微信接口、网页和 JSON 接口在同一个程序里。"""
    # One message is little work: threads for it in every worker take the processors from each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    settings = load()
    release = live_release(settings)
    _check_signed(release, settings)
    _check_address(settings)
    quiet_libraries()
    from bot.adapters.embedded_redis import EmbeddedRedis, EmbeddedRedisError

    set_up_logs(settings)
    embedded = None if settings.redis_url else EmbeddedRedis(settings.var / "redis")
    try:
        worker = Worker(settings, release, settings.redis_url or (embedded.start() if embedded else ""))
        if workers == 1:
            _run_one(worker, embedded)
        else:
            _run_several(worker, workers)
    except EmbeddedRedisError:
        typer.echo(f"内置 Redis 启动不了，原因见 {settings.var}/redis/redis.log。也可以用 REDIS_URL 指定一个", err=True)
        raise typer.Exit(1) from None
    finally:
        if embedded is not None:
            embedded.stop()


def _run_one(worker: Worker, embedded: EmbeddedRedis | None) -> None:
    import uvicorn

    app, loaded = worker.build(embedded.stop if embedded else lambda: None)
    typer.echo(f"版本 {worker.release.id}：{loaded}")
    _tell_addresses(worker.settings)
    uvicorn.Server(_config(app, worker.settings)).run()


def _run_several(worker: Worker, workers: int) -> None:
    """One socket, from which each worker takes what it can. A worker that dies or hangs is replaced."""
    from uvicorn.supervisors import Multiprocess

    with tempfile.TemporaryDirectory() as folder:
        # Read by prometheus_client when a worker imports it.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        worker = Worker(worker.settings, worker.release, worker.redis_url, Path(folder))
        config = _config(worker, worker.settings, workers)
        typer.echo(f"版本 {worker.release.id}：{workers} 个工作进程")
        _tell_addresses(worker.settings)
        Multiprocess(config, sockets=[config.bind_socket()]).run()


def _config(app: object, settings: Settings, workers: int = 1) -> uvicorn.Config:
    import uvicorn

    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # a factory of our own, where there are several
        factory=workers > 1,
        workers=workers,
        host=settings.host,
        port=settings.port,
        ws="none",
        log_config=None,
        access_log=False,
    )


def _tell_addresses(settings: Settings) -> None:
    base = f"http://{settings.host}:{settings.port}"
    typer.echo(f"状态存在{'外部 Redis' if settings.redis_url else '内置 Redis'}，文件在 {settings.var}/")
    typer.echo(f"微信接口 {base}/wechat（{'安全模式' if settings.wechat.encryption.value == 'safe' else '明文模式'}）")
    typer.echo(f"提问接口 {base}/api/ask" if settings.is_production else f"模拟器 {base}/simulator")


def _check_signed(release: Release, settings: Settings) -> None:
    """In production a person answers for what is served."""
    if find_servable(Releases(settings.var), settings.is_production) is None:
        remedy = f"yibao release promote {release.id} --by 姓名"
        raise ReleaseError(f"版本 {release.id} 没有人签字，正式环境不用它。请运行：{remedy}")


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
