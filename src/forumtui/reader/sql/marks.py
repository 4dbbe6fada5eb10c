# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Read, unread, bookmarked, visited; many posts at once by set, with counters brought up to date by topic."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import apsw

from forumtui.model import Millis
from forumtui.reader.rows import AccountKey, BoardKey, PostKey, TopicKey
from forumtui.reader.sql import boards, undo
from forumtui.reader.sql.columns import Row, every, json_list, must, one
from forumtui.reader.sql.listing import listed
from forumtui.reader.sql.posts import CAUGHT_UP
from forumtui.reader.sql.topics import get as topic_row

Places = set[tuple[AccountKey, TopicKey]]
"""Which topics something changed in."""


def set_unread(connection: apsw.Connection, posts: Sequence[int], unread: bool) -> list[tuple[int, int]]:
    """Mark posts; returns (key, topic) of those that were marked otherwise before."""
    values = (json_list(posts),)
    if unread:
        changed = every(
            connection,
            "INSERT OR IGNORE INTO unread SELECT p.topic, p.sort, p.key FROM json_each(?) AS w CROSS JOIN post AS p ON p.key = w.value"
            " RETURNING post, topic",
            values,
        )
    else:
        changed = every(
            connection,
            "DELETE FROM unread WHERE (topic, sort, post) IN"
            " (SELECT p.topic, p.sort, p.key FROM json_each(?) AS w CROSS JOIN post AS p ON p.key = w.value) RETURNING post, topic",
            values,
        )
    sign = 1 if unread else -1
    connection.executemany(
        "UPDATE topic SET cached_unread = cached_unread + ? WHERE key = ?",
        [(sign * count, topic) for topic, count in Counter(topic for _, topic in changed).items()],
    )
    return [(key, topic) for key, topic in changed]


def places(connection: apsw.Connection, topics: set[int]) -> Places:
    """The accounts of topics."""
    found = every(
        connection, "SELECT account, key FROM topic WHERE key IN (SELECT value FROM json_each(?))", (json_list(topics),)
    )
    return {(AccountKey(account), TopicKey(key)) for account, key in found}


def mark_read(connection: apsw.Connection, posts: Sequence[PostKey]) -> Places:
    """No undo step: it happens with every page."""
    return places(connection, {topic for _, topic in set_unread(connection, posts, False)})


def mark_unread(connection: apsw.Connection, posts: Sequence[PostKey], now: Millis) -> Places:
    """One undo step, if any post was read."""
    changed = set_unread(connection, posts, True)
    if changed:
        undo.push(
            connection, "unread", _counted("marking {} unread", len(changed)), {}, (key for key, _ in changed), now
        )
    return places(connection, {topic for _, topic in changed})


def _counted(words: str, count: int) -> str:
    return words.format(f"{count} post{'' if count == 1 else 's'}")


# -- catching up

_UNREAD = "SELECT t.key, t.caught_up, t.unread - t.cached_unread, t.last_post FROM topic AS t WHERE t.unread > 0 AND"
_IN = "IN (SELECT value FROM json_each(?))"


def _meant(
    connection: apsw.Connection, account: AccountKey | None, board: BoardKey | None, topic: TopicKey | None
) -> list[Row]:
    """(key, caught_up, unread but not here, last_post) of the topics meant that have anything unread."""
    if topic is not None:
        return every(connection, f"{_UNREAD} t.key = ?", (topic,))
    if board is not None:
        return every(connection, f"{_UNREAD} t.board {_IN}", (json_list(boards.with_children(connection, board)),))
    accounts = listed(connection) if account is None else [account]
    return every(connection, f"{_UNREAD} t.account {_IN}", (json_list(accounts),))


def _take_unread(
    connection: apsw.Connection, topics: Sequence[int], up_to: int | None, older_than: int | None
) -> list[tuple[int, int]]:
    """Mark posts of these topics read; returns (key, topic).  ``up_to``: only so far in `Post.sort`."""
    values: list[Any] = [json_list(topics)]
    where = f"topic {_IN}"
    if up_to is not None:
        where += " AND sort <= ?"
        values.append(up_to)
    if older_than is not None:
        where += " AND (SELECT created FROM post WHERE key = post) < ?"
        values.append(older_than)
    return [
        (key, topic)
        for key, topic in every(connection, f"DELETE FROM unread WHERE {where} RETURNING post, topic", values)
    ]


