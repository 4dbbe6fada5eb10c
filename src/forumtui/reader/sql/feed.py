"""A stretch of the change feed, and posts that come alone."""

from __future__ import annotations

import apsw

from forumtui.model import ChangedTopic, Post
from forumtui.reader.rows import AccountKey, TopicKey
from forumtui.reader.sql import posts, spans, topics
from forumtui.reader.sql.columns import must, one


def merge(
    connection: apsw.Connection, account: AccountKey, change: ChangedTopic, *, news: bool = False
) -> TopicKey | None:
    """Merge one line of the feed; the topic's key, or None when it is not here (any more).

    ``news``: the feed was read to its end before, so what is not known here is new to the forum.
    """
    key = topics.find(connection, account, change.topic)
    if change.gone:
        if key is not None:
            topics.drop(connection, [key])
        return None
    follows = key is not None and _continues(connection, account, key, change)
    if change.header is not None:
        topics.merge(connection, account, [change.header], news=news)
        key = topics.find(connection, account, change.topic)
    if key is None or not change.posts:
        return key
    posts.merge(connection, account, key, change.posts)
    for post in sorted(change.posts, key=lambda post: post.sort):
        spans.add_post(connection, key, post, follows=follows)
    return key


def _continues(connection: apsw.Connection, account: AccountKey, topic: TopicKey, change: ChangedTopic) -> bool:
    """Whether the new posts are all that came behind what was the topic's end."""
    if change.header is None or change.header.posts is None or not spans.at_end(connection, topic):
        return False
    total = must(one(connection, "SELECT total FROM topic WHERE key = ?", (topic,)), "The topic is gone.")[0]
    return total is not None and change.header.posts - total == posts.unknown_behind(
        connection, account, topic, change.posts
    )


def merge_post(connection: apsw.Connection, account: AccountKey, post: Post) -> TopicKey:
    """Merge one post of a topic that is here.  Raises `NotFound`."""
    key = topics.need(connection, account, post.topic)
    posts.merge(connection, account, key, [post])
    spans.add_post(connection, key, post, follows=False)
    return key
