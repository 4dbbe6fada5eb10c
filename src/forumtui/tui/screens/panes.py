"""`ReaderPanes`: boards, topics and the open thread, side by side as the width allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input

from forumtui.model import ONLY_LATEST
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, AccountRow, BoardRow, Sorted, ThreadOrder, TopicRow
from forumtui.tui.keys.allowed import Here, refusal
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.lists.board_list import BoardList
from forumtui.tui.lists.topic_list import TopicList
from forumtui.tui.render.arrangement import Layout, Pane, beside, lay_out
from forumtui.tui.render.order_words import order_told
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.services.shared import clock
from forumtui.tui.thread.stage import Stage
from forumtui.tui.thread.view import ThreadView
from forumtui.tui.widgets.header import PaneTitle

if TYPE_CHECKING:
    from forumtui.tui.compose.composer import Composer

_NO_BOARDS = "No forums yet. Press a and type a path or an address, or paste one here."


class ReaderPanes(AppScreen):
    """The widgets, which of them has the keys, and what stands under their cursors."""

    DEFAULT_CSS = """
    #panes { height: 1fr; }
    .pane { width: auto; height: 1fr; }
    .ruled { border-left: solid $foreground 25%; }
    ReaderPanes.ascii .ruled { border-left: ascii $foreground 25%; }
    #reading { height: 1fr; width: 1fr; }
    #reading.beside { layout: horizontal; }
    #composer { height: 60%; min-height: 7; }
    ReaderPanes.ascii #composer { border-top: ascii $foreground 25%; }
    .beside #composer { height: 1fr; width: 1fr; border-top: none; border-left: solid $foreground 25%; }
    ReaderPanes.ascii .beside #composer { border-left: ascii $foreground 25%; }
    .tight #composer { height: 1fr; border-top: none; }
    .tight ThreadView { display: none; }
    """

    def __init__(self, keymap: Keymap, library: Library) -> None:
        super().__init__(keymap)
        self.library = library
        self.boards = BoardList(empty_text=_NO_BOARDS, id="boards")
        self.topics = TopicList(library.reading, id="topics")
        self.thread = ThreadView(library.reading, id="thread")
        self.titles = {pane: PaneTitle() for pane in Pane}
        self.pane = Pane.TOPICS
        self.zoomed = False
        self.topic: TopicRow | None = None
        """The topic in the thread pane, opened or only previewed."""
        self.previewing = False
        self.order = ThreadOrder.FLAT
        self.sorted = Sorted(ONLY_LATEST[0])
        """In which order the topics are."""
        self.accounts: dict[AccountKey, AccountRow] = {}
        self.board_rows: dict[int, BoardRow] = {}
        self.seeking = ""
        """What is searched for, in the pane that has the keys."""
        self.layout_now = Layout(0, 0, 0)

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
    def composer(self) -> Composer | None:
        """The open composer; one that is being taken away is none."""
        return cast("Composer | None", next((each for each in self.query("#composer") if each.display), None))

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
        """The list or thread that has the keys, or what is written, shown as a post."""
        if self.composer is not None:
            return getattr(self.composer, "preview", self.thread)
        panes: dict[Pane, Widget] = {
            Pane.BOARDS: self.boards,
            Pane.TOPICS: self.topics,
            Pane.THREAD: self.thread,
        }
        return panes[self.pane]

    @property
    def here(self) -> Here:
        """The forum that one is in, and the board, topic and post that commands act on."""
        topic = self.topic if self.pane is Pane.THREAD else self.topics.current if self.pane is Pane.TOPICS else None
        post = self.thread.current if self.pane is Pane.THREAD else None
        return Here(_account(self), _board(self), topic, post)

    def refusal(self, command: Command) -> str | None:
        """The forum's reason, or that nothing is open to act on."""
        here = self.here
        boards = [row for row in self.board_rows.values() if here.account and row.account == here.account.key]
        return refusal(command, replace(here, boards=boards))

    # -- panes

    def focus_pane(self, pane: Pane) -> None:
        """Give the keys to a pane, and show it; while something is written, that is where it is written."""
        if self.composer is not None:
            pane = Pane.THREAD
        if pane is not self.pane:
            self.zoomed = False
        self.pane = pane
        self.lay_out_panes()
        self.focus_holder()
        self.show_here()

    @on(events.Resize)
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
        self.layout_now = layout

    def show_here(self) -> None:
        """Bring header, titles and footer up to date, and remember where this is for the next start."""
        account, board = self.here.account, self.here.board
        path = [account.title or account.name] if account is not None else ["forumtui"]
        query = self.topics.shown
        if (query.bookmarked or query.unread) and self.pane is not Pane.THREAD:
            path = ["Bookmarks" if query.bookmarked else "Unread in all forums"]
        elif board is not None and (query.board is not None or self.pane is not Pane.TOPICS):
            path.append(board.title)
        if self.pane is Pane.THREAD and self.topic is not None:
            path.append(self.topic.title)
        elif self.pane is Pane.TOPICS and not self.titles[Pane.TOPICS].display and (told := _order(self)):
            path[-1] = f"{path[-1]} ({told})"
        self.title_path = tuple(path)
        self.show_header()
        self.show_hints()
        for pane, title in self.titles.items():
            title.show(*title_of(self, pane), here=pane is self.pane)


def title_of(reader: ReaderPanes, pane: Pane) -> tuple[str, str]:
    """What stands over a pane: a name, and a position in it."""
    if pane is Pane.BOARDS:
        return ("Boards" if reader.accounts else "No forums", "")
    if pane is Pane.TOPICS:
        query = reader.topics.shown
        name = "Unread" if query.unread else "Bookmarks" if query.bookmarked else "Topics"
        board = reader.board_rows.get(query.board if query.board is not None else -1)
        account = reader.accounts.get(query.account) if query.account is not None else None
        of = board.title if board is not None else account.title if account is not None else ""
        said = [_order(reader), f"filter: {query.filter}" if query.filter else ""]
        return (of or name, "  ".join(filter(None, said)))
    if reader.topic is None:
        return ("", "")
    return (reader.topic.title, _position(reader.thread.stage))


def _position(stage: Stage) -> str:
    """How far one is in the thread; where posts are missing, only numbers tell."""
    post, outline = stage.current, stage.model.outline
    if post is None:
        return ""
    if outline.gaps and post.number is not None and outline.topic.posts is not None:
        return f"#{post.number} of {outline.topic.posts}"
    return f"{stage.current_index + 1}/{len(outline.keys)}"


def _order(reader: ReaderPanes) -> str:
    query = reader.topics.shown
    account = reader.accounts.get(query.account) if query.account is not None else None
    return order_told(reader.sorted, account, clock())


def _account(reader: ReaderPanes) -> AccountRow | None:
    if reader.pane is Pane.THREAD and reader.topic is not None:
        return reader.accounts.get(reader.topic.account)
    if reader.pane is Pane.BOARDS and reader.boards.current is not None:
        return reader.boards.current.account
    row = reader.topics.current
    key = row.account if row is not None else reader.topics.shown.account
    return reader.accounts.get(key) if key is not None else next(iter(reader.accounts.values()), None)


def _board(reader: ReaderPanes) -> BoardRow | None:
    if reader.pane is Pane.BOARDS:
        return reader.boards.current.board if reader.boards.current is not None else None
    shown = reader.topics.shown.board if reader.pane is Pane.TOPICS else None
    row = reader.topic if reader.pane is Pane.THREAD else reader.topics.current
    return reader.board_rows.get(shown if shown is not None else row.board_key if row is not None else -1)
