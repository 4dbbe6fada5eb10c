"""What can still be read of a damaged library: first of all what the user wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw

from forumtui.store import mirrored


def outgoing(path: Path) -> list[dict[str, Any]]:
    """Accounts, drafts and outbox rows of a damaged file, as their small files would hold them."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.Error:
        return []
    try:
        found = _accounts(connection)
        found += [row for uid in _uids(connection) if (row := _row(connection, uid)) is not None]
    finally:
        connection.close()
    return found


def _accounts(connection: apsw.Connection) -> list[dict[str, Any]]:
    try:
        return mirrored.accounts(connection, None)
    except apsw.Error:
        return []


def _uids(connection: apsw.Connection) -> list[str]:
    """Walks the index and, where that is broken, the table."""
    for sql in ("SELECT uid FROM outgoing", "SELECT uid FROM outgoing NOT INDEXED"):
        uids: list[str] = []
        try:
            uids.extend(uid for (uid,) in connection.execute(sql))
        except apsw.Error:
            continue
        return uids
    return []


def _row(connection: apsw.Connection, uid: str) -> dict[str, Any] | None:
    try:
        return mirrored.outgoing(connection, uid)
    except apsw.Error:
        return None
