# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Topic headers: merged by id, dropped, and how many posts count as read without being here."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.errors import NotFound
from forumtui.model import Millis, Topic, TopicId
from forumtui.reader.rows import AccountKey, TopicKey
from forumtui.reader.sql.boards import key_of
from forumtui.reader.sql.columns import Row, dump_can, dump_words, every, json_list, one, sound_id
from forumtui.reader.sql.members import Roster
from forumtui.text.fold import fold
from forumtui.text.sanitise import clean_line

_HEADER = "board, title, author, created, last_post, total, pinned, closed, tags, url, can, removed"
_UNCOUNTED = 1 << 30
"""Posts to come in a new topic of a forum that does not count them."""


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
    before = one(
        connection, f"SELECT key, cached, {_HEADER} FROM topic WHERE account = ? AND id = ?", (account, topic.id)
    )
    if before is not None and partial:
        return False
    title = clean_line(topic.title)
    tags = dump_words(topic.tags)
    values: Row = (
        key_of(connection, account, sound_id(topic.board)),
        title,
        roster.key(topic.author),
        topic.created,
        topic.last_post,
        topic.posts,
        int(topic.pinned),
        int(topic.closed),
        tags,
        topic.url and clean_line(topic.url, 2000),
        dump_can(topic.can),
        int(topic.removed),
    )
    if before is None:
        folded = _folded(title, topic)
        skipped = 0 if news else _skipped_at_first(topic, joined)
        fresh = 0 if not news else _UNCOUNTED if topic.posts is None else topic.posts
        connection.execute(
            f"INSERT INTO topic (account, id, folded, skipped, fresh, {_HEADER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (account, sound_id(topic.id), folded, skipped, fresh, *values),
        )
        connection.execute(
            "INSERT INTO topic_text (rowid, title) VALUES (?, ?)", (connection.last_insert_rowid(), fold(title))
        )
        return True
    key, cached, *old = before
    if tuple(old) == values:
        return False
    connection.execute(
        f"UPDATE topic SET ({_HEADER}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE key = ?", (*values, key)
    )
    if old[1] != title:
        connection.execute("UPDATE topic_text SET title = ? WHERE rowid = ?", (fold(title), key))
    connection.execute("UPDATE topic SET folded = ?1 WHERE key = ?2 AND folded <> ?1", (_folded(title, topic), key))
    old_total, total = old[5], topic.posts
    if old_total is None and total is not None:
        skipped = min(_skipped_at_first(topic, joined), max(0, total - cached))
        connection.execute("UPDATE topic SET skipped = ? WHERE key = ?", (skipped, key))
    if news and total is not None and total > max(old_total or 0, cached):
        growth = total - max(old_total or 0, cached)
        connection.execute("UPDATE topic SET fresh = fresh + ? WHERE key = ?", (growth, key))
    if total is not None and total > max(old_total or 0, cached):
        # The end that a page showed us is no longer the end.
        connection.execute("UPDATE span SET after = NULL WHERE topic = ? AND after = ''", (key,))
    return True


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
