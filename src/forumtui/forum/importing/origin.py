"""Which post of a saved page is which, told by nothing but its words.

The result is stored in forum files for ever: a change here would make every post of an earlier import new.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter

_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": None})


def folded(text: str) -> str:
    """Without what two saves of one page may differ in: case, width, spacing, curly or straight quotes."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_STRAIGHT).split())


def origin(kind: str, *parts: str) -> str:
    """A name made of words alone: the same words give the same name."""
    digest = hashlib.sha256("\x1f".join(folded(part) for part in parts).encode("utf-8", "replace"))
    return f"page:{kind}:{digest.hexdigest()[:32]}"


class Ordinals:
    """Tells equals apart: the first of them is 0, the next 1."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def name(self, origin: str) -> str:
        """The origin of one post among equals, in the order of the page."""
        ordinal = self._seen[origin]
        self._seen[origin] += 1
        return f"{origin}:{ordinal}"
