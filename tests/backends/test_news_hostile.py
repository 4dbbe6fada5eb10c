"""What Hacker News and Lobsters may answer that nobody promised: every call ends in a value or in a `BackendError`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.backends.broken import is_refused, places, replaced, shortened
from tests.backends.hackernews_server import HackerNewsServer, Items
from tests.backends.lobsters_server import LobstersServer, SiteData
from tests.backends.test_hackernews import SITE as NEWS
from tests.backends.test_lobsters import SITE as STORIES

from forumtui.backends.api import Backend
from forumtui.backends.hackernews import backend as hackernews
from forumtui.backends.lobsters import backend as lobsters
from forumtui.backends.web import Answer, Limits, Request
from forumtui.errors import BackendError, Missing, Offline, RateLimited, Unreadable
from forumtui.model import BoardId, Listing, PostId, TopicId, Window

Change = Callable[[Any], Any]
Call = Callable[[Backend], Awaitable[object]]
JSON = {"content-type": "application/json; charset=utf-8"}
HTML = {"content-type": "text/html; charset=utf-8"}


class Between:
    """A line on which the answers of one path are changed; ``instead``: an answer in the place of all."""

    def __init__(self, server: Callable[[Request], Awaitable[Answer]]) -> None:
        self._server = server
        self.path = ""
        self.change: Change = lambda value: value
        self.instead: Answer | Exception | None = None

    async def __call__(self, request: Request) -> Answer:
        if isinstance(self.instead, Exception):
            raise self.instead
        if self.instead is not None:
            return self.instead
        answer = await self._server(request)
        if not self.path or self.path not in request.url:
            return answer
        if "json" in answer.headers.get("content-type", ""):
            return Answer(answer.status, json.dumps(self.change(answer.json())).encode(), answer.headers)
        return Answer(answer.status, self.change(answer.content), answer.headers)


@asynccontextmanager
async def opened(kind: str) -> AsyncIterator[tuple[Between, Backend]]:
    async def news() -> Items:
        return NEWS

    async def stories() -> SiteData:
        return STORIES

    if kind == "hackernews":
        server = HackerNewsServer(news, lag=6)
        server.users["ann"] = {"id": "ann", "created": 1_173_923_446, "karma": 2937, "about": "Birds."}
        line = Between(server)
        async with hackernews.session(transport=line, keep=0.0) as site:
            yield line, site
    else:
        line = Between(LobstersServer(stories))
        async with lobsters.session("https://lobsters.example", transport=line, keep=0.0, limits=Limits()) as other:
            yield line, other


def noting(whole: list[Any]) -> Callable[[Any], Any]:
    """What the site says is left as it is, and kept."""

    def note(value: Any) -> Any:
        whole.append(value)
        return value

    return note


def saying(value: Any) -> Callable[[Any], Any]:
    """The site says this instead."""
    return lambda _: value


CALLS: dict[tuple[str, str], Call] = {
    ("hackernews", "newstories"): lambda site: site.topics(Listing("new")),
    ("hackernews", "/search?"): lambda site: site.topics(Listing("new")),
    ("hackernews", "item/200"): lambda site: site.topics(Listing("new")),
    ("hackernews", "item/100"): lambda site: site.topic(TopicId("100")),
    ("hackernews", "items/100"): lambda site: site.posts(TopicId("100"), Window()),
    ("hackernews", "item/104"): lambda site: site.posts(TopicId("100"), Window()),
    ("hackernews", "items/102"): lambda site: site.post(PostId("102")),
    ("hackernews", "search_by_date"): lambda site: site.search("first"),
    ("hackernews", "user/ann"): lambda site: site.member("ann"),
    ("lobsters", "tags.json"): lambda site: site.boards(),
    ("lobsters", "hottest.json"): lambda site: site.topics(Listing("hottest")),
    ("lobsters", "t/"): lambda site: site.topics(Listing(board=BoardId("birds"))),
    ("lobsters", "s/pengui.json"): lambda site: site.posts(TopicId("pengui"), Window()),
    ("lobsters", "c/under0"): lambda site: site.post(PostId("under0")),
    ("lobsters", "~ann"): lambda site: site.member("ann"),
}
NOT_JSON: dict[tuple[str, str], Call] = {
    ("lobsters", "search"): lambda site: site.search("best"),
    ("lobsters", "s/merged"): lambda site: site.topic(TopicId("merged")),
}


@pytest.mark.parametrize("kind_and_path", CALLS, ids=" ".join)
@pytest.mark.parametrize("breaking", [replaced, shortened])
async def test_any_field_may_be_anything_or_missing(
    kind_and_path: tuple[str, str], breaking: Callable[[Any], Any]
) -> None:
    kind, path = kind_and_path
    call = CALLS[kind_and_path]
    async with opened(kind) as (line, site):
        whole: list[Any] = []
        line.path, line.change = path, noting(whole)
        await call(site)
        assert whole, "the call asks something else"
        tried = refused = 0
        for broken in breaking(whole[0]):
            line.change = saying(broken)
            refused += await is_refused(call(site))
            tried += 1
        assert refused < tried or breaking is shortened
        print(kind, path, breaking.__name__, tried, "tried,", refused, "refused")


@pytest.mark.parametrize("kind_and_path", NOT_JSON, ids=" ".join)
async def test_pages_may_break_off_or_be_anything(kind_and_path: tuple[str, str]) -> None:
    kind, path = kind_and_path
    call = NOT_JSON[kind_and_path]
    async with opened(kind) as (line, site):
        whole: list[bytes] = []
        line.path, line.change = path, noting(whole)
        await is_refused(call(site))
        content = max(whole, key=len, default=b"")
        breaks = [content[:end] for end in range(0, len(content), max(1, len(content) // 60))]
        breaks += [
            content.replace(b'"', b""),
            content.replace(b"=", b"=\x00"),
            b"<" * 100_000,
            b"<li class=story>" * 5000,
        ]
        breaks += [b'<form action="/search">' + b"<div class=comment>" * 5000, b"\xff" * 5000, b"<p>" * 400_000]
        for broken in breaks:
            line.change = saying(broken)
            await is_refused(call(site))


TROUBLES: dict[str, tuple[Answer | Exception, tuple[type[BackendError], ...]]] = {
    "half": (Answer(200, b'{"title": "Ta', JSON), (Unreadable,)),
    "empty": (Answer(200, b"", JSON), (Unreadable,)),
    "nothing": (Answer(200, b"null", JSON), (Unreadable, Missing)),
    "brackets": (Answer(200, b"[" * 100_000, JSON), (Unreadable,)),
    "far too much": (Answer(200, b"[" + b"1," * 6_000_000 + b"1]", JSON), (Unreadable,)),
    "a number": (Answer(200, b"7", JSON), (Unreadable,)),
    "log in here": (Answer(200, b"<!doctype html><title>Hotel</title>", HTML), (Unreadable,)),
    "maintenance": (Answer(503, b"<html>We are back soon", HTML), (Offline,)),
    "forbidden": (Answer(403, b"<html>Sorry.", HTML), (BackendError,)),
    "gone": (Answer(404, b'{"status":404,"error":"Not Found"}', JSON), (Missing,)),
    "too often": (Answer(429, b"Throttled", {"ratelimit-reset": "9"}), (RateLimited,)),
    "elsewhere": (Answer(301, headers={"location": "https://evil.example/"}), (Unreadable,)),
    "round and round": (Answer(302, headers={"location": "/v0/topstories.json"}), (Unreadable,)),
    "nobody": (ConnectionRefusedError("refused"), (Offline,)),
    "silence": (TimeoutError("silence"), (Offline,)),
    "broken off": (ConnectionResetError("reset"), (Offline,)),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("kind_and_path", CALLS, ids=" ".join)
async def test_troubles_have_their_names(kind_and_path: tuple[str, str], trouble: str) -> None:
    answer, expected = TROUBLES[trouble]
    async with opened(kind_and_path[0]) as (line, site):
        line.instead = answer
        with pytest.raises(expected):
            await CALLS[kind_and_path](site)


async def test_a_tree_may_be_as_deep_as_it_likes() -> None:
    deep: dict[str, Any] = {"id": 100, "type": "story", "children": []}
    inner = deep
    for number in range(101, 320):
        child: dict[str, Any] = {"id": number, "type": "comment", "author": "x", "text": "t", "children": []}
        inner["children"], inner = [child], child
    async with opened("hackernews") as (line, site):
        line.path, line.change = "items/100", lambda _: deep
        page = await site.posts(TopicId("100"), Window(limit=1000))
        assert len(page.items) > 200
        assert page.items[-1].parent == page.items[-2].id


ODD_TIMES = [
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2025-13-45T99:99:99Z",
    "2025-02-13T13:30:54",
    "2025-W07-4",
    "1969-12-31T23:59:59Z",
    "٢٠٢٥-02-13T13:30:54Z",
    0,
    -1,
    10**11,
    10**12,
    1.5,
    True,
]


@pytest.mark.parametrize("time", ODD_TIMES)
async def test_odd_times_are_unknown_or_times(time: object) -> None:
    def change(value: Any) -> Any:
        for holder, name in list(places(value)):
            if name in {"created_at", "created_at_i", "last_edited_at", "time", "created"}:
                holder[name] = time
        return value

    for kind, path, topic in (("lobsters", "s/pengui.json", "pengui"), ("hackernews", "i", "100")):
        async with opened(kind) as (line, site):
            line.path, line.change = path, change
            page = await site.posts(TopicId(topic), Window())
            assert len(page.items) > 4
            for post in page.items:
                assert post.created is None or 0 < post.created < 253_402_300_800_000
            assert [post.sort for post in page.items] == sorted({post.sort for post in page.items})
            assert max(post.sort for post in page.items) < 1 << 63


async def test_parents_in_circles_or_nowhere_end_at_the_story() -> None:
    parents = {"best00": "under0", "under0": "best00", "first0": "first0", "mod000": "nobody", "low000": "best00"}

    def change(value: Any) -> Any:
        for each in value["comments"]:
            each["parent_comment"] = parents.get(each["short_id"])
            each["depth"] = 0
        return value

    async with opened("lobsters") as (line, site):
        line.path, line.change = "s/pengui.json", change
        posts = (await site.posts(TopicId("pengui"), Window())).items
        found = {post.id: post.parent for post in posts[1:]}
        assert found == {
            "best00": "s/pengui",
            "under0": "best00",
            "first0": "s/pengui",
            "mod000": "s/pengui",
            "ban000": "s/pengui",
            "low000": "best00",
        }
