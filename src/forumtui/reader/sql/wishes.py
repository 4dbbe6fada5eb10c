"""Toggles that the forum should hear of: one row per target, the last value wins."""

from __future__ import annotations

from uuid import uuid4

import apsw

from forumtui.model import PostId
from forumtui.reader.rows import AccountKey, PostKey
from forumtui.reader.sql.columns import Row, every, must, one


def like(connection: apsw.Connection, post: PostKey, on: bool) -> tuple[AccountKey, int]:
    """Show it at once and remember to tell the forum; returns where."""
    sql = "SELECT p.account, p.topic, t.id, p.id, p.liked FROM post AS p JOIN topic AS t ON t.key = p.topic WHERE p.key = ?"
    account, topic, topic_id, post_id, liked = must(
        one(connection, sql, (post,)), "This post is not in the library (any more)."
    )
    if bool(liked) is not on:
        _show(connection, account, post_id, int(on))
        connection.execute(
            "INSERT INTO wish VALUES (?, ?, ?, 'like', ?, ?, ?) ON CONFLICT DO UPDATE SET wanted = excluded.wanted, key = excluded.key",
            (account, topic_id, post_id, int(on), int(liked), uuid4().hex),
        )
    return AccountKey(account), topic


def _show(connection: apsw.Connection, account: AccountKey, post: str, on: int) -> None:
    connection.execute(
        "UPDATE post SET likes = CASE WHEN likes IS NULL THEN NULL ELSE max(0, likes + ?1 - liked) END, liked = ?1"
        " WHERE account = ?2 AND id = ?3",
        (on, account, post),
    )


def waiting(connection: apsw.Connection, account: AccountKey) -> list[Row]:
    """(topic, post, kind, wanted, key) of each."""
    return every(connection, "SELECT topic, post, kind, wanted, key FROM wish WHERE account = ?", (account,))


def granted(
    connection: apsw.Connection, account: AccountKey, post: PostId, kind: str, key: str, *, refused: bool
) -> None:
    """Forget a wish, unless a later one has taken its place; a refused one is no longer shown."""
    sql = "DELETE FROM wish WHERE account = ? AND post = ? AND kind = ? AND key = ? RETURNING was"
    found = one(connection, sql, (account, post, kind, key))
    if found is not None and refused:
        _show(connection, account, post, found[0])
