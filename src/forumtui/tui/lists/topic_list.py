"""`TopicList`: topics of a board, an account, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from forumtui.model import Millis
from forumtui.reader.rows import Rows, TopicKey, TopicQuery, TopicRow
from forumtui.tui.lists.line_list import LineList, clock
from forumtui.tui.render.topic_row import TopicRows


class TopicReading(Protocol):
    """The part of `forumtui.reader.library.reading.Reading` that a topic list needs."""

    async def topics(
        self, query: TopicQuery, *, anchor: TopicKey | None = None, end: bool = False, before: int = 0, after: int = 50
    ) -> Rows[TopicRow]:
        """A window of topics."""


class TopicSource:
    """The topics that a query finds, as a list's rows."""

    def __init__(self, reading: TopicReading, query: TopicQuery) -> None:
        self.reading = reading
        self.query = query

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[TopicRow]:
        """At most ``before`` rows above and ``after`` below the anchor."""
        key = TopicKey(anchor) if isinstance(anchor, int) else None
        return await self.reading.topics(self.query, anchor=key, end=end, before=before, after=after)


class TopicList(LineList[TopicRow]):
    """Topics under a cursor."""

    def __init__(
        self,
        reading: TopicReading,
        query: TopicQuery | None = None,
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        self._reading = reading
        self._shown = query or TopicQuery()
        self._renderer = TopicRows(with_board=self._shown.board is None)
        super().__init__(TopicSource(reading, self._shown), self._renderer, empty_text=empty_text, now=now, id=id)

    @property
    def shown(self) -> TopicQuery:
        """What the list shows."""
        return self._shown

    async def show(self, query: TopicQuery, anchor: TopicKey | None = None) -> None:
        """Show what ``query`` finds, around ``anchor``."""
        self._shown = query
        self._renderer.with_board = query.board is None
        self.source = TopicSource(self._reading, query)
        await self.load(anchor)
