"""Merging topics and posts from elsewhere into a forum file, a batch in one transaction.

A row changes only when its source did since the last import (its digest differs), so what members
changed here stays; what was deleted here stays deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import apsw

from forumtui.errors import Refused
from forumtui.forum.bounds import IMPORTED_BODY, ROLE, TAG, TAGS, TITLE, excess
from forumtui.forum.file.feed import boards_changed, guests_begin_anew
from forumtui.forum.file.keeping import spelled
from forumtui.forum.file.members import Mentions
from forumtui.forum.file.names import imported_name
from forumtui.forum.file.origins import Origins, fingerprint, plain
from forumtui.forum.file.posting import erase_post, index_posts
from forumtui.forum.file.tables import POST, TOPIC
from forumtui.forum.file.viewer import marks_bits, own_row, plausible, private_boards, rows
from forumtui.forum.permissions import Role
from forumtui.forum.store import Imported, ImportedPost, ImportedTopic
from forumtui.model import Format
from forumtui.sqlite.columns import add
from forumtui.text.lookalike import look
from forumtui.text.sanitise import clean_line, store_text

_LARGEST_NUMBER = 1 << 40


def import_topics(connection: apsw.Connection, topics: Sequence[ImportedTopic], mentions: Mentions) -> Imported:
    """Merge one batch of topics with their posts.  Raises `Refused` for an unknown board."""
    mentions.learn(connection)
    batch = _Batch(connection, mentions)
    total = Imported()
    for topic in topics:
        total += batch.merge(topic)
    batch.finish()
    return total


@dataclass(slots=True)
class _Topic:
    """A topic's row while posts are added to it."""

    id: int
    posts: int
    last_number: int
    last_post: int | None


