"""What Lobsters sends as JSON, as values of the model.

Source: `as_json` of its stories, comments and users in lobsters/lobsters.  Older sites give users as objects where today's
give names, and count levels from 1.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence

from forumtui.backends.web.fields import Fields
from forumtui.backends.whole import Thread
from forumtui.errors import Missing, Unreadable
from forumtui.model import (
    Author,
    Board,
    BoardId,
    Body,
    Deleter,
    Format,
    Member,
    MemberId,
    Millis,
    Post,
    PostId,
    Topic,
    TopicId,
)

OF_STORY = "s/"
"""Before a story's id: the id of its first post."""
IN_CATEGORY = "in:"
"""Before a category's name: the id of the board that holds its tags."""
_NOWHERE = "untagged"
_FORMS = {"ask", "audio", "book", "pdf", "show", "slides", "transcript", "video"}
"""Tags that say in which form something comes, not what it is about."""
_ID = re.compile("[a-z0-9]{6}")
_TAG = re.compile(r"[A-Za-z0-9_+.\-]{1,40}")
_SPACE = 36**6
"""Ids there can be."""
_EDITED_LATER = 60_000
"""Ms; the site itself calls nothing edited that was changed sooner."""


_BANNED = "banned user"
"""In what stands instead of a comment whose author was shut out; that it is not their own doing is told nowhere else."""
_MARKUP = re.compile(r"</?(?:p|a|em|strong|code|pre|ul|ol|li|br|blockquote)\b[^<>]{0,2000}>", re.IGNORECASE)
_LAST_SECOND = 4_200_000_000
"""Of the times that leave room for an id beside them."""


def short_id(text: str) -> str:
    """Raises `Missing` for what is no id of a story or comment."""
    if not _ID.fullmatch(text):
        raise Missing("There is no such story or comment.")
    return text


def tag(text: str) -> str:
    """Raises `Missing` for what is no tag."""
    if not _TAG.fullmatch(text):
        raise Missing("There is no such tag.")
    return text


def boards(value: object) -> list[Board]:
    """The tags in use, below their categories."""
    found = [Fields(each, "A tag") for each in _list(value, "tags") if isinstance(each, dict)]
    tags = [each for each in found if _TAG.fullmatch(each.text("tag")) and each.raw("active") is not False]
    categories = dict.fromkeys(each.text("category") for each in tags)
    above = [
        Board(BoardId(f"{IN_CATEGORY}{name}"), name, position=i, orders=())
        for i, name in enumerate(sorted(filter(None, categories)))
    ]
    below = [
        Board(
            BoardId(each.text("tag")),
            each.text("tag"),
            BoardId(f"{IN_CATEGORY}{each.text('category')}") if each.text("category") else None,
            each.text("description"),
            position=position,
            orders=(),
        )
        for position, each in enumerate(sorted(tags, key=lambda each: each.text("tag")))
    ]
    return [*above, *{board.id: board for board in below}.values()]


def topics(value: object) -> list[Topic]:
    """A page of stories; what can not be read is left out."""
    found = [topic(Fields(each, "A story")) for each in _list(value, "stories") if _is_story(each)]
    return list({each.id: each for each in found}.values())


def _is_story(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("short_id"), str) and bool(_ID.fullmatch(value["short_id"]))


def topic(given: Fields) -> Topic:
    """A story's header."""
    tags = tuple(filter(_TAG.fullmatch, given.texts("tags")))
    count = given.number("comment_count")
    return Topic(
        id=TopicId(short_id(given.text("short_id"))),
        board=board_of(tags),
        title=given.text("title").strip() or "[no title]",
        author=_author(given, "submitter_user"),
        created=given.time("created_at"),
        posts=None if count is None else count + 1,
        tags=tags,
        url=given.text("comments_url") or given.text("short_id_url") or None,
    )


def board_of(tags: Sequence[str]) -> BoardId:
    """Where a story stands: at the first tag that says what it is about."""
    return BoardId(next((each for each in tags if each not in _FORMS), tags[0] if tags else _NOWHERE))


def thread(value: object) -> Thread:
    """A story with its comments, which come in the order that the site shows them in.

    Raises `Missing` where it is no story, `Unreadable` for what is no object.
    """
    given = Fields(value, "A story")
    header = topic(given)
    posts: dict[str, Post] = {}
    above: list[str] = []
    answers: Counter[str | None] = Counter()
    for each in given.each("comments"):
        name = each.text("short_id")
        if not _ID.fullmatch(name) or name in posts:
            continue
        parent = _parent(each, above, posts)
        posts[name] = _comment(each, header, parent, answers[parent])
        answers[parent] += 1
    story = _post(given, header)
    return Thread(
        header,
        (story, *sorted(posts.values(), key=lambda post: post.sort)),
        complete=header.posts is not None and len(posts) + 1 >= header.posts,
    )


