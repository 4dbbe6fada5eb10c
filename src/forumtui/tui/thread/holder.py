"""`ThreadHolder`: the widget that a thread's stage is shown on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from textual.widget import Widget

from forumtui.model import Millis
from forumtui.reader.rows import PostKey, PostRow, TopicKey
from forumtui.tui.lists.line_list import clock
from forumtui.tui.render.styles import Looks, looks_for
from forumtui.tui.thread.layout import Position, ThreadLayout
from forumtui.tui.thread.model import ThreadSource
from forumtui.tui.thread.stage import Stage

_PATIENCE = 0.3
"""Seconds that a thread may stay away for what takes long; then a line stands for each such text."""


class ThreadHolder(Widget):
    """A thread's state; paints nothing."""

    def __init__(
        self,
        source: ThreadSource,
        *,
        now: Callable[[], Millis] = clock,
        id: str | None = None,  # noqa: A002  # as every widget calls it
    ) -> None:
        super().__init__(id=id)
        self.source = source
        self.stage = Stage(self, now)

    @property
    def topic_key(self) -> TopicKey | None:
        """The open topic."""
        return self.stage.model.topic_key

    @property
    def current(self) -> PostRow | None:
        """The post that keys act on."""
        return self.stage.current

    @property
    def place(self) -> tuple[PostKey, int] | None:
        """The post and the line in it at the top of the screen."""
        return self.stage.place

    # -- for the stage

    @property
    def looks(self) -> Looks:
        """The looks of the theme of now."""
        return looks_for(self.app)

    def listed(self) -> None:
        """What each line shows was worked out anew."""

    def moved(self) -> None:
        """The top line or the current post is another one now."""

    def settled(self) -> None:
        """The view came to stand somewhere."""

    # -- for subclasses

    async def _have(self, first: int, last: int) -> bool:
        """Wait until the posts at these spots are at hand; False when the thread was left meanwhile."""
        model, thread, jump = self.stage.model, self.stage.threads.join(), self.stage.jumps.join()
        missing = model.missing(first, last)
        if missing:
            rows = await self.source.posts(model.outline.topic.key, missing)
            if thread.stale:
                return False
            model.add(missing, rows, (first + last) // 2)
        return not jump.stale

    async def _settle(self, layout: ThreadLayout, top: Position) -> None:
        """Lay out what a screen from there on shows; what takes very long comes into the view later."""
        rows = self.size.height
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while rows and (wanted := layout.owed_on_screen(top, rows)) is not None:
                    await self.stage.shelf.fetch(wanted)
