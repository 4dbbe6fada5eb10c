"""Who writes in a forum."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import apsw

from forumtui.model import Author, MemberId
from forumtui.reader.rows import AccountKey
from forumtui.reader.sql.columns import Insert, Lookup, every, ours
from forumtui.sqlite.columns import Column, Table
from forumtui.text.fold import fold
from forumtui.text.sanitise import clean_line


def _short(name: str) -> str:
    return clean_line(name, 80)


MEMBER = Table(
    Author,
    "member",
    "m",
    [
        ours("id"),
        Column("name", store=_short),
        Column("role", store=lambda role: None if role is None else _short(role)),
    ],
)
_BEFORE = Lookup(MEMBER, "key", where="account = ? AND id = ?")
_INSERT = Insert(MEMBER, "account", "id", "folded")
_UPDATE = f"{MEMBER.update('folded')} WHERE key = :key"


@lru_cache(maxsize=1024)
def _author(identity: MemberId | None, *others: Any) -> Author | None:
    return None if identity is None else MEMBER.value((identity, *others))


AUTHOR = Column("author", load=_author, sql=MEMBER.expressions, given=True)
"""Who wrote something, as the member ``m`` is selected; None where nobody is known to have."""


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
        row = MEMBER.row_of(author)
        before = _BEFORE.find(self._connection, self._account, author.id)
        if before is None:
            return _INSERT.run(self._connection, row, account=self._account, id=author.id, folded=fold(row["name"]))
        if before.differing(row):
            self._connection.execute(_UPDATE, row | {"folded": fold(row["name"]), "key": before["key"]})
        return int(before["key"])


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
