"""`HeldEscape`: what the Esc that was just handled closed, kept until it is certain that it was an Esc."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from forumtui.tui.keys.keystream import BROKEN_FOR

Work = Callable[[], Awaitable[None]]

_HELD_FOR = 2 * BROKEN_FOR
"""Seconds: a second for the rest of the key to begin, and one more for it to end."""


class HeldEscape:
    """One Esc at a time.  ``in_turn`` does something in turn with the keys."""

    def __init__(self, in_turn: Callable[[Work], None]) -> None:
        self._in_turn = in_turn
        self._undo: Work | None = None
        self._end: Work | None = None
        self._timer: asyncio.TimerHandle | None = None

    def hold(self, undo: Work, end: Work | None = None) -> None:
        """Do ``undo`` if the Esc proves to be a piece of another key, else ``end`` before the next key, or in a while."""
        if (before := self.let_go()) is not None:
            self._in_turn(before)
        self._undo, self._end = undo, end
        if end is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_HELD_FOR, lambda: self._over(undo))

    def take_back(self) -> Work | None:
        """It was none: what undoes it."""
        undo = self._undo
        self._drop()
        return undo

    def let_go(self) -> Work | None:
        """It was one: what ends what it closed."""
        end = self._end
        self._drop()
        return end

    def _over(self, undo: Work) -> None:
        async def end() -> None:
            if self._undo is undo and (end := self.let_go()) is not None:
                await end()

        self._in_turn(end)

    def _drop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._undo, self._end, self._timer = None, None, None
