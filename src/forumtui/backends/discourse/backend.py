"""A session with a Discourse site, through the interface that its own web client uses.

Sources: docs.discourse.org, and the controllers of discourse/discourse for what is not written there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import quote

from forumtui.backends.api import Refuses
from forumtui.backends.discourse import notices, reading
from forumtui.backends.discourse.asking import Asking
from forumtui.backends.discourse.reading import MESSAGES, Site
from forumtui.backends.discourse.windows import WITH_WORDS, Stretch, Windows, is_number, stretch, topic_path
from forumtui.backends.discourse.writing import Writing
from forumtui.backends.web import NobodyThere
from forumtui.backends.web.fields import Fields
from forumtui.course import Course
from forumtui.errors import Missing, Refused, Unreadable, Unsupported
from forumtui.model import (
    Ability,
    Action,
    Board,
    BoardId,
    Can,
    Cursor,
    Delete,
    Delivery,
    Edit,
    ForumInfo,
    Hit,
    Like,
    Listing,
    Member,
    MemberId,
    NewTopic,
    Notification,
    NotificationId,
    Order,
    Page,
    Post,
    PostId,
    Receipt,
    Reply,
    Topic,
    TopicId,
    Window,
)
from forumtui.model.lists import settled
from forumtui.model.orders import ONLY_LATEST

_PERIODS = ("weekly", "daily", "monthly", "quarterly", "yearly", "all")
ORDERS = (
    Order("latest", "Latest"),
    Order("new", "New topics"),
    Order("hot", "Hot"),
    Order("top", "Top", _PERIODS),
)
MINE = Order("unread", "Unread")
"""Besides, for a member."""
SETTLE = 120.0
"""Seconds after which a site's own proxies have given a request up."""
TOPS = 20
"""Categories without a parent on a page, where a site hands them out in pages."""
_ACTS = (Ability.REPLY, Ability.NEW_TOPIC, Ability.EDIT, Ability.DELETE, Ability.LIKE)
_GUEST = Can({Ability.SEARCH: "", **dict.fromkeys(_ACTS, "log in first")})
_MEMBER = Can({Ability.SEARCH: "", **dict.fromkeys(_ACTS, "")})


