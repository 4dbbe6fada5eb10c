# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Posts: merged by id in any order, and what is read of them on arrival."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import field
from typing import Any

import apsw

from forumtui.model import Body, Format, Page, Post, PostId, Window
from forumtui.reader.rows import AccountKey, TopicKey
from forumtui.reader.sql import spans
from forumtui.reader.sql.columns import Insert, Lookup, every, json_list, must, one, sound_id
from forumtui.reader.sql.members import Roster
from forumtui.reader.sql.outbox_arrivals import is_own, publish_held
from forumtui.reader.sql.postrows import IS_UNREAD, POST
from forumtui.reader.sql.topics import watermark
from forumtui.text.fold import fold
from forumtui.text.said import said
from forumtui.text.sanitise import store_text
from forumtui.values import quick_dataclass

JOINED = 1
CAUGHT_UP = 2
GONE = 3
"""Why a post arrived read (column ``waived``); 0: it did not, or it is our own."""

_BEFORE = Lookup(POST, "key", where="account = ? AND id = ?")
_INSERT = Insert(POST, "account", "id", "waived", "mine")
_UPDATE = f"{POST.update()} WHERE key = :key"


@quick_dataclass(slots=True)
class _Tally:
    """What one merge does to its topic's counters."""

    cached: int = 0
    unread: int = 0
    waived: int = 0
    fresh: int = 0
    newer: list[int] = field(default_factory=list)
    """Times of new posts that the topic's header can not have counted."""
    changed: bool = False


@quick_dataclass(frozen=True, slots=True)
class _Topic:
    """What decides whether a new post arrives read."""

    account: AccountKey
    key: TopicKey
    joined: int | None
    caught_up: int | None
    skipped: int
    are_new: bool
    """Whether all that is not here yet came to the forum after us, whatever its dates say."""
    last_post: int | None
    me: str | None


def merge_page(
    connection: apsw.Connection, account: AccountKey, topic: TopicKey, window: Window, page: Page[Post]
) -> bool:
    """Merge a window, drop what the forum no longer has inside it, remember the stretch; whether anything changed."""
    changed = merge(connection, account, topic, page.items)
    if page.complete and len(page.items) > 1:
        changed = _drop_absent(connection, topic, page.items) or changed
    changed = spans.add_page(connection, topic, window, page) or changed
    if spans.whole(connection, topic):
        # Every post that we may see is here: what the forum counts beyond is nothing we could read.
        connection.execute(
            "UPDATE topic SET skipped = max(0, coalesce(total, 0) - cached) WHERE key = ?1"
            " AND skipped <> max(0, coalesce(total, 0) - cached)",
            (topic,),
        )
        changed = changed or connection.changes() > 0
    return changed


def merge(connection: apsw.Connection, account: AccountKey, topic: TopicKey, posts: Sequence[Post]) -> bool:
    """Merge posts of one topic; read marks, bookmarks and wishes stay.  Whether anything changed."""
    about = must(
        one(
            connection,
            "SELECT caught_up, skipped, fresh, last_post, (SELECT me_id FROM account WHERE key = topic.account) FROM topic WHERE key = ?",
            (topic,),
        ),
        "The topic is gone.",
    )
    joined = watermark(connection, account)
    caught_up, skipped, fresh, last_post, me = about
    are_new = fresh > 0 and len(_unknown(connection, account, posts)) <= fresh
    here = _Topic(account, topic, joined, caught_up, skipped, are_new, last_post, me)
    roster = Roster(connection, account)
    tally = _Tally()
    wished = _wishes(connection, account)
    for post in posts:
        _merge_one(connection, here, post, roster, tally, wished)
    if tally.cached or tally.unread:
        _count(connection, topic, tally)
    return tally.changed


