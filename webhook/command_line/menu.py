import typer
app = typer.Typer(help="公众号菜单")
