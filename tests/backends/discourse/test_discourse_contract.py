"""The contract, kept over a Discourse site in memory."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.backends.discourse.site import NamedByNumber, Site
from tests.reference.forum import ReferenceForum

from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.web import Limits
from forumtui.model import Body
from forumtui.testing import BackendContract
from forumtui.testing.contract import Stage

PLACE = "https://talk.example/forum"


class Reads(BackendContract):
    can_write = has_feed = can_watch = can_moderate = can_mark = has_leaders = has_notice = False
    mega = 10_000

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        store = ReferenceForum()
        site = Site(store, mega=self.mega)
        async with connect(PLACE, {}, transport=site.below("/forum"), limits=Limits()) as asking:
            yield Stage(DiscourseBackend(asking, PLACE), NamedByNumber(store), me)  # type: ignore[arg-type]  # a store by its attributes

    def text_of(self, body: Body) -> str:
        return html.unescape(body.source.removeprefix("<p>").removesuffix("</p>"))


class TestSite(Reads):
    """As most are."""


class TestMegaTopics(Reads):
    """Each topic as the very long ones are, without a list of its posts."""

    mega = 1
