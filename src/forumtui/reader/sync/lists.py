"""Lists in the orders that a forum names: fetched as they are looked at, and before they are old."""

from __future__ import annotations

from dataclasses import replace

from forumtui.backends.api import Backend
from forumtui.errors import Refused, Unsupported
from forumtui.model import LATEST, Listing, Page, Topic
from forumtui.reader.library import Library
from forumtui.reader.rows import AccountKey, WantTopics
from forumtui.reader.sql.standing import Kept

FRESH = 60.0
"""Seconds that a list is taken for current when somebody comes back to it."""
_KEPT_UP = 14 * 24 * 3600
"""Seconds since a list was looked at last that it is kept ready for."""
OLD = 900.0
"""Seconds after which a list that is kept ready is fetched again."""


class Lists:
    """One account's, through one open backend."""

    def __init__(self, library: Library, account: AccountKey, backend: Backend) -> None:
        self._library = library
        self._account = account
        self._backend = backend

    async def answer(self, want: WantTopics, *, news: bool, fed: bool) -> None:
        """The first page of a list, or one more.  ``fed``: the change feed brings the latest besides."""
        asked = Listing(want.order, want.board, want.period)
        listing, kept = await self._library.listings.look(self._account, asked)
        if want.more and (kept is not None or listing.name == LATEST):
            await self._go_on(listing, kept, news=news)
        elif listing.name == LATEST:
            await self._latest(listing, kept, news=news, fed=fed)
        elif kept is None or want.anew or self._library.listings.is_older(kept, FRESH):
            await self._begin(listing, news=news)

    async def _latest(self, listing: Listing, kept: Kept | None, *, news: bool, fed: bool) -> None:
        """The first page and, without a change feed, one page more than last time."""
        page = await self._headers(listing, None, news=news)
        if fed:
            return
        if kept is None:
            await self._library.listings.begin(self._account, listing, replace(page, items=()))
            _, kept = await self._library.listings.look(self._account, listing)
        await self._go_on(listing, kept, news=False)

    async def _begin(self, listing: Listing, *, news: bool) -> None:
        try:
            page = await self._headers(listing, None, news=news)
        except (Refused, Unsupported) as error:
            await self._library.listings.refuse(self._account, listing, str(error))
        else:
            await self._library.listings.begin(self._account, listing, page)

    async def _go_on(self, listing: Listing, kept: Kept | None, *, news: bool) -> None:
        """One page further; from the start where the forum knows the place no more."""
        if kept is None or kept.after is None:
            return
        try:
            page = await self._headers(listing, kept, news=news)
        except Refused:
            await self._begin(listing, news=news)
            return
        if page.after == kept.after:
            page = replace(page, after=None)  # it leads nowhere
        await self._library.listings.go_on(
            self._account, kept, page if listing.name != LATEST else replace(page, items=())
        )

    async def _headers(self, listing: Listing, kept: Kept | None, *, news: bool) -> Page[Topic]:
        page = await self._backend.topics(listing, None if kept is None else kept.after)
        await self._library.intake.topics(self._account, page.items, news=news)
        return page

    async def renew_one(self, *, news: bool) -> bool:
        """Ask anew for one list that is kept ready and was not fetched lately; whether there was one.

        These are the lists that somebody looked at, and the whole forum's in the order that it is shown in.
        """
        listing = await self._library.listings.due(self._account, within=_KEPT_UP, older=OLD)
        if listing is None:
            return False
        await self._begin(listing, news=news)
        return True
