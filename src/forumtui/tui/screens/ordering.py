"""`Ordering`: in which order the reader's list of topics is, and going on where what is here of it ends."""

from __future__ import annotations

from forumtui.reader.rows import TopicKey, TopicQuery, WantTopics
from forumtui.tui.render.order_words import empty_order
from forumtui.tui.screens.panes import ReaderPanes


class Ordering:
    """The reader's."""

    def __init__(self, reader: ReaderPanes) -> None:
        self._reader = reader
        self._asked: tuple[TopicQuery, TopicKey] | None = None

    async def show(self, query: TopicQuery, anchor: TopicKey | None = None) -> None:
        """Show topics."""
        reader = self._reader
        reader.sorted = await reader.library.listings.sorted_as(query)
        await reader.topics.show(query, anchor, empty_text=empty_order(reader.sorted))

    async def renew(self) -> None:
        """Show what is new of the list; the cursor stays on its row."""
        reader = self._reader
        reader.sorted = await reader.library.listings.sorted_as(reader.topics.shown)
        reader.topics.say_if_empty(empty_order(reader.sorted))
        await reader.topics.refresh_rows()

    def want(self, *, more: bool = False, anew: bool = False) -> None:
        """Let the network side hear what is looked at."""
        reader, query, told = self._reader, self._reader.topics.shown, self._reader.sorted
        if query.account is not None:
            board = reader.board_rows.get(query.board if query.board is not None else -1)
            identity = board.id if board is not None else None
            reader.library.want(WantTopics(query.account, identity, told.order.name, told.period, more, anew))
            reader.services.wake(query.account)

    def go_on(self) -> None:
        """The cursor comes to the end of what is here of the list: more of it is asked for, once."""
        last = self._reader.topics.last_of_all
        if last is None or not self._reader.sorted.more:
            return
        asked = (self._reader.topics.shown, last.key)
        if asked != self._asked:
            self._asked = asked
            self.want(more=True)
