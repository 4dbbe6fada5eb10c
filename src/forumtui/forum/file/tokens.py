"""Tokens of a forum file: 256 random bits, told once, kept as SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256

import apsw

from forumtui.errors import AuthRequired, Refused
from forumtui.forum.file.names import member_row
from forumtui.forum.file.viewer import Viewer, missing, rows
from forumtui.forum.house import TokenInfo
from forumtui.forum.identities import Identity, Scope
from forumtui.forum.permissions import SUSPENDED, Operation
from forumtui.model import Millis, OwnToken
from forumtui.sqlite.columns import add
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

PREFIX = "ftui_"
"""By which people, and programs that look for leaked secrets, recognise a token."""
HOUR = 3_600_000
LOG_IN_MS = 90 * 24 * HOUR
"""A log-in is good for so long, used or not."""
LOG_INS = 20
"""Of a member at once; the oldest ends when there is one more."""
_LONGEST_LABEL = 60


class Kind(StrEnum):
    """How a token came to be, which decides how long it lasts and what it may be used for when the role changes."""

    LOG_IN = "log-in"
    ROLE = "role"
    """Given for all that the role allowed then."""
    NAMED = "named"
    """Given for scopes that were named."""


@quick_dataclass(frozen=True, slots=True)
class Recognised:
    """Whose a token is, until when, and when that was last written down."""

    identity: Identity
    expires: Millis | None
    used: Millis | None

    def is_stale(self, now: Millis) -> bool:
        """Whether its use should be written down again."""
        return self.used is None or now - self.used >= HOUR


def secret(prefix: str) -> str:
    """256 random bits as a word."""
    return prefix + secrets.token_urlsafe(32)


def digest(told: str) -> bytes:
    """What is stored of a secret."""
    return sha256(told.encode("utf-8", "replace")).digest()


def scopes_for(who: Viewer) -> tuple[Scope, ...]:
    """What a member's role, and the boards that the member leads, could make use of."""
    leads = bool(who.leads)
    rights = who.rights
    moderates = any(rights.holds(operation, leads=leads) for operation in (Operation.MARK, Operation.HIDE))
    granted = {
        Scope.READ: True,
        Scope.WRITE: True,
        Scope.MODERATE: moderates,
        Scope.ADMIN: rights.holds(Operation.KEEP),
    }
    return tuple(scope for scope, holds in granted.items() if holds)


def scopes_named(words: Sequence[str]) -> tuple[Scope, ...]:
    """These scopes, in their order.  Raises `Refused` for what is none."""
    unknown = [word for word in words if word not in set(Scope)]
    if unknown:
        raise Refused(f"There is no scope {clean_line(unknown[0], 40)!r}; there are {', '.join(Scope)}.")
    return tuple(scope for scope in Scope if scope in words)


def check_future(expires: Millis | None, now: Millis) -> None:
    """Raises `Refused` for an end that is past, or beyond what can be stored."""
    if expires is not None and not now < expires < 1 << 53:
        raise Refused("The time until which it is good must lie ahead.")


def issue(
    connection: apsw.Connection,
    who: Viewer,
    label: str,
    named: Sequence[Scope],
    expires: Millis | None,
    now: Millis,
    *,
    kind: Kind | None = None,
) -> tuple[str, tuple[Scope, ...]]:
    """A new token of a member, told this once, and its scopes; those that ended are cleared away.

    Without ``named`` scopes it is for what the role allows now, and stays so when the role allows more.
    """
    token, scopes = secret(PREFIX), tuple(named) or scopes_for(who)
    connection.execute("DELETE FROM token WHERE member_id = ? AND expires <= ?", (who.id, now))
    add(
        connection,
        "token",
        id=secrets.token_hex(5),
        member_id=who.id,
        hash=digest(token),
        label=clean_line(label, _LONGEST_LABEL),
        scopes=" ".join(scope for scope in Scope if scope in scopes),
        created=now,
        expires=expires,
        kind=kind or (Kind.NAMED if named else Kind.ROLE),
    )
    return token, scopes


