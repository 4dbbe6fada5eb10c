"""Contract: windows of a topic's posts, from every place, of every size."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

import pytest

from forumtui.errors import BackendError, Refused
from forumtui.model import Place, PostId, Window
from forumtui.testing.contract.stage import ContractTests, Stage, all_posts, ids, on_stage


class WindowContract(ContractTests):
    """Every way through a topic shows the same posts in the same order."""

    @on_stage
    async def test_windows_of_any_size_are_the_topic(self, stage: Stage) -> None:
        topic, posts = await stage.thread(23)
        for limit in (1, 2, 5, 22, 23, 24, 1000):
            forwards = await all_posts(stage.backend, topic, limit)
            backwards = await all_posts(stage.backend, topic, limit, backwards=True)
            assert [post.id for post in forwards] == posts
            assert forwards == backwards
            assert [post.sort for post in forwards] == sorted({post.sort for post in forwards})

    @on_stage
    async def test_start_and_end(self, stage: Stage) -> None:
        topic, posts = await stage.thread(9)
        start = await stage.backend.posts(topic, Window(Place.START, limit=4))
        end = await stage.backend.posts(topic, Window(Place.END, limit=4))
        assert (ids(start), ids(end)) == (posts[:4], posts[-4:])
        assert start.before is None
        assert start.after is not None
        assert end.before is not None
        assert end.after is None

    @on_stage
    async def test_whole_topic_has_no_cursors(self, stage: Stage) -> None:
        topic, posts = await stage.thread(3)
        for place in (Place.START, Place.END, Place.UNREAD):
            page = await stage.backend.posts(topic, Window(place, limit=3))
            assert (ids(page), page.before, page.after, page.complete) == (posts, None, None, True)

    @on_stage
    async def test_cursors_of_a_window_meet_its_ends(self, stage: Stage) -> None:
        topic, posts = await stage.thread(12)
        middle = await stage.backend.posts(topic, Window(Place.POST, posts[6], 4))
        assert middle.before is not None
        assert middle.after is not None
        before = await stage.backend.posts(topic, Window(Place.BEFORE, middle.before, 3))
        after = await stage.backend.posts(topic, Window(Place.AFTER, middle.after, 3))
        start, end = posts.index(ids(middle)[0]), posts.index(ids(middle)[-1])
        assert ids(before) == posts[start - 3 : start]
        assert ids(after) == posts[end + 1 : end + 4]

    @on_stage
    async def test_window_around_a_post_holds_it_about_the_middle(self, stage: Stage) -> None:
        topic, posts = await stage.thread(21)
        for index in (0, 1, 10, 19, 20):
            for limit in (1, 2, 5, 50):
                found = ids(await stage.backend.posts(topic, Window(Place.POST, posts[index], limit)))
                assert posts[index] in found
                assert len(found) == min(limit, len(posts))
                assert found == posts[posts.index(found[0]) : posts.index(found[0]) + len(found)]
        middle = ids(await stage.backend.posts(topic, Window(Place.POST, posts[10], 5)))
        assert 1 <= middle.index(posts[10]) <= 3

    @on_stage
    async def test_window_around_a_number(self, stage: Stage) -> None:
        topic, posts = await stage.thread(21)
        shown = await all_posts(stage.backend, topic, 100)
        for post in (shown[0], shown[10], shown[20]):
            if post.number is not None:
                page = await stage.backend.posts(topic, Window(Place.NUMBER, str(post.number), 3))
                assert post in page.items
        far = await stage.backend.posts(topic, Window(Place.NUMBER, "1000000", 3))
        assert ids(far) == posts[-3:]

    @on_stage
    async def test_unread_is_a_place_in_the_topic(self, stage: Stage) -> None:
        topic, posts = await stage.thread(5)
        page = await stage.backend.posts(topic, Window(Place.UNREAD, limit=2))
        assert page.items
        assert set(ids(page)) <= set(posts)

    @on_stage
    async def test_unknown_place_is_refused(self, stage: Stage) -> None:
        topic, posts = await stage.thread(2)
        _, (stranger,) = await stage.thread(1)
        for at in (PostId("999999"), PostId("no such id"), PostId(""), stranger):
            with pytest.raises(Refused):
                await stage.backend.posts(topic, Window(Place.POST, at))
        with pytest.raises(BackendError):
            await stage.backend.posts(topic, Window(Place.NUMBER, "no number"))
        for place in (Place.AFTER, Place.BEFORE):
            with pytest.raises(BackendError):
                await stage.backend.posts(topic, Window(place, "never given out"))
        assert len(posts) == 2

    @on_stage
    async def test_post_added_meanwhile_comes_at_the_end(self, stage: Stage) -> None:
        topic, posts = await stage.thread(6)
        page = await stage.backend.posts(topic, Window(limit=4))
        assert page.after is not None
        added = await stage.add_post(topic)
        rest = await stage.backend.posts(topic, Window(Place.AFTER, page.after, 10))
        assert [*ids(page), *ids(rest)] == [*posts, added]

    @on_stage
    async def test_parent_is_named(self, stage: Stage) -> None:
        topic, posts = await stage.thread(2)
        answer = await stage.add_post(topic, "An answer.", parent=posts[0])
        page = await stage.backend.posts(topic, Window())
        assert [post.parent for post in page.items][-1] == posts[0]
        assert page.items[-1] == await stage.backend.post(answer)
