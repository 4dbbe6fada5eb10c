"""`RowWindow`: the rows of a list that are at hand, the cursor, and the part that is on screen; and where rows come from."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from forumtui.reader.rows import Rows


class Keyed(Protocol):
    """A row that has a name of its own, stable as long as the row exists."""

    @property
    def key(self) -> Hashable:
        """The row's name."""


R = TypeVar("R", bound=Keyed)


class RowSource(Protocol[R]):
    """Where a list's rows come from."""

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[R]:
        """At most ``before`` rows above and ``after`` below the anchor; without one, the start or the ``end``."""


class HeldRows(Generic[R]):
    """A source of rows that are all at hand; ``rows`` may be replaced."""

    def __init__(self, rows: Iterable[R] = ()) -> None:
        self.rows = tuple(rows)

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[R]:  # noqa: ARG002  # all are at hand
        """All of them."""
        rows = self.rows
        return Rows(rows, next((i for i, row in enumerate(rows) if row.key == anchor), 0), total=len(rows))


@dataclass(slots=True)
class RowWindow(Generic[R]):
    """``top`` and ``cursor`` count the rows at hand; ``page`` is how many fit on the screen; knows no screen."""

    held: Rows[R] = field(default_factory=lambda: Rows(()))
    cursor: int = 0
    top: int = 0
    page: int = 1
    came: bool = False
    """Whether rows came at all; until then nobody knows that there are none."""

    def __len__(self) -> int:
        return len(self.held.rows)

    @property
    def current(self) -> R | None:
        """The row under the cursor."""
        return self.held.rows[self.cursor] if self.cursor < len(self) else None

    @property
    def on_screen(self) -> tuple[R, ...]:
        """The rows on screen, from the top."""
        return self.held.rows[self.top : self.top + self.page]

    @property
    def near_edge(self) -> bool:
        """The rows at hand end within a screen and a half, and there are more."""
        margin = self.page * 3 // 2
        above = not self.held.at_start and self.top < margin
        return above or (not self.held.at_end and self.top + self.page + margin > len(self))

    @property
    def near_end(self) -> bool:
        """The list ends within a screen and a half."""
        return len(self) > 0 and self.held.at_end and self.top + self.page * 5 // 2 > len(self)

    def open(self, rows: Rows[R], anchor: Hashable | None, *, end: bool) -> None:
        """Hold rows that were asked for anew: around an anchor, or from the start or the ``end``."""
        if anchor is None:
            first = len(rows.rows) - 1 if end else rows.index
            self.take(rows, first, first)
        else:
            here = next((i for i, row in enumerate(rows.rows) if row.key == anchor), rows.index)
            self.take(rows, here, self.page // 3)

    def renew(self, rows: Rows[R]) -> None:
        """Hold newer rows; the cursor stays on its row and the row on its screen line."""
        self.take(rows, self.place_in(rows), self.cursor - self.top)

    def take(self, rows: Rows[R], cursor: int, screen_row: int) -> None:
        """Hold other rows, with the cursor on one of them, as far down the screen as asked."""
        self.came = True
        self.held = rows
        self.cursor = max(0, min(cursor, len(self) - 1))
        self.scroll_to(cursor - screen_row)
        self.keep_in_view()

    def place_in(self, rows: Rows[R]) -> int:
        """Where the cursor's row is among other rows; if it is gone, where its nearest neighbour is."""
        where = {row.key: index for index, row in enumerate(rows.rows)}
        mine = self.held.rows
        for row in (*mine[self.cursor :], *reversed(mine[: self.cursor])):
            if row.key in where:
                return where[row.key]
        return min(rows.index, max(0, len(rows.rows) - 1))

    def go(self, index: int) -> int:
        """Put the cursor on a row; returns how far beyond the rows at hand that was, and more rows are there."""
        self.cursor = max(0, min(index, len(self) - 1))
        self.keep_in_view()
        beyond = index - self.cursor
        return 0 if (self.held.at_end if beyond > 0 else self.held.at_start) else beyond

    def step(self, rows: float) -> int:
        """Move the cursor by so many rows; returns what `go` does."""
        return self.go(self.cursor + round(rows))

    def turn(self, pages: float) -> float:
        """Scroll by screens, at most one; the cursor stays where it is on it, and at the list's end goes to its end.

        Returns how many are left: all of them where the rows at hand do not fill the screen, and more rows are there.
        """
        one = max(-1.0, min(pages, 1.0))
        rows = round(one * self.page) or (1 if pages > 0 else -1)
        before = self.cursor, self.top
        top = self.top + rows
        if (top < 0 and not self.held.at_start) or (top + self.page > len(self) and not self.held.at_end):
            return pages
        screen_row = self.cursor - self.top
        beyond = not 0 <= self.cursor + rows < len(self)
        self.scroll_to(top)
        self.go(self.cursor + rows if beyond else self.top + screen_row)
        return 0 if (self.cursor, self.top) == before else pages - one

    def scroll(self, rows: int) -> None:
        """Scroll; the cursor moves only where the view would leave it."""
        self.scroll_to(self.top + rows)
        self.go(max(self.top, min(self.cursor, self.top + self.page - 1)))

    def scroll_to(self, top: int) -> None:
        """Put this row at the top, or as near as the end allows."""
        self.top = max(0, min(top, len(self) - self.page))

    def keep_in_view(self) -> None:
        """Scroll as little as shows the cursor."""
        self.top = max(0, self.cursor - self.page + 1, min(self.top, self.cursor))