def log_in(connection: apsw.Connection, who: Viewer, label: str, now: Millis) -> tuple[str, Millis]:
    """A token for a member who showed a password, and its end; the oldest log-ins make room for it."""
    connection.execute(
        "DELETE FROM token WHERE id IN (SELECT id FROM token WHERE member_id = ? AND kind = ? "
        "ORDER BY created DESC, id LIMIT -1 OFFSET ?)",
        (who.id, Kind.LOG_IN, LOG_INS - 1),
    )
    expires = Millis(now + LOG_IN_MS)
    token, _ = issue(connection, who, label, (), expires, now, kind=Kind.LOG_IN)
    return token, expires


def recognise(connection: apsw.Connection, hashed: bytes, now: Millis) -> Recognised:
    """Whose token this is.  Raises `AuthRequired` for one that is not in force, or of a suspended member."""
    found = rows(
        connection,
        (str, str, int | None, int | None, str, int, str),
        "SELECT t.id, t.scopes, t.expires, t.used, m.name, m.suspended, t.kind FROM token t JOIN member m ON m.id = t.member_id "
        "WHERE t.hash = ?",
        (hashed,),
    )
    if not found:
        raise AuthRequired("This log-in is not valid, or no longer; log in again.")
    number, scopes, expires, used, name, suspended, kind = found[0]
    check_active(suspended)
    if expires is not None and expires <= now:
        raise AuthRequired("This log-in has expired; log in again.")
    words = scopes.split()
    held = frozenset(scope for scope in Scope if scope in words)
    return Recognised(Identity(name, held, number, fixed=kind != Kind.NAMED), expires, used)


def check_active(suspended: object) -> None:
    """Raises `AuthRequired` for a suspended member."""
    if suspended:
        raise AuthRequired(f"{SUSPENDED[0].upper()}{SUSPENDED[1:]}.")


def write_down_use(connection: apsw.Connection, token: str, now: Millis) -> None:
    """Keep when a token was last used."""
    connection.execute("UPDATE token SET used = ? WHERE id = ?", (now, token))


def listed(connection: apsw.Connection, member: str | None, now: Millis) -> list[TokenInfo]:
    """The tokens in force, of one member or all, oldest first.  Raises `Missing` for an unknown member."""
    number = None if member is None else member_row(connection, member)
    found = rows(
        connection,
        (str, str, str, str, int, int | None, int | None),
        "SELECT t.id, m.name, t.label, t.scopes, t.created, t.expires, t.used FROM token t "
        "JOIN member m ON m.id = t.member_id WHERE (?1 IS NULL OR t.member_id = ?1) "
        "AND (t.expires IS NULL OR t.expires > ?2) ORDER BY t.created, t.id",
        (number, now),
    )
    return [
        TokenInfo(token, name, label, tuple(scopes.split()), created, expires, used)
        for token, name, label, scopes, created, expires, used in found
    ]


def own(connection: apsw.Connection, who: Identity, now: Millis) -> list[OwnToken]:
    """A member's own tokens in force, the newest first."""
    found = rows(
        connection,
        (str, str, str, int, int | None, int | None),
        "SELECT t.id, t.label, t.scopes, t.created, t.expires, t.used FROM token t JOIN member m ON m.id = t.member_id "
        "WHERE m.name = ? AND (t.expires IS NULL OR t.expires > ?) ORDER BY t.created DESC, t.id",
        (who.member, now),
    )
    return [
        OwnToken(token, label, tuple(scopes.split()), created, expires, used, token == who.token)
        for token, label, scopes, created, expires, used in found
    ]


def revoke_own(connection: apsw.Connection, who: Identity, token: str) -> None:
    """Put an end to one of a member's own tokens.  Raises `Missing`, also for somebody else's."""
    connection.execute(
        "DELETE FROM token WHERE id = ? AND member_id = (SELECT id FROM member WHERE name = ?)", (token, who.member)
    )
    if not connection.changes():
        raise missing("token of yours", token)


def revoke(connection: apsw.Connection, token: str) -> str:
    """Put an end to a token; returns whose it was.  Raises `Missing`."""
    row = connection.execute(
        "DELETE FROM token WHERE id = ? RETURNING (SELECT name FROM member WHERE id = member_id)", (token,)
    ).fetchone()
    if row is None:
        raise missing("token", token)
    return str(row[0])


def revoke_all(connection: apsw.Connection, name: str, *, but: str = "") -> None:
    """Put an end to all tokens of a member, or to all ``but`` one."""
    connection.execute(
        "DELETE FROM token WHERE member_id = (SELECT id FROM member WHERE name = ?) AND id <> ?", (name, but)
    )
