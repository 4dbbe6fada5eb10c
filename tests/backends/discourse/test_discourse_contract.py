"""The contract, kept over a Discourse site in memory."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from tests.backends.discourse.site import NamedByNumber, Site
from tests.reference.forum import ReferenceForum

from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.web import Limits
from forumtui.model import Body, Format
from forumtui.testing import BackendContract
from forumtui.testing.contract import Stage
from forumtui.testing.contract.stage import ME

PLACE = "https://talk.example/forum"


class Reads(BackendContract):
    can_write = has_feed = can_watch = can_moderate = can_mark = has_leaders = has_notice = False
    mega = 10_000
    options: ClassVar[dict[str, str]] = {}

    @asynccontextmanager
    async def open(self, me: str) -> AsyncIterator[Stage]:
        store = ReferenceForum()
        site = Site(store, mega=self.mega)
        async with connect(PLACE, self.options, transport=site.below("/forum"), limits=Limits()) as asking:
            yield Stage(DiscourseBackend(asking, PLACE, self.options.get("name", "")), NamedByNumber(store), me)

    def text_of(self, body: Body) -> str:
        if body.format != Format.HTML:
            return body.source
        return html.unescape(body.source.removeprefix("<p>").removesuffix("</p>"))


class TestSite(Reads):
    """As most are."""


class TestMember(Reads):
    """With a key, by which the site knows who asks."""

    can_write = True
    has_subjects = tells_my_role = False
    own_boards = ("Private messages",)
    options: ClassVar[dict[str, str]] = {"key": f"key-of-{ME}", "client": "this-reader", "name": ME}


class TestMegaTopics(Reads):
    """Each topic as the very long ones are, without a list of its posts."""

    mega = 1
