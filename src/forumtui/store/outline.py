"""A thread's skeleton: from an index alone, so that ten thousand posts are no burden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import apsw

from forumtui.rows import Order, Outline, PostKey, TopicKey
from forumtui.store import spans, topicrows
from forumtui.store.pending import pending_replies
from forumtui.store.values import every, one


def outline(connection: apsw.Connection, topic: TopicKey, order: Order) -> Outline:
    """Raises `NotFound`."""
    about = topicrows.get(connection, topic)
    found = every(connection, "SELECT key, parent, sort FROM post WHERE topic = ? ORDER BY sort, key", (topic,))
    unread = {key for (key,) in every(connection, "SELECT key FROM post WHERE topic = ? AND unread = 1", (topic,))}
    keys = [row[0] for row in found]
    known = set(keys)
    parents: list[int | None] = [row[1] if row[1] in known else None for row in found]
    for key, parent in pending_replies(connection, topic):
        keys.append(key)
        parents.append(parent if parent in known else None)
        known.add(key)
    depths = [0] * len(keys)
    arranged = range(len(keys))
    if order is Order.TREE:
        places, depths = tree(keys, parents)
        arranged_keys = [keys[place] for place in places]
        arranged_parents = [parents[place] for place in places]
    else:
        places, arranged_keys, arranged_parents = list(arranged), keys, parents
    index_of = {key: index for index, key in enumerate(arranged_keys)} if order is Order.TREE else None
    return Outline(
        topic=about,
        order=order,
        keys=cast("list[PostKey]", arranged_keys),
        depths=depths,
        parents=cast("list[PostKey | None]", arranged_parents),
        unread=[key in unread for key in arranged_keys],
        gaps=_gaps(connection, topic, found, keys, index_of),
        subjects=_subjects(connection, topic, about.title, arranged_keys),
        new_from=_new_from(connection, topic, arranged_keys),
    )


def tree(keys: Sequence[int], parents: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """Places of ``keys`` depth first, and their depths.

    A missing parent makes a root; so does the first post of a circle of parents.  Answers stand in
    the order of ``keys``.
    """
    children: dict[int, list[int]] = {}
    roots: list[int] = []
    for place, parent in enumerate(parents):
        if parent is None:
            roots.append(place)
        else:
            children.setdefault(parent, []).append(place)
    ordered: list[int] = []
    depths: list[int] = []
    seen = bytearray(len(keys))

    def descend(root: int) -> None:
        stack = [(root, 0)]
        while stack:
            place, depth = stack.pop()
            if seen[place]:
                continue
            seen[place] = 1
            ordered.append(place)
            depths.append(depth)
            below = children.get(keys[place])
            if below:
                stack.extend((child, depth + 1) for child in reversed(below))

    for root in roots:
        descend(root)
    if len(ordered) < len(keys):
        for place in range(len(keys)):
            if not seen[place]:
                descend(place)
    return ordered, depths


def _gaps(
    connection: apsw.Connection,
    topic: TopicKey,
    found: Sequence[Sequence[int]],
    keys: Sequence[int],
    index_of: Mapping[int, int] | None,
) -> tuple[int, ...]:
    """Indexes before which posts are missing; behind the forum's own posts, pending ones follow."""
    at_start, between, behind = spans.gaps(connection, topic)
    if not (at_start or between or behind):
        return ()
    first_from = dict.fromkeys(between, True)
    indexes = {0} if at_start else set()
    for place, (key, _, sort) in enumerate(found):
        if first_from.pop(sort, None):
            indexes.add(place if index_of is None else index_of[key])
    if behind:
        indexes.add(len(found) if index_of is None else len(keys))
    return tuple(sorted(indexes))


def _subjects(
    connection: apsw.Connection, topic: TopicKey, title: str, keys: Sequence[int]
) -> tuple[tuple[int, str], ...]:
    """Where a subject that a post brings along differs from the one before it; the title counts as the first."""
    own: dict[int, str] = dict(
        every(connection, "SELECT key, subject FROM post WHERE topic = ? AND subject IS NOT NULL", (topic,))
    )
    if not own:
        return ()
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
