"""What a Discourse site sends, as values of the model.

Discourse numbers twice: a post has an id on the site, and a number in its topic.  Addresses, parents, quotes and
notifications go by number, only acts by id; so here a post is called ``TOPIC/NUMBER``.  What depends on the site's
plug-ins or its age may be absent, and what is unknown is passed over.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from forumtui.backends.web.fields import Fields
from forumtui.errors import Unreadable
from forumtui.model import (
    INHERITED,
    SOMEBODY,
    Ability,
    Author,
    Board,
    BoardId,
    Body,
    Can,
    Deleter,
    Format,
    Mark,
    Member,
    MemberId,
    Post,
    PostId,
    Topic,
    TopicId,
)
from forumtui.values import quick_dataclass

MESSAGES = BoardId("messages")
"""The board that only you see: your private messages."""
LIKE = 2
"""Among the actions on a post."""
_SMALL_ACTION, _WHISPER = 3, 4
_EVENTS = {
    "closed.enabled": "closed this topic",
    "closed.disabled": "opened this topic again",
    "autoclosed.enabled": "closed this topic, as was planned",
    "autoclosed.disabled": "opened this topic again, as was planned",
    "archived.enabled": "archived this topic",
    "archived.disabled": "took this topic out of the archive",
    "pinned.enabled": "pinned this topic",
    "pinned.disabled": "unpinned this topic",
    "pinned_globally.enabled": "pinned this topic everywhere",
    "pinned_globally.disabled": "unpinned this topic everywhere",
    "visible.enabled": "listed this topic",
    "visible.disabled": "unlisted this topic",
    "split_topic": "moved posts from here to another topic",
    "public_topic": "made this topic public",
    "private_topic": "made this topic a private message",
    "category_changed": "moved this topic to another category",
    "tags_changed": "changed the tags",
    "autobumped": "brought this topic up again",
    "invited_user": "invited somebody",
    "removed_user": "removed somebody",
    "invited_group": "invited somebody",
    "removed_group": "removed somebody",
    "user_left": "left",
    "banner.enabled": "made this topic the banner",
    "banner.disabled": "took the banner away",
}
_LOG_IN = "log in first"
_GONE = Can(dict.fromkeys((Ability.EDIT, Ability.DELETE, Ability.LIKE, Ability.REPLY), "this post was deleted"))


@quick_dataclass(frozen=True, slots=True)
class Site:
    """What reading needs to know besides the answers."""

    base: str
    """Without a slash at its end."""
    guest: bool = True

    def address(self, path: str) -> str:
        """Of a page below it."""
        return f"{self.base}/{path}"


# -- boards


def boards(lists: Iterable[Sequence[Fields]]) -> list[Board]:
    """Every category of some lists once, parents first."""
    found = _categories(lists)
    made: dict[str, Board] = {}

    def make(key: str, above: frozenset[str]) -> None:
        row = found[key]
        parent = row.some_id("parent_category_id")
        if parent is not None and (parent not in found or parent in above or parent == key):
            parent = None
        if parent is not None and parent not in made:
            make(parent, above | {key})
        made.setdefault(key, _board(row, parent))

    for key in found:
        if key not in made:
            make(key, frozenset())
    return list(made.values())


def slugs(lists: Iterable[Sequence[Fields]]) -> dict[BoardId, str]:
    """The path below ``c/`` under which the site lists a category without a redirect."""
    rows = _categories(lists)
    paths: dict[BoardId, str] = {}
    for key, row in rows.items():
        parts, seen = [_slug(row)], {key}
        above = row.some_id("parent_category_id")
        while above in rows and above not in seen:
            seen.add(above)
            parts.append(_slug(rows[above]))
            above = rows[above].some_id("parent_category_id")
        paths[BoardId(key)] = "/".join([*reversed(parts), key])
    return paths


def _categories(lists: Iterable[Sequence[Fields]]) -> dict[str, Fields]:
    """All categories by their ids; each may hold those below it."""
    found: dict[str, Fields] = {}
    level = [row for rows in lists for row in rows]
    while level:
        found |= {key: row for row in level if (key := row.the_id()) not in found}
        level = [below for row in level for below in row.each("subcategory_list")]
    return found


def _slug(row: Fields) -> str:
    slug = row.text("slug") or f"{row.the_id()}-category"
    return quote(slug, safe="") if slug not in {".", ".."} else "-"


def _board(row: Fields, parent: str | None) -> Board:
    may = row.number("permission")
    return Board(
        id=BoardId(row.the_id()),
        title=row.text("name") or row.text("slug") or row.the_id(),
        parent=None if parent is None else BoardId(parent),
        description=row.text("description_text") or plain(row.text("description_excerpt") or row.text("description")),
        position=row.number("position") or 0,
        topics=row.number("topic_count"),
        can=INHERITED if may in {None, 1} else Can({Ability.NEW_TOPIC: "this category takes no topics of yours"}),
        members_only=row.flag("read_restricted"),
    )


_TAG = re.compile(r"<[^<>]*>")


def plain(text: str) -> str:
    """A line of HTML as a line of text."""
    return " ".join(html.unescape(_TAG.sub("", text)).split())


# -- topics


def users(answer: Fields) -> Mapping[str, Fields]:
    """The members whom rows name by their id."""
    return {key: row for row in answer.each("users") if (key := row.some_id("id")) is not None}


def listed(row: Fields, known: Mapping[str, Fields], site: Site) -> Topic:
    """A row of a list: its first poster opened it."""
    first = next(row.each("posters"), None)
    key = None if first is None else first.some_id("user_id")
    opener = known.get(key) if key is not None else None
    if opener is None and first is not None:
        opener = first.inner("user") if "user" in first else None
    return _topic(row, None if opener is None else author(opener), site)


def header(row: Fields, site: Site) -> Topic:
    """A topic's own answer."""
    details = row.inner("details")
    return _topic(row, author(details.inner("created_by")), site, details)


