"""Merging from elsewhere into a forum file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.forum.forum_files import (
    act,
    check_file,
    forum,
    import_thread,
    imported,
    new_topic,
    reply,
    sql,
    texts,
    topic_id,
)

from forumtui.errors import Refused
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import Imported, ImportedBoard, ImportedTopic
from forumtui.model import Body, Delete, Edit, Format, Like, Mark, Millis, Post, TopicId, Window

BOARDS = [
    ImportedBoard("b1", "Leadership", draft=BoardDraft(description="D", leader_wanted=True)),
    ImportedBoard("b2", "Action-Centered Leadership", "b1"),
]


async def posts_of(store: SqliteForumStore, topic: TopicId) -> tuple[Post, ...]:
    return (await store.posts(None, topic, Window(limit=1000))).items


async def test_repeating_changes_nothing(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = ImportedTopic(
            "t", "b2", "Alignment", tags=("x",),
            posts=[imported("1", author="Bill", role="Member"), imported("2", author="Jaap", role="Editor", parent_origin="1",
                   marks=frozenset({Mark.ACCEPTED, Mark.BEST_PRACTICE}))],
        )  # fmt: skip
        assert await store.import_boards(BOARDS) == Imported(added=2)
        assert await store.import_topics([topic]) == Imported(added=3)
        before = {
            table: sql(store.path, f"SELECT * FROM {table}") for table in ("forum", "board", "topic", "post", "member")
        }
        assert await store.import_boards(BOARDS) == Imported(same=2)
        assert await store.import_topics([topic, topic]) == Imported(same=6)
        assert {table: sql(store.path, f"SELECT * FROM {table}") for table in before} == before
    check_file(tmp_path / "forum.db")


async def test_no_time_is_invented(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = await import_thread(store, imported("1"), imported("2"))
        header = await store.topic(None, topic)
        assert (header.created, header.last_post) == (None, None)
        assert {(post.created, post.edited) for post in await posts_of(store, topic)} == {(None, None)}
        assert {member.joined for member in await store.members(None)} == {None}


async def test_a_grown_page_adds_only_its_new_posts_after_what_was_written_here(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = await import_thread(store, imported("1", "one"), imported("2", "two"))
        await reply(store, topic, "from here")
        await import_thread(
            store, imported("1", "one"), imported("2", "two"), imported("3", "three"), imported("4", "four")
        )
        assert await texts(store, topic) == ["one", "two", "from here", "three", "four"]
        assert [post.number for post in await posts_of(store, topic)] == [1, 2, 3, 4, 5]
    check_file(tmp_path / "forum.db")


async def test_what_changed_at_the_source_is_changed_here(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        await store.import_boards(BOARDS)
        first = ImportedTopic(
            "t", "b2", "Title", posts=[imported("1", "old"), imported("2", "keep"), imported("3", "gone")]
        )
        await store.import_topics([first])
        posts = [
            imported("1", "new", likes=7, edited=Millis(5), marks=frozenset({Mark.EXPERT_TIP})),
            first.posts[1],
            imported("3", deleted=True),
            imported("4", "more"),
        ]
        second = replace(
            first, title="Better title", closed=True, pinned=True, tags=("t",), board_origin="b1", posts=posts
        )
        assert await store.import_topics([second]) == Imported(added=1, changed=3, same=1)
        boards = await store.boards(None)
        assert [board.topics for board in boards] == [0, 1, 0]
        assert boards[1].sections[1].total == 1
        header = await store.topic(None, TopicId("1"))
        assert (header.title, header.closed, header.pinned, header.tags, header.board) == (
            "Better title",
            True,
            True,
            ("t",),
            boards[1].id,
        )
        one, _, three, _ = await posts_of(store, header.id)
        assert (one.body, one.likes, one.edited) == (Body("new", Format.PLAIN), 7, 5)
        assert three.deleted
        assert await texts(store, header.id) == ["new", "keep", None, "more"]
        assert [hit.post.id for hit in (await store.search(None, "new", None, 5)).items] == [one.id]
        assert not (await store.search(None, "old", None, 5)).items
    check_file(tmp_path / "forum.db")


async def test_what_was_done_here_survives_a_repeat(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        thread = [imported("1", "one", author="anna"), imported("2", "two", author="anna"), imported("3", likes=2)]
        topic = await import_thread(store, *thread)
        one, two, three = await posts_of(store, topic)
        await store.perform("anna", act(Edit(topic, one.id, Body("edited here"))))
        await store.perform("anna", act(Delete(topic, two.id)))
        await store.perform("anna", act(Like(topic, three.id)))
        await store.house.set_role("anna", "Moderator")
        await import_thread(store, *[replace(post, role="Member") for post in thread])
        await import_thread(
            store, thread[0], imported("2", "two, changed at the source", author="anna"), imported("3", likes=5)
        )
        assert await texts(store, topic) == ["edited here", None, "words"]
        assert (await store.post("anna", three.id)).likes == 6
        assert {member.name: member.role for member in await store.members(None)} == {
            "anna": "Moderator",
            "Ann Snider": "Member",
        }
    check_file(tmp_path / "forum.db")


async def test_members_and_roles(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = await import_thread(
            store,
            imported("1", author="Jaap de Jonge", role="editor"),
            imported("2", author="Jaap de Jonge"),
            imported("3", author=None),
            imported("4", author="Tom", role="Premium Author"),
        )
        authors = [
            (post.author.name, post.author.role) if post.author else None for post in await posts_of(store, topic)
        ]
        assert authors == [
            ("Jaap de Jonge", "Editor"),
            ("Jaap de Jonge", "Editor"),
            None,
            ("Tom", "Premium Author"),
        ]
        await import_thread(store, imported("4", author="Tom", role="Editor"))
        assert {member.name: member.role for member in await store.members(None)}["Tom"] == "Premium Author"


async def test_parents_may_come_later_or_never(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        early = [
            imported("c", parent_origin="b"),
            imported("lost", parent_origin="nowhere"),
            imported("a", parent_origin="c"),
        ]
        topic = await import_thread(store, *early)
        assert [post.parent for post in await posts_of(store, topic)] == [None, None, "1"]
        await import_thread(store, *early, imported("b"))
        assert [post.parent for post in await posts_of(store, topic)] == ["4", None, "1", None]
        await store.import_topics([ImportedTopic("t2", "b", "Other", posts=[imported("x", parent_origin="a")])])
        assert (await posts_of(store, TopicId("2")))[0].parent is None  # of another topic
    check_file(tmp_path / "forum.db")


async def test_numbers_of_the_source_are_kept_where_they_are_free(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = await import_thread(store, *[imported(str(n), number=n) for n in (1, 4, 2, 10, 1 << 60)])
        assert [post.number for post in await posts_of(store, topic)] == [1, 4, 5, 10, 11]
        await reply(store, topic)
        assert (await posts_of(store, topic))[-1].number == 12


async def test_mentions_are_found_where_the_source_names_none(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = await import_thread(
            store,
            imported("1", author="Hamza Abada"),
            imported("2", "@Hamza Abada: as I understand it, @Nobody"),
            imported("3", "@Hamza Abada", mentions=("Tom",)),
        )
        assert [post.mentions for post in await posts_of(store, topic)] == [(), ("Hamza Abada",), ("Tom",)]


async def test_origins_lead_back_into_the_same_file(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        mine = topic_id(await new_topic(store, board, "Mine", "my text"))
        theirs = await import_thread(store, imported("p"))
        topics = await store.origins("topic", [mine, theirs, "99", "x"])
        uuid = (await store.info(None)).uuid
        assert topics == {mine: f"{uuid}/topic/{mine}", theirs: "t"}
        posts = await store.origins("post", ["1", "2"])
        boards = await store.origins("board", [board])
        back = ImportedTopic(
            topics[mine], boards[board], "Mine", posts=[imported(posts["1"], "my text"), imported("new")]
        )
        assert await store.import_topics([back]) == Imported(added=1, same=2)
        assert await texts(store, mine) == ["my text", "words"]
        forged = ImportedTopic(f"{uuid}/topic/{theirs}", boards[board], "Forged", posts=[imported(f"{uuid}/post/x")])
        await store.import_topics([forged])
        assert len(await store.boards(None)) == 2


async def test_a_bad_batch_changes_nothing(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        await store.import_boards(BOARDS)
        before = sql(store.path, "SELECT * FROM forum")
        good = ImportedTopic("t", "b1", "T", posts=[imported("1", author="New")])
        with pytest.raises(Refused, match="board"):
            await store.import_topics([good, ImportedTopic("u", "no such", "U")])
        with pytest.raises(Refused, match="parent"):
            await store.import_boards([ImportedBoard("b3", "X"), ImportedBoard("b4", "Y", "no such")])
        with pytest.raises(Refused, match="title"):
            await store.import_boards([ImportedBoard("b3", " ")])
        assert sql(store.path, "SELECT * FROM forum") == before
        assert await store.members(None) == []
        assert await store.import_topics([good]) == Imported(added=2)


async def test_hostile_values(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = await import_thread(
            store,
            imported("\ud800", "a\x00\ud800", subject="s\x1b[0m\n", author="x\u202e", created=Millis(1 << 80)),
            imported("\ud800", "the same once more"),
        )
        (post,) = await posts_of(store, topic)
        assert post.created is None
        assert post.subject is not None
        assert post.subject.isprintable()
        assert post.body == Body("a\ufffd\ufffd", Format.PLAIN)
        assert post.author is not None
        assert post.author.name == "x"
