"""What can be wrong in a stored forum, as sentences.  Looking at the search index needs a connection that can write."""

from __future__ import annotations

from collections.abc import Iterator

import apsw

from forumtui.forum import bounds
from forumtui.forum.file.names import is_reserved
from forumtui.text.lookalike import look, looks
from forumtui.text.sanitise import clean_line

_MOST = 20
"""Of each kind; who has more needs a backup, not a list."""
_COUNTS = (
    (
        "SELECT t.id, t.posts, count(p.id) AS found FROM topic t LEFT JOIN post p ON p.topic_id = t.id GROUP BY t.id "
        "HAVING t.posts <> found",
        "Topic {} says that it has {} posts; it has {}.",
    ),
    (
        "SELECT t.id, t.last_number, coalesce(max(p.number), 0) AS found FROM topic t LEFT JOIN post p "
        "ON p.topic_id = t.id GROUP BY t.id HAVING t.last_number < found",
        "Topic {} says that its last post is number {}; it is {}.",
    ),
    (
        "SELECT t.id FROM topic t LEFT JOIN post p ON p.topic_id = t.id GROUP BY t.id "
        "HAVING t.last_post IS NOT max(p.created)",
        "Topic {} is wrong about when its last post was written.",
    ),
    (
        "SELECT t.id, t.likes, coalesce(sum(p.score), 0) AS found FROM topic t LEFT JOIN post p ON p.topic_id = t.id "
        "GROUP BY t.id HAVING t.likes <> found",
        "Topic {} says that its posts have {} likes; they have {}.",
    ),
    (
        "SELECT b.id, b.topics, count(t.id) AS found FROM board b LEFT JOIN topic t ON t.board_id = b.id "
        "AND NOT t.removed GROUP BY b.id "
        "HAVING b.topics <> found",
        "Board {} says that it has {} topics; it has {}.",
    ),
    (
        "SELECT p.id, p.likes_here, count(l.member_id) AS found FROM post p LEFT JOIN liked l ON l.post_id = p.id "
        "GROUP BY p.id HAVING p.likes_here <> found",
        "Post {} says that {} members like it; {} do.",
    ),
    (
        "SELECT 'topic', t.id, t.n, f.feed FROM topic t, forum f WHERE t.n NOT BETWEEN 0 AND f.feed "
        "UNION ALL SELECT 'post', p.id, p.n, f.feed FROM post p, forum f WHERE p.n NOT BETWEEN 0 AND f.feed "
        "UNION ALL SELECT 'forum', f.id, f.boards_n, f.feed FROM forum f WHERE f.boards_n NOT BETWEEN 0 AND f.feed "
        "UNION ALL SELECT 'forum', f.id, f.guests_n, f.feed FROM forum f WHERE f.guests_n NOT BETWEEN 0 AND f.feed "
        "UNION ALL SELECT 'forum', f.id, f.guests_boards_n, f.feed FROM forum f "
        "WHERE f.guests_boards_n NOT BETWEEN 0 AND f.feed",
        "The change of {} {} has the number {}; the change feed has only come to {}.",
    ),
    (
        "SELECT p.id, p.n, t.id, t.n FROM post p JOIN topic t ON t.id = p.topic_id WHERE t.n < p.n",
        "The change of post {} (number {}) is newer than that of its topic {} (number {}).",
    ),
    (
        "SELECT id FROM board WHERE id NOT IN (WITH RECURSIVE down (id) AS (SELECT id FROM board "
        "WHERE parent_id IS NULL UNION SELECT b.id FROM board b JOIN down d ON b.parent_id = d.id) SELECT id FROM down)",
        "Board {} is below no board at the top.",
    ),
)


