"""What a server serves, and what all its requests share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from forumtui.forum.house import House
from forumtui.forum.identities import Identities
from forumtui.forum.store import ForumStore
from forumtui.model import Action, Receipt
from forumtui.server.events import Watcher
from forumtui.server.limits import Limits, Rates
from forumtui.server.ready import Kept, Views


class Guests(Protocol):
    """What guests of a forum can notice."""

    async def version(self) -> int | None:
        """Differs after any write that guests can see; None where only members may look."""


class Forum(ForumStore, Protocol):
    """A forum that can be served: with its housekeeping, and with what it knows of identities."""

    @property
    def guests(self) -> Guests:
        """Those who are no members."""

    @property
    def house(self) -> House:
        """Its housekeeping."""

    @property
    def identities(self) -> Identities:
        """Its members' ways in."""

    async def perform(self, me: str, action: Action, *, plainly: bool = False) -> Receipt:
        """As every store; ``plainly``: as any member may, whatever the role or the lead of a board allow besides."""


class Served:
    """One forum as one server process has it."""

    def __init__(self, forum: Forum, limits: Limits) -> None:
        self.forum = forum
        self.limits = limits
        self.rates = Rates()
        self.kept = Kept(limits.kept)
        self.views = Views(forum.view_class)
        streams: Counter[Hashable] = Counter()
        self.guests = Watcher(forum.guests.version, limits, streams=streams)
        """For guests, who hear only of what they can see."""
        self.watcher = Watcher(forum.version, limits, streams=streams, also=self.guests)


def served_by(request: Request) -> Served:
    """What the server of a request serves."""
    return cast("Served", request.app.state.served)


async def _forum(request: Request) -> Forum:
    return served_by(request).forum


TheForum = Annotated[Forum, Depends(_forum)]
