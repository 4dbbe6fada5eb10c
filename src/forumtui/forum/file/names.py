"""Names of members in a forum file: what will do as a new one, and which are taken."""

from __future__ import annotations

import json
import unicodedata
from functools import cache

import apsw

from forumtui.errors import Conflict, Refused
from forumtui.forum.file.viewer import missing
from forumtui.forum.permissions import Role
from forumtui.model import ACTORS, Millis
from forumtui.sqlite.columns import add
from forumtui.text.lookalike import bare, look, looks
from forumtui.text.sanitise import clean_line

LONGEST_NAME = 40
ELSEWHERE = " (elsewhere)"
"""Stands behind the name of an imported author who would be taken for somebody of this forum."""
_OFFICES = ("admin", "administrator", "administration", "mod", "moderation", "staff", "system", "sysop", "webmaster")
"""What people call those who keep order, whatever a forum's roles are named."""
_JOINERS = "\u200c\u200d"
_VIRAMA = 9


def new_name(name: str) -> str:
    """A name as it is stored.  Raises `Refused` for one that will not do."""
    cleaned = clean_line(name)
    if not any(character.isalnum() for character in cleaned):
        raise Refused("A name needs a letter or a digit.")
    if len(cleaned) > LONGEST_NAME:
        raise Refused(f"A name has at most {LONGEST_NAME} characters.")
    if cleaned.startswith("@"):
        raise Refused("A name does not begin with @; that is how others mention it.")
    if "/" in cleaned:
        raise Refused("A name has no slash in it; that is what divides addresses.")
    if any(_shows_nothing(cleaned, place) for place in range(len(cleaned))):
        raise Refused("A name has no character in it that does not show.")
    if is_reserved(cleaned):
        raise Refused(f"Nobody is called {cleaned}: it would be taken for a role, or for the forum itself.")
    return cleaned


def _shows_nothing(name: str, place: int) -> bool:
    """Whether this character controls or formats, or is none; joiners are letters to scripts whose letters they join."""
    character, before = name[place], name[place - 1 : place]
    if character in _JOINERS and before:
        return unicodedata.bidirectional(before) != "AL" and unicodedata.combining(before) != _VIRAMA
    return unicodedata.category(character)[0] == "C" or (character != " " and not look(character))


def is_reserved(name: str) -> bool:
    """Whether it looks like a role, or like a word by which the log and the screens name who did something."""
    return bare(name) in _reserved()


@cache
def _reserved() -> frozenset[str]:
    roles = [word for role in Role for word in (role, f"{role}s")]
    offices = [word for office in _OFFICES for word in (office, f"{office}s")]
    return frozenset(map(bare, (*roles, *offices, *ACTORS)))


def member_row(connection: apsw.Connection, name: str) -> int:
    """The row of a member.  Raises `Missing`."""
    number = _row(connection, clean_line(name))
    if number is None:
        raise missing("member", name)
    return number


def _row(connection: apsw.Connection, name: str) -> int | None:
    row = connection.execute("SELECT id FROM member WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def member_named(connection: apsw.Connection, name: str, joined: Millis | None = None) -> int:
    """The row of a member, made if unknown.  Raises `Refused` or `Conflict` for a name that no new member can have."""
    cleaned = clean_line(name)
    known = _row(connection, cleaned)
    if known is not None:
        return known
    if not _is_unix_user(connection, cleaned):
        cleaned = new_name(cleaned)
        check_free(connection, cleaned)
    return add(connection, "member", name=cleaned, look=look(cleaned), joined=joined)


def _is_unix_user(connection: apsw.Connection, name: str) -> bool:
    """Whether a user came in under this name, who then has it already."""
    return connection.execute("SELECT 1 FROM unix_user WHERE name = ?", (name,)).fetchone() is not None


def check_free(connection: apsw.Connection, name: str) -> None:
    """Raises `Conflict` where a member has this name, or one that looks like it.  Writes: call it in a transaction."""
    taken = lookalikes(connection, name)
    if name in taken:
        raise Conflict(f"There is a member {name} already.")
    if taken:
        raise Conflict(f"There is a member {taken[0]} already, whose name looks like {name}.")


def lookalikes(connection: apsw.Connection, name: str) -> list[str]:
    """Names of members, and of Unix users who came in, that look like this one.  Writes: call it in a transaction."""
    new = connection.execute("SELECT id, name FROM member WHERE look IS NULL").fetchall()
    connection.executemany(
        "UPDATE member SET look = ? WHERE id = ?", [(look(str(known)), number) for number, known in new]
    )
    wanted = looks(name)
    members = connection.execute(
        "SELECT name FROM member WHERE look IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(sorted(wanted)),),
    ).fetchall()
    users = connection.execute("SELECT name FROM unix_user").fetchall()
    return [str(known) for (known,) in members] + [str(user) for (user,) in users if look(str(user)) in wanted]


def comes_in(connection: apsw.Connection, name: str) -> bool:
    """Whether somebody has a password, a token or a Unix user under this name."""
    found = connection.execute(
        "SELECT 1 FROM unix_user WHERE name = ?1 UNION ALL SELECT 1 FROM member m WHERE m.name = ?1 "
        "AND (m.password IS NOT NULL OR EXISTS (SELECT 1 FROM token t WHERE t.member_id = m.id))",
        (name,),
    )
    return found.fetchone() is not None


def imported_name(connection: apsw.Connection, name: str) -> str:
    """What somebody whom an import names is called here.  Writes: call it in a transaction.

    Who is not known, and would be taken for one who comes in here or for a role, is said to be of elsewhere: the same
    name each time, so that the next import finds it.
    """
    if _row(connection, name) is not None:
        return name
    taken = is_reserved(name) or any(comes_in(connection, other) for other in lookalikes(connection, name))
    return f"{name}{ELSEWHERE}" if taken else name
