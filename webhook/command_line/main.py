"""``yibao``: one verb an operator or editor needs. Heavy things are imported by the command that needs them."""

from __future__ import annotations

import typer

from webhook.command_line import ask, evaluate, journal, knowledge, menu, release, serve, train, user
from webhook.command_line.terminal import translate_errors

app = typer.Typer(
    name="yibao",
    help="新疆医保问答：训练、提问、检查知识、启动服务。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("ask")(ask.ask)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.add_typer(release.app, name="release")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(menu.app, name="menu")
app.add_typer(user.app, name="user")
app.add_typer(journal.app, name="journal")


def main() -> None:
    """Exit code 0; 1 with what failed in one line; 2 for wrong usage."""
    with translate_errors():
        app()


if __name__ == "__main__":
    main()
