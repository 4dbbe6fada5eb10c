"""Windows of a topic's posts, in few requests.

A topic's answer holds about twenty posts around a number, and the ids of all of them in order (its stream), by which
fifty can be had at once.  A very long topic (10,000 posts and more) tells no ids; there posts are read on by their
numbers, twenty at a time.  Numbers have gaps.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import partial

from forumtui.backends.discourse import reading
from forumtui.backends.discourse.asking import Asking
from forumtui.backends.discourse.reading import Site
from forumtui.backends.web.fields import Fields, as_id
from forumtui.course import Course
from forumtui.errors import Missing, Refused
from forumtui.model import Cursor, Page, Place, Post, TopicId, Window
from forumtui.values import quick_dataclass

MOST = 50
"""Posts in a window: as many as are had by their ids at once."""
BATCH = 20
"""Posts that are read on by number at once."""
LAST = 99_999_999
"""Beyond the last number of any topic."""
WITH_WORDS = {"include_raw": "true"}
"""For members, who quote and edit: the Markdown of each post as well."""
_REMEMBERED = 8


@quick_dataclass(frozen=True, slots=True)
class Stretch:
    """What a topic's answer holds."""

    posts: dict[str, Post]
    """By their ids."""
    stream: Sequence[str] | None
    """The ids of all posts; None where there are too many."""
    last: str | None
    """The id of the last post, where there is no stream."""
    read: int
    """The number up to which the site knows the topic to be read; 0: nothing."""


