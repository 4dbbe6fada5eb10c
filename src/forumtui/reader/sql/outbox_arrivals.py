# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""What the outbox learns when posts arrive, and by which print of its words a text is known again."""

from __future__ import annotations

import hashlib

import apsw

from forumtui.model import Post, PostId
from forumtui.reader.rows import AccountKey
from forumtui.reader.sql.columns import every, one
from forumtui.reader.target import OutKind, OutState, Unsent
from forumtui.text.fold import fold


def fingerprint(text: str) -> str:
    """Equal for texts that differ in white space, case or compatibility forms only, which forums rewrite."""
    return hashlib.sha256(" ".join(fold(text).split()).encode("utf-8", "replace")).hexdigest()[:32]


def is_own(connection: apsw.Connection, account: AccountKey, post: PostId) -> bool:
    """Whether the outbox sent this post."""
    return one(connection, "SELECT 1 FROM outgoing WHERE account = ? AND remote_post = ?", (account, post)) is not None


def publish_held(connection: apsw.Connection, account: AccountKey, post: Post, source: str) -> None:
    """A post of ours appeared: if one was held for approval with this text, it is published now."""
    found = one(
        connection,
        f"""
        UPDATE outgoing SET state = '{OutState.SENT}', remote_post = ?1, remote_topic = ?2, error = '', revision = revision + 1
        WHERE id = (SELECT id FROM outgoing WHERE account = ?3 AND state = '{OutState.HELD}'
          AND (remote_post = ?1 OR (remote_post IS NULL AND fingerprint = ?4 AND (topic_ref = ?2 OR kind = '{OutKind.TOPIC}')))
          ORDER BY id LIMIT 1)
        RETURNING uid
        """,
        (post.id, post.topic, account, fingerprint(source)),
    )
    if found is not None:
        resolve(connection, found[0])


def resolve(connection: apsw.Connection, uid: str) -> list[str]:
    """Give rows that refer to an unsent one the forum's own ids, once that row is sent; returns which."""
    found = one(
        connection,
        f"SELECT remote_topic, remote_post FROM outgoing WHERE uid = ? AND state = '{OutState.SENT}'",
        (uid,),
    )
    topic, post = found or (None, None)
    touched: set[str] = set()
    for column, remote in (("topic_ref", topic), ("parent_ref", post), ("post_ref", post)):
        if remote is not None:
            rows = every(
                connection,
                f"UPDATE outgoing SET {column} = ?, revision = revision + 1 WHERE {column} = ? RETURNING uid",
                (remote, str(Unsent(uid))),
            )
            touched.update(other for (other,) in rows)
    return sorted(touched)
