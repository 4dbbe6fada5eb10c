# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""What forums tell us, over all accounts."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.model import Cause, Notification, NotificationId
from forumtui.reader.inbox import NoticeRow
from forumtui.reader.rows import AccountKey
from forumtui.reader.sql.columns import dump_url, every, json_list, must, one, ours, told
from forumtui.sqlite.columns import Column, Table

MOST = 300
"""Kept of one account: the newest."""
_CAUSES = {cause.value: cause for cause in Cause}
NOTICE = Table(
    NoticeRow,
    "notice",
    "n",
    told(
        Notification,
        ours("id"),
        Column("kind", load=lambda word: _CAUSES.get(word, Cause.OTHER), store=lambda cause: cause.value),
        Column("topic"),
        Column("post"),
        Column("url", store=dump_url),
        ours("key"),
        ours("account"),
        ours("account_title", sql="a.title"),
        ours("seen", load=bool, sql="n.read OR n.seen"),
    ),
)
_FROM = "notice AS n JOIN account AS a ON a.key = n.account"
_PUT = NOTICE.insert("account", "id") + " ON CONFLICT (account, id) DO UPDATE SET "
_PUT += ", ".join(f"{name} = excluded.{name}" for name in NOTICE.written)


def put(connection: apsw.Connection, account: AccountKey, notices: Sequence[Notification]) -> bool:
    """Take over what a forum told; whether that changed anything.  What was seen here stays seen."""
    before = _state(connection, account)
    for notice in notices:
        connection.execute(_PUT, {**NOTICE.row_of(notice), "account": account, "id": notice.id})
    connection.execute(
        "DELETE FROM notice WHERE account = ?1 AND key NOT IN"
        " (SELECT key FROM notice WHERE account = ?1 ORDER BY created DESC, key DESC LIMIT ?2)",
        (account, MOST),
    )
    return _state(connection, account) != before


def _state(connection: apsw.Connection, account: AccountKey) -> list[tuple[object, ...]]:
    return every(connection, f"SELECT id, {', '.join(NOTICE.written)} FROM notice WHERE account = ?", (account,))


def rows(connection: apsw.Connection) -> list[NoticeRow]:
    """Of the forums that are followed, the newest first; those without a time last."""
    sql = f"SELECT {NOTICE.select} FROM {_FROM} WHERE a.listed = 1 ORDER BY n.created DESC, n.key DESC LIMIT {MOST}"
    return [NOTICE.value(row) for row in every(connection, sql)]


def unread(connection: apsw.Connection) -> int:
    """How many were not seen anywhere."""
    sql = f"SELECT count(*) FROM {_FROM} WHERE n.read = 0 AND n.seen = 0 AND a.listed = 1"
    return int(must(one(connection, sql), "Nothing is counted.")[0])


def see(connection: apsw.Connection, keys: Sequence[int]) -> set[AccountKey]:
    """Count these as seen; whose they are, where that is news."""
    sql = "UPDATE notice SET seen = 1 WHERE key IN (SELECT value FROM json_each(?)) AND seen = 0 AND read = 0 RETURNING account"
    return {AccountKey(account) for (account,) in every(connection, sql, (json_list(keys),))}


def untold(connection: apsw.Connection, account: AccountKey) -> tuple[list[NotificationId], bool]:
    """What was seen here and the forum does not know, the newest first; whether that is all that is unread there."""
    found = every(
        connection,
        "SELECT id, seen FROM notice WHERE account = ? AND read = 0 ORDER BY created DESC, key DESC",
        (account,),
    )
    return [NotificationId(id_) for id_, seen in found if seen], all(seen for _, seen in found)


def tell(connection: apsw.Connection, account: AccountKey, ids: Sequence[NotificationId]) -> None:
    """The forum knows now that these were seen."""
    sql = "UPDATE notice SET read = 1 WHERE account = ? AND id IN (SELECT value FROM json_each(?))"
    connection.execute(sql, (account, json_list(ids)))
