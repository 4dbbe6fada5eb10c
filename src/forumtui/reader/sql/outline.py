"""A thread's skeleton: from an index alone, so that ten thousand posts are no burden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import apsw

from forumtui.reader.rows import Outline, PostKey, ThreadOrder, TopicKey
from forumtui.reader.sql import spans, topics
from forumtui.reader.sql.columns import every, one
from forumtui.reader.sql.outbox_rows import pending_replies
from forumtui.reader.sql.tree import tree

_UNRANKED = 1 << 62


def outline(connection: apsw.Connection, topic: TopicKey, order: ThreadOrder) -> Outline:
    """Raises `NotFound`."""
    about = topics.get(connection, topic)
    found = every(connection, "SELECT key, parent FROM post WHERE topic = ? ORDER BY sort, key", (topic,))
    keys: list[int] = [row[0] for row in found]
    parents: list[int | None] = [row[1] for row in found]
    of_forum = len(keys)
    del found  # ten thousand tuples less for the collector to look at
    for key, parent in pending_replies(connection, topic):
        keys.append(key)
        parents.append(parent)
    if not {parent for parent in parents if parent is not None}.issubset(keys):  # the forum moved a post elsewhere
        known = set(keys)
        parents = [parent if parent in known else None for parent in parents]
    gaps = _gaps(connection, topic, keys[of_forum:])
    depths = [0] * len(keys)
    if order is ThreadOrder.TREE:
        parent_of = dict(zip(keys, parents, strict=True))
        keys = _ranked(connection, topic, keys)
        keys, depths = tree(keys, [parent_of[key] for key in keys])
        parents = [parent_of[key] for key in keys]
    return Outline(
        topic=about,
        order=order,
        keys=cast("list[PostKey]", keys),
        depths=depths,
        parents=cast("list[PostKey | None]", parents),
        unread=_unread(connection, topic, keys),
        gaps=tuple(sorted(len(keys) if key is None else keys.index(key) for key in gaps)),
        subjects=_subjects(connection, topic, about.title, keys),
        new_from=_new_from(connection, topic, keys),
    )


def _ranked(connection: apsw.Connection, topic: TopicKey, keys: list[int]) -> list[int]:
    """Those that the forum ranks first, the best of them before the others; the rest as they were."""
    sql = "SELECT key, rank FROM post WHERE topic = ? AND rank IS NOT NULL"
    ranks: dict[int, int] = dict(every(connection, sql, (topic,)))
    return sorted(keys, key=lambda key: ranks.get(key, _UNRANKED)) if ranks else keys


def _unread(connection: apsw.Connection, topic: TopicKey, keys: Sequence[int]) -> list[bool]:
    unread = {key for (key,) in every(connection, "SELECT post FROM unread WHERE topic = ?", (topic,))}
    return [key in unread for key in keys] if unread else [False] * len(keys)


def _gaps(connection: apsw.Connection, topic: TopicKey, pending: Sequence[int]) -> set[int | None]:
    """Keys of the posts before which some are missing; None: some are missing behind the last.

    What is missing at the end stands before replies of mine that are not sent yet.
    """
    at_start, between, behind = spans.gaps(connection, topic)
    keys: set[int | None] = set()
    if at_start:
        first = one(connection, "SELECT key FROM post WHERE topic = ? ORDER BY sort, key LIMIT 1", (topic,))
        keys.add(first[0] if first else None)
    for sort in between:
        found = one(
            connection, "SELECT key FROM post WHERE topic = ? AND sort >= ? ORDER BY sort, key LIMIT 1", (topic, sort)
        )
        keys.add(found[0] if found else None)
    if behind:
        keys.add(pending[0] if pending else None)
    return keys


def _subjects(
    connection: apsw.Connection, topic: TopicKey, title: str, keys: Sequence[int]
) -> tuple[tuple[int, str], ...]:
    """Where a subject that a post brings along differs from the one before it; the title counts as the first."""
    distinct = every(connection, "SELECT DISTINCT subject FROM post WHERE topic = ? AND subject IS NOT NULL", (topic,))
    if {_bare(subject) for (subject,) in distinct} <= {_bare(title)}:
        return ()
    own: dict[int, str] = dict(
        every(connection, "SELECT key, subject FROM post WHERE topic = ? AND subject IS NOT NULL", (topic,))
    )
    current, current_bare = title, _bare(title)
    changes: list[tuple[int, str]] = []
    for index, key in enumerate(keys):
        subject = own.get(key)
        if subject is None or subject == current:
            continue
        bare = _bare(subject)
        if bare != current_bare:
            changes.append((index, subject))
        current, current_bare = subject, bare
    return tuple(changes)


def _bare(subject: str) -> str:
    """A subject without its "Re:"."""
    bare = subject.casefold().strip()
    while bare.startswith(("re:", "aw:", "sv:")):
        bare = bare[3:].lstrip()
    return bare


def _new_from(connection: apsw.Connection, topic: TopicKey, keys: Sequence[int]) -> int | None:
    """The first post by others that came since the last visit, in the order shown."""
    seen = one(
        connection,
        "SELECT last_seen_at, last_seen_sort FROM topic WHERE key = ? AND last_seen_sort IS NOT NULL",
        (topic,),
    )
    if seen is None:
        return None
    found = every(
        connection,
        "SELECT key, mine FROM post INDEXED BY post_outline WHERE topic = ?1 AND ((created IS NOT NULL AND created > ?2)"
        " OR ((created IS NULL OR ?2 IS NULL) AND sort > ?3))",
        (topic, *seen),
    )
    new = {key for key, mine in found if not mine}
    return next((index for index, key in enumerate(keys) if key in new), None) if new else None
