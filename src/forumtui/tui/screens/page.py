"""`PageScreen`: a page of lines over the reader; `NoticeScreen` says what befell the library."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.page_list import PageList, PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.services.changes import LibraryChanged


class PageScreen(AppScreen):
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
        self.set_focus(self.page)
        await self.show_page()

    def on_resize(self, event: events.Resize) -> None:
        """Lines follow the width."""
        del event
        self.services.background(self.show_page, "page")

    async def changed(self, message: LibraryChanged) -> None:
        """Lines follow the library."""
        del message
        if self.follows_library:
            await self.show_page()


class NoticeScreen(PageScreen):
    """Shows at each start until it was left: then it was seen."""

    follows_library = False
    title_path = ("Your library",)

    def __init__(self, keymap: Keymap, notice: str) -> None:
        super().__init__(keymap)
        self._notice = notice

    async def lines(self, width: int) -> Sequence[PageRow]:
        """A paragraph for each sentence, then how to leave."""
        lines = []
        for number, paragraph in enumerate(self._notice.splitlines()):
            lines += [*await text_lines(paragraph, width, "warning" if number == 0 else ""), line_of("")]
        lines += [line_of(("Esc closes this; it is not shown again.", "dim"))]
        return [PageRow(number, line) for number, line in enumerate(lines)]

    async def leave(self) -> None:
        """It was seen."""
        self.services.library.notice_seen()
        await super().leave()
