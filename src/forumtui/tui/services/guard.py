"""`Guard`: an answer that comes when something else is already asked for is stale, and thrown away.

``ask = guard.begin()`` before an ``await`` that decides what is shown, ``ask = guard.join()`` before one that only
adds to that; after it, ``if ask.stale: return``.
"""

from __future__ import annotations


class Guard:
    """Stands before one thing that is shown, and knows which question about it is the newest."""

    __slots__ = ("_newest",)

    def __init__(self) -> None:
        self._newest = 0

    def begin(self) -> Ask:
        """Something else is to be shown: whatever was asked until now is stale."""
        self._newest += 1
        return self.join()

    def join(self) -> Ask:
        """More is asked about what is shown; stale once something else begins, outdates nothing itself."""
        return Ask(self, self._newest)

    def is_newest(self, number: int) -> bool:
        """Whether nothing began after this question."""
        return number == self._newest


class Ask:
    """A question that waits for its answer."""

    __slots__ = ("_guard", "_number")

    def __init__(self, guard: Guard, number: int) -> None:
        self._guard = guard
        self._number = number

    @property
    def stale(self) -> bool:
        """Whether something else was asked for since."""
        return not self._guard.is_newest(self._number)
