"""`Previews`: what stands beside the cursor is shown after a rest: a board's topics, a topic's posts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from textual.timer import Timer

from forumtui.reader.rows import TopicKey, TopicQuery
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.render.board_row import BoardEntry
from forumtui.tui.screens.panes import ReaderPanes

PREVIEW_AFTER = 0.15
"""Seconds that the cursor rests on a row before what it leads to shows beside it."""


class ShowTopic(Protocol):
    """Shows a thread; a preview leaves the keys alone."""

    def __call__(self, topic: TopicKey, *, preview: bool) -> Awaitable[None]:
        """Begin."""


class Previews:
    """The reader's; only where there is room beside the list that has the keys."""

    def __init__(
        self, reader: ReaderPanes, *, topic: ShowTopic, topics: Callable[[TopicQuery], Awaitable[None]]
    ) -> None:
        self._reader = reader
        self._topic = topic
        self._topics = topics
        self._rest: Timer | None = None

    def stop(self) -> None:
        """What is opened now must not be overtaken by what was only looked at."""
        self._wait_no_longer()
        self._reader.workers.cancel_group(self._reader.app, "preview")

    def _wait_no_longer(self) -> None:
        if self._rest is not None:
            self._rest.stop()

    def of_topic(self, key: TopicKey | None) -> None:
        """The cursor came to a topic."""
        reader = self._reader
        self._wait_no_longer()
        if key is not None and reader.pane is not Pane.THREAD and reader.layout_now.thread:
            self._rest = reader.set_timer(PREVIEW_AFTER, lambda: self._show_topic(key))
        if reader.pane is Pane.TOPICS:
            reader.show_here()

    def _show_topic(self, key: TopicKey) -> None:
        reader = self._reader
        if reader.pane is not Pane.THREAD and reader.composer is None and reader.thread.topic_key != key:
            reader.services.background(partial(self._topic, key, preview=True), "preview")

    def of_board(self, entry: BoardEntry | None) -> None:
        """The cursor came to a board or forum."""
        reader = self._reader
        if entry is None or reader.pane is not Pane.BOARDS:
            return
        self._wait_no_longer()
        if reader.layout_now.topics:
            self._rest = reader.set_timer(PREVIEW_AFTER, lambda: self._show_topics(query_of(entry)))
        reader.show_here()

    def _show_topics(self, query: TopicQuery) -> None:
        reader = self._reader
        if reader.pane is Pane.BOARDS and reader.topics.shown != query:
            reader.services.background(partial(self._list, query), "preview")

    async def _list(self, query: TopicQuery) -> None:
        await self._topics(query)
        self._reader.show_here()


def query_of(entry: BoardEntry) -> TopicQuery:
    """The topics of a line of the tree; a board's with those of the boards below it."""
    if entry.board is None:
        return TopicQuery(account=entry.account.key)
    return TopicQuery(account=entry.account.key, board=entry.board.key, with_children=True)
