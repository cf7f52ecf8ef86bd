"""How what a sheet holds is written: the same words on the citizens' pages and in the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.phrases import Phrases
from bot.wording import word_limit
from knowledge.conversation import Cited, Statement
from knowledge.regions import XINJIANG, Regions
from knowledge.schema import Aspect, When


class SheetWording:
    def __init__(self, regions: Regions, phrases: Phrases) -> None:
        self._regions = regions
        self._say = phrases

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """For templates, under the names that they use."""
        return {
            "say": self._say,
            "name": self.name,
            "place": self.place,
            "word": self.word,
            "condition": self.condition,
            "source": self.source,
            "label": self.label,
        }

    def name(self, code: str) -> str:
        return self._regions.by_code[code].name

    def place(self, code: str) -> str:
        """The name of a region, or what stands for all of Xinjiang."""
        return self._say("guide.everywhere") if code == XINJIANG else self.name(code)

    def word(self, statement: Statement) -> str:
        if statement.text is not None:
            return statement.text
        return word_limit(statement.limit, self._say) if statement.limit else ""

    def condition(self, when: When | None) -> str:
        """Whom something is for, with a colon; nothing where it is for everybody."""
        if when is None:
            return ""
        places = "、".join(self.name(code) for code in when.care_regions or ())
        scopes = "、".join(self._say.find(f"answer.scope.{care.value}") or "" for care in when.care or ())
        kinds = "、".join(self._say(f"guide.insurance.{kind.value}") for kind in when.insurance or ())
        care = self._say("guide.cared_for", care=places) if places else scopes
        told = "，".join(part for part in (kinds, care) if part)
        return f"{told}：" if told else ""

    def source(self, cited: Cited) -> str:
        edition = self._say("answer.edition", edition=cited.edition) if cited.edition else self._say("answer.undated")
        return f"{cited.short}{edition}{cited.clause or ''}"

    def label(self, aspect: Aspect) -> str:
        return self._say.find(f"aspects.{aspect.value}") or self._say("guide.overview")
