"""The one-cell signs that the screen is drawn with, and their plain ASCII stand-ins."""

from __future__ import annotations

import os
from collections.abc import Mapping

from forumtui.values import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Signs by what they mean; each is one cell wide."""

    cursor: str = "▌"
    cursor_blurred: str = "▏"
    here: str = "▎"
    unread: str = "●"
    pinned: str = "▲"
    closed: str = "×"
    bookmarked: str = "★"
    waiting: str = "»"
    rule: str = "─"
    bar: str = "▏"
    ellipsis: str = "…"
    dot: str = "·"
    like: str = "♥"
    opened: str = "▾"
    folded: str = "▸"
    path: str = "›"
    answers: str = ">"
    up: str = "↑"
    down: str = "↓"


UNICODE = Glyphs()
ASCII = Glyphs(
    cursor=">",
    cursor_blurred="|",
    here="|",
    unread="*",
    pinned="^",
    closed="!",
    bookmarked="+",
    waiting="@",
    rule="-",
    bar="|",
    ellipsis="~",
    dot="-",
    like="+",
    opened="v",
    folded=">",
    path=">",
    answers=">",
    up="^",
    down="v",
)


def preferred_glyphs(environ: Mapping[str, str] = os.environ) -> Glyphs:
    """ASCII where the locale is not UTF-8 or FORUMTUI_ASCII=1 asks for it."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "utf-8"
    unicode = "utf8" in locale.lower().replace("-", "") and environ.get("FORUMTUI_ASCII") != "1"
    return UNICODE if unicode else ASCII