def catch_up(
    connection: apsw.Connection,
    *,
    account: AccountKey | None,
    board: BoardKey | None,
    topic: TopicKey | None,
    up_to: PostKey | None,
    older_than: int | None,
    now: Millis,
) -> tuple[int, Places]:
    """How many posts were marked read, and where; see `forumtui.reader.library.marks.Marks.catch_up`."""
    sort = None
    if up_to is not None:
        found = one(connection, "SELECT topic, sort FROM post WHERE key = ?", (up_to,))
        topic, sort = must(found, "This post is not in the library (any more).")
    topics = _meant(connection, account, board, topic)
    changed = _take_unread(connection, [row[0] for row in topics], sort, older_than)
    counts = Counter(topic for _, topic in changed)
    steps: list[tuple[int, int, int, int | None]] = []
    before: list[tuple[int, int, int | None, int]] = []
    for key, caught_up, missing, last_post in topics:
        until = None if up_to is not None else _watermark(older_than, last_post, now)
        if until is not None:
            before.append((key, missing, caught_up, until))
        if until is not None or counts[key]:
            steps.append((key, counts[key], 0 if until is None else missing, until))
    connection.execute(
        """
        UPDATE topic SET cached_unread = cached_unread - (s.value ->> 1), skipped = skipped + (s.value ->> 2),
          caught_up = max(coalesce(caught_up, s.value ->> 3), coalesce(s.value ->> 3, caught_up))
        FROM json_each(?) AS s WHERE topic.key = s.value ->> 0
        """,
        (json.dumps(steps),),
    )
    count = len(changed) + sum(missing for _, missing, *_ in before)
    if count:
        newest = must(one(connection, "SELECT coalesce(max(key), 0) FROM post"), "")[0]
        detail = {"topics": before, "newest": newest}
        undo.push(connection, "catch-up", _counted("marking {} read", count), detail, (key for key, _ in changed), now)
    return count, places(connection, {key for key, *_ in steps})


def _watermark(older_than: int | None, last_post: int | None, now: Millis) -> int | None:
    """Until when a topic counts as read, posts that are not here included; None: those stay unread."""
    if older_than is None:
        return now if last_post is None else last_post
    return last_post if last_post is not None and last_post < older_than else None


# -- visits and bookmarks


def visit(connection: apsw.Connection, topic: TopicKey) -> AccountKey | None:
    """Move the mark of the last visit to where the one before was made; the account if this is the first visit."""
    first = one(connection, "SELECT account FROM topic WHERE key = ? AND opened = 0", (topic,))
    connection.execute(
        """
        UPDATE topic SET opened = opened + 1, last_seen_at = seen_at, last_seen_sort = seen_sort,
          seen_at = max(coalesce(seen_at, last_post), coalesce((SELECT max(created) FROM post WHERE topic = ?1), seen_at, last_post),
            coalesce(last_post, seen_at)),
          seen_sort = (SELECT coalesce(max(sort), -1) FROM post WHERE topic = ?1)
        WHERE key = ?1
        """,
        (topic,),
    )
    return None if first is None else AccountKey(first[0])


def bookmark(
    connection: apsw.Connection, *, topic: TopicKey | None, post: PostKey | None, on: bool, now: Millis
) -> Places:
    """One undo step if anything is different now."""
    if post is not None:
        changed = _bookmark_post(connection, post, on)
        topic = changed
    else:
        connection.execute("UPDATE topic SET bookmarked = ?1 WHERE key = ?2 AND bookmarked <> ?1", (int(on), topic))
        changed = topic if connection.changes() else None
    if changed is None or topic is None:
        return set()
    title = topic_row(connection, topic).title
    what = f'{"bookmarking" if on else "taking the bookmark off"} "{title}"'
    undo.push(connection, "bookmark", what, {"topic": None if post else topic, "post": post, "on": on}, (), now)
    return places(connection, {topic})


def _bookmark_post(connection: apsw.Connection, post: PostKey, on: bool) -> TopicKey | None:
    found = one(
        connection,
        "UPDATE post SET bookmarked = ?1 WHERE key = ?2 AND bookmarked <> ?1 RETURNING topic",
        (int(on), post),
    )
    if found is None:
        return None
    connection.execute(
        "UPDATE topic SET post_bookmarks = post_bookmarks + ? WHERE key = ?", (1 if on else -1, found[0])
    )
    return TopicKey(found[0])


