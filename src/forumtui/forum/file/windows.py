"""Windows of a topic's posts in a forum file: a stretch from an end, from a cursor, or around a post."""

from __future__ import annotations

import apsw

from forumtui.errors import Missing
from forumtui.forum.file.pages import MOST_BYTES, MOST_ROWS, cursor_numbers, how_many_fit, posts_where
from forumtui.forum.file.viewer import Viewer, missing, row_id, rows
from forumtui.model import Cursor, Page, Place, Post, TopicId, Window

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


def posts(connection: apsw.Connection, who: Viewer, wanted: TopicId, window: Window) -> Page[Post]:
    """A window of a topic, ascending.  Raises `Missing` if the topic, or the post it is about, is not there."""
    number = row_id(wanted, "topic")
    found = rows(connection, (int, int), "SELECT board_id, removed FROM topic WHERE id = ?", (number,))
    if not found or not who.sees(*found[0]):
        raise missing("topic", wanted)
    limit = max(1, min(window.limit, MOST_ROWS))
    match window.place:
        case Place.START | Place.UNREAD:
            return _stretch(connection, who, number, above=_LEAST, limit=limit)
        case Place.END:
            return _stretch(connection, who, number, below=_MOST, limit=limit)
        case Place.AFTER:
            return _stretch(connection, who, number, above=cursor_numbers(window.at, 1)[0], limit=limit)
        case Place.BEFORE:
            return _stretch(connection, who, number, below=cursor_numbers(window.at, 1)[0], limit=limit)
        case Place.POST:
            return _around(connection, who, number, _place_of(connection, number, window.at), limit)
        case Place.NUMBER:
            return _around(connection, who, number, row_id(window.at, "post number"), limit)


def _place_of(connection: apsw.Connection, topic_number: int, wanted: str) -> int:
    statement = "SELECT number FROM post WHERE id = ? AND topic_id = ?"
    for (number,) in rows(connection, (int,), statement, (row_id(wanted, "post"), topic_number)):
        return int(number)
    raise Missing(f"This topic has no post {wanted}.")


def _around(connection: apsw.Connection, who: Viewer, topic_number: int, place: int, limit: int) -> Page[Post]:
    """``limit`` posts with ``place`` about the middle, or nearer to an end of the topic."""
    after = int(
        connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM post WHERE topic_id = ? AND number >= ? LIMIT ?)",
            (topic_number, place, limit),
        ).get
    )
    before = rows(
        connection,
        (int, int | None),
        "SELECT number, octet_length(source) FROM post WHERE topic_id = ? AND number < ? ORDER BY number DESC LIMIT ?",
        (topic_number, place, limit),
    )
    first = max(0, min(len(before), max(limit // 2, limit - after)))
    first = min(first, how_many_fit((size or 0 for _, size in before), MOST_BYTES // 2, least=0))
    start = before[first - 1][0] if first else place
    return _stretch(connection, who, topic_number, above=max(_LEAST, start - 1), limit=limit, through=place)


def _stretch(
    connection: apsw.Connection,
    who: Viewer,
    topic_number: int,
    *,
    above: int | None = None,
    below: int | None = None,
    limit: int,
    through: int = _LEAST,
) -> Page[Post]:
    """The first posts above a number, or the last ones below one, with cursors both ways.

    As many as a page holds, but those up to the number ``through`` in any case.
    """
    backwards = above is None
    condition = "p.topic_id = :topic AND " + (
        "p.number < :bound ORDER BY p.number DESC" if backwards else "p.number > :bound ORDER BY p.number"
    )
    values = {"topic": topic_number, "bound": below if backwards else above}
    lengths = rows(
        connection,
        (int, int | None),
        f"SELECT p.number, octet_length(p.source) FROM post p WHERE {condition} LIMIT :limit",  # noqa: S608
        {**values, "limit": limit},
    )
    asked_for = sum(number <= through for number, _ in lengths)
    fit = how_many_fit((size or 0 for _, size in lengths), least=max(1, asked_for))
    found = posts_where(connection, who, condition + " LIMIT :limit", {**values, "limit": fit})
    if backwards:
        found.reverse()
    if not found:
        return Page(())
    return Page(
        tuple(found),
        before=_cursor_if(connection, topic_number, "number < ?", found[0].sort),
        after=_cursor_if(connection, topic_number, "number > ?", found[-1].sort),
    )


def _cursor_if(connection: apsw.Connection, topic_number: int, condition: str, number: int) -> Cursor | None:
    row = connection.execute(
        f"SELECT 1 FROM post WHERE topic_id = ? AND {condition} LIMIT 1",  # noqa: S608
        (topic_number, number),
    ).fetchone()
    return Cursor(str(number)) if row else None
