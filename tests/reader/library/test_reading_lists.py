"""Lists of topics, the way from one unread post to the next, marks and what can be undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forumtui.errors import NotFound
from forumtui.model import (
    Author,
    Board,
    BoardId,
    Body,
    ChangedTopic,
    Cursor,
    Format,
    ForumInfo,
    Hit,
    Member,
    MemberId,
    Millis,
    Page,
    Place,
    Post,
    PostId,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, NextUnread, PostKey, ThreadOrder, TopicKey, TopicQuery

DAY = 86_400_000


def post(
    topic: str, n: int, *, by: str = "u1", body: str = "", parent: str | None = None, subject: str | None = None
) -> Post:
    return Post(
        PostId(f"{topic}.{n}"),
        TopicId(topic),
        n,
        number=n,
        author=Author(MemberId(by), f"Name {by}"),
        created=Millis(DAY + n),
        body=Body(body or f"text {n} of {topic}"),
        parent=None if parent is None else PostId(parent),
        subject=subject,
    )


class Desk:
    """A library, filled by hand."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.reading = library.reading
        self.marks = library.marks
        self.keys: dict[str, TopicKey] = {}

    async def account(
        self, name: str, *, sample: bool = False, listed: bool = True, joined: int | None = None
    ) -> AccountKey:
        row = await self.library.accounts.put(
            name=name,
            driver="local",
            location=f"/{name}",
            identity=f"id-{name}",
            options={"sample": "1"} if sample else {},
            info=ForumInfo(f"Forum {name}", me=Member(MemberId("me"), "Me")),
            listed=listed,
            joined=None if joined is None else Millis(joined),
        )
        await self.library.accounts.put_boards(
            row.key,
            [
                Board(BoardId("top"), "Top"),
                Board(BoardId("sub"), "Sub", parent=BoardId("top")),
                Board(BoardId("last"), "Last", position=1),
            ],
        )
        return row.key

    async def topic(
        self,
        account: AccountKey,
        name: str,
        *,
        board: str = "top",
        last: int | None = 0,
        posts: int = 0,
        total: int | None = None,
        pinned: bool = False,
    ) -> TopicKey:
        header = Topic(
            TopicId(name),
            BoardId(board),
            f"Title {name}",
            author=Author(MemberId("u1"), "Ünal"),
            pinned=pinned,
            last_post=None if last is None else Millis(10 * DAY + last),
            posts=posts if total is None else total,
            tags=("leading",),
        )
        await self.library.intake.topics(account, [header])
        page = Page(tuple(post(name, n) for n in range(1, posts + 1)), after=None if total is None else Cursor("more"))
        self.keys[name] = await self.library.intake.posts(account, TopicId(name), Window(), page)
        return self.keys[name]

    async def names(self, query: TopicQuery, **window: Any) -> list[str]:
        return [row.id for row in (await self.reading.topics(query, **window)).rows]

    async def board(self, account: AccountKey, name: str) -> TopicQuery:
        [key] = [board.key for board in await self.reading.boards(account) if board.id == name]
        return TopicQuery(account, key)

    async def post(self, account: AccountKey, name: str) -> PostKey:
        row = await self.reading.post_by_id(account, PostId(name))
        assert row is not None
        return row.key


@asynccontextmanager
async def seated(folder: Path) -> AsyncIterator[Desk]:
    library = await Library.open(folder, now=lambda: Millis(20 * DAY))
    try:
        yield Desk(library)
    finally:
        await library.close()


def told(found: NextUnread | None) -> tuple[str, bool] | None:
    return None if found is None else (found.topic.id, found.post is not None)


