"""`Fetching`: posts and their lines are got before they come on screen, beside the keys."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Protocol

from forumtui.model import Window
from forumtui.reader.rows import PostKey
from forumtui.tui.render.shelf import Wanted
from forumtui.tui.thread.layout import Position, ThreadLayout
from forumtui.tui.thread.model import ThreadSource
from forumtui.tui.thread.stage import Stage

_AHEAD = 30
"""Posts each way that should be at hand."""
_REACH = 80
"""Posts each way that are fetched when some of those are missing."""
_NEXT = 2
"""Posts each way that are laid out before they come on screen."""
_NEAR_GAP = 15
"""Posts from the screen at which a gap is asked to be filled."""
_PATIENCE = 0.3
"""Seconds that a thread may stay away for what takes long; then a line stands for each such text."""


class Crew(Protocol):
    """Who works beside the keys, and asks the network for posts; `ThreadView` is one."""

    def at_work(self, group: str) -> bool:
        """Whether work of this group is under way."""

    def start(self, group: str, work: Coroutine[None, None, None]) -> None:
        """Begin it."""

    def need(self, window: Window) -> None:
        """Posts that nobody fetched yet come near."""


class Fetching:
    """Keeps at hand what a stage shows next."""

    def __init__(self, stage: Stage, source: ThreadSource, crew: Crew) -> None:
        self._stage = stage
        self._source = source
        self._crew = crew

    # -- for those who go somewhere

    async def have(self, first: int, last: int) -> bool:
        """Wait until the posts at these spots are at hand; False when the thread was left meanwhile."""
        model, thread, jump = self._stage.model, self._stage.threads.join(), self._stage.jumps.join()
        missing = model.missing(first, last)
        if missing:
            rows = await self._source.posts(model.outline.topic.key, missing)
            if thread.stale:
                return False
            model.add(missing, rows, (first + last) // 2)
        return not jump.stale

    async def settle(self, layout: ThreadLayout, top: Position) -> None:
        """Lay out what a screen from there on shows; what takes very long comes into the view later."""
        rows = self._stage.surface.size.height
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while rows and (wanted := layout.owed_on_screen(top, rows)) is not None:
                    await self._stage.shelf.fetch(wanted)

    # -- beside the keys

    def around(self) -> None:
        """Get posts near the screen that are not at hand."""
        if not self._crew.at_work("posts") and self._missing():
            self._crew.start("posts", self._fetch())

    def lay_out_near(self) -> None:
        """Lay out posts on screen or near it that wait for it."""
        if not self._crew.at_work("layout") and self._owed() is not None:
            self._crew.start("layout", self._lay_out())

    def ask_near_gaps(self) -> None:
        """Ask for what nobody fetched yet."""
        stage = self._stage
        for window in stage.model.unasked_gaps(stage.top.spot, stage.last_spot, _NEAR_GAP):
            self._crew.need(window)

    def _missing(self) -> list[PostKey]:
        return self._stage.model.missing(self._stage.top.spot - _AHEAD, self._stage.last_spot + _AHEAD)

    async def _fetch(self) -> None:
        stage = self._stage
        while self._missing():
            if await self.have(stage.top.spot - _REACH, stage.last_spot + _REACH):
                stage.reshow()

    def _owed(self) -> Wanted | None:
        """The body to lay out next: on screen, then below, then above."""
        stage = self._stage
        for block in stage.on_screen.values():
            if block.content.owed:
                return block.content.owed[0]
        low, high = stage.top.spot, stage.last_spot
        return stage.layout.owed([*range(high + 1, high + 1 + _NEXT), *range(low - 1, low - 1 - _NEXT, -1)])

    async def _lay_out(self) -> None:
        stage = self._stage
        while (wanted := self._owed()) is not None:
            thread = stage.threads.join()
            await stage.shelf.fetch(wanted)
            waiting = [spot for spot, block in stage.on_screen.items() if block.content.owed]
            if not thread.stale and any(map(stage.layout.is_laid_out, waiting)):
                stage.unfold()
