"""What a contract test stands on: a backend, and the forum behind it, filled with a little of everything."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from forumtui.backends.api import Backend
from forumtui.errors import BackendError
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ForumStore
from forumtui.model import (
    Ability,
    Act,
    Action,
    BoardId,
    Body,
    Can,
    Cursor,
    Delete,
    Edit,
    Listing,
    NewTopic,
    Page,
    Place,
    Post,
    PostId,
    Receipt,
    Reply,
    Topic,
    TopicId,
    Window,
)

ME = "Ann Example"
OTHER = "Bob Example"
MODERATOR = "Mo Example"


@dataclass
class Stage:
    """A session as a member, and the same forum from behind."""

    backend: Backend
    store: ForumStore
    me: str = ME
    keys: itertools.count[int] = field(default_factory=itertools.count)

    def key(self) -> str:
        """A new key for an action."""
        return f"key-{next(self.keys)}"

    async def board(self, title: str = "General", parent: BoardId | None = None) -> BoardId:
        """A new board."""
        return await self.store.house.add_board(BoardDraft(title=title, parent=parent))

    async def open_topic(
        self, board: BoardId, title: str = "A topic", text: str = "The first post.", *, by: str = OTHER
    ) -> tuple[TopicId, PostId]:
        """A new topic, opened from behind."""
        act = NewTopic(board, title, Body(text))
        return created(await self.store.perform(by, Action(f"behind-{self.key()}", act)))

    async def add_post(
        self, topic: TopicId, text: str = "Another post.", *, by: str = OTHER, parent: PostId | None = None
    ) -> PostId:
        """A reply, written from behind."""
        act = Reply(topic, Body(text), parent)
        return created(await self.store.perform(by, Action(f"behind-{self.key()}", act)))[1]

    async def thread(self, count: int) -> tuple[TopicId, list[PostId]]:
        """A topic of so many posts, on a board of its own, and their ids in order."""
        topic, first = await self.open_topic(await self.board(), text="post 1")
        return topic, [first, *[await self.add_post(topic, f"post {number}") for number in range(2, count + 1)]]


def created(receipt: Receipt) -> tuple[TopicId, PostId]:
    """The ids in the receipt of something new."""
    assert receipt.outcome == "created"
    assert receipt.topic is not None
    assert receipt.post is not None
    return receipt.topic, receipt.post


RESTS_ON_WRITING = frozenset({"can_edit", "can_like", "can_moderate"})


class ContractTests:
    """Base of the contract's parts."""

    can_write = True
    """Whether one can write from here at all."""
    can_edit = True
    """Whether posts can be changed and deleted from here."""
    can_search = True
    """Whether the forum has a search of its own."""
    has_feed = True
    """Whether the forum has a change feed."""
    can_watch = True
    """Whether the session notices changes by itself."""
    can_moderate = True
    """Whether the forum can be moderated from here: queue, log, profiles and the acts that go with them."""
    can_like = True
    """Whether posts can be liked."""
    can_mark = True
    """Whether posts can be marked, as best practice and the like."""
    has_leaders = True
    """Whether boards have leaders and links."""
    own_boards: Sequence[str] = ()
    """Titles of boards that the forum has of itself, such as one of private messages."""
    has_subjects = True
    """Whether posts have subjects of their own."""
    tells_my_role = True
    """Whether the session tells our own role."""
    has_notice = True
    """Whether the forum has a line that every page shows."""
    has_title = True
    """Whether the forum says itself what it is called."""
    has_boards = True
    """Whether there are boards; else all topics stand on one that is always there."""
    boards_nest = True
    """Whether boards stand below others."""
    has_roles = True
    """Whether authors have roles."""
    has_closed_topics = True
    """Whether topics can be closed, so that nobody answers in them."""
    goes_by_activity = True
    """Whether the latest topics are those with the newest posts; else the newest topics."""
    outlives_first_post = True
    """Whether a topic stays when its first post is deleted."""
    keeps_line_ends_as = "\n"
    """What CR LF in a text becomes."""

    def open(self, me: str) -> AbstractAsyncContextManager[Stage]:
        """An empty forum, and a session with it as this member.  To be overridden."""
        raise NotImplementedError

    def text_of(self, body: Body) -> str:
        """The text that a body was made of.  To be overridden where a forum gives it in another form only, such as HTML."""
        return body.source

    def lacks(self, feature: str) -> bool:
        """Whether one of the attributes is False, or rests on writing where one can not write."""
        return not getattr(self, feature) or (feature in RESTS_ON_WRITING and not self.can_write)

    async def act(self, stage: Stage, act: Act) -> Receipt:
        """Let us act: from here where one can, else behind the backend's back."""
        action = Action(stage.key(), act)
        if self.lacks("can_edit" if isinstance(act, Edit | Delete) else "can_write"):
            return await stage.store.perform(stage.me, action)
        return await stage.backend.perform(action)

    async def take_place(self, stage: Stage) -> None:
        """Let a copy or backup take the forum's place, so that its epoch changes.  Needed where there is a feed."""
        raise NotImplementedError


Check = Callable[[Any, Stage], Coroutine[Any, Any, None]]


def on_stage(check: Check) -> Callable[[Any], None]:
    """Make a test of a coroutine that is given a stage."""

    def test(self: ContractTests) -> None:
        async def play() -> None:
            async with self.open(ME) as stage:
                stage.me = ME
                await check(self, stage)

        asyncio.run(asyncio.wait_for(play(), 60))

    test.__name__, test.__doc__, test.__qualname__ = check.__name__, check.__doc__, check.__qualname__
    return test


async def all_topics(backend: Backend, listing: Listing, after: Cursor | None = None) -> list[Topic]:
    """Every topic of a listing, from a place on."""
    found: list[Topic] = []
    while True:
        page = await backend.topics(listing, after)
        found += page.items
        after = page.after
        if after is None:
            return found


async def all_posts(backend: Backend, topic: TopicId, limit: int, *, backwards: bool = False) -> list[Post]:
    """Every post of a topic, by windows of a size, from one end to the other."""
    page = await backend.posts(topic, Window(Place.END if backwards else Place.START, limit=limit))
    found = list(page.items)
    while True:
        assert len(page.items) <= limit
        cursor = page.before if backwards else page.after
        if cursor is None:
            return found
        page = await backend.posts(topic, Window(Place.BEFORE if backwards else Place.AFTER, cursor, limit))
        assert page.items, "a cursor led to nothing"
        found = [*page.items, *found] if backwards else [*found, *page.items]


def ids(page: Page[Post]) -> list[PostId]:
    """The ids of a page's posts."""
    return [post.id for post in page.items]


async def can_on(stage: Stage, topic: TopicId, post: PostId) -> Can:
    """What is offered on a post, with all that it inherits."""
    header, shown, info = await stage.backend.topic(topic), await stage.backend.post(post), await stage.backend.info()
    board = next(board for board in await stage.backend.boards() if board.id == header.board)
    return shown.can.over(header.can).over(board.can).over(info.can)


async def check_truth(stage: Stage, ability: Ability, act: Act, topic: TopicId, post: PostId) -> bool:
    """What is offered works; what is not is refused, with the reason that was given beforehand.  Whether it works."""
    reason = (await can_on(stage, topic, post)).refusal(ability)
    refusal: str | None = None
    try:
        await stage.backend.perform(Action(stage.key(), act))
    except BackendError as error:
        refusal = str(error)
    if reason is None:
        assert refusal is None, f"{ability} was offered"
        return True
    assert refusal is not None, f"{ability} was done, although: {reason}"
    assert reason.casefold().strip(". ") in refusal.casefold()
    return False