def _unknown(connection: apsw.Connection, account: AccountKey, posts: Sequence[Post]) -> set[PostId]:
    """Those that are not here yet."""
    sql = "SELECT id FROM post WHERE account = ? AND id IN (SELECT value FROM json_each(?))"
    found = every(connection, sql, (account, json_list([post.id for post in posts])))
    return {post.id for post in posts} - {identity for (identity,) in found}


def _wishes(connection: apsw.Connection, account: AccountKey) -> dict[str, int]:
    """Likes that the forum has not heard of yet: what the reader sees until then."""
    return dict(every(connection, "SELECT post, wanted FROM wish WHERE account = ? AND kind = 'like'", (account,)))


def _merge_one(
    connection: apsw.Connection, here: _Topic, post: Post, roster: Roster, tally: _Tally, wished: dict[str, int]
) -> None:
    parent = sound_id(post.parent) if post.parent is not None and post.parent != post.id else None
    row = POST.row_of(post, topic=here.key, parent_ref=parent, author=roster.key(post.author))
    if post.id in wished:
        row["liked"] = wished[post.id]
    before = _BEFORE.find(connection, here.account, post.id)
    changed: Set[str] = row.keys()
    if before is None:
        key = _insert(connection, here, post, row, tally)
        roster.wrote(row["author"], post.created)
    else:
        changed = before.differing(row)
        key = before["key"]
        if changed:
            tally.changed = True
            if "topic" in changed:
                _move(connection, key, before["topic"], here.key, tally)
            connection.execute(_UPDATE, row | {"key": key})
            if changed & {"deleted", "hidden"}:
                _mind_absence(connection, here, key, post, tally)
    if "parent_ref" in changed:
        _link(connection, here.account, key, post.id, parent)
    _store_body(connection, key, post, row["subject"], tally, is_new=before is None, renamed="subject" in changed)


def _insert(connection: apsw.Connection, here: _Topic, post: Post, row: dict[str, Any], tally: _Tally) -> int:
    mine = (post.author is not None and post.author.id == here.me) or is_own(connection, here.account, post.id)
    waived = 0
    if post.created is not None:
        if here.joined is not None and post.created < here.joined and not here.are_new:
            waived = JOINED
        elif here.caught_up is not None and post.created <= here.caught_up:
            waived = CAUGHT_UP
    elif here.caught_up is not None and here.skipped > tally.waived:
        waived = CAUGHT_UP
    if _is_gone(post) and not waived and not mine:
        waived = GONE
    unread = int(not mine and not waived)
    key = _INSERT.run(connection, row, account=here.account, id=sound_id(post.id), waived=waived, mine=int(mine))
    if unread:
        connection.execute("INSERT INTO unread VALUES (?, ?, ?)", (here.key, post.sort, key))
    tally.changed = True
    tally.cached += 1
    tally.unread += unread
    tally.waived += waived in {JOINED, CAUGHT_UP}
    tally.fresh += here.are_new or (here.joined is not None and (post.created or 0) >= here.joined)
    if post.created is not None and here.last_post is not None and post.created > here.last_post:
        tally.newer.append(post.created)
    if mine and post.body is not None:
        publish_held(connection, here.account, post, post.body.source)
    return key


def _is_gone(post: Post) -> bool:
    """Whether there is nothing to read: the author or a moderator took it away."""
    return post.deleted or (post.hidden and post.body is None)


def _mind_absence(connection: apsw.Connection, here: _Topic, key: int, post: Post, tally: _Tally) -> None:
    """A post that goes is not unread any more; one that comes back is as unread as it was."""
    row = (here.key, post.sort, key)
    if _is_gone(post):
        connection.execute("DELETE FROM unread WHERE (topic, sort, post) = (?, ?, ?)", row)
        if connection.changes():
            connection.execute("UPDATE post SET waived = ? WHERE key = ?", (GONE, key))
            tally.unread -= 1
        return
    is_behind = here.caught_up is None or (post.created is not None and post.created > here.caught_up)
    sql = "UPDATE post SET waived = ? WHERE key = ? AND waived = ?"
    connection.execute(sql, (0 if is_behind else CAUGHT_UP, key, GONE))
    if connection.changes() and is_behind:
        connection.execute("INSERT OR IGNORE INTO unread VALUES (?, ?, ?)", row)
        tally.unread += connection.changes()


