"""``yibao`` as an operator types it: a process of its own, in an empty folder, with the trained release."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
import typer
from typer.testing import CliRunner

from knowledge.editor.release import Release
from knowledge.editor.sources import find_folder
from tests.conftest import missing
from tests.programs import PROJECT, YIBAO, environ, run
from tests.unit.webhook.test_settings import PRODUCTION
from webhook.command_line.main import app

Done = subprocess.CompletedProcess[str]
Yibao = Callable[..., Done]

ORDER = [
    "id", "sender", "text", "reply", "parts", "options", "status", "intent", "confidence", "topic", "topic_name",
    "aspect", "answers", "region", "care_place", "answer_region", "sources", "latency_ms",
]  # fmt: skip

STATUSES = {
    "answered", "clarify", "suggest", "not_in_documents", "out_of_scope", "handoff", "smalltalk", "emergency",
    "refused", "error",
}  # fmt: skip

TAP = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]+)&msgmenuid=[^&"]+">([^<]+)</a>')


@pytest.fixture
def yibao(tmp_path: Path) -> Yibao:
    """Runs ``yibao`` with these words; ``var`` defaults to an empty folder."""

    def call(*words: str, stdin: str | bytes = "", var: Path | None = None, **settings: str) -> Done:
        return run([YIBAO, *words], tmp_path, stdin, YIBAO_VAR=str(var or tmp_path / "var"), **settings)

    return call


def failed(done: Done) -> str:
    """The one line of a command that says what failed."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


# Help and usage.


def commands() -> list[tuple[str, ...]]:
    """Every command and group of commands there is."""

    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*path, name))

    return list(below(typer.main.get_command(app), ()))


def test_every_command_of_the_contract_is_there() -> None:
    contract = {("serve",), ("ask",), ("train",), ("release",), ("knowledge", "check"), ("knowledge", "show")}
    assert contract | {("menu",), ("user",)} <= {*commands()}


