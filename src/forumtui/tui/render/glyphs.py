"""The one-cell signs that the screen is drawn with, and their plain ASCII stand-ins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

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
    removed: str = "ø"
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
    removed="x",
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


def preferred_glyphs(environ: Mapping[str, str] | None = None) -> Glyphs:
    """ASCII where the locale is not UTF-8; FORUMTUI_ASCII=1 asks for it anywhere, FORUMTUI_ASCII=0 never."""
    if environ is None:
        environ = {**os.environ, "LC_CTYPE": _inherited("LC_CTYPE")}
    asked = environ.get("FORUMTUI_ASCII")
    if asked in {"0", "1"}:
        return ASCII if asked == "1" else UNICODE
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C"
    return UNICODE if "utf8" in locale.lower().replace("-", "") else ASCII


@cache
def _inherited(name: str) -> str:
    """A variable as this process was given it.

    At its start in a plain C locale, Python writes a UTF-8 one of its own into LC_CTYPE, which no terminal knows of.
    """
    try:
        given = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:  # a system that does not tell
        return os.environ.get(name, "")
    start = os.fsencode(f"{name}=")
    return next((os.fsdecode(each[len(start) :]) for each in given if each.startswith(start)), "")
