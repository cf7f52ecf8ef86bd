import typer
app = typer.Typer(help="人员账号")
