# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Rows that are also kept as files: out of the library and back into it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import apsw

from forumtui.reader.rows import AccountKey, OutState
from forumtui.reader.sql import outbox_rows
from forumtui.reader.sql.columns import every, one
from forumtui.reader.sql.states import DISCARDED

_ACCOUNT = (
    "key", "name", "driver", "location", "identity", "options", "listed", "plugged", "position", "joined", "added", "opened",
    "title", "me", "me_id", "delivery", "revision",
)  # fmt: skip
OUTGOING = (*(name for name in outbox_rows.TARGET.written if name != "account"), *outbox_rows.OUTGOING.written)
"""The columns that the file of a row holds."""
_LOST = "(a forum that was lost)"
_NEEDED = {"uid", "kind", "state", "text", "revision", "identity"}


def accounts(connection: apsw.Connection, account: AccountKey | None) -> list[dict[str, Any]]:
    """What an account's file holds; None: of every account."""
    rows = every(connection, f"SELECT {', '.join(_ACCOUNT)} FROM account WHERE ?1 IS NULL OR key = ?1", (account,))
    return [dict(zip(_ACCOUNT, row, strict=True)) for row in rows]


def outgoing(connection: apsw.Connection, uid: str) -> dict[str, Any] | None:
    """What the file of a draft or outbox row holds: also its account, so that the file is enough by itself."""
    row = one(connection, f"SELECT account, {', '.join(OUTGOING)} FROM outgoing WHERE uid = ?", (uid,))
    if row is None:
        return None
    [account] = accounts(connection, AccountKey(row[0]))
    return {"identity": account["identity"], "account": account} | dict(zip(OUTGOING, row[1:], strict=True))


def is_over(row: Mapping[str, Any]) -> bool:
    """Whether what `outgoing` found needs no file any more."""
    return row["state"] in {OutState.SENT, DISCARDED}


def restore_account(connection: apsw.Connection, value: dict[str, Any]) -> bool:
    """Bring an account back that the library does not know; its key stays if nobody else has it."""
    if one(
        connection, "SELECT 1 FROM account WHERE identity = ? OR name = ?", (value.get("identity"), value.get("name"))
    ):
        return False
    known = {name: value[name] for name in _ACCOUNT if value.get(name) is not None}
    if one(connection, "SELECT 1 FROM account WHERE key = ?", (known.get("key"),)):
        del known["key"]
    return insert(connection, "account", known)


def restore_row(connection: apsw.Connection, value: dict[str, Any]) -> bool:
    """Take over a draft or outbox row if the library has none, or an older revision, of it.

    Nothing that the library knows to be further on is ever taken back.  An account that nobody knows (any more) is
    made anew, so that the text can be seen.
    """
    if not value.keys() >= _NEEDED or not isinstance(value["text"], str):
        return False
    if isinstance(value.get("account"), dict):
        restore_account(connection, value["account"])
    placeholder(connection, value["identity"])
    account = one(connection, "SELECT key FROM account WHERE identity = ?", (value["identity"],))
    if account is None:
        return False
    known = {name: value[name] for name in OUTGOING if value.get(name) is not None} | {"account": account[0]}
    if known["state"] == OutState.SENDING:
        known["unknown_end"] = 1  # whoever sent it is not to be asked any more
    before = one(connection, "SELECT revision, state FROM outgoing WHERE uid = ?", (value["uid"],))
    if before is None:
        return insert(connection, "outgoing", known)
    if before[0] >= value["revision"] or (before[1] != OutState.DRAFT and known["state"] == OutState.DRAFT):
        return False
    columns = ", ".join(known)
    try:
        connection.execute(
            f"UPDATE outgoing SET ({columns}) = ({', '.join('?' * len(known))}) WHERE uid = ?",
            (*known.values(), value["uid"]),
        )
    except (apsw.ConstraintError, TypeError):
        return False
    return True


def placeholder(connection: apsw.Connection, identity: object) -> None:
    """An account for texts whose own is lost: it holds them, off the network, until the forum is opened again."""
    if not isinstance(identity, str) or one(connection, "SELECT 1 FROM account WHERE identity = ?", (identity,)):
        return
    is_address = identity.startswith(("http://", "https://"))
    name = f"lost-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
    row = {"name": name, "driver": "remote" if is_address else "local", "location": identity if is_address else ""}
    rest = {"identity": identity, "listed": 0, "plugged": 0, "added": 0, "opened": 0, "title": _LOST}
    insert(connection, "account", row | rest)


def complete_account(connection: apsw.Connection, key: int, row: dict[str, Any]) -> None:
    """Give an account what its file does not hold, such as the forum's own pages."""
    others = {name: value for name, value in row.items() if name not in _ACCOUNT}
    if others:
        sql = f"UPDATE account SET ({', '.join(others)}) = ({', '.join('?' * len(others))}) WHERE key = ?"
        with suppress(apsw.ConstraintError):
            connection.execute(sql, (*others.values(), key))


def insert(connection: apsw.Connection, table: str, known: dict[str, Any]) -> bool:
    """Whether the values of a file, which anybody may have edited or damaged, made a row."""
    sql = f"INSERT INTO {table} ({', '.join(known)}) VALUES ({', '.join('?' * len(known))})"
    try:
        connection.execute(sql, tuple(known.values()))
    except (apsw.ConstraintError, TypeError):
        return False
    return True
