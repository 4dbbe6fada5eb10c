"""What Hacker News and the index of its search send, as values of the model.

Sources: the README of HackerNews/API for Firebase, hn.algolia.com/api for the index.  The same item comes in three shapes;
old ones have null where today's leave a field out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from forumtui.backends.web.fields import Fields
from forumtui.errors import Missing, Unreadable
from forumtui.model import (
    Author,
    BoardId,
    Body,
    Deleter,
    Format,
    Hit,
    Member,
    MemberId,
    Millis,
    Post,
    PostId,
    Topic,
    TopicId,
)
from forumtui.values import quick_dataclass

SITE = "https://news.ycombinator.com/"
BOARD = BoardId("news")
_ID = re.compile(r"[1-9][0-9]{0,17}")
_BELOW_SITE = re.compile(
    r'(<a\s[^<>]{0,200}?href=")(?=(?:item|user|newest|front|from|show|ask|threads)\b)', re.IGNORECASE
)
_KINDS = ("story", "comment", "job", "poll", "pollopt")
MOST_OPTIONS = 60
"""Of a poll."""


def item_id(text: str) -> str:
    """Raises `Missing` for what is no id of an item."""
    if not _ID.fullmatch(text):
        raise Missing("Hacker News has no such thing.")
    return text


@quick_dataclass(frozen=True, slots=True)
class Item:
    """A story, comment, job, poll or option of a poll, whichever of the two sent it."""

    id: str
    kind: str
    by: str = ""
    time: Millis | None = None
    text: str = ""
    title: str = ""
    url: str = ""
    points: int | None = None
    count: int | None = None
    """Of comments below a story."""
    parent: str | None = None
    kids: tuple[str, ...] = ()
    """Its answers, the best first; not told by the index."""
    parts: tuple[str, ...] = ()
    """The options of a poll."""
    gone: bool = False
    """Whether its author took it away."""
    dead: bool = False
    """Whether moderators, or flags, did."""


def from_firebase(value: object) -> Item:
    """Raises `Missing` for null, which stands for what there is not, and `Unreadable` for what has no id."""
    if value is None:
        raise Missing("Hacker News has no such thing.")
    given = Fields(value, "An item of Hacker News")
    kind = given.text("type")
    return Item(
        id=_known_id(given.some_id("id")),
        kind=kind if kind in _KINDS else "comment" if "parent" in given else "story",
        by=given.text("by"),
        time=given.time("time"),
        text=given.text("text"),
        title=given.text("title"),
        url=given.text("url"),
        points=_points(given.raw("score")),
        count=given.number("descendants"),
        parent=_some_id(given.some_id("parent") or given.some_id("poll")),
        kids=_ids(given.list("kids")),
        parts=_ids(given.list("parts")),
        gone=given.flag("deleted"),
        dead=given.flag("dead"),
    )


def from_index(value: object) -> Item:
    """An item as the index has it alone, without its children.  Raises `Unreadable` for what has no id."""
    given = Fields(value, "An item of the index")
    kind, author, text, title = given.text("type"), given.text("author"), given.text("text"), given.text("title")
    return Item(
        id=_known_id(given.some_id("id")),
        kind=kind if kind in _KINDS else "comment" if "parent_id" in given else "story",
        by=author,
        time=given.time("created_at_i") or given.time("created_at"),
        text=text,
        title=title,
        url=given.text("url"),
        points=_points(given.raw("points")),
        parent=_some_id(given.some_id("parent_id")),
        gone=not (author or text or title),
    )


def tree(value: object) -> list[tuple[Item, str | None]]:
    """An item of the index with all below it, each with what it stands under; what can not be read is left out, not what is below it."""
    found: dict[str, tuple[Item, str | None]] = {}
    waiting: list[tuple[object, str | None]] = [(value, None)]
    while waiting:
        node, above = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        try:
            item = from_index(node)
        except Unreadable:
            here = above
        else:
            here = item.id
            found.setdefault(item.id, (item, above))
        children = node.get("children")
        if isinstance(children, list):
            waiting.extend((child, here) for child in reversed(children))
    return list(found.values())


def options(value: object) -> list[Item]:
    """The options of a poll, where the index tells them with it."""
    given = Fields(value, "A poll of the index")
    return [_option(each) for each in given.each("options") if each.text("text")][:MOST_OPTIONS]


def _option(given: Fields) -> Item:
    return Item(given.some_id("id") or "", "pollopt", text=given.text("text"), points=_points(given.raw("points")))


def story_of(value: object) -> str | None:
    """The story that an item of the index belongs to."""
    given = Fields(value, "An item of the index")
    return _some_id(given.some_id("story_id")) or (None if "parent_id" in given else _some_id(given.some_id("id")))


def from_hit(given: Fields) -> Item:
    """What was found.  Raises `Unreadable` for what has no id."""
    tags = given.texts("_tags")
    kind = next((kind for kind in _KINDS if kind in tags), "comment" if "comment_text" in given else "story")
    return Item(
        id=_known_id(given.some_id("objectID")),
        kind=kind,
        by=given.text("author"),
        time=given.time("created_at_i") or given.time("created_at"),
        text=given.text("comment_text") or given.text("story_text"),
        title=given.text("title"),
        url=given.text("url"),
        points=_points(given.raw("points")),
        count=given.number("num_comments"),
        parent=_some_id(given.some_id("parent_id")),
    )


def hits(value: object) -> Iterator[tuple[Item, Fields]]:
    """What is in a page of a search; what can not be read is left out."""
    for given in Fields(value, "A page of the search").each("hits"):
        try:
            yield from_hit(given), given
        except Unreadable:
            continue


def hit(item: Item, given: Fields) -> Hit | None:
    """A post that was found, and what is told of its topic; None for a comment whose story is not told."""
    if item.kind != "comment":
        return Hit(topic(item), first_post(item))
    story = _some_id(given.some_id("story_id"))
    if story is None:
        return None
    title = given.text("story_title")
    return Hit(topic(Item(story, "story", title=title)), comment(item, story, item.parent))


# -- as values of the model


def topic(item: Item) -> Topic:
    """A story's header."""
    return Topic(
        id=TopicId(item.id),
        board=BOARD,
        title=html.unescape(item.title).strip() or ("[deleted]" if item.gone else "[no title]"),
        author=_author(item.by),
        created=item.time,
        posts=None if item.count is None else item.count + 1,
        tags=() if item.kind == "story" else (item.kind,),
        url=f"{SITE}item?id={item.id}",
    )


