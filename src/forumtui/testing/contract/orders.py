"""Contract: the orders in which topics are listed."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from forumtui.errors import Unsupported
from forumtui.model import LATEST, BoardId, Cursor, Listing, Order, Topic
from forumtui.testing.contract.stage import ContractTests, Stage, all_topics, on_stage

MANY = 220
"""More than a page of most forums."""


class OrdersContract(ContractTests):
    """What is offered works, to its end; what is not is refused."""

    @on_stage
    async def test_orders_are_named_once(self, stage: Stage) -> None:
        await stage.board()
        for _, orders in await offered(stage):
            names = [order.name for order in orders]
            assert len(names) == len(set(names))
            for order in orders:
                assert order.name
                assert order.title
                assert all(order.periods)
                assert len(order.periods) == len(set(order.periods))

    @on_stage
    async def test_every_order_pages_to_its_end_without_repeats(self, stage: Stage) -> None:
        board, other = await stage.board(), await stage.board("Other")
        there, _ = await stage.open_topic(other, "There")
        here = [(await stage.open_topic(board, f"Topic {number}"))[0] for number in range(MANY)]
        for place, orders in await offered(stage):
            for listing in listings(place, orders):
                topics = [topic.id for topic in await paged(stage, listing)]
                assert len(topics) == len(set(topics)), listing
                assert set(topics) <= {there, *here}, listing
                assert topics == [topic.id for topic in await all_topics(stage.backend, listing)], listing

    @on_stage
    async def test_latest_works_wherever_it_is_asked_for(self, stage: Stage) -> None:
        board = await stage.board()
        topic, _ = await stage.open_topic(board)
        for place in (None, board):
            assert [found.id for found in await all_topics(stage.backend, Listing(LATEST, place))] == [topic]

    @on_stage
    async def test_order_without_a_period_is_that_of_its_first(self, stage: Stage) -> None:
        board = await stage.board()
        for number in range(3):
            await stage.open_topic(board, f"Topic {number}")
        for place, orders in await offered(stage):
            for order in orders:
                for period in order.periods[:1]:
                    usual = await all_topics(stage.backend, Listing(order.name, place))
                    assert usual == await all_topics(stage.backend, Listing(order.name, place, period))

    @on_stage
    async def test_what_is_not_offered_is_unsupported(self, stage: Stage) -> None:
        await stage.open_topic(await stage.board())
        for place, orders in await offered(stage):
            with pytest.raises(Unsupported):
                await stage.backend.topics(Listing("no such order", place))
            for order in {LATEST: Order(LATEST, ""), **{order.name: order for order in orders}}.values():
                with pytest.raises(Unsupported):
                    await stage.backend.topics(Listing(order.name, place, "no such period"))


async def offered(stage: Stage) -> list[tuple[BoardId | None, Sequence[Order]]]:
    """The whole forum and each board, with the orders that are offered there."""
    orders = (await stage.backend.info()).orders
    boards = await stage.backend.boards()
    return [(None, orders), *((board.id, orders if board.orders is None else board.orders) for board in boards)]


def listings(board: BoardId | None, orders: Sequence[Order]) -> Iterator[Listing]:
    """Every list that these orders make there."""
    for order in orders:
        for period in order.periods or ("",):
            yield Listing(order.name, board, period)


async def paged(stage: Stage, listing: Listing) -> list[Topic]:
    """Every topic of a listing; no cursor leads back to where it was."""
    found: list[Topic] = []
    cursors: set[Cursor] = set()
    after: Cursor | None = None
    while True:
        page = await stage.backend.topics(listing, after)
        found += page.items
        if page.after is None:
            return found
        assert page.after not in cursors
        cursors.add(page.after)
        after = page.after
