"""What a Discourse site tells its members: asked for without taking it for seen, marked one by one or all at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.backends.broken import INSTEAD, places
from tests.backends.discourse.site import Site
from tests.reference.forum import ReferenceForum

from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.discourse.notices import notification
from forumtui.backends.discourse.reading import Site as Place
from forumtui.backends.web import Limits
from forumtui.backends.web.fields import Fields
from forumtui.errors import BackendError, Unsupported
from forumtui.model import Cause, Notification, NotificationId, TopicId

PLACE = "https://talk.example"


def row(number: int, **changes: Any) -> dict[str, Any]:
    told = {"id": number, "notification_type": 2, "read": False, "created_at": "2026-02-03T04:05:06.000Z"}
    where = {"topic_id": 7, "post_number": 3, "slug": "birds", "fancy_title": "Birds &amp; bees"}
    return {**told, **where, "data": {"display_username": "bob"}, **changes}


async def test_they_are_read_and_marked() -> None:
    site = Site(ReferenceForum(), notices=[row(3), row(2, notification_type=1, data={"topic_title": "B"}), row(1)])
    async with connect(PLACE, {"key": "key-of-ann"}, transport=site, limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE, "ann")
        first, second, _ = (await backend.notifications()).items
        assert first == Notification(
            NotificationId("3"), Cause.REPLY, "Birds & bees", TopicId("7"), first.post, "bob", first.created,
            url=f"{PLACE}/t/7/3",
        )  # fmt: skip
        assert (first.post, second.kind, second.title, second.who) == ("7/3", Cause.MENTION, "B", None)
        assert len(site.asked) == 1
        await backend.mark_notified(NotificationId("2"))
        assert [each.read for each in (await backend.notifications()).items] == [False, True, False]
        await backend.mark_notified()
        assert all(each.read for each in (await backend.notifications()).items)


async def test_a_guest_is_told_nothing_and_asks_nothing() -> None:
    site = Site(ReferenceForum())
    async with connect(PLACE, {}, transport=site, limits=Limits()) as asking:
        with pytest.raises(Unsupported):
            await DiscourseBackend(asking, PLACE).notifications()
    assert site.asked == []


def test_any_field_may_be_anything() -> None:
    read = refused = 0
    for index in range(len(list(places(row(1))))):
        for instead in INSTEAD:
            broken = copy.deepcopy(row(1))
            holder, name = list(places(broken))[index]
            holder[name] = instead
            try:
                found = notification(Fields(broken, "A notification"), Place(PLACE))
            except BackendError:
                refused += 1
            else:
                read += 1
                assert found.title
    assert read > refused > 0
