"""The shape of other_scripts.yml: languages that people write to us in, and that we do not read."""

from __future__ import annotations

from pydantic import Field

from knowledge.schema import Region, Strict


class OtherScript(Strict):
    """A language, its sentence, and its names of places."""

    id: str = Field(regex="^(uyghur|kazakh)$")
    label: str
    sentence: str | None = None
    """Asks to write Chinese or to call; None until a translator has written it."""
    reviewed_by: str | None = None
    """Who compared ``names``, and when; until then none of them is used."""
    names: dict[str, list[str]] = Field(default_factory=dict)
    """What regions are called in it, by code."""


def with_reviewed_names(regions: list[Region], scripts: list[OtherScript]) -> list[Region]:
    """The regions with their names in other scripts, as far as somebody who reads the script has compared them."""
    names: dict[str, list[str]] = {}
    for script in scripts:
        for code, found in script.names.items() if script.reviewed_by else ():
            names.setdefault(code, []).extend(found)
    return [row.copy(update={"aliases": [*row.aliases, *names.get(row.code, [])]}) for row in regions]
