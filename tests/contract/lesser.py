"""A forum with some features taken away, as other software may lack them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import TypeVar

from forumtui.backends.api import Backend
from forumtui.errors import Missing, Unsupported
from forumtui.model import (
    Ability,
    Action,
    Board,
    BoardId,
    Can,
    Changes,
    Cursor,
    Delete,
    Edit,
    ForumInfo,
    Hit,
    Like,
    Listing,
    LogEntry,
    Member,
    NewTopic,
    Page,
    Post,
    PostId,
    QueueItem,
    Receipt,
    Reply,
    SetMark,
    Topic,
    TopicId,
    Window,
)

OFFERED_BY = {
    "can_write": frozenset(Ability) - {Ability.SEARCH},
    "can_edit": {Ability.EDIT, Ability.DELETE},
    "can_like": {Ability.LIKE},
    "can_mark": {Ability.MARK},
    "can_moderate": {Ability.MODERATE, Ability.REPORT, Ability.KEEP},
    "can_search": {Ability.SEARCH},
}
ONLY_BOARD = Board(BoardId("only"), "The only board")
V = TypeVar("V", ForumInfo, Board, Topic, Post)


class Lesser:
    """Hands on what is asked, but for what is lacking."""

    def __init__(self, backend: Backend, *lacking: str) -> None:
        self._backend = backend
        self.delivery = backend.delivery
        self._lacking = set(lacking)

    async def info(self) -> ForumInfo:
        return self._less(await self._backend.info())

    async def boards(self) -> Sequence[Board]:
        boards = [self._less(board) for board in await self._backend.boards()]
        if "has_leaders" in self._lacking:
            boards = [replace(board, leader=None, leader_wanted=False, links=()) for board in boards]
        if "boards_nest" in self._lacking:
            boards = [replace(board, parent=None) for board in boards]
        return [ONLY_BOARD] if "has_boards" in self._lacking else boards

    async def topics(self, listing: Listing, after: Cursor | None = None) -> Page[Topic]:
        if "has_boards" in self._lacking and listing.board == ONLY_BOARD.id:
            listing = replace(listing, board=None)
        page = self._page(await self._backend.topics(listing, after))
        if "goes_by_activity" not in self._lacking:
            return page
        return replace(
            page, items=tuple(sorted(page.items, key=lambda topic: (topic.pinned, topic.created or 0), reverse=True))
        )

    async def topic(self, topic: TopicId) -> Topic:
        if (
            "outlives_first_post" in self._lacking
            and (await self._backend.posts(topic, Window(limit=1))).items[0].deleted
        ):
            raise Missing("There is no such topic.")
        return self._less(await self._backend.topic(topic))

    async def posts(self, topic: TopicId, window: Window) -> Page[Post]:
        return self._page(await self._backend.posts(topic, window))

    async def post(self, post: PostId) -> Post:
        return self._less(await self._backend.post(post))

    async def search(self, query: str, after: Cursor | None = None) -> Page[Hit]:
        self._need("can_search")
        return await self._backend.search(query, after)

    async def changes(self, after: Cursor | None) -> Changes:
        self._need("has_feed")
        changes = await self._backend.changes(after)
        items = (
            replace(
                line,
                header=line.header and self._less(line.header),
                posts=tuple(map(self._less, line.posts)),
            )
            for line in changes.items
        )
        return replace(changes, items=tuple(items))

    def watch(self) -> AsyncIterator[None]:
        self._need("can_watch")
        return self._backend.watch()

    async def perform(self, action: Action) -> Receipt:
        self._need("can_write")
        match action.act:
            case NewTopic() | Reply():
                pass
            case Edit() | Delete():
                self._need("can_edit")
            case Like():
                self._need("can_like")
            case SetMark():
                self._need("can_mark")
            case _:
                self._need("can_moderate")
        return await self._backend.perform(action)

    async def find(self, action: Action) -> Receipt | None:
        self._need("can_write")
        return await self._backend.find(action)

    async def member(self, name: str) -> Member:
        self._need("can_moderate")
        return await self._backend.member(name)

    async def queue(self, after: Cursor | None = None) -> Page[QueueItem]:
        self._need("can_moderate")
        return await self._backend.queue(after)

    async def log(self, after: Cursor | None = None) -> Page[LogEntry]:
        self._need("can_moderate")
        return await self._backend.log(after)

    def _need(self, feature: str) -> None:
        if feature in self._lacking:
            raise Unsupported("This forum does not offer it.")

    def _page(self, page: Page[V]) -> Page[V]:
        return replace(page, items=tuple(map(self._less, page.items)))

    def _less(self, value: V) -> V:
        gone = {ability for feature in self._lacking for ability in OFFERED_BY.get(feature, ())}
        rules = {ability: reason for ability, reason in value.can.rules.items() if ability not in gone}
        less: dict[str, object] = {"can": Can(rules)}
        if "has_boards" in self._lacking and hasattr(value, "board"):
            less["board"] = ONLY_BOARD.id
        if "has_closed_topics" in self._lacking and hasattr(value, "closed"):
            less["closed"] = False
        if "has_subjects" in self._lacking and hasattr(value, "subject"):
            less["subject"] = None
        author = getattr(value, "author", None)
        if "has_roles" in self._lacking and author is not None:
            less["author"] = replace(author, role=None)
        return replace(value, **less)  # type: ignore[arg-type]  # each of them is a field of it
