"""Reading a forum file: plain functions of a connection, one keyset page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from forumtui.errors import Refused, Unsupported
from forumtui.host.sqlite_rows import (
    MARK_BITS,
    POST_AUTHOR,
    POST_COLUMNS,
    TOPIC_AUTHOR,
    TOPIC_COLUMNS,
    Viewer,
    post_of,
    row_id,
    topic_of,
)
from forumtui.model import (
    Board,
    BoardId,
    Body,
    Cursor,
    ForumInfo,
    Hit,
    InfoPage,
    Link,
    Listing,
    Mark,
    Member,
    MemberId,
    Page,
    Post,
    PostId,
    Section,
    SectionItem,
    Topic,
    TopicId,
)
from forumtui.text.fold import match_expression

SECTION_TITLES = {Mark.BEST_PRACTICE: "Best practices", Mark.EXPERT_TIP: "Expert tips"}
SECTION_ITEMS = 10
MOST_ROWS = 1000


def info(connection: apsw.Connection, who: Viewer) -> ForumInfo:
    """The forum's own fields, and who looks."""
    row: Any = connection.execute("SELECT title, uuid, epoch, tagline, notice, version, updated FROM forum").get
    title, uuid, epoch, tagline, notice, version, updated = row
    pages: Any = connection.execute("SELECT slug, title, source, format FROM page ORDER BY position, slug").fetchall()
    me = Member(MemberId(who.name), who.name, who.role) if who.name else None
    return ForumInfo(
        title,
        uuid,
        epoch,
        tagline,
        notice,
        version,
        updated,
        pages=tuple(InfoPage(slug, title, Body(source, written)) for slug, title, source, written in pages),
        me=me,
        can=who.rights.on_forum(),
    )


def boards(connection: apsw.Connection, who: Viewer) -> list[Board]:
    """Every board, each right before its children."""
    sections = _sections(connection)
    children: dict[int | None, list[tuple[Any, ...]]] = {}
    for row in connection.execute(
        "SELECT b.id, b.parent_id, b.title, b.description, m.name, b.leader_wanted, b.links, b.further_study, "
        "b.notice, b.position, b.topics, b.leader_id FROM board b LEFT JOIN member m ON m.id = b.leader_id "
        "ORDER BY b.position, b.id"
    ):
        children.setdefault(row[1], []).append(row)
    found: list[Board] = []
    waiting = children.get(None, [])[::-1]
    while waiting:
        row = waiting.pop()
        found.append(_board(row, sections.get(row[0], {}), who))
        waiting.extend(children.get(row[0], [])[::-1])
    return found


def _board(row: tuple[Any, ...], marked: dict[Mark, Section], who: Viewer) -> Board:
    number, parent, title, description, leader, wanted, links, study, notice, position, topics, leader_id = row
    return Board(
        BoardId(str(number)),
        title,
        None if parent is None else BoardId(str(parent)),
        description,
        leader,
        bool(wanted),
        _links(links),
        tuple(marked.get(mark) or Section(mark, words) for mark, words in SECTION_TITLES.items()),
        notice,
        study,
        position,
        topics,
        who.rights.on_board(leads=leader_id is not None and leader_id == who.id),
    )


def _links(stored: str) -> tuple[Link, ...]:
    """A stored list of links; whatever else another program may have put there is left out."""
    found = json.loads(stored)
    pairs = (words for words in found if isinstance(words, list)) if isinstance(found, list) else ()
    return tuple(Link(*words) for words in pairs if len(words) == 2 and all(isinstance(word, str) for word in words))


def _sections(connection: apsw.Connection) -> dict[int, dict[Mark, Section]]:
    """The sections of each board that have something in them, newest mark-worthy posts first."""
    found: dict[int, dict[Mark, Section]] = {}
    for mark, words in SECTION_TITLES.items():
        bit = MARK_BITS[mark]
        groups: dict[int, tuple[int, list[SectionItem]]] = {}
        for board, total, topic, post, title, author in connection.execute(
            "SELECT board_id, total, topic_id, id, title, name FROM ("
            " SELECT t.board_id, p.topic_id, p.id, coalesce(p.subject, t.title) AS title, m.name,"
            "  count(*) OVER (PARTITION BY t.board_id) AS total,"
            "  row_number() OVER (PARTITION BY t.board_id ORDER BY p.id DESC) AS place"
            " FROM post p CROSS JOIN topic t ON t.id = p.topic_id LEFT JOIN member m ON m.id = p.author_id"
            " WHERE p.marks <> 0 AND p.marks & ? <> 0) WHERE place <= ? ORDER BY board_id, place",
            (bit, SECTION_ITEMS),
        ):
            item = SectionItem(TopicId(str(topic)), PostId(str(post)), title, author)
            groups.setdefault(board, (total, []))[1].append(item)
        for board, (total, items) in groups.items():
            found.setdefault(board, {})[mark] = Section(mark, words, total, tuple(items))
    return found


def members(connection: apsw.Connection) -> list[Member]:
    """Every member, by name."""
    rows = connection.execute("SELECT name, role, joined, about FROM member ORDER BY name")
    return [Member(MemberId(name), name, role, joined, about) for name, role, joined, about in rows]


