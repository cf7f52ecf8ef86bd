"""The fixed sentences: every one that is said is there, and none stands anywhere else."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.message import Excuse, Kind
from bot.phrases import Phrases
from knowledge.schema import Aspect, Care, LimitKind, Purpose

PROJECT = Path(__file__).parents[3]
PHRASES = Phrases.load()
TREE = yaml.safe_load((PROJECT / "bot" / "phrases.yml").read_text(encoding="utf-8"))

FILES = sorted(
    path
    for folder in ("bot", "knowledge", "actions")
    for path in (PROJECT / folder).rglob("*.py")
    if "editor" not in path.parts
    and path.name not in {"content_files.py", "references.py", "errors.py", "show.py", "accounts.py", "sql_accounts.py"}
    and path.name != "moments.py"
)
"""The code that makes answers. What an editor or an operator reads (errors, checks, ``yibao knowledge show``) is
written in place; ``moments.py`` holds patterns of what people say, as ``nlu/`` does."""

KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")

STATUSES = {"clarify", "suggest", "not_in_documents", "out_of_scope", "smalltalk", "answered", "refused"}
SMALLTALK = {"greeting", "thanks", "farewell", "about_bot", "praise", "complaint", "acknowledge"}
"""docs/topics.md"""


def leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from leaves(inner, (*path, name))
    else:
        assert isinstance(node, str), path
        yield ".".join(path), node


def calls(name: str) -> Iterator[tuple[Path, str]]:
    """First arguments of ``name(…)`` or ``self.name(…)`` that are plain strings."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == name:
                for inner in ast.walk(node.args[0]):
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                        yield path, inner.value


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """String literals of a file that are not documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def is_sentence(text: str) -> bool:
    """A list of words, joined as in a pattern, is none."""
    longest = max(len(re.findall(r"[\u3400-\u9fff]", piece)) for piece in text.split("|"))
    return longest > 12 or (longest > 0 and "。" in text)


class TestWhatIsSaidIsThere:
    def test_notices(self) -> None:
        """A ``Notice`` is a phrase of an answer's status, a phrase by its whole key, or a notice."""
        missing = [
            key
            for _, key in calls("Notice")
            if key != "asked"
            and not any(
                PHRASES.find(name) for name in (key, f"notices.{key}", *(f"{status}.{key}" for status in STATUSES))
            )
            and not isinstance(TREE["notices"].get(key.rstrip(".")), dict)
        ]
        assert missing == []

    def test_sentences_said_by_the_rules_of_answering(self) -> None:
        """``_say(status, key, …)``."""
        pairs = []
        for node in ast.walk(ast.parse((PROJECT / "knowledge" / "answer.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_say":
                status, key = node.args[:2]
                if isinstance(status, ast.Constant) and isinstance(key, ast.Constant):
                    pairs.append((str(status.value), str(key.value)))
        assert len(pairs) > 5
        assert [pair for pair in pairs if not (PHRASES.find(pair[1]) or PHRASES.find(".".join(pair)))] == []

    def test_sentences_said_by_the_bot(self) -> None:
        """Every string of bot/ that looks like a key is one."""
        texts = {text for path in FILES if path.parent.name == "bot" for _, text in literals(path)}
        keys = {text for text in texts if KEY.fullmatch(text) and text.partition(".")[0] in TREE}
        assert {"answer.more", "answer.insured"} <= keys
        assert [key for key in sorted(keys) if PHRASES.find(key) is None] == []
        assert {key for _, key in calls("_say") if "." not in key} >= {"mask_warning"}
        assert "error" in {key for _, key in calls("_apologise")}

    @pytest.mark.parametrize(
        "key",
        [
            *(f"aspects.{aspect.value}" for aspect in Aspect),
            *(f"limits.{kind.value}" for kind in LimitKind),
            *(f"answer.phone.{purpose.value}" for purpose in Purpose),
            *(f"notices.whose_number.{purpose.value}" for purpose in Purpose),
            *(f"notices.missing.{aspect}" for aspect in ("phone", "place", "hours", "supervision_phone")),
            *(f"notices.{level}" for level in ("inherited", "inherited_no_document", "for_all", "elsewhere")),
            *(f"answer.scope.{care.value}" for care in (Care.XINJIANG, Care.CROSS_PROVINCE)),
            *(f"kinds.{kind.value}" for kind in Kind if kind not in (Kind.TEXT, Kind.SCAN)),
            *(f"excuses.{excuse.value}" for excuse in Excuse),
            *(f"smalltalk.{name}" for name in sorted(SMALLTALK)),
            "refused.personal",
            "refused.abuse",
        ],
    )
    def test_what_is_looked_up_by_a_name_of_the_data(self, key: str) -> None:
        assert PHRASES.find(key) is not None


class TestHowTheyRead:
    @pytest.mark.parametrize(("key", "sentence"), list(leaves(TREE)))
    def test_a_clerks_tone(self, key: str, sentence: str) -> None:
        """No exclamation marks, no emoji, no 一般, 大概, 应该 of our own (answer-style)."""
        assert not re.search("[!！~～\U0001f300-\U0001faff]|一般|大概|应该|你", sentence), key

    def test_a_place_without_documents_is_never_said_to_have_no_rule(self) -> None:
        assert [key for key, sentence in leaves(TREE) if "没有规定" in sentence] == []

    @pytest.mark.parametrize(("key", "sentence"), list(leaves(TREE)))
    def test_placeholders_are_names(self, key: str, sentence: str) -> None:
        names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
        assert all(name.isidentifier() for name in names), key

    def test_no_number_is_told_by_a_fixed_sentence(self) -> None:
        """Numbers stand in offices.yml, where the operator can change them."""
        assert [key for key, sentence in leaves(TREE) if re.search(r"\d{3}", sentence)] == []


class TestNoSentenceStandsInTheCode:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
    def test_file(self, path: Path) -> None:
        assert [f"{number}: {text}" for number, text in literals(path) if is_sentence(text)] == []

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("请打电话。", True),
            ("抱歉，没有看懂您的问题，请换个说法", True),
            ("本人", False),
            (r"[\s，。？]", False),
            ("一二三四五六七八九十一二", False),
        ],
    )
    def test_what_counts_as_one(self, text: str, sentence: bool) -> None:
        assert is_sentence(text) is sentence


class TestPhrases:
    SMALL = Phrases({"answer": {"insured": "您在{region}参保", "empty": ""}})

    def test_values_are_filled_in(self) -> None:
        assert self.SMALL("answer.insured", region="{于田}") == "您在{于田}参保"

    def test_a_sentence_as_it_stands(self) -> None:
        assert self.SMALL.find("answer.insured") == self.SMALL.template("answer.insured") == "您在{region}参保"
        assert self.SMALL("answer.empty") == ""

    @pytest.mark.parametrize("key", ["", "answer", "answer.no", "answer.insured.more", "no.no"])
    def test_one_that_is_not_there(self, key: str) -> None:
        assert self.SMALL.find(key) is None
        with pytest.raises(KeyError) as raised:
            self.SMALL(key)
        assert raised.value.args == (key,)
