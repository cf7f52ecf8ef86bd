"""``yibao release``."""

from __future__ import annotations

import typer

from knowledge.editor.release import Release, ReleaseError, Releases
from webhook.command_line.terminal import load

app = typer.Typer(help="版本：一次训练的模型和内容，做好后不再改动。", no_args_is_help=True)


@app.command("list")
def list_releases() -> None:
    """列出所有版本，标出正在用的一个。"""
    releases = Releases(load().var)
    try:
        live = releases.live().id
    except ReleaseError:
        live = ""
    for release in releases.all():
        mark = "*" if release.id == live else " "
        typer.echo(f"{mark} {release.id}  {_describe(release)}")


@app.command("publish")
def publish(name: str = typer.Argument(help="版本号，见 yibao release list")) -> None:
    """启用某个版本（也用来退回旧版本）；重启服务后生效。"""
    release = Releases(load().var).publish(name)
    typer.echo(f"版本 {release.id} 已启用，重启服务后生效")


def _describe(release: Release) -> str:
    try:
        report = release.report
    except ReleaseError:
        return "已损坏"
    return f"训练于 {report.get('trained_at', '？')}，{report.get('topics', '？')} 个事项"
