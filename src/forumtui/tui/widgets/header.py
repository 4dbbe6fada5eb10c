"""`HeaderLine`: where you are, what is unread, and how the forum fares; `PaneTitle`: what a pane shows; one line each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from forumtui.text.blocks import Line
from forumtui.tui.render.cells import cell_len, fit
from forumtui.tui.render.strips import line_of, strip_of
from forumtui.tui.render.styles import looks_for
from forumtui.values import quick_dataclass

_FEWEST_CELLS = 12
"""The path, or the name of a pane, keeps at least this much before what stands on the right gives way."""


@quick_dataclass(frozen=True, slots=True)
class Fact:
    """Something on the right; a heavier one stays longer where room is short."""

    text: str
    style: str
    weight: int


def header_line(
    path: Sequence[str], facts: Sequence[Fact], width: int, *, separator: str = " › ", ellipsis: str = "…"
) -> Line:
    """The path on the left, facts on the right; facts and the first steps of the path give way."""
    kept = [fact for fact in facts if fact.text]
    wanted = min(cell_len(path[-1]) if path else 0, max(_FEWEST_CELLS, width // 3))
    while kept and sum(cell_len(fact.text) + 3 for fact in kept) + wanted + 1 > width:
        kept.remove(min(kept, key=lambda fact: fact.weight))
    room = width - 1 - sum(cell_len(fact.text) + 3 for fact in kept)
    parts = _path_parts(path, max(0, room), separator, ellipsis)
    gap = room - sum(cell_len(text) for text, _ in parts)
    tail = [part for fact in kept for part in (("   ", ""), (fact.text, fact.style))]
    return line_of(" ", *parts, " " * max(0, gap), *tail)


def _path_parts(path: Sequence[str], room: int, separator: str, ellipsis: str) -> list[tuple[str, str]]:
    """As many steps from the end as fit; the last one may be cut."""
    if not path:
        return []
    steps = list(path)
    dropped = False
    while (
        len(steps) > 1 and cell_len(separator.join(steps)) + (cell_len(ellipsis + separator) if dropped else 0) > room
    ):
        steps.pop(0)
        dropped = True
    parts = [(step + separator, "dim") for step in steps[:-1]]
    if dropped and cell_len(steps[-1] + ellipsis + separator) <= room:
        parts.insert(0, (ellipsis + separator, "dim"))
    return [*parts, (fit(steps[-1], room - sum(cell_len(text) for text, _ in parts), ellipsis), "strong")]


class HeaderLine(Widget):
    """One line over the panes."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "HeaderLine { height: 1; dock: top; background: $panel; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as every widget calls it
        super().__init__(id=id)
        self._path: tuple[str, ...] = ()
        self._facts: tuple[Fact, ...] = ()

    def show(
        self, path: Sequence[str], unread: int = 0, state: str = "", outbox: int = 0, who: str = "", inbox: int = 0
    ) -> None:
        """``state`` is a word or two on the forum, such as "offline, data of 14:02"; "" when all is well.

        ``who`` one is there gives way first.
        """
        facts = (
            Fact(who, "dim", 0),
            Fact(f"{unread} unread" if unread else "", "unread", 3),
            Fact(f"inbox {inbox}" if inbox else "", "unread", 2),
            Fact(state, "note", 1),
            Fact(f"outbox {outbox}" if outbox else "", "pending", 2),
        )
        if (tuple(path), facts) != (self._path, self._facts):
            self._path, self._facts = tuple(path), facts
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # there is only one
        """The line."""
        looks = looks_for(self.app)
        line = header_line(
            self._path,
            self._facts,
            self.size.width - 1,
            separator=f" {looks.glyphs.path} ",
            ellipsis=looks.glyphs.ellipsis,
        )
        return strip_of(line, self.size.width, looks, self.rich_style)


class PaneTitle(Widget):
    """One line over a pane where several stand side by side: a name on the left, a position on the right."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "PaneTitle { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._texts = ("", "")
        self._here = False

    def show(self, name: str, position: str = "", *, here: bool) -> None:
        """Bring the line up to date; ``here``: the pane has the keys."""
        if ((name, position), here) != (self._texts, self._here):
            self._texts, self._here = (name, position), here
            self.refresh()

    def render_line(self, y: int) -> Strip:  # noqa: ARG002  # there is only one
        """The line."""
        looks = looks_for(self.app)
        width = self.size.width
        name, position = self._texts
        position = fit(position, max(0, width - 2 - _FEWEST_CELLS), looks.glyphs.ellipsis)
        room = width - 2 - (cell_len(position) + 2 if position else 0)
        name = fit(name, room, looks.glyphs.ellipsis)
        gap = " " * max(0, width - 2 - cell_len(name) - cell_len(position))
        style = "here strong" if self._here else "dim"
        return strip_of(line_of(" ", (name, style), gap, (position, "dim")), width, looks, self.rich_style)
