"""Messages in Uyghur or Kazakh: recognised, answered with the translator's sentence and a number, places only once
somebody who reads the script has compared their names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from knowledge.answer import answer
from knowledge.conversation import Memory, Understanding
from knowledge.errors import ContentErrors
from knowledge.store import Knowledge, load_knowledge

CONTENT = Path(__file__).parents[3] / "knowledge" / "content"


def with_scripts(folder: Path, *rows: dict[str, object]) -> Knowledge:
    shutil.copytree(CONTENT, folder / "content")
    text = yaml.safe_dump({"other_scripts": list(rows)}, allow_unicode=True)
    (folder / "content" / "other_scripts.yml").write_text(text, encoding="utf-8")
    return load_knowledge(folder / "content")


def uyghur(**fields: object) -> dict[str, object]:
    return {"id": "uyghur", "label": "维吾尔文", "names": {"653100": ["قەشقەر"]}, **fields}


def said(language: str | None, knowledge: Knowledge) -> str:
    understanding = Understanding("قانداق", "foreign_language", 1.0, detail=language)
    given = answer(understanding, Memory(), knowledge)
    assert given.contact is not None
    assert given.contact.number == "12393"
    assert given.phrase is not None
    return given.phrase.values["sentence"]


def test_the_sentence_is_the_translators(tmp_path: Path) -> None:
    knowledge = with_scripts(tmp_path, uyghur(sentence="خەنزۇچە"))
    assert said("uyghur", knowledge) == "\nخەنزۇچە"
    assert said("kazakh", knowledge) == ""
    assert said(None, knowledge) == ""


@pytest.mark.parametrize(("reviewed_by", "codes"), [(None, ()), ("阿依古丽 2026-11-20", ("653100",))])
def test_names_are_used_once_somebody_has_compared_them(
    reviewed_by: str | None, codes: tuple[str, ...], tmp_path: Path
) -> None:
    knowledge = with_scripts(tmp_path, uyghur(reviewed_by=reviewed_by))
    assert knowledge.regions.names.get("قەشقەر", ()) == codes


def test_a_name_of_no_region_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ContentErrors, match=r"other_scripts\.yml.*999999"):
        with_scripts(tmp_path, uyghur(names={"999999": ["قەشقەر"]}))
