# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""What was only called by a name when a text was queued: a forum that nobody has met, a board, a post's number.

A name is settled at the first contact with the forum, before a byte of the text leaves.
"""

from __future__ import annotations

import apsw

from forumtui.model import Millis
from forumtui.reader.rows import AccountKey
from forumtui.reader.sql import states
from forumtui.reader.sql.columns import must, one

_UNMET = "identity = location AND listed = 0 AND title = '' AND synced_at IS NULL"


def begin(
    connection: apsw.Connection, *, name: str, driver: str, location: str, joined: Millis, now: Millis
) -> AccountKey:
    """An account for texts to a place where nobody was yet; known by the place until somebody was."""
    found = one(
        connection,
        "INSERT INTO account (name, driver, location, identity, options, listed, position, joined, added, opened)"
        " VALUES (?, ?, ?, ?, '{}', 0, (SELECT 1 + coalesce(max(position), 0) FROM account), ?, ?, ?)"
        " ON CONFLICT (identity) DO UPDATE SET opened = excluded.opened RETURNING key",
        (name, driver, location, location, joined, now, now),
    )
    return AccountKey(must(found, "The account could not be stored.")[0])


def unmet(connection: apsw.Connection, location: str) -> AccountKey | None:
    """The account for a place where nobody was yet."""
    found = one(connection, f"SELECT key FROM account WHERE location = ? AND {_UNMET}", (location,))
    return None if found is None else AccountKey(found[0])


def become(connection: apsw.Connection, account: AccountKey, identity: str) -> bool:
    """Know an account by the forum's own identity from now on; False if another one is known by that already."""
    connection.execute(
        "UPDATE account SET identity = ?1 WHERE key = ?2 AND NOT EXISTS (SELECT 1 FROM account WHERE identity = ?1)",
        (identity, account),
    )
    return connection.changes() > 0


def join(connection: apsw.Connection, account: AccountKey, other: AccountKey) -> None:
    """The forum at the place turned out to be one that is known: its texts are that one's."""
    connection.execute("UPDATE outgoing SET account = ? WHERE account = ?", (other, account))
    connection.execute("DELETE FROM account WHERE key = ?", (account,))


def texts_of(connection: apsw.Connection, account: AccountKey) -> list[str]:
    """The uids of what hangs on an account."""
    return [uid for (uid,) in connection.execute("SELECT uid FROM outgoing WHERE account = ?", (account,))]


def rename(connection: apsw.Connection, uid: str, other: str) -> bool:
    """Give a text that was never tried another uid, unless that one is taken; whether it has it now."""
    connection.execute(
        "UPDATE outgoing SET uid = ?1, revision = revision + 1 WHERE uid = ?2 AND attempts = 0 AND lease IS NULL"
        f" AND state IN {states.CHANGEABLE} AND NOT EXISTS (SELECT 1 FROM outgoing WHERE uid = ?1)",
        (other, uid),
    )
    return connection.changes() > 0


def take_out(connection: apsw.Connection, uid: str) -> bool:
    """Forget a text that was never tried; whether there was such a one."""
    connection.execute(
        f"DELETE FROM outgoing WHERE uid = ? AND attempts = 0 AND lease IS NULL AND state IN {states.CHANGEABLE}",
        (uid,),
    )
    return connection.changes() > 0
