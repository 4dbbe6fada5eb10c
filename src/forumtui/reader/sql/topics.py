# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Topics: as lists and headers show them, merged by id, dropped, and how many posts count as read without being here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from forumtui.errors import NotFound
from forumtui.model import Millis, Topic, TopicId
from forumtui.reader.rows import AccountKey, TopicKey, TopicRow
from forumtui.reader.sql import states
from forumtui.reader.sql.boards import key_of
from forumtui.reader.sql.columns import (
    Insert,
    Known,
    Lookup,
    dump_can,
    dump_url,
    effective,
    every,
    json_list,
    must,
    one,
    ours,
    sound_id,
    told,
)
from forumtui.reader.sql.members import AUTHOR, Roster
from forumtui.sqlite.columns import Column, Table
from forumtui.text.fold import fold
from forumtui.text.sanitise import clean_line

_WAITING = f"""
EXISTS (SELECT 1 FROM outgoing AS o WHERE o.account = t.account AND o.topic_ref = t.id
  AND o.state IN {states.ON_ITS_WAY})
"""
TOPIC = Table(
    TopicRow,
    "topic",
    "t",
    told(
        Topic,
        ours("id"),
        ours("board", sql="b.id"),
        AUTHOR,
        Column(
            "posts",
            load=lambda total, cached: None if total is None else max(total, cached),
            sql=("t.total", "t.cached"),
            column="total",
        ),
        Column("url", store=dump_url),
        Column("can", load=effective, store=dump_can, sql=("t.can", "b.can", "a.can")),
        ours("key"),
        ours("account"),
        Column("board_key", column="board", given=True),
        ours("board_title", sql="b.title"),
        ours("unread"),
        ours("bookmarked", load=bool),
        ours("waiting", load=bool, sql=_WAITING),
        ours("is_new", load=bool, sql="t.opened = 0 AND t.created >= coalesce(a.joined, a.added)"),
    ),
)
_TABLES = """
topic AS t JOIN board AS b ON b.key = t.board JOIN account AS a ON a.key = t.account LEFT JOIN member AS m ON m.key = t.author
"""
_BEFORE = Lookup(TOPIC, "key", "cached", where="account = ? AND id = ?")
_INSERT = Insert(TOPIC, "account", "id", "folded", "skipped", "fresh")
_UPDATE = f"{TOPIC.update()} WHERE key = :key"
_UNCOUNTED = 1 << 30
"""Posts to come in a new topic of a forum that does not count them."""


def get(connection: apsw.Connection, key: TopicKey) -> TopicRow:
    """Raises `NotFound`."""
    found = one(connection, f"SELECT {TOPIC.select} FROM {_TABLES} WHERE t.key = ?", (key,))
    return TOPIC.value(must(found, "This topic is not in the library (any more)."))


def many(connection: apsw.Connection, keys: Sequence[TopicKey]) -> list[TopicRow]:
    """Rows in the order of ``keys``; those that are gone are left out."""
    found = every(
        connection,
        f"SELECT {TOPIC.select} FROM json_each(?) AS wanted CROSS JOIN {_TABLES} WHERE t.key = wanted.value ORDER BY wanted.key",
        (json_list(keys),),
    )
    return list(map(TOPIC.value, found))


def by_id(connection: apsw.Connection, account: AccountKey, topic: TopicId) -> TopicRow | None:
    """By the forum's own id."""
    found = one(connection, f"SELECT {TOPIC.select} FROM {_TABLES} WHERE t.account = ? AND t.id = ?", (account, topic))
    return None if found is None else TOPIC.value(found)


def find(connection: apsw.Connection, account: AccountKey, topic: TopicId) -> TopicKey | None:
    """By the forum's own id."""
    found = one(connection, "SELECT key FROM topic WHERE account = ? AND id = ?", (account, topic))
    return None if found is None else TopicKey(found[0])


def need(connection: apsw.Connection, account: AccountKey, topic: TopicId) -> TopicKey:
    """By the forum's own id.  Raises `NotFound`."""
    key = find(connection, account, topic)
    if key is None:
        raise NotFound(f"The topic {topic} is not in the library.")
    return key


def watermark(connection: apsw.Connection, account: AccountKey) -> Millis | None:
    """Posts from before this time arrive read.  Raises `NotFound` when the account is gone."""
    found = one(connection, "SELECT joined FROM account WHERE key = ?", (account,))
    if found is None:
        raise NotFound("There is no such account (any more).")
    return None if found[0] is None else Millis(found[0])


def merge(
    connection: apsw.Connection,
    account: AccountKey,
    topics: Sequence[Topic],
    *,
    partial: bool = False,
    news: bool = False,
) -> bool:
    """Store headers; whether anything is different now.

    ``partial``: headers that came with a search hit, which add topics but change none.  ``news``: what is not
    known here is new to the forum, whatever its dates say.
    """
    joined = watermark(connection, account)
    roster = Roster(connection, account)
    changed = False
    for topic in topics:
        changed = _merge(connection, account, topic, roster, joined, partial=partial, news=news) or changed
    return changed


