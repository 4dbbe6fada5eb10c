"""The change feed of a forum file: what changes is numbered; told are first every header, then what changed since, in that order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import apsw

from forumtui.forum.file.disguise import disguise, undisguise
from forumtui.forum.file.pages import MOST_ROWS, headers_of, how_many_fit, posts_numbered, sizes
from forumtui.forum.file.tables import FROM_TOPICS, TOPIC
from forumtui.forum.file.viewer import (
    Viewer,
    own_row,
    private_boards,
    rows,
    storable,
    viewer,
)
from forumtui.model import ChangedTopic, Changes, Cursor, Post, TopicId
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class _Feed:
    """The feed as somebody is told it.  ``n``: its last number; ``boards_n``: that of the last change of a board."""

    life: str
    n: int
    boards_n: int
    veil: bytes | None
    """For guests: the key under which they are told numbers."""

    def cursor(self, n: int, topic: int | None = None) -> Cursor:
        """Where a reader is.  ``topic``: the last header of the first walk, None once that is done."""
        number = n if self.veil is None else disguise(n, self.veil)
        return Cursor(f"{self.life}:{number}:{'' if topic is None else topic}")

    def place(self, cursor: Cursor) -> tuple[int, int | None] | None:
        """The number and the header behind a cursor of this life; None for another one."""
        rest, _, topic = cursor.rpartition(":")
        life, _, number = rest.rpartition(":")
        try:
            n = int(number) if self.veil is None else undisguise(number, self.veil)
            header = int(topic) if topic else None
        except ValueError:
            return None
        sound = life == self.life and n <= self.n and storable(n) and storable(header or 0)
        return (n, header) if sound else None


def changes(connection: apsw.Connection, who: Viewer, after: Cursor | None, limit: int) -> Changes:
    """A stretch of the feed; a cursor of another life of the forum starts again, with ``reset``.

    For guests another life begins when something is closed or opened to them, so that nothing closed is named; and
    they are told no numbers, which would tell how much is written where they do not see it.
    """
    feed = _feed(connection, who)
    limit = max(1, min(limit, MOST_ROWS))
    place = None if after is None else feed.place(after)
    if place is None:
        # The feed's number is taken before the walk: what changes meanwhile is told again after it.
        return _headers(connection, who, feed, feed.n, 0, limit, reset=after is not None)
    n, topic = place
    if topic is not None:
        return _headers(connection, who, feed, n, topic, limit)
    return _since(connection, who, feed, n, limit)


def _feed(connection: apsw.Connection, who: Viewer) -> _Feed:
    epoch, n, boards_n = own_row(connection, epoch=str, feed=int, boards_n=int)
    if not who.is_guest:
        return _Feed(epoch, n, boards_n, None)
    boards_n, guests_n, veil = own_row(connection, guests_boards_n=int, guests_n=int, veil=bytes)
    return _Feed(f"{epoch}~{disguise(guests_n, veil)}", guests_feed(connection, who), boards_n, veil)


def guests_feed(connection: apsw.Connection, guest: Viewer) -> int:
    """The number of the last change that guests can see."""
    values: dict[str, Any] = {}
    seen = guest.boards_seen(values)
    found = rows(
        connection,
        (int,),
        f"SELECT n FROM topic t {'WHERE ' + seen if seen else ''} ORDER BY n DESC LIMIT 1",  # noqa: S608 - fixed words
        values,
    )
    feed, boards_n, guests_n = own_row(connection, feed=int, guests_boards_n=int, guests_n=int)
    return int(min(feed, max(boards_n, guests_n, *(n for (n,) in found))))


def guests_version(connection: apsw.Connection) -> int | None:
    """The number of the last change that guests can see; None where only members may look."""
    guest = viewer(connection, None, "")
    return None if guest.shut_out else guests_feed(connection, guest)


def _headers(
    connection: apsw.Connection, who: Viewer, feed: _Feed, n: int, above: int, limit: int, *, reset: bool = False
) -> Changes:
    values: dict[str, Any] = {"above": above, "limit": limit + 1}
    seen = who.topics_seen(values)
    found = rows(
        connection,
        (int, *TOPIC.kinds),
        f"SELECT t.id, {TOPIC.select} {FROM_TOPICS} "
        f"WHERE {' AND '.join(('t.id > :above', *seen))} ORDER BY t.id LIMIT :limit",
        values,
    )
    more = len(found) > limit
    headers = [TOPIC.value(row, who) for _, *row in found[:limit]]
    items = tuple(ChangedTopic(header.id, header) for header in headers)
    after = feed.cursor(n, found[limit - 1][0] if more else None)
    return Changes(items, after, more=more or feed.n > n, boards=not above, reset=reset)


def _since(connection: apsw.Connection, who: Viewer, feed: _Feed, n: int, limit: int) -> Changes:
    values: dict[str, Any] = {"n": n, "limit": limit}
    seen = who.boards_seen(values)
    # what is not shown is not counted, either
    of_posts = f"CROSS JOIN topic t ON t.id = p.topic_id AND {seen}" if seen else ""
    found = [] if n == feed.n else rows(
        connection,
        (int, int, int | None),
        "WITH line (n, topic, post) AS ("  # noqa: S608 - fixed words
        f" SELECT * FROM (SELECT p.n, p.topic_id, p.id FROM post p {of_posts} WHERE p.n > :n ORDER BY p.n LIMIT :limit)"
        " UNION ALL SELECT * FROM (SELECT t.n, t.id, NULL FROM topic t "
        f"WHERE t.n > :n {'AND ' + seen if seen else ''} ORDER BY t.n LIMIT :limit)) "
        # a post before its topic's own line with the same number: the post brings the header along
        "SELECT n, topic, post FROM line ORDER BY n, post IS NULL LIMIT :limit",
        values,
    )  # fmt: skip
    fit = how_many_fit(sizes(connection, [post or 0 for _, _, post in found])) if found else 0
    more = (len(found) == limit or fit < len(found)) and found[fit - 1][0] < feed.n
    found = found[:fit]
    upto = found[-1][0] if more else feed.n
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
    boards = n < feed.boards_n <= upto
    return Changes(items, feed.cursor(upto), more=more, boards=boards)


def _removed(connection: apsw.Connection, who: Viewer, numbers: Sequence[int]) -> frozenset[int]:
    """Those of these topics that this viewer is told to forget; one on a board that is not shown is not named."""
    found = rows(
        connection,
        (int, int),
        "SELECT id, board_id FROM topic WHERE removed AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers),),
    )
    return frozenset(number for number, board in found if board not in who.unseen)


def next_n(connection: apsw.Connection, count: int = 1) -> int:
    """Take ``count`` numbers of the change feed; returns the last of them."""
    return int(connection.execute("UPDATE forum SET feed = feed + ? RETURNING feed", (count,)).get)


def boards_changed(connection: apsw.Connection, board: int | None = None) -> None:
    """Tell the feed that boards, roles or the forum's own fields should be read again.

    ``board``: all that changed stands on this one, so guests are told only if they see it.
    """
    connection.execute("UPDATE forum SET feed = feed + 1, boards_n = feed + 1")
    if board is None or board not in private_boards(connection):
        connection.execute("UPDATE forum SET guests_boards_n = boards_n")


def guests_begin_anew(connection: apsw.Connection) -> None:
    """Tell guests that something was closed or opened to them; call it after the change has its number."""
    connection.execute("UPDATE forum SET guests_n = feed")


@contextmanager
def minding_guests(connection: apsw.Connection) -> Iterator[None]:
    """For changes of boards, which may close some of them to guests, or open them."""
    before = private_boards(connection)
    yield
    if private_boards(connection) != before:
        guests_begin_anew(connection)
