"""`SearchScreen`: what the library and the forums' own searches found."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widget import Widget

from forumtui.reader.rows import HitRow, What
from forumtui.tui.keys.commands import Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.window import HeldRows
from forumtui.tui.render.topic_row import HitRows
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.screens.leads import Lead, ToHit
from forumtui.tui.services.changes import LibraryChanged


class SearchScreen(AppScreen):
    """Hits under a cursor; more come in while one looks."""

    def __init__(self, keymap: Keymap, query: str) -> None:
        super().__init__(keymap)
        self.query_text = query
        self.title_path = ("Search", query)
        self._hits: HeldRows[HitRow] = HeldRows()
        self.list = LineList(
            self._hits, HitRows(), empty_text=f"Nothing found for '{query}'. g / searches for something else."
        )

    def body(self) -> ComposeResult:
        """The list."""
        yield self.list

    @property
    def place(self) -> Where:
        """The keys for hits."""
        return Where.HITS

    @property
    def rows(self) -> Widget:
        """The list."""
        return self.list

    async def load(self) -> None:
        """The first hits."""
        self.set_focus(self.list)
        await self.show_hits()

    async def changed(self, message: LibraryChanged) -> None:
        """Forums answered."""
        if message.touches(What.SEARCH):
            await self.show_hits()

    async def show_hits(self) -> None:
        """Ask the library again."""
        result = await self.services.library.reading.search(self.query_text)
        self._hits.rows = result.hits
        self.list.search_text = self.query_text
        await self.list.refresh_rows()
        count = f"{len(result.hits)} found" if result.hits else "nothing found"
        self.say(f"{count}   {result.covered}{'' if result.complete else '   (not complete)'}", seconds=None)

    async def open_row(self) -> Lead | None:
        """The post."""
        hit = self.list.current
        return ToHit(hit.topic.key, hit.key, self.query_text) if hit is not None else None
