"""What a site may answer that no documentation promises: every call ends in a value or in a `BackendError`."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.backends.broken import INSTEAD, is_refused, places
from tests.backends.discourse.site import Site
from tests.reference.forum import ReferenceForum

from forumtui.backends.discourse.asking import connect
from forumtui.backends.discourse.backend import DiscourseBackend
from forumtui.backends.web import Answer, Limits, Request
from forumtui.errors import AuthRequired, BackendError, Forbidden, NotYet, Offline, RateLimited, Unreadable
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, Listing, NewTopic, Place, PostId, Reply, TopicId, Window

PLACE = "https://talk.example"
TOPIC = TopicId("1")
Call = Callable[[DiscourseBackend], Awaitable[object]]
CALLS: dict[str, Call] = {
    "site/basic-info": lambda site: site.info(),
    "categories": lambda site: site.boards(),
    "latest": lambda site: site.topics(Listing()),
    "t/1": lambda site: site.topic(TOPIC),
    "t/1/99999999": lambda site: site.posts(TOPIC, Window(Place.END)),
    "t/1/posts": lambda site: site.posts(TOPIC, Window(Place.AFTER, "1", 5)),
    "posts/by_number/1/2": lambda site: site.post(PostId("1/2")),
    "search": lambda site: site.search("penguin"),
    "u/bob": lambda site: site.member("bob"),
}


@asynccontextmanager
async def a_site() -> AsyncIterator[tuple[Site, DiscourseBackend]]:
    store = ReferenceForum()
    board = await store.house.add_board(BoardDraft(title="General", description="All of it."))
    await store.house.add_board(BoardDraft(title="Below", parent=board))
    opened = await store.perform("bob", Action("0", NewTopic(board, "Birds", Body("A penguin."), ("birds",))))
    assert opened.topic is not None
    for number in range(3):
        await store.perform("ann", Action(str(number + 1), Reply(opened.topic, Body(f"penguin {number}"), opened.post)))
    site = Site(store)
    async with connect(PLACE, {}, transport=site, limits=Limits()) as asking:
        yield site, DiscourseBackend(asking, PLACE)


def noting(path: str, whole: list[Any]) -> Callable[[str, Any], Any]:
    """What the site says is left as it is, and its answers at this path are kept."""

    def note(at: str, answer: Any) -> Any:
        if at == path:
            whole.append(answer)
        return answer

    return note


@pytest.mark.parametrize("path", CALLS)
async def test_any_field_may_be_anything(path: str) -> None:
    async with a_site() as (site, backend):
        await CALLS[path](backend)
        whole: list[Any] = []
        site.change = noting(path, whole)
        await CALLS[path](backend)
        assert whole, "the call asks something else"
        count = len(list(places(whole[0])))
        refused = 0
        for index in range(count):
            for instead in INSTEAD:
                broken = copy.deepcopy(whole[0])
                holder, name = list(places(broken))[index]
                holder[name] = instead
                site.change = lambda at, answer, broken=broken: broken if at == path else answer
                refused += await is_refused(CALLS[path](backend))
        assert 0 < refused < count * len(INSTEAD)


@pytest.mark.parametrize("path", CALLS)
async def test_any_field_may_be_missing(path: str) -> None:
    async with a_site() as (site, backend):
        whole: list[Any] = []
        site.change = noting(path, whole)
        await CALLS[path](backend)
        for index in range(len(list(places(whole[0])))):
            broken = copy.deepcopy(whole[0])
            holder, name = list(places(broken))[index]
            del holder[name]
            site.change = lambda at, answer, broken=broken: broken if at == path else answer
            await is_refused(CALLS[path](backend))


JSON = {"content-type": "application/json; charset=utf-8"}
HTML = {"content-type": "text/html; charset=utf-8"}
TROUBLES: dict[str, tuple[Answer, type[BackendError]]] = {
    "half": (Answer(200, b'{"title": "Ta', JSON), Unreadable),
    "empty": (Answer(200, b"", JSON), Unreadable),
    "nothing": (Answer(200, b"null", JSON), Unreadable),
    "brackets": (Answer(200, b"[" * 100_000, JSON), Unreadable),
    "a list": (Answer(200, b"[]", JSON), Unreadable),
    "log in here": (Answer(200, b"<!doctype html><title>Hotel</title>", HTML), Unreadable),
    "maintenance": (Answer(503, b"<html>We are back soon", HTML), Offline),
    "read-only": (
        Answer(503, b'{"errors": ["read only"], "error_type": "read_only"}', {**JSON, "discourse-readonly": "true"}),
        Offline,
    ),
    "too often, in JSON": (
        Answer(
            429,
            json.dumps({"errors": ["Slow."], "error_type": "rate_limit", "extras": {"wait_seconds": 42}}).encode(),
            {**JSON, "retry-after": "42"},
        ),
        RateLimited,
    ),
    "too often, in words": (Answer(429, b"Slow down", {"content-type": "text/plain", "retry-after": "9"}), RateLimited),
    "too often, without a time": (Answer(429, b"<html>", HTML), RateLimited),
    "elsewhere": (Answer(301, headers={"location": "https://evil.example/"}), Unreadable),
    "round and round": (Answer(302, headers={"location": "/latest.json"}), Unreadable),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("path", CALLS)
async def test_troubles_have_their_names(path: str, trouble: str) -> None:
    answer, expected = TROUBLES[trouble]

    async def instead(_: Request) -> Answer:
        return answer

    async with a_site() as (site, backend):
        site.before = instead
        with pytest.raises(expected):
            await CALLS[path](backend)


async def test_the_wait_is_the_sites() -> None:
    async def instead(_: Request) -> Answer:
        return TROUBLES["too often, in JSON"][0]

    async with a_site() as (site, backend):
        site.before = instead
        with pytest.raises(RateLimited, match="Slow") as told:
            await backend.topics(Listing())
        assert told.value.retry_after == 42


async def test_circles_of_categories_and_parents_end() -> None:
    def change(path: str, answer: Any) -> Any:
        if path == "categories":
            rows = answer["category_list"]["categories"]
            rows[0]["parent_category_id"] = rows[0]["subcategory_list"][0]["id"]
            rows[0]["subcategory_list"][0]["parent_category_id"] = rows[0]["id"]
        if path == "t/1":
            for post in answer["post_stream"]["posts"]:
                post["reply_to_post_number"] = 5 - post["post_number"]
        return answer

    async with a_site() as (site, backend):
        site.change = change
        boards = await backend.boards()
        assert {board.title for board in boards} == {"General", "Below"}
        assert sum(board.parent is None for board in boards) == 1
        posts = (await backend.posts(TOPIC, Window())).items
        assert [post.parent for post in posts] == [None, None, "1/2", "1/1"]


def refusing(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(body).encode(), JSON)


MEMBERS_ONLY = refusing(403, {"errors": ["You need to be logged in."], "error_type": "not_logged_in"})
READ_ONLY = refusing(503, {"errors": ["We are read-only."], "error_type": "read_only"})
BUSY = refusing(429, {"errors": ["Slow."], "error_type": "rate_limit", "extras": {"wait_seconds": 42}})


async def test_what_a_site_says_in_words_of_its_own() -> None:
    answer = MEMBERS_ONLY

    async def instead(_: Request) -> Answer:
        return answer

    async with a_site() as (site, guest):
        site.before = instead
        with pytest.raises(AuthRequired, match=r"need to be logged in.*Log in first"):
            await guest.topics(Listing())
        answer = READ_ONLY
        with pytest.raises(Offline, match="We are read-only"):
            await guest.topics(Listing())
        options = {"key": "key-of-ann", "client": "c"}
        async with connect(PLACE, options, transport=site, limits=Limits()) as asking:
            member = DiscourseBackend(asking, PLACE, "ann")
            with pytest.raises(NotYet, match="We are read-only"):
                await member.perform(Action("k", Reply(TOPIC, Body("Kept."))))
            answer = BUSY
            with pytest.raises(RateLimited) as told:
                await member.topics(Listing())
            assert told.value.retry_after == 42


async def test_a_key_that_was_revoked_is_told_from_what_is_forbidden() -> None:
    async with a_site() as (site, _):
        options = {"key": "key-of-ann", "client": "c"}
        async with connect(PLACE, options, transport=site, limits=Limits()) as asking:
            member = DiscourseBackend(asking, PLACE, "ann")

            async def instead(request: Request) -> Answer | None:
                forbidden = refusing(403, {"errors": ["Not for you."], "error_type": "invalid_access"})
                return forbidden if request.path == "/latest.json" else None

            site.before = instead
            with pytest.raises(Forbidden, match="Not for you"):
                await member.topics(Listing())
            site.revoked.add("ann")
            with pytest.raises(AuthRequired, match="log in again"):
                await member.topics(Listing())
