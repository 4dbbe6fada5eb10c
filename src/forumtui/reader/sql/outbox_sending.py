# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""The engine's side of the outbox: a row is claimed, begun, and comes to one of its ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from forumtui.errors import Conflict
from forumtui.model import Act, BoardId, Delete, Edit, Millis, NewTopic, PostId, Reply, TopicId
from forumtui.reader.rows import AccountKey, OutRow, OutState
from forumtui.reader.sql import outbox_rows, posts, states
from forumtui.reader.sql.columns import every, one
from forumtui.reader.sql.outbox import SENT_KEPT_MS
from forumtui.reader.sql.outbox_arrivals import resolve
from forumtui.reader.sql.outbox_queue import LEASE_MS, Candidate, Waiting, candidates, in_flight
from forumtui.reader.sql.outbox_rows import target
from forumtui.reader.target import OutKind, id_of, text_of
from forumtui.sqlite.columns import Column, Table
from forumtui.text.imprint import imprint, words_of
from forumtui.text.sanitise import clean_line

_WAITING = Table(
    Waiting,
    "outgoing",
    "o",
    [
        target,
        Column("uid"),
        Column("state"),
        Column("fingerprint"),
        Column("not_before"),
        Column("attempts"),
        Column("unknown_end", load=bool),
        Column("lease"),
        Column("lease_until"),
        Column("tried"),
    ],
)
_QUEUE = f"""
SELECT {_WAITING.select} FROM outgoing AS o WHERE account = ? AND state IN {states.QUEUE} ORDER BY turn, id
"""


def _queue(connection: apsw.Connection, account: AccountKey) -> tuple[list[Waiting], list[Candidate]]:
    rows = [_WAITING.value(row) for row in every(connection, _QUEUE, (account,))]
    delivery = one(connection, "SELECT delivery FROM account WHERE key = ?", (account,))
    reconciles = delivery is None or delivery[0] == "reconcile"

    def state_of(uid: str) -> str | None:
        found = one(connection, "SELECT state FROM outgoing WHERE uid = ?", (uid,))
        return None if found is None else str(found[0])

    return rows, list(candidates(rows, state_of=state_of, reconciles=reconciles))


def claim(
    connection: apsw.Connection, account: AccountKey, lease: str, now: Millis
) -> tuple[tuple[OutRow, Act] | None, list[str]]:
    """The next row that may go with its act, and the rows whose words to the user changed."""
    rows, queue = _queue(connection, account)
    told = [item.row.uid for item in queue if item.blocked and _explain(connection, item)]
    if in_flight(rows, now, mine=lease) is not None:
        return None, told
    chosen = next((item.row for item in queue if not item.blocked and item.row.is_due(now)), None)
    if chosen is None:
        return None, told
    connection.execute(
        "UPDATE outgoing SET lease = ?, lease_until = ?, tried = ?, unknown_end = ? WHERE uid = ?",
        (lease, now + LEASE_MS, now, int(chosen.is_unknown), chosen.uid),
    )
    row = outbox_rows.get(connection, chosen.uid)
    return (row, act_of(row)), told


def _explain(connection: apsw.Connection, item: Candidate) -> bool:
    """Show why a row waits; an error of an earlier try stays where there is nothing to say."""
    if not item.why:
        return False
    connection.execute("UPDATE outgoing SET error = ?1 WHERE uid = ?2 AND error <> ?1", (item.why, item.row.uid))
    return connection.changes() > 0


def act_of(row: OutRow) -> Act:
    """What the forum is asked to do."""
    about, subject = row.target, row.subject or None
    topic, post = TopicId(id_of(about.topic)), PostId(id_of(about.post))
    if about.kind is OutKind.TOPIC:
        return NewTopic(BoardId(id_of(about.board)), row.subject, row.body)
    if about.kind is OutKind.REPLY:
        return Reply(topic, row.body, None if about.parent is None else PostId(id_of(about.parent)), subject)
    return Edit(topic, post, row.body, subject, about.base) if about.kind is OutKind.EDIT else Delete(topic, post)


def next_due(connection: apsw.Connection, account: AccountKey, now: Millis) -> Millis | None:
    """When something can be done; rows that wait for something else than time do not count."""
    rows, queue = _queue(connection, account)
    free_at = in_flight(rows, now) or 0
    times = [now if item.row.is_due(now) else item.row.not_before or 0 for item in queue if not item.blocked]
    return Millis(max(free_at, min(times))) if times else None


def _set(connection: apsw.Connection, uid: str, now: Millis, **columns: Any) -> OutRow:
    names = ", ".join(columns)
    connection.execute(
        f"UPDATE outgoing SET ({names}, updated) = ({', '.join('?' * len(columns))}, ?), revision = revision + 1 WHERE uid = ?",
        (*columns.values(), now, uid),
    )
    return outbox_rows.get(connection, uid)


def set_baseline(connection: apsw.Connection, uid: str, baseline: Millis) -> None:
    """When a try is begun."""
    connection.execute("UPDATE outgoing SET baseline = ?, revision = revision + 1 WHERE uid = ?", (baseline, uid))


def begin(connection: apsw.Connection, uid: str, lease: str, now: Millis) -> None:
    """SENDING, under the lease of the claim.  Raises `Conflict` when that was lost."""
    row = outbox_rows.get(connection, uid)
    held = one(connection, "SELECT lease FROM outgoing WHERE uid = ?", (uid,))
    if row.state not in {OutState.QUEUED, OutState.SENDING} or held != (lease,):
        raise Conflict("This text was taken back, or another program sends it.")
    _set(connection, uid, now, state=OutState.SENDING, attempts=row.attempts + 1, lease_until=now + LEASE_MS, error="")


