"""``yibao train``."""

from __future__ import annotations

import typer

from knowledge.editor.release import ReleaseError, Releases
from webhook.command_line.terminal import (
    PROJECT,
    content_folder,
    data_folder,
    load,
    quiet_libraries,
    standard_output_reserved,
)


def train(
    if_missing: bool = typer.Option(False, "--if-missing", help="已有可用的版本时不训练。"),
) -> None:
    """检查内容，训练出一个新版本并启用。"""
    settings = load()
    if if_missing:
        try:
            Releases(settings.var).live()
            return
        except ReleaseError:
            typer.echo("还没有可用的版本，先训练一个。", err=True)
    quiet_libraries()
    from knowledge.editor.train import train_release

    with standard_output_reserved():
        train_release(
            PROJECT,
            content_folder(settings),
            data_folder(settings),
            settings.var,
            lambda line: typer.echo(line, err=True),
        )
