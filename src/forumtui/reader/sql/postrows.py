# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Posts: their columns, and as the thread shows them, with their bodies."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.model import Author, Body, Deleter, Format, Post, PostId, TopicId
from forumtui.reader.rows import AccountKey, OutRow, PostKey, PostRow, TopicKey
from forumtui.reader.sql import outbox_rows
from forumtui.reader.sql.columns import (
    dump_can,
    dump_url,
    effective,
    every,
    json_list,
    load_member,
    must,
    one,
    ours,
    told,
)
from forumtui.reader.sql.members import AUTHOR
from forumtui.reader.target import Unsent, text_of
from forumtui.sqlite.columns import Column, Table


def _body(source: str | None, form: str | None) -> Body | None:
    return None if source is None else Body(source, Format.of(form or ""))


_DELETERS = {deleter.value: deleter for deleter in Deleter}
IS_UNREAD = "EXISTS (SELECT 1 FROM unread AS u WHERE u.topic = p.topic AND u.sort = p.sort AND u.post = p.key)"
POST = Table(
    PostRow,
    "post",
    "p",
    told(
        Post,
        ours("id"),
        ours("topic", sql="t.id"),
        Column("sort"),
        Column("parent", column="parent_ref", given=True),
        AUTHOR,
        ours("body", load=_body, sql=("d.source", "d.format")),
        Column("deleted_by", load=_DELETERS.get, store=lambda by: by and by.value),
        ours("written", load=_body, sql=("d.written", "d.written_format")),
        Column("url", store=dump_url),
        Column("can", load=effective, store=dump_can, sql=("p.can", "t.can", "b.can", "a.can")),
        ours("key"),
        Column("topic_key", column="topic", given=True),
        ours("parent_key", column="parent"),
        ours("parent_author", sql="pm.name"),
        ours("parent_number", sql="pp.number"),
        ours("bookmarked", load=bool),
        ours("unread", load=bool, sql=IS_UNREAD),
        ours("mine", load=bool, sql="p.mine OR (m.id IS NOT NULL AND m.id IS a.me_id)"),
        ours("pending", load=dict.get, sql="p.id", asks=True),
    ),
)
"""Its values ask for my edits and deletions that are on their way, by the id of the post."""
_TABLES = """
post AS p JOIN topic AS t ON t.key = p.topic JOIN board AS b ON b.key = t.board JOIN account AS a ON a.key = p.account
LEFT JOIN member AS m ON m.key = p.author LEFT JOIN body AS d ON d.post = p.key
LEFT JOIN post AS pp ON pp.key = p.parent LEFT JOIN member AS pm ON pm.key = pp.author
"""


_LAST = (1 << 63) - 1
"""Where a reply stands that the forum does not have yet: behind all others."""


def _reply(connection: apsw.Connection, topic: TopicKey, key: int, row: OutRow) -> PostRow:
    """A reply of mine that the forum does not have yet."""
    found = must(
        one(
            connection,
            "SELECT t.id, a.me, t.can, b.can, a.can FROM topic AS t JOIN board AS b ON b.key = t.board"
            " JOIN account AS a ON a.key = t.account WHERE t.key = ?",
            (topic,),
        ),
        "This topic is not in the library (any more).",
    )
    me, answered = load_member(found[1]), text_of(row.target.parent)
    parent = one(
        connection,
        "SELECT key, number FROM post WHERE account = ? AND id = ?",
        (row.account, answered),
    )
    return PostRow(
        PostId(str(Unsent(row.uid))),
        TopicId(found[0]),
        _LAST,
        subject=row.subject or None,
        parent=PostId(answered) if answered else None,
        author=Author(me.id, me.name, me.role) if me else None,
        body=row.body,
        can=effective(*found[2:]),
        key=PostKey(key),
        topic_key=topic,
        parent_key=PostKey(parent[0]) if parent else None,
        parent_author=row.to,
        parent_number=parent[1] if parent else None,
        mine=True,
        pending=row,
    )


def many(connection: apsw.Connection, topic: TopicKey, keys: Sequence[PostKey]) -> dict[PostKey, PostRow]:
    """Those that are here, pending ones included."""
    changes = outbox_rows.changes(connection, topic)
    found = every(
        connection,
        f"SELECT {POST.select} FROM json_each(?) AS wanted CROSS JOIN {_TABLES} WHERE p.key = wanted.value",
        (json_list(key for key in keys if key > 0),),
    )
    rows = {row.key: row for row in (POST.value(row, changes) for row in found)}
    if any(key < 0 for key in keys):
        waiting = outbox_rows.replies(connection, topic)
        rows |= {key: _reply(connection, topic, key, waiting[key]) for key in keys if key in waiting}
    return rows


def get(connection: apsw.Connection, key: PostKey) -> PostRow:
    """One post, also a pending one.  Raises `NotFound`."""
    message = "This post is not in the library (any more)."
    if key < 0:
        sql = "SELECT t.key FROM outgoing AS o JOIN topic AS t ON t.account = o.account AND t.id = o.topic_ref WHERE o.id = ?"
        found = must(one(connection, sql, (-key,)), message)
    else:
        found = must(one(connection, "SELECT topic FROM post WHERE key = ?", (key,)), message)
    rows = many(connection, TopicKey(found[0]), [key])
    if key not in rows:
        must(None, message)
    return rows[key]


def by_id(connection: apsw.Connection, account: AccountKey, post: PostId) -> PostRow | None:
    """By the forum's own id."""
    found = one(connection, "SELECT key FROM post WHERE account = ? AND id = ?", (account, post))
    return None if found is None else get(connection, PostKey(found[0]))
