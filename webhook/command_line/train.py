"""``yibao train``."""

from __future__ import annotations

import typer

from exam.cases import ExamError
from knowledge.editor.release import ReleaseError, Releases
from knowledge.errors import KnowledgeError
from webhook.command_line.terminal import folders, load, quiet_libraries, standard_output_reserved
from webhook.publishing.trainings import Trainings

BELOW = 3
"""Exit code: a release was made, and it is below the gate."""


def train(
    if_missing: bool = typer.Option(False, "--if-missing", help="已有可用的版本时不训练。"),
    by: str = typer.Option(None, "--by", help="签字人的姓名。正式环境不写就只做版本，不启用。"),
    only_make: bool = typer.Option(False, "--only-make", help="只做版本，不启用。"),
) -> None:
    """检查内容，训练出一个新版本，考试，和正在用的版本比；过了就启用。只改了事实的，不重新训练。"""
    settings = load()
    releases = Releases(settings.var)
    if if_missing:
        try:
            releases.live()
            return
        except ReleaseError:
            typer.echo("还没有可用的版本，先训练一个。", err=True)
    if by is not None and not by.strip():
        raise typer.BadParameter("写上签字人的姓名", param_hint="--by")
    quiet_libraries()
    from webhook.publishing.making import make_release

    trainings = Trainings(settings.var)
    signer = by or ""

    def tell(line: str) -> None:
        typer.echo(line, err=True)

    with standard_output_reserved(), trainings.turn(signer):
        try:
            made = make_release(
                folders(settings),
                settings.gate,
                tell,
                by=signer,
                last_resort_number=settings.last_resort_number,
            )
        except (ExamError, KnowledgeError, OSError) as error:
            trainings.finish(failed=str(error))
            raise
        trainings.finish(release=made.release.id)
    if not made.is_new:
        return
    for reason in made.verdict.reasons:
        tell(f"不能启用：{reason}")
    name = made.release.id
    if only_make:
        return
    if not made.verdict.is_passed:
        tell(f"正在用的版本没有变。要看细节：yibao release show {name}")
        tell(f"还是要用：yibao release promote {name} --reason 理由")
        raise typer.Exit(BELOW)
    if not signer and settings.is_production:
        tell(f"正式环境要有人签字才启用。请运行：yibao release promote {name} --by 姓名")
        return
    releases.promote(name, by=signer)
    tell(f"版本 {name} 已启用" + (f"，由 {signer} 签字" if signer else ""))
