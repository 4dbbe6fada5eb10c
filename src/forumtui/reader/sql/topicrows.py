# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Topic rows as lists and headers show them."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.model import Author, MemberId, TopicId
from forumtui.reader.rows import AccountKey, BoardKey, TopicKey, TopicRow
from forumtui.reader.sql.columns import Row, effective, every, json_list, load_words, millis, must, one

_COLUMNS = """
t.key, t.account, t.board, b.title, t.id, t.title, m.id, m.name, m.role, t.total, t.cached, t.unread, t.created, t.last_post, t.pinned,
t.closed, t.tags, t.url, t.bookmarked, t.can, b.can, a.can,
EXISTS (SELECT 1 FROM outgoing AS o WHERE o.account = t.account AND o.topic_ref = t.id
  AND o.state IN ('queued', 'sending', 'held', 'refused', 'attention')),
t.opened = 0 AND t.created >= coalesce(a.joined, a.added), t.removed
"""
_TABLES = """
topic AS t JOIN board AS b ON b.key = t.board JOIN account AS a ON a.key = t.account LEFT JOIN member AS m ON m.key = t.author
"""


def _topic(row: Row) -> TopicRow:
    key, account, board, board_title, identity, title, author_id, author, role, total, cached, unread = row[:12]
    created, last_post, pinned, closed, tags, url, bookmarked, can, board_can, account_can, waiting, is_new, removed = (
        row[12:]
    )
    return TopicRow(
        key=TopicKey(key),
        account=AccountKey(account),
        board=BoardKey(board),
        board_title=board_title,
        id=TopicId(identity),
        title=title,
        author=None if author_id is None else Author(MemberId(author_id), author, role),
        posts=None if total is None else max(total, cached),
        unread=unread,
        created=millis(created),
        last_post=millis(last_post),
        pinned=bool(pinned),
        closed=bool(closed),
        tags=load_words(tags),
        url=url,
        bookmarked=bool(bookmarked),
        waiting=bool(waiting),
        can=effective(can, board_can, account_can),
        is_new=bool(is_new),
        removed=bool(removed),
    )


def get(connection: apsw.Connection, key: TopicKey) -> TopicRow:
    """Raises `NotFound`."""
    found = one(connection, f"SELECT {_COLUMNS} FROM {_TABLES} WHERE t.key = ?", (key,))
    return _topic(must(found, "This topic is not in the library (any more)."))


def many(connection: apsw.Connection, keys: Sequence[TopicKey]) -> list[TopicRow]:
    """Rows in the order of ``keys``; those that are gone are left out."""
    found = every(
        connection,
        f"SELECT {_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN {_TABLES} WHERE t.key = wanted.value ORDER BY wanted.key",
        (json_list(keys),),
    )
    return [_topic(row) for row in found]


def by_id(connection: apsw.Connection, account: AccountKey, topic: TopicId) -> TopicRow | None:
    """By the forum's own id."""
    found = one(connection, f"SELECT {_COLUMNS} FROM {_TABLES} WHERE t.account = ? AND t.id = ?", (account, topic))
    return None if found is None else _topic(found)
