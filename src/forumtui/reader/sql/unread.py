# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""How much is unread, and where the next of it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import apsw

from forumtui.model import LATEST
from forumtui.reader.rows import AccountKey, BoardKey, NextUnread, PostKey, TopicKey, TopicQuery
from forumtui.reader.sql import boards, listing, orders, topics
from forumtui.reader.sql.columns import every, json_list, must, one


def total(connection: apsw.Connection) -> tuple[int, int]:
    """(unread posts, unread topics) over the listed accounts; the sample counts only while there is nothing else."""
    sql = """
    SELECT coalesce(sum(unread), 0), coalesce(sum(unread_topics), 0) FROM board
    WHERE account IN (SELECT value FROM json_each(?))
    """
    posts, in_topics = must(one(connection, sql, (json_list(listing.listed(connection)),)), "")
    return posts, in_topics


def at_hand(connection: apsw.Connection, account: AccountKey) -> tuple[int, int, int]:
    """(topics, posts, characters) of what is unread in an account and here with its text."""
    sql = """
    SELECT count(DISTINCT u.topic), count(*), coalesce(sum(length(d.source)), 0)
    FROM topic AS t JOIN unread AS u ON u.topic = t.key JOIN body AS d ON d.post = u.post WHERE t.account = ?
    """
    topics, posts, size = must(one(connection, sql, (account,)), "")
    return topics, posts, size


def next_unread(
    connection: apsw.Connection,
    query: TopicQuery,
    *,
    after: PostKey | None,
    topic: TopicKey | None,
    backwards: bool,
    skip_topic: bool,
) -> NextUnread | None:
    """See `forumtui.reader.library.reading.Reading.next_unread`."""
    if topic is not None and not skip_topic:
        post = _in_topic(connection, topic, after, backwards=backwards)
        if post is not None:
            return _told(connection, topic, query, post)
    lists = _lists(connection, query, topic, backwards=backwards)
    for shown, start in lists if backwards else _whole(connection, lists):
        found = listing.beyond(connection, replace(shown, unread=True), start, backwards=backwards)
        if found is not None:
            return _told(connection, found, shown, _in_topic(connection, found, None, backwards=backwards))
    return None


def _in_topic(
    connection: apsw.Connection, topic: TopicKey, after: PostKey | None, *, backwards: bool
) -> PostKey | None:
    """The next unread post that is here."""
    if after is not None and after < 0 and not backwards:
        return None  # a reply of mine stands behind everything
    where, values = "", [int(topic)]
    if after is not None and after > 0:
        where = f"AND sort {'<' if backwards else '>'} coalesce((SELECT sort FROM post WHERE key = ?), sort - 1)"
        values.append(after)
    order = "DESC" if backwards else "ASC"
    found = one(connection, f"SELECT post FROM unread WHERE topic = ? {where} ORDER BY sort {order} LIMIT 1", values)
    return None if found is None else PostKey(found[0])


def _told(connection: apsw.Connection, topic: TopicKey, shown: TopicQuery, post: PostKey | None) -> NextUnread:
    row = topics.get(connection, topic)
    title, name = must(
        one(connection, "SELECT title, name FROM account WHERE key = ?", (row.account,)), "The account is gone."
    )
    return NextUnread(row, post, title or name, shown)


def _whole(
    connection: apsw.Connection, lists: Iterable[tuple[TopicQuery, TopicKey | None]]
) -> Iterator[tuple[TopicQuery, TopicKey | None]]:
    """Behind each list in an order that may leave topics out, all that is there: else what is counted would not be found."""
    for shown, start in lists:
        yield shown, start
        if orders.shown(connection, shown)[0].name != LATEST:
            yield replace(shown, order=LATEST, period=""), None


def _lists(
    connection: apsw.Connection, query: TopicQuery, topic: TopicKey | None, *, backwards: bool
) -> Iterator[tuple[TopicQuery, TopicKey | None]]:
    """The lists to go through, each from behind a topic or from its start: what is seen, what is next, and round."""
    yield query, topic
    whole = replace(query, bookmarked=False, filter="")
    if whole != query and not backwards:
        yield whole, None
    if whole.account is not None:
        others = () if whole.board is None else _other_boards(connection, whole, whole.board, backwards=backwards)
        yield from ((board, None) for board, is_behind in others if is_behind)
        yield from ((forum, None) for forum in _other_forums(connection, whole, backwards=backwards))
        if not backwards:
            yield from ((board, None) for board, is_behind in others if not is_behind)
    if not backwards:
        yield whole, None


def _other_boards(
    connection: apsw.Connection, query: TopicQuery, board: BoardKey, *, backwards: bool
) -> list[tuple[TopicQuery, bool]]:
    """Boards of the same forum with anything unread, and whether they stand behind (backwards: before) this one.

    A list that shows a board with those below it leaves none of them to come.  Backwards each comes alone,
    because the lists of a board's parents hold what one comes from.
    """
    here = set(boards.with_children(connection, board)) if query.with_children else {board}
    order = "DESC" if backwards else "ASC"
    sql = f"SELECT key, unread_topics FROM board WHERE account = ? ORDER BY place {order}"
    passed = False
    others = []
    for key, unread in every(connection, sql, (query.account,)):
        passed = passed or key in here
        if unread and key not in here:
            others.append((TopicQuery(query.account, BoardKey(key), with_children=not backwards), passed))
    return others


def _other_forums(connection: apsw.Connection, query: TopicQuery, *, backwards: bool) -> Iterator[TopicQuery]:
    """Lists of the forums behind this one and, forwards, of those before it: their boards where boards are shown."""
    accounts = listing.listed(connection)
    if backwards:
        accounts.reverse()
    here = accounts.index(query.account) if query.account in accounts else -1
    for account in [*accounts[here + 1 :], *(() if backwards else accounts[: max(here, 0)])]:
        board = _first_board(connection, account, backwards=backwards) if query.board is not None else None
        yield TopicQuery(account=account, board=board, with_children=board is not None and not backwards)


def _first_board(connection: apsw.Connection, account: AccountKey, *, backwards: bool) -> BoardKey | None:
    order = "DESC" if backwards else "ASC"
    sql = f"SELECT key FROM board WHERE account = ? AND unread_topics > 0 ORDER BY place {order} LIMIT 1"
    found = one(connection, sql, (account,))
    return None if found is None else BoardKey(found[0])
