"""What our own forum promises of the orders that it offers, over whatever one reads it."""

from __future__ import annotations

from tests.waiting import pause

from forumtui.forum.orders import NEW, ORDERS, PERIODS, TOP, UNANSWERED
from forumtui.model import LATEST, Action, Close, Delete, Hide, Like, Listing, PostId, TopicId
from forumtui.testing import Stage
from forumtui.testing.contract.stage import MODERATOR, OTHER, ContractTests, all_topics, on_stage


class OwnOrders(ContractTests):
    """Our own software's."""

    @on_stage
    async def test_own_orders_are_offered(self, stage: Stage) -> None:
        assert (await stage.backend.info()).orders == ORDERS
        board = await stage.board()
        assert [found.orders for found in await stage.backend.boards()] == [None]
        for order in ORDERS:
            assert await all_topics(stage.backend, Listing(order.name, board)) == []

    @on_stage
    async def test_own_new_topics_are_the_last_to_be_opened(self, stage: Stage) -> None:
        board, other = await stage.board(), await stage.board("Other")
        first, _ = await stage.open_topic(board)
        there, _ = await stage.open_topic(other)
        await pause(0.002)
        last, _ = await stage.open_topic(board)
        await pause(0.002)
        await stage.add_post(first)
        assert await ids(stage, Listing(NEW)) == [last, there, first]
        assert await ids(stage, Listing(NEW, board)) == [last, first]
        assert await ids(stage, Listing(LATEST, board)) == [first, last]

    @on_stage
    async def test_own_orders_bring_what_is_below_a_board(self, stage: Stage) -> None:
        top = await stage.board("Top")
        below = await stage.board("Below", top)
        lowest = await stage.board("Lowest", below)
        opened = [(await stage.open_topic(board))[0] for board in (top, below, lowest, await stage.board("Other"))]
        assert await ids(stage, Listing(NEW, top)) == opened[2::-1]
        assert await ids(stage, Listing(UNANSWERED, below)) == opened[2:0:-1]
        assert await ids(stage, Listing(LATEST, top)) == opened[:1]
        assert len(await ids(stage, Listing(NEW))) == 4

    @on_stage
    async def test_own_top_is_what_is_liked_most(self, stage: Stage) -> None:
        board, other = await stage.board(), await stage.board("Other")
        (a, a1), (b, b1) = [await stage.open_topic(board) for _ in range(2)]
        (c, c1), _ = [await stage.open_topic(place) for place in (other, board)]
        b2 = await stage.add_post(b)
        for who, topic, post in (
            ("Cy", a, a1),
            ("Cy", b, b1),
            ("Di", b, b2),
            ("Cy", c, c1),
            ("Di", c, c1),
            ("Ed", c, c1),
        ):
            await like(stage, who, topic, post)
        for period in PERIODS:
            assert await ids(stage, Listing(TOP, None, period)) == [c, b, a]
            assert await ids(stage, Listing(TOP, board, period)) == [b, a]
        await stage.store.house.set_role(MODERATOR, "Moderator")
        await stage.store.perform(MODERATOR, Action(stage.key(), Hide(b, b2)))
        await like(stage, "Di", a, a1)
        await like(stage, "Di", c, c1, on=False)
        await stage.store.perform(MODERATOR, Action(stage.key(), Hide(c, c1)))
        assert await ids(stage, Listing(TOP)) == [a, b]
        await stage.store.perform(MODERATOR, Action(stage.key(), Hide(c, c1, on=False)))
        assert await ids(stage, Listing(TOP)) == [c, a, b]
        await stage.store.perform(OTHER, Action(stage.key(), Delete(b, b1)))
        assert await ids(stage, Listing(TOP)) == [c, a]

    @on_stage
    async def test_own_unanswered_topics_wait_for_an_answer(self, stage: Stage) -> None:
        board = await stage.board()
        one, two, three = [(await stage.open_topic(board))[0] for _ in range(3)]
        assert await ids(stage, Listing(UNANSWERED, board)) == [three, two, one]
        await stage.add_post(two)
        await stage.store.house.set_role(MODERATOR, "Moderator")
        await stage.store.perform(MODERATOR, Action(stage.key(), Close(three)))
        assert await ids(stage, Listing(UNANSWERED)) == [one]


async def ids(stage: Stage, listing: Listing) -> list[TopicId]:
    return [topic.id for topic in await all_topics(stage.backend, listing)]


async def like(stage: Stage, who: str, topic: TopicId, post: PostId, *, on: bool = True) -> None:
    await stage.store.perform(who, Action(stage.key(), Like(topic, post, on=on)))
