# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""How much is unread, and where the next of it is."""

from __future__ import annotations

from typing import Any

import apsw

from forumtui.rows import AccountKey, NextUnread, PostKey, TopicKey
from forumtui.store import topicrows
from forumtui.store.listing import listed
from forumtui.store.values import json_list, must, one
from forumtui.values import dataclass


def total(connection: apsw.Connection) -> tuple[int, int]:
    """(unread posts, unread topics) over the listed accounts; the sample counts only while there is nothing else."""
    sql = """
    SELECT coalesce(sum(unread), 0), coalesce(sum(unread_topics), 0) FROM board
    WHERE account IN (SELECT value FROM json_each(?))
    """
    posts, topics = must(one(connection, sql, (json_list(listed(connection)),)), "")
    return posts, topics


@dataclass(frozen=True, slots=True)
class _Way:
    """Forwards or backwards, as SQL."""

    beyond: str
    order: str

    def each(self, *columns: str) -> str:
        """ORDER BY these columns in this direction."""
        return ", ".join(f"{column} {self.order}" for column in columns)


_FORWARDS = _Way(">", "ASC")
_BACKWARDS = _Way("<", "DESC")


def next_unread(
    connection: apsw.Connection,
    *,
    after: PostKey | None,
    topic: TopicKey | None,
    account: AccountKey | None,
    backwards: bool,
    skip_topic: bool,
) -> NextUnread | None:
    """See `forumtui.library.reading.Reading.next_unread`."""
    way = _BACKWARDS if backwards else _FORWARDS
    if topic is not None and not skip_topic:
        found = _in_topic(connection, topic, after, way)
        if found is not None:
            return found
    place = None if topic is None else _place(connection, topic)
    key = _onward(connection, account, place, way)
    if key is None and not backwards and not skip_topic:
        key = _left_over(connection, account, place)
    return None if key is None else _first_in(connection, key, way)


def _place(connection: apsw.Connection, topic: TopicKey) -> dict[str, Any] | None:
    found = one(
        connection,
        "SELECT t.account, t.board, b.place, t.unpinned, t.rank, t.key FROM topic AS t JOIN board AS b ON b.key = t.board"
        " WHERE t.key = ?",
        (topic,),
    )
    return (
        None
        if found is None
        else dict(zip(("account", "board", "place", "unpinned", "rank", "key"), found, strict=True))
    )


def _in_topic(connection: apsw.Connection, topic: TopicKey, after: PostKey | None, way: _Way) -> NextUnread | None:
    """The next unread post of this topic, or the topic itself where only posts that are not here are unread."""
    where, values = "", [topic]
    if after is not None and after > 0:
        where = f"AND sort {way.beyond} coalesce((SELECT sort FROM post WHERE key = ?), sort - 1)"
        values.append(TopicKey(after))
    sql = f"SELECT post FROM unread WHERE topic = ? {where} ORDER BY {way.each('sort')} LIMIT 1"
    pending = after is not None and after < 0  # a reply of mine stands behind everything
    found = None if pending and way is _FORWARDS else one(connection, sql, values)
    if found is not None:
        return _told(connection, topic, PostKey(found[0]))
    if one(connection, "SELECT 1 FROM topic WHERE key = ? AND unread > cached_unread", (topic,)) and way is _FORWARDS:
        return _told(connection, topic, None)
    return None


def _told(connection: apsw.Connection, topic: TopicKey, post: PostKey | None) -> NextUnread:
    row = topicrows.get(connection, topic)
    title, name = must(
        one(connection, "SELECT title, name FROM account WHERE key = ?", (row.account,)), "The account is gone."
    )
    return NextUnread(row, post, title or name)


def _first_in(connection: apsw.Connection, topic: TopicKey, way: _Way) -> NextUnread:
    sql = f"SELECT post FROM unread WHERE topic = ? ORDER BY {way.each('sort')} LIMIT 1"
    found = one(connection, sql, (topic,))
    return _told(connection, topic, PostKey(found[0]) if found else None)


def _onward(
    connection: apsw.Connection, account: AccountKey | None, place: dict[str, Any] | None, way: _Way
) -> TopicKey | None:
    """The next topic with unread posts: down this board, the boards behind it, the accounts behind this one."""
    accounts = listed(connection)
    if place is not None:
        account = AccountKey(place["account"])
        found = _down_board(connection, place, way) or _boards_behind(connection, account, place["place"], way)
        if found is not None:
            return found
    elif account is not None:
        found = _boards_behind(connection, account, None, way)
        if found is not None:
            return found
    if way is _BACKWARDS:
        accounts.reverse()
    if account in accounts:
        accounts = accounts[accounts.index(account) + 1 :]
    return next(
        (found for other in accounts if (found := _boards_behind(connection, other, None, way)) is not None),
        None,
    )


def _left_over(
    connection: apsw.Connection, account: AccountKey | None, place: dict[str, Any] | None
) -> TopicKey | None:
    """What stands before the place where reading began; never the topic that was just read."""
    here = TopicKey(place["key"]) if place is not None else None
    account = AccountKey(place["account"]) if place is not None else account
    accounts = listed(connection)
    if account is not None:
        accounts = [account, *(other for other in accounts if other != account)]
    for other in accounts:
        unread = "SELECT key FROM board WHERE account = ? AND unread_topics > 0 ORDER BY place"
        for (board,) in connection.execute(unread, (other,)):
            found = one(
                connection,
                "SELECT key FROM topic WHERE board = ? AND unread > 0 AND key IS NOT ? ORDER BY unpinned, rank, key LIMIT 1",
                (board, here),
            )
            if found is not None:
                return TopicKey(found[0])
    return None


def _down_board(connection: apsw.Connection, place: dict[str, Any], way: _Way) -> TopicKey | None:
    found = one(
        connection,
        f"SELECT key FROM topic WHERE board = :board AND unread > 0 AND (unpinned, rank, key) {way.beyond} (:unpinned, :rank, :key)"
        f" ORDER BY {way.each('unpinned', 'rank', 'key')} LIMIT 1",
        place,
    )
    return None if found is None else TopicKey(found[0])


def _boards_behind(connection: apsw.Connection, account: AccountKey, place: int | None, way: _Way) -> TopicKey | None:
    """The first topic with unread posts on the nearest board behind a place (None: on any board)."""
    where = "" if place is None else f"AND place {way.beyond} ?"
    values = (account,) if place is None else (account, place)
    board = one(
        connection,
        f"SELECT key FROM board WHERE account = ? AND unread_topics > 0 {where} ORDER BY {way.each('place')} LIMIT 1",
        values,
    )
    if board is None:
        return None
    found = one(
        connection,
        f"SELECT key FROM topic WHERE board = ? AND unread > 0 ORDER BY {way.each('unpinned', 'rank', 'key')} LIMIT 1",
        (board[0],),
    )
    return None if found is None else TopicKey(found[0])
