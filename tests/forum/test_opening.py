"""What was for members only is shown to guests by nobody but who may, and never by the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.forum.forum_files import act, forum, imported, new_topic, topic_id

from forumtui.errors import Forbidden, Missing, Refused
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.permissions import OPENING
from forumtui.forum.store import ImportedBoard, ImportedTopic
from forumtui.model import BoardId, Listing, Move, TopicId


async def guest_sees(store: SqliteForumStore, topic: TopicId) -> bool:
    try:
        await store.topic(None, topic)
    except Missing:
        return False
    return True


async def staged(store: SqliteForumStore, public: BoardId) -> tuple[BoardId, BoardId, TopicId]:
    """Two boards for members, one by the board above it; lea leads all, mo moderates, and a topic is on the inner."""
    outer = await store.house.add_board(BoardDraft("Members", members_only=True, leader="lea"))
    inner = await store.house.add_board(BoardDraft("Inner", parent=outer, leader="lea"))
    await store.house.edit_board(public, BoardDraft(leader="lea"))
    await store.house.set_role("mo", "Moderator")
    return outer, inner, topic_id(await new_topic(store, inner, "Secret plan"))


async def test_a_leader_opens_nothing_and_a_moderator_only_when_asked(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, public):
        outer, inner, topic = await staged(store, public)
        for opens in (False, True):
            with pytest.raises(Forbidden, match=f"(?i){OPENING}"):
                await store.perform("lea", act(Move(topic, public, opens=opens)))
        await store.perform("lea", act(Move(topic, outer)))  # is for members as well
        await store.perform("lea", act(Move(topic, inner)))
        with pytest.raises(Refused, match="say so"):
            await store.perform("mo", act(Move(topic, public)))
        assert not await guest_sees(store, topic)
        await store.perform("mo", act(Move(topic, public, opens=True)))
        assert await guest_sees(store, topic)
        assert (await store.house.log()).items[0].detail == "Secret plan: Inner → General (guests see it now)"
        await store.perform("lea", act(Move(topic, outer)))  # closing is no question
        assert not await guest_sees(store, topic)
        assert (await store.house.log()).items[0].detail == "Secret plan: General → Members"


async def test_another_place_of_a_board_opens_nothing(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, public):
        _, inner, topic = await staged(store, public)
        await store.house.edit_board(inner, BoardDraft(parent=public))
        assert not await guest_sees(store, topic)
        assert next(board for board in await store.house.boards() if board.id == inner).members_only
        assert (await store.house.log()).items[0].detail == "parent"
        await store.house.edit_board(inner, BoardDraft(members_only=False))
        assert await guest_sees(store, topic)
        assert (await store.house.log()).items[0].detail == "members_only (guests see it now)"


async def test_a_board_is_put_elsewhere_and_opened_when_both_are_said(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, public):
        _, inner, topic = await staged(store, public)
        await store.house.edit_board(inner, BoardDraft(parent=public, members_only=False))
        assert await guest_sees(store, topic)


async def _again_topic(store: SqliteForumStore) -> None:
    await store.import_topics([ImportedTopic("t", "open", "Another title", posts=[imported("p")])])


async def _again_board(store: SqliteForumStore) -> None:
    await store.import_boards([ImportedBoard("shut", "Shut", draft=BoardDraft(members_only=False, notice="New"))])


async def _again_below(store: SqliteForumStore) -> None:
    await store.import_boards([ImportedBoard("shut", "Shut", "open", BoardDraft(notice="New"))])


@pytest.mark.parametrize("again", [_again_topic, _again_board, _again_below])
async def test_an_import_opens_nothing(tmp_path: Path, again: Callable[[SqliteForumStore], Awaitable[None]]) -> None:
    async with forum(tmp_path) as (store, _):
        await store.import_boards([ImportedBoard("open", "Open"), ImportedBoard("shut", "Shut")])
        await store.import_topics([ImportedTopic("t", "open", "Topic", posts=[imported("p")])])
        shut = next(board.id for board in await store.boards(None) if board.title == "Shut")
        (topic,) = (await store.topics(None, Listing(), None, 10)).items
        await store.house.edit_board(shut, BoardDraft(members_only=True))
        await store.house.set_role("mo", "Moderator")
        await store.perform("mo", act(Move(topic.id, shut)))
        await again(store)
        assert not await guest_sees(store, topic.id)
        assert (await store.topic("anna", topic.id)).board == shut
        assert await store.house.check() == []
