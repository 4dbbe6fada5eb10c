"""`ThreadHolder`: what a thread's pane knows: the posts at hand, the top line, the current post."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from textual.widget import Widget

from forumtui.model import Millis
from forumtui.reader.rows import Order, Outline, PostKey, PostRow, TopicKey
from forumtui.tui.lists.line_list import clock
from forumtui.tui.render.shelf import Shelf
from forumtui.tui.thread.blocks import Block, Position, ThreadBlocks

_PATIENCE = 0.3
"""Seconds that a thread may stay away for what takes long; then a line stands for each such text."""


class ThreadSource(Protocol):
    """Where a thread comes from; `forumtui.reader.library.reading.Reading` is one."""

    async def outline(self, topic: TopicKey, order: Order = Order.FLAT) -> Outline:
        """The skeleton in display order."""

    async def posts(self, topic: TopicKey, keys: Sequence[PostKey]) -> dict[PostKey, PostRow]:
        """Posts with their bodies."""

    async def find_in_topic(self, topic: TopicKey, text: str) -> Sequence[PostKey]:
        """Posts that hold the text."""


class ThreadHolder(Widget):
    """A thread's state; paints nothing."""

    def __init__(
        self,
        source: ThreadSource,
        *,
        empty_text: str = "",
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.source = source
        self.empty_text = empty_text
        self.exact_times = False
        self._now = now
        self._shelf = Shelf()
        self._blocks: ThreadBlocks | None = None
        self._top = Position(0, 0)
        self._view: list[Position] = []
        self._on_screen: dict[int, Block] = {}
        self._looks_changed = False
        self._current: PostKey | None = None
        self._quotes_folded = False
        self._sought = ""
        self._asked_gaps: set[PostKey] = set()
        self._generation = 0
        self._intended: tuple[PostKey, int, int] | None = None
        """The post at the top before it is laid out: the line to show of it then, in how many lines (0: as it is)."""

    @property
    def topic_key(self) -> TopicKey | None:
        """The open topic."""
        return self._blocks.model.outline.topic.key if self._blocks else None

    @property
    def outline(self) -> Outline | None:
        """The open thread's skeleton."""
        return self._blocks.model.outline if self._blocks else None

    @property
    def current(self) -> PostRow | None:
        """The post that keys act on."""
        return self._blocks.model.rows.get(self._current) if self._blocks and self._current is not None else None

    @property
    def current_index(self) -> int:
        """Where the current post stands in the outline; 0 without one."""
        return self._blocks.model.index.get(self._current, 0) if self._blocks and self._current is not None else 0

    @property
    def place(self) -> tuple[PostKey, int] | None:
        """The post and the line in it at the top of the screen."""
        if self._blocks is None or not len(self._blocks.model):
            return None
        return self._blocks.model.key(self._top.spot), self._top.line

    # -- for subclasses

    async def _have(self, first: int, last: int) -> bool:
        """Wait until the posts at these spots are at hand; False when the thread was left meanwhile."""
        blocks, generation = self._blocks, self._generation
        if blocks is None:
            return False
        model = blocks.model
        missing = model.missing(first, last)
        if missing:
            rows = await self.source.posts(model.outline.topic.key, missing)
            if blocks is not self._blocks:
                return False
            model.add(missing, rows, (first + last) // 2)
        return generation == self._generation

    async def _settle(self, blocks: ThreadBlocks, top: Position) -> None:
        """Lay out what a screen from there on shows; what takes very long comes into the view later."""
        rows = self.size.height
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while rows and (wanted := blocks.owed_on_screen(top, rows)) is not None:
                    await self._shelf.fetch(wanted)

    def _last_spot(self) -> int:
        return self._view[-1].spot if self._view else self._top.spot

    def _current_spot(self) -> int:
        spot = self._blocks.model.spot(self._current) if self._blocks and self._current is not None else None
        return self._top.spot if spot is None else spot
