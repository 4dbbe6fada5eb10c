"""Who may become a member of a forum file: its rules for that, and invitations."""

from __future__ import annotations

import apsw

from forumtui.errors import Forbidden, Refused
from forumtui.forum.file.keeping import role_word
from forumtui.forum.file.tokens import check_future, digest, secret
from forumtui.forum.file.viewer import own_row, rows
from forumtui.forum.house import RULES_PAGE
from forumtui.forum.permissions import Role
from forumtui.model import Millis, Registration
from forumtui.sqlite.columns import add

PREFIX = "ftin_"
_MOST_USES = 100_000


def invite(connection: apsw.Connection, *, uses: int, expires: Millis | None, role: str, host: str, now: Millis) -> str:
    """A new invitation's code, told this once.  Raises `Refused`; invitations that ended are cleared away."""
    if not 0 < uses <= _MOST_USES:
        raise Refused(f"An invitation is good for 1 to {_MOST_USES} registrations.")
    check_future(expires, now)
    code = secret(PREFIX)
    connection.execute("DELETE FROM invitation WHERE used = uses OR expires <= ?", (now,))
    add(
        connection,
        "invitation",
        hash=digest(code),
        role=role_word(role),
        uses=uses,
        expires=expires,
        host=host,
        created=now,
    )
    return code


def admit(connection: apsw.Connection, code: str, now: Millis, *, accepts_rules: bool) -> str:
    """The role of who registers now, with this code or with none ("").  Only looks; see `use`.

    Raises `Forbidden` where registration is closed or the code is not good, `Refused` where rules are not accepted.
    """
    (registration,) = own_row(connection, registration=str)
    if registration == Registration.CLOSED:
        raise Forbidden("Registration is closed; the forum's keeper adds members.")
    if not code and registration != Registration.OPEN:
        raise Forbidden("Registration takes an invitation; ask a member of the team for one.")
    role = _role_invited(connection, code, now) if code else Role.MEMBER.value
    if not accepts_rules and rows(connection, (str,), "SELECT slug FROM page WHERE slug = ?", (RULES_PAGE,)):
        raise Refused("Members accept the forum's rules.")
    return role


def _role_invited(connection: apsw.Connection, code: str, now: Millis) -> str:
    found = rows(
        connection,
        (str, int, int, int | None),
        "SELECT role, uses, used, expires FROM invitation WHERE hash = ?",
        (digest(code),),
    )
    if not found:
        raise Forbidden("This invitation is not valid.")
    role, uses, used, expires = found[0]
    if used >= uses:
        raise Forbidden("This invitation is used up.")
    if expires is not None and expires <= now:
        raise Forbidden("This invitation has expired.")
    return str(role)


def use(connection: apsw.Connection, code: str) -> None:
    """Count a registration with a code that `admit` found good in the same transaction."""
    connection.execute("UPDATE invitation SET used = used + 1 WHERE hash = ?", (digest(code),))
