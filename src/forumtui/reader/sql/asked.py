"""How often servers were asked, by all that use this library."""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw

from forumtui.ledger import Asked, Budget, Urgency
from forumtui.model import Millis
from forumtui.reader.sql.columns import every, one


def take(connection: apsw.Connection, who: str, budget: Budget, urgency: Urgency, now: Millis) -> float:
    """See `forumtui.ledger.Ledger.take`."""
    _forget(connection, who, budget, now)
    waits = [0.0]
    for most, seconds in budget:
        nth = one(
            connection,
            "SELECT at FROM asked WHERE who = ? ORDER BY at DESC LIMIT 1 OFFSET ?",
            (who, urgency.of(most) - 1),
        )
        if nth is not None:
            waits.append((nth[0] - now) / 1000 + seconds)
    wait = max(waits)
    if wait <= 0:
        count(connection, who, budget, now)
    return wait


def count(connection: apsw.Connection, who: str, budget: Budget, now: Millis) -> None:
    """See `forumtui.ledger.Ledger.count`."""
    connection.execute("INSERT INTO asked (who, at) VALUES (?, ?)", (who, now))
    connection.execute(
        "INSERT INTO allowance (who, budget) VALUES (?1, ?2) ON CONFLICT (who) DO UPDATE SET budget = ?2"
        " WHERE budget != ?2",
        (who, json.dumps(budget)),
    )


def _forget(connection: apsw.Connection, who: str, budget: Budget, now: Millis) -> None:
    """What no span counts any more, and what a clock that was set back has made the future."""
    longest = max((seconds for _, seconds in budget), default=0.0)
    connection.execute(
        "DELETE FROM asked WHERE who = ? AND (at <= ? OR at > ?)", (who, now - round(longest * 1000), now + 1000)
    )


def told(connection: apsw.Connection, now: Millis) -> Sequence[Asked]:
    """What was asked of each server in each span of its budget."""
    found = []
    for who, budget in every(connection, "SELECT who, budget FROM allowance ORDER BY who"):
        server, _, known = who.partition(" ")
        for most, seconds in json.loads(budget):
            since = now - round(seconds * 1000)
            made = one(connection, "SELECT count(*) FROM asked WHERE who = ? AND at > ?", (who, since))
            found.append(Asked(server, bool(known), made[0] if made else 0, most, seconds))
    return found
