"""What the outbox learns when posts arrive."""

from __future__ import annotations

import apsw

from forumtui.model import Post, PostId
from forumtui.rows import AccountKey
from forumtui.store.fingerprint import fingerprint
from forumtui.store.values import one


def is_own(connection: apsw.Connection, account: AccountKey, post: PostId) -> bool:
    """Whether the outbox sent this post."""
    return one(connection, "SELECT 1 FROM outgoing WHERE account = ? AND remote_post = ?", (account, post)) is not None


def publish_held(connection: apsw.Connection, account: AccountKey, post: Post, source: str) -> None:
    """A post of ours appeared: if one was held for approval with this text, it is published now."""
    connection.execute(
        """
        UPDATE outgoing SET state = 'sent', remote_post = ?1, remote_topic = ?2, error = '', revision = revision + 1
        WHERE id = (SELECT id FROM outgoing WHERE account = ?3 AND state = 'held'
          AND (remote_post = ?1 OR (remote_post IS NULL AND fingerprint = ?4 AND (topic_ref = ?2 OR kind = 'topic')))
          ORDER BY id LIMIT 1)
        """,
        (post.id, post.topic, account, fingerprint(source)),
    )