# -- taking back


def take_back(connection: apsw.Connection, step: undo.Step) -> Places:
    """Undo a step on marks; what is gone meanwhile is left out."""
    if step.kind == "bookmark":
        return _bookmark_again(connection, step, not step.detail["on"])
    changed = set_unread(connection, step.posts, step.kind == "catch-up")
    touched = {topic for _, topic in changed}
    if step.kind == "catch-up":
        touched |= _uncatch(connection, step.detail["topics"], step.detail["newest"])
    return places(connection, touched)


def do_again(connection: apsw.Connection, step: undo.Step) -> Places:
    """Do a step on marks that was undone; what came after it stays as it is."""
    if step.kind == "bookmark":
        return _bookmark_again(connection, step, step.detail["on"])
    changed = set_unread(connection, step.posts, step.kind != "catch-up")
    touched = {topic for _, topic in changed}
    if step.kind == "catch-up":
        touched |= _catch_again(connection, step.detail["topics"], step.detail["newest"])
    return places(connection, touched)


def _bookmark_again(connection: apsw.Connection, step: undo.Step, on: bool) -> Places:
    if step.detail["post"] is not None:
        topic = _bookmark_post(connection, PostKey(step.detail["post"]), on)
    else:
        topic = TopicKey(step.detail["topic"])
        connection.execute("UPDATE topic SET bookmarked = ? WHERE key = ?", (int(on), topic))
    return places(connection, set() if topic is None else {topic})


def _catch_again(connection: apsw.Connection, before: Sequence[tuple[Any, ...]], newest: int) -> set[int]:
    """Let what was not here count as read once more, also where it came meanwhile.

    ``before`` has (topic, unread but not here, caught_up, until when it counts as read); older steps lack the last.
    """
    until = {topic: rest[0] for topic, _, _, *rest in before if rest}
    sql = "SELECT key, topic, created FROM post WHERE key > ? AND topic IN (SELECT value FROM json_each(?))"
    came = [
        (key, topic)
        for key, topic, created in every(connection, sql, (newest, json_list(list(until))))
        if created is None or created <= until[topic]
    ]
    taken = set_unread(connection, [key for key, _ in came], False)
    sql = "UPDATE post SET waived = ? WHERE key IN (SELECT value FROM json_each(?))"
    connection.execute(sql, (CAUGHT_UP, json_list([key for key, _ in taken])))
    here = Counter(topic for _, topic in came)
    steps = [(topic, max(0, missing - here[topic]), until[topic]) for topic, missing, *_ in before if topic in until]
    connection.execute(
        """
        UPDATE topic SET skipped = skipped + min(s.value ->> 1, unread - cached_unread),
          caught_up = max(coalesce(caught_up, s.value ->> 2), s.value ->> 2)
        FROM json_each(?) AS s WHERE topic.key = s.value ->> 0
        """,
        (json.dumps(steps),),
    )
    return set(until)


def _uncatch(connection: apsw.Connection, before: Sequence[tuple[Any, ...]], newest: int) -> set[int]:
    """Let posts that counted as read without being here be unread again, also those that came since.

    ``before`` has (topic, unread but not here, caught_up, ...) as it was; posts since have keys above ``newest``.
    """
    until = {topic: caught_up for topic, _, caught_up, *_ in before}
    came = [
        (key, topic)
        for key, topic, created in every(
            connection,
            "SELECT key, topic, created FROM post WHERE key > ? AND waived = ? AND mine = 0",
            (newest, CAUGHT_UP),
        )
        if topic in until and (until[topic] is None or (created is not None and created > until[topic]))
    ]
    keys = [key for key, _ in came]
    connection.execute("UPDATE post SET waived = 0 WHERE key IN (SELECT value FROM json_each(?))", (json_list(keys),))
    set_unread(connection, keys, True)
    here = Counter(topic for _, topic in came)
    connection.execute(
        "UPDATE topic SET skipped = max(0, skipped - (s.value ->> 1)), caught_up = s.value ->> 2 FROM json_each(?) AS s"
        " WHERE topic.key = s.value ->> 0",
        (json.dumps([(topic, max(0, missing - here[topic]), caught_up) for topic, missing, caught_up, *_ in before]),),
    )
    return set(until)
