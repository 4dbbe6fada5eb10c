"""`PageScreen`: a page of lines over the reader, and going from it to a post; `NoticeScreen` says what befell the library."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget

from forumtui.model import PostId, TopicId
from forumtui.reader.rows import AccountKey
from forumtui.tui.acts.going import open as open_here
from forumtui.tui.desk import Desk
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.lists.page_list import PageList, PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.base import DeskScreen, LibraryChanged


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
        self.set_focus(self.page)
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


NOT_HERE = "That post is not here yet; it will be after the next look at the forum."


async def open_post(desk: Desk, account: AccountKey, topic: TopicId | None, post: PostId | None) -> None:
    """Open a topic at a post, or say that there is none, or that it is not here yet."""
    if topic is None:
        desk.say("This is about no post or topic.")
        return
    reading = desk.library.reading
    row = await reading.topic_by_id(account, topic)
    if row is None:
        desk.say(NOT_HERE, "warning")
        return
    found = await reading.post_by_id(account, post) if post is not None else None
    reader = desk.reader
    reader.remember()
    await desk.app.to_reader()
    await reader.open_topic(row.key, post=found.key if found is not None else None)


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
        self.desk.library.notice_seen()
        await super().leave()