async def test_windows_of_a_list(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        for number in range(20):
            await desk.topic(one, f"t{number}", last=number)
        await desk.topic(one, "pinned", last=-5, pinned=True)
        await desk.topic(one, "undated", last=None)
        board = await desk.board(one, "top")
        assert await desk.names(board, after=3) == ["pinned", "t19", "t18"]
        assert await desk.names(TopicQuery(one), after=2) == ["t19", "t18"]
        assert await desk.names(board, anchor=desk.keys["t10"], before=2, after=1) == ["t12", "t11", "t10", "t9"]
        rows = await desk.reading.topics(board, anchor=desk.keys["t10"], before=2, after=1)
        assert (rows.index, rows.at_start, rows.at_end, rows.total) == (2, False, False, 22)
        rows = await desk.reading.topics(board, end=True, before=2)
        assert ([row.id for row in rows.rows][-2:], rows.index, rows.at_end) == (
            ["t0", "undated"],
            len(rows.rows) - 1,
            True,
        )
        whole = await desk.reading.topics(board)
        assert (whole.at_start, whole.at_end, len(whole.rows)) == (True, True, 22)
        assert whole.rows[-1].last_post is None
        neighbour = await desk.reading.neighbour(board, desk.keys["t10"], 2)
        assert neighbour is not None
        assert neighbour.id == "t8"
        assert await desk.reading.neighbour(board, desk.keys["pinned"], -1) is None
        assert await desk.reading.neighbour(board, TopicKey(999), 1) is None


async def test_a_row_that_left_the_list_is_replaced_by_its_neighbour(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        for number in range(5):
            await desk.topic(one, f"t{number}", last=number, posts=1)
        unread = TopicQuery(one, unread=True)
        await desk.marks.mark_topic_read(desk.keys["t2"])
        rows = await desk.reading.topics(unread, anchor=desk.keys["t2"], before=1, after=1)
        assert ([row.id for row in rows.rows], rows.index, rows.total) == (["t3", "t1", "t0"], 1, 4)
        await desk.marks.mark_topic_read(desk.keys["t1"])
        await desk.marks.mark_topic_read(desk.keys["t0"])
        rows = await desk.reading.topics(unread, anchor=desk.keys["t0"], before=0, after=5)
        assert ([row.id for row in rows.rows], rows.index) == (["t4", "t3"], 1)


async def test_lists_over_boards_and_accounts(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        sample = await desk.account("sample", sample=True)
        await desk.topic(sample, "s1", last=99, posts=1)
        assert await desk.names(TopicQuery()) == ["s1"]
        one, two, seen = await desk.account("one"), await desk.account("two"), await desk.account("seen", listed=False)
        await desk.topic(one, "a", board="top", last=1, posts=1)
        await desk.topic(one, "b", board="sub", last=2)
        await desk.topic(one, "c", board="last", last=3)
        await desk.topic(two, "d", board="last", last=4, posts=2)
        await desk.topic(seen, "e", last=5, posts=1)
        assert await desk.names(TopicQuery()) == ["d", "c", "b", "a"]
        assert await desk.reading.unread_total() == (3, 2)
        top = await desk.board(one, "top")
        assert await desk.names(top) == ["a"]
        assert await desk.names(TopicQuery(one, top.board, with_children=True)) == ["b", "a"]
        assert await desk.names(TopicQuery(filter="TITLE B")) == ["b"]
        assert await desk.names(TopicQuery(filter="lead")) == ["d", "c", "b", "a"]
        assert (await desk.reading.topics(TopicQuery(filter="b"))).total is None
        await desk.marks.bookmark(topic=desk.keys["c"])
        await desk.marks.bookmark(post=await desk.post(two, "d.1"))
        assert await desk.names(TopicQuery(bookmarked=True)) == ["d", "c"]
        assert (await desk.reading.topics(TopicQuery(bookmarked=True))).total == 2


async def test_an_empty_library_has_empty_lists(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        assert (await desk.reading.topics(TopicQuery())).rows == ()
        assert await desk.reading.neighbour(TopicQuery(), TopicKey(1), 1) is None
        assert await desk.reading.next_unread() is None
        assert await desk.reading.unread_total() == (0, 0)
        one = await desk.account("one")
        assert (await desk.reading.topics(TopicQuery(one))).rows == ()


async def test_the_way_through_everything_unread(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        sample, one, two = (
            await desk.account("sample", sample=True),
            await desk.account("one"),
            await desk.account("two"),
        )
        await desk.topic(sample, "s", posts=1)
        await desk.topic(one, "late", board="last", posts=1)
        await desk.topic(one, "second", last=1, posts=2)
        await desk.topic(one, "first", last=2, posts=2)
        await desk.topic(one, "elsewhere", board="sub", total=3)
        await desk.topic(two, "other", posts=1)
        seen: list[tuple[str, bool]] = []
        first = await desk.board(one, "top")
        found = await desk.reading.next_unread(first)
        while found is not None:
            seen.append((found.topic.id, found.post is not None))
            if found.post is not None:
                await desk.marks.mark_read([found.post])
            else:
                await desk.marks.mark_topic_read(found.topic.key)
            found = await desk.reading.next_unread(found.shown, after=found.post, topic=found.topic.key)
        assert seen == [
            ("first", True),
            ("first", True),
            ("second", True),
            ("second", True),
            ("elsewhere", False),
            ("late", True),
            ("other", True),
        ]
        assert await desk.reading.unread_total() == (0, 0)
        assert told(await desk.reading.next_unread(TopicQuery(sample))) == ("s", True)


async def test_from_the_middle_what_stands_before_comes_last(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one, two = await desk.account("one"), await desk.account("two")
        await desk.topic(one, "above", last=9, posts=1)
        here = await desk.topic(one, "here", last=5, posts=2)
        await desk.topic(two, "other", posts=1)
        second = await desk.post(one, "here.2")
        reading = desk.reading
        assert told(await reading.next_unread(topic=here)) == ("here", True)
        assert told(await reading.next_unread(topic=here, after=second)) == ("other", True)
        assert told(await reading.next_unread(topic=here, skip_topic=True)) == ("other", True)
        await desk.marks.mark_topic_read(desk.keys["other"])
        assert told(await reading.next_unread(topic=here, after=second)) == ("above", True)
        await desk.marks.mark_topic_read(desk.keys["above"])
        assert told(await reading.next_unread(topic=here, after=second)) == ("here", True)
        assert told(await reading.next_unread(topic=here, skip_topic=True)) == ("here", True)  # the topic itself last
        await desk.marks.undo()
        assert told(await reading.next_unread(topic=here, after=second, backwards=True)) == ("here", True)
        assert told(await reading.next_unread(topic=here, after=await desk.post(one, "here.1"), backwards=True)) == (
            "above",
            True,
        )
        assert await reading.next_unread(topic=desk.keys["above"], skip_topic=True, backwards=True) is None
        await desk.marks.mark_topic_read(desk.keys["above"])
        assert told(await reading.next_unread(topic=here, after=PostKey(-3))) == ("here", True)
        await desk.marks.mark_topic_read(here)
        assert await reading.next_unread(topic=here, after=second) is None


async def test_catching_up_and_taking_it_back(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one, two = await desk.account("one"), await desk.account("two")
        await desk.topic(one, "a", posts=3, total=5)
        await desk.topic(one, "b", board="sub", posts=2)
        await desk.topic(two, "c", posts=1)
        total = desk.reading.unread_total
        assert await total() == (8, 3)
        board = await desk.board(one, "top")
        assert await desk.marks.catch_up(board=board.board) == 7
        assert await total() == (1, 1)
        assert await desk.marks.catch_up() == 1
        assert await desk.marks.catch_up() == 0
        assert [await desk.marks.undo(), await desk.marks.undo(), await desk.marks.undo()] == [
            "marking 1 post read",
            "marking 7 posts read",
            None,
        ]
        assert await total() == (8, 3)
        assert await desk.marks.catch_up(up_to=await desk.post(one, "a.2")) == 2
        assert (await desk.reading.topic(desk.keys["a"])).unread == 3
        await desk.marks.undo()
        assert await desk.marks.catch_up(account=one, older_than=DAY + 2) == 2  # a.1 and b.1; what is not here is newer
        await desk.marks.undo()
        assert await desk.marks.catch_up(account=one, older_than=11 * DAY) == 7
        await desk.marks.undo()
        assert await total() == (8, 3)
        with pytest.raises(NotFound):
            await desk.marks.catch_up(up_to=PostKey(999))


async def test_what_is_fetched_after_catching_up_is_read(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        topic = await desk.topic(one, "a", posts=1, total=3)
        await desk.marks.mark_topic_read(topic)
        undated = Post(PostId("a.2"), TopicId("a"), 2, body=Body("no date"))
        await desk.library.intake.posts(one, TopicId("a"), Window(), Page((post("a", 1), undated, post("a", 3))))
        assert (await desk.reading.topic(topic)).unread == 0
        await desk.library.intake.post(
            one, Post(PostId("a.4"), TopicId("a"), 4, created=Millis(11 * DAY), body=Body("new"))
        )
        assert (await desk.reading.topic(topic)).unread == 1
        await desk.marks.undo()
        assert (await desk.reading.topic(topic)).unread == 4


async def test_marks_of_single_posts(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        topic = await desk.topic(one, "a", posts=2)
        first = await desk.post(one, "a.1")
        await desk.marks.mark_read([first, first, PostKey(999)])
        assert (await desk.reading.topic(topic)).unread == 1
        await desk.library.intake.post(one, post("a", 1, body="edited"))
        assert not (await desk.reading.post(first)).unread
        await desk.marks.mark_unread([first])
        await desk.marks.mark_unread([first])
        assert await desk.marks.undo() == "marking 1 post unread"
        assert (await desk.reading.topic(topic)).unread == 1
        await desk.marks.bookmark(post=first)
        await desk.marks.bookmark(post=first)
        assert (await desk.reading.post(first)).bookmarked
        assert await desk.marks.undo() == 'bookmarking "Title a"'
        assert not (await desk.reading.post(first)).bookmarked
        await desk.marks.bookmark(topic=topic)
        assert (await desk.reading.topic(topic)).bookmarked
        await desk.marks.bookmark(topic=topic, on=False)
        assert await desk.marks.undo() == 'taking the bookmark off "Title a"'
        assert (await desk.reading.topic(topic)).bookmarked
        await desk.marks.undo()
        assert await desk.marks.undo() is None


async def test_new_since_the_last_visit(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        topic = await desk.topic(one, "a", posts=2)
        assert (await desk.reading.outline(topic)).new_from is None
        await desk.marks.visit(topic)
        assert (await desk.reading.outline(topic)).new_from is None
        later = [
            Post(
                PostId("mine"),
                TopicId("a"),
                3,
                author=Author(MemberId("me"), "Me"),
                created=Millis(12 * DAY),
                body=Body("x"),
            ),
            Post(PostId("new"), TopicId("a"), 4, created=Millis(12 * DAY + 1), body=Body("x")),
        ]
        for one_more in later:
            await desk.library.intake.post(one, one_more)
        await desk.marks.visit(topic)
        assert (await desk.reading.outline(topic)).new_from == 3
        await desk.marks.visit(topic)
        assert (await desk.reading.outline(topic)).new_from is None


async def test_joining_leaves_what_is_old_read(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one", joined=5 * DAY)
        header = Topic(TopicId("old"), BoardId("top"), "Old", created=Millis(DAY), last_post=Millis(2 * DAY), posts=9)
        both = Topic(TopicId("both"), BoardId("top"), "Both", created=Millis(DAY), last_post=Millis(6 * DAY), posts=9)
        new = Topic(TopicId("new"), BoardId("top"), "New", created=Millis(6 * DAY), last_post=Millis(6 * DAY), posts=9)
        await desk.library.intake.topics(one, [header, both, new])
        rows = {row.id: (row.unread, row.is_new) for row in (await desk.reading.topics(TopicQuery(one))).rows}
        assert rows == {"old": (0, False), "both": (1, False), "new": (9, True)}
        assert await desk.library.intake.unread_topics(one, 5) == ["both", "new"]


async def test_outline_of_gaps_subjects_and_odd_parents(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        await desk.library.intake.topics(one, [Topic(TopicId("a"), BoardId("top"), "Span", posts=9)])
        posts = (
            post("a", 1, subject="Span"),
            post("a", 2, subject="Re: Span", parent="a.5"),
            post("a", 5, subject="Venue", parent="a.2"),
            post("a", 6, parent="nowhere"),
            post("a", 7, subject="AW: Venue", parent="a.7"),
        )
        key = await desk.library.intake.posts(
            one, TopicId("a"), Window(Place.START), Page(posts[:2], None, Cursor("c2"))
        )
        await desk.library.intake.posts(
            one, TopicId("a"), Window(Place.END), Page(posts[2:], Cursor("c4"), Cursor("c7"))
        )
        flat = await desk.reading.outline(key)
        assert flat.gaps == (2, 5)
        assert flat.subjects == ((2, "Venue"),)
        tree = await desk.reading.outline(key, ThreadOrder.TREE)
        assert sorted(tree.keys) == sorted(flat.keys)
        assert list(tree.depths) == [0, 0, 0, 0, 1]
        assert await desk.library.intake.missing(one, TopicId("a")) == Window(Place.AFTER, "c7", 100)
        assert await desk.library.intake.missing(one, TopicId("unknown"), 7) == Window(limit=7)
        assert list(await desk.library.intake.known_posts(one, TopicId("a"))) == ["a.1", "a.2", "a.5", "a.6", "a.7"]
        assert await desk.library.intake.known_posts(one, TopicId("unknown")) == ()
        await desk.library.intake.posts_gone(one, TopicId("a"), [PostId("a.5"), PostId("never")])
        await desk.library.intake.posts_gone(one, TopicId("unknown"), [PostId("a.5")])
        assert len((await desk.reading.outline(key)).keys) == 4


async def test_tree_puts_the_best_answers_first_and_the_rest_by_time(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        await desk.library.intake.topics(one, [Topic(TopicId("a"), BoardId("top"), "Ranked", posts=6)])
        posts = [post("a", 1), *(post("a", n, parent="a.1") for n in (2, 3, 4, 5)), post("a", 6, parent="a.2")]
        for ranks, expected in (
            ({4: 0, 2: 1}, [1, 4, 2, 6, 3, 5]),
            ({5: 0, 4: 1, 2: 2}, [1, 5, 4, 2, 6, 3]),
            ({}, [1, 2, 6, 3, 4, 5]),
        ):
            ranked = tuple(replace(each, rank=ranks.get(each.sort)) for each in posts)
            key = await desk.library.intake.posts(one, TopicId("a"), Window(), Page(ranked))
            tree = await desk.reading.outline(key, ThreadOrder.TREE)
            rows = await desk.reading.posts(key, tree.keys)
            numbers = {each: row.number for each, row in rows.items()}
            assert [numbers[each] for each in tree.keys] == expected
            flat = await desk.reading.outline(key)
            assert [numbers[each] for each in flat.keys] == [1, 2, 3, 4, 5, 6]


async def test_what_the_forum_removed_goes(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        for name in ("a", "b", "c", "d"):
            await desk.topic(one, name, posts=3)
        intake = desk.library.intake
        await intake.topics_gone(one, [TopicId("a"), TopicId("unknown")])
        await intake.changed(
            one,
            [
                ChangedTopic(TopicId("b"), None, gone=True),
                ChangedTopic(TopicId("x"), None, (post("x", 1),)),
                ChangedTopic(TopicId("x"), None, gone=True),
            ],
        )
        assert await desk.names(TopicQuery(one)) == ["c", "d"]
        await intake.posts(one, TopicId("c"), Window(), Page((post("c", 1), post("c", 3))))
        assert (await desk.reading.topic(desk.keys["c"])).unread == 2
        await intake.keep_only(one, [TopicId("d")])
        assert await desk.names(TopicQuery(one)) == ["d"]
        assert await desk.reading.unread_total() == (3, 1)
        await desk.library.accounts.put_boards(one, [Board(BoardId("sub"), "Sub")])
        assert await desk.names(TopicQuery(one)) == []
        assert [board.title for board in await desk.reading.boards(one)] == ["Sub"]


async def test_a_post_moves_with_its_marks(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        first, second = await desk.topic(one, "a", posts=2), await desk.topic(one, "b", posts=1)
        moved = await desk.post(one, "a.2")
        await desk.marks.bookmark(post=moved)
        await desk.library.intake.post(one, replace(post("a", 2), topic=TopicId("b"), sort=5))
        assert (await desk.reading.topic(second)).unread == 2
        row = await desk.reading.post(moved)
        assert (row.topic_key, row.unread, row.bookmarked) == (second, True, True)
        assert [row.id for row in (await desk.reading.topics(TopicQuery(bookmarked=True))).rows] == ["b"]
        assert len((await desk.reading.outline(first)).keys) == 1


async def test_of_html_its_text_is_searched_and_shown_and_no_tag_is(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        await desk.topic(one, "a", posts=1)
        source = (
            '<p>An un<b>believ</b>able &amp; true <a href="https://x.example/hidden">story</a></p><script>secret</script>'
            '<aside class="quote" data-username="bo"><blockquote>its end <img alt=":smile:" src="x"></blockquote></aside>'
        )
        sent = replace(post("a", 2), body=Body(source, Format.HTML))
        await desk.library.intake.post(one, sent)
        key = await desk.post(one, "a.2")
        for query in ("unbelievable", '"& true story"', "smile", '"its end"'):
            [hit] = (await desk.reading.search(query)).hits
            assert hit.key == key, query
            assert hit.snippet == "An unbelievable & true story its end :smile:"
            assert await desk.reading.find_in_topic(desk.keys["a"], query.strip('"')) == [key]
        for query in ("blockquote", "aside", "hidden", "secret", "href", "amp"):
            assert (await desk.reading.search(query)).hits == (), query
            assert await desk.reading.find_in_topic(desk.keys["a"], query) == []
        spoiling = Body("<p>changed: <span class=spoiler>dies</span></p>", Format.HTML)
        await desk.library.intake.post(one, replace(sent, body=spoiling))
        [hit] = (await desk.reading.search("dies")).hits
        assert hit.snippet == "changed: …"
        assert len((await desk.reading.search("changed")).hits) == 1
        assert (await desk.reading.search("unbelievable")).hits == ()


async def test_search_here_and_there(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one, two = await desk.account("one"), await desk.account("two")
        await desk.topic(one, "a", posts=1)
        await desk.library.intake.post(
            one, post("a", 2, body="Ein Café in 日本 " + "word " * 100 + "needle here", subject="Große Straße")
        )
        reading = desk.reading
        [hit] = (await reading.search("needle")).hits
        assert (hit.source, hit.author, "needle" in hit.snippet, hit.topic.id) == ("here", "Name u1", True, "a")
        for query in ("cafe", "日本", "STRASSE", '"in 日本"', "need"):
            assert len((await reading.search(query)).hits) == 1, query
        assert (await reading.search("needle", account=two)).hits == ()
        assert (await reading.search(' ,; "" ')).hits == ()
        [title] = (await reading.search("title")).hits
        assert (title.key, title.topic.id) == (0, "a")
        topic = Topic(TopicId("far"), BoardId("top"), "Far away")
        await desk.library.intake.hits(two, " needle  ", [Hit(topic, post("far", 1, body="a needle there"))])
        await desk.library.intake.hits(one, "needle", [], error="busy")
        result = await reading.search("needle")
        assert [(found.topic.id, found.source) for found in result.hits] == [("a", "here"), ("far", "here")]
        assert (result.covered, result.complete) == (
            "here: 2 forums; asked: Forum two; not reached: Forum one (busy)",
            False,
        )
        await desk.library.intake.hits(two, "stem", [Hit(topic, post("far", 1))])
        await desk.library.intake.hits(one, "stem", [])
        result = await reading.search("stem")
        assert ([found.source for found in result.hits], result.complete) == (["forum"], True)
        assert await reading.find_in_topic(desk.keys["a"], "CAFÉ") == [await desk.post(one, "a.2")]
        assert len(await reading.find_in_topic(desk.keys["a"], "name U1")) == 2
        assert await reading.find_in_topic(desk.keys["a"], "  ") == []
        assert await reading.members(one, "NAM") == ["Name u1"]
        assert await reading.members(one, "x") == []


async def test_unknown_rows_are_not_found(tmp_path: Path) -> None:
    async with seated(tmp_path) as desk:
        one = await desk.account("one")
        for missing in (
            desk.reading.topic(TopicKey(9)),
            desk.reading.post(PostKey(9)),
            desk.reading.outline(TopicKey(9)),
            desk.library.intake.post(one, post("x", 1)),
            desk.library.intake.posts(one, TopicId("x"), Window(), Page(())),
            desk.library.intake.topics(AccountKey(9), [Topic(TopicId("t"), BoardId("b"), "T")]),
            desk.library.accounts.get(AccountKey(9)),
        ):
            with pytest.raises(NotFound):
                await missing
        assert await desk.reading.topic_by_id(one, TopicId("x")) is None
        assert await desk.reading.post_by_id(one, PostId("x")) is None
