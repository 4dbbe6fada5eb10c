"""`ReaderScreen`: opening lists and threads, and following what changes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from forumtui.model import LATEST
from forumtui.reader.library import Library
from forumtui.reader.rows import PostKey, TopicKey, TopicQuery, TopicRow, WantPosts, What
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.ordering import Ordering
from forumtui.tui.screens.panes import ReaderPanes
from forumtui.tui.screens.previews import Previews
from forumtui.tui.screens.whereabouts import Whereabouts
from forumtui.tui.services.changes import LibraryChanged


class ReaderScreen(ReaderPanes):
    """The screen where reading and writing happens."""

    def __init__(self, keymap: Keymap, library: Library) -> None:
        super().__init__(keymap, library)
        self.whereabouts = Whereabouts(self)
        self.ordering = Ordering(self)
        self.previews = Previews(self, topic=self.open_topic, topics=partial(self.show_list, focus=False))

    def show_here(self) -> None:
        """As ever; and it is remembered for the next start."""
        super().show_here()
        self.whereabouts.moved()

    # -- lists

    async def load_forest(self) -> None:
        """Read accounts and boards again."""
        accounts = list(await self.library.accounts.all(visited=True))
        here = {self.topics.shown.account, self.topic.account if self.topic else None}
        shown = [row for row in accounts if row.listed or row.key in here]
        forest = [(row, await self.library.reading.boards(row.key)) for row in shown]
        self.accounts = {row.key: row for row in accounts}
        self.board_rows = {board.key: board for _, boards in forest for board in boards}
        await self.boards.show(forest)

    async def show_list(self, query: TopicQuery, *, anchor: TopicKey | None = None, focus: bool = True) -> None:
        """Show topics; the network side hears of it."""
        await self.ordering.show(query, anchor)
        self.ordering.want()
        if focus:
            self.focus_pane(Pane.TOPICS)

    async def open_topic(
        self,
        topic: TopicKey,
        *,
        post: PostKey | None = None,
        line: int = 0,
        current: PostKey | None = None,
        end: bool = False,
        preview: bool = False,
    ) -> None:
        """Show a thread: at ``post``, at its end, or at its first unread post; a preview leaves the keys alone.

        ``current``: the post that keys act on, where it is another than the one at the top.
        """
        if not preview:
            self.previews.stop()
        row = await self.library.reading.topic(topic)
        if self.topic is not None and not self.previewing and (preview or self.topic.key != topic):
            await self.library.marks.visit(self.topic.key)
        if not await self.thread.open(topic, order=self.order, post=post, line=line, current=current, end=end):
            return
        self.topic, self.previewing = row, preview
        self.library.want(WantPosts(row.account, row.id))
        self.services.wake(row.account)
        if not preview:
            if self.topics.current is None or self.topics.current.key != topic:
                await _follow(self, row)
            self.focus_pane(Pane.THREAD)

    # -- what happens around

    async def changed(self, message: LibraryChanged) -> None:
        """Ask again for what is on screen; cursors stay on their rows."""
        if message.touches(What.ACCOUNTS, What.BOARDS, What.POSTS, What.TOPICS, What.OUTBOX):
            await self.load_forest()
            await _let_go_of_removed(self)
        if message.touches(What.TOPICS, What.POSTS, What.OUTBOX):
            await self.ordering.renew()
        if self.topic is not None and message.touches_topic(self.topic.key, self.topic.account):
            before = self.thread.current
            await self.thread.refresh_thread()
            now = self.thread.current
            if before is not None and before.pending is not None and (now is None or now.key != before.key):
                await self.whereabouts.stay_on_sent(before.pending.uid)
            self.topic = self.thread.stage.model.outline.topic
        self.show_here()

    def on_line_list_cursor_moved(self, event: LineList.CursorMoved[Any]) -> None:
        """What stands beside the cursor follows it."""
        if event.line_list is self.topics:
            self.previews.of_topic(event.row.key if event.row is not None else None)
            self.ordering.go_on()
        elif event.line_list is self.boards:
            self.previews.of_board(event.row)

    def on_thread_view_place_moved(self) -> None:
        """The title shows which post this is; what the wheel moved on from is read."""
        if self.is_current:
            self.show_here()
        if self.thread.walking.has_read:
            self.services.in_turn(partial(note_read, self))


async def note_read(reader: ReaderScreen) -> None:
    """Mark what one has moved on from."""
    keys = [key for key in reader.thread.walking.seen_keys() if key > 0]
    if keys and reader.topic is not None and not reader.previewing:
        await reader.library.marks.mark_read(keys)
        reader.services.tally.posts.update(keys)
        reader.services.tally.forums.add(reader.topic.account)


async def _follow(reader: ReaderScreen, row: TopicRow) -> None:
    """Bring the list to where the open topic is."""
    shown = reader.topics.shown
    elsewhere = shown.account is not None and row.account != shown.account
    tries = [TopicQuery(account=row.account, order=LATEST)]
    if not elsewhere and (shown.board is None or row.board_key == shown.board or shown.with_children):
        await reader.topics.load(row.key)
        if not reader.sorted.is_latest:
            tries.insert(0, replace(shown, order=LATEST, period=""))
    for query in tries:
        if reader.topics.current is None or reader.topics.current.key != row.key:
            await reader.ordering.show(query, row.key)


async def _let_go_of_removed(reader: ReaderScreen) -> None:
    """Show nothing more of a forum that is followed no longer."""
    if reader.topic is not None and reader.topic.account not in reader.accounts:
        reader.previews.stop()
        reader.thread.close()
        reader.topic, reader.previewing = None, False
        if reader.pane is Pane.THREAD:
            reader.focus_pane(Pane.TOPICS)
    if reader.topics.shown.account not in {None, *reader.accounts}:
        await reader.ordering.show(TopicQuery(unread=True))
