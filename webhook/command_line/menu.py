"""``yibao menu``: the menu of the official account."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import typer

from webhook.command_line.terminal import content_folder, load
from webhook.wechat.api import WeChatApi
from webhook.wechat.menu import load_menu

app = typer.Typer(help="公众号底部的菜单：内容在 wechat_menu.yml。", no_args_is_help=True)


@app.command("show")
def show() -> None:
    """检查菜单，看会发给微信的 JSON；不发送。"""
    typer.echo(_pretty(load_menu(content_folder(load())).as_json()))


@app.command("push")
def push() -> None:
    """检查菜单并发给微信，替换公众号现在的菜单；换下来的存成文件。"""
    settings = load()
    menu = load_menu(content_folder(settings))
    api = WeChatApi(settings.wechat)

    async def replace() -> Path | None:
        saved = _save(settings.var, await api.read_menu())
        await api.create_menu(menu.as_json())
        return saved

    _tell_saved(asyncio.run(replace()))
    typer.echo(f"菜单已发布：{'、'.join(button.name for button in menu.buttons)}。约 5 分钟后重新进入公众号可以看到")


@app.command("delete")
def delete() -> None:
    """删掉公众号现在的菜单；删掉的存成文件。"""
    settings = load()
    api = WeChatApi(settings.wechat)

    async def remove() -> Path | None:
        saved = _save(settings.var, await api.read_menu())
        await api.delete_menu()
        return saved

    _tell_saved(asyncio.run(remove()))
    typer.echo("菜单已删除。约 5 分钟后重新进入公众号可以看到")


def _save(var: Path, menu: dict[str, Any] | None) -> Path | None:
    """Writes the menu that was there, before anything is changed."""
    if menu is None:
        return None
    folder = var / "wechat_menus"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(_pretty(menu) + "\n", encoding="utf-8")
    return path


def _tell_saved(path: Path | None) -> None:
    typer.echo(f"原来的菜单存在 {path}" if path else "公众号原来没有菜单")


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
