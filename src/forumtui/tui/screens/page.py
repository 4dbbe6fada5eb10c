"""`PageScreen`: a page of lines over the reader."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget

from forumtui.tui.acts.reading import open as open_here
from forumtui.tui.keys import Keymap
from forumtui.tui.messages import LibraryChanged
from forumtui.tui.screens.base import DeskScreen
from forumtui.tui.widgets.line_list import LineList
from forumtui.tui.widgets.page_list import PageList, PageRow


class PageScreen(DeskScreen):
    """Lines made for the width of now; made again when it or the library changes."""

    CSS = "PageScreen PageList { padding: 0 1; }"
    follows_library = True

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(keymap)
        self.page = PageList()

    def body(self) -> ComposeResult:
        """The page."""
        yield self.page

    @property
    def rows(self) -> Widget:
        """The page."""
        return self.page

    async def lines(self, width: int) -> Sequence[PageRow]:
        """The page's lines, at most ``width`` cells."""
        del width
        return ()

    async def show_page(self) -> None:
        """Make the lines again."""
        await self.page.show(await self.lines(min(100, self.app.size.width - 4)))

    async def load(self) -> None:
        """The first lines."""
        self.page.focus()
        await self.show_page()

    def on_resize(self, event: events.Resize) -> None:
        """Lines follow the width."""
        del event
        self.desk.background(self.show_page, "page")

    async def changed(self, message: LibraryChanged) -> None:
        """Lines follow the library."""
        del message
        if self.follows_library:
            await self.show_page()

    @on(LineList.Chosen)
    def on_line_chosen(self) -> None:
        """A click opens the line."""
        self.desk.in_turn(lambda: open_here(self.desk, None))
