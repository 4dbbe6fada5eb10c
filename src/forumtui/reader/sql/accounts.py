# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""Accounts, their cursors, and the place to resume at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import apsw

from forumtui.errors import UsageError
from forumtui.model import ForumInfo, Millis, Order
from forumtui.reader.resume import Resume
from forumtui.reader.rows import AccountKey, AccountRow, BoardKey, Health, PostKey, TopicKey
from forumtui.reader.sql import named, states
from forumtui.reader.sql.columns import (
    Lookup,
    dump,
    dump_can,
    dump_member,
    dump_orders,
    dump_pages,
    every,
    load_can,
    load_member,
    load_orders,
    load_pages,
    load_registration,
    must,
    one,
    ours,
)
from forumtui.sqlite.columns import Column, Table
from forumtui.text.sanitise import clean_line, store_text


def _options(text: str) -> dict[str, str]:
    return dict(json.loads(text).items())


def _orders(text: str) -> tuple[Order, ...]:
    return load_orders(json.loads(text)) or () if text else ()


_WAITING = f"SELECT count(*) FROM outgoing WHERE account = a.key AND state IN {states.TO_BE_DONE}"
ACCOUNT = Table(
    AccountRow,
    "account",
    "a",
    [
        ours("key"),
        ours("name"),
        ours("driver"),
        ours("location"),
        ours("identity"),
        ours("options", load=_options),
        ours("listed", load=bool),
        ours("plugged", load=bool),
        Column("title", store=clean_line),
        Column("tagline", store=store_text),
        Column("notice", store=store_text),
        Column("version", store=clean_line),
        Column("updated", store=clean_line),
        Column("pages", load=load_pages, store=dump_pages),
        Column("me", load=load_member, store=dump_member),
        Column("me_id", given=True, reads=False),
        ours("health", load=Health),
        ours("note"),
        ours("synced_at"),
        ours("unread", sql="(SELECT coalesce(sum(unread), 0) FROM board WHERE account = a.key)"),
        ours("unread_topics", sql="(SELECT coalesce(sum(unread_topics), 0) FROM board WHERE account = a.key)"),
        ours("waiting", sql=f"({_WAITING})"),
        ours("is_sample", load=bool),
        Column("can", load=load_can, store=dump_can),
        Column("registration", load=load_registration, store=lambda way: way or ""),
        Column("orders", load=_orders, store=lambda orders: dump(dump_orders(orders)) if orders else ""),
    ],
)
_SELECT = f"SELECT {ACCOUNT.select} FROM account AS a"
_BEFORE = Lookup(ACCOUNT, where="key = ?")
_UPDATE = f"{ACCOUNT.update()} WHERE key = :key"


def all_accounts(connection: apsw.Connection, *, visited: bool) -> list[AccountRow]:
    """Listed accounts in order, then, if asked for, those only visited."""
    where = "" if visited else "WHERE a.listed = 1"
    return list(map(ACCOUNT.value, every(connection, f"{_SELECT} {where} ORDER BY a.listed DESC, a.position, a.key")))


def to_be_told(connection: apsw.Connection) -> set[AccountKey]:
    """Accounts, listed or not, whose forums should hear of something: texts, likes, or a question after held ones."""
    sql = f"SELECT account FROM outgoing WHERE state IN {states.TO_BE_TOLD} UNION SELECT account FROM wish"
    return {AccountKey(key) for (key,) in every(connection, sql)}


def get(connection: apsw.Connection, account: AccountKey) -> AccountRow:
    """Raises `NotFound`."""
    return ACCOUNT.value(
        must(one(connection, f"{_SELECT} WHERE a.key = ?", (account,)), "There is no such account (any more).")
    )


def by_name(connection: apsw.Connection, name: str) -> AccountRow | None:
    """By name, else by identity or location; of several forums found at one place, the one that was there last."""
    found = one(
        connection,
        f"{_SELECT} WHERE a.name = ?1 OR a.identity = ?1 OR a.location = ?1 ORDER BY a.name = ?1 DESC, a.identity = ?1 DESC, a.opened DESC, a.key",
        (name,),
    )
    return None if found is None else ACCOUNT.value(found)


def put(
    connection: apsw.Connection,
    *,
    name: str,
    driver: str,
    location: str,
    identity: str,
    options: Mapping[str, str],
    info: ForumInfo,
    listed: bool,
    joined: Millis | None,
    now: Millis,
) -> AccountKey:
    """Add or update by identity; a visited forum can become listed here, never the other way round."""
    name = clean_line(name, 60)
    if not name:
        raise UsageError("An account needs a name.")
    if one(connection, "SELECT 1 FROM account WHERE name = ? AND identity <> ?", (name, identity)):
        raise UsageError(f'The name "{name}" is taken by another forum.')
    unmet = named.unmet(connection, location)
    if unmet is not None and named.become(connection, unmet, identity):
        unmet = None
    found = one(
        connection,
        """
        INSERT INTO account (name, driver, location, identity, options, listed, position, joined, added, opened)
        VALUES (:name, :driver, :location, :identity, :options, :listed, (SELECT 1 + coalesce(max(position), 0) FROM account),
          :joined, :now, :now)
        ON CONFLICT (identity) DO UPDATE SET name = :name, driver = :driver, location = :location, options = :options,
          listed = max(listed, :listed), opened = :now, revision = revision + 1
        RETURNING key
        """,
        {
            "name": name,
            "driver": driver,
            "location": location,
            "identity": identity,
            "options": json.dumps(dict(options)),
            "listed": int(listed),
            "joined": joined,
            "now": now,
        },
    )
    key = AccountKey(must(found, "The account could not be stored.")[0])
    if unmet is not None and unmet != key:
        named.join(connection, unmet, key)
    update_info(connection, key, info)
    return key


