"""What Hacker News and Lobsters really answered is read, and every field that is not read is passed over for a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.backends.recorded import RECORDED, needs_recordings, recorded, unread

from forumtui.backends.hackernews import items
from forumtui.backends.hackernews.backend import HackerNewsBackend
from forumtui.backends.lobsters import pages
from forumtui.backends.lobsters.addresses import LobstersAddresses
from forumtui.backends.lobsters.backend import LobstersBackend
from forumtui.backends.seen import Seen
from forumtui.model import Hit, Listing, Member, Page, Post, Topic, TopicId, Window

pytestmark = needs_recordings


def named(reasons: Mapping[str, str]) -> set[str]:
    return {name for names in reasons.values() for name in names.split()}


class Recording:
    """A client that is given one answer, whatever it asks."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def get_json(self, path: str, *, into: Callable[[Any], Any], **_: Any) -> Any:
        assert path
        return into(self._answer)


def holds(answer: Any, passed_over: Mapping[str, str], found: object) -> None:
    """Print what was recognised, and hold that no field is left without a reason."""
    left = sorted(where for where in unread(answer) if where.rpartition(".")[2] not in named(passed_over))
    print(type(found).__name__, len(found) if isinstance(found, list | tuple) else found, "left:", left)
    assert left == []


OF_HACKER_NEWS = {
    "another field says it as well": "created_at story_id",
    "a count of what came, or of what it cost": "nbHits page hitsPerPage processingTimeMS query params exhaustiveNbHits",
    "the same words, with the ones found marked": "_highlightResult",
    "the story of a comment that was found is opened, not its link": "story_url",
    "what somebody wrote is found by a search": "submitted",
}
OF_OTHERS = {"comment": "story_text", "story": "story_title", "poll": "story_title"}
HITS = {
    "algolia_search_tags_ask_hn_page_2_query_apple.json": ("story", "Ask HN: How many people upset over Apple's rules"),
    "algolia_search_tags_comment.json": ("comment", "Started a stupid company."),
    "algolia_search_tags_comment_author_pg.json": ("comment", "Patent war goes nuclear:"),
    "algolia_search_tags_comment_query_apple.json": ("comment", "Patent war goes nuclear:"),
    "algolia_search_tags_poll.json": ("poll", "Poll: What's Your Favorite Programming Language?"),
    "algolia_search_tags_poll_author_pg.json": ("poll", "Poll: Should HN display comment scores?"),
    "algolia_search_tags_poll_query_apple.json": ("poll", "Poll: App rejected."),
    "algolia_search_tags_story.json": ("story", "Steve Jobs has passed away."),
    "algolia_search_tags_story_author_pg.json": ("story", "Why HN was down"),
    "algolia_search_tags_story_poll.json": ("story", "Steve Jobs has passed away."),
    "algolia_search_tags_story_poll_query_apple.json": ("story", "Steve Jobs Resigns as CEO of Apple"),
    "algolia_search_tags_story_query_apple.json": ("story", "Steve Jobs Resigns as CEO of Apple"),
}
ITEMS = {
    "fb_item_8863.json": ("story", "My YC app: Dropbox - Throw away your USB drive", 72),
    "fb_item_121003.json": ("story", "Ask HN: The Arc Effect", 17),
    "fb_item_192327.json": ("job", "Justin.tv is looking for a Lead Flash Engineer!", None),
    "fb_item_126809.json": ("poll", "Poll: What would happen if News.YC had explicit support for polls?", 55),
}
PARTS = {"fb_item_2921983.json": ("comment", "norvig"), "fb_item_160705.json": ("pollopt", "pg")}
NOT_ASKED_FOR = {
    "algolia_users_pg.json": "the site's own page of a user tells the same",
    "fb_maxitem.json": "the lists tell what is new",
    "fb_updates.json": "a thread that is looked at is asked for itself",
    "home_logged_out_csrf.html": "it is where one would log in",
    "reply_form.html": "nothing is written from here",
}


@pytest.mark.parametrize("name", HITS)
async def test_what_a_search_found(name: str) -> None:
    answer = recorded("hackernews", name)
    site = HackerNewsBackend(None, Recording(answer))  # type: ignore[arg-type]  # as it is asked
    page: Page[Hit] = await site.search("apple")
    (hit,) = page.items
    kind, title = HITS[name]
    assert hit.topic.title.startswith(title)
    assert hit.post.body is not None
    assert bool(hit.post.body.source) == (
        kind != "story" or "Ask" in title or "down" in title or bool(answer["hits"][0]["url"])
    )
    assert (hit.post.parent is not None) == (kind == "comment")
    assert hit.post.author is not None
    assert hit.post.created is not None
    assert hit.post.likes == answer["hits"][0]["points"]
    assert (page.after is not None) == (answer["page"] + 1 < answer["nbPages"])
    null = {"a comment has no text of a story" if kind == "comment" else "a story has no other one": OF_OTHERS[kind]}
    assert all(answer["hits"][0][field] is None for field in OF_OTHERS[kind].split())
    holds(answer, OF_HACKER_NEWS | null, page.items)


@pytest.mark.parametrize("name", ITEMS)
async def test_stories_jobs_and_polls(name: str) -> None:
    answer = recorded("hackernews", name)
    item = items.from_firebase(answer)
    topic, post = items.topic(item), items.first_post(item)
    assert (item.kind, topic.title, topic.posts) == ITEMS[name]
    assert post.body is not None
    assert item.url in post.body.source
    assert post.likes == answer["score"]
    assert len(item.kids) == len(answer.get("kids", ()))
    holds(answer, OF_HACKER_NEWS, topic)


