"""One spelling for what people type: NFKC, simplified characters, lower case, no white space."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def normalise(text: str) -> str:
    """Gives the spelling that recognisers, gazetteer and classifier work on. Never raises."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if _HAN.search(text):
        # Twice: a few characters (薴) become one that is itself written in two ways (苧, 苎).
        text = _simplifier().convert(_simplifier().convert(text))
    return _SPACE.sub("", text).lower()


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
