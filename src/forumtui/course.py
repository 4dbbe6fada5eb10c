"""Walks through pages that others hand out one by one: they must get on, and come to an end."""

from __future__ import annotations

from forumtui.errors import Endless

MOST_PAGES = 2000
"""In one walk: 400,000 topics of a forum, in pages as they are asked for."""


class Course:
    """One walk; ``what`` begins the sentence that says what is wrong with it."""

    def __init__(self, what: str, most: int = MOST_PAGES) -> None:
        self._what = what
        self._most = most
        self._pages = 0
        self._met: set[str] = set()

    def begin_at(self, cursor: str) -> None:
        """Where the walk begins; it may come there once, but not again."""
        self._met = {cursor}

    def go(self, cursor: str) -> None:
        """Go on with the page that this cursor leads to.  Raises `Endless`."""
        if cursor in self._met:
            raise Endless(f"{self._what} goes round in circles: it leads where it has been before.")
        self._met.add(cursor)
        self._pages += 1
        if self._pages >= self._most:
            raise Endless(f"{self._what} came to no end in {self._most:,} pages.")