def _topic(row: Fields, by: Author | None, site: Site, details: Fields | None = None) -> Topic:
    key = row.the_id()
    message = row.text("archetype") == "private_message"
    closed, archived = row.flag("closed"), row.flag("archived")
    return Topic(
        id=TopicId(key),
        board=MESSAGES if message else BoardId(row.some_id("category_id") or ""),
        title=row.text("unicode_title") or row.text("title") or html.unescape(row.text("fancy_title")) or key,
        author=by,
        created=row.time("created_at"),
        last_post=row.time("bumped_at") or row.time("last_posted_at"),
        posts=row.number("posts_count"),
        pinned=(row.flag("pinned") or row.flag("pinned_globally")) and not row.flag("unpinned"),
        closed=closed or archived,
        tags=_tags(row),
        url=site.address(f"t/{key}"),
        can=_of_topic(site, closed=closed, archived=archived, details=details),
        removed=row.time("deleted_at") is not None,
    )


def _of_topic(site: Site, *, closed: bool, archived: bool, details: Fields | None) -> Can:
    if site.guest:
        return INHERITED
    shut = "this topic is archived" if archived else "this topic is closed" if closed else ""
    if details is None:
        return Can({Ability.REPLY: shut}) if shut else INHERITED
    if details.flag("can_create_post"):
        return Can({Ability.REPLY: ""}) if shut else INHERITED
    return Can({Ability.REPLY: shut or "the site does not let you answer here"})


def _tags(row: Fields) -> tuple[str, ...]:
    """Tags were words once, and are objects now."""
    named = [value if isinstance(value, str) else _name(value) for value in row.list("tags")]
    return tuple(name for name in named if name)


def _name(value: object) -> str:
    return Fields(value, "A tag").text("name") if isinstance(value, Mapping) else ""


# -- members


def author(row: Fields) -> Author | None:
    """Whoever a row names by ``username``; None where that is nobody any more."""
    name = row.text("username")
    return Author(MemberId(name), name, _role(row)) if name else None


def member(row: Fields) -> Member:
    """A profile, or who we are."""
    name = row.text("username")
    if not name:
        raise Unreadable("A member comes without a readable 'username'.")
    return Member(
        MemberId(name),
        name,
        _role(row),
        row.time("created_at"),
        plain(row.text("bio_excerpt") or row.text("bio_cooked")),
    )


def _role(row: Fields) -> str | None:
    for flag, role in (("admin", "Admin"), ("moderator", "Moderator")):
        if row.flag(flag):
            return role
    return row.text("user_title") or row.text("title") or None


# -- posts


def named(topic: str, number: int) -> PostId:
    """What a post is called here."""
    return PostId(f"{topic}/{number}")


