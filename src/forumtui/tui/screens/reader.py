"""`ReaderScreen`: opening lists and threads, and following what changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on

from forumtui.reader.rows import PostKey, TopicKey, TopicQuery, TopicRow, WantPosts, WantTopics, What
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.render.board_row import BoardEntry
from forumtui.tui.screens.history import Spot
from forumtui.tui.screens.panes import ReaderPanes
from forumtui.tui.screens.whereabouts import keep_place, stay_on_sent
from forumtui.tui.services import LibraryChanged
from forumtui.tui.thread.view import ThreadView

if TYPE_CHECKING:
    from forumtui.tui.compose.composer import Composer

PREVIEW_AFTER = 0.15
"""Seconds that the cursor rests on a topic before its thread shows beside it."""


class ReaderScreen(ReaderPanes):
    """The screen where reading and writing happens."""

    def keep_this_place(self) -> None:
        """Remember where this is for the next start."""
        self.services.background(partial(keep_place, self), "place")

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
        board = self.board_rows.get(query.board if query.board is not None else -1)
        await self.topics.show(query, anchor)
        if query.account is not None:
            self.library.want(WantTopics(query.account, board.id if board is not None else None))
            self.services.wake(query.account)
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
            self._stop_preview()
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
                await self.follow(row)
            self.focus_pane(Pane.THREAD)

    async def follow(self, row: TopicRow) -> None:
        """Bring the list to where the open topic is."""
        shown = self.topics.shown
        elsewhere = shown.account is not None and row.account != shown.account
        if not elsewhere and (shown.board is None or row.board == shown.board or shown.with_children):
            await self.topics.load(row.key)
        if self.topics.current is None or self.topics.current.key != row.key:
            await self.topics.show(TopicQuery(account=row.account), row.key)

    @property
    def list_here(self) -> TopicQuery:
        """The topics that are seen or, on the boards, those of the line under the cursor."""
        entry = self.boards.current if self.pane is Pane.BOARDS else None
        return self.topics.shown if entry is None else query_of(entry)

    # -- places

    def remember(self) -> None:
        """A jump starts here; "back" comes back."""
        self.history.leave(self.spot())

    def spot(self) -> Spot:
        """Where one is now."""
        at = self.at
        topic = at.key if at is not None else None
        current = self.thread.current if self.pane is Pane.THREAD else None
        if current is None:
            return Spot(self.topics.shown, self.pane, topic)
        top, line = self.thread.place or (current.key, 0)
        return Spot(self.topics.shown, self.pane, topic, current.key, top, line)

    # -- what happens around

    async def changed(self, message: LibraryChanged) -> None:
        """Ask again for what is on screen; cursors stay on their rows."""
        if message.touches(What.ACCOUNTS, What.BOARDS, What.POSTS, What.TOPICS, What.OUTBOX):
            await self.load_forest()
        if message.touches(What.TOPICS, What.POSTS, What.OUTBOX):
            await self.topics.refresh_rows()
        if self.topic is not None and message.touches_topic(self.topic.key, self.topic.account):
            before = self.thread.current
            await self.thread.refresh_thread()
            now = self.thread.current
            if before is not None and before.pending is not None and (now is None or now.key != before.key):
                await stay_on_sent(self, before.pending.uid)
            self.topic = self.thread.stage.model.outline.topic
        self.show_here()

    @on(LineList.CursorMoved, "#topics")
    def on_topic_cursor(self, event: LineList.CursorMoved[TopicRow]) -> None:
        """After a rest, show the thread under the cursor where there is room for it."""
        if self._preview is not None:
            self._preview.stop()
        row = event.row
        if row is not None and self.pane is not Pane.THREAD and self._layout.thread:
            self._preview = self.set_timer(PREVIEW_AFTER, lambda: self._show_preview(row.key))
        if self.pane is Pane.TOPICS:
            self.show_here()

    def _stop_preview(self) -> None:
        """What is opened now must not be overtaken by what was only looked at."""
        if self._preview is not None:
            self._preview.stop()
        self.workers.cancel_group(self.app, "preview")

    def _show_preview(self, key: TopicKey) -> None:
        if self.pane is not Pane.THREAD and self.composer is None and self.thread.topic_key != key:
            self.services.background(partial(self.open_topic, key, preview=True), "preview")

    @on(LineList.CursorMoved, "#boards")
    def on_board_cursor(self, event: LineList.CursorMoved[BoardEntry]) -> None:
        """The list beside the boards shows what is under their cursor."""
        entry = event.row
        if entry is None or self.pane is not Pane.BOARDS:
            return
        if self._preview is not None:
            self._preview.stop()
        if self._layout.topics:
            self._preview = self.set_timer(PREVIEW_AFTER, lambda: self._list_of(entry))
        self.show_here()

    def _list_of(self, entry: BoardEntry) -> None:
        if self.pane is Pane.BOARDS and self.topics.shown != query_of(entry):
            self.services.background(partial(self._preview_list, entry), "preview")

    async def _preview_list(self, entry: BoardEntry) -> None:
        await self.show_list(query_of(entry), focus=False)
        self.show_here()

    def on_composer_typing(self, event: Composer.Typing) -> None:
        """Offer the members that a mention may mean."""
        self.services.background(partial(self._offer, event.prefix), "names")

    async def _offer(self, prefix: str) -> None:
        composer = self.composer
        if composer is not None:
            target = composer.keeper.target
            names = await self.library.reading.members(target.account, prefix)
            if composer.is_attached:
                composer.offer(tuple(names))

    def on_thread_view_place_moved(self) -> None:
        """The title shows which post this is; what the wheel moved on from is read."""
        if self.is_current:
            self.show_here()
        if self.thread.walking.has_read:
            self.services.in_turn(self.note_read)

    async def note_read(self) -> None:
        """Mark what one has moved on from."""
        keys = [key for key in self.thread.walking.seen_keys() if key > 0]
        if keys and self.topic is not None and not self.previewing:
            await self.library.marks.mark_read(keys)
            self.services.tally.posts.update(keys)
            self.services.tally.forums.add(self.topic.account)

    def on_thread_view_need_posts(self, event: ThreadView.NeedPosts) -> None:
        """A gap comes near: have it filled."""
        if self.topic is not None:
            self.library.want(WantPosts(self.topic.account, self.topic.id, event.window))
            self.services.wake(self.topic.account)


def query_of(entry: BoardEntry) -> TopicQuery:
    """The topics of a line of the tree; a board's with those of the boards below it."""
    if entry.board is None:
        return TopicQuery(account=entry.account.key)
    return TopicQuery(account=entry.account.key, board=entry.board.key, with_children=True)
