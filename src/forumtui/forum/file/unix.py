"""Unix users of the server's machine as members of a forum file.

A user's first request takes the name: from then on nobody else can register it, though there is no member
of that name before the user writes something.
"""

from __future__ import annotations

import apsw

from forumtui.errors import Forbidden, Refused
from forumtui.forum.file.log import Hand, write_line
from forumtui.forum.file.names import comes_in, lookalikes, member_row, new_name
from forumtui.forum.file.viewer import rows
from forumtui.forum.permissions import SUSPENDED, check
from forumtui.model import Millis
from forumtui.text.sanitise import clean_line


def known(connection: apsw.Connection, uid: int) -> str | None:
    """The name under which this user came in before.  Raises `Forbidden` for a suspended member."""
    found = rows(
        connection,
        (str, int | None),
        "SELECT u.name, m.suspended FROM unix_user u LEFT JOIN member m ON m.name = u.name WHERE u.uid = ?",
        (uid,),
    )
    if not found:
        return None
    name, suspended = found[0]
    check(SUSPENDED if suspended else "")
    return str(name)


def come_in(connection: apsw.Connection, uid: int, user: str) -> str:
    """The name of a user who is here for the first time, and which is the user's from now on.

    Raises `Forbidden` where somebody of this name, or one that looks like it, comes in another way, for a name that
    will not do, and for a suspended member.
    """
    if known(connection, uid) is None:
        try:
            name = new_name(user)
        except Refused as error:
            raise Forbidden(f"{error}  An admin can link this user to a member.") from error
        _check_unclaimed(connection, lookalikes(connection, name), name)
        connection.execute("INSERT INTO unix_user (uid, name) VALUES (?, ?)", (uid, name))
    return known(connection, uid) or user


def look_in(connection: apsw.Connection, uid: int, user: str) -> str:
    """As `come_in`, where nothing can be written and so no name can be taken."""
    name = clean_line(user)
    there = known(connection, uid)
    if there is None:
        _check_unclaimed(connection, [name], name)
    return there or name


def _check_unclaimed(connection: apsw.Connection, others: list[str], name: str) -> None:
    for other in others:
        reason = "who comes in another way" if comes_in(connection, other) else _not_for_the_taking(connection, other)
        if reason:
            raise Forbidden(
                f"There is a member {other} {reason}.  If that is you, let an admin link the two: "
                f'forumtui host member link FORUM "{other}" {name}'
            )


def _not_for_the_taking(connection: apsw.Connection, name: str) -> str:
    """Why a Unix user of this name is not simply this member, or "".

    Who wrote here under the name, and who was added as a mere member, may be the user of that name.
    """
    found = rows(
        connection,
        (int | None, int, int),
        "SELECT m.joined, (m.role_given AND lower(m.role) IN ('editor', 'moderator', 'admin')) "
        "OR EXISTS (SELECT 1 FROM board b WHERE b.leader_id = m.id AND b.leader_given = 1), "
        "EXISTS (SELECT 1 FROM act a WHERE a.member_id = m.id) FROM member m WHERE m.name = ?",
        (name,),
    )
    if not found or found[0][2]:
        return ""
    joined, powerful, _ = found[0]
    return "of whom an import tells" if joined is None else "who was given rights" if powerful else ""


def make_member(connection: apsw.Connection, name: str, now: Millis) -> None:
    """Make a Unix user a member who is to have something before writing anything."""
    connection.execute(
        "INSERT INTO member (name, joined) SELECT name, ? FROM unix_user WHERE name = ? ON CONFLICT DO NOTHING",
        (now, name),
    )


def link(connection: apsw.Connection, hand: Hand, member: str, uid: int | None) -> None:
    """Say which Unix user a member is, or none; whoever was that user before no longer is.  Raises `Missing`."""
    name = clean_line(member)
    member_row(connection, name)
    connection.execute("DELETE FROM unix_user WHERE name = ?1 OR uid = ?2", (name, uid))
    if uid is not None:
        connection.execute("INSERT INTO unix_user (uid, name) VALUES (?, ?)", (uid, name))
    write_line(connection, hand, "link", f"{name}: {'no Unix user' if uid is None else f'Unix user {uid}'}")
