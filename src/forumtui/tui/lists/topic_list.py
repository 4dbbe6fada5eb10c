"""`TopicList`: topics of a board, an account, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from forumtui.model import Millis
from forumtui.reader.rows import Rows, TopicKey, TopicQuery, TopicRow
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.topic_row import TopicRows
from forumtui.tui.services.shared import clock


class TopicReading(Protocol):
    """The part of `forumtui.reader.library.reading.Reading` that a topic list needs."""

    async def topics(
        self, query: TopicQuery, *, anchor: TopicKey | None = None, end: bool = False, before: int = 0, after: int = 50
    ) -> Rows[TopicRow]:
        """A window of topics."""


class TopicSource:
    """The topics that a query finds, as a list's rows; ``query`` may be replaced."""

    def __init__(self, reading: TopicReading, query: TopicQuery) -> None:
        self.query = query
        self._reading = reading

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[TopicRow]:
        """At most ``before`` rows above and ``after`` below the anchor."""
        key = TopicKey(anchor) if isinstance(anchor, int) else None
        return await self._reading.topics(self.query, anchor=key, end=end, before=before, after=after)


class TopicList(LineList[TopicRow]):
    """Topics under a cursor."""

    def __init__(
        self,
        reading: TopicReading,
        *,
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        self._topics = TopicSource(reading, TopicQuery())
        self._renderer = TopicRows(with_board=True)
        super().__init__(self._topics, self._renderer, now=now, id=id)

    @property
    def shown(self) -> TopicQuery:
        """What the list shows."""
        return self._topics.query

    async def show(self, query: TopicQuery, anchor: TopicKey | None = None, *, empty_text: str | None = None) -> None:
        """Show what ``query`` finds, around ``anchor``; ``empty_text``: what it teaches if that is nothing."""
        self._topics.query = query
        self.say_if_empty(empty_text)
        self._renderer.with_board = query.board is None
        await self.load(anchor)

    def say_if_empty(self, text: str | None) -> None:
        """What the list teaches without topics; None: what any of its kind does."""
        query = self._topics.query
        self.painter.empty_text = text if text is not None and not query.filter else empty_text(query)


def empty_text(query: TopicQuery) -> str:
    """What a list without topics teaches."""
    if query.filter:
        return f"No topic has '{query.filter}'. Esc ends the filter."
    if query.bookmarked:
        return "No bookmarks yet; * in a topic sets one."
    if query.unread:
        return "Everything is read. g b shows the boards."
    return "No topics here. Press c to open one, h to go back to the boards."
