"""Who writes in a forum."""

from __future__ import annotations

from functools import lru_cache

import apsw

from forumtui.model import Author, MemberId
from forumtui.reader.rows import AccountKey
from forumtui.reader.sql.columns import every
from forumtui.text.fold import fold
from forumtui.text.sanitise import clean_line

AUTHOR = ("m.id", "m.name", "m.role")
"""What is selected of the member ``m`` for `author_of`."""


@lru_cache(maxsize=1024)
def author_of(identity: MemberId | None, name: str, role: str | None) -> Author | None:
    """A member as the author of something; None where nobody is known to have written it."""
    return None if identity is None else Author(identity, name, role)


class Roster:
    """Keys of members while a page is merged; every member is stored at most once a page."""

    def __init__(self, connection: apsw.Connection, account: AccountKey) -> None:
        self._connection = connection
        self._account = account
        self._keys: dict[Author, int] = {}

    def key(self, author: Author | None) -> int | None:
        """The member's key; its name and role as they are now."""
        if author is None:
            return None
        known = self._keys.get(author)
        if known is None:
            known = self._keys[author] = self._store(author)
        return known

    def wrote(self, key: int | None, created: int | None) -> None:
        """Remember when a member wrote last, for completion."""
        if key is not None and created is not None:
            self._connection.execute("UPDATE member SET wrote = ? WHERE key = ? AND wrote < ?", (created, key, created))

    def _store(self, author: Author) -> int:
        name = clean_line(author.name, 80)
        role = None if author.role is None else clean_line(author.role, 80)
        found = every(
            self._connection,
            "SELECT key, name, role FROM member WHERE account = ? AND id = ?",
            (self._account, author.id),
        )
        if not found:
            self._connection.execute(
                "INSERT INTO member (account, id, name, role, folded) VALUES (?, ?, ?, ?, ?)",
                (self._account, author.id, name, role, fold(name)),
            )
            return self._connection.last_insert_rowid()
        [(key, *before)] = found
        if before != [name, role]:
            self._connection.execute(
                "UPDATE member SET name = ?, role = ?, folded = ? WHERE key = ?", (name, role, fold(name), key)
            )
        return int(key)


def starting_with(connection: apsw.Connection, account: AccountKey, prefix: str, limit: int) -> list[str]:
    """Names that start so, whatever the case, those who wrote most recently first."""
    folded = fold(prefix)
    found = every(
        connection,
        "SELECT DISTINCT name FROM (SELECT name, wrote FROM member WHERE account = ? AND folded >= ? AND folded < ?"
        " ORDER BY wrote DESC, folded) LIMIT ?",
        (account, folded, folded + "\U0010ffff", limit),
    )
    return [name for (name,) in found]
