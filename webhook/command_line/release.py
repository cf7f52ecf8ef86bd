"""``yibao release``: what there is, what it answers otherwise, which one answers, and how it gets elsewhere."""

from __future__ import annotations

from pathlib import Path

import typer

from knowledge.editor.release import Promotion, Release, ReleaseError, Releases
from webhook.command_line.terminal import load

app = typer.Typer(help="版本：一次训练的模型、内容和考试结果，做好后不再改动。", no_args_is_help=True)

NAME = typer.Argument(help="版本号，见 yibao release list")
BY = typer.Option(None, "--by", help="签字人的姓名，正式环境必须写")
REASON = typer.Option("", "--reason", help="理由；没有过考试的版本必须写")


@app.command("list")
def list_releases() -> None:
    """列出所有版本，标出正在用的一个。"""
    releases = Releases(load().var)
    live = releases.live_name()
    for release in releases.all():
        mark = "*" if release.id == live else " "
        typer.echo(f"{mark} {release.id}  {_describe(release, releases)}")


@app.command("show")
def show(name: str = NAME) -> None:
    """一个版本的考试报告：总数、为什么不能启用、答法不同的每一题，旧的和新的。"""
    from webhook.publishing.making import verdict_of

    releases = Releases(load().var)
    release = releases.get(name)
    verdict = verdict_of(release)
    typer.echo(f"{name}：{_describe(release, releases)}")
    typer.echo(verdict.headline)
    for reason in verdict.reasons:
        typer.echo(f"不能启用：{reason}")
    for each in verdict.differences:
        mark = "变差" if each.is_worse else "变好" if each.is_better else "不同"
        typer.echo(f"\n[{mark}] {each.text}（{each.case}）")
        typer.echo(_indented("旧", each.before))
        typer.echo(_indented("新", each.after))


@app.command("promote")
def promote(name: str = NAME, by: str = BY, reason: str = REASON) -> None:
    """启用一个版本；正在运行的服务几秒内换上，不用重启。"""
    from webhook.publishing.making import verdict_of

    settings = load()
    releases = Releases(settings.var)
    verdict = verdict_of(releases.get(name))
    if not verdict.is_passed and not reason.strip():
        raise ReleaseError(f"版本 {name} 没有过：{'；'.join(verdict.reasons)}。一定要用，加上 --reason 理由")
    releases.promote(name, by=_signer(by, settings.is_production), reason=reason.strip())
    typer.echo(f"版本 {name} 已启用，正在运行的服务几秒内换上")


@app.command("rollback")
def rollback(by: str = BY, reason: str = REASON) -> None:
    """退回上一个用过的版本；正在运行的服务几秒内换上。"""
    settings = load()
    releases = Releases(settings.var)
    before = releases.previous()
    releases.promote(before.id, by=_signer(by, settings.is_production), reason=reason.strip() or "退回")
    typer.echo(f"已退回版本 {before.id}，正在运行的服务几秒内换上")


@app.command("export")
def export(name: str = NAME, file: Path = typer.Argument(help="写到哪个文件，例如 a.yibao")) -> None:
    """把一个版本写成一个签了名的文件，拷到没有网络的地方。"""
    from knowledge.editor.bundle import write_bundle

    settings = load()
    if settings.signing_key is None:
        raise ReleaseError("没有签名用的密钥。请运行 yibao release key，把私钥填进 YIBAO_SIGNING_KEY")
    write_bundle(Releases(settings.var).get(name), file, settings.signing_key)
    typer.echo(f"版本 {name} 已写进 {file}")


@app.command("import")
def import_release(file: Path = typer.Argument(help="yibao release export 写的文件", exists=True)) -> None:
    """读入一个签了名的版本文件；核对签名和每个文件，不会自动启用。"""
    from knowledge.editor.bundle import read_bundle

    settings = load()
    release = read_bundle(file, Releases(settings.var), settings.trusted_keys)
    typer.echo(f"版本 {release.id} 已读入。启用它请运行：yibao release promote {release.id} --by 姓名")


@app.command("key")
def key() -> None:
    """生成一对签名用的密钥。"""
    from knowledge.editor.bundle import make_keys

    secret, public = make_keys()
    typer.echo(f"私钥，只放在导出的机器上：YIBAO_SIGNING_KEY={secret}")
    typer.echo(f"公钥，放在导入的机器上：YIBAO_TRUSTED_KEYS={public}")


def _signer(by: str | None, is_production: bool) -> str:
    name = (by or "").strip()
    if not name and is_production:
        raise ReleaseError("正式环境要有人签字。请加上 --by 姓名")
    return name


def _describe(release: Release, releases: Releases) -> str:
    try:
        report = release.report
    except ReleaseError:
        return "已损坏"
    told = f"训练于 {report.get('trained_at', '？')}，{report.get('topics', '？')} 个事项"
    approval = releases.approval(release.id)
    return told + _approved(approval)


def _approved(approval: Promotion | None) -> str:
    if approval is None:
        return "，没有启用过"
    return f"，{approval.at} 启用，" + (f"{approval.by} 签字" if approval.by else "没有人签字")


def _indented(title: str, text: str) -> str:
    return f"  {title}：" + text.replace("\n", "\n      ")
