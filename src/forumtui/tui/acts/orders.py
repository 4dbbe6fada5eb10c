"""The orders that a list can be shown in, and showing it in one of them."""

from __future__ import annotations

from dataclasses import replace

from forumtui.errors import UsageError
from forumtui.model import LATEST, Order
from forumtui.reader.rows import Sorted, TopicQuery
from forumtui.settings import nearest
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.steps import list_here
from forumtui.tui.render.order_words import order_words


async def offered(desk: Desk) -> tuple[TopicQuery, Sorted]:
    """The list that is seen, and what is offered there.  Raises `UsageError` where there is nothing to choose."""
    query = list_here(desk.reader)
    told = await desk.library.listings.sorted_as(query)
    if not told.orders:
        raise UsageError("This list has one order only; boards and forums may have others.")
    if [each.name for each in told.orders] == [LATEST]:
        raise UsageError("This forum lists its topics by latest activity only.")
    return query, told


async def orders_here(desk: Desk) -> list[tuple[str, str]]:
    """The orders that the list can be shown in: what `order_named` takes, and what people call it."""
    query = list_here(desk.reader)
    told = await desk.library.listings.sorted_as(query)
    pairs = [(each, period) for each in told.orders for period in each.periods or ("",)]
    found = [(f"{each.name}:{period}" if period else each.name, order_words(each, period)) for each, period in pairs]
    return found if len(found) > 1 else []


async def order_named(desk: Desk, word: str) -> None:
    """Show the list in the order that ``NAME`` or ``NAME:PERIOD`` says.  Raises `UsageError` for another one."""
    query, told = await offered(desk)
    name, _, period = word.partition(":")
    wanted = next((each for each in told.orders if each.name == name), None)
    if wanted is None:
        raise UsageError(f'There is no order "{name}" here{nearest(name, [each.name for each in told.orders])}')
    if period and period not in wanted.periods:
        raise UsageError(f'"{name}" has no period "{period}" here{nearest(period, wanted.periods)}')
    await show_in(desk, query, wanted, period)


async def show_in(desk: Desk, query: TopicQuery, wanted: Order, period: str) -> None:
    """From now on."""
    assert query.account is not None  # else nothing is offered
    await desk.library.listings.choose(query.account, query.board, wanted.name, period)
    await desk.reader.show_list(replace(query, order="", period=""), focus=False)
    desk.reader.show_here()
    desk.say(f"{order_words(wanted, period)}; kept for this list.")
