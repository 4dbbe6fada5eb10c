"""What is peculiar to Lobsters: shapes of several years, what is gone, merged stories, its pages, and how little is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.backends.lobsters_server import LobstersServer, SiteData, time_text

from forumtui.backends.lobsters import driver
from forumtui.backends.lobsters.backend import LIMITS, LobstersBackend, session
from forumtui.backends.web import Limits
from forumtui.errors import Missing, RateLimited, Refused, Unreadable, Unsupported
from forumtui.model import (
    Ability,
    Action,
    BoardId,
    Body,
    Cursor,
    Format,
    Listing,
    Place,
    PostId,
    Reply,
    TopicId,
    Window,
)

STORY = TopicId("pengui")
NOON = 1_700_000_000_000


def comment(name: str, minutes: int, text: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "short_id": name,
        "created_at": time_text(NOON + minutes * 60_000),
        "last_edited_at": time_text(NOON + minutes * 60_000),
        "is_deleted": False,
        "is_moderated": False,
        "score": 3,
        "flags": 0,
        "parent_comment": parent,
        "comment": f"<p>{text}</p>",
        "comment_plain": text,
        "url": f"https://lobsters.example/s/pengui/all_about_penguins#c_{name}",
        "depth": 0 if parent is None else 1,
        "commenting_user": "bob",
        **more,
    }


SHOWN = [
    comment("best00", 30, "The *best*.", last_edited_at=time_text(NOON + 40 * 60_000)),
    comment("under0", 40, "Below it.", "best00"),
    comment("first0", 10, "Mine.", is_deleted=True, comment="<em>Comment removed by author</em>"),
    comment("mod000", 15, "Rude.", "first0", is_moderated=True, comment="<em>Comment removed by moderator x: no</em>"),
    comment("ban000", 16, "Spam.", is_deleted=True, comment="<em>Comment from banned user removed</em>"),
    comment("low000", 20, "Low.", score=-4, commenting_user=None),
]
PENGUINS = {
    "short_id": "pengui",
    "short_id_url": "https://lobsters.example/s/pengui",
    "created_at": time_text(NOON),
    "title": "All about penguins",
    "url": "https://birds.example/?a=1&b=2",
    "score": 57,
    "flags": 0,
    "comment_count": 6,
    "description": "",
    "description_plain": "",
    "comments_url": "https://lobsters.example/s/pengui/all_about_penguins",
    "submitter_user": "ann",
    "user_is_author": False,
    "tags": ["pdf", "birds"],
    "comments": SHOWN,
}
TAGS = [
    {"tag": "birds", "description": "What flies", "active": True, "category": "animals"},
    {"tag": "fish", "description": "What swims", "active": True, "category": "animals"},
    {"tag": "old", "description": "No longer", "active": False, "category": "animals"},
    {"tag": "c++", "description": "Pluses", "active": True, "category": "languages"},
]
USERS: list[dict[str, object]] = [
    {
        "username": "ann",
        "created_at": time_text(NOON),
        "is_admin": False,
        "is_moderator": True,
        "karma": 12,
        "about": "See <https://ann.example> & <em>more</em>.",
        "invited_by_user": "bob",
        "github_username": "annn",
    },
    {"username": "root", "created_at": time_text(NOON), "is_admin": True, "about": ""},
]
SITE = SiteData([PENGUINS], TAGS, USERS, {"merged": "pengui"})


@asynccontextmanager
async def a_site(
    data: SiteData = SITE, *, most: int = 1 << 30, limits: Limits = LIMITS
) -> AsyncIterator[tuple[LobstersServer, LobstersBackend]]:
    async def read() -> SiteData:
        return data

    server = LobstersServer(read, most=most)
    async with session("https://lobsters.example", transport=server, limits=limits) as backend:
        yield server, backend


async def test_the_first_screen_is_two_questions_and_a_story_one() -> None:
    async with a_site() as (server, site):
        await site.info()
        await site.boards()
        await site.topics(Listing("hottest"))
        assert server.asked == ["tags.json", "hottest.json"]
        await site.topic(STORY)
        page = await site.posts(STORY, Window(limit=2))
        while page.after is not None:
            page = await site.posts(STORY, Window(Place.AFTER, page.after, 2))
        await site.post(PostId("low000"))
        assert server.asked[2:] == ["s/pengui.json"]


async def test_comments_stand_in_time_and_have_the_sites_ranks() -> None:
    async with a_site() as (_, site):
        posts = (await site.posts(STORY, Window())).items
        assert [post.id for post in posts] == ["s/pengui", "first0", "mod000", "ban000", "low000", "best00", "under0"]
        assert {post.id: (post.parent, post.rank) for post in posts} == {
            "s/pengui": (None, None),
            "best00": ("s/pengui", 0),
            "under0": ("best00", 0),
            "first0": ("s/pengui", 1),
            "mod000": ("first0", 0),
            "ban000": ("s/pengui", 2),
            "low000": ("s/pengui", 3),
        }
        assert {post.id: post.edited is not None for post in posts if post.edited} == {"best00": True}
        assert posts[5].body == Body("The *best*.", Format.MARKDOWN)
        assert (posts[4].likes, posts[4].author) == (-4, None)


async def test_three_sorts_of_gone_comments() -> None:
    async with a_site() as (_, site):
        posts = {post.id: post for post in (await site.posts(STORY, Window())).items}
        by_author, by_moderator, banned = (posts[PostId(name)] for name in ("first0", "mod000", "ban000"))
        assert (by_author.deleted, by_author.hidden, by_author.author) == (True, False, None)
        for post in (by_moderator, banned):
            assert (post.deleted, post.hidden) == (False, True)
            assert post.author is not None
        assert {post.body for post in (by_author, by_moderator, banned)} == {None}


async def test_a_story_shows_its_link_author_and_points() -> None:
    async with a_site() as (_, site):
        header = await site.topic(STORY)
        assert (header.title, header.posts, header.board, header.tags) == (
            "All about penguins",
            7,
            "birds",
            ("pdf", "birds"),
        )
        first = await site.post(PostId("s/pengui"))
        assert (first.likes, first.body) == (57, Body("<https://birds.example/?a=1&b=2>", Format.MARKDOWN))
        assert first.author == header.author


@pytest.mark.parametrize("generation", ["today", "2022", "before that"])
async def test_shapes_of_several_years_are_read_alike(generation: str) -> None:
    story: dict[str, Any] = {**PENGUINS, "comments": [dict(each) for each in SHOWN]}
    if generation != "today":
        story["submitter_user"] = {"username": "ann", "karma": 5}
        for each in story["comments"]:
            each["commenting_user"] = {"username": each["commenting_user"]}
            each["updated_at"] = each.pop("last_edited_at")
            each["indent_level"] = each.pop("depth") + 1
    if generation == "before that":
        for each in story["comments"]:
            del each["parent_comment"]
            del each["comment_plain"]
    async with a_site() as (_, site), a_site(replace(SITE, stories=[story])) as (_, old):
        now, then = (await site.posts(STORY, Window())).items, (await old.posts(STORY, Window())).items
        if generation == "before that":
            assert {post.body.format for post in then[4:] if post.body} == {Format.HTML}
            now, then = (tuple(replace(post, body=None) for post in posts) for posts in (now, then))
        assert now == then
        assert await site.topic(STORY) == await old.topic(STORY)


async def test_a_merged_story_leads_to_the_one_that_has_its_comments() -> None:
    async with a_site() as (_, site):
        assert await site.topic(TopicId("merged")) == await site.topic(STORY)
        for call in (site.posts(TopicId("merged"), Window()), site.post(PostId("s/merged"))):
            with pytest.raises(Refused, match=r"https://lobsters\.example/s/pengui"):
                await call


async def test_stories_that_are_merged_in_a_circle_have_an_end() -> None:
    async with a_site(replace(SITE, merged={"merged": "marged", "marged": "merged"})) as (_, site):
        with pytest.raises(Unreadable):
            await site.topic(TopicId("merged"))


async def test_a_comment_alone_leads_to_its_story() -> None:
    async with a_site() as (server, site):
        post = await site.post(PostId("under0"))
        assert (post.topic, post.parent) == (STORY, "best00")
        assert server.asked == ["c/under0.json", "s/pengui.json"]


async def test_tags_are_boards_below_their_categories() -> None:
    async with a_site() as (server, site):
        boards = await site.boards()
        assert [(board.id, board.title, board.parent, board.description) for board in boards] == [
            ("in:animals", "animals", None, ""),
            ("in:languages", "languages", None, ""),
            ("birds", "birds", "in:animals", "What flies"),
            ("c++", "c++", "in:languages", "Pluses"),
            ("fish", "fish", "in:animals", "What swims"),
        ]
        for board, count in (("birds", 1), ("in:animals", 1), ("c++", 0), ("in:languages", 0)):
            assert len((await site.topics(Listing(board=BoardId(board)))).items) == count
        assert "t/birds,fish.json" in server.asked
        for board in ("in:nothing", "nothing", "..", "a/b", "a,b"):
            with pytest.raises(Missing):
                await site.topics(Listing(board=BoardId(board)))
        with pytest.raises(Unsupported):
            await site.topics(Listing("hottest", BoardId("birds")))


async def test_a_search_joins_stories_and_comments() -> None:
    other = {
        **PENGUINS,
        "short_id": "later0",
        "title": "More of the best",
        "created_at": time_text(NOON + 35 * 60_000),
        "comments": [],
    }
    async with a_site(replace(SITE, stories=[PENGUINS, other])) as (server, site):
        page = await site.search("best")
        assert [(hit.topic.id, hit.post.id) for hit in page.items] == [("later0", "s/later0"), ("pengui", "best00")]
        comment_hit = page.items[1]
        assert (comment_hit.topic.title, comment_hit.post.body) == (
            "All about penguins",
            Body("<p>The *best*.</p>", Format.HTML),
        )
        assert comment_hit.post.sort == (await site.post(PostId("best00"))).sort
        assert server.asked[:2] == ["search", "search"]
        for wrong in ("1", "x", "1.1 1.1 1.1", "0.0"):
            with pytest.raises(Refused):
                await site.search("best", Cursor(wrong))


async def test_users_pages() -> None:
    async with a_site() as (_, site):
        ann = await site.member("ann")
        assert (ann.role, ann.joined) == ("Moderator", NOON)
        assert ann.about == "12 points\n\ninvited by bob\n\nGitHub: annn\n\nSee <https://ann.example> & more."
        root = await site.member("root")
        assert (root.role, root.about) == ("Admin", "")
        for name in ("nobody", "", "..", "a/b", "\0"):
            with pytest.raises(Missing):
                await site.member(name)


async def test_a_pause_that_the_site_wants_is_told() -> None:
    async with a_site(most=1) as (_, site):
        await site.boards()
        with pytest.raises(RateLimited) as told:
            await site.topics(Listing("newest"))
        assert told.value.retry_after == 9


async def test_more_than_the_site_allows_is_not_asked() -> None:
    limits = replace(LIMITS, budget=LIMITS.budget[1:])  # without the wait for the next second
    async with a_site(limits=limits) as (server, site):
        for _ in range(28):
            await site.boards()
        with pytest.raises(RateLimited) as told:
            await site.boards()
        assert 50 < told.value.retry_after <= 60
        assert len(server.asked) == 28
    for count, seconds in LIMITS.budget:
        assert count < {1: 4, 60: 30, 600: 100, 3600: 400}[round(seconds)]


async def test_what_is_not_done_from_here_is_said_before_and_when_it_is_tried() -> None:
    async with a_site() as (_, site):
        reason = "lobsters.example takes replies in the browser only"
        assert (await site.info()).can.refusal(Ability.REPLY) == reason
        with pytest.raises(Unsupported, match="in the browser only"):
            await site.perform(Action("key", Reply(STORY, Body("Text."))))
        assert driver.log_in_form == ()
