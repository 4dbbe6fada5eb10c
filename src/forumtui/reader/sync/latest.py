"""News of a forum without a change feed: its latest topics, read on until what is known and unchanged.

The latest come in the order of their last change.  So everything below a topic that stands as it stood when a walk
began is as it was then, too.  What is bumped while we walk goes to the top, where the next walk finds it; what was
to be read is pushed down, and met again.  Only a topic that is removed meanwhile pulls up what stands below it, and
may pull one across the edge of a page: that one is found when it is bumped again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from forumtui.backends.api import Backend
from forumtui.errors import Refused
from forumtui.model import Cursor, Listing, Millis, Page, Topic
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey
from forumtui.values import quick_dataclass

log = logging.getLogger(__name__)

LATEST_READ = "latest"
"""Saved: how far the latest topics were read."""
MOST_PAGES = 300
"""That a stretch is read over all: 9,000 topics, where a page holds thirty."""
_AGAIN = 100
"""Of them, once the forum had forgotten a place and it began anew."""
_MOST_STRETCHES = 3
_MOST_MARKS = 200


@quick_dataclass(frozen=True, slots=True)
class Edge:
    """Where news ends: a first page as it stood, or a time."""

    marks: dict[str, tuple[Millis | None, int | None]]
    """Of its topics: when each was changed last, and how many posts it had."""
    since: Millis | None
    """What was changed before that stood below."""

    @classmethod
    def of(cls, page: Page[Topic]) -> Edge:
        """The page's."""
        rows = _in_order(page.items)[-_MOST_MARKS:]
        times = [topic.last_post for topic in rows if topic.last_post is not None]
        return cls(
            {topic.id: (topic.last_post, topic.posts) for topic in rows},
            min(times) if rows and len(times) == len(rows) else None,
        )

    def is_met(self, items: Sequence[Topic]) -> bool:
        """Whether news ends on a page.

        That the last of it is old counts where times are told: one that is dated in the future stays on top for ever.
        """
        rows = _in_order(items)
        known = [self._is_old(topic) for topic in rows]
        return bool(known) and (known[-1] if all(topic.last_post is not None for topic in rows) else any(known))

    def _is_old(self, topic: Topic) -> bool:
        time = topic.last_post
        if self.marks.get(topic.id) == (time, topic.posts):
            # in the moment of the newest another may have been changed that stands below it
            return time is None or self.since is None or time < self._newest or self.since == self._newest
        return self.since is not None and time is not None and time < self.since

    @property
    def _newest(self) -> Millis:
        return max((time for time, _ in self.marks.values() if time is not None), default=Millis(0))


@quick_dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the list that is still to be read: from a page on, down to an edge."""

    at: str
    edge: Edge
    pages: int
    """That were read of it."""
    most: int


@dataclass
class _Read:
    """How far the list was read: the edge of the next walk, and what earlier ones left, the newest first."""

    edge: Edge
    left: list[Stretch]


class Latest:
    """One account's, through one open backend.  ``pages``: of one look; what is left then is read on at the next."""

    def __init__(self, library: Library, account: AccountKey, backend: Backend, pages: int) -> None:
        self._library = library
        self._account = account
        self._backend = backend
        self._pages = pages
        self._room = 0
        """Pages that this look may still read; 0: none is under way."""
        self._remembers = False

    async def step(self) -> Sequence[Topic]:
        """Read one page: the first one when a look begins.  Raises `BackendError`; what was read stays read."""
        read = await self._load()
        if not self._room:
            return await self._begin(read)
        assert read is not None
        stretch = read.left[0]
        try:
            page = await self._headers(Cursor(stretch.at))
        except Refused:  # it knows that place no more: once more from the top
            page = await self._headers(None)
            stretch = replace(stretch, at="", most=min(stretch.most, stretch.pages + _AGAIN))
        self._room -= 1
        pages = stretch.pages + 1
        del read.left[0]
        if page.after is not None and page.after != stretch.at and not stretch.edge.is_met(page.items):
            if pages < stretch.most:
                read.left.insert(0, replace(stretch, at=page.after, pages=pages))
            else:
                log.info(
                    "Account %s: the latest topics were read for %d pages; older news is left", self._account, pages
                )
        await self._save(read)
        return page.items

    @property
    def more(self) -> bool:
        """Whether this look goes on."""
        return self._room > 0

    @property
    def remembers(self) -> bool:
        """Whether something is left that is read on from where it was left."""
        return self._remembers

    async def _begin(self, read: _Read | None) -> Sequence[Topic]:
        page = await self._headers(None)
        first = read is None
        edge = Edge({}, await self._since()) if read is None else read.edge
        left = [] if read is None else read.left
        ends = page.after is None or edge.is_met(page.items) or (first and edge.since is None)
        if not ends:
            left.insert(0, Stretch(page.after or "", edge, 1, self._pages if first else MOST_PAGES))
        if len(left) > _MOST_STRETCHES:  # what lies between them is read again
            left[:] = [*left[: _MOST_STRETCHES - 1], replace(left[_MOST_STRETCHES - 1], edge=left[-1].edge)]
        self._room = self._pages - 1
        await self._save(_Read(Edge.of(page) if _in_order(page.items) else edge, left))
        return page.items

    async def _since(self) -> Millis | None:
        """On a first visit what is older than this counts as read."""
        return await self._library.intake.watermark(self._account)

    async def _headers(self, after: Cursor | None) -> Page[Topic]:
        page = await self._backend.topics(Listing(), after)
        await self._library.intake.topics(self._account, page.items)
        return page

    # -- what is saved

    async def _load(self) -> _Read | None:
        saved = await self._library.accounts.cursor(self._account, LATEST_READ)
        try:
            return None if saved is None else _read(json.loads(saved))
        except (ValueError, TypeError):  # not of our writing
            return None

    async def _save(self, read: _Read) -> None:
        saved = [_told(read.edge), [(each.at, _told(each.edge), each.pages, each.most) for each in read.left]]
        await self._library.accounts.set_cursor(self._account, LATEST_READ, json.dumps(saved))
        self._remembers = bool(read.left)
        if not read.left:
            self._room = 0


def _in_order(items: Sequence[Topic]) -> list[Topic]:
    """Without those that stand on top whatever their age."""
    return [topic for topic in items if not topic.pinned]


def _told(edge: Edge) -> Any:
    return [[(topic, *mark) for topic, mark in edge.marks.items()], edge.since]


def _edge(told: Any) -> Edge:
    marks, since = told
    return Edge({topic: (time, posts) for topic, time, posts in marks}, since)


def _read(saved: Any) -> _Read:
    edge, left = saved
    return _Read(_edge(edge), [Stretch(at, _edge(below), pages, most) for at, below, pages, most in left])
