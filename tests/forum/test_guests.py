"""What guests do not see of a forum file: boards for members, forums for members, hidden posts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.forum.forum_files import act, forum, imported, new_topic, post_id, reply, topic_id

from forumtui.errors import AuthRequired, Missing
from forumtui.forum.file import SqliteForumStore, feed, listings, pages, windows
from forumtui.forum.file.viewer import viewer
from forumtui.forum.house import BoardDraft, Policy
from forumtui.forum.store import KEEPER, ImportedBoard, ImportedTopic
from forumtui.model import (
    Ability,
    BoardId,
    Body,
    ChangedTopic,
    Changes,
    Cursor,
    Hide,
    Hit,
    Listing,
    Millis,
    Move,
    NewTopic,
    Page,
    PostId,
    Registration,
    Reply,
    SetProfile,
    Topic,
    TopicId,
    Window,
)
from forumtui.sqlite.connection import connect

Ask = Callable[[str | None], Awaitable[object]]


async def secret_board(store: SqliteForumStore) -> tuple[BoardId, TopicId, PostId]:
    """A board below one for members, with a topic in it."""
    outer = await store.house.add_board(BoardDraft("Members", members_only=True))
    inner = await store.house.add_board(BoardDraft("Inner", parent=outer))
    opened = await new_topic(store, inner, "Secret plan", "attack at dawn")
    return inner, topic_id(opened), post_id(opened)


async def refusal(asked: Awaitable[object]) -> str:
    with pytest.raises(Missing) as raised:
        await asked
    return str(raised.value)


async def test_a_board_for_members_is_not_there_for_guests(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        await new_topic(store, board, "Open", "attack at noon")
        inner, topic, post = await secret_board(store)
        for guest in (None, "", "\x00"):
            assert [each.title for each in await store.boards(guest)] == ["General"]
            assert [each.title for each in (await store.topics(guest, Listing(), None, 10)).items] == ["Open"]
            assert [hit.topic.title for hit in (await store.search(guest, "attack", None, 1)).items] == ["Open"]
            assert (await store.search(guest, "attack", None, 1)).after is None
            told = await store.changes(guest, None, 10)
            assert [item.header and item.header.title for item in told.items] == ["Open"]
            assert await refusal(store.topic(guest, topic)) == "This forum has no topic 2."
            assert await refusal(store.posts(guest, topic, Window())) == "This forum has no topic 2."
            assert await refusal(store.post(guest, post)) == "This forum has no post 2."
            asked = store.topics(guest, Listing(board=inner), None, 10)
            assert await refusal(asked) == f"This forum has no board {inner}."
        for me in ("anna", "nobody yet", KEEPER):
            assert len(await store.boards(me)) == 3
            assert len((await store.topics(me, Listing(), None, 10)).items) == 2
            assert (await store.posts(me, topic, Window())).items == (await store.post(me, post),) or me == "anna"
            assert len((await store.search(me, "attack", None, 10)).items) == 2
            assert len((await store.changes(me, None, 10)).items) == 2


async def test_unknown_and_unseen_are_said_in_the_same_words(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        inner, topic, post = await secret_board(store)
        asks: list[tuple[str, Callable[[str], Awaitable[object]]]] = [
            (inner, lambda id_: store.topics(None, Listing(board=BoardId(id_)), None, 10)),
            (topic, lambda id_: store.topic(None, TopicId(id_))),
            (topic, lambda id_: store.posts(None, TopicId(id_), Window())),
            (post, lambda id_: store.post(None, PostId(id_))),
        ]
        for known, ask in asks:
            assert await refusal(ask(known)) == (await refusal(ask("777"))).replace("777", known)


async def test_listing_goes_on_past_what_is_not_seen(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        inner, _, _ = await secret_board(store)
        for number in range(30):
            await new_topic(store, inner if number % 3 else board, str(number), "word")
        asks: list[Callable[[Cursor | None], Awaitable[Page[Topic] | Page[Hit]]]] = [
            lambda after: store.topics(None, Listing(), after, 4),
            lambda after: store.search(None, "word", after, 4),
        ]
        for ask in asks:
            found: list[str] = []
            after: Cursor | None = None
            while True:
                page = await ask(after)
                assert len(page.items) == 4 or page.after is None
                found += [item.title if isinstance(item, Topic) else item.topic.title for item in page.items]
                after = page.after
                if after is None:
                    break
            assert found == [str(number) for number in range(27, -1, -3)]


async def follow(store: SqliteForumStore, me: str | None, after: Cursor | None) -> tuple[list[ChangedTopic], Changes]:
    told = await store.changes(me, after, 2)
    items = list(told.items)
    first = told
    while told.more:
        told = await store.changes(me, told.after, 2)
        items += told.items
    return items, Changes((), told.after, reset=first.reset)


def close_board(store: SqliteForumStore, board: BoardId, other: BoardId, topic: TopicId) -> Awaitable[object]:
    return store.house.edit_board(board, BoardDraft(members_only=True))


def close_the_one_above(store: SqliteForumStore, board: BoardId, other: BoardId, topic: TopicId) -> Awaitable[object]:
    return store.house.edit_board(board, BoardDraft(parent=other))


def move_topic(store: SqliteForumStore, board: BoardId, other: BoardId, topic: TopicId) -> Awaitable[object]:
    return store.perform("mo", act(Move(topic, other)))


@pytest.mark.parametrize("close", [close_board, close_the_one_above, move_topic])
async def test_what_is_closed_to_guests_leaves_their_feed_unnamed(
    tmp_path: Path, close: Callable[[SqliteForumStore, BoardId, BoardId, TopicId], Awaitable[object]]
) -> None:
    async with forum(tmp_path) as (store, board):
        await store.house.set_role("mo", "Moderator")
        kept = await store.house.add_board(BoardDraft("Kept"))
        private = await store.house.add_board(BoardDraft("Private", members_only=True))
        for number in range(5):
            await new_topic(store, kept, str(number))
        topic = topic_id(await new_topic(store, board, "Closing"))
        _, guest = await follow(store, None, None)
        _, member = await follow(store, "anna", None)
        await close(store, board, private, topic)
        await reply(store, topic, "behind closed doors")
        items, told = await follow(store, None, guest.after)
        assert told.reset
        assert {item.topic for item in items} == {"1", "2", "3", "4", "5"}
        assert not any(item.gone for item in items)
        items, still = await follow(store, None, told.after)
        assert (items, still.reset) == ([], False)
        items, told = await follow(store, "anna", member.after)
        assert topic in {item.topic for item in items}
        assert not told.reset
        # a guest who becomes a member must learn what was told to members only
        items, told = await follow(store, "anna", still.after)
        assert told.reset
        assert topic in {item.topic for item in items}


async def test_what_is_opened_to_guests_enters_their_feed(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        await new_topic(store, board)
        inner, topic, _ = await secret_board(store)
        outer = next(each.parent for each in await store.boards("anna") if each.id == inner)
        assert outer is not None
        _, guest = await follow(store, None, None)
        await store.house.edit_board(outer, BoardDraft(notice="Still closed"))
        assert not (await follow(store, None, guest.after))[1].reset
        await store.house.edit_board(outer, BoardDraft(members_only=False))
        items, told = await follow(store, None, guest.after)
        assert told.reset
        assert topic in {item.topic for item in items}


async def test_an_import_may_close_a_topic_to_guests(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        boards = [
            ImportedBoard("open", "Open"),
            ImportedBoard("shut", "Shut", draft=BoardDraft(members_only=True)),
        ]
        await store.import_boards(boards)
        await store.import_topics([ImportedTopic("t", "open", "Topic", posts=[imported("p")])])
        _, guest = await follow(store, None, None)
        await store.import_topics([ImportedTopic("t", "shut", "Topic", posts=[imported("p")])])
        items, told = await follow(store, None, guest.after)
        assert (items, told.reset) == ([], True)
        assert len((await store.topics("anna", Listing(), None, 10)).items) == 1


async def test_a_forum_for_members_shows_guests_its_title_and_rules(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        await store.house.set_info({"tagline": "Tag", "notice": "Psst", "rules": "Be kind."})
        await store.house.set_policy(Policy(registration=Registration.OPEN, members_only=True))
        info = await store.info(None)
        assert (info.title, info.tagline, info.notice, info.registration) == ("Sample", "", "", Registration.OPEN)
        assert [page.body.source for page in info.pages] == ["Be kind."]
        assert info.can.refusal(Ability.SEARCH) == "only members may read this forum"
        asks: list[Ask] = [
            store.boards,
            lambda me: store.topics(me, Listing(), None, 10),
            lambda me: store.topic(me, topic_id(opened)),
            lambda me: store.topic(me, TopicId("777")),
            lambda me: store.posts(me, topic_id(opened), Window()),
            lambda me: store.post(me, post_id(opened)),
            lambda me: store.search(me, "text", None, 10),
            lambda me: store.changes(me, None, 10),
            store.members,
            lambda me: store.member(me, "anna"),
        ]
        for ask in asks:
            with pytest.raises(AuthRequired, match=r"^Only members may read this forum\.$"):
                await ask(None)
        for ask in asks[:3]:
            await ask("anna")
            await ask(KEEPER)
        assert (await store.info("anna")).notice == "Psst"
        await store.house.set_policy(Policy(members_only=False))
        assert len((await store.changes(None, None, 10)).items) == 1


async def test_views_are_classed_by_what_they_show(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await store.perform("otto", act(NewTopic(board, "T", Body("x"))))
        await store.perform("otto", act(Reply(topic_id(opened), Body("y"))))
        for name, role in (("mo", "Moderator"), ("ada", "Admin"), ("ed", "Editor"), ("sus", "Moderator")):
            await store.house.set_role(name, role)
        await store.house.edit_board(board, BoardDraft(leader="lea"))
        await store.house.set_suspended("sus", suspended=True)
        await store.perform("mo", act(Hide(topic_id(opened), post_id(opened))))
        await store.perform("mia", act(SetProfile("new")))
        viewers: list[str | None] = [None, "", "mia", "ed", "not yet", "mo", "ada", "lea", "sus"]
        shown: dict[str, object] = {}
        for me in viewers:
            view = await store.view_class(me)
            seen = (
                (await store.topics(me, Listing(), None, 10)).items,
                (await store.posts(me, topic_id(opened), Window())).items,
            )
            assert shown.setdefault(view, seen) == seen, me
        assert len(shown) == 5  # guest, member, moderator, this board's leader, suspended


async def test_guests_are_served_from_the_same_indexes(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        await new_topic(store, board)
        await secret_board(store)
        path = store.path
    connection = connect(path)
    guest = viewer(connection, None, "")
    assert guest.unseen
    asked: list[tuple[str, Any]] = []

    def remember(_: object, statement: str, values: Any) -> bool:
        asked.append((statement, values))
        return True

    def plan(work: Callable[[], object]) -> str:
        asked.clear()
        connection.exec_trace = remember
        work()
        connection.exec_trace = None
        return "\n".join(
            str(line[3])
            for statement, values in asked
            for line in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        )

    latest = plan(lambda: listings.topics(connection, guest, Listing(), Cursor("0.9.9"), 10, Millis(0)))
    assert "SEARCH t USING INDEX topic_latest ((pinned" in latest
    of_board = plan(
        lambda: listings.topics(connection, guest, Listing(board=BoardId("1")), Cursor("0.9.9"), 10, Millis(0))
    )
    assert "SEARCH t USING INDEX topic_board (board_id=? AND (pinned" in of_board
    window = plan(lambda: windows.posts(connection, guest, TopicId("1"), Window()))
    assert "SEARCH p USING INDEX" in window
    search = plan(lambda: pages.search(connection, guest, "text", None, 10))
    assert "SEARCH p USING INTEGER PRIMARY KEY" in search
    headers = plan(lambda: feed.changes(connection, guest, None, 10))
    assert "SEARCH t USING INTEGER PRIMARY KEY (rowid>?)" in headers
    for found in (latest, of_board, window, search):
        assert "TEMP B-TREE" not in found
    who = plan(lambda: viewer(connection, None, ""))
    assert "SCAN board USING COVERING INDEX board_private" in who
    assert "SEARCH b USING COVERING INDEX board_below (parent_id=?)" in who
    named = plan(lambda: viewer(connection, "anna", ""))
    assert "SEARCH b USING COVERING INDEX board_led (leader_id=? AND leader_given=?)" in named
    connection.close()
