"""The change feed of the reference forum."""

from __future__ import annotations

from tests.reference.records import PostRecord, Records
from tests.reference.showing import show_post, show_topic

from forumtui.model import ChangedTopic, Changes, Cursor, TopicId


def feed(records: Records, me: str | None, after: Cursor | None, limit: int) -> Changes:
    """First every header, then what changed; anew for guests when something was closed or opened to them."""
    life = records.epoch if me or not records.guests_n else f"{records.epoch}~{records.guests_n}"
    epoch, since, last = (after or "").rsplit(":", 2) if (after or "").count(":") == 2 else ("", "", "")
    fresh = epoch != life or not since.isdecimal()
    if not fresh and not last:
        return _since(records, me, life, int(since), limit)
    start = records.feed if fresh else int(since)
    rows = [topic for topic in sorted(records.topics.values(), key=lambda t: t.id) if fresh or topic.id > int(last)]
    rows = [topic for topic in rows if records.shows(me, topic)]
    more = len(rows) > limit
    items = tuple(ChangedTopic(TopicId(str(t.id)), show_topic(records, me, t)) for t in rows[:limit])
    place = Cursor(f"{life}:{start}:{rows[limit - 1].id if more else ''}")
    return Changes(items, place, more=more, boards=fresh, reset=fresh and after is not None)


def _since(records: Records, me: str | None, life: str, since: int, limit: int) -> Changes:
    stamps = {topic.n for topic in records.topics.values()} | {post.n for post in records.posts.values()}
    numbers = sorted(n for n in stamps if n > since)
    more = len(numbers) > limit
    upto = numbers[limit - 1] if more else records.feed
    changed: dict[int, list[PostRecord]] = {t.id: [] for t in records.topics.values() if since < t.n <= upto}
    for post in records.posts.values():
        if since < post.n <= upto:
            changed.setdefault(post.topic, []).append(post)
    items = tuple(
        ChangedTopic(
            TopicId(str(topic)),
            show_topic(records, me, records.topics[topic]),
            tuple(show_post(records, me, post) for post in sorted(posts, key=lambda post: post.number)),
        )
        if records.shows(me, records.topics[topic])
        else ChangedTopic(TopicId(str(topic)), None, gone=True)
        for topic, posts in changed.items()
        if records.sees(me, records.topics[topic].board)
    )
    boards = since < records.boards_n <= upto
    return Changes(items, Cursor(f"{life}:{upto}:"), more=more, boards=boards)
