"""Tokens of a forum file: 256 random bits, told once, kept as SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from hashlib import sha256

import apsw

from forumtui.errors import AuthRequired, Refused
from forumtui.host.house import TokenInfo
from forumtui.host.identity import Identity, Scope
from forumtui.host.permissions import SUSPENDED, Operation
from forumtui.host.sqlite.names import member_row
from forumtui.host.sqlite.rows import Viewer, missing, rows
from forumtui.model import Millis
from forumtui.text.sanitise import clean_line
from forumtui.values import dataclass

PREFIX = "ftui_"
"""By which people, and programs that look for leaked secrets, recognise a token."""
HOUR = 3_600_000
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
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
    connection: apsw.Connection, member: int, label: str, scopes: Iterable[Scope], expires: Millis | None, now: Millis
) -> str:
    """A new token of a member, told this once; those that ended are cleared away."""
    token = secret(PREFIX)
    connection.execute("DELETE FROM token WHERE member_id = ? AND expires <= ?", (member, now))
    connection.execute(
        "INSERT INTO token (id, member_id, hash, label, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            secrets.token_hex(5),
            member,
            digest(token),
            clean_line(label, _LONGEST_LABEL),
            " ".join(scope for scope in Scope if scope in set(scopes)),
            now,
            expires,
        ),
    )
    return token


def recognise(connection: apsw.Connection, hashed: bytes, now: Millis) -> Recognised:
    """Whose token this is.  Raises `AuthRequired` for one that is not in force, or of a suspended member."""
    found = rows(
        connection,
        "ttIIti",
        "SELECT t.id, t.scopes, t.expires, t.used, m.name, m.suspended FROM token t JOIN member m ON m.id = t.member_id "
        "WHERE t.hash = ?",
        (hashed,),
    )
    if not found:
        raise AuthRequired("This log-in is not valid, or no longer; log in again.")
    number, scopes, expires, used, name, suspended = found[0]
    check_active(suspended)
    if expires is not None and expires <= now:
        raise AuthRequired("This log-in has expired; log in again.")
    words = scopes.split()
    return Recognised(Identity(name, frozenset(scope for scope in Scope if scope in words), number), expires, used)


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
        "ttttiII",
        "SELECT t.id, m.name, t.label, t.scopes, t.created, t.expires, t.used FROM token t "
        "JOIN member m ON m.id = t.member_id WHERE (?1 IS NULL OR t.member_id = ?1) "
        "AND (t.expires IS NULL OR t.expires > ?2) ORDER BY t.created, t.id",
        (number, now),
    )
    return [
        TokenInfo(token, name, label, tuple(scopes.split()), created, expires, used)
        for token, name, label, scopes, created, expires, used in found
    ]


def revoke(connection: apsw.Connection, token: str) -> str:
    """Put an end to a token; returns whose it was.  Raises `Missing`."""
    row = connection.execute(
        "DELETE FROM token WHERE id = ? RETURNING (SELECT name FROM member WHERE id = member_id)", (token,)
    ).fetchone()
    if row is None:
        raise missing("token", token)
    return str(row[0])


def revoke_all(connection: apsw.Connection, member: int) -> None:
    """Put an end to all tokens of a member."""
    connection.execute("DELETE FROM token WHERE member_id = ?", (member,))