class DiscourseBackend(Refuses):
    """Asks, and translates; ``me`` is who the key belongs to, "" for a guest."""

    delivery = Delivery("reconcile", settle=SETTLE)

    def __init__(self, asking: Asking, base: str, me: str = "") -> None:
        self._asking = asking
        self._me = me
        self._orders = (*ORDERS, MINE) if me else ORDERS
        self._site = Site(base.rstrip("/"), guest=not me)
        self._writing = Writing(asking, me)
        self._windows = Windows(asking, self._site)
        self._slugs: Mapping[BoardId, str] = {}
        self._opened: tuple[TopicId, Stretch] | None = None

    # -- the site

    async def info(self) -> ForumInfo:
        """The site as a whole; also one that shows everything else to members only."""
        try:
            return await self._asking.get("site/basic-info", into=self._info)
        except (Missing, NobodyThere) as error:
            raise Unreadable(f"There is no Discourse site at {self._site.base}.") from error

    def _info(self, answer: Fields) -> ForumInfo:
        title = answer.text("title")
        if not title:
            raise Unreadable(f"There is no Discourse site at {self._site.base}.")
        me = Member(MemberId(self._me), self._me) if self._me else None
        return ForumInfo(
            title, tagline=answer.text("description"), me=me, can=_MEMBER if self._me else _GUEST, orders=self._orders
        )

    async def boards(self) -> Sequence[Board]:
        """The categories; a site with very many hands them out in pages."""
        lists: list[Sequence[Fields]] = []
        seen: set[str] = set()
        course = Course("The list of categories", 100)
        while True:
            course.go(str(len(lists) + 1))
            params = {"include_subcategories": "true", "page": len(lists) + 1 if lists else None}
            rows = await self._asking.get("categories", params=params, into=_categories)
            fresh = {row.the_id() for row in rows} - seen
            if fresh:
                lists.append(rows)
                seen |= fresh
            if not fresh or sum("parent_category_id" not in row for row in rows) != TOPS:
                break
        self._slugs = reading.slugs(lists)
        boards = reading.boards(lists)
        return (
            [*boards, Board(MESSAGES, "Private messages", position=len(boards), orders=ONLY_LATEST)]
            if self._me
            else boards
        )

    # -- topics

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        """A page of a list; what was bumped meanwhile may stand on two."""
        asked = settled(listing, ONLY_LATEST if listing.board == MESSAGES else self._orders)
        if asked is None:
            raise Unsupported(f"This site has no list called {listing.name!r}.")
        page, seen = _read_cursor(after)
        path, order = self._path(asked)
        params = {"page": page or None, "no_definitions": "true", "period": asked.period or None, "order": order}
        into = partial(self._topics, page=page, seen=seen)
        return await self._asking.get(path, params=params, into=into)

    def _path(self, listing: Listing) -> tuple[str, str | None]:
        """Where a list is asked for, and in which order it is to be sorted there, if that is not its own."""
        name, order = ("latest", "created") if listing.name == "new" else (listing.name, None)
        if listing.board is None:
            return name, order
        if listing.board == MESSAGES and self._me:
            return f"topics/private-messages/{quote(self._me, safe='')}", order
        if not is_number(listing.board):
            raise Missing("There is no such category.")
        return f"c/{self._slugs.get(listing.board, listing.board)}/l/{name}", order

    def _topics(self, answer: Fields, page: int, seen: frozenset[str]) -> Page[Topic]:
        rows = answer.the_inner("topic_list")
        known = reading.users(answer)
        items = {(topic := reading.listed(row, known, self._site)).id: topic for row in rows.each("topics")}
        more = bool(items) and bool(rows.text("more_topics_url"))
        after = Cursor(":".join([str(page + 1), *items])) if more else None
        return Page(tuple(topic for key, topic in items.items() if key not in seen), after=after)

    async def topic(self, topic: TopicId) -> Topic:
        """One topic's header.  Its first posts come along, and are kept for whoever opens it next."""
        params = {} if self._site.guest else WITH_WORDS
        header, found = await self._asking.get(topic_path(topic), params=params, into=self._open)
        self._opened = topic, found
        return header

    def _open(self, answer: Fields) -> tuple[Topic, Stretch]:
        return reading.header(answer, self._site), stretch(answer, self._site)

    # -- posts

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        """A window of a topic's posts."""
        opened, self._opened = self._opened, None
        fresh = opened[1] if opened is not None and opened[0] == topic else None
        return await self._windows.window(topic, window, fresh)

    async def post(self, post: PostId) -> Post:
        """One post, by what it is called here or by its id on the site."""
        topic, slash, number = post.partition("/")
        if not all(map(is_number, (topic, number or "1"))):
            raise Missing("There is no such post.")
        path = f"posts/by_number/{topic}/{number}" if slash else f"posts/{topic}"
        return await self._asking.get(path, into=partial(reading.post, site=self._site))

    # -- finding

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        """Posts that match, newest first."""
        page = int(after) if after is not None and is_number(after) else 1
        params: dict[str, str | int] = {"q": f"{query} order:latest", "page": page}
        return await self._asking.get("search", params=params, into=partial(self._hits, page=page))

    def _hits(self, answer: Fields, page: int) -> Page[Hit]:
        result = answer.inner("grouped_search_result")
        if result.text("error"):
            raise Refused(result.text("error"))
        topics = {(topic := reading.listed(row, {}, self._site)).id: topic for row in answer.each("topics")}
        hits = [reading.hit(row, self._site) for row in answer.each("posts")]
        items = tuple(Hit(topics[post.topic], post) for post in hits if post.topic in topics)
        more = bool(items) and result.flag("more_full_page_results")
        return Page(items, after=Cursor(str(page + 1)) if more else None, complete=False)

    async def member(self, name: str) -> Member:
        """A member's profile."""
        if not name or name in {".", ".."}:
            raise Missing("There is no such member.")
        return await self._asking.get(
            f"u/{quote(name, safe='')}", into=lambda answer: reading.member(answer.the_inner("user"))
        )

    async def notifications(self) -> Page[Notification]:
        """What the site tells us; asking does not count it as seen."""
        if not self._me:
            raise Unsupported("Log in first.")
        return await self._asking.get("notifications", params=notices.RECENT, into=self._notices)

    def _notices(self, answer: Fields) -> Page[Notification]:
        rows = (notices.notification(row, self._site) for row in answer.each("notifications"))
        return Page(tuple({row.id: row for row in rows}.values()), complete=False)

    # -- writing

    async def mark_notified(self, only: NotificationId | None = None) -> None:
        """Count one as seen, or all."""
        await self._asking.send("PUT", "notifications/mark-read", {} if only is None else {"id": int(only)}, safe=True)

    async def perform(self, action: Action) -> Receipt:
        """Carry out an act; the site keeps no key of it."""
        act = action.act
        if not self._me and isinstance(act, NewTopic | Reply | Edit | Delete | Like):
            raise Refused("Log in first.")
        try:
            return await self._writing.perform(act)
        except Refused as refusal:
            reason = (await self.topic(act.topic)).can.refusal(Ability.REPLY) if isinstance(act, Reply) else None
            if reason is None or type(refusal) is Missing:
                raise
            raise Refused(f"{refusal}  The reason may be: {reason}.") from refusal

    async def find(self, action: Action) -> Receipt | None:
        """Look whether it arrived."""
        if not self._me:
            raise Unsupported("Log in first.")
        return await self._writing.find(action)


def _read_cursor(after: Cursor | None) -> tuple[int, frozenset[str]]:
    """A page's number and what stood on the page before it: rows move down while one reads on.  Raises `Refused`."""
    page, *seen = (after or "0").split(":")
    if not is_number(page):
        raise Refused("This list has no such page.")
    return int(page), frozenset(seen)


def _categories(answer: Fields) -> Sequence[Fields]:
    return list(answer.the_inner("category_list").each("categories"))
