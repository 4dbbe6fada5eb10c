"""Hacker News as a backend: its own lists and items from Firebase, whole trees and the search from the index at Algolia.

The index is some minutes behind, and does not rank.  So a thread is its tree from the index, put into the order of the
story's own ``kids``, and what of these the index does not know yet is asked for one by one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from forumtui.backends.browser_only import BrowserOnly, reads_only
from forumtui.backends.hackernews import items as read
from forumtui.backends.hackernews.items import BOARD, Item
from forumtui.backends.web import Handler, Limits, WebClient
from forumtui.backends.whole import Recent, Thread, behind, cursor, place_of
from forumtui.errors import BackendError, Endless, Missing, Unreadable, Unsupported
from forumtui.model import (
    LATEST,
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

ITEMS = "https://hacker-news.firebaseio.com/v0"
INDEX = "https://hn.algolia.com/api/v1"
LISTS = {
    "top": "topstories",
    "new": "newstories",
    "best": "beststories",
    "ask": "askstories",
    "show": "showstories",
    "jobs": "jobstories",
    LATEST: "newstories",
}
ORDERS = tuple(Order(name, name.capitalize()) for name in LISTS if name != LATEST)
TITLE = "Hacker News"
PAGE_SIZE = 30
HITS = 50
FRESH = 60
"""Comments that are asked for one by one, where the index does not know them yet."""
DEEPEST = 50
"""Steps from a comment up to its story."""
KEEP = 60.0
"""Seconds for which a thread answers for its own windows."""
_KINDS = "(story,comment,poll,job)"
_STORIES = "(story,poll,job)"


class HackerNewsBackend(BrowserOnly):
    """``items``: Firebase; ``index``: Algolia; ``keep``: seconds for which a thread answers for its own windows."""

    can = reads_only(TITLE)
    ahead = 20
    """Of `SparesRequests`: threads, each of two questions."""

    def __init__(self, items: WebClient, index: WebClient, *, keep: float = KEEP) -> None:
        self._items = items
        self._index = index
        self._stories: Recent[Item] = Recent(keep)
        self._threads: Recent[Thread] = Recent(keep)

    async def info(self) -> ForumInfo:
        """Known without asking."""
        return ForumInfo(TITLE, tagline="what gratifies one's intellectual curiosity", can=self.can, orders=ORDERS)

    async def boards(self) -> Sequence[Board]:
        """One, on which everything stands."""
        return [Board(BOARD, TITLE, description="stories, questions, polls and jobs")]

    # -- lists

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        """A page of one of the site's lists; they end after 200 or 500 stories."""
        if settled(listing, ORDERS) is None:
            raise Unsupported(f"{TITLE} has no such list.")
        if listing.board not in {None, BOARD}:
            raise Missing(f"{TITLE} has no such board.")
        place, seen = (0, ()) if after is None else place_of(after)
        ids = await self._items.get_json(f"{LISTS[listing.name]}.json", into=read.ids)
        rest = [each for each in ids[behind(ids, seen, place) :] if each not in seen]
        wanted = rest[:PAGE_SIZE]
        topics = await self._headers(wanted)
        further = cursor(place + len(wanted), wanted) if len(rest) > len(wanted) else None
        return Page(topics, after=further)

    async def _headers(self, ids: Sequence[str]) -> tuple[Topic, ...]:
        """In one question to the index, and one for each story that it does not know yet."""
        found: dict[str, Item] = {}
        if ids:
            tags = f"{_STORIES},({','.join(f'story_{each}' for each in ids)})"
            params: Mapping[str, str | int] = {"tags": tags, "hitsPerPage": len(ids)}
            try:
                page = await self._index.get_json("search", params=params, into=_items_found)
            except BackendError:  # the site itself will do
                page = []
            found = {item.id: item for item in page}
        found |= {item.id: item for item in await self._each(each for each in ids if each not in found)}
        return tuple(read.topic(found[each]) for each in ids if each in found)

    async def _each(self, ids: Iterable[str]) -> list[Item]:
        """Items one by one, a few at a time; what is not there, or can not be read, is left out."""
        answers = await asyncio.gather(*map(self._item, ids), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, Missing | Unreadable):
                raise answer
        return [answer for answer in answers if isinstance(answer, Item)]

    async def _item(self, name: str) -> Item:
        return await self._items.get_json(f"item/{read.item_id(name)}.json", into=read.from_firebase)

    # -- threads

    async def topic(self, topic: TopicId) -> Topic:
        """One story's header."""
        return read.topic(await self._story(topic))

    async def _story(self, name: str) -> Item:
        """By its own id or a comment's, as the site's addresses name them."""
        story = self._stories.get(name)
        if story is None:
            story = await self._item(name)
            if story.kind in {"comment", "pollopt"}:
                story = await self._item(await self._story_of(name))
            self._stories.put(story.id, story)
        return story

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a thread, which comes whole."""
        return (await self._thread(topic)).window(window)

    async def _thread(self, name: str) -> Thread:
        thread = self._threads.get(name)
        if thread is None:
            story = await self._story(name)
            known, choices = await self._indexed(story)
            fresh = await self._not_indexed(story, known)
            thread = await asyncio.to_thread(_thread, story, known, fresh, choices)
            self._threads.put(name, thread)
        return thread

    async def _indexed(self, story: Item) -> tuple[list[tuple[Item, str | None]], list[Item]]:
        """Its tree without itself, and a poll's options; nothing where the index does not know it yet."""
        try:
            found, choices = await self._index.get_json(f"items/{story.id}", into=_tree_and_options)
        except Missing:
            found, choices = [], []
        if story.parts and not choices:
            choices = await self._each(story.parts[: read.MOST_OPTIONS])
        return found[1:], choices

    async def _not_indexed(self, story: Item, known: list[tuple[Item, str | None]]) -> list[tuple[Item, str | None]]:
        """The story's answers that the index lacks, and theirs, as many as one may ask for."""
        have = {item.id for item, _ in known}
        fresh: list[tuple[Item, str | None]] = []
        wanted = [(kid, story.id) for kid in story.kids if kid not in have]
        asked: set[str] = set()
        while wanted and len(asked) < FRESH:
            some = dict(wanted[: FRESH - len(asked)])
            asked |= some.keys()
            items = await self._each(some)
            fresh += [(item, some.get(item.id, story.id)) for item in items]
            wanted = [(kid, item.id) for item in items for kid in item.kids if kid not in have and kid not in asked]
        return fresh

    async def post(self, post: PostId) -> Post:
        """A story or comment, by way of its thread."""
        name = read.item_id(post)
        thread = await self._thread(self._held(name) or await self._story_of(name))
        return thread.posts[thread.place(name)]

    def _held(self, name: str) -> str | None:
        return name if self._threads.get(name) is not None else None

    async def _story_of(self, name: str) -> str:
        """The story of any item; the index knows, and a comment that is too new for it is climbed up from."""
        try:
            story = await self._index.get_json(f"items/{name}", into=read.story_of)
        except Missing:
            story = None
        for _ in range(DEEPEST):
            if story is not None:
                return story
            item = await self._item(name)
            if item.parent is None:
                return item.id
            name = item.parent
        raise Endless("This comment leads up to no story.")

    # -- the rest

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """Stories and comments, newest first; the index gives a thousand of them."""
        place, seen = (0, ()) if after is None else place_of(after)
        params: Mapping[str, str | int] = {"query": query, "tags": _KINDS, "hitsPerPage": HITS, "page": place}
        found, pages = await self._index.get_json("search_by_date", params=params, into=_found)
        names = [str(hit.post.id) for hit in found]
        rest = [hit for hit in found[behind(names, seen) :] if hit.post.id not in seen]
        further = cursor(place + 1, names) if names and place + 1 < pages else None
        return Page(tuple(rest), after=further)

    async def member(self, name: str) -> Member:
        """A user's page."""
        if not name or "/" in name or name in {".", ".."}:
            raise Missing(f"{TITLE} has no such user.")
        return await self._items.get_json(f"user/{quote(name, safe='')}.json", into=read.member)


