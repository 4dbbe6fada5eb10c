"""The change feed of a forum file: first every header, then what changed since, in numbered order."""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw

from forumtui.host.sqlite.reading import MOST_ROWS, headers_of, how_many_fit, posts_numbered, sizes
from forumtui.host.sqlite.rows import (
    TOPIC_AUTHOR,
    TOPIC_COLUMNS,
    TOPIC_KINDS,
    Viewer,
    own_row,
    rows,
    storable,
    topic_of,
)
from forumtui.model import ChangedTopic, Changes, Cursor, Post, TopicId
from forumtui.values import dataclass


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reader of the feed is.  ``topic``: the last header of the first walk, None once that is done."""

    life: str
    n: int
    topic: int | None

    def cursor(self) -> Cursor:
        return Cursor(f"{self.life}:{self.n}:{'' if self.topic is None else self.topic}")


def changes(connection: apsw.Connection, who: Viewer, after: Cursor | None, limit: int) -> Changes:
    """A stretch of the feed; a cursor of another life of the forum starts again, with ``reset``.

    For guests another life begins when something is closed or opened to them, so that nothing closed is named.
    """
    epoch, feed, boards_n, guests_n = own_row(connection, "tiii", "epoch, feed, boards_n, guests_n")
    life = epoch if who.name or not guests_n else f"{epoch}~{guests_n}"
    limit = max(1, min(limit, MOST_ROWS))
    place = None if after is None else _parse(after)
    if place is None or place.life != life or place.n > feed:
        # The feed's number is taken before the walk: what changes meanwhile is told again after it.
        start = _Place(life, feed, 0)
        return _headers(connection, who, start, limit, feed, first=True, reset=after is not None)
    if place.topic is not None:
        return _headers(connection, who, place, limit, feed, first=False, reset=False)
    return _since(connection, who, place, limit, feed, boards_n)


def _parse(cursor: str) -> _Place | None:
    rest, _, topic = cursor.rpartition(":")
    life, _, n = rest.rpartition(":")
    try:
        place = _Place(life, int(n), int(topic) if topic else None)
    except ValueError:
        return None
    return place if storable(place.n) and storable(place.topic or 0) else None


def _headers(
    connection: apsw.Connection, who: Viewer, place: _Place, limit: int, feed: int, *, first: bool, reset: bool
) -> Changes:
    found = rows(
        connection,
        TOPIC_KINDS,
        f"SELECT {TOPIC_COLUMNS} FROM topic t {TOPIC_AUTHOR} "  # noqa: S608
        "WHERE t.id > ? ORDER BY t.id LIMIT ?",
        (place.topic, limit + 1),
    )
    more = len(found) > limit
    following = _Place(place.life, place.n, found[limit - 1][0] if more else None)
    headers = [topic_of(row, who) for row in found[:limit] if who.sees(row[1], row[-1])]
    items = tuple(ChangedTopic(header.id, header) for header in headers)
    return Changes(items, following.cursor(), more=more or feed > place.n, boards=first, reset=reset)


def _since(connection: apsw.Connection, who: Viewer, place: _Place, limit: int, feed: int, boards_n: int) -> Changes:
    found = rows(
        connection,
        "iiI",
        "WITH line (n, topic, post) AS ("
        " SELECT * FROM (SELECT n, topic_id, id FROM post WHERE n > ?1 ORDER BY n LIMIT ?2)"
        " UNION ALL SELECT * FROM (SELECT n, id, NULL FROM topic WHERE n > ?1 ORDER BY n LIMIT ?2)) "
        # a post before its topic's own line with the same number: the post brings the header along
        "SELECT n, topic, post FROM line ORDER BY n, post IS NULL LIMIT ?2",
        (place.n, limit),
    )
    fit = how_many_fit(sizes(connection, [post or 0 for _, _, post in found])) if found else 0
    more = (len(found) == limit or fit < len(found)) and found[fit - 1][0] < feed
    found = found[:fit]
    upto = found[-1][0] if more else feed
    order = dict.fromkeys(topic for _, topic, _ in found)
    headers = headers_of(connection, who, order)
    gone = _removed(connection, who, [topic for topic in order if topic not in headers])
    posts: dict[int, list[Post]] = {}
    for post in posts_numbered(connection, who, [post for _, _, post in found if post is not None]):
        posts.setdefault(int(post.topic), []).append(post)
    items = tuple(
        ChangedTopic(headers[topic].id, headers[topic], tuple(sorted(posts.get(topic, ()), key=lambda p: p.sort)))
        if topic in headers
        else ChangedTopic(TopicId(str(topic)), None, gone=True)
        for topic in order
        if topic in headers or topic in gone  # another program may have deleted a topic and left its posts
    )
    boards = place.n < boards_n <= upto
    return Changes(items, _Place(place.life, upto, None).cursor(), more=more, boards=boards)


def _removed(connection: apsw.Connection, who: Viewer, numbers: Sequence[int]) -> frozenset[int]:
    """Those of these topics that this viewer is told to forget; one on a board that is not shown is not named."""
    found = rows(
        connection,
        "ii",
        "SELECT id, board_id FROM topic WHERE removed AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers),),
    )
    return frozenset(number for number, board in found if board not in who.unseen)
