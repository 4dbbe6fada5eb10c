"""Reading a forum file: plain functions of a connection, one keyset page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from forumtui.errors import Refused
from forumtui.forum import bounds
from forumtui.forum.file.tables import FROM_POSTS, FROM_TOPICS, HIDDEN_ON, MEMBER, POST, TOPIC
from forumtui.forum.file.viewer import (
    Viewer,
    missing,
    own_row,
    row_id,
    rows,
    storable,
    word_of,
    words_of,
)
from forumtui.forum.house import RULES_PAGE
from forumtui.forum.orders import ORDERS
from forumtui.forum.permissions import MEMBERS_ONLY, Role, cover, role_of
from forumtui.forum.store import GivenRole
from forumtui.model import (
    Ability,
    BoardId,
    Body,
    Can,
    Cursor,
    Format,
    ForumInfo,
    Hit,
    InfoPage,
    Member,
    MemberId,
    Page,
    Post,
    PostId,
    Registration,
    Topic,
    TopicId,
)
from forumtui.text.fold import match_expression
from forumtui.text.sanitise import clean_line

MOST_ROWS = 1000
MOST_BYTES = 1 << 20
"""Of the texts in a page; it has one post at least, however long.  JSON may make six times as much of them, and a client
takes twice that (`forumtui.backends.remote.connection.LIMITS`)."""


def info(connection: apsw.Connection, who: Viewer) -> ForumInfo:
    """The forum's own fields, and who looks; where only members may look, guests learn its title and rules."""
    title, uuid, epoch, tagline, notice, version, updated, registration = own_row(
        connection, title=str, uuid=str, epoch=str, tagline=str, notice=str, version=str, updated=str, registration=str
    )
    found = rows(
        connection,
        (str, str, str, str),
        "SELECT substr(slug, 1, ?), substr(title, 1, ?), substr(source, 1, ?), format FROM page "
        "ORDER BY position, slug LIMIT ?",
        (bounds.SLUG, bounds.TITLE, bounds.IMPORTED_BODY, bounds.PAGES),
    )
    pages = tuple(InfoPage(slug, name, Body(source, Format.of(written))) for slug, name, source, written in found)
    can = who.rights.on_forum()
    if who.shut_out:
        tagline = notice = version = updated = ""
        pages = tuple(page for page in pages if page.slug == RULES_PAGE)
        can = Can({Ability.SEARCH: MEMBERS_ONLY}).over(can)
    me, known = _me(connection, who), word_of(Registration, registration)
    return ForumInfo(title, uuid, epoch, tagline, notice, version, updated, pages, me, can, known, ORDERS)


def _me(connection: apsw.Connection, who: Viewer) -> Member | None:
    if not who.name:
        return None
    known = _members(connection, "WHERE id = ?", (who.id,))
    return known[0] if known else Member(MemberId(who.name), who.name, who.role)


def members(connection: apsw.Connection) -> list[Member]:
    """Every member, by name."""
    return _members(connection, "ORDER BY name")


def given(connection: apsw.Connection) -> list[GivenRole]:
    """The members with rights that not every member has, by name."""
    found = rows(
        connection,
        (str, int, str, str),
        "SELECT m.name, m.role_given, m.role, (SELECT json_group_array(CAST(b.id AS TEXT)) FROM board b "
        "WHERE b.leader_id = m.id AND b.leader_given = 1) FROM member m ORDER BY m.name",
    )
    roles = [
        GivenRole(
            name, role if chosen and role_of(role) is not Role.MEMBER else "", tuple(map(BoardId, words_of(leads)))
        )
        for name, chosen, role, leads in found
    ]
    return [role for role in roles if role.role or role.leads]


def member(connection: apsw.Connection, name: str) -> Member:
    """One member.  Raises `Missing`."""
    found = _members(connection, "WHERE name = ?", (clean_line(name),))
    if not found:
        raise missing("member", name)
    return found[0]


def _members(connection: apsw.Connection, condition: str, values: tuple[str | int, ...] = ()) -> list[Member]:
    found = rows(
        connection,
        MEMBER.kinds,
        f"SELECT {MEMBER.select} FROM member m {condition}",  # noqa: S608 - fixed words only
        values,
    )
    return [MEMBER.value(row) for row in found]


def cursor_numbers(cursor: str, count: int) -> list[int]:
    """The numbers that a cursor of ours is made of.  Raises `Refused` for another one."""
    try:
        numbers = [int(part) for part in cursor.split(".")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(storable, numbers)):
        raise Refused("This place in the list does not belong to this forum; start again from the top.")
    return numbers


