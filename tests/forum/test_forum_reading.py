"""Lists, windows and search of a forum file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.forum.forum_files import check_file, forum, import_thread, imported, new_topic, post_id, reply, sql, topic_id

from forumtui.errors import NotFound, Refused, Unsupported
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedBoard, ImportedForum, ImportedPost, ImportedTopic
from forumtui.model import BoardId, Body, Cursor, Link, Listing, Millis, Place, Post, PostId, TopicId, Window

TIMES = st.lists(st.tuples(st.booleans(), st.one_of(st.none(), st.integers(-3, 3))), max_size=25)


async def all_titles(store: SqliteForumStore, board: BoardId | None, limit: int) -> list[str]:
    titles: list[str] = []
    after: Cursor | None = None
    while True:
        page = await store.topics(None, Listing(board=board), after, limit)
        titles += [topic.title for topic in page.items]
        assert len(page.items) == limit or page.after is None
        after = page.after
        if after is None:
            return titles


@settings(max_examples=20)
@given(rows=TIMES, limit=st.integers(1, 7))
async def test_paging_over_ties_and_unknown_times(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[bool, int | None]], limit: int
) -> None:
    """Pinned first, then the newest, ties by the later id, undated ones last as they came; each exactly once."""
    async with forum(tmp_path_factory.mktemp("forum")) as (store, empty):
        await store.import_boards([ImportedBoard("b", "B")])
        await store.import_topics(
            [
                ImportedTopic(
                    f"t{number}", "b", str(number), pinned=pinned,
                    posts=[imported(f"p{number}", created=None if time is None else Millis(time))],
                )
                for number, (pinned, time) in enumerate(rows)
            ]
        )  # fmt: skip

        def order(row: int) -> tuple[object, ...]:
            pinned, time = rows[row]
            return (not pinned, time is None, -(time or 0), row if time is None else -row)

        expected = [str(row) for row in sorted(range(len(rows)), key=order)]
        board = (await store.boards(None))[1].id
        assert await all_titles(store, board, limit) == expected
        assert await all_titles(store, None, limit) == expected
        assert await all_titles(store, empty, limit) == []


async def test_pages_are_read_from_an_index(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        for where in ("", "board_id = 1 AND "):
            plan = str(
                sql(
                    store.path,
                    f"EXPLAIN QUERY PLAN SELECT title FROM topic WHERE {where}(pinned, activity, id) < (0, 5, 5) "
                    "ORDER BY pinned DESC, activity DESC, id DESC LIMIT 50",
                )
            )
            assert "USING INDEX topic_" in plan
            assert "TEMP B-TREE" not in plan


async def test_a_reply_lifts_an_undated_topic(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        await new_topic(store, board, "Dated")
        undated = await import_thread(store, imported("1"), title="Undated")
        assert await all_titles(store, None, 1) == ["Dated", "Undated"]
        assert (await store.topic(None, undated)).last_post is None
        await reply(store, undated)
        assert await all_titles(store, None, 1) == ["Undated", "Dated"]
        header = await store.topic(None, undated)
        assert header.created is None
        assert header.last_post is not None


@settings(max_examples=20)
@given(count=st.integers(0, 12), limit=st.integers(1, 15), at=st.integers(1, 14), gap=st.integers(0, 3))
async def test_windows(tmp_path_factory: pytest.TempPathFactory, count: int, limit: int, at: int, gap: int) -> None:
    """Whatever window one starts with, its cursors lead to every post, in order, once."""
    async with forum(tmp_path_factory.mktemp("forum")) as (store, _):
        numbers = [1 + number * (gap + 1) for number in range(count)]
        topic = await import_thread(store, *[imported(str(number), number=number) for number in numbers])

        async def numbers_from(window: Window) -> list[int]:
            first = await store.posts(None, topic, window)
            assert len(first.items) == min(limit, count)
            found: list[Post] = list(first.items)
            before, after = first.before, first.after
            while before is not None:
                page = await store.posts(None, topic, Window(Place.BEFORE, before, limit))
                assert page.after is not None
                found, before = [*page.items, *found], page.before
            while after is not None:
                page = await store.posts(None, topic, Window(Place.AFTER, after, limit))
                assert page.before is not None
                found, after = [*found, *page.items], page.after
            return [post.sort for post in found]

        for place in (Place.START, Place.END, Place.UNREAD):
            assert await numbers_from(Window(place, limit=limit)) == numbers
        assert await numbers_from(Window(Place.NUMBER, str(at), limit)) == numbers
        if at in numbers:
            here = await store.posts(None, topic, Window(Place.NUMBER, str(at), limit))
            assert at in [post.number for post in here.items]
            row = next(post.id for post in here.items if post.number == at)
            assert await store.posts(None, topic, Window(Place.POST, row, limit)) == here


async def test_a_window_about_a_post_has_it_in_the_middle(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        topic = await import_thread(store, *[imported(str(number)) for number in range(1, 101)])
        for at, first, last in (("50", 45, 54), ("2", 1, 10), ("99", 91, 100)):
            numbers = [post.number for post in (await store.posts(None, topic, Window(Place.NUMBER, at, 10))).items]
            assert numbers == list(range(first, last + 1))


async def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        other = await new_topic(store, board)
        topic = topic_id(opened)
        for wrong in ("99", "x", "", "-1", "1" * 30, "²"):
            for ask in (
                store.topic(None, TopicId(wrong)),
                store.posts(None, TopicId(wrong), Window()),
                store.post(None, PostId(wrong)),
                store.topics(None, Listing(board=BoardId(wrong)), None, 10),
                store.posts(None, topic, Window(Place.POST, wrong)),
            ):
                with pytest.raises(Refused):
                    await ask
        for question in (
            store.posts(None, topic, Window(Place.POST, post_id(other))),
            store.posts(None, topic, Window(Place.AFTER, "no cursor")),
            store.topics(None, Listing(), Cursor("1.2"), 10),
            store.topics(None, Listing(), Cursor(f"1.{1 << 70}.2"), 10),
            store.search(None, "x", Cursor("?"), 10),
        ):
            with pytest.raises((Refused, NotFound)):
                await question
        with pytest.raises(Unsupported):
            await store.topics(None, Listing("hottest"), None, 10)


async def test_search(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        one = await new_topic(store, board, "Straße nach 京都", "The spans of control, 日本語フォーラム, Zürich")
        two = await new_topic(store, board, "Other", "control of spans; не всё")
        await reply(store, topic_id(two), "한국어 검색 and spans")

        async def found(query: str) -> list[str]:
            return [hit.post.id for hit in (await store.search("anna", query, None, 10)).items]

        assert await found("spans") == ["3", "2", "1"]
        assert await found("SPAN") == ["3", "2", "1"]
        assert await found('"spans of control"') == ["1"]
        assert await found("control spans") == ["2", "1"]
        for word in ("京都", "日本", "フォーラム", "strasse", "zurich", "STRASSE"):
            assert await found(word) == ["1"], word
        assert await found("все") == ["2"]
        assert await found("검색") == ["3"]
        for nothing in ("", "   ", '"', "***", "NOT", "(", "京東", '" OR "', "a-b:c", "\x00"):
            assert await found(nothing) == [], nothing
        assert (await store.search("anna", "spans", None, 10)).items[2].topic.id == one.topic


async def test_search_pages(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        await import_thread(store, *[imported(str(number), f"word {number}") for number in range(25)])
        seen: list[str] = []
        after: Cursor | None = None
        while True:
            page = await store.search(None, "word", after, 10)
            seen += [hit.post.id for hit in page.items]
            after = page.after
            if after is None:
                break
        assert seen == [str(number) for number in range(25, 0, -1)]


async def test_boards_nest(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, first):
        links = [("A book", "https://example.org/book")]
        second = await store.house.add_board(
            BoardDraft("Second", description="D\nE", leader="Jaap de Jonge", links=links, further_study="F", notice="N")
        )
        child = await store.house.add_board(BoardDraft("Child", parent=second, leader_wanted=True))
        grandchild = await store.house.add_board(BoardDraft("Grandchild", parent=child))
        await store.house.add_board(BoardDraft("Zeroth", position=0))
        boards = {board.title: board for board in await store.boards(None)}
        assert list(boards) == ["Zeroth", "General", "Second", "Child", "Grandchild"]
        full = boards["Second"]
        assert (full.description, full.leader, full.leader_wanted) == ("D\nE", "Jaap de Jonge", False)
        assert (full.links, full.further_study, full.notice) == ((Link(*links[0]),), "F", "N")
        assert boards["Child"].leader_wanted
        assert boards["Grandchild"].parent == child
        await store.house.edit_board(second, BoardDraft(leader="", parent=first, title="Renamed"))
        changed = next(board for board in await store.boards(None) if board.id == second)
        assert (changed.title, changed.leader, changed.leader_wanted, changed.parent) == (
            "Renamed",
            None,
            True,
            first,
        )
        assert changed.links == full.links
        for wrong in (
            BoardDraft(parent=grandchild),
            BoardDraft(parent=second),
            BoardDraft(title=" "),
            BoardDraft(parent=BoardId("9")),
        ):
            with pytest.raises(Refused):
                await store.house.edit_board(second, wrong)
        for new in (BoardDraft(), BoardDraft("X", parent=BoardId("77"))):
            with pytest.raises(Refused):
                await store.house.add_board(new)
        with pytest.raises(Refused):
            await store.house.edit_board(BoardId("99"), BoardDraft("X"))


async def test_the_forums_own_fields(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, _):
        await store.house.set_info(
            {"tagline": "We talk", "notice": "Line\nLine", "version": "V14.1", "updated": "19-7-2018"}
        )
        await store.import_forum(
            ImportedForum(
                title="New title", pages=[("about", "About", Body("us")), ("terms", "Terms", Body("be kind"))]
            )
        )
        info = await store.info("anna")
        assert (info.title, info.tagline, info.notice, info.version, info.updated) == (
            "New title", "We talk", "Line\nLine", "V14.1", "19-7-2018",
        )  # fmt: skip
        assert [(page.slug, page.title, page.body.source) for page in info.pages] == [
            ("about", "About", "us"),
            ("terms", "Terms", "be kind"),
        ]
        assert len(info.uuid) == 36
        assert info.epoch
        for wrong in ({"colour": "red"}, {"title": " "}, {"uuid": "x"}):
            with pytest.raises(Refused):
                await store.house.set_info(wrong)


async def test_counters_hold_under_any_acts(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        topic = topic_id(await new_topic(store, board))
        for number in range(5):
            await reply(store, topic, str(number))
        await store.import_boards([ImportedBoard("b", "B")])
        for size in (2, 5):
            posts = [ImportedPost(f"p{i}", None, "x", None, Body(str(i)), created=Millis(i)) for i in range(size)]
            await store.import_topics([ImportedTopic("t", "b", "T", posts=posts)])
    check_file(tmp_path / "forum.db")
