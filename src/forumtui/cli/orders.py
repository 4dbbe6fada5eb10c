"""Lists of topics in the orders that a forum offers, for commands."""

from __future__ import annotations

from dataclasses import replace

from forumtui.cli.call import complain
from forumtui.cli.session import Session, now
from forumtui.errors import UsageError
from forumtui.model import BoardId
from forumtui.reader.rows import AccountRow, Sorted, TopicQuery, WantTopics
from forumtui.text.ages import iso

_AS_MANY = 1_000_000
_LATELY = 120_000
"""Ms; a list that came so lately needs no word about its age."""


async def ordered(session: Session, account: AccountRow, query: TopicQuery, word: str | None) -> TopicQuery:
    """The list in the order ``NAME`` or ``NAME:PERIOD``; without one, in the order that the forum shows first.

    What somebody chose in the reader is nothing to a script.  Raises `UsageError` for what is not offered there.
    """
    offered = (await session.library.listings.sorted_as(query)).orders
    name, _, period = (word or offered[0].name).partition(":")
    wanted = next((order for order in offered if order.name == name), None)
    title = account.title or account.name
    if wanted is None:
        names = ", ".join(order.name for order in offered)
        raise UsageError(f'{title} has no order "{name}".  It offers {names}.')
    if period and period not in wanted.periods:
        has = f"It has {', '.join(wanted.periods)}." if wanted.periods else "It has none."
        raise UsageError(f'The order "{name}" of {title} has no period "{period}".  {has}')
    return replace(query, order=name, period=period)


async def fetch(
    session: Session, account: AccountRow, query: TopicQuery, board: BoardId | None, limit: int | None
) -> None:
    """Bring in so many topics of a list, as far as the forum has them; without a line, say as of when it is."""
    told = await session.library.listings.sorted_as(query)
    if told.is_latest and board is None:
        return  # these came with the first look
    want = WantTopics(account.key, board, told.order.name, told.period)
    await session.fetch(account, want, mirror=False)
    told = await session.library.listings.sorted_as(query)
    if told.is_latest:
        return
    here, before = await _count(session, query, limit), -1
    while told.more and not session.offline and before < here < (limit or _AS_MANY):
        before = here
        await session.fetch(account, replace(want, more=True), mirror=False)
        told, here = await session.library.listings.sorted_as(query), await _count(session, query, limit)
    _say_what_is_missing(told)


async def _count(session: Session, query: TopicQuery, limit: int | None) -> int:
    """How many topics of the list are here."""
    rows = await session.library.reading.topics(replace(query, unread=False), after=1)
    if limit is None or not query.unread:
        return rows.total or 0
    return len((await session.library.reading.topics(query, after=limit)).rows)


def _say_what_is_missing(told: Sorted) -> None:
    if told.note:
        complain(told.note)
    elif told.at is None:
        complain("Nothing of this list was fetched yet.")
    elif now() - told.at > _LATELY:
        complain(f"This list is as of {iso(told.at)}.")
