"""Lists in a forum's own orders, by key, palette and command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tui.reader_kit import NOW, Driver, put_account, reading, stock, topic

from forumtui.model import BoardId, Cursor, ForumInfo, Listing, Millis, Order, Page
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountRow, Health, Sorted, TopicQuery, Want, WantTopics
from forumtui.tui.acts.sorting import _keys
from forumtui.tui.render.order_words import empty_order, order_told
from forumtui.tui.widgets.header import PaneTitle

ORDERS = (
    Order("latest", "Latest"),
    Order("new", "New"),
    Order("top", "Top", ("week", "yearly", "all")),
    Order("unread", "Unread"),
)


async def offering(library: Library) -> AccountRow:
    """The stock, in a forum with orders; of the board's top of the year something is here."""
    row = await stock(library)
    await library.accounts.update_info(
        row.key, ForumInfo("Sample", row.identity, me=row.me, can=row.can, orders=ORDERS)
    )
    await library.accounts.set_health(row.key, Health.OK)
    listing = Listing("top", BoardId("lead"), "yearly")
    await library.listings.begin(row.key, listing, Page((topic(3, 5), topic(1, 5)), after=Cursor("2")))
    return row


def wants(driver: Driver) -> list[Want]:
    """What the network side is asked for, the newest last."""
    return [want for want in driver.app.services.library._wants if isinstance(want, WantTopics)]


def titles(driver: Driver) -> list[str]:
    """Of the topics on screen, by number."""
    return [row.title.removeprefix("Topic number ") for row in driver.app.reader.topics._window.held.rows]


def position(driver: Driver) -> str:
    return driver.app.reader.query_one("#topics-pane").query_one(PaneTitle)._texts[1]


async def to_board(driver: Driver) -> None:
    await driver.press("h", "j", "enter")


