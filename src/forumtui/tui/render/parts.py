"""One line of several facts, some flush right: what weighs least is cut or left out where the line is short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from forumtui.text.blocks import Line
from forumtui.tui.render.cells import cell_len, fit
from forumtui.tui.render.strips import line_of
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Part:
    """A fact; a heavier one stays longer."""

    text: str
    style: str = ""
    weight: int = 0
    flush_right: bool = False
    least: int | None = None
    """Cells that it may be cut to before it is left out; None: it is never cut."""


def line_of_parts(parts: Iterable[Part], width: int, ellipsis: str, gap: int = 2) -> Line:
    """The parts in at most ``width`` cells, ``gap`` cells between them."""
    kept = _that_fit([part for part in parts if part.text], width, ellipsis, gap)
    front = _spaced([part for part in kept if not part.flush_right], gap)
    back = _spaced([part for part in kept if part.flush_right], gap)
    space = width - sum(cell_len(text) for text, _ in (*front, *back))
    return line_of(*front, " " * space if back else "", *back)


def _that_fit(parts: Sequence[Part], width: int, ellipsis: str, gap: int) -> list[Part]:
    kept = list(parts)
    while kept and (excess := _cells(kept, gap) - width) > 0:
        lightest = min(reversed(kept), key=lambda part: part.weight)
        room = cell_len(lightest.text) - excess
        if len(kept) == 1 or (lightest.least is not None and room >= lightest.least):
            kept[kept.index(lightest)] = replace(lightest, text=fit(lightest.text, room, ellipsis))
            break
        kept.remove(lightest)
    return kept


def _cells(parts: Sequence[Part], gap: int) -> int:
    return sum(cell_len(part.text) for part in parts) + gap * (len(parts) - 1)


def _spaced(parts: Sequence[Part], gap: int) -> list[tuple[str, str]]:
    spaced: list[tuple[str, str]] = []
    for part in parts:
        if spaced:
            spaced.append((" " * gap, ""))
        spaced.append((part.text, part.style))
    return spaced