def topic(connection: apsw.Connection, who: Viewer, wanted: TopicId) -> Topic:
    """One header.  Raises `Missing` if there is none."""
    number = row_id(wanted, "topic")
    found = headers_of(connection, who, [number])
    if not found:
        raise missing("topic", wanted)
    return found[number]


def post(connection: apsw.Connection, who: Viewer, wanted: PostId) -> Post:
    """One post.  Raises `Missing` if there is none."""
    found = posts_where(connection, who, "p.id = :id", {"id": row_id(wanted, "post")})
    if not found or not headers_of(connection, who, [int(found[0].topic)]):
        raise missing("post", wanted)
    return found[0]


def posts_where(connection: apsw.Connection, who: Viewer, condition: str, values: dict[str, Any]) -> list[Post]:
    """Posts that fulfil a condition (and ORDER BY, LIMIT) written by this package, never by a user."""
    found = rows(
        connection,
        (int | None, *POST.kinds),
        f"SELECT {HIDDEN_ON}, {POST.select} {FROM_POSTS} WHERE {condition}",
        {**values, "me": who.id},
    )
    return [
        POST.value(row, who) if hidden_on is None or who.moderates(hidden_on) else cover(POST.value(row, who))
        for hidden_on, *row in found
    ]


def search(connection: apsw.Connection, who: Viewer, query: str, after: Cursor | None, limit: int) -> Page[Hit]:
    """Posts with all the words, the last to arrive first."""
    expression = match_expression(query)
    if not expression:
        return Page(())
    limit = max(1, min(limit, MOST_ROWS))
    bound = cursor_numbers(after, 1)[0] if after is not None else (1 << 63) - 1
    condition = "post_fts MATCH :words AND post_fts.rowid < :bound"
    values: dict[str, Any] = {"words": expression, "bound": bound, "limit": limit + 1}
    source = "post_fts"
    seen = who.topics_seen(values)
    if seen:
        source += " CROSS JOIN post p ON p.id = post_fts.rowid CROSS JOIN topic t ON t.id = p.topic_id"
        condition = " AND ".join((condition, *seen))
    found_rows = rows(
        connection,
        (int,),
        f"SELECT post_fts.rowid FROM {source} WHERE {condition} "  # noqa: S608 - fixed words only
        "ORDER BY post_fts.rowid DESC LIMIT :limit",
        values,
    )
    numbers = [number for (number,) in found_rows]
    fit = min(limit, how_many_fit(sizes(connection, numbers[:limit])))
    more = len(numbers) > fit
    numbers = numbers[:fit]
    found = posts_numbered(connection, who, numbers)
    headers = headers_of(connection, who, {int(hit.topic) for hit in found})
    hits = tuple(Hit(headers[int(hit.topic)], hit) for hit in reversed(found) if int(hit.topic) in headers)
    return Page(hits, after=Cursor(str(numbers[-1])) if more else None)


def posts_numbered(connection: apsw.Connection, who: Viewer, numbers: Sequence[int]) -> list[Post]:
    """The posts in these rows, by row."""
    chosen = "p.id IN (SELECT value FROM json_each(:numbers)) ORDER BY p.id"
    return posts_where(connection, who, chosen, {"numbers": _listed(numbers)})


def sizes(connection: apsw.Connection, numbers: Sequence[int]) -> list[int]:
    """The bytes of the texts in these rows, in this order; their pages are not read for it."""
    found = rows(
        connection,
        (int, int | None),
        "SELECT id, octet_length(source) FROM post WHERE id IN (SELECT value FROM json_each(?))",
        (_listed(numbers),),
    )
    known = {number: size or 0 for number, size in found}
    return [known.get(number, 0) for number in numbers]


def how_many_fit(bytes_of_each: Iterable[int], most: int | None = None, *, least: int = 1) -> int:
    """How many of these, from the first on, a page holds: so many at ``least``."""
    room = MOST_BYTES if most is None else most
    count = 0
    for size in bytes_of_each:
        room -= size
        if room < 0 and count >= least:
            break
        count += 1
    return max(least, count)


def headers_of(connection: apsw.Connection, who: Viewer, numbers: Iterable[int]) -> dict[int, Topic]:
    """The headers of those among these topics that may be seen, by row."""
    found = rows(
        connection,
        (int, int, int, *TOPIC.kinds),
        f"SELECT t.id, t.board_id, t.removed, {TOPIC.select} {FROM_TOPICS} "  # noqa: S608 - fixed words only
        "WHERE t.id IN (SELECT value FROM json_each(?))",
        (_listed(numbers),),
    )
    return {number: TOPIC.value(row, who) for number, board, removed, *row in found if who.sees(board, removed)}


def _listed(numbers: Iterable[int]) -> str:
    return json.dumps(sorted(numbers))
