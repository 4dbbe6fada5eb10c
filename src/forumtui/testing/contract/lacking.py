"""Contract: what a forum does not have is refused.  Each test names the features that it needs by `where`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Literal

import pytest

from forumtui.errors import Missing, Refused, Unsupported
from forumtui.forum.house import BoardDraft
from forumtui.model import (
    Ability,
    Act,
    Action,
    BoardId,
    Body,
    Close,
    Delete,
    Edit,
    Hide,
    Like,
    Listing,
    Mark,
    Move,
    NewTopic,
    Pin,
    PostId,
    Reply,
    SetMark,
    SetTags,
    TopicId,
)
from forumtui.testing.contract.stage import (
    MODERATOR,
    OTHER,
    Check,
    ContractTests,
    Stage,
    all_topics,
    check_truth,
    on_stage,
)

Feature = Literal[
    "can_write",
    "can_edit",
    "can_like",
    "can_mark",
    "can_moderate",
    "can_search",
    "can_watch",
    "has_feed",
    "has_leaders",
    "has_boards",
    "boards_nest",
    "has_roles",
    "has_closed_topics",
    "goes_by_activity",
    "has_subjects",
    "outlives_first_post",
]


def where(*features: Feature) -> Callable[[Check], Callable[[Any], None]]:
    """As `on_stage`, for a test that needs these features; of those that are lacking it tests that they are refused."""

    def needing(check: Check) -> Callable[[Any], None]:
        @wraps(check)
        async def play(tests: ContractTests, stage: Stage) -> None:
            lacking = [feature for feature in features if tests.lacks(feature)]
            for feature in lacking:
                await REFUSALS[feature](stage)
            if not lacking:
                await check(tests, stage)

        return on_stage(play)

    return needing


def moderation(topic: TopicId, post: PostId, board: BoardId) -> list[tuple[Ability, Act]]:
    """Every way to moderate, and the ability that it takes; the last one puts the topic on the board."""
    return [
        (Ability.MARK, SetMark(topic, post, Mark.EXPERT_TIP)),
        (Ability.MODERATE, Pin(topic)),
        (Ability.MODERATE, Close(topic)),
        (Ability.MODERATE, Hide(topic, post)),
        (Ability.MODERATE, SetTags(topic, ("winter",))),
        (Ability.MODERATE, Move(topic, board)),
    ]


# -- what the words of a feature that is lacking are held to


async def no_writing(stage: Stage) -> None:
    """Nothing is offered and nothing is done, whoever one is."""
    for role in ("Moderator", "Member"):
        await stage.store.house.set_role(stage.me, role)
        topic, post, board = await _mine(stage)
        acts: list[tuple[Ability, Act]] = [
            (Ability.NEW_TOPIC, NewTopic(board, "More", Body("More."))),
            (Ability.REPLY, Reply(topic, Body("A reply."))),
        ]
        for ability, act in [*acts, *_changes(topic, post)]:
            await _is_refused(stage, ability, act, topic, post)
        with pytest.raises(Unsupported):
            await stage.backend.find(Action(stage.key(), Reply(topic, Body("A reply."))))
        assert (await stage.backend.topic(topic)).posts == 1


async def no_editing(stage: Stage) -> None:
    """Not even one's own posts can be changed or emptied."""
    topic, post, _ = await _mine(stage)
    before = await stage.backend.post(post)
    for ability, act in _changes(topic, post):
        await _is_refused(stage, ability, act, topic, post)
    assert await stage.backend.post(post) == before
    assert (before.body is None, before.deleted) == (False, False)


async def no_likes(stage: Stage) -> None:
    """Posts of others can not be liked."""
    topic, (post,) = await stage.thread(1)
    await _is_refused(stage, Ability.LIKE, Like(topic, post), topic, post)


async def no_marking(stage: Stage) -> None:
    """Not even a moderator can mark posts from here."""
    topic, (post,) = await stage.thread(1)
    for role in ("Moderator", "Member"):
        await stage.store.house.set_role(stage.me, role)
        await _is_refused(stage, Ability.MARK, SetMark(topic, post, Mark.EXPERT_TIP), topic, post)
    assert (await stage.backend.post(post)).marks == frozenset()


async def no_moderation(stage: Stage) -> None:
    """There is neither a queue nor a log, and not even a moderator moderates from here."""
    topic, (post,) = await stage.thread(1)
    elsewhere = await stage.board("Elsewhere")
    for role in ("Moderator", "Member"):
        await stage.store.house.set_role(stage.me, role)
        for ask in (stage.backend.queue, stage.backend.log):
            with pytest.raises(Unsupported):
                await ask()
        for ability, act in moderation(topic, post, elsewhere):
            if ability is Ability.MODERATE:
                await _is_refused(stage, ability, act, topic, post)