def update_info(connection: apsw.Connection, account: AccountKey, info: ForumInfo) -> bool:
    """Store the forum's own fields; whether anything is different now."""
    before = must(_BEFORE.find(connection, account), "There is no such account.")
    row = ACCOUNT.row_of(info, me_id=info.me.id if info.me else None)
    changed = before.differing(row)
    if not changed:
        return False
    connection.execute(_UPDATE, row | {"key": account})
    if "me_id" in changed:
        connection.execute(
            "UPDATE post SET mine = 1 WHERE author = (SELECT key FROM member WHERE account = ? AND id = ?)",
            (account, row["me_id"]),
        )
    return True


def forget_rules(connection: apsw.Connection, account: AccountKey) -> None:
    """Let boards, topics and posts say nothing of what we may do there: the forum's own rules hold."""
    for table in ("board", "topic", "post"):
        connection.execute(f"UPDATE {table} SET can = '' WHERE account = ? AND can <> ''", (account,))


def set_columns(connection: apsw.Connection, account: AccountKey | None, **columns: Any) -> bool:
    """Set columns of an account (None: of all) and its revision; whether any account is different now."""
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    where = "TRUE" if account is None else "key = ?"
    same = "" if account is None else (account,)
    connection.execute(
        f"UPDATE account SET ({names}, revision) = ({marks}, revision + 1) WHERE {where} AND ({names}) IS NOT ({marks})",
        (*columns.values(), *same, *columns.values()),
    )
    return connection.changes() > 0


def set_health(connection: apsw.Connection, account: AccountKey, health: Health, note: str, now: Millis) -> bool:
    """Whether the health or its note is different now; OK stamps the time in any case."""
    note = clean_line(note)
    before = one(connection, "SELECT health, note FROM account WHERE key = ?", (account,))
    stamp = now if health is Health.OK else None
    connection.execute(
        "UPDATE account SET health = ?, note = ?, synced_at = coalesce(?, synced_at) WHERE key = ?",
        (health.value, note, stamp, account),
    )
    return before is not None and before != (health.value, note)


def hangs(connection: apsw.Connection, account: AccountKey) -> bool:
    """Whether drafts or outbox rows hang on the account."""
    sql = f"SELECT 1 FROM outgoing WHERE account = ? AND state NOT IN {states.OVER}"
    return one(connection, sql, (account,)) is not None


def forget(connection: apsw.Connection, account: AccountKey) -> None:
    """Drop an account whose topics are gone already.  Raises `UsageError` if a draft was begun meanwhile."""
    if hangs(connection, account):
        raise UsageError("Drafts or unsent texts hang on this account; send or discard them first.")
    connection.execute("DELETE FROM outgoing WHERE account = ?", (account,))
    connection.execute("DELETE FROM account WHERE key = ?", (account,))


def visited_before(connection: apsw.Connection, limit: Millis) -> list[AccountKey]:
    """Accounts that were only visited, not since ``limit``, and on which nothing hangs."""
    found = every(connection, "SELECT key FROM account WHERE listed = 0 AND opened < ?", (limit,))
    return [AccountKey(key) for (key,) in found if not hangs(connection, AccountKey(key))]


def cursor(connection: apsw.Connection, account: AccountKey, scope: str) -> str | None:
    """A saved cursor."""
    found = one(connection, "SELECT value FROM cursor WHERE account = ? AND scope = ?", (account, scope))
    return None if found is None else str(found[0])


def set_cursor(connection: apsw.Connection, account: AccountKey, scope: str, value: str | None) -> None:
    """Save or forget a cursor."""
    if value is None:
        connection.execute("DELETE FROM cursor WHERE account = ? AND scope = ?", (account, scope))
    else:
        connection.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)", (account, scope, value))


def resume(connection: apsw.Connection) -> Resume:
    """Where the reader was; nowhere at first."""
    found = one(connection, "SELECT place FROM resume")
    if found is None:
        return Resume()
    place = json.loads(found[0])
    return Resume(
        account=None if place["account"] is None else AccountKey(place["account"]),
        board=None if place["board"] is None else BoardKey(place["board"]),
        topic=None if place["topic"] is None else TopicKey(place["topic"]),
        post=None if place["post"] is None else PostKey(place["post"]),
        line=place["line"],
        composing=place["composing"],
        current=None if place.get("current") is None else PostKey(place["current"]),
    )


def set_resume(connection: apsw.Connection, place: Resume) -> None:
    """Remember where the reader is."""
    connection.execute("INSERT OR REPLACE INTO resume VALUES (1, ?)", (json.dumps(asdict(place)),))
