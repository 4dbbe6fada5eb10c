"""Terminal cells: text measured and cut in them, the signs that fill one, and the frame of them that a row is drawn in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from rich.cells import cell_len, chop_cells, set_cell_size

from forumtui.model import Millis
from forumtui.text.blocks import Line
from forumtui.values import quick_dataclass

__all__ = [
    "ASCII",
    "UNICODE",
    "Frame",
    "Glyphs",
    "R_contra",
    "RowRenderer",
    "cell_len",
    "fit",
    "left",
    "preferred_glyphs",
    "right",
]


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """``text``, cut to at most ``width`` cells; a cut shows as the ellipsis."""
    if width <= 0:
        return ""
    if len(text) * 2 <= width or cell_len(text) <= width:
        return text
    if width == 1:
        return ellipsis
    return chop_cells(text, width - 1)[0].rstrip() + ellipsis


def left(text: str, width: int, ellipsis: str = "…") -> str:
    """Exactly ``width`` cells, flush left."""
    return set_cell_size(fit(text, width, ellipsis), max(0, width))


def right(text: str, width: int, ellipsis: str = "…") -> str:
    """Exactly ``width`` cells, flush right."""
    fitted = fit(text, width, ellipsis)
    return " " * (width - cell_len(fitted)) + fitted


@quick_dataclass(frozen=True, slots=True)
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
    event: str = "–"
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
    event="-",
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


R_contra = TypeVar("R_contra", contravariant=True)


@quick_dataclass(frozen=True, slots=True)
class Frame:
    """The room for a row, in cells, without the cursor's own cell; and the moment that ages count to."""

    width: int
    now: Millis
    glyphs: Glyphs = UNICODE


class RowRenderer(Protocol[R_contra]):
    """Draws a list's rows; all are equally high at one width."""

    def height(self, width: int) -> int:
        """Lines a row takes in ``width`` cells."""

    def lines(self, row: R_contra, frame: Frame) -> Sequence[Line]:
        """The row, in `height` lines."""
