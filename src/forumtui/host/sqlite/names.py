"""Names of members in a forum file: what will do as a new one, and which are taken."""

from __future__ import annotations

import apsw

from forumtui.errors import Conflict, Refused
from forumtui.host.sqlite.rows import missing
from forumtui.text.lookalike import look
from forumtui.text.sanitise import clean_line

LONGEST_NAME = 40


def new_name(name: str) -> str:
    """A name as it is stored.  Raises `Refused` for one that will not do."""
    cleaned = clean_line(name)
    if not any(character.isalnum() for character in cleaned):
        raise Refused("A name needs a letter or a digit.")
    if len(cleaned) > LONGEST_NAME:
        raise Refused(f"A name has at most {LONGEST_NAME} characters.")
    if cleaned.startswith("@"):
        raise Refused("A name does not begin with @; that is how others mention it.")
    return cleaned


def member_row(connection: apsw.Connection, name: str) -> int:
    """The row of a member.  Raises `Missing`."""
    row = connection.execute("SELECT id FROM member WHERE name = ?", (clean_line(name),)).fetchone()
    if row is None:
        raise missing("member", name)
    return int(row[0])


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
    wanted = look(name)
    members = connection.execute("SELECT name FROM member WHERE look = ? ORDER BY id", (wanted,)).fetchall()
    users = connection.execute("SELECT name FROM unix_user").fetchall()
    return [str(known) for (known,) in members] + [str(user) for (user,) in users if look(str(user)) == wanted]