def topics(connection: apsw.Connection, who: Viewer, listing: Listing, after: Cursor | None, limit: int) -> Page[Topic]:
    """Pinned first, then newest activity first; topics without times last, in the order of their arrival."""
    if listing.name != "latest":
        raise Unsupported("This forum lists its topics by latest activity only.")
    limit = max(1, min(limit, MOST_ROWS))
    where: list[str] = []
    values: dict[str, Any] = {"limit": limit + 1}
    if listing.board is not None:
        where.append("t.board_id = :board")
        values["board"] = row_id(listing.board, "board")
        if connection.execute("SELECT 1 FROM board WHERE id = :board", values).fetchone() is None:
            raise Refused(f"This forum has no board {listing.board}.")
    if after is not None:
        where.append("(t.pinned, t.activity, t.id) < (:pinned, :activity, :id)")
        values.update(zip(("pinned", "activity", "id"), cursor_numbers(after, 3), strict=True))
    rows = connection.execute(
        f"SELECT {TOPIC_COLUMNS}, t.activity FROM topic t {TOPIC_AUTHOR} "  # noqa: S608 - fixed words only
        f"{'WHERE ' + ' AND '.join(where) if where else ''} "
        "ORDER BY t.pinned DESC, t.activity DESC, t.id DESC LIMIT :limit",
        values,
    ).fetchall()
    more = len(rows) > limit
    found = tuple(topic_of(row[:-1], who) for row in rows[:limit])
    last = rows[limit - 1] if more else None
    return Page(found, after=Cursor(f"{last[8]}.{last[-1]}.{last[0]}") if last else None)


def cursor_numbers(cursor: str, count: int) -> list[int]:
    """The numbers that a cursor of ours is made of.  Raises `Refused` for another one."""
    try:
        numbers = [int(part) for part in cursor.split(".")]
    except ValueError:
        numbers = []
    if len(numbers) != count or any(abs(number) >= 1 << 63 for number in numbers):
        raise Refused("This place in the list does not belong to this forum; start again from the top.")
    return numbers


def topic(connection: apsw.Connection, who: Viewer, wanted: TopicId) -> Topic:
    """One header.  Raises `Refused` if there is none."""
    return topic_numbered(connection, who, row_id(wanted, "topic"))


def topic_numbered(connection: apsw.Connection, who: Viewer, number: int) -> Topic:
    """The topic in this row.  Raises `Refused` if there is none."""
    row = connection.execute(
        f"SELECT {TOPIC_COLUMNS} FROM topic t {TOPIC_AUTHOR} WHERE t.id = ?",  # noqa: S608
        (number,),
    ).fetchone()
    if row is None:
        raise Refused(f"This forum has no topic {number}.")
    return topic_of(row, who)


def post(connection: apsw.Connection, who: Viewer, wanted: PostId) -> Post:
    """One post.  Raises `Refused` if there is none."""
    found = posts_where(connection, who, "p.id = :id", {"id": row_id(wanted, "post")})
    if not found:
        raise Refused(f"This forum has no post {wanted}.")
    return found[0]


def posts_where(connection: apsw.Connection, who: Viewer, condition: str, values: dict[str, Any]) -> list[Post]:
    """Posts that fulfil a condition (and ORDER BY, LIMIT) written by this package, never by a user."""
    rows = connection.execute(
        f"SELECT {POST_COLUMNS} FROM post p {POST_AUTHOR} WHERE {condition}",  # noqa: S608
        {**values, "me": who.id},
    )
    return [post_of(row, who) for row in rows]


def search(connection: apsw.Connection, who: Viewer, query: str, after: Cursor | None, limit: int) -> Page[Hit]:
    """Posts with all the words, the last to arrive first."""
    expression = match_expression(query)
    if not expression:
        return Page(())
    limit = max(1, min(limit, MOST_ROWS))
    bound = cursor_numbers(after, 1)[0] if after is not None else (1 << 63) - 1
    numbers = [
        int(number)
        for (number,) in connection.execute(
            "SELECT rowid FROM post_fts WHERE post_fts MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
            (expression, bound, limit + 1),
        )
    ]
    more = len(numbers) > limit
    numbers = numbers[:limit]
    found = posts_numbered(connection, who, numbers)
    headers = headers_of(connection, who, {int(hit.topic) for hit in found})
    hits = tuple(Hit(headers[int(hit.topic)], hit) for hit in reversed(found))
    return Page(hits, after=Cursor(str(numbers[-1])) if more else None)


def posts_numbered(connection: apsw.Connection, who: Viewer, numbers: Sequence[int]) -> list[Post]:
    """The posts in these rows, by row."""
    chosen = "p.id IN (SELECT value FROM json_each(:numbers)) ORDER BY p.id"
    return posts_where(connection, who, chosen, {"numbers": json.dumps(list(numbers))})


def headers_of(connection: apsw.Connection, who: Viewer, numbers: Iterable[int]) -> dict[int, Topic]:
    """The headers of these topics by row."""
    rows = connection.execute(
        f"SELECT {TOPIC_COLUMNS} FROM topic t {TOPIC_AUTHOR} "  # noqa: S608
        "WHERE t.id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(numbers)),),
    )
    return {row[0]: topic_of(row, who) for row in rows}