def finish(
    connection: apsw.Connection, uid: str, *, topic: TopicId | None, post: PostId | None, held: bool, now: Millis
) -> list[str]:
    """SENT or HELD; returns the rows that got the forum's ids through it."""
    row = outbox_rows.get(connection, uid)
    _set(
        connection,
        uid,
        now,
        state=OutState.HELD if held else OutState.SENT,
        remote_topic=topic or (None if row.kind is OutKind.TOPIC else text_of(row.target.topic)),
        remote_post=post or text_of(row.target.post),
        unknown_end=0,
        error="",
        choices="",
        lease=None,
        not_before=None,
    )
    if held:
        return []
    touched = []
    if row.target.post is not None:
        _apply(connection, row)
        touched = _go_on_from(connection, row)
    touched += resolve(connection, uid)
    connection.execute(
        f"DELETE FROM outgoing WHERE updated < ? AND (state = '{OutState.SENT}' OR (state = '{states.DISCARDED}'"
        " AND uid NOT IN (SELECT step ->> '$.uid' FROM undo WHERE step ->> '$.uid' IS NOT NULL)))",
        (now - SENT_KEPT_MS,),
    )
    return touched


def _apply(connection: apsw.Connection, row: OutRow) -> None:
    """Show an edit or deletion that the forum has carried out, until the post is fetched again."""
    found = one(connection, "SELECT key FROM post WHERE account = ? AND id = ?", (row.account, id_of(row.target.post)))
    if found is not None and row.kind is OutKind.EDIT:
        posts.rewrite(connection, found[0], row.subject or None, row.body)
    elif found is not None:
        posts.take_back(connection, found[0])


def _go_on_from(connection: apsw.Connection, row: OutRow) -> list[str]:
    """Edits of mine that were made from the same words as this one follow it, as they were written; returns which."""
    base, post = row.target.base, id_of(row.target.post)
    if base is None:
        return []
    found = one(connection, "SELECT subject FROM post WHERE account = ? AND id = ?", (row.account, post))
    words = words_of(row.subject if found is None else found[0], row.text)
    followers = every(
        connection,
        "UPDATE outgoing SET base = ?, revision = revision + 1 WHERE account = ? AND post_ref = ? AND base = ?"
        f" AND state IN {states.CHANGEABLE} RETURNING uid",
        (imprint(words), row.account, post, base),
    )
    return [uid for (uid,) in followers]


def hurry(connection: apsw.Connection, account: AccountKey) -> list[str]:
    """Rows that wait for their next try wait no longer; returns which.  What the user put off stays put off."""
    found = every(
        connection,
        "UPDATE outgoing SET not_before = NULL, revision = revision + 1"
        f" WHERE account = ? AND state IN {states.GOING} AND attempts > 0 AND not_before IS NOT NULL RETURNING uid",
        (account,),
    )
    return [uid for (uid,) in found]


def retry(connection: apsw.Connection, uid: str, *, not_before: Millis, error: str, unknown: bool, now: Millis) -> None:
    """Back to QUEUED; but where any try may have arrived, it stays SENDING with an unknown end."""
    row = outbox_rows.get(connection, uid)
    unsettled = unknown or row.unknown_end
    _set(
        connection,
        uid,
        now,
        state=OutState.SENDING if unsettled else OutState.QUEUED,
        unknown_end=int(unsettled),
        not_before=not_before,
        error=clean_line(error),
        lease=None,
    )


def refuse(connection: apsw.Connection, uid: str, reason: str, now: Millis) -> None:
    """REFUSED: surely not done, and not to be tried again."""
    _set(
        connection,
        uid,
        now,
        state=OutState.REFUSED,
        error=clean_line(reason),
        unknown_end=0,
        lease=None,
        not_before=None,
    )


def reject(connection: apsw.Connection, uid: str, reason: str, now: Millis) -> None:
    """REFUSED by a moderator after it was held; what is made of it now is another act."""
    row = outbox_rows.get(connection, uid)
    if row.state is OutState.HELD:
        again = row.rejections + 1  # and no fingerprint: an edit needs no other key than this new one
        _set(connection, uid, now, state=OutState.REFUSED, error=clean_line(reason), rejections=again, fingerprint=None)


def gone(connection: apsw.Connection, uid: str, reason: str, choices: Sequence[str], now: Millis) -> None:
    """SENT to ATTENTION: the forum was set back and has it no longer; to send it again is another act."""
    row = outbox_rows.get(connection, uid)
    if row.state is OutState.SENT:
        again = row.rejections + 1
        _set(
            connection,
            uid,
            now,
            state=OutState.ATTENTION,
            error=clean_line(reason),
            choices=" ".join(choices),
            rejections=again,
            remote_post=None,
            fingerprint=None,
        )


def need_attention(
    connection: apsw.Connection, uid: str, reason: str, choices: Sequence[str], theirs: str | None, now: Millis
) -> None:
    """ATTENTION: only the user can say.  With ``theirs``, it surely was not done."""
    row = outbox_rows.get(connection, uid)
    unknown = theirs is None and (row.unknown_end or "arrived" in choices)
    _set(
        connection,
        uid,
        now,
        state=OutState.ATTENTION,
        error=clean_line(reason),
        choices=" ".join(choices),
        theirs=theirs,
        unknown_end=int(unknown),
        lease=None,
    )
