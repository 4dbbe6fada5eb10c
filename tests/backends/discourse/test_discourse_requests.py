"""How many requests a Discourse site gets for what one looks at."""

from __future__ import annotations

import pytest
from tests.backends.discourse.site import Site
from tests.backends.discourse.test_discourse_contract import PLACE
from tests.reader.sync.stage import add_topic
from tests.reference.forum import ReferenceForum

from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.web import Limits
from forumtui.forum.house import BoardDraft
from forumtui.model import Place, Window


@pytest.mark.parametrize("place", [Place.START, Place.UNREAD, Place.END])
@pytest.mark.parametrize(("posts", "requests"), [(1, 1), (20, 1), (57, 2)])
async def test_a_topic_is_opened_in_one_request_and_one_for_more_posts(place: Place, posts: int, requests: int) -> None:
    store = ReferenceForum()
    topic = await add_topic(store, await store.house.add_board(BoardDraft(title="General")), "A topic", posts)
    site = Site(store)
    async with connect(PLACE, {}, transport=site.below("/forum"), limits=Limits()) as asking:
        backend = DiscourseBackend(asking, PLACE)
        assert (await backend.topic(topic)).posts == posts
        page = await backend.posts(topic, Window(place, limit=50))
    assert len(site.asked) == requests
    numbers = [post.number for post in page.items]
    assert len(numbers) == min(posts, 50)
    assert numbers[-1] == (posts if place is Place.END else len(numbers))