@quick_dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of a topic."""

    stream: Sequence[str]
    ids: dict[int, str]
    """Of the posts that were met, by their numbers."""


def stretch(answer: Fields, site: Site) -> Stretch:
    """Raises `Unreadable`."""
    posts = answer.the_inner("post_stream")
    told = posts.raw("stream")
    stream = [key for value in told if (key := as_id(value)) is not None] if isinstance(told, list) else None
    rows = {row.the_id(): reading.post(row, site) for row in posts.each("posts")}
    whole = list(dict.fromkeys(stream)) if stream is not None else None
    return Stretch(rows, whole, answer.some_id("lastId"), answer.number("last_read_post_number") or 0)


class Windows:
    """Windows of the topics of one site; of those looked at last it remembers which ids there are."""

    def __init__(self, asking: Asking, site: Site) -> None:
        self._asking = asking
        self._site = site
        self._words = {} if site.guest else WITH_WORDS
        self._known: OrderedDict[TopicId, _Known] = OrderedDict()

    async def window(self, topic: TopicId, window: Window, opened: Stretch | None = None) -> Page[Post]:
        """``opened``: the topic's answer, if it came this moment."""
        limit = max(1, min(window.limit, MOST))
        match window.place:
            case Place.AFTER | Place.BEFORE:
                return await self._beyond(topic, _number(window.at), limit, forwards=window.place is Place.AFTER)
            case Place.END:
                if opened is not None and opened.stream is not None:
                    known = self._remember(topic, opened.stream)
                    end = len(known.stream)
                    return await self._slice(topic, known, max(0, end - limit), end, opened.posts)
                return await self._around(topic, await self._ask(topic, LAST), LAST, limit)
            case Place.NUMBER:
                number = _number(window.at)
                return await self._around(topic, await self._ask(topic, number), number, limit)
            case Place.POST:
                number = number_in(topic, window.at)
                found = await self._ask(topic, number)
                if not any(post.number == number for post in found.posts.values()):
                    raise Missing("This topic has no such post.")
                return await self._around(topic, found, number, limit)
            case Place.START | Place.UNREAD:
                found = opened or await self._ask(topic, None)
                number = found.read + 1 if window.place is Place.UNREAD else 1
                if number > 1 and not any(post.sort >= number for post in found.posts.values()):
                    found = await self._ask(topic, number)
                return await self._around(topic, found, number, limit)

    async def _ask(self, topic: TopicId, number: int | None) -> Stretch:
        path = topic_path(topic) if number is None else f"{topic_path(topic)}/{min(number, LAST)}"
        return await self._asking.get(path, params=self._words, into=partial(stretch, site=self._site))

    # -- around a number

    async def _around(self, topic: TopicId, found: Stretch, number: int, limit: int) -> Page[Post]:
        """So many posts with the number about their middle."""
        near = sorted(found.posts.items(), key=lambda item: item[1].sort)
        if not near:
            return Page(())
        middle = next((key for key, post in near if post.sort >= number), near[-1][0])
        if found.stream is not None and middle in found.stream:
            known = self._remember(topic, found.stream)
            start = _start(found.stream.index(middle), len(found.stream), limit)
            return await self._slice(topic, known, start, start + limit, found.posts)
        return await self._without_stream(topic, found, [key for key, _ in near].index(middle), limit)

    async def _without_stream(self, topic: TopicId, found: Stretch, index: int, limit: int) -> Page[Post]:
        """What came along, and more on either side until there is enough."""
        near = sorted(found.posts.items(), key=lambda item: item[1].sort)
        start = _start(index, len(near), limit)
        shown = near[start : start + limit]
        items = [post for _, post in shown]
        before = _cursor(items[0]) if items[0].sort > 1 else None
        after = _cursor(items[-1]) if shown[-1][0] != found.last else None
        if after is not None and len(items) < limit:
            page = await self._by_number(topic, items[-1].sort, limit - len(items), forwards=True)
            items, after = [*items, *page.items], page.after
        if before is not None and len(items) < limit:
            page = await self._by_number(topic, items[0].sort, limit - len(items), forwards=False)
            items, before = [*page.items, *items], page.before
        return Page(tuple(items), before, after)

    def _remember(self, topic: TopicId, stream: Sequence[str]) -> _Known:
        known = self._known[topic] = _Known(stream, {})
        self._known.move_to_end(topic)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def _slice(
        self, topic: TopicId, known: _Known, start: int, end: int, at_hand: Mapping[str, Post]
    ) -> Page[Post]:
        """A part of the stream; what is not at hand is asked for by its ids."""
        wanted = known.stream[start:end]
        missing = [key for key in wanted if key not in at_hand]
        asked = {"post_ids[]": missing, **self._words}
        more = await self._asking.get(f"{topic_path(topic)}/posts", params=asked, into=self._rows) if missing else {}
        found = {key: post for key in wanted if (post := at_hand.get(key) or more.get(key)) is not None}
        known.ids.update({post.sort: key for key, post in found.items()})
        items = sorted(found.values(), key=_sort)
        if not items:
            return Page((), complete=False)
        before = _cursor(items[0]) if start > 0 else None
        after = _cursor(items[-1]) if end < len(known.stream) else None
        return Page(tuple(items), before, after, complete=len(items) == len(wanted))

    def _rows(self, answer: Fields) -> dict[str, Post]:
        rows = answer.the_inner("post_stream").each("posts")
        return {row.the_id(): reading.post(row, self._site) for row in rows}

    # -- on from a number

    async def _beyond(self, topic: TopicId, number: int, limit: int, *, forwards: bool) -> Page[Post]:
        known = self._known.get(topic)
        edge = known.ids.get(number) if known is not None else None
        if known is not None and edge is not None:
            index = known.stream.index(edge)
            start, end = (index + 1, index + 1 + limit) if forwards else (max(0, index - limit), index)
            if end < len(known.stream):  # the end may have grown meanwhile
                return await self._slice(topic, known, start, end, {})
        return await self._by_number(topic, number, limit, forwards=forwards)

    async def _by_number(self, topic: TopicId, number: int, limit: int, *, forwards: bool) -> Page[Post]:
        """The posts beyond a number; one more batch is asked for where only that tells whether there are others."""
        items: list[Post] = []
        course = Course("A topic")
        edge, more = number, True
        while more and len(items) <= limit:
            course.go(str(edge))
            params = {"post_number": str(edge), "asc": "true" if forwards else None, **self._words}
            rows = await self._asking.get(f"{topic_path(topic)}/posts", params=params, into=self._rows)
            batch = [post for post in rows.values() if (post.sort > edge if forwards else post.sort < edge)]
            batch.sort(key=_sort, reverse=not forwards)
            items += batch
            more = len(rows) >= BATCH and bool(batch)
            edge = items[-1].sort if items else edge
        shown = tuple(sorted(items[:limit], key=_sort))
        if not shown:
            return Page((), complete=False)
        further = len(items) > limit
        before = _cursor(shown[0]) if forwards or further else None
        after = _cursor(shown[-1]) if further or not forwards else None
        return Page(shown, before, after)


def _start(index: int, count: int, limit: int) -> int:
    return max(0, min(index - limit // 2, count - limit))


def _sort(post: Post) -> int:
    return post.sort


def _cursor(post: Post) -> Cursor:
    return Cursor(str(post.sort))


def topic_path(topic: TopicId) -> str:
    """Without a slug: a wrong one costs a redirect.  Raises `Missing` for what is no id."""
    if not is_number(topic):
        raise Missing("There is no such topic.")
    return f"t/{topic}"


def number_in(topic: TopicId, post: str) -> int:
    """The number in a post's name.  Raises `Missing` where that is another topic's."""
    of, _, number = post.partition("/")
    if of != topic or not is_number(number):
        raise Missing("This topic has no such post.")
    return int(number)


def _number(at: str) -> int:
    if not is_number(at):
        raise Refused("There is no such place in this topic.")
    return int(at)


def is_number(text: str) -> bool:
    """Whether it can be an id or a number of the site."""
    return text.isascii() and text.isdigit() and 0 < len(text) <= 15
