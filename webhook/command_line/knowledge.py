"""``yibao knowledge``: check the content, show what is known."""

from __future__ import annotations

from pathlib import Path

import typer

from knowledge.editor.check import check
from knowledge.editor.coverage import check_coverage
from knowledge.editor.examples import read_examples
from knowledge.editor.findings import Severity
from knowledge.editor.sources import SourceDocuments, find_folder
from knowledge.errors import SourcesError
from knowledge.show import show_topic
from knowledge.store import load_knowledge
from webhook.command_line.terminal import EXAM, PROJECT, content_folder, data_folder, load

app = typer.Typer(help="知识：检查内容，看一件事在一个地方怎么办。", no_args_is_help=True)


@app.command("check")
def check_content(
    sources: Path = typer.Option(None, "--sources", help="来源文件所在的文件夹"),
    coverage: bool = typer.Option(False, "--coverage", help="再反过来查：来源文件里有、内容里没写到的"),
) -> None:
    """检查全部内容，并和来源文件逐字比对。"""
    settings = load()
    knowledge = load_knowledge(content_folder(settings))
    folder = find_folder(PROJECT, sources, settings.content)
    documents = SourceDocuments(folder, knowledge.sources) if folder else None
    examples = read_examples(data_folder(settings), knowledge)
    findings = [*examples.findings, *check(knowledge, documents, examples=examples.counts)]
    if coverage:
        if documents is None:
            raise SourcesError("没有放原件的文件夹，查不了有没有遗漏", "用 --sources 指出放原件的文件夹")
        findings += check_coverage(knowledge, documents)
    for finding in findings:
        typer.echo(str(finding))
    errors = sum(f.severity is Severity.ERROR for f in findings)
    typer.echo(f"{len(knowledge.topics)} 个事项：{errors} 处错误，{len(findings) - errors} 处提醒")
    if errors:
        raise typer.Exit(1)


@app.command("init")
def init(folder: Path = typer.Argument(help="新文件夹，要是空的")) -> None:
    """给编辑建一个自己的文件夹：内容、例句和考题各一份，用 git 记下每次修改。"""
    from knowledge.editor.workspace import WorkspaceError, make_workspace

    try:
        make_workspace(folder, PROJECT / "knowledge" / "content", PROJECT / "nlu" / "data", EXAM)
    except WorkspaceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"建好了。在 .env 里写上 YIBAO_CONTENT={folder.absolute()}，重新启动服务")


@app.command("book")
def book(
    region: str = typer.Option(..., "--region", help="参保地的名称或代码，例如 沙湾"),
    out: Path = typer.Option(None, "--out", help="写到哪个文件；不写就是 地名.html"),
    sources: Path = typer.Option(None, "--sources", help="来源文件所在的文件夹"),
) -> None:
    """把一个地方的全部回答和依据的原文并排印成一本，给单位核对、签字。"""
    from bot.phrases import Phrases
    from knowledge.editor.git import Git, GitError
    from knowledge.moments import now_in_beijing
    from webhook.publishing.book import make_book

    settings = load()
    knowledge = load_knowledge(content_folder(settings))
    found = knowledge.regions.candidates(region)
    if not found:
        raise typer.BadParameter(f"不认识这个地方：{region}", param_hint="--region")
    folder = find_folder(PROJECT, sources, settings.content)
    documents = SourceDocuments(folder, knowledge.sources) if folder else None
    try:
        state = Git(settings.content or PROJECT).head() or ""
    except GitError:
        state = ""
    page = make_book(knowledge, found[0], documents, Phrases.load(), now_in_beijing().date(), state)
    target = out or Path(f"{found[0].name}.html")
    target.write_text(page, encoding="utf-8")
    typer.echo(f"{found[0].name}的 {len(knowledge.topics)} 个事项写进了 {target}，用浏览器打开，可以打印")


@app.command("show")
def show(
    topic: str = typer.Argument(help="事项的 id，例如 remote_care_filing"),
    region: str = typer.Argument(help="参保地的名称或代码，例如 沙湾"),
) -> None:
    """看一件事在一个地方的全部内容，每一项出自哪里。"""
    knowledge = load_knowledge(content_folder(load()))
    candidates = knowledge.regions.candidates(region)
    if topic not in knowledge.topics:
        raise typer.BadParameter(f"没有这个事项：{topic}", param_hint="TOPIC")
    if not candidates:
        raise typer.BadParameter(f"不认识这个地方：{region}", param_hint="REGION")
    for line in show_topic(knowledge, knowledge.topics[topic], candidates[0].code):
        typer.echo(line)