def _link(connection: apsw.Connection, account: AccountKey, key: int, identity: PostId, parent_ref: str | None) -> None:
    """Tie a post to its parent and to answers that came before it."""
    connection.execute(
        "UPDATE post SET parent = (SELECT key FROM post WHERE account = ? AND id = ?) WHERE key = ?",
        (account, parent_ref, key),
    )
    connection.execute(
        "UPDATE post SET parent = ? WHERE account = ? AND parent_ref = ? AND parent IS NULL AND parent_ref IS NOT NULL",
        (key, account, identity),
    )


def _store_body(
    connection: apsw.Connection,
    key: int,
    post: Post,
    subject: str | None,
    tally: _Tally,
    *,
    is_new: bool,
    renamed: bool,
) -> None:
    """Keep the text and its index.  A post that came without its body keeps the one that is here.

    Unless it is deleted or hidden, which is not ours to see any more, or tells what happened, which needs no text.
    """
    old = None if is_new else one(connection, f"SELECT {_TEXTS} FROM body WHERE post = ?", (key,))
    body = None if post.body is None else (*_text(post.body), *_text(post.written))
    if body is None and not (post.deleted or post.hidden or post.event is not None):
        body = old
    if body == old and not renamed:
        return
    tally.changed = True
    if body is None:
        connection.execute("DELETE FROM body WHERE post = ?", (key,))
    elif body != old:
        connection.execute(f"INSERT OR REPLACE INTO body (post, {_TEXTS}) VALUES (?, ?, ?, ?, ?)", (key, *body))
    _index(connection, key, subject, Body(body[0] or "", Format.of(body[1] or "")) if body else None)


_TEXTS = "source, format, written, written_format"


def _text(body: Body | None) -> tuple[str | None, str | None]:
    return (None, None) if body is None else (store_text(body.source), body.format)


def rewrite(connection: apsw.Connection, key: int, subject: str | None, body: Body) -> None:
    """Give a cached post the text that an edit of ours gave it."""
    connection.execute("UPDATE post SET subject = coalesce(?, subject) WHERE key = ?", (subject, key))
    connection.execute(
        "INSERT OR REPLACE INTO body (post, source, format) VALUES (?, ?, ?)", (key, body.source, body.format)
    )
    _index(connection, key, subject, body)


def take_back(connection: apsw.Connection, key: int) -> None:
    """Make a cached post the placeholder that a deletion of ours left."""
    connection.execute("UPDATE post SET deleted = 1, deleted_by = 'author', author = NULL WHERE key = ?", (key,))
    connection.execute("DELETE FROM body WHERE post = ?", (key,))
    _index(connection, key, None, None)


def _index(connection: apsw.Connection, key: int, subject: str | None, body: Body | None) -> None:
    connection.execute("DELETE FROM post_text WHERE rowid = ?", (key,))
    text = said(body)
    if subject or text:
        connection.execute(
            "INSERT INTO post_text (rowid, subject, body) VALUES (?, ?, ?)", (key, fold(subject), fold(text))
        )


def _move(connection: apsw.Connection, key: int, old_topic: int, new_topic: TopicKey, tally: _Tally) -> None:
    """The forum put the post into another topic; what is read of it goes with it."""
    found = must(
        one(connection, f"SELECT {IS_UNREAD}, p.bookmarked FROM post AS p WHERE p.key = ?", (key,)),
        "The post is gone.",
    )
    connection.execute(
        "UPDATE topic SET cached = cached - 1, cached_unread = cached_unread - ?, post_bookmarks = post_bookmarks - ? WHERE key = ?",
        (found[0], found[1], old_topic),
    )
    connection.execute("UPDATE topic SET post_bookmarks = post_bookmarks + ? WHERE key = ?", (found[1], new_topic))
    tally.cached += 1
    tally.unread += found[0]