class _Batch:
    """One transaction's worth of topics: ids, feed numbers and members are counted here and written once."""

    def __init__(self, connection: apsw.Connection, mentions: Mentions) -> None:
        self._connection = connection
        self._mentions = mentions
        self._origins = Origins(connection)
        self._feed = int(own_row(connection, feed=int)[0])
        self._next_post = int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM post").get)
        self._inserted = self._indexed = self._next_post  # posts below these rows are in the table, in the index
        self._members: dict[tuple[str, str | None], int] = {}
        self._orphans = connection.execute("SELECT 1 FROM post WHERE parent_origin IS NOT NULL").fetchone() is not None
        self._boards_changed = False
        self._private = private_boards(connection)
        self._crossed = False

    def finish(self) -> None:
        """Index what was added and write the feed's number."""
        self._index()
        self._connection.execute("UPDATE forum SET feed = ?", (self._feed,))
        if self._boards_changed:
            boards_changed(self._connection)
        if self._crossed:
            guests_begin_anew(self._connection)

    def merge(self, topic: ImportedTopic) -> Imported:
        """One topic's header and posts."""
        row, count = self._header(topic)
        count += self._posts(row, topic)
        if count.added or count.changed:
            count += Imported(cut=excess(topic))
        if count.added or count.changed:
            self._connection.execute(
                "UPDATE topic SET posts = ?, last_number = ?, last_post = ?, n = ? WHERE id = ?",
                (row.posts, row.last_number, row.last_post, self._n(), row.id),
            )
        return count

    def _index(self) -> None:
        if self._indexed < self._inserted:
            index_posts(self._connection, self._indexed)
            self._indexed = self._inserted

    def _n(self) -> int:
        self._feed += 1
        return self._feed

    def _header(self, topic: ImportedTopic) -> tuple[_Topic, Imported]:
        tags = tuple(tag for tag in dict.fromkeys(clean_line(tag, TAG) for tag in topic.tags) if tag)[:TAGS]
        title = clean_line(topic.title, TITLE)
        digest = fingerprint((topic.board_origin, title, topic.author, topic.created, topic.pinned, topic.closed, tags))
        known = self._origins.row("topic", topic.origin)
        if known is not None and (known.digest == digest or known.digest is None):
            return self._row(known.row), Imported(same=1)
        board = self._origins.row("board", topic.board_origin)
        if board is None:
            raise Refused(f"The topic {title!r} belongs to a board that this forum does not have.")
        opening = topic.posts[0] if topic.posts else None
        author, created = topic.author, plausible(topic.created)
        if opening is not None:
            author = opening.author if author is None else author
            created = plausible(opening.created) if created is None else created
        values = TOPIC.row_of(
            replace(topic, title=title, tags=tags),
            board_id=board.row,
            author_id=self._member(author, next((post.role for post in topic.posts if post.author == author), None)),
            created=created,
            digest=digest,
        )
        self._boards_changed = True
        if known is None:
            self._connection.execute(TOPIC.insert("n"), {**values, "n": 0})
            number = self._connection.last_insert_rowid()
            self._connection.execute(
                "UPDATE board SET topics = topics + ? WHERE id = ?", (int(not topic.removed), board.row)
            )
            return _Topic(number, 0, 0, None), Imported(added=1)
        values["row"] = known.row
        here = self._connection.execute("SELECT board_id FROM topic WHERE id = ?", (known.row,)).get
        if here in self._private and board.row not in self._private:
            values["board_id"] = here  # a page does not show guests what was put away for members
        left = self._connection.execute(
            "UPDATE board SET topics = topics - (SELECT NOT removed FROM topic WHERE id = :row) "
            "WHERE id = (SELECT board_id FROM topic WHERE id = :row) RETURNING id",
            values,
        ).get
        self._crossed = self._crossed or (left in self._private) != (values["board_id"] in self._private)
        self._connection.execute(f"{TOPIC.update()} WHERE id = :row", values)
        self._connection.execute(
            "UPDATE board SET topics = topics + (SELECT NOT removed FROM topic WHERE id = :row) WHERE id = :board_id",
            values,
        )
        return self._row(known.row), Imported(changed=1)

    def _row(self, number: int) -> _Topic:
        statement = "SELECT id, posts, last_number, last_post FROM topic WHERE id = ?"
        return _Topic(*rows(self._connection, (int, int, int, int | None), statement, (number,))[0])

    def _member(self, name: str | None, role: str | None) -> int | None:
        cleaned = clean_line(name or "")
        if not cleaned:
            return None
        number = self._members.get((cleaned, role))
        if number is None:
            number = self._members[cleaned, role] = self._store_member(cleaned, clean_line(role or "", ROLE))
        return number

    def _store_member(self, name: str, role: str) -> int:
        """The row of a member; one who is known keeps the role, and a new one has it as a word that gives nothing.

        Of whom an import has only named until now, as a board's leader say, the word comes with a later one.
        """
        name = imported_name(self._connection, name)
        row: Any = self._connection.execute("SELECT id FROM member WHERE name = ?", (name,)).fetchone()
        if row is None:
            self._mentions.add(name)
            return add(self._connection, "member", name=name, look=look(name), role=spelled(role) or Role.MEMBER.value)
        if role:
            self._connection.execute(
                "UPDATE member SET role = ? WHERE id = ? AND role = 'Member' AND NOT role_given AND joined IS NULL",
                (spelled(role), row[0]),
            )
        return int(row[0])

    def _posts(self, row: _Topic, topic: ImportedTopic) -> Imported:
        here: dict[str, int] = {}
        added: list[dict[str, Any]] = []
        parents: list[tuple[dict[str, Any], str]] = []
        changed = same = 0
        for post in topic.posts:
            author = self._member(post.author, post.role)
            known = self._origins.row("post", post.origin)
            if post.origin in here or (known is not None and known.digest is None):
                same += 1
                continue
            values = self._values(post, author)
            if known is not None:
                here[post.origin] = known.row
                if known.digest == values["digest"] or not self._change(row, known.row, values, post):
                    same += 1
                else:
                    changed += 1
                continue
            if not row.posts and values["source"] is not None:
                values["subject"] = values["subject"] or clean_line(topic.title)  # a search finds topics by title
            self._place(row, post, values)
            here[post.origin] = values["id"]
            added.append(values)
            if post.parent_origin is not None:
                parents.append((values, post.parent_origin))
        for values, origin in parents:
            self._resolve_parent(row, values, origin, here.get(origin))
        self._connection.executemany(POST.insert("id", "topic_id", "number", "n"), added)
        self._inserted = self._next_post
        if self._orphans:
            self._adopt(row, added)
        return Imported(len(added), changed, same)

    def _values(self, post: ImportedPost, author: int | None) -> dict[str, Any]:
        body = None if post.deleted else post.body
        source = "" if body is None else store_text(body.source[:IMPORTED_BODY])
        subject = clean_line(post.subject or "") or None
        mentions = post.mentions
        if not mentions and "@" in source:
            mentions = self._mentions.find(source)
        return POST.row_of(
            replace(post, hidden=False, marks=frozenset()) if post.deleted else post,
            subject=None if post.deleted else subject,
            parent_id=None,
            parent_origin=None,
            author_id=None if post.deleted else author,
            source=None if post.deleted else source,
            format=Format.PLAIN if body is None else body.format,
            mentions=mentions,
            digest=fingerprint(
                (
                    subject,
                    post.author,
                    source,
                    post.created,
                    post.edited,
                    post.parent_origin,
                    marks_bits(post.marks),
                    post.likes,
                    post.deleted,
                )
            ),
        )

    def _place(self, row: _Topic, post: ImportedPost, values: dict[str, Any]) -> None:
        """Put a new post after those known, under its own number if that is still free."""
        number = row.last_number + 1
        if post.number is not None and number < post.number < _LARGEST_NUMBER:
            number = post.number
        values.update(id=self._next_post, topic_id=row.id, number=number, n=self._n())
        self._next_post += 1
        row.posts += 1
        row.last_number = number
        row.last_post = _later(row.last_post, values["created"])
        self._boards_changed = self._boards_changed or values["marks"] != 0

    def _change(self, row: _Topic, number: int, values: dict[str, Any], post: ImportedPost) -> bool:
        """Bring a post up to what its source says now, unless it was deleted here."""
        deleted, marks = self._connection.execute("SELECT deleted, marks FROM post WHERE id = ?", (number,)).get
        if deleted:
            return False
        if post.parent_origin is not None:
            self._resolve_parent(row, values, post.parent_origin, None)
        self._index()  # the index must know a post before it can follow its change
        values.update(id=number, n=self._n())
        self._connection.execute(f"{POST.update('n')} WHERE id = :id", values)
        if post.deleted:
            erase_post(self._connection, number, post.deleted_by)
        row.last_post = _later(row.last_post, values["created"])
        self._boards_changed = self._boards_changed or marks != 0 or values["marks"] != 0
        return True

    def _resolve_parent(self, row: _Topic, values: dict[str, Any], origin: str, parent: int | None) -> None:
        """Name the parent's row, or remember its origin until it is imported."""
        if parent is None:
            known = self._origins.row("post", origin)
            parent = known.row if known is not None and self._is_in(row, known.row) else None
        values["parent_id"] = parent
        if parent is None:
            values["parent_origin"] = plain(origin)
            self._orphans = True

    def _is_in(self, row: _Topic, post: int) -> bool:
        found = self._connection.execute("SELECT 1 FROM post WHERE id = ? AND topic_id = ?", (post, row.id)).fetchone()
        return found is not None

    def _adopt(self, row: _Topic, added: list[dict[str, Any]]) -> None:
        """Give posts that came before their parents the parents that came now."""
        for values in added:
            self._connection.execute(
                "UPDATE post SET parent_id = ?, parent_origin = NULL, n = ? WHERE parent_origin = ? AND topic_id = ?",
                (values["id"], self._feed + 1, values["origin"], row.id),
            )
            if self._connection.changes():
                self._n()


def _later(one: int | None, other: int | None) -> int | None:
    return one if other is None or (one is not None and one >= other) else other
