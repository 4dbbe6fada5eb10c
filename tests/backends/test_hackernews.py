"""What is peculiar to Hacker News: two sources of one thread, ranks, polls, what is gone, and how little is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.backends.hackernews_server import HackerNewsServer, Items

from forumtui.backends.hackernews import driver
from forumtui.backends.hackernews.backend import HackerNewsBackend, session
from forumtui.backends.web import Answer, Request
from forumtui.errors import BackendError, Missing, Offline, Unsupported
from forumtui.model import (
    Ability,
    Action,
    Body,
    Format,
    Like,
    Listing,
    Place,
    PostId,
    Reply,
    TopicId,
    Window,
)

STORY = TopicId("100")
SITE: Items = {
    100: {
        "id": 100,
        "type": "story",
        "by": "ann",
        "time": 1_200_000_000,
        "title": "Show HN: Penguins &amp; terns",
        "url": "https://birds.example/?a=1&b=2",
        "score": 57,
        "descendants": 5,
        "kids": [104, 101, 103],
    },
    101: {
        "id": 101,
        "type": "comment",
        "by": "bob",
        "time": 1_200_000_100,
        "text": "First.",
        "parent": 100,
        "kids": [102],
    },
    102: {"id": 102, "type": "comment", "time": 1_200_000_200, "deleted": True, "parent": 101, "kids": [105]},
    103: {
        "id": 103,
        "type": "comment",
        "by": "eve",
        "time": 1_200_000_300,
        "text": "Spam.",
        "dead": True,
        "parent": 100,
    },
    104: {
        "id": 104,
        "type": "comment",
        "by": "cat",
        "time": 1_200_000_400,
        "text": 'See <a href="item?id=8863" rel="nofollow">that</a> and <a href="https:&#x2F;&#x2F;x.example">this</a>.',
        "parent": 100,
    },
    105: {"id": 105, "type": "comment", "by": "dan", "time": 1_200_000_500, "text": "Below.", "parent": 102},
    200: {
        "id": 200,
        "type": "poll",
        "by": "ann",
        "time": 1_200_001_000,
        "title": "Poll: Which bird?",
        "text": "Choose.",
        "score": 9,
        "descendants": 0,
        "parts": [201, 202],
    },
    201: {"id": 201, "type": "pollopt", "by": "ann", "time": 1_200_001_000, "text": "Tern", "score": 335, "poll": 200},
    202: {"id": 202, "type": "pollopt", "by": "ann", "time": 1_200_001_000, "text": "Auk", "score": 1, "poll": 200},
    300: {
        "id": 300,
        "type": "job",
        "by": "zoo",
        "time": 1_200_002_000,
        "title": "A keeper is wanted",
        "text": "",
        "score": 1,
    },
}


@asynccontextmanager
async def a_site(
    items: Mapping[int, Mapping[str, Any]] = SITE, *, lag: int = 0
) -> AsyncIterator[tuple[HackerNewsServer, HackerNewsBackend]]:
    async def read() -> Items:
        return items

    server = HackerNewsServer(read, lag=lag)
    async with session(transport=server) as backend:
        yield server, backend


async def test_the_first_screen_is_two_questions() -> None:
    async with a_site() as (server, site):
        await site.info()
        await site.boards()
        page = await site.topics(Listing("top"))
        assert [topic.id for topic in page.items] == ["100", "200"]
        assert len(server.asked) == 2


async def test_reading_a_thread_is_two_questions_however_it_is_paged() -> None:
    async with a_site() as (server, site):
        await site.topic(STORY)
        page = await site.posts(STORY, Window(limit=2))
        while page.after is not None:
            page = await site.posts(STORY, Window(Place.AFTER, page.after, 2))
        await site.posts(STORY, Window(Place.POST, "104"))
        await site.post(PostId("104"))
        assert len(server.asked) == 2 + 1, "a post alone is asked for by its thread"


async def test_the_best_answers_have_ranks() -> None:
    async with a_site() as (_, site):
        posts = (await site.posts(STORY, Window())).items
        assert [post.id for post in posts] == ["100", "101", "102", "103", "104", "105"]
        assert {post.id: post.rank for post in posts if post.rank is not None} == {"104": 0, "101": 1, "103": 2}
        assert {post.id: post.parent for post in posts} == {
            "100": None,
            "101": "100",
            "102": "101",
            "103": "100",
            "104": "100",
            "105": "102",
        }


async def test_a_story_shows_its_link_author_and_points() -> None:
    async with a_site() as (_, site):
        story = await site.topic(STORY)
        first = (await site.posts(STORY, Window())).items[0]
        assert (story.title, story.posts, story.url) == (
            "Show HN: Penguins & terns",
            6,
            "https://news.ycombinator.com/item?id=100",
        )
        assert first.likes == 57
        assert first.author is not None
        assert first.author.name == "ann"
        address = "https://birds.example/?a=1&amp;b=2"
        assert first.body == Body(f'<p><a href="{address}">{address}</a></p>', Format.HTML)


async def test_links_within_the_site_are_whole() -> None:
    async with a_site() as (_, site):
        body = (await site.post(PostId("104"))).body
        assert body is not None
        assert 'href="https://news.ycombinator.com/item?id=8863"' in body.source
        assert 'href="https:&#x2F;&#x2F;x.example"' in body.source


async def test_what_is_gone_leaves_a_placeholder() -> None:
    async with a_site() as (_, site):
        posts = {post.id: post for post in (await site.posts(STORY, Window())).items}
        deleted = posts[PostId("102")]
        assert (deleted.deleted, deleted.body, deleted.author) == (True, None, None)
        assert posts[PostId("105")].parent == "102"


async def test_a_dead_comment_that_only_the_site_tells_is_hidden() -> None:
    async with a_site(lag=7) as (_, site):
        dead = {post.id: post for post in (await site.posts(STORY, Window())).items}[PostId("103")]
        assert (dead.hidden, dead.deleted, dead.body) == (True, False, None)
        assert dead.author is not None


@pytest.mark.parametrize("told", [True, False])
async def test_a_poll_shows_its_options_with_their_points(told: bool) -> None:
    async with a_site() as (server, site):
        if not told:
            server.tells_options = False
        first = (await site.posts(TopicId("200"), Window())).items[0]
        assert first.body is not None
        assert first.body.source == "Choose.\n<ul><li>Tern — 335 points</li><li>Auk — 1 point</li></ul>"
        assert first.likes == 9


@pytest.mark.parametrize("lag", range(10))
async def test_what_the_index_does_not_know_yet_is_read_all_the_same(lag: int) -> None:
    async with a_site(lag=lag) as (_, site):
        page = await site.posts(STORY, Window())
        assert {"100", "101", "104"} <= {post.id for post in page.items}
        if lag <= 4 or lag == 9:  # between, what is new answers what the index knows
            assert len(page.items) == 6
        assert page.complete == (len(page.items) == 6)
        assert [topic.id for topic in (await site.topics(Listing("new"))).items] == ["300", "200", "100"]


async def test_a_comment_that_is_too_new_for_the_index_leads_up_to_its_story() -> None:
    async with a_site(lag=10) as (_, site):
        post = await site.post(PostId("105"))
        assert (post.topic, post.parent) == ("100", "102")
        assert (await site.topic(TopicId("105"))).id == "100"


async def test_circles_of_parents_end() -> None:
    items = {
        **SITE,
        101: {**SITE[101], "parent": 102, "kids": [102, 101]},
        102: {**SITE[102], "parent": 101, "kids": [101]},
    }
    async with a_site(items, lag=10) as (_, site):
        posts = (await site.posts(STORY, Window())).items
        assert len({post.id for post in posts}) == len(posts)
        with pytest.raises(BackendError):
            await site.post(PostId("102"))


async def test_the_lists_work_without_the_index() -> None:
    async with a_site() as (server, _):

        async def half(request: Request) -> Answer:
            if "algolia" in request.url:
                raise ConnectionRefusedError("refused")
            return await server(request)

        async with session(transport=half) as site:
            assert [topic.id for topic in (await site.topics(Listing("new"))).items] == ["300", "200", "100"]
            with pytest.raises(Offline):
                await site.posts(STORY, Window())


async def test_jobs_and_the_rest_have_their_lists() -> None:
    async with a_site() as (_, site):
        names = {
            order.name: [topic.id for topic in (await site.topics(Listing(order.name))).items]
            for order in (await site.info()).orders
        }
        assert names == {
            "top": ["100", "200"],
            "new": ["300", "200", "100"],
            "best": ["100", "200"],
            "ask": [],
            "show": ["100"],
            "jobs": ["300"],
        }


async def test_a_search_finds_comments_and_stories() -> None:
    async with a_site() as (_, site):
        (hit,) = (await site.search("below")).items
        assert (hit.topic.id, hit.topic.title, hit.post.id, hit.post.parent) == (
            "100",
            "Show HN: Penguins & terns",
            "105",
            "102",
        )
        (found,) = (await site.search("which bird")).items
        assert (found.topic.id, found.post.id, found.topic.tags) == ("200", "200", ("poll",))


async def test_a_users_page() -> None:
    async with a_site() as (server, site):
        server.users["ann"] = {
            "id": "ann",
            "created": 1_173_923_446,
            "karma": 2937,
            "about": "Birds.<p>See &lt;this&gt;.",
        }
        member = await site.member("ann")
        assert (member.name, member.joined, member.about) == (
            "ann",
            1_173_923_446_000,
            "2937 points\n\nBirds.\n\nSee <this>.",
        )
        for name in ("nobody", "", "..", "a/b", "\0"):
            with pytest.raises(Missing):
                await site.member(name)


async def test_what_is_not_done_from_here_is_said_before_and_when_it_is_tried() -> None:
    async with a_site() as (_, site):
        can = (await site.info()).can
        assert can.refusal(Ability.REPLY) == "Hacker News takes replies in the browser only"
        assert can.refusal(Ability.SEARCH) is None
        for act in (Reply(STORY, Body("Text.")), Like(STORY, PostId("101"))):
            with pytest.raises(Unsupported, match="in the browser only"):
                await site.perform(Action("key", act))
        assert driver.log_in_form == ()
        with pytest.raises(Unsupported, match="in the browser only"):
            await driver.log_in("https://news.ycombinator.com", {}, {})