def _items_found(answer: Any) -> list[Item]:
    return [item for item, _ in read.hits(answer)]


def _tree_and_options(answer: Any) -> tuple[list[tuple[Item, str | None]], list[Item]]:
    return read.tree(answer), read.options(answer)


def _found(answer: Any) -> tuple[list[Hit], int]:
    pages = answer.get("nbPages") if isinstance(answer, Mapping) else None
    made = (read.hit(item, given) for item, given in read.hits(answer))
    return [hit for hit in made if hit is not None], pages if isinstance(pages, int) else 0


def _thread(
    story: Item, known: Sequence[tuple[Item, str | None]], fresh: Sequence[tuple[Item, str | None]], choices: list[Item]
) -> Thread:
    ranks = {kid: rank for rank, kid in enumerate(story.kids)}
    comments = {
        item.id: read.comment(item, story.id, parent, ranks.get(item.id) if parent in {None, story.id} else None)
        for item, parent in (*known, *fresh)
        if item.id != story.id and item.kind != "pollopt"
    }
    posts = (read.first_post(story, choices), *sorted(comments.values(), key=lambda post: post.sort))
    return Thread(read.topic(story), posts, complete=len(posts) == (story.count or 0) + 1)


@asynccontextmanager
async def session(*, transport: Handler | None = None, keep: float = KEEP) -> AsyncIterator[HackerNewsBackend]:
    """A session with the site; ``transport``: servers in memory instead of both."""
    limits = Limits(at_once=8)
    of_index = Limits(at_once=2, size=20_000_000, values=200_000)
    async with (
        WebClient(ITEMS, transport=transport, limits=limits, reason_of=_reason) as items,
        WebClient(INDEX, transport=transport, limits=of_index, reason_of=_reason) as index,
    ):
        yield HackerNewsBackend(items, index, keep=keep)


def _reason(answer: Any) -> str:
    return str(answer.json()["error"])
