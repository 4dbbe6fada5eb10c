"""What Lobsters tells in pages alone: what a search finds, and into which story another was merged."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from forumtui.backends.lobsters.stories import OF_STORY, board_of, sort_of
from forumtui.errors import Unreadable
from forumtui.model import Author, Body, Format, Hit, MemberId, Millis, Post, PostId, Topic, TopicId
from forumtui.values import quick_dataclass

if TYPE_CHECKING:
    from justhtml import JustHTML

Element: TypeAlias = Any
"""What the parser's selectors find."""

MOST = 1_000_000
"""Bytes of a page; theirs have a twentieth of it."""
MOST_FOUND = 100
"""On a page; theirs hold 20."""
_STORY = re.compile(r"/s/([a-z0-9]{6})(?:[/#?]|$)")
_COMMENT = re.compile(r"c_([a-z0-9]{6})")
_LISTED = re.compile(r"story_([a-z0-9]{6})")
_USER = re.compile(r"/(?:~|u/)([^/?#]{1,100})$")
_NUMBER = re.compile(r"-?[0-9]{1,9}")


@quick_dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, the newest first."""

    hits: tuple[Hit, ...]
    more: bool
    """Whether another page follows."""


def found(content: bytes, page: int) -> Found:
    """Read a page of a search, of stories or of comments.  Raises `Unreadable` for what is none."""
    document = _parsed(content)
    if document.query_one("form[action='/search']") is None:
        raise Unreadable("Instead of a page of a search comes something else.")
    hits = [_story(each) for each in islice(document.query("li.story"), MOST_FOUND)]
    hits += [_comment(each) for each in islice(document.query("div.comment"), MOST_FOUND)]
    further = re.compile(rf"[?&]page={page + 1}(?:&|$)")
    more = any(further.search(_attribute(link, "href")) for link in document.query("a[href^='/search']"))
    return Found(tuple(hit for hit in hits if hit is not None), more)


def merged_into(content: bytes) -> str | None:
    """The story that a page shows, where another was asked for."""
    listed = _parsed(content).query_one("li.story")
    name = None if listed is None else _LISTED.fullmatch(_attribute(listed, "id"))
    return None if name is None else name[1]


def _parsed(content: bytes) -> JustHTML:
    from justhtml import JustHTML  # takes longer to import than all else here

    if len(content) > MOST:
        raise Unreadable("A page is larger than any that the site makes.")
    return JustHTML(content.decode("utf-8", "replace"), sanitize=False)


def _story(listed: Element) -> Hit | None:
    name, title = _LISTED.fullmatch(_attribute(listed, "id")), _text(listed, ".link a")
    if name is None or not title:
        return None
    author, created = _byline(listed)
    count = _text(listed, ".comments_label a").partition(" ")[0]
    tags = tuple(_own(tag) for tag in listed.query("a.tag"))
    topic = Topic(
        TopicId(name[1]),
        board_of(tags),
        title,
        author,
        created,
        posts=int(count) + 1 if _NUMBER.fullmatch(count) else 1 if count == "no" else None,
        tags=tags,
    )
    likes = _score(_text(listed, ".score") or _text(listed, ".upvoter"))
    return Hit(topic, Post(PostId(f"{OF_STORY}{topic.id}"), topic.id, 0, author=author, created=created, likes=likes))


def _comment(shown: Element) -> Hit | None:
    name = _COMMENT.fullmatch(_attribute(shown, "id"))
    stories = [link for link in shown.query(".byline a") if _STORY.search(_attribute(link, "href"))]
    text = shown.query_one(".comment_text")
    if name is None or not stories or text is None:
        return None
    told = _STORY.search(_attribute(stories[-1], "href"))
    assert told is not None
    author, created = _byline(shown)
    topic = Topic(TopicId(told[1]), board_of(()), _own(stories[-1]) or "[no title]")
    source = "".join(child.to_html() for child in text.children)
    likes = _score(_text(shown, ".score") or _text(shown, ".upvoter"))
    post = Post(
        PostId(name[1]),
        topic.id,
        sort_of(name[1], created),
        author=author,
        created=created,
        likes=likes,
        body=Body(source, Format.HTML),
    )
    return Hit(topic, post)


def _byline(element: Element) -> tuple[Author | None, Millis | None]:
    users = (_USER.search(_attribute(link, "href")) for link in element.query(".byline a"))
    name = next((user[1] for user in users if user is not None), "")
    times = (
        _attribute(each, "datetime") or _attribute(each, "title")
        for each in element.query(".byline time, .byline span")
    )
    created = next((moment for moment in map(_time, times) if moment is not None), None)
    return (Author(MemberId(name), name) if name else None), created


def _time(text: str) -> Millis | None:
    """Of ``2025-02-13 11:30:42 -0600``; None for what is no time."""
    try:
        seconds = datetime.strptime(text[:40], "%Y-%m-%d %H:%M:%S %z").timestamp()
    except (ValueError, OverflowError):
        return None
    return Millis(round(seconds * 1000)) if seconds > 0 else None


def _score(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _text(element: Element, selector: str) -> str:
    inner = element.query_one(selector)
    return "" if inner is None else _own(inner)


def _own(element: Element) -> str:
    return str(element.to_text()).strip()


def _attribute(element: Element, name: str) -> str:
    return str((element.attrs or {}).get(name) or "")