async def test_key_asks_for_the_order_then_for_the_period(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        assert titles(driver) == ["1", "2", "3", "4"]
        assert position(driver) == ""
        await driver.press("t")
        assert "Latest now; which order? (l: Latest, n: New, t: Top, u: Unread)" in driver.text
        await driver.press("t")
        assert "Top of which period? (w: week, y: year, a: all time)" in driver.text
        await driver.press("y")
        assert titles(driver) == ["3", "1"]
        assert position(driver) == "Top, year"
        key = driver.app.reader.topics.shown.account
        assert key is not None
        assert wants(driver)[-1] == WantTopics(key, BoardId("lead"), "top", "yearly", more=True)
        assert WantTopics(key, BoardId("lead"), "top", "yearly") in wants(driver)


async def test_choice_is_kept_for_this_board_alone(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        await driver.press("t", "t", "y")
        await driver.press("h", "k", "enter")
        assert titles(driver) == ["1", "2", "3", "4"]
        await driver.press("h", "j", "enter")
        assert titles(driver) == ["3", "1"]
    async with reading(tmp_path, prepare=_nothing_new) as driver:
        await to_board(driver)
        assert (titles(driver), position(driver)) == (["3", "1"], "Top, year")


async def _nothing_new(_library: Library) -> None:
    pass


async def test_leaving_either_question_changes_nothing(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        for keys in (("t",), ("t", "t")):
            await driver.press(*keys)
            await driver.press("escape")
            await driver.until(lambda: driver.app.reader.questions.line is None)
            assert (titles(driver), position(driver)) == (["1", "2", "3", "4"], "")


async def test_palette_and_command_line_know_the_orders(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        await driver.press("ctrl+p")
        await driver.type("top year")
        assert "order of the list: Top, year" in driver.text
        await driver.press("enter")
        assert (titles(driver), position(driver)) == (["3", "1"], "Top, year")
        await driver.press("colon")
        await driver.type("order latest")
        await driver.press("enter")
        assert titles(driver) == ["1", "2", "3", "4"]
        for typed, said in (("hottest", 'no order "hottest"'), ("top:decade", 'no period "decade"')):
            await driver.press("colon")
            await driver.type(f"order {typed}")
            await driver.press("enter")
            assert said in driver.said


async def test_a_list_that_is_not_here_yet_says_so(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await driver.press("t", "n")
        assert "Nothing of this order is here yet" in driver.text
        key = driver.app.reader.topics.shown.account
        assert key is not None
        assert wants(driver)[-1] == WantTopics(key, None, "new", "")
        await driver.app.services.library.listings.begin(key, Listing("new"), Page((topic(2, 5),)))
        await driver.settle()
        assert titles(driver) == ["2"]
        await driver.press("t", "u")
        await driver.app.services.library.listings.begin(key, Listing("unread"), Page(()))
        await driver.settle()
        assert "The forum has nothing in this order" in driver.text


async def test_more_is_asked_for_once_where_what_is_here_ends(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        key = driver.app.reader.topics.shown.account
        assert key is not None
        library = driver.app.services.library
        listing = Listing("new")
        page = Page(tuple(topic(number, 1) for number in range(1, 201)), after=Cursor("200"))
        await library.intake.topics(key, page.items)
        await library.listings.begin(key, listing, page)
        more = WantTopics(key, None, "new", "", more=True)
        await driver.press("t", "n")
        assert more not in wants(driver)
        await driver.press("G")
        assert more in wants(driver)
        library.take_wants(key)
        await driver.press("k", "j")
        assert more not in wants(driver)
        _, kept = await library.listings.look(key, listing)
        assert kept is not None
        added = [topic(number, 1) for number in range(201, 401)]
        await library.intake.topics(key, added)
        await library.listings.go_on(key, kept, Page(tuple(added), after=Cursor("400")))
        await driver.settle()
        assert driver.app.reader.topics.current is not None
        assert driver.app.reader.topics.current.title == "Topic number 200"
        await driver.press("G")
        assert driver.app.reader.topics.current.title == "Topic number 400"
        assert more in wants(driver)


async def test_reading_on_follows_the_list_then_what_it_leaves_out(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        await driver.press("t", "t", "y")
        visited = []
        for _ in range(4):
            await driver.press("n")
            assert driver.app.reader.topic is not None
            visited.append(driver.app.reader.topic.title[-1])
            await driver.app.services.library.marks.mark_topic_read(driver.app.reader.topic.key)
            await driver.settle()
            await driver.press("h")
        assert visited == ["3", "1", "2", "4"]


async def test_without_a_line_the_title_says_as_of_when(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        await driver.press("t", "t", "y", "g", "p")
        await driver.until(lambda: "as of" in position(driver))
        assert titles(driver) == ["3", "1"]


async def test_narrow_screen_says_the_order_in_the_header(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering, size=(60, 20)) as driver:
        await to_board(driver)
        await driver.press("t", "t", "y")
        assert driver.path == ("Sample", "Leadership (Top, year)")


async def test_sync_asks_for_the_list_anew(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        await driver.press("t", "t", "y", "ctrl+r")
        assert wants(driver)[-1].anew  # type: ignore[union-attr]


async def test_where_there_is_but_one_order_the_key_says_so(tmp_path: Path) -> None:
    async with reading(tmp_path) as driver:
        await driver.press("t")
        assert "latest activity only" in driver.said
        await driver.press("g", "u", "t")
        assert "This list has one order only" in driver.said


async def test_filter_stays_in_the_list_and_its_order(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        await driver.press("t", "t", "y", "equals_sign")
        await driver.type("number")
        await driver.press("enter")
        assert titles(driver) == ["3", "1"]
        assert position(driver) == "Top, year  filter: number"
        await driver.press("t", "l")
        assert titles(driver) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Sorted(ORDERS[0], orders=ORDERS), ""),
        (Sorted(ORDERS[0], orders=ORDERS[::-1]), "Latest"),
        (Sorted(ORDERS[2], "week", ORDERS, NOW), "Top, week"),
        (Sorted(ORDERS[0]), ""),
    ],
)
async def test_title_says_what_is_not_usual(tmp_path: Path, told: Sorted, said: str) -> None:
    library = await Library.open(tmp_path)
    try:
        row = replace(await put_account(library, "here"), health=Health.OK)
    finally:
        await library.close()
    assert order_told(told, row, NOW) == said
    assert order_told(told, replace(row, health=Health.OFFLINE), NOW).startswith(said)
    old = order_told(replace(told, at=NOW), replace(row, plugged=False), Millis(NOW + 2 * 86_400_000))
    assert not said or "as of 2025-06-" in old
    assert empty_order(told) is None or told.at is not None
    assert "says why" in (empty_order(replace(told, note="The forum says why.")) or "says why")


@given(st.lists(st.text(max_size=5), max_size=60))
def test_every_choice_has_a_key_of_its_own(many: list[str]) -> None:
    keys = _keys(many)
    assert len(set(keys)) == len(many)
    assert not [one for one in keys for other in keys if one != other and other.startswith(one)]


def test_keys_are_of_the_name_where_that_is_free() -> None:
    assert _keys(["Latest", "Lately", "Late", "漢字"]) == ["l", "a", "t", "b"]


async def test_topic_that_is_in_no_such_list_is_shown_among_the_latest(tmp_path: Path) -> None:
    async with reading(tmp_path, prepare=offering) as driver:
        await to_board(driver)
        await driver.press("t", "t", "y")
        reader = driver.app.reader
        row = await driver.app.services.library.reading.topic_by_id(reader.topics.shown.account, topic(2, 5).id)  # type: ignore[arg-type]
        assert row is not None
        await reader.open_topic(row.key)
        await driver.settle()
        assert reader.topics.shown == TopicQuery(row.account, row.board_key, with_children=True, order="latest")
        assert position(driver) == ""
        assert reader.topics.current is not None
        assert reader.topics.current.key == row.key