def first_post(item: Item, choices: Sequence[Item] = ()) -> Post:
    """The story itself: its link, its text, and the ``choices`` of a poll with their points."""
    return _post(item, item.id, 0, None, _whole(item, choices))


def comment(item: Item, story: str, parent: str | None, rank: int | None = None) -> Post:
    """A comment; one without a known parent answers the story.  ``rank``: its place among the best answers to it."""
    return _post(item, story, int(item.id), parent or story, _absolute(item.text), rank)


def _post(item: Item, story: str, sort: int, parent: str | None, source: str, rank: int | None = None) -> Post:
    seen = not (item.gone or item.dead)
    return Post(
        id=PostId(item.id),
        topic=TopicId(story),
        sort=sort,
        parent=None if parent is None else PostId(parent),
        rank=rank,
        author=None if item.gone else _author(item.by),
        created=item.time,
        deleted=item.gone,
        deleted_by=Deleter.AUTHOR if item.gone else None,
        hidden=item.dead and not item.gone,
        likes=item.points,
        body=Body(source, Format.HTML) if seen else None,
        url=f"{SITE}item?id={item.id}",
    )


def _whole(item: Item, choices: Sequence[Item]) -> str:
    parts = []
    if item.url:
        address = html.escape(item.url)
        parts.append(f'<p><a href="{address}">{address}</a></p>')
    if item.text:
        parts.append(_absolute(item.text))
    if choices:
        lines = "".join(f"<li>{choice.text}{_said(choice.points)}</li>" for choice in choices)
        parts.append(f"<ul>{lines}</ul>")
    return "\n".join(parts)


def _said(points: int | None) -> str:
    return "" if points is None else f" — {points} point{'' if points == 1 else 's'}"


def _absolute(text: str) -> str:
    """With the site's own links, which it may write without its name, as whole addresses."""
    return _BELOW_SITE.sub(rf"\1{SITE}", text)


def member(value: object) -> Member:
    """A user's page.  Raises `Missing` for null."""
    if value is None:
        raise Missing("Hacker News has no such user.")
    given = Fields(value, "A user of Hacker News")
    name, karma = given.the_id(), given.number("karma")
    said = html.unescape(re.sub(r"<[^<>]{0,2000}>", "", re.sub(r"<p>", "\n\n", given.text("about"))))
    lines = [f"{karma} points", said.strip()] if karma is not None else [said.strip()]
    return Member(MemberId(name), name, joined=given.time("created"), about="\n\n".join(filter(None, lines)))


def _author(name: str) -> Author | None:
    return Author(MemberId(name), name) if name else None


def _points(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None


def _some_id(text: str | None) -> str | None:
    return text if text is not None and _ID.fullmatch(text) else None


def _known_id(text: str | None) -> str:
    known = _some_id(text)
    if known is None:
        raise Unreadable("Hacker News tells of something without saying which it is.")
    return known


def _ids(values: Sequence[object]) -> tuple[str, ...]:
    ids = (_some_id(str(value)) for value in values if isinstance(value, int) and not isinstance(value, bool))
    return tuple(dict.fromkeys(each for each in ids if each is not None))


def ids(value: object) -> list[str]:
    """A list of stories.  Raises `Unreadable` for what is no list."""
    if not isinstance(value, list):
        raise Unreadable("Hacker News answers with no list where one was expected.")
    return list(_ids(value))
