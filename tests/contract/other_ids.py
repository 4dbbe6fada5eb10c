"""A forum behind a dialect that has ids of its own: the same acts and posts, under the names that the dialect gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, cast

from forumtui.forum.house import BoardDraft
from forumtui.forum.store import KEEPER, ForumStore
from forumtui.model import Action, BoardId, Cursor, Listing, Place, Post, PostId, Receipt, Topic, TopicId, Window
from forumtui.testing import Stage


class Naming(Protocol):
    """How the dialect names things, and back."""

    async def board(self, inner: BoardId) -> BoardId: ...
    async def topic(self, inner: TopicId) -> TopicId: ...
    async def post(self, inner: PostId) -> PostId: ...
    async def inner_board(self, outer: BoardId) -> BoardId: ...
    async def inner_topic(self, outer: TopicId) -> TopicId: ...
    async def inner_post(self, outer: PostId) -> PostId: ...


class Renamed:
    """A store whose acts and receipts name things as the dialect does; all else as it is."""

    def __init__(self, store: ForumStore, naming: Naming) -> None:
        self._store = store
        self._naming = naming

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def perform(self, me: str, action: Action) -> Receipt:
        naming, act = self._naming, action.act
        named: dict[str, Any] = {field.name: getattr(act, field.name) for field in fields(act)}
        for field, back in (
            ("board", naming.inner_board),
            ("topic", naming.inner_topic),
            ("post", naming.inner_post),
            ("parent", naming.inner_post),
        ):
            if named.get(field) is not None:
                named[field] = await back(named[field])
        receipt = await self._store.perform(me, Action(action.key, type(act)(**named)))
        topic = None if receipt.topic is None else await naming.topic(receipt.topic)
        post = None if receipt.post is None else await naming.post(receipt.post)
        return replace(receipt, topic=topic, post=post)


@dataclass
class RenamedStage(Stage):
    """A stage whose forum is behind such a dialect."""

    naming: Naming | None = None

    async def board(self, title: str = "General", parent: BoardId | None = None) -> BoardId:
        assert self.naming is not None
        above = None if parent is None else await self.naming.inner_board(parent)
        made = await self.store.house.add_board(BoardDraft(title=title, parent=above))
        return await self.naming.board(made)


def renamed(store: ForumStore, naming: Naming) -> ForumStore:
    return cast("ForumStore", Renamed(store, naming))


async def every_topic(store: ForumStore) -> list[Topic]:
    found: list[Topic] = []
    after: Cursor | None = None
    while True:
        page = await store.topics(KEEPER, Listing(), after, 200)
        found += page.items
        after = page.after
        if after is None:
            return found


async def every_post(store: ForumStore, topic: TopicId) -> Sequence[Post]:
    page = await store.posts(KEEPER, topic, Window(limit=1000))
    found = list(page.items)
    while page.after is not None:
        page = await store.posts(KEEPER, topic, Window(Place.AFTER, page.after, 1000))
        found += page.items
    return found
