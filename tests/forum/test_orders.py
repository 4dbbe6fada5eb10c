"""The orders of a forum file: what they list, and at what cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.forum.forum_files import NOON, imported, sql
from tests.reference.forum import ReferenceForum

from forumtui.errors import Refused
from forumtui.forum.file import SqliteForumStore, listings
from forumtui.forum.file.viewer import viewer
from forumtui.forum.orders import ORDERS, PERIODS, TOP
from forumtui.forum.store import ForumStore, ImportedBoard, ImportedTopic
from forumtui.model import BoardId, Cursor, Listing, Millis
from forumtui.sqlite.connection import connect

DAY = 86_400_000
AGES = (
    st.sampled_from([0, 6, 7, 8, 29, 30, 31])
    | st.none()
    | st.integers(-2, 60)
    | st.integers(360, 370)
    | st.just(NOON // DAY + 400)
)
"""In days: where periods begin, and any; the last is before 1970."""
TOPICS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        AGES,
        st.lists(st.tuples(st.none() | st.integers(0, 3), st.booleans()), min_size=1, max_size=3),
        st.booleans(),
    ),
    max_size=20,
)
"""Of each: its board, its age, the likes of each post and whether it is hidden, and whether it is closed."""
LISTINGS = [Listing(order.name, None, period) for order in ORDERS for period in order.periods or ("",)]


async def titles(store: ForumStore, listing: Listing, limit: int) -> list[str]:
    found: list[str] = []
    after: Cursor | None = None
    while True:
        page = await store.topics(None, listing, after, limit)
        found += [topic.title for topic in page.items]
        assert len(page.items) == limit or page.after is None
        if page.after is None:
            return found
        after = page.after


@settings(max_examples=25)
@given(rows=TOPICS, limit=st.integers(1, 7), lanes=st.sampled_from([2, 400]))
@example(rows=[("a", -2, [(1, False)], False)], limit=1, lanes=400)  # of the week after this one
@example(rows=[("a", -1, [(1, False)], False)], limit=1, lanes=400)
async def test_the_file_lists_as_the_reference_does(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], limit: int, lanes: int
) -> None:
    """Also where a board has more below it than can be merged."""
    path = tmp_path_factory.mktemp("forum") / "forum.db"
    file = await SqliteForumStore.open(path, create=True, title="Forum", now=lambda: Millis(NOON))
    reference = ReferenceForum(now=lambda: Millis(NOON))
    stores: tuple[ForumStore, ...] = (file, reference)
    for store in stores:
        await store.import_boards([ImportedBoard("a", "A"), ImportedBoard("b", "B", "a"), ImportedBoard("c", "C", "b")])
        await store.import_topics(
            [
                ImportedTopic(
                    f"t{number}",
                    board,
                    str(number),
                    created=None if age is None else Millis(NOON - age * DAY),
                    closed=closed,
                    posts=[
                        imported(f"p{number}.{n}", likes=likes, hidden=hidden)
                        for n, (likes, hidden) in enumerate(posts)
                    ],
                )
                for number, (board, age, posts, closed) in enumerate(rows)
            ]
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listings, "_MOST_LANES", lanes)
        for listing in LISTINGS:
            for name in (None, "A", "B"):
                lists = [
                    await titles(store, Listing(listing.name, await board_of(store, name), listing.period), limit)
                    for store in stores
                ]
                assert lists[0] == lists[1], listing
    await file.close()
    assert (
        sql(path, "SELECT t.id FROM topic t WHERE likes <> (SELECT sum(score) FROM post WHERE topic_id = t.id)") == []
    )


async def board_of(store: ForumStore, title: str | None) -> BoardId | None:
    return next((board.id for board in await store.boards(None) if board.title == title), None)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: f"{listing.name} {listing.period}".strip())
@pytest.mark.parametrize("board", [None, BoardId("1"), BoardId("2")], ids=["forum", "board", "with one below"])
async def test_a_page_is_a_stretch_of_an_index(tmp_path: Path, listing: Listing, board: BoardId | None) -> None:
    """Nothing is sorted, and each lane begins where the page does."""
    await (await SqliteForumStore.open(tmp_path / "forum.db", create=True)).close()
    connection = connect(tmp_path / "forum.db")
    connection.execute("INSERT INTO board (id, title, parent_id) VALUES (1, 'B', NULL), (2, 'C', NULL), (3, 'D', 2)")
    asked: list[tuple[str, Any]] = []
    anna = viewer(connection, "anna", "")

    def remember(_: object, statement: str, values: Any) -> bool:
        asked.append((statement, values))
        return True

    for count in (3, 2, 4):
        try:
            cursor = Cursor(".".join(["5"] * (count - 1) + [str(NOON - DAY)]))
            connection.exec_trace = remember
            listings.topics(connection, anna, Listing(listing.name, board, listing.period), cursor, 10, Millis(NOON))
        except Refused:
            continue
        finally:
            connection.exec_trace = None
        break
    statement, values = next(pair for pair in asked if " LIMIT :limit" in pair[0])
    plan = [str(line[3]) for line in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    connection.close()
    lanes = [line for line in plan if line.startswith(("SEARCH t ", "SCAN t"))]
    assert all(line.startswith("SEARCH t USING INDEX topic_") for line in lanes)
    assert all(("board" in line) == (board is not None) and "<" in line for line in lanes), lanes
    assert not [line for line in plan if "TEMP B-TREE" in line]
    assert len(lanes) <= ((PERIODS.get(listing.period) or 0) // 7 + 2) * 2


async def test_period_stays_as_it_was_at_its_first_page(tmp_path: Path) -> None:
    """A topic does not fall out from under one who reads on."""
    now = NOON
    store = await SqliteForumStore.open(tmp_path / "forum.db", create=True, now=lambda: Millis(now))
    await store.import_boards([ImportedBoard("b", "B")])
    await store.import_topics(
        [
            ImportedTopic(
                f"t{n}", "b", str(n), created=Millis(NOON - 7 * DAY + n), posts=[imported(f"p{n}", likes=n + 1)]
            )
            for n in range(3)
        ]
    )
    page = await store.topics(None, Listing(TOP, None, "week"), None, 2)
    assert [topic.title for topic in page.items] == ["2", "1"]
    now += 2 * DAY
    page = await store.topics(None, Listing(TOP, None, "week"), page.after, 2)
    assert [topic.title for topic in page.items] == ["0"]
    assert (await store.topics(None, Listing(TOP, None, "week"), None, 2)).items == ()
    await store.close()
