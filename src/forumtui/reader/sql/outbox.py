# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""The user's side of the outbox: from a draft to a text that may go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeAlias

import apsw

from forumtui.errors import Conflict, NotFound, UsageError
from forumtui.model import Millis
from forumtui.model.keys import new_key
from forumtui.reader.rows import AccountKey, Changed, OutRow, OutState, TopicKey, What
from forumtui.reader.sql import outbox_rows, states, undo
from forumtui.reader.sql.columns import load_member, must, one
from forumtui.reader.sql.outbox_arrivals import fingerprint, resolve
from forumtui.reader.sql.outbox_queue import is_live
from forumtui.reader.sql.outbox_rows import TARGET
from forumtui.reader.target import OutKind, Target, Unsent, text_of
from forumtui.text.imprint import imprint
from forumtui.text.sanitise import clean_line, store_text
from forumtui.values import quick_dataclass

SENT_KEPT_MS = 7 * 24 * 3600 * 1000
_SETTLED = {"resend": OutState.QUEUED, "mine": OutState.QUEUED, "edit": OutState.DRAFT, "arrived": OutState.SENT}
Words: TypeAlias = tuple[str, str]
"""Subject and text."""


@quick_dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a composer.  ``over``: the words of the draft that it is made from; None: whatever they are."""

    subject: str = ""
    text: str = ""
    cursor: int = 0
    over: Collection[Words] | None = None

    @property
    def words(self) -> Words:
        """As they are kept."""
        return (clean_line(self.subject), store_text(self.text))


def start(
    connection: apsw.Connection, target: Target, typed: Typed | None, *, uid: str | None, floor: int, now: Millis
) -> tuple[OutRow, bool]:
    """The draft, and whether it is new; see `forumtui.reader.library.outbox.Outbox.start`."""
    earlier = _open_draft(connection, target) if uid is None else _earlier(connection, target, typed, uid)
    if earlier is not None:
        return earlier, False
    made = uid or new_key(now)
    where, to = _names(connection, target)
    typed = typed or Typed()
    subject, text = typed.words
    columns = {
        "uid": made,
        "place": where,
        "answers": to,
        "subject": subject,
        "text": text,
        "cursor": typed.cursor,
        "revision": floor + 1,
        "created": now,
        "updated": now,
    }
    connection.execute(TARGET.insert(*columns), columns | TARGET.row_of(target))
    _use_known_ids(connection, target)
    return outbox_rows.get(connection, made), True


def _open_draft(connection: apsw.Connection, target: Target) -> OutRow | None:
    found = one(
        connection,
        f"SELECT uid FROM outgoing WHERE account = :account AND state = '{OutState.DRAFT}' AND kind = :kind AND board_ref IS :board_ref"
        " AND topic_ref IS :topic_ref AND parent_ref IS :parent_ref AND post_ref IS :post_ref",
        TARGET.row_of(target),
    )
    return None if found is None else outbox_rows.get(connection, found[0])


def _use_known_ids(connection: apsw.Connection, target: Target) -> None:
    """A text that is referred to may have been sent since the reference was made."""
    for ref in target.refs:
        if isinstance(ref, Unsent):
            resolve(connection, ref.uid)


def _earlier(connection: apsw.Connection, target: Target, typed: Typed | None, uid: str) -> OutRow | None:
    """The row with this uid.  Raises `Conflict` if it is another act."""
    found = one(connection, "SELECT state FROM outgoing WHERE uid = ?", (uid,))
    if found is None:
        return None
    if found[0] == states.DISCARDED:
        connection.execute(
            f"UPDATE outgoing SET state = '{OutState.DRAFT}', revision = revision + 1 WHERE uid = ?", (uid,)
        )
    row = outbox_rows.get(connection, uid)
    if not row.target.came_of(target) or (typed is not None and typed.words != (row.subject, row.text)):
        raise Conflict(f'The key "{uid}" was used for another text before; nothing was changed.')
    return row


def _names(connection: apsw.Connection, target: Target) -> tuple[str, str | None]:
    """Where it goes and to whom, for people.  Raises `NotFound` when there is no such account."""
    me = one(connection, "SELECT me FROM account WHERE key = ?", (target.account,))
    if me is None:
        raise NotFound("There is no such account (any more).")
    topic, board = (target.account, text_of(target.topic)), (target.account, text_of(target.board))
    if isinstance(target.topic, Unsent):
        found = one(connection, "SELECT subject FROM outgoing WHERE uid = ?", (target.topic.uid,))
    elif target.topic is not None:
        found = one(connection, "SELECT title FROM topic WHERE account = ? AND id = ?", topic)
    else:
        found = one(connection, "SELECT title FROM board WHERE account = ? AND id = ?", board)
    where = found[0] if found else ""
    if isinstance(target.parent, Unsent):
        member = load_member(me[0])
        return where, member.name if member else None
    parent = one(
        connection,
        "SELECT m.name FROM post AS p JOIN member AS m ON m.key = p.author WHERE p.account = ? AND p.id = ?",
        (target.account, text_of(target.parent)),
    )
    return where, parent[0] if parent else None


def aim(connection: apsw.Connection, uid: str, target: Target, subject: str) -> OutRow | None:
    """Say what a text is about now that the forum was seen; None if that can not be changed any more."""
    row = outbox_rows.get(connection, uid)
    target = replace(target, account=row.account, kind=row.kind)
    where, to = _names(connection, target)
    columns = {"place": where, "answers": to, "subject": clean_line(subject)}
    connection.execute(
        f"{TARGET.update(*columns)}, revision = revision + 1 WHERE uid = :uid AND state IN {states.CHANGEABLE}",
        columns | TARGET.row_of(target) | {"uid": uid},
    )
    return outbox_rows.get(connection, uid) if connection.changes() else None


def save(connection: apsw.Connection, uid: str, typed: Typed, *, floor: int, now: Millis) -> tuple[OutRow, bool]:
    """Keep what was typed, and whether that was new.  The revision becomes higher than ``floor``.

    A text that was to be sent once and is changed now is another act, under a key that the forum can not know yet.
    """
    row = outbox_rows.get(connection, uid)
    words, before = typed.words, (row.subject, row.text)
    if typed.over is not None:
        if words != before:
            _must_stand(row, typed.over)
        elif row.state is not OutState.DRAFT:
            return row, False
    if row.state is not OutState.DRAFT:
        raise UsageError("This text is in the outbox already; take it back to change it.")
    if (words, typed.cursor) == (before, row.cursor) and row.revision > floor:
        return row, False
    connection.execute(
        "UPDATE outgoing SET subject = ?, text = ?, cursor = ?, revision = max(revision, ?) + 1, updated = ?,"
        " rejections = rejections + (fingerprint IS NOT NULL AND ?), fingerprint = NULL WHERE uid = ?",
        (*words, typed.cursor, floor, now, words != before, uid),
    )
    return outbox_rows.get(connection, uid), True


def _must_stand(row: OutRow, over: Collection[Words]) -> None:
    """Raises `Conflict` unless the row is a draft with one of these as its words."""
    known = {(clean_line(subject), store_text(text)) for subject, text in over}
    if row.state is not OutState.DRAFT or (row.subject, row.text) not in known:
        raise Conflict("Another window changed this draft meanwhile.")


def submit(connection: apsw.Connection, uid: str, *, not_before: Millis | None, floor: int, now: Millis) -> OutRow:
    """Draft to queued; what is on its way already stays as it is."""
    row = outbox_rows.get(connection, uid)
    if row.state is not OutState.DRAFT:
        if row.state in {OutState.REFUSED, OutState.ATTENTION}:
            raise UsageError("This text needs your answer first: take it back, or settle it in the outbox.")
        return row
    _check(row)
    connection.execute(
        f"UPDATE outgoing SET state = '{OutState.QUEUED}', fingerprint = ?, not_before = ?, error = '', choices = '', attempts = 0,"
        " unknown_end = 0, baseline = NULL, turn = (SELECT 1 + max(turn) FROM outgoing), revision = max(revision, ?) + 1,"
        " updated = ? WHERE uid = ?",
        (fingerprint(row.text), not_before, floor, now, uid),
    )
    return outbox_rows.get(connection, uid)


def _check(row: OutRow) -> None:
    """Raises `UsageError` when there is nothing to send."""
    if row.kind is not OutKind.DELETE and not row.text.strip():
        raise UsageError("There is no text to send yet; it stays a draft.")
    if row.kind is OutKind.TOPIC and not row.subject:
        raise UsageError("A new topic needs a subject; it stays a draft.")
    if not row.target.is_known:
        raise UsageError("It is not known where this text should go; it stays a draft.")


def withdraw(connection: apsw.Connection, uid: str, now: Millis) -> OutRow:
    """Back to draft.  Raises `UsageError` when it may have arrived."""
    row = outbox_rows.get(connection, uid)
    if row.state is OutState.DRAFT:
        return row
    _surely_not_sent(connection, row, now)
    connection.execute(
        f"UPDATE outgoing SET state = '{OutState.DRAFT}', not_before = NULL, error = '', choices = '', theirs = NULL, lease = NULL,"
        " revision = revision + 1, updated = ? WHERE uid = ?",
        (now, uid),
    )
    return outbox_rows.get(connection, uid)


def _surely_not_sent(connection: apsw.Connection, row: OutRow, now: Millis) -> None:
    if row.state in {OutState.SENT, OutState.HELD}:
        raise UsageError("The forum has this text already.")
    if row.unknown_end or row.state is OutState.SENDING:
        raise UsageError("This text may have arrived; wait until that is settled, or settle it in the outbox.")
    lease = one(connection, "SELECT lease, lease_until FROM outgoing WHERE uid = ?", (row.uid,))
    if lease is not None and is_live(lease[0], lease[1], now):
        raise UsageError("This text is being sent right now; wait a moment.")


def discard(
    connection: apsw.Connection, uid: str, over: Collection[Words] | None, *, whatever: bool, now: Millis
) -> None:
    """Throw away what surely did not arrive, or ``whatever`` became of it; one undo step."""
    row = outbox_rows.get(connection, uid)
    if over is not None:
        _must_stand(row, over)
    if not (whatever and (row.unknown_end or row.state is OutState.SENDING)):
        _surely_not_sent(connection, row, now)
    throw_away(connection, row, now)


def throw_away(connection: apsw.Connection, row: OutRow, now: Millis) -> None:
    """Discard a row, whatever became of it; one undo step."""
    connection.execute(
        f"UPDATE outgoing SET state = '{states.DISCARDED}', lease = NULL, revision = revision + 1, updated = ? WHERE uid = ?",
        (now, row.uid),
    )
    what = f'discarding "{row.subject or row.where or row.text[:40]}"'
    undo.push(connection, "discard", clean_line(what), {"uid": row.uid, "state": row.state.value}, (), now)


def bring_back(connection: apsw.Connection, uid: str, state: str) -> bool:
    """Undo a discard; False if the row went with its account."""
    connection.execute(
        f"UPDATE outgoing SET state = ?, revision = revision + 1 WHERE uid = ? AND state = '{states.DISCARDED}'",
        (state, uid),
    )
    return connection.changes() > 0


def discard_again(connection: apsw.Connection, uid: str, state: str) -> bool:
    """Redo a discard; False if the row stands elsewhere by now, or a try since may have arrived."""
    connection.execute(
        f"UPDATE outgoing SET state = '{states.DISCARDED}', revision = revision + 1"
        f" WHERE uid = ? AND state = ? AND (unknown_end = 0 OR state = '{OutState.ATTENTION}')",
        (uid, state),
    )
    return connection.changes() > 0


def settle(connection: apsw.Connection, uid: str, choice: str, now: Millis) -> OutRow | None:
    """Answer an ATTENTION; None when that was to discard it."""
    row = outbox_rows.get(connection, uid)
    if row.state is not OutState.ATTENTION or choice not in row.choices:
        offered = ", ".join(row.choices) or "nothing"
        raise UsageError(f'"{choice}" is not asked for here (possible: {offered}).')
    if choice in {"discard", "theirs"}:
        throw_away(connection, row, now)
        return None
    base = row.target.base if row.theirs is None else imprint(row.theirs)  # what was seen is what it goes over
    connection.execute(
        "UPDATE outgoing SET state = ?, unknown_end = 0, not_before = NULL, error = '', choices = '', lease = NULL,"
        " base = ?, theirs = NULL, revision = revision + 1, updated = ? WHERE uid = ?",
        (_SETTLED[choice], base, now, uid),
    )
    return outbox_rows.get(connection, uid)


def rows(
    connection: apsw.Connection, *, drafts: bool, sent: bool, account: AccountKey | None, now: Millis
) -> list[OutRow]:
    """Drafts and outbox, oldest first."""
    found = outbox_rows.select(
        connection,
        f"o.state <> '{states.DISCARDED}' AND (:drafts OR o.state <> '{OutState.DRAFT}') AND (:account IS NULL OR o.account = :account)"
        f" AND (o.state <> '{OutState.SENT}' OR (:sent AND o.updated > :since))",
        {"drafts": drafts, "sent": sent, "account": account, "since": now - SENT_KEPT_MS},
    )
    return [row for _, row in found]


def news(connection: apsw.Connection, uid: str, *, typing: bool = False) -> set[Changed]:
    """What a change of this row, or (``typing``) of a draft's words alone, shows in."""
    found = one(
        connection,
        "SELECT o.account, t.key FROM outgoing AS o LEFT JOIN topic AS t ON t.account = o.account AND t.id = o.topic_ref WHERE o.uid = ?",
        (uid,),
    )
    account, topic = must(found, "There is no such draft (any more).")
    if typing:
        return {Changed(What.DRAFTS, AccountKey(account))}
    changes = {Changed(What.OUTBOX, AccountKey(account))}
    if topic is not None:
        changes |= {Changed(What.POSTS, account, TopicKey(topic)), Changed(What.TOPICS, account)}
    return changes