def _merge(
    connection: apsw.Connection,
    account: AccountKey,
    topic: Topic,
    roster: Roster,
    joined: Millis | None,
    *,
    partial: bool,
    news: bool,
) -> bool:
    before = _BEFORE.find(connection, account, topic.id)
    if before is not None and partial:
        return False
    row = TOPIC.row_of(topic, board=key_of(connection, account, sound_id(topic.board)), author=roster.key(topic.author))
    if before is None:
        _insert(connection, account, topic, row, joined, news=news)
        return True
    changed = before.differing(row)
    if not changed:
        return False
    key = before["key"]
    connection.execute(_UPDATE, row | {"key": key})
    if "title" in changed:
        connection.execute("UPDATE topic_text SET title = ? WHERE rowid = ?", (fold(row["title"]), key))
    folded = _folded(row["title"], topic)
    connection.execute("UPDATE topic SET folded = ?1 WHERE key = ?2 AND folded <> ?1", (folded, key))
    if topic.posts is not None:
        _count(connection, before, topic, joined, news=news)
    return True


def _insert(
    connection: apsw.Connection,
    account: AccountKey,
    topic: Topic,
    row: dict[str, Any],
    joined: Millis | None,
    *,
    news: bool,
) -> None:
    key = _INSERT.run(
        connection,
        row,
        account=account,
        id=sound_id(topic.id),
        folded=_folded(row["title"], topic),
        skipped=0 if news else _skipped_at_first(topic, joined),
        fresh=0 if not news else _UNCOUNTED if topic.posts is None else topic.posts,
    )
    connection.execute("INSERT INTO topic_text (rowid, title) VALUES (?, ?)", (key, fold(row["title"])))


def _count(connection: apsw.Connection, before: Known, topic: Topic, joined: Millis | None, *, news: bool) -> None:
    """Bring what counts posts up to date with the forum's new count."""
    key, cached, old, total = before["key"], before["cached"], before["total"], topic.posts or 0
    if old is None:
        skipped = min(_skipped_at_first(topic, joined), max(0, total - cached))
        connection.execute("UPDATE topic SET skipped = ? WHERE key = ?", (skipped, key))
    growth = total - max(old or 0, cached)
    if news and growth > 0:
        connection.execute("UPDATE topic SET fresh = fresh + ? WHERE key = ?", (growth, key))
    if growth > 0:
        # The end that a page showed us is no longer the end.
        connection.execute("UPDATE span SET after = NULL WHERE topic = ? AND after = ''", (key,))


def _folded(title: str, topic: Topic) -> str:
    """What the filter of a list looks at."""
    return fold("\n".join((title, clean_line(topic.author.name) if topic.author else "", *map(clean_line, topic.tags))))


def _skipped_at_first(topic: Topic, joined: Millis | None) -> int:
    """How many posts of a topic that is new to us are older than the account's watermark.

    Between its first and last post only the last is known to be new; more is learnt by fetching.
    """
    if joined is None or topic.posts is None:
        return 0
    if topic.last_post is not None and topic.last_post < joined:
        return topic.posts
    if topic.created is not None and topic.created < joined <= (topic.last_post or 0):
        return max(0, topic.posts - 1)
    return 0


def drop(connection: apsw.Connection, topics: Sequence[TopicKey]) -> int:
    """Drop topics with everything in them; returns how many."""
    connection.execute("DELETE FROM topic WHERE key IN (SELECT value FROM json_each(?))", (json_list(topics),))
    return connection.changes()


def keys_of(connection: apsw.Connection, account: AccountKey, topics: Sequence[TopicId]) -> list[TopicKey]:
    """Keys of those that are here."""
    found = every(
        connection,
        "SELECT topic.key FROM json_each(?) AS wanted JOIN topic ON topic.account = ? AND topic.id = wanted.value",
        (json_list(topics), account),
    )
    return [TopicKey(key) for (key,) in found]


def others(connection: apsw.Connection, account: AccountKey, kept: Sequence[TopicId]) -> list[TopicKey]:
    """Keys of an account's topics that are not among ``kept``."""
    keep = set(kept)
    found = every(connection, "SELECT key, id FROM topic WHERE account = ?", (account,))
    return [TopicKey(key) for key, identity in found if identity not in keep]


def on_boards(connection: apsw.Connection, boards: Sequence[int]) -> list[TopicKey]:
    """Keys of all topics on these boards."""
    sql = "SELECT key FROM topic WHERE board IN (SELECT value FROM json_each(?))"
    return [TopicKey(key) for (key,) in every(connection, sql, (json_list(boards),))]


def of_account(connection: apsw.Connection, account: AccountKey) -> list[TopicKey]:
    """Keys of all topics of an account."""
    return [TopicKey(key) for (key,) in every(connection, "SELECT key FROM topic WHERE account = ?", (account,))]


def unfetched(connection: apsw.Connection, account: AccountKey, limit: int) -> list[TopicId]:
    """Topics with unread posts that are not here, newest first."""
    sql = "SELECT id FROM topic WHERE account = ? AND unread > cached_unread ORDER BY rank LIMIT ?"
    return [TopicId(identity) for (identity,) in every(connection, sql, (account, limit))]