def _parent(given: Fields, above: list[str], known: dict[str, Post]) -> str | None:
    """Which comment it answers; where that is not told, the last one that stood a level higher.  ``above``: those by level."""
    level = given.number("depth")
    if level is None:
        level = max(0, (given.number("indent_level") or 1) - 1)
    told = given.text("parent_comment")
    del above[level:]
    parent = told if told in known else above[-1] if above and "parent_comment" not in given and level else None
    above.append(given.text("short_id"))
    return parent


def _comment(given: Fields, header: Topic, parent: str | None, rank: int) -> Post:
    name, created = given.text("short_id"), given.time("created_at")
    removed = given.flag("is_moderated") or (given.flag("is_deleted") and _BANNED in given.text("comment"))
    deleted = given.flag("is_deleted") and not removed
    edited = given.time("last_edited_at") or given.time("updated_at")
    return Post(
        id=PostId(name),
        topic=header.id,
        sort=sort_of(name, created or header.created),
        parent=PostId(parent or f"{OF_STORY}{header.id}"),
        author=None if deleted else _author(given, "commenting_user"),
        created=created,
        edited=edited if edited and created and edited - created > _EDITED_LATER else None,
        deleted=deleted,
        deleted_by=Deleter.AUTHOR if deleted else None,
        hidden=removed,
        likes=_score(given),
        body=None if deleted or removed else _body(given, "comment"),
        url=given.text("url") or given.text("short_id_url") or None,
        rank=rank,
    )


def sort_of(name: str, created: Millis | None) -> int:
    """By time, and within a second by id; so a comment stands where it stood, whatever is written meanwhile."""
    return 1 + min((created or 0) // 1000, _LAST_SECOND) * _SPACE + int(name, 36)


def _post(given: Fields, header: Topic) -> Post:
    """The story itself: its link, then its text."""
    body = _body(given, "description")
    link = given.text("url")
    if link:
        body = (
            Body(f"<{link}>\n\n{body.source}".rstrip(), body.format)
            if body.format is Format.MARKDOWN
            else _linked(link, body)
        )
    return Post(
        id=PostId(f"{OF_STORY}{header.id}"),
        topic=header.id,
        sort=0,
        author=header.author,
        created=header.created,
        likes=_score(given),
        body=body,
        url=header.url,
    )


def _linked(link: str, body: Body) -> Body:
    address = html.escape(link)
    return Body(f'<p><a href="{address}">{address}</a></p>\n{body.source}'.rstrip(), body.format)


def _body(given: Fields, name: str) -> Body:
    """As it was written, where the site tells that; else what it made of it."""
    written = given.raw(f"{name}_plain")
    if isinstance(written, str):
        return Body(written.replace("\r\n", "\n"), Format.MARKDOWN)
    return Body(given.text(name), Format.HTML)


def story_of(value: object) -> str:
    """The story of a comment that came alone.  Raises `Unreadable` where it is not told."""
    found = re.search(rf"/s/({_ID.pattern})(?:[/#?]|$)", Fields(value, "A comment").text("url"))
    if found is None:
        raise Unreadable("A comment came without its story.")
    return found[1]


def member(value: object) -> Member:
    """A user's page.  Raises `Unreadable` for one without a name."""
    given = Fields(value, "A user")
    name = given.the_id("username")
    role = "Admin" if given.flag("is_admin") else "Moderator" if given.flag("is_moderator") else None
    karma, inviter, homepage = given.number("karma"), given.text("invited_by_user"), given.text("homepage")
    lines = [
        "" if karma is None else f"{karma} points",
        f"invited by {inviter}" if inviter else "",
        homepage,
        *(f"{label}: {given.text(field)}" for field, label in _ELSEWHERE.items() if given.text(field)),
        html.unescape(_MARKUP.sub("", given.text("about"))).strip(),
    ]
    return Member(MemberId(name), name, role, given.time("created_at"), "\n\n".join(filter(None, lines)))


_ELSEWHERE = {"github_username": "GitHub", "mastodon_username": "Mastodon", "twitter_username": "Twitter"}


def _author(given: Fields, name: str) -> Author | None:
    """Today a name, once an object."""
    user = given.inner(name)
    who = given.text(name) or user.text("username")
    role = "Admin" if user.flag("is_admin") else "Moderator" if user.flag("is_moderator") else None
    return Author(MemberId(who), who, role) if who else None


def _score(given: Fields) -> int | None:
    value = given.raw("score")
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None


def _list(value: object, what: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise Unreadable(f"Instead of a list of {what} comes something else.")
    return value