async def no_search(stage: Stage) -> None:
    """Searching is neither offered nor done."""
    assert (await stage.backend.info()).can.refusal(Ability.SEARCH)
    with pytest.raises(Unsupported):
        await stage.backend.search("anything")


async def no_feed(stage: Stage) -> None:
    """The reader has to ask for each list."""
    with pytest.raises(Unsupported):
        await stage.backend.changes(None)


async def no_watching(stage: Stage) -> None:
    """Nothing is told, whatever happens."""
    topic, _ = await stage.thread(1)

    async def hear() -> None:
        await anext(aiter(stage.backend.watch()))

    event = asyncio.create_task(hear())
    while not event.done():
        await stage.add_post(topic)
        await asyncio.sleep(0.01)
    with pytest.raises(Unsupported):
        event.result()


async def no_leaders(stage: Stage) -> None:
    """None are invented."""
    await stage.store.house.add_board(BoardDraft(title="Led", leader=OTHER, links=[("A", "https://a.example/")]))
    await stage.store.house.add_board(BoardDraft(title="Vacant", leader_wanted=True))
    for board in await stage.backend.boards():
        assert (board.leader, board.leader_wanted, board.links) == (None, False, ())


async def no_boards(stage: Stage) -> None:
    """One is always there, and what is made elsewhere stands on it."""
    before = await stage.backend.boards()
    assert len(before) == 1
    topics = [(await stage.open_topic(await stage.board(title), title))[0] for title in ("One", "Two")]
    assert await stage.backend.boards() == before
    assert {(await stage.backend.topic(topic)).board for topic in topics} == {before[0].id}


async def no_nesting(stage: Stage) -> None:
    """They stand beside one another."""
    await stage.board("Below", await stage.board("Top"))
    assert sorted((board.title, board.parent) for board in await stage.backend.boards()) == [
        ("Below", None),
        ("Top", None),
    ]


async def no_roles(stage: Stage) -> None:
    """Nobody is said to be more than another."""
    await stage.store.house.set_role(stage.me, "Editor")
    _, post, _ = await _mine(stage)
    author = (await stage.backend.post(post)).author
    assert author is not None
    assert author.role is None


async def no_closing(stage: Stage) -> None:
    """No topic is said to be closed."""
    topic, _, _ = await _mine(stage)
    await stage.store.house.set_role(MODERATOR, "Moderator")
    await stage.store.perform(MODERATOR, Action(stage.key(), Close(topic)))
    assert not (await stage.backend.topic(topic)).closed


async def no_activity(stage: Stage) -> None:
    """A topic stays where it is, whatever is answered in it."""
    board = await stage.board()
    old, _ = await stage.open_topic(board, "Old")
    await asyncio.sleep(0.002)
    new, _ = await stage.open_topic(board, "New")
    await asyncio.sleep(0.002)
    await stage.add_post(old)
    assert [topic.id for topic in await all_topics(stage.backend, Listing())] == [new, old]


async def no_subjects(stage: Stage) -> None:
    """None are invented."""
    _, (post,) = await stage.thread(1)
    assert (await stage.backend.post(post)).subject is None


async def no_topic_without_first_post(stage: Stage) -> None:
    """It goes with it."""
    topic, post, _ = await _mine(stage)
    await stage.store.perform(stage.me, Action(stage.key(), Delete(topic, post)))
    with pytest.raises(Missing):
        await stage.backend.topic(topic)


REFUSALS: dict[Feature, Callable[[Stage], Coroutine[Any, Any, None]]] = {
    "can_write": no_writing,
    "can_edit": no_editing,
    "can_like": no_likes,
    "can_mark": no_marking,
    "can_moderate": no_moderation,
    "can_search": no_search,
    "can_watch": no_watching,
    "has_feed": no_feed,
    "has_leaders": no_leaders,
    "has_boards": no_boards,
    "boards_nest": no_nesting,
    "has_roles": no_roles,
    "has_closed_topics": no_closing,
    "goes_by_activity": no_activity,
    "has_subjects": no_subjects,
    "outlives_first_post": no_topic_without_first_post,
}


async def _mine(stage: Stage) -> tuple[TopicId, PostId, BoardId]:
    """A topic of ours that was written elsewhere."""
    board = await stage.board()
    return *await stage.open_topic(board, "Mine", "Mine.", by=stage.me), board


def _changes(topic: TopicId, post: PostId) -> list[tuple[Ability, Act]]:
    return [
        (Ability.EDIT, Edit(topic, post, Body("Better."))),
        (Ability.DELETE, Delete(topic, post)),
    ]


async def _is_refused(stage: Stage, ability: Ability, act: Act, topic: TopicId, post: PostId) -> None:
    assert not await check_truth(stage, ability, act, topic, post)
    with pytest.raises((Unsupported, Refused)):
        await stage.backend.perform(Action(stage.key(), act))
