"""The change feed of a forum file: first every header, then what changed since, in numbered order."""

from __future__ import annotations

from typing import Any

import apsw

from forumtui.host.sqlite_reading import MOST_ROWS, headers_of, posts_numbered
from forumtui.host.sqlite_rows import TOPIC_AUTHOR, TOPIC_COLUMNS, Viewer, topic_of
from forumtui.model import ChangedTopic, Changes, Cursor, Post
from forumtui.values import dataclass


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reader of the feed is.  ``topic``: the last header of the first walk, None once that is done."""

    epoch: str
    n: int
    topic: int | None

    def cursor(self) -> Cursor:
        return Cursor(f"{self.epoch}:{self.n}:{'' if self.topic is None else self.topic}")


def changes(connection: apsw.Connection, who: Viewer, after: Cursor | None, limit: int) -> Changes:
    """A stretch of the feed; a cursor of another life of the forum starts again, with ``reset``."""
    epoch, feed, boards_n = connection.execute("SELECT epoch, feed, boards_n FROM forum").get
    limit = max(1, min(limit, MOST_ROWS))
    place = None if after is None else _parse(after)
    if place is None or place.epoch != epoch or place.n > feed:
        # The feed's number is taken before the walk: what changes meanwhile is told again after it.
        start = _Place(epoch, feed, 0)
        return _headers(connection, who, start, limit, feed, first=True, reset=after is not None)
    if place.topic is not None:
        return _headers(connection, who, place, limit, feed, first=False, reset=False)
    return _since(connection, who, place, limit, feed, boards_n)


def _parse(cursor: str) -> _Place | None:
    epoch, _, rest = cursor.partition(":")
    n, _, topic = rest.partition(":")
    if not (n.isdigit() and (topic.isdigit() or not topic) and len(n) < 19 and len(topic) < 19):
        return None
    return _Place(epoch, int(n), int(topic) if topic else None)


def _headers(
    connection: apsw.Connection, who: Viewer, place: _Place, limit: int, feed: int, *, first: bool, reset: bool
) -> Changes:
    rows = connection.execute(
        f"SELECT {TOPIC_COLUMNS} FROM topic t {TOPIC_AUTHOR} "  # noqa: S608
        "WHERE t.id > ? ORDER BY t.id LIMIT ?",
        (place.topic, limit + 1),
    ).fetchall()
    more = len(rows) > limit
    headers = [topic_of(row, who) for row in rows[:limit]]
    following = _Place(place.epoch, place.n, int(headers[-1].id) if more else None)
    items = tuple(ChangedTopic(header.id, header) for header in headers)
    return Changes(items, following.cursor(), more=more or feed > place.n, boards=first, reset=reset)


def _since(connection: apsw.Connection, who: Viewer, place: _Place, limit: int, feed: int, boards_n: int) -> Changes:
    rows: Any = connection.execute(
        "WITH line (n, topic, post) AS ("
        " SELECT * FROM (SELECT n, topic_id, id FROM post WHERE n > ?1 ORDER BY n LIMIT ?2)"
        " UNION ALL SELECT * FROM (SELECT n, id, NULL FROM topic WHERE n > ?1 ORDER BY n LIMIT ?2)) "
        # a post before its topic's own line with the same number: the post brings the header along
        "SELECT n, topic, post FROM line ORDER BY n, post IS NULL LIMIT ?2",
        (place.n, limit),
    ).fetchall()
    more = len(rows) == limit and rows[-1][0] < feed
    upto = int(rows[-1][0]) if more else feed
    order = dict.fromkeys(int(topic) for _, topic, _ in rows)
    headers = headers_of(connection, who, order)
    posts: dict[int, list[Post]] = {}
    for post in posts_numbered(connection, who, [int(post) for _, _, post in rows if post is not None]):
        posts.setdefault(int(post.topic), []).append(post)
    items = tuple(
        ChangedTopic(headers[topic].id, headers[topic], tuple(sorted(posts.get(topic, ()), key=lambda p: p.sort)))
        for topic in order
    )
    boards = place.n < boards_n <= upto
    return Changes(items, _Place(place.epoch, upto, None).cursor(), more=more, boards=boards)
