"""In which order a list of topics is shown."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase

from forumtui.model import Order
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.orders import offered, show_in
from forumtui.tui.render.order_words import order_words, period_words


async def order(desk: Desk, _count: int | None) -> None:
    """Another order of the list: new, top and whatever else the forum offers."""
    query, told = await offered(desk)
    keys = _keys([order.title for order in told.orders])
    typed = await desk.choose(
        f"{order_words(told.order, told.period)} now; which order?",
        {key: each.title for key, each in zip(keys, told.orders, strict=True)},
    )
    if typed is None:
        return
    wanted = told.orders[keys.index(typed)]
    period = await _period(desk, wanted)
    if period is not None:
        await show_in(desk, query, wanted, period)


async def _period(desk: Desk, wanted: Order) -> str | None:
    """The period to look back over; None: the user left."""
    if len(wanted.periods) < 2:
        return next(iter(wanted.periods), "")
    words = [period_words(period) for period in wanted.periods]
    keys = _keys(words)
    typed = await desk.choose(f"{wanted.title} of which period?", dict(zip(keys, words, strict=True)))
    return None if typed is None else wanted.periods[keys.index(typed)]


def _keys(titles: Sequence[str]) -> list[str]:
    """A letter for each, of its own name where one is free; numbers where there are more than letters."""
    if len(titles) > len(ascii_lowercase):
        width = len(str(len(titles) - 1))
        return [f"{place:0{width}}" for place in range(len(titles))]
    taken: list[str] = []
    for title in titles:
        free = [letter for letter in (*title.casefold(), *ascii_lowercase) if letter in ascii_lowercase]
        taken.append(next(letter for letter in free if letter not in taken))
    return taken
