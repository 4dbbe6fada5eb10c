"""Lobsters in memory: its lists and stories as JSON, its search as pages, its limits."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote

from forumtui.backends.web import Answer, Request

JSON = {"content-type": "application/json; charset=utf-8"}
PAGE = {"content-type": "text/html; charset=utf-8"}
CENTRAL = timezone(timedelta(hours=-6))
THROTTLED = b"Throttled, sleep(1) between hits; more in config/initializers/rack_attack.rb\n"
PER_PAGE, PER_SEARCH = 25, 20
Row = Mapping[str, Any]


@dataclass(frozen=True)
class SiteData:
    """What is on the site: stories with their ``comments`` in the order shown, tags, users, and what was merged."""

    stories: Sequence[Row]
    tags: Sequence[Row] = ()
    users: Sequence[Row] = ()
    merged: Mapping[str, str] = field(default_factory=dict)


def time_text(ms: int | None) -> str | None:
    """As the site tells a time: in its own zone."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, CENTRAL).isoformat(timespec="milliseconds")


class LobstersServer:
    """Answers what its routes answer; ``most``: how many requests before it wants a pause."""

    def __init__(self, data: Callable[[], Awaitable[SiteData]], *, most: int = 1 << 30) -> None:
        self._read = data
        self.most = most
        self.asked: list[str] = []

    async def __call__(self, request: Request) -> Answer:
        path = unquote(request.path).lstrip("/")
        self.asked.append(path)
        if len(self.asked) > self.most:
            return Answer(429, THROTTLED, {"ratelimit-limit": "30", "ratelimit-remaining": "0", "ratelimit-reset": "9"})
        data = await self._read()
        if path == "search":
            if not set(request.params) <= {"q", "what", "order", "page"}:
                return Answer(400, b"Unpermitted query or form parameter", {"content-type": "text/plain"})
            return page(search_page(data, request.params))
        if request.params:
            return Answer(400, b"Unpermitted query or form parameter", {"content-type": "text/plain"})
        found = self._found(data, path)
        return found if isinstance(found, Answer) else nothing() if found is None else answer(found)

    def _found(self, data: SiteData, path: str) -> Any:
        listed = re.fullmatch(
            r"(?:(hottest|newest|active|t/[^/]+?)|(newest|active|t/[^/]+)/page/(\d+)|page/(\d+))\.json", path
        )
        if listed is not None:
            name = listed[1] or listed[2] or "hottest"
            stories = in_order(data, name)
            start = (int(listed[3] or listed[4] or 1) - 1) * PER_PAGE
            return None if stories is None else [bare(story) for story in stories[start : start + PER_PAGE]]
        if path == "tags.json":
            return data.tags
        what, _, name = path.partition("/")
        name = name.removesuffix(".json")
        if what == "s" and (into := data.merged.get(name.partition("/")[0])) is not None:
            return Answer(302, headers={"location": f"/s/{into}/a_title"})
        if what == "s" and not path.endswith(".json"):
            story = one(data.stories, "short_id", name.partition("/")[0])
            return None if story is None else page(listed_page([story]))
        if what == "s":
            return one(data.stories, "short_id", name)
        if what == "c":
            return one([comment for story in data.stories for comment in story["comments"]], "short_id", name)
        if path.startswith("~"):
            return one(data.users, "username", path[1:].removesuffix(".json"))
        return None


def one(rows: Sequence[Row], field: str, name: str) -> Row | None:
    return next((row for row in rows if row[field] == name), None)


def bare(story: Row) -> Row:
    return {name: value for name, value in story.items() if name != "comments"}


def in_order(data: SiteData, name: str) -> Sequence[Row] | None:
    if name.startswith("t/"):
        wanted = set(name[2:].split(","))
        if not wanted <= {tag["tag"] for tag in data.tags}:
            return None
        return newest([story for story in data.stories if wanted & set(story["tags"])])
    if name == "active":
        return sorted(newest(data.stories), key=_active, reverse=True)
    return newest(data.stories) if name == "newest" else sorted(data.stories, key=lambda story: -(story["score"] or 0))


def newest(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["created_at"] or "", row["short_id"]), reverse=True)


def _active(story: Row) -> str:
    return max([story["created_at"] or "", *(comment["created_at"] or "" for comment in story["comments"])])


def search_page(data: SiteData, params: Mapping[str, str]) -> str:
    words = params.get("q", "").casefold().split()
    number = max(1, int(params.get("page", "1")))
    rows: list[Row]
    if params.get("what") == "comments":
        rows = newest(
            [
                {**comment, "story": story}
                for story in data.stories
                for comment in story["comments"]
                if not comment["is_deleted"] and all(word in comment["comment_plain"].casefold() for word in words)
            ]
        )
    else:
        rows = newest(
            [
                story
                for story in data.stories
                if all(word in f"{story['title']} {story['description_plain']}".casefold() for word in words)
            ]
        )
    some = rows[(number - 1) * PER_SEARCH : number * PER_SEARCH]
    pages = range(1, -(-len(rows) // PER_SEARCH) + 1)
    links = "".join(
        f"<a href='/search?order=newest&amp;page={each}&amp;q=x&amp;what=stories'>{each}</a> " for each in pages
    )
    shown = commented(some) if params.get("what") == "comments" else listed(some)
    form = '<form accept-charset="UTF-8" action="/search"><input name="q"></form>'
    return f"{form}{shown}<div class='page_link_buttons'>Page: {links if len(pages) > 1 else ''}</div>"


def listed(stories: Sequence[Row]) -> str:
    return "".join(
        f"""<li class="story" id="story_{story["short_id"]}"><div class="score">{story["score"]}</div>
        <span class="link"><a href="{html.escape(story["url"] or story["comments_url"])}" class="u-url">{html.escape(story["title"])}</a></span>
        <span class="tags">{"".join(f'<a href="/t/{tag}" class="tag">{tag}</a> ' for tag in story["tags"])}</span>
        <div class="byline"><a href="/~{story["submitter_user"]}" class="u-author">{story["submitter_user"]}</a>
        <span title="{_title(story["created_at"])}">4 hours ago</span>
        <span class="comments_label"><a href="/s/{story["short_id"]}/x">{story["comment_count"] or "no"} comments</a></span></div></li>"""
        for story in stories
    )


def commented(comments: Sequence[Row]) -> str:
    return "".join(
        f"""<li><div id="c_{comment["short_id"]}" class="comment"><div class="score">{comment["score"]}</div>
        <div class="byline"><a name="c_{comment["short_id"]}"></a><a href="/~{comment["commenting_user"]}">{comment["commenting_user"]}</a>
        <span title="{_title(comment["created_at"])}">an hour ago</span> | <a href="/s/{comment["story"]["short_id"]}/x#c_{comment["short_id"]}">link</a>
        | on: <a href="/s/{comment["story"]["short_id"]}/x">{html.escape(comment["story"]["title"])}</a></div>
        <div class="comment_text">{comment["comment"]}</div></div></li>"""
        for comment in comments
    )


def _title(text: str | None) -> str:
    return "" if text is None else datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S %z")


def listed_page(stories: Sequence[Row]) -> str:
    return f'<ol class="stories list">{listed(stories)}</ol>'


def page(inside: str, status: int = 200) -> Answer:
    whole = (
        f'<!doctype html><html><head><title>Lobsters</title></head><body><div id="inside">{inside}</div></body></html>'
    )
    return Answer(status, whole.encode(), PAGE)


def nothing() -> Answer:
    return page('<div class="box wide">404: the resource you requested was not found</div>', 404)


def answer(value: object) -> Answer:
    return Answer(200, json.dumps(value).encode(), JSON)
