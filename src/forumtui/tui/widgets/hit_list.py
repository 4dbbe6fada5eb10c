"""`HitList`: search results."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from forumtui.model import Millis
from forumtui.rows import HitRow, Rows
from forumtui.tui.render.hit_row import HitRows
from forumtui.tui.widgets.line_list import LineList, clock


class HitSource:
    """Hits held in memory."""

    def __init__(self) -> None:
        self.hits: tuple[HitRow, ...] = ()

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[HitRow]:  # noqa: ARG002  # all are at hand
        """All of them."""
        index = next((i for i, hit in enumerate(self.hits) if hit.key == anchor), 0)
        return Rows(self.hits, index, total=len(self.hits))


class HitList(LineList[HitRow]):
    """Search results under a cursor; ``show`` replaces them and keeps the cursor on its hit."""

    def __init__(
        self,
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        self._hits = HitSource()
        super().__init__(self._hits, HitRows(), empty_text=empty_text, now=now, id=id)

    async def show(self, hits: Sequence[HitRow], sought: str = "") -> None:
        """Show these hits, with what was ``sought`` highlighted."""
        self._hits.hits = tuple(hits)
        self.search_text = sought
        await self.refresh_rows()