def post(row: Fields, site: Site) -> Post:
    """A post, or a line that says what happened to its topic."""
    number, topic = row.the_number("post_number"), row.the_id("topic_id")
    by = _deleter(row)
    hidden = row.flag("hidden") and by is None
    answered = row.number("reply_to_post_number")
    parent = named(topic, answered) if answered is not None and 0 < answered < number else None
    like, event = like_on(row), _event(row)
    body, written = _texts(row, site)
    return Post(
        id=named(topic, number),
        topic=TopicId(topic),
        sort=number,
        number=number,
        parent=parent,
        author=None if by is not None and body is None else author(row),
        created=row.time("created_at"),
        edited=row.time("updated_at") if (row.number("version") or 1) > 1 else None,
        deleted=by is not None,
        deleted_by=by,
        marks=frozenset({Mark.ACCEPTED}) if row.flag("accepted_answer") else frozenset(),
        likes=_likes(row, like),
        liked=like is not None and like.flag("acted"),
        body=body,
        written=written,
        url=site.address(f"t/{topic}/{number}"),
        can=INHERITED if site.guest else can_on(row, like),
        hidden=hidden,
        event=event,
        whisper=row.number("post_type") == _WHISPER,
    )


def hit(row: Fields, site: Site) -> Post:
    """A search's post: who, when, and the place that matched; its text is not whole."""
    number, topic = row.the_number("post_number"), row.the_id("topic_id")
    return Post(
        id=named(topic, number),
        topic=TopicId(topic),
        sort=number,
        number=number,
        author=author(row),
        created=row.time("created_at"),
        likes=row.number("like_count"),
        body=Body(html.unescape(row.text("blurb")), Format.PLAIN),
        url=site.address(f"t/{topic}/{number}"),
    )


def _likes(row: Fields, like: Fields | None) -> int | None:
    """An action that nobody took is not listed, or comes without a count."""
    if like is not None:
        return like.number("count") or 0
    return 0 if "actions_summary" in row else row.number("like_count")


def like_on(row: Fields) -> Fields | None:
    """What a post says of its likes."""
    return next((action for action in row.each("actions_summary") if action.number("id") == LIKE), None)


def is_gone(row: Fields) -> bool:
    """Whether its author or the staff deleted a post."""
    return _deleter(row) is not None


def _deleter(row: Fields) -> Deleter | None:
    """Who deleted a post, if somebody did."""
    if row.flag("user_deleted"):
        return Deleter.AUTHOR
    return Deleter.STAFF if row.time("deleted_at") is not None else None


def _texts(row: Fields, site: Site) -> tuple[Body | None, Body | None]:
    """What a post shows, and what its author wrote, where we may see it."""
    by, shown = _deleter(row), row.text("cooked")
    if by is Deleter.AUTHOR:
        return None, None  # what stands there is the site's
    source = None
    if "raw" in row and not site.guest and row.number("post_type") != _SMALL_ACTION:
        source = Body(row.text("raw"), Format.MARKDOWN)
    if row.flag("hidden") and row.flag("cooked_hidden"):
        return source, None  # the site tells in its place that it is hidden
    if not shown.strip() and (by is not None or row.number("post_type") == _SMALL_ACTION):
        return None, None
    return Body(shown, Format.HTML), source


def can_on(row: Fields, like: Fields | None) -> Can:
    """What a member may do with a post."""
    if is_gone(row):
        return _GONE
    liked = like is not None and (like.flag("can_undo") if like.flag("acted") else like.flag("can_act"))
    return Can(
        {
            Ability.EDIT: "" if row.flag("can_edit") else "the site does not let you edit this post",
            Ability.DELETE: "" if row.flag("can_delete") else "the site does not let you delete this post",
            Ability.LIKE: "" if liked else "the site does not let you change that here",
        }
    )


def _event(row: Fields) -> str | None:
    """What happened to the topic, in a line; None for a text of somebody's."""
    if row.number("post_type") != _SMALL_ACTION:
        return None
    code = row.text("action_code")
    done = _EVENTS.get(code) or code.replace(".", " ").replace("_", " ").strip() or "did something"
    who = row.text("action_code_who")
    if not who:
        return done
    return done.replace(SOMEBODY, who) if SOMEBODY in done else f"{done} ({who})"
