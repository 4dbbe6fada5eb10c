"""`ReaderScreen`: boards, topics and the open thread, side by side as the width allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from forumtui.library import Library
from forumtui.model import INHERITED, Can
from forumtui.rows import (
    AccountKey,
    AccountRow,
    BoardRow,
    Order,
    PostKey,
    TopicKey,
    TopicQuery,
    TopicRow,
    WantPosts,
    WantTopics,
    What,
)
from forumtui.tui.commands import Command, Where
from forumtui.tui.keys import Keymap
from forumtui.tui.messages import LibraryChanged
from forumtui.tui.render.board_row import BoardEntry
from forumtui.tui.screens.base import DeskScreen
from forumtui.tui.screens.history import History, Spot
from forumtui.tui.screens.layout import Layout, Pane, beside, lay_out
from forumtui.tui.screens.whereabouts import keep_place, show_sent
from forumtui.tui.widgets.board_list import BoardList
from forumtui.tui.widgets.line_list import LineList
from forumtui.tui.widgets.pane_title import PaneTitle
from forumtui.tui.widgets.thread_view import ThreadView
from forumtui.tui.widgets.topic_list import TopicList

if TYPE_CHECKING:
    from forumtui.tui.widgets.composer import Composer

PREVIEW_AFTER = 0.15
"""Seconds that the cursor rests on a topic before its thread shows beside it."""
_NO_BOARDS = "No forums yet. Press a and type a path or an address, or paste one here."
_NO_TOPICS = "No topics here. Press c to open one, h to go back to the boards."
_NO_THREAD = "Enter opens the topic; Space reads on from unread post to unread post."


class ReaderScreen(DeskScreen):
    """The screen where reading and writing happens."""

    CSS = """
    ReaderScreen #panes { height: 1fr; }
    ReaderScreen .pane { width: auto; height: 1fr; }
    ReaderScreen .ruled { border-left: solid $panel-lighten-1; }
    ReaderScreen #reading { height: 1fr; width: 1fr; }
    ReaderScreen #reading.beside { layout: horizontal; }
    ReaderScreen #composer { height: 60%; min-height: 7; }
    ReaderScreen .beside #composer { height: 1fr; width: 1fr; border-top: none; border-left: solid $panel-lighten-1; }
    ReaderScreen .tight #composer { height: 1fr; border-top: none; }
    ReaderScreen .tight ThreadView { display: none; }
    """

    def __init__(self, keymap: Keymap, library: Library) -> None:
        super().__init__(keymap)
        self.library = library
        self.boards = BoardList(empty_text=_NO_BOARDS, id="boards")
        self.topics = TopicList(library.reading, empty_text=_NO_TOPICS, id="topics")
        self.thread = ThreadView(library.reading, empty_text=_NO_THREAD, id="thread")
        self.titles = {pane: PaneTitle(pane) for pane in Pane}
        self.pane = Pane.TOPICS
        self.zoomed = False
        self.topic: TopicRow | None = None
        """The topic in the thread pane, opened or only previewed."""
        self.previewing = False
        self.order = Order.FLAT
        self.history = History()
        self.accounts: dict[AccountKey, AccountRow] = {}
        self.board_rows: dict[int, BoardRow] = {}
        self.seeking = ""
        """What is searched for, in the pane that has the keys."""
        self._layout = Layout(0, 0, 0)
        self._preview: Timer | None = None
        self._moved: Timer | None = None

    def body(self) -> ComposeResult:
        """The three panes."""
        with Horizontal(id="panes"):
            with Vertical(classes="pane", id="boards-pane"):
                yield self.titles[Pane.BOARDS]
                yield self.boards
            with Vertical(classes="pane", id="topics-pane"):
                yield self.titles[Pane.TOPICS]
                yield self.topics
            with Vertical(classes="pane", id="thread-pane"):
                yield self.titles[Pane.THREAD]
                with Vertical(id="reading"):
                    yield self.thread

    # -- where the keys go

    @property
    def composer(self) -> Widget | None:
        """The open composer."""
        found = self.query("#composer")
        return found.first() if found else None

    @property
    def place(self) -> Where:
        """The composer, or the pane."""
        return Where.COMPOSE if self.composer is not None else Where(self.pane.value)

    @property
    def field(self) -> Input | Widget | None:
        """The composer's field."""
        return getattr(self.composer, "field", None)

    @property
    def rows(self) -> Widget:
        """The list or thread that has the keys."""
        panes: dict[Pane, Widget] = {
            Pane.BOARDS: self.boards,
            Pane.TOPICS: self.topics,
            Pane.THREAD: self.thread,
        }
        return panes[self.pane]

    @property
    def account(self) -> AccountRow | None:
        """The forum that one is in."""
        if self.pane is Pane.THREAD and self.topic is not None:
            return self.accounts.get(self.topic.account)
        if self.pane is Pane.BOARDS and self.boards.current is not None:
            return self.boards.current.account
        row = self.topics.current
        key = row.account if row is not None else self.topics.shown.account
        return self.accounts.get(key) if key is not None else next(iter(self.accounts.values()), None)

    @property
    def board(self) -> BoardRow | None:
        """The board that one is on."""
        if self.pane is Pane.BOARDS:
            return self.boards.current.board if self.boards.current is not None else None
        shown = self.topics.shown.board if self.pane is Pane.TOPICS else None
        row = self.topic if self.pane is Pane.THREAD else self.topics.current
        return self.board_rows.get(shown if shown is not None else row.board if row is not None else -1)

    @property
    def at(self) -> TopicRow | None:
        """The topic that commands act on."""
        return self.topic if self.pane is Pane.THREAD else self.topics.current if self.pane is Pane.TOPICS else None

    def can(self) -> Can:
        """What is allowed here: the post's rules over the topic's over the board's over the forum's."""
        account, board, topic = self.account, self.board, self.at
        allowed = account.can if account is not None else INHERITED
        for layer in (board, topic, self.thread.current if self.pane is Pane.THREAD else None):
            allowed = layer.can.over(allowed) if layer is not None else allowed
        return allowed

    def refusal(self, command: Command) -> str | None:
        """The forum's reason, or that nothing is open to act on."""
        if command.ability is None:
            return None
        if self.account is None or (self.at is None and command.name != "new-topic"):
            return "there is nothing here to do that with"
        return self.can().refusal(command.ability)

    # -- panes

    def focus_pane(self, pane: Pane) -> None:
        """Give the keys to a pane, and show it."""
        if pane is not self.pane:
            self.zoomed = False
        self.pane = pane
        self.lay_out_panes()
        if self.composer is None:
            self.rows.focus()
        self.show_here()

    def lay_out_panes(self) -> None:
        """Lay the panes out for the width of now."""
        layout = lay_out(self.app.size.width, self.pane, zoomed=self.zoomed)
        widths = {Pane.BOARDS: layout.boards, Pane.TOPICS: layout.topics, Pane.THREAD: layout.thread}
        shown = [pane for pane, width in widths.items() if width]
        for pane, width in widths.items():
            box = self.query_one(f"#{pane.value}-pane")
            box.display = width > 0
            box.styles.width = width or 1
            box.set_class(pane is not shown[0], "ruled")
            self.titles[pane].display = len(shown) > 1
        reading = self.query_one("#reading")
        wide = beside(layout.thread)
        reading.set_class(self.composer is not None and wide, "beside")
        reading.set_class(self.composer is not None and not wide and self.app.size.height < 20, "tight")
        self._layout = layout

    def on_resize(self, event: events.Resize) -> None:
        """The layout follows the terminal."""
        del event
        self.lay_out_panes()

    def show_here(self) -> None:
        """Bring header, titles and footer up to date, and remember where this is for the next start."""
        account, board = self.account, self.board
        path = [account.title or account.name] if account is not None else ["forumtui"]
        query = self.topics.shown
        if (query.bookmarked or query.unread) and self.pane is not Pane.THREAD:
            path = ["Bookmarks" if query.bookmarked else "Unread in all forums"]
        elif board is not None and (query.board is not None or self.pane is not Pane.TOPICS):
            path.append(board.title)
        if self.pane is Pane.THREAD and self.topic is not None:
            path.append(self.topic.title)
        self.title_path = tuple(path)
        self.show_header()
        self.show_hints()
        for pane, title in self.titles.items():
            title.show(self, here=pane is self.pane)
        if self._moved is not None:
            self._moved.stop()
        self._moved = self.set_timer(1.0, lambda: self.run_worker(keep_place(self), group="place", exit_on_error=False))

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
            self.desk.wake(query.account)
        if focus:
            self.focus_pane(Pane.TOPICS)

    async def open_topic(
        self, topic: TopicKey, *, post: PostKey | None = None, line: int = 0, end: bool = False, preview: bool = False
    ) -> None:
        """Show a thread: at ``post``, at its end, or at its first unread post; a preview leaves the keys alone."""
        if not preview:
            self._stop_preview()
        row = await self.library.reading.topic(topic)
        if self.topic is not None and not self.previewing and (preview or self.topic.key != topic):
            await self.library.marks.visit(self.topic.key)
        if not await self.thread.open(topic, order=self.order, post=post, line=line, end=end):
            return
        self.topic, self.previewing = row, preview
        self.library.want(WantPosts(row.account, row.id))
        self.desk.wake(row.account)
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
        place = self.thread.place
        line = place[1] if place is not None and place[0] == current.key else 0
        return Spot(self.topics.shown, self.pane, topic, current.key, line)

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
                await show_sent(self, before.pending.uid)
            self.topic = self.thread.outline.topic if self.thread.outline is not None else self.topic
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
        self.workers.cancel_group(self, "preview")

    def _show_preview(self, key: TopicKey) -> None:
        if self.pane is not Pane.THREAD and self.composer is None and self.thread.topic_key != key:
            self.run_worker(self.open_topic(key, preview=True), group="preview", exclusive=True, exit_on_error=False)

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
            work = self.show_list(query_of(entry), focus=False)
            self.run_worker(work, group="preview", exclusive=True, exit_on_error=False)

    @on(LineList.Chosen)
    def on_row_chosen(self, event: LineList.Chosen[object]) -> None:
        """A click on a row: the pane gets the keys; a click on the row under the cursor of a focused pane opens it."""
        pane = Pane.BOARDS if event.line_list is self.boards else Pane.TOPICS
        self.desk.in_turn(lambda: self._click(pane))

    async def _click(self, pane: Pane) -> None:
        from forumtui.tui.acts import reading

        self.focus_pane(pane)
        await reading.open(self.desk, None)

    def on_composer_typing(self, event: Composer.Typing) -> None:
        """Offer the members that a mention may mean."""
        self.desk.background(self._offer(event.prefix), "names")

    async def _offer(self, prefix: str) -> None:
        composer = self.composer
        if composer is not None:
            target = cast("Composer", composer).keeper.target
            names = await self.library.reading.members(target.account, prefix)
            if composer.is_attached:
                cast("Composer", composer).offer(tuple(names))

    def on_thread_canvas_place_moved(self) -> None:
        """The title shows which post this is."""
        if self.is_current:
            self.show_here()

    def on_thread_canvas_need_posts(self, event: ThreadView.NeedPosts) -> None:
        """A gap comes near: have it filled."""
        if self.topic is not None:
            self.library.want(WantPosts(self.topic.account, self.topic.id, event.window))
            self.desk.wake(self.topic.account)


def query_of(entry: BoardEntry) -> TopicQuery:
    """The topics of a line of the tree; a board's with those of the boards below it."""
    if entry.board is None:
        return TopicQuery(account=entry.account.key)
    return TopicQuery(account=entry.account.key, board=entry.board.key, with_children=True)
