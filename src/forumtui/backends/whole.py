"""Threads of forums that give them only whole, and lists that they give only by place: windows and pages cut from them."""

from __future__ import annotations

import re
import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from statistics import median_low
from typing import Generic, TypeVar

from forumtui.errors import Missing, Refused
from forumtui.model import Cursor, Page, Place, Post, Topic, Window
from forumtui.values import quick_dataclass

V = TypeVar("V")

_REMEMBERED = 5
"""Ids of a page's last topics that its cursor holds."""
_CURSOR = re.compile(r"([0-9]{1,6}):((?:[0-9A-Za-z]{1,20},)*[0-9A-Za-z]{1,20})")


@quick_dataclass(frozen=True, slots=True)
class Thread:
    """A topic with its posts, in ascending `Post.sort`."""

    topic: Topic
    posts: tuple[Post, ...]
    complete: bool = True
    """Whether a post that is missing is gone."""

    def window(self, window: Window) -> Page[Post]:
        """A window of it; its cursors say how far it went, so they are good for any later answer.

        Raises `Missing` for a post that is not in it, `Refused` for a place that makes no sense.
        """
        limit = max(1, window.limit)
        start, end = self._reach(window, limit)
        items = self.posts[start:end]
        if not items:
            return Page((), complete=self.complete)
        before = Cursor(str(items[0].sort)) if start > 0 else None
        after = Cursor(str(items[-1].sort)) if end < len(self.posts) else None
        return Page(items, before, after, self.complete)

    def _reach(self, window: Window, limit: int) -> tuple[int, int]:
        count = len(self.posts)
        match window.place:
            case Place.START | Place.UNREAD:
                start = 0
            case Place.END:
                start = max(0, count - limit)
            case Place.POST:
                start = self._around(self.place(window.at), limit)
            case Place.NUMBER:
                start = self._around(min(_number(window.at), count) - 1, limit)
            case Place.AFTER:
                start = bisect_right(self.posts, _number(window.at), key=_sort)
            case Place.BEFORE:
                end = bisect_left(self.posts, _number(window.at), key=_sort)
                return max(0, end - limit), end
        return start, min(count, start + limit)

    def _around(self, index: int, limit: int) -> int:
        return max(0, min(index - limit // 2, len(self.posts) - limit))

    def place(self, post: str) -> int:
        """Where a post stands.  Raises `Missing`."""
        for index, each in enumerate(self.posts):
            if each.id == post:
                return index
        raise Missing("There is no such post in this topic.")


def _sort(post: Post) -> int:
    return post.sort


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Refused("That is no place in a topic.")
    return int(text)


class Recent(Generic[V]):
    """What was fetched whole a moment ago: it answers for its own windows, so that reading on costs no more questions.

    ``seconds``: how long that is.  ``most``: the longest unused goes first.
    """

    def __init__(self, seconds: float, *, most: int = 4, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, V]] = OrderedDict()

    def get(self, name: str) -> V | None:
        """None where it is too old, or was never here."""
        at, value = self._kept.get(name, (0.0, None))
        if value is None or self._clock() - at >= self._seconds:
            return None
        self._kept.move_to_end(name)
        return value

    def fresh(self) -> Sequence[V]:
        """All that are not too old."""
        return [value for at, value in self._kept.values() if self._clock() - at < self._seconds]

    def put(self, name: str, value: V) -> None:
        """Keep what was just fetched."""
        self._kept[name] = (self._clock(), value)
        self._kept.move_to_end(name)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def cursor(place: int, ids: Sequence[str]) -> Cursor:
    """Where a list by place goes on.  ``ids``: those of the page that leads there, or of all pages up to it."""
    return Cursor(f"{place}:{','.join(ids[-_REMEMBERED:])}")


def place_of(after: Cursor) -> tuple[int, tuple[str, ...]]:
    """The place, and the last ids before it.  Raises `Refused` for what `cursor` did not make."""
    found = _CURSOR.fullmatch(after)
    if found is None:
        raise Refused("That is no place in a list of topics.")
    return int(found[1]), tuple(found[2].split(","))


def behind(ids: Sequence[str], seen: Sequence[str], otherwise: int = 0) -> int:
    """Where among ``ids`` what was not seen begins, although the list has moved since; ``otherwise`` where nothing tells.

    The middle one of those that are found tells: one of them may have gone anywhere.
    """
    places = [ids.index(each) for each in seen if each in ids]
    return median_low(places) + 1 if places else otherwise