def _count(connection: apsw.Connection, topic: TopicKey, tally: _Tally) -> None:
    """Bring the topic's counters up to date after new posts.

    Posts newer than the header's last are counted on top of its total, so that shown unread is the same
    whether header or posts come first.
    """
    connection.execute(
        """
        UPDATE topic SET cached = cached + ?1, cached_unread = cached_unread + ?2, skipped = max(0, skipped - ?3),
          total = total + ?4, last_post = max(coalesce(last_post, ?5), coalesce(?5, last_post)), fresh = max(0, fresh - ?6)
        WHERE key = ?7
        """,
        (
            tally.cached,
            tally.unread,
            tally.waived,
            len(tally.newer),
            max(tally.newer, default=None),
            tally.fresh,
            topic,
        ),
    )
    connection.execute(
        """
        UPDATE topic SET skipped = max(0, total - cached) WHERE key = ? AND total IS NOT NULL AND skipped > max(0, total - cached)
        """,
        (topic,),
    )


def _drop_absent(connection: apsw.Connection, topic: TopicKey, items: Sequence[Post]) -> bool:
    """Drop cached posts that a complete page should hold and does not.

    Only strictly between its first and last post: what stands outside may be newer than the page.
    """
    present = {post.id for post in items}
    low, high = min(post.sort for post in items), max(post.sort for post in items)
    cached = every(connection, "SELECT key, id FROM post WHERE topic = ? AND sort > ? AND sort < ?", (topic, low, high))
    gone = [key for key, identity in cached if identity not in present]
    drop(connection, topic, gone)
    return bool(gone)


def drop(connection: apsw.Connection, topic: TopicKey, keys: Sequence[int]) -> None:
    """Drop posts of one topic."""
    if not keys:
        return
    listed = json_list(keys)
    connection.execute(
        f"""
        UPDATE topic SET (cached, cached_unread, post_bookmarks) = (
          SELECT topic.cached - count(*), topic.cached_unread - coalesce(sum({IS_UNREAD}), 0), topic.post_bookmarks - coalesce(sum(p.bookmarked), 0)
          FROM post AS p WHERE p.key IN (SELECT value FROM json_each(?)))
        WHERE key = ?
        """,
        (listed, topic),
    )
    connection.execute("DELETE FROM post WHERE key IN (SELECT value FROM json_each(?))", (listed,))


def drop_ids(connection: apsw.Connection, account: AccountKey, topic: TopicKey, gone: Sequence[PostId]) -> int:
    """Drop posts by the forum's ids; returns how many were here."""
    sql = "SELECT key FROM post WHERE account = ? AND topic = ? AND id IN (SELECT value FROM json_each(?))"
    keys = [key for (key,) in every(connection, sql, (account, topic, json_list(gone)))]
    drop(connection, topic, keys)
    return len(keys)


def ids(connection: apsw.Connection, topic: TopicKey) -> list[PostId]:
    """Ids of the cached posts, in order."""
    found = every(connection, "SELECT id FROM post WHERE topic = ? ORDER BY sort, key", (topic,))
    return [PostId(identity) for (identity,) in found]


def unknown_behind(connection: apsw.Connection, account: AccountKey, topic: TopicKey, posts: Sequence[Post]) -> int:
    """How many of these posts are not here yet and stand behind the newest that is."""
    found = one(connection, "SELECT max(high) FROM span WHERE topic = ?", (topic,))
    if found is None or found[0] is None:
        return 0
    behind = {post.id for post in posts if post.sort > found[0]}
    sql = "SELECT count(*) FROM post WHERE account = ? AND id IN (SELECT value FROM json_each(?))"
    return len(behind) - int(must(one(connection, sql, (account, json_list(behind))), "")[0])