def test_help(yibao: Yibao) -> None:
    done = yibao("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in ("serve", "ask", "train", "release", "knowledge", "menu", "user"))


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    help_text = result.output.split("Usage:", 1)[1]
    assert re.search("[\u4e00-\u9fff]{4}", help_text), "no explanation in Chinese"


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["ask"],
        ["ask", "沙湾电话", "--jsonl"],
        ["ask", "--no-such-option"],
        ["ask", "--jsonl", "--region", "沙湾"],
        ["train", "extra"],
        ["serve", "extra"],
        ["release", "promote"],
        ["knowledge", "show", "remote_care_filing"],
        ["knowledge", "show", "no_such_topic", "沙湾"],
        ["knowledge", "show", "remote_care_filing", "亚特兰蒂斯"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YIBAO_CONTENT", raising=False)
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_wrong_usage_of_the_real_program(yibao: Yibao) -> None:
    done = yibao("ask")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--jsonl" in done.stderr


def test_a_wrong_setting_is_named(yibao: Yibao) -> None:
    assert failed(yibao("ask", "沙湾电话", YIBAO_PORT="many")).startswith("YIBAO_PORT：")


# The release is missing or broken.


@pytest.mark.parametrize("words", [["ask", "沙湾电话"], ["ask", "--jsonl"], ["serve"]], ids=" ".join)
def test_without_a_release_the_command_that_makes_one_is_named(yibao: Yibao, words: list[str]) -> None:
    assert "yibao train" in failed(yibao(*words))


def test_no_release_is_no_mistake_for_a_list(yibao: Yibao) -> None:
    done = yibao("release", "list")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def cut_the_model(folder: Path) -> None:
    model = folder / "model.tar.gz"
    model.write_bytes(model.read_bytes()[:1000])


def lose_the_model(folder: Path) -> None:
    (folder / "model.tar.gz").unlink()


def cut_the_content(folder: Path) -> None:
    offices = folder / "content" / "offices.yml"
    offices.write_text(offices.read_text(encoding="utf-8")[:500] + "\n  - {", encoding="utf-8")


def empty_the_content(folder: Path) -> None:
    shutil.rmtree(folder / "content")
    (folder / "content").mkdir()


def point_nowhere(folder: Path) -> None:
    (folder.parent / "live").write_text("20200101-000000\n", encoding="utf-8")


def empty_the_pointer(folder: Path) -> None:
    (folder.parent / "live").write_text("", encoding="utf-8")


@pytest.fixture
def broken_var(release: Release, tmp_path: Path) -> tuple[Path, Path]:
    """A var folder with a copy of the release, and the folder of that."""
    var = tmp_path / "broken"
    folder = var / "releases" / release.id
    shutil.copytree(release.folder, folder)
    (var / "releases" / "live").write_text(f"{release.id}\n", encoding="utf-8")
    return var, folder


@pytest.mark.parametrize(
    "breakage",
    [cut_the_model, lose_the_model, cut_the_content, empty_the_content, point_nowhere, empty_the_pointer],
    ids=lambda breakage: breakage.__name__,
)
def test_a_broken_release_is_told_in_one_line(
    yibao: Yibao, broken_var: tuple[Path, Path], breakage: Callable[[Path], None]
) -> None:
    var, folder = broken_var
    breakage(folder)
    assert "yibao train" in failed(yibao("ask", "沙湾电话", var=var))


def test_serve_on_a_broken_release_leaves_no_redis_behind(yibao: Yibao, broken_var: tuple[Path, Path]) -> None:
    var, folder = broken_var
    cut_the_content(folder)
    assert "yibao train" in failed(yibao("serve", var=var))
    assert not (var / "redis" / "redis.pid").exists()


def test_a_release_with_a_broken_report_is_listed_as_broken(yibao: Yibao, broken_var: tuple[Path, Path]) -> None:
    var, folder = broken_var
    (folder / "report.json").write_text("{", encoding="utf-8")
    done = yibao("release", "list", var=var)
    assert (done.returncode, done.stdout) == (0, f"* {folder.name}  已损坏\n")


@pytest.mark.parametrize("words", [["ask", "沙湾电话"], ["serve"], ["release", "list"], ["train"]], ids=" ".join)
def test_a_var_folder_that_is_a_file_is_told(yibao: Yibao, tmp_path: Path, words: list[str]) -> None:
    var = tmp_path / "file"
    var.write_text("", encoding="utf-8")
    done = yibao(*words, var=var)
    assert "Traceback" not in done.stderr
    assert done.returncode == (0 if words == ["release", "list"] else 1)


def test_releases_are_listed_promoted_and_gone_back_from(
    yibao: Yibao, broken_var: tuple[Path, Path], release: Release
) -> None:
    var, folder = broken_var
    shutil.copytree(folder, folder.with_name("20990101-000000"))

    def listed() -> list[str]:
        return [line[:17] for line in yibao("release", "list", var=var).stdout.splitlines()]

    assert listed() == [f"* {release.id}", "  20990101-000000"]
    assert "退不回去" in failed(yibao("release", "rollback", var=var))
    promoted = yibao("release", "promote", release.id, "--by", "王编辑", var=var)
    assert (promoted.returncode, release.id in promoted.stdout) == (0, True)
    assert "20990101-000000" in yibao("release", "promote", "20990101-000000", var=var).stdout
    assert listed() == [f"  {release.id}", "* 20990101-000000"]
    assert "王编辑" in yibao("release", "list", var=var).stdout
    assert release.id in yibao("release", "rollback", "--by", "李编辑", var=var).stdout
    assert listed() == [f"* {release.id}", "  20990101-000000"]
    assert "20200101-000000" in failed(yibao("release", "promote", "20200101-000000", var=var))


def test_a_release_tells_how_its_exam_went(yibao: Yibao, var: Path, release: Release) -> None:
    shown = yibao("release", "show", release.id, var=var).stdout
    assert re.search(r"\d{4} 题：答对 \d{4}（9\d\.\d%）", shown), shown


def test_nobody_signs_in_production_without_a_name(yibao: Yibao, broken_var: tuple[Path, Path]) -> None:
    var, folder = broken_var
    done = yibao("release", "promote", folder.name, var=var, **PRODUCTION)
    assert "--by" in failed(done)
    assert "--by" in failed(yibao("serve", var=var, **PRODUCTION))
    yibao("release", "promote", folder.name, var=var)
    assert "没有人签字" in failed(yibao("serve", var=var, **PRODUCTION))


def test_a_release_goes_elsewhere_in_one_signed_file(yibao: Yibao, var: Path, release: Release, tmp_path: Path) -> None:
    keys = dict(line.split("：")[-1].split("=", 1) for line in yibao("release", "key").stdout.splitlines())
    file, elsewhere = tmp_path / "a.yibao", tmp_path / "elsewhere"
    assert "YIBAO_SIGNING_KEY" in failed(yibao("release", "export", release.id, str(file), var=var))
    secret = {"YIBAO_SIGNING_KEY": keys["YIBAO_SIGNING_KEY"]}
    assert yibao("release", "export", release.id, str(file), var=var, **secret).returncode == 0
    assert "没有" in failed(yibao("release", "import", str(file), var=elsewhere))
    public = {"YIBAO_TRUSTED_KEYS": keys["YIBAO_TRUSTED_KEYS"]}
    taken = yibao("release", "import", str(file), var=elsewhere, **public)
    assert (taken.returncode, release.id in taken.stdout) == (0, True), taken.stderr
    assert yibao("release", "promote", release.id, "--by", "王编辑", var=elsewhere).returncode == 0
    asked = yibao("ask", "沙湾医保局电话", var=elsewhere)
    assert "0993-6023208" in asked.stdout


# One question.


def test_a_question(yibao: Yibao, var: Path) -> None:
    done = yibao("ask", "沙湾电话", var=var)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0993-6023208" in done.stdout
    assert "\\u" not in done.stdout
    assert done.stdout.splitlines()[-1] == "[answered] contact · 参保地 沙湾市"


def test_a_question_from_a_region(yibao: Yibao, var: Path) -> None:
    assert "0993-6023208" in yibao("ask", "电话", "--region", "沙湾", var=var).stdout
    done = yibao("ask", "电话", "--region", "亚特兰蒂斯", var=var)
    assert (done.returncode, done.stdout) == (2, "")


# The contract of ``yibao ask --jsonl``.


class Stream:
    """``yibao ask --jsonl`` that answers while it reads."""

    def __init__(self, var: Path, folder: Path) -> None:
        self._errors: IO[bytes] = (folder / "stderr").open("w+b")
        self._process = subprocess.Popen(
            [YIBAO, "ask", "--jsonl"],
            cwd=folder,
            env=environ({"YIBAO_VAR": str(var)}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout

    def write(self, line: str | bytes) -> None:
        self._in.write((line.encode() if isinstance(line, str) else line) + b"\n")
        self._in.flush()

    def read(self) -> dict[str, Any]:
        """The next line; its keys are in the contract's order."""
        row: dict[str, Any] = json.loads(self._out.readline())
        assert list(row) == ORDER
        return row

    def ask(self, text: str, sender: str, **more: object) -> dict[str, Any]:
        self.write(json.dumps({"id": "1", "sender": sender, "text": text, **more}, ensure_ascii=False))
        return self.read()

    def end(self) -> tuple[int, bytes, str]:
        """Exit code, what was not read of standard output, and standard error."""
        self._in.close()
        rest = self._out.read()
        code = self._process.wait(30)
        self._errors.seek(0)
        return code, rest, self._errors.read().decode()


@pytest.fixture(scope="module")
def stream(var: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stream]:
    """One run for all tests, which keep apart by their senders; ends cleanly and has said nothing else."""
    stream = Stream(var, tmp_path_factory.mktemp("stream"))
    yield stream
    assert stream.end() == (0, b"", "")


def test_an_answer_has_everything_that_the_contract_names(stream: Stream) -> None:
    row = stream.ask("沙湾的居民临时去北京看病，备案要什么材料", "everything", id=17)
    assert (row["id"], row["sender"], row["text"]) == (17, "everything", "沙湾的居民临时去北京看病，备案要什么材料")
    assert row["status"] == "answered"
    assert 0 <= row["confidence"] <= 1
    assert row["region"] == {"code": "654203", "name": "沙湾市"}
    assert row["care_place"] == {"code": "110000", "name": "北京市"}
    assert row["answers"][0]["topic"] == row["topic"]
    assert row["aspect"] == row["answers"][0]["aspects"][0] == "materials"
    assert set(row["answer_region"]) == {"code", "name"}
    assert row["topic_name"]
    for source in row["sources"]:
        assert list(source) == ["id", "title", "clause", "edition"]
    assert row["sources"]
    assert row["latency_ms"] > 0


def test_the_reply_is_the_parts_as_they_are_read(stream: Stream) -> None:
    row = stream.ask("备案要什么材料", "parts")
    assert row["options"]
    taps = {send for part in row["parts"] for send, _ in TAP.findall(part)}
    for number, option in enumerate(row["options"], 1):
        assert list(option) == ["label", "send"]
        assert f"{number} {option['label']}" in row["reply"]
        # The last ones may be plain text: WeChat takes 600 bytes of taps. Their number can be typed.
        assert number > 2 or option["send"] in taps
    assert "weixin://" not in row["reply"]
    read = "".join(TAP.sub(r"\2", part) for part in row["parts"])
    assert re.sub(r"\s", "", read) == re.sub(r"\s", "", row["reply"])


@pytest.mark.parametrize(
    "text",
    ["备案要什么材料", "异地就医备案的规定全部告诉我", "怎么参保", "住院怎么报销，多久办好", "那个本本咋弄", "菜单"],
)
def test_limits_of_parts_and_options(stream: Stream, text: str) -> None:
    for place in ("", "乌鲁木齐"):
        row = stream.ask(place + text, f"limits-{place}{text}")
        assert row["status"] in STATUSES
        assert row["parts"]
        assert all(len(part.encode()) <= 2048 for part in row["parts"])
        taps = "".join(match.group() for match in TAP.finditer("".join(row["parts"])))
        assert len(taps.encode()) <= 600 * len(row["parts"])
        assert len(row["options"]) <= 5
        assert len({option["send"] for option in row["options"]}) == len(row["options"])
        for part in row["parts"][:-1]:
            assert TAP.findall(part)[-1] == ("更多", "更多")


def test_what_a_tap_sends_is_understood(stream: Stream) -> None:
    first = stream.ask("备案要什么材料", "taps")
    tapped = stream.ask(first["options"][0]["send"], "taps")
    typed = stream.ask("备案要什么材料", "taps-number") and stream.ask("1", "taps-number")
    assert tapped["status"] != "suggest"
    assert (typed["reply"], typed["topic"]) == (tapped["reply"], tapped["topic"])


def test_lines_of_a_sender_are_one_conversation(stream: Stream) -> None:
    assert stream.ask("沙湾电话", "one")["region"]["code"] == "654203"
    assert stream.ask("异地备案怎么办", "other")["region"] is None
    followed = stream.ask("地址在哪", "one")
    assert followed["region"]["code"] == "654203"
    assert followed["aspect"] == "place"


def test_more_gives_the_next_part(stream: Stream) -> None:
    long = next(row for row in (stream.ask(text, f"more-{text}") for text in LONG) if len(row["parts"]) > 1)
    assert stream.ask("更多", long["sender"])["parts"] == long["parts"][1:2]


LONG = [
    "我户口在和田墨玉县，要去乌鲁木齐的大医院做手术，怎么备案，要什么材料，多久办好",
    "于田参保去北京住院，异地就医备案怎么在手机上办，给我妈办要什么，怎么取消",
    "沙湾异地长期居住人员备案要什么材料，去哪里办，多久，电话多少",
]


@pytest.mark.parametrize("region", ["654203", "沙湾", "沙湾市", "沙湾县"])
def test_a_region_is_preset_by_code_and_by_name(stream: Stream, region: str) -> None:
    row = stream.ask("电话多少", f"preset-{region}", region=region)
    assert row["region"] == {"code": "654203", "name": "沙湾市"}
    assert "0993-6023208" in row["reply"]


def test_a_region_left_open_is_none(stream: Stream) -> None:
    assert stream.ask("你好", "open", region=None)["region"] is None


def test_each_answer_is_given_before_the_next_line_is_read(stream: Stream) -> None:
    """``ask`` has read an answer each time before it wrote the next line; here lines wait, and order is kept."""
    for number in range(5):
        stream.write(json.dumps({"id": number, "sender": f"order-{number % 2}", "text": "沙湾电话"}))
    assert [stream.read()["id"] for _ in range(5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("这不是 JSON", "JSON"),
        ("[]", "object"),
        ("null", "object"),
        ('{"id": "1", "sender": "x"}', "text"),
        ('{"id": "1", "text": "沙湾电话"}', "sender"),
        ('{"sender": "x", "text": "沙湾电话"}', "id"),
        ('{"id": "1", "sender": 7, "text": "沙湾电话"}', "sender"),
        ('{"id": "1", "sender": "x", "text": ["沙湾电话"]}', "text"),
        ('{"id": "1", "sender": "x", "text": "沙湾电话", "region": "亚特兰蒂斯"}', "region"),
        ('{"id": "1", "sender": "x", "text": "沙湾电话", "region": 654203}', "region"),
        ('{"id": NaN, "sender": "x", "text": "沙湾电话"}', "JSON"),
        ('{"id": "1", "sender": "x", "text": "\\ud800"}', "text"),
        (b'{"id": "1", "sender": "x", "text": "\xff"}', "UTF-8"),
        ("[" * 100_000, "JSON"),
    ],
    ids=range(14),
)
def test_a_line_that_is_no_question_gets_an_error(stream: Stream, line: str | bytes, word: str) -> None:
    stream.write(line)
    row = stream.read()
    assert row["status"] == "error"
    assert word in row["reply"]
    assert row["parts"] == [row["reply"]]
    assert (row["answers"], row["options"], row["region"]) == ([], [], None)
    assert stream.ask("谢谢", "after")["status"] == "smalltalk"


def test_the_error_says_which_line_it_answers(stream: Stream) -> None:
    row = stream.ask("沙湾电话", "which", id=9, region="亚特兰蒂斯")
    assert (row["id"], row["sender"], row["text"]) == (9, "which", "沙湾电话")
    stream.write('{"id": 3, "sender": "", "text": "沙湾电话"}')
    row = stream.read()
    assert (row["id"], row["sender"], row["text"]) == (3, None, "沙湾电话")


@pytest.mark.parametrize("text", ["", " ", "？？？", "🏥🏥", "\t\r", "a" * 2000, "\u202e\u0000", "<a href='x'>]]></a>"])
def test_odd_texts_get_a_sentence(stream: Stream, text: str) -> None:
    row = stream.ask(text, "odd")
    assert row["text"] == text
    assert row["status"] in STATUSES - {"error"}
    assert row["reply"].strip()


def test_a_run_starts_with_an_empty_memory_and_ends_without_a_last_line_feed(yibao: Yibao, var: Path) -> None:
    lines = [{"id": "1", "sender": "one", "text": "地址在哪"}, {"id": "2", "sender": "one", "text": "谢谢"}]
    before = sorted(path.name for path in var.iterdir())
    done = yibao("ask", "--jsonl", var=var, stdin="\n\n".join(json.dumps(line) for line in lines))
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["1", "2"]
    assert rows[0]["region"] is None
    assert sorted(path.name for path in var.iterdir()) == before, "asking writes nothing"


# Content.


def test_knowledge_check(yibao: Yibao) -> None:
    done = yibao("knowledge", "check")
    assert done.returncode == 0, done.stdout
    assert re.fullmatch(r"\d+ 个事项：0 处错误，\d+ 处提醒", done.stdout.splitlines()[-1])


def test_knowledge_check_with_coverage_finds_nothing_forgotten(yibao: Yibao) -> None:
    if find_folder(PROJECT) is None:
        missing("the folder of source documents does not stand beside the project")
    done = yibao("knowledge", "check", "--coverage")
    assert done.returncode == 0, done.stdout
    # Time limits of four services that are doubtful in the source.
    assert done.stdout.splitlines()[-1].endswith("0 处错误，9 处提醒")


def test_coverage_without_documents_is_told(yibao: Yibao, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = yibao("knowledge", "check", "--coverage", "--sources", str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_knowledge_show(yibao: Yibao) -> None:
    done = yibao("knowledge", "show", "remote_care_filing", "沙湾")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].endswith("（remote_care_filing）· 沙湾市")
    assert "[materials]" in done.stdout
    assert "0993-6023208" in done.stdout


def a_number_that_is_none(folder: Path) -> tuple[str, str, str]:
    file = folder / "content" / "offices.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("number: 0993-6023208", "number: 沙湾", 1), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != text
    return "offices.yml", "number", "怎么改"


def a_region_that_nobody_knows(folder: Path) -> tuple[str, str, str]:
    file = next(folder.glob("content/topics/remote_care/remote_care_filing.yml"))
    text = file.read_text(encoding="utf-8")
    changed = re.sub(r'published_by: ".*"', 'published_by: "999999"', text, count=1)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    return "remote_care_filing.yml", "published_by", "怎么改"


def a_key_that_is_misspelt(folder: Path) -> tuple[str, str, str]:
    file = next(folder.glob("content/topics/remote_care/remote_care_filing.yml"))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("aliases:", "alises:", 1), encoding="utf-8")
    return "remote_care_filing.yml", "alises", "怎么改"


def broken_yaml(folder: Path) -> tuple[str, str, str]:
    file = folder / "content" / "terms.yml"
    file.write_text("terms: [\n", encoding="utf-8")
    return "terms.yml", "", "怎么改"


@pytest.mark.parametrize("command", [["knowledge", "check"], ["train"]], ids=" ".join)
@pytest.mark.parametrize(
    "plant",
    [a_number_that_is_none, a_region_that_nobody_knows, a_key_that_is_misspelt, broken_yaml],
    ids=lambda plant: plant.__name__,
)
def test_a_mistake_in_the_content_stops_check_and_training(
    yibao: Yibao, editors: Path, plant: Callable[[Path], tuple[str, str, str]], command: list[str], tmp_path: Path
) -> None:
    expected = plant(editors)
    done = yibao(*command, YIBAO_CONTENT=str(editors))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    told = [line for line in (done.stdout + done.stderr).splitlines() if all(word in line for word in expected)]
    assert told, done.stdout + done.stderr
    assert not (tmp_path / "var" / "releases").exists()


@pytest.fixture
def editors(tmp_path: Path) -> Path:
    """The editors' own folder, as YIBAO_CONTENT names it."""
    folder = tmp_path / "editors"
    shutil.copytree(PROJECT / "knowledge" / "content", folder / "content")
    shutil.copytree(PROJECT / "nlu" / "data", folder / "data")
    return folder


def test_a_folder_without_content_is_told(yibao: Yibao, tmp_path: Path) -> None:
    done = yibao("knowledge", "check", YIBAO_CONTENT=str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "怎么改" in done.stderr


def test_training_without_examples_is_told(yibao: Yibao, editors: Path) -> None:
    shutil.rmtree(editors / "data")
    done = yibao("train", YIBAO_CONTENT=str(editors))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("没有训练数据")


def test_training_on_a_broken_example_file_is_told(yibao: Yibao, editors: Path) -> None:
    broken = next((editors / "data").rglob("*.yml"))
    broken.write_text("nlu:\n- intent: [\n", encoding="utf-8")
    done = yibao("train", YIBAO_CONTENT=str(editors))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert broken.name in done.stderr


def test_training_tells_its_steps_and_nothing_else(training: Done | None) -> None:
    if training is None:
        pytest.skip("YIBAO_TEST_VAR: nothing is trained")
    assert training.stdout == ""
    steps = [line for line in training.stderr.splitlines() if not line.startswith(" ")]
    assert [step[:3] for step in steps] == ["1/4", "2/4", "3/4", "4/4", "版本 "], training.stderr


def test_training_again_is_left_out_where_there_is_a_release(yibao: Yibao, var: Path) -> None:
    done = yibao("train", "--if-missing", var=var)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
