"""Lobsters as a backend: its lists and stories as JSON, its search from the page.

A story comes with all its comments in one answer.  Few requests are allowed, so it is kept for a moment.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from forumtui.backends.browser_only import BrowserOnly, reads_only
from forumtui.backends.lobsters import pages, stories
from forumtui.backends.lobsters.stories import IN_CATEGORY, OF_STORY
from forumtui.backends.web import Answer, Handler, Limits, Params, WebClient
from forumtui.backends.web.answers import is_data
from forumtui.backends.web.body import media_type
from forumtui.backends.whole import Recent, Thread, behind, cursor, place_of
from forumtui.errors import Endless, Missing, Refused, Unreadable, Unsupported
from forumtui.model import (
    LATEST,
    ONLY_LATEST,
    Board,
    Cursor,
    ForumInfo,
    Hit,
    Listing,
    Member,
    Order,
    Page,
    Post,
    PostId,
    Topic,
    TopicId,
    Window,
    settled,
)

V = TypeVar("V")

HOME = "lobste.rs"
ORDERS = tuple(Order(name, name.capitalize()) for name in ("hottest", "newest", "active"))
PAGE_SIZE = 25
MOST_MERGES = 3
"""Steps from a merged story to the one that has its comments."""
MOST_EMPTY = 3
"""Pages in a row that may hold nothing but what was seen already."""
KEEP = 60.0
"""Seconds for which a story answers for its own windows."""
LIMITS = Limits(at_once=1, budget=((3, 1.0), (28, 60.0), (95, 600.0), (380, 3600.0)))
"""A little less than the site allows: 4 in a second, 30 in a minute, 100 in ten, 400 in an hour."""
_KINDS = ("comments", "stories")
_PLACES = re.compile(r"([0-9]{1,4})\.([0-9]{1,3}) ([0-9]{1,4})\.([0-9]{1,3})")
_NONE = pages.Found((), more=False)


class LobstersBackend(BrowserOnly):
    """``title``: what the site is called; ``base``: where it is; ``keep``: seconds for which a story answers for its windows."""

    ahead = 10
    """Of `SparesRequests`."""

    def __init__(self, web: WebClient, title: str, base: str, *, keep: float = KEEP) -> None:
        self._web = web
        self._title = title
        self._base = base
        self.can = reads_only(title)
        self._threads: Recent[Thread] = Recent(keep)

    async def _get(self, path: str, into: Callable[[Any], V]) -> V:
        return await self._web.get_json(path, conditional=True, into=into)

    async def info(self) -> ForumInfo:
        """Known without asking."""
        return ForumInfo(self._title, can=self.can, orders=ORDERS)

    async def boards(self) -> Sequence[Board]:
        """The tags, below their categories."""
        return await self._get("tags.json", stories.boards)

    # -- lists

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        """A page of the whole site's stories in one of its orders, or of a tag's or category's, the newest first."""
        if settled(listing, ORDERS if listing.board is None else ONLY_LATEST) is None:
            raise Unsupported(f"{self._title} has no such list.")
        place, seen = (1, ()) if after is None else place_of(after)
        first, further = await self._lists(listing)
        for _ in range(MOST_EMPTY):
            found, is_full = await self._get(first if place == 1 else f"{further}/{place}.json", _page)
            names = [topic.id for topic in found]
            items = tuple(topic for topic in found[behind(names, seen) :] if topic.id not in seen)
            place += 1
            if items or not is_full:
                break
        return Page(items, after=cursor(place, names) if is_full else None)

    async def _lists(self, listing: Listing) -> tuple[str, str]:
        """The path of a list's first page, and what is before the number in those of the others."""
        if listing.board is not None:
            tags = quote(",".join(await self._tags(listing.board)), safe=",")
            return f"t/{tags}.json", f"t/{tags}/page"
        name = "active" if listing.name == LATEST else listing.name
        return f"{name}.json", "page" if name == "hottest" else f"{name}/page"

    async def _tags(self, board: str) -> Sequence[str]:
        if not board.startswith(IN_CATEGORY):
            return [stories.tag(board)]
        below = [each.id for each in await self.boards() if each.parent == board]
        if not below:
            raise Missing(f"{self._title} has no such category.")
        return below

    # -- stories

    async def topic(self, topic: TopicId) -> Topic:
        """One story's header; of one that was merged, that of the story which has its comments now."""
        return (await self._story(topic)).topic

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a story's comments, which come whole."""
        return (await self._thread(topic)).window(window)

    async def _thread(self, name: str) -> Thread:
        """Raises `Refused` for a story that was merged: its posts are another one's."""
        thread = await self._story(name)
        if thread.topic.id != name:
            raise Refused(f"This story was merged into another one: {self._base}/s/{thread.topic.id}")
        return thread

    async def _story(self, name: str) -> Thread:
        for _ in range(MOST_MERGES):
            thread = self._threads.get(name)
            if thread is not None:
                return thread
            try:
                thread = await self._get(f"s/{stories.short_id(name)}.json", stories.thread)
            except Unreadable:
                into = await self._merged_into(name)
                if into is None:
                    raise
                name = into
            else:
                self._threads.put(thread.topic.id, thread)
                return thread
        raise Endless("This story was merged into others without an end.")

    async def _merged_into(self, name: str) -> str | None:
        """Where the site sends one on to another story's page."""
        answer = await self._web.request("GET", f"s/{name}")
        into = pages.merged_into(answer.content) if media_type(answer) == "text/html" else None
        return into if into != name else None

    async def post(self, post: PostId) -> Post:
        """A story or comment, by way of its thread."""
        if post.startswith(OF_STORY):
            return (await self._thread(post.removeprefix(OF_STORY))).posts[0]
        stories.short_id(post)
        for thread in self._threads.fresh():
            if any(each.id == post for each in thread.posts):
                return thread.posts[thread.place(post)]
        thread = await self._thread(await self._get(f"c/{post}.json", stories.story_of))
        return thread.posts[thread.place(post)]

    # -- the rest

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """Comments and stories, newest first: the two searches of the site, joined."""
        places = _places(after)
        found = [await self._found(kind, query, page) for kind, (page, _) in zip(_KINDS, places, strict=True)]
        rest = [list(each.hits[start:]) for each, (_, start) in zip(found, places, strict=True)]
        hits: list[Hit] = []
        while any(rest) and all(left or not each.more for left, each in zip(rest, found, strict=True)):
            newest = max((left for left in rest if left), key=lambda left: left[0].post.created or 0)
            hits.append(newest.pop(0))
        further = [_further(each, left, page) for each, left, (page, _) in zip(found, rest, places, strict=True)]
        more = any(page for page, _ in further)
        return Page(tuple(hits), after=Cursor(" ".join(f"{page}.{start}" for page, start in further)) if more else None)

    async def _found(self, kind: str, query: str, page: int) -> pages.Found:
        if page == 0:
            return _NONE
        params: Params = {"q": query, "what": kind, "order": "newest", "page": page}
        answer = await self._web.request("GET", "search", params=params)
        return await asyncio.to_thread(pages.found, answer.content, page)

    async def member(self, name: str) -> Member:
        """A user's page."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,50}", name):
            raise Missing(f"{self._title} has no such user.")
        return await self._get(f"~{name}.json", stories.member)


def _page(answer: Any) -> tuple[list[Topic], bool]:
    found = stories.topics(answer)
    return found, len(answer) >= PAGE_SIZE


def _places(after: Cursor | None) -> list[tuple[int, int]]:
    """For each of the two searches the page, 0 where there is none left, and how many on it were given already."""
    if after is None:
        return [(1, 0), (1, 0)]
    found = _PLACES.fullmatch(after)
    if found is None:
        raise Refused("That is no place in a search.")
    numbers = [int(each) for each in found.groups()]
    return [(numbers[0], numbers[1]), (numbers[2], numbers[3])]


def _further(found: pages.Found, left: Sequence[Hit], page: int) -> tuple[int, int]:
    if left:
        return page, len(found.hits) - len(left)
    return (page + 1, 0) if found.more and found.hits else (0, 0)


def _is_own(answer: Answer) -> bool:
    """Whether an error is the site's: its pages have what only its code writes, and its refusals are plain words."""
    return is_data(answer) or b'id="inside"' in answer.content or b"rack_attack" in answer.content


@asynccontextmanager
async def session(
    location: str, *, transport: Handler | None = None, keep: float = KEEP, limits: Limits = LIMITS
) -> AsyncIterator[LobstersBackend]:
    """A session with the site at an address; ``transport``: a server in memory instead."""
    host = urlsplit(location).netloc
    async with WebClient(location, transport=transport, limits=limits, is_own=_is_own) as web:
        yield LobstersBackend(web, "Lobsters" if host == HOME else host, location.rstrip("/"), keep=keep)