@pytest.mark.parametrize("name", PARTS)
async def test_comments_and_options(name: str) -> None:
    answer = recorded("hackernews", name)
    item = items.from_firebase(answer)
    assert (item.kind, item.by) == PARTS[name]
    assert item.text
    assert item.parent
    holds(answer, OF_HACKER_NEWS, items.comment(item, item.parent, None))


async def test_a_tree_of_the_index() -> None:
    answer = recorded("hackernews", "algolia_items_17.json")
    found = items.tree(answer)
    assert [(item.id, above) for item, above in found] == [("17", None), ("1079", "17"), ("454426", "17")]
    assert [item.by for item, _ in found] == ["pg", "dmon", "Arrington"]
    assert items.story_of(answer) == "1"
    holds(answer, OF_HACKER_NEWS, found)


@pytest.mark.parametrize("name", ["fb_topstories.json", "fb_askstories.json"])
async def test_lists_of_ids(name: str) -> None:
    answer = recorded("hackernews", name)
    assert items.ids(answer) == [str(each) for each in answer]


async def test_a_user_of_hacker_news() -> None:
    answer = recorded("hackernews", "fb_user_jl.json")
    member: Member = await HackerNewsBackend(Recording(answer), None).member("jl")  # type: ignore[arg-type]  # as it is asked
    assert (member.name, member.about) == ("jl", "2937 points\n\nThis is a test")
    holds(answer, OF_HACKER_NEWS, member)


OF_LOBSTERS = {
    "another field says it as well": "description comment short_id_url depth indent_level comments_url",
    "what moderators look at": "flags",
    "not shown": "user_is_author avatar_url is_media privileged hotness_mod",
    "of somebody who is not looked at": "created_at about karma invited_by_user github_username twitter_username "
    "keybase_signatures",
}


def lobsters(answer: Any) -> LobstersBackend:
    return LobstersBackend(Recording(answer), "Lobsters", "https://lobste.rs")  # type: ignore[arg-type]  # as it is asked


@pytest.mark.parametrize(("name", "count"), [("hottest.json", 25), ("tag_meta_2023.json", 25)])
async def test_lists_of_stories(name: str, count: int) -> None:
    answer = recorded("lobsters", name)
    page: Page[Topic] = await lobsters(answer).topics(Listing("hottest"))
    assert len(page.items) == count
    assert all(topic.title and topic.author and topic.created and topic.posts and topic.tags for topic in page.items)
    of_list = {"a list shows no texts": "url score description_plain"}
    holds(answer, OF_LOBSTERS | of_list, page.items)


@pytest.mark.parametrize(("name", "count"), [("story_tdfoqh.json", 11), ("story_tdfoqh_2022.json", 8)])
async def test_stories_of_several_years(name: str, count: int) -> None:
    answer = recorded("lobsters", name)
    site = lobsters(answer)
    page: Page[Post] = await site.posts(TopicId("tdfoqh"), Window())
    assert (len(page.items), page.complete) == (count, True)
    assert all(post.body and post.body.source and post.author and post.created for post in page.items)
    known = {post.id for post in page.items}
    assert all(post.parent in known for post in page.items[1:])
    assert len([post for post in page.items if post.parent not in {None, "s/tdfoqh"}]) > 1
    assert {post.likes for post in page.items} == {answer["score"], *(each["score"] for each in answer["comments"])}
    holds(answer, OF_LOBSTERS, page.items)


async def test_tags() -> None:
    answer = recorded("lobsters", "tags.json")
    boards = await lobsters(answer).boards()
    assert len(boards) == sum(tag["active"] for tag in answer) + 12
    assert sum(board.parent is None for board in boards) == 12
    holds(answer, OF_LOBSTERS, list(boards))


async def test_a_user_of_lobsters() -> None:
    answer = recorded("lobsters", "user_msfjarvis.json")
    member = await lobsters(answer).member("msfjarvis")
    assert member.joined is not None
    assert "1343 points" in member.about
    assert "Android and Kotlin developer" in member.about
    holds(answer, OF_LOBSTERS, member)


def test_a_page_of_a_search() -> None:
    content = (RECORDED / "lobsters" / "search_results.html").read_bytes()
    found = pages.found(content, 1)
    print(len(found.hits), "stories, more:", found.more)
    assert (len(found.hits), found.more) == (20, True)
    assert not pages.found(content, 20).more
    for hit in found.hits:
        assert hit.topic.title
        assert hit.topic.tags
        assert hit.topic.posts is not None
        assert hit.topic.author is not None
        assert hit.topic.created is not None
        assert hit.post.likes is not None
    first = found.hits[0]
    assert (first.topic.id, first.topic.posts, first.post.likes) == ("vvky3g", 11, 6)
    assert first.topic.title == "2024 State of Rust Survey Results"


def test_the_home_page_shows_what_it_is() -> None:
    content = (RECORDED / "lobsters" / "home_logged_out_csrf.html").read_bytes()
    seen = Seen.of("https://lobste.rs/", 200, {"content-type": "text/html"}, content)
    assert LobstersAddresses().shows(seen) == "https://lobste.rs"
    assert pages.merged_into(content) is not None


def test_every_recording_is_read_or_not_asked_for() -> None:
    read = {*HITS, *ITEMS, *PARTS, *NOT_ASKED_FOR, "README.md"}
    read |= {"algolia_items_17.json", "fb_topstories.json", "fb_askstories.json", "fb_user_jl.json"}
    read |= {"hottest.json", "tag_meta_2023.json", "story_tdfoqh.json", "story_tdfoqh_2022.json", "tags.json"}
    read |= {"user_msfjarvis.json", "search_results.html"}
    assert {path.name for kind in ("hackernews", "lobsters") for path in (RECORDED / kind).iterdir()} == read