_BEYOND = (
    (
        "SELECT id, json_array_length(tags), (SELECT max(length(value)) FROM json_each(tags)) AS longest "  # noqa: S608
        f"FROM topic WHERE json_array_length(tags) > {bounds.TAGS} OR longest > {bounds.TAG}",
        f"Topic {{}} has {{}} tags of up to {{}} characters; {bounds.TAGS} of {bounds.TAG} characters are allowed, "
        "and no more are shown.",
    ),
    (
        f"SELECT id, length(title) FROM topic WHERE length(title) > {bounds.TITLE}",  # noqa: S608
        f"Topic {{}} has a title of {{}} characters; {bounds.TITLE} are allowed, and no more are shown.",
    ),
    (
        f"SELECT id, length(subject) FROM post WHERE length(subject) > {bounds.TITLE}",  # noqa: S608
        f"Post {{}} has a subject of {{}} characters; {bounds.TITLE} are allowed, and no more are shown.",
    ),
    (
        f"SELECT id, length(source) FROM post WHERE octet_length(source) > {bounds.IMPORTED_BODY} "  # noqa: S608
        f"AND length(source) > {bounds.IMPORTED_BODY}",
        f"Post {{}} has a text of {{}} characters; {bounds.IMPORTED_BODY} are allowed even in imports.",
    ),
    (
        f"SELECT id, length(title), length(description), length(further_study), length(notice), "  # noqa: S608
        f"json_array_length(links) FROM board WHERE length(title) > {bounds.TITLE} OR length(notice) > {bounds.NOTICE} "
        f"OR max(length(description), length(further_study)) > {bounds.DESCRIPTION} "
        f"OR octet_length(links) > {bounds.LINKS_BYTES} OR json_array_length(links) > {bounds.LINKS}",
        f"Board {{}} has a title of {{}} characters ({bounds.TITLE} are allowed), texts of {{}} and {{}} "
        f"({bounds.DESCRIPTION}), a notice of {{}} ({bounds.NOTICE}) and {{}} links ({bounds.LINKS}); no more are shown.",
    ),
    (
        f"SELECT name, length(about) FROM member WHERE length(about) > {bounds.WORDS}",  # noqa: S608
        f"The profile of {{}} has {{}} characters; {bounds.WORDS} are allowed, and no more are shown.",
    ),
    (
        f"SELECT count(*) AS found FROM page HAVING found > {bounds.PAGES}",  # noqa: S608
        f"The forum has {{}} pages; {bounds.PAGES} are allowed, and no more are shown.",
    ),
)
"""What an older program let in, or another one: named here, and shown within the bounds."""


def damage(connection: apsw.Connection) -> list[str]:
    """What is wrong with the file itself: its pages, or else what refers to nothing, and the search index."""
    return _pages(connection) or [*_references(connection), *_index(connection)]


def problems(connection: apsw.Connection) -> list[str]:
    """Everything that is wrong, also with what the forum counts and numbers."""
    found = _pages(connection)
    if found:
        return found  # whatever else is read from such a file means nothing
    found = [*_references(connection), *_index(connection)]
    found += _cut(list(_names(connection)))
    for statement, words in (*_COUNTS, *_BEYOND):
        found += _cut(
            [words.format(*(clean_line(str(value), 60) for value in row)) for row in connection.execute(statement)]
        )
    return found


def _names(connection: apsw.Connection) -> Iterator[str]:
    """Members who would be taken for others, or for the forum itself; an older program, or another one, let them in."""
    known: dict[str, str] = {}
    for (value,) in connection.execute("SELECT name FROM member ORDER BY id"):
        name = str(value)
        shown = clean_line(name, 60)
        if is_reserved(name):
            yield f"The member {shown} is called like a role, or like the forum itself."
        found = looks(name)
        other = next((known[each] for each in found if each in known), None)
        if other is not None:
            yield f"The names of the members {other} and {shown} look alike."
        if "/" in name:
            yield f"The name of the member {shown} has a slash in it."
        known.setdefault(look(name), shown)


def _pages(connection: apsw.Connection) -> list[str]:
    said: list[str] = []
    try:
        said += [str(word) for (word,) in connection.execute(f"PRAGMA integrity_check({_MOST})")]
    except apsw.CorruptError as error:  # so damaged that it can not be looked through
        said.append(str(error))
    return [f"The file is damaged: {word}." for word in said if word != "ok"]


def _references(connection: apsw.Connection) -> list[str]:
    return _cut(
        [f"Row {row} of {table} refers to a row of {parent} that is not there." for table, row, parent, _ in
         connection.execute("PRAGMA foreign_key_check")]
    )  # fmt: skip


def _index(connection: apsw.Connection) -> Iterator[str]:
    try:
        connection.execute("INSERT INTO post_fts (post_fts, rank) VALUES ('integrity-check', 1)")
    except apsw.CorruptError:
        yield "The search does not know exactly the posts that are there."


def _cut(sentences: list[str]) -> list[str]:
    if len(sentences) <= _MOST:
        return sentences
    return [*sentences[:_MOST], f"And {len(sentences) - _MOST} more of this kind."]
