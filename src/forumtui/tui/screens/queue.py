"""`QueueScreen`: what waits for a forum's moderators, with its text."""

from __future__ import annotations

from collections.abc import Sequence

from forumtui.model import SOMEBODY, Body, Cursor, Format, Page, QueueItem, QueueKind
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, AccountRow
from forumtui.text.ages import exact
from forumtui.text.sanitise import clean_line
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.page_list import PageRow
from forumtui.tui.render.shelf import text_lines
from forumtui.tui.render.strips import line_of
from forumtui.tui.screens.fetched import FetchedPage
from forumtui.tui.screens.leads import Lead, ToPost

_INDENT = "    "
_EXCERPT = 12
"""So many lines of a reported post are shown; Enter shows all of it."""
_LONGEST = 500
"""So many lines of what waits are shown."""


class QueueScreen(FetchedPage[QueueItem]):
    """Reports, held posts and volunteers, oldest first; the item under the cursor is what the keys decide about."""

    nothing = "Nothing waits for moderators."

    def __init__(self, keymap: Keymap, account: AccountRow) -> None:
        super().__init__(keymap, account)
        self.title_path = (account.title, "waiting for moderators")

    @property
    def place(self) -> Where:
        """The queue's own keys."""
        return Where.QUEUE

    @property
    def item(self) -> QueueItem | None:
        """The item under the cursor."""
        target = self.page.current.target if self.page.current is not None else None
        return target if isinstance(target, QueueItem) else None

    def refusal(self, command: Command) -> str | None:
        """Deciding takes something to decide about."""
        deciding = command.where == frozenset({Where.QUEUE})
        return "nothing waits here" if deciding and not self.items else None

    async def page_after(self, after: Cursor | None) -> Page[QueueItem]:
        """The next page of the queue."""
        return await self.services.engine.queue(self.account.key, after)

    async def item_rows(self, item: QueueItem, width: int) -> Sequence[PageRow]:
        """What it is, then its text; of a report also the post."""
        about = item.kind.meaning.format(member=clean_line(item.member), author=clean_line(item.author or SOMEBODY))
        lines = [
            line_of((f"{item.kind.label}: ", "mark"), (about, "strong")),
            line_of(_INDENT, (f"{clean_line(item.title)}   {exact(item.created)}", "dim")),
        ]
        room = max(10, width - len(_INDENT))
        text = Body(item.text, Format.MARKDOWN if item.kind is QueueKind.HELD else Format.PLAIN)
        shown = await text_lines(text, room)
        lines += [line_of(_INDENT, *((run.text, run.style) for run in line.runs)) for line in shown[:_LONGEST]]
        if len(shown) > _LONGEST:
            lines.append(line_of(_INDENT, (f"… {len(shown) - _LONGEST:,} more lines are not shown here", "note")))
        if item.kind is QueueKind.REPORT:
            lines += [
                line_of(_INDENT, ("> ", "bar"), (line, "quote"))
                for line in await _reported(self.services.library, self.account.key, item, room - 2)
            ]
        lines.append(line_of(""))
        return [PageRow((item.id, number), line, item) for number, line in enumerate(lines)]

    async def settled(self, item: QueueItem) -> None:
        """This one waits no longer."""
        self.items = [each for each in self.items if each.id != item.id]
        if self.is_attached:
            await self.show_page()
            self.show_hints()

    async def show_page(self) -> None:
        """The keys follow what there is to decide."""
        await super().show_page()
        self.show_hints()

    async def open_row(self) -> Lead | None:
        """To the reported post, or the topic that a held one belongs to."""
        item = self.item
        return ToPost(self.account.key, item.topic, item.post) if item is not None else None


async def _reported(library: Library, account: AccountKey, item: QueueItem, width: int) -> list[str]:
    """The first lines of the reported post, if it is in the library."""
    if item.post is None:
        return []
    row = await library.reading.post_by_id(account, item.post)
    if row is None or row.body is None:
        return []
    lines = await text_lines(row.body, width)
    shown = [line.text for line in lines[:_EXCERPT]]
    return shown if len(lines) <= _EXCERPT else [*shown, "…"]
