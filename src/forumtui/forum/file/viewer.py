"""Rows of a forum file as values of the model, seen by one member."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, cast, get_args

import apsw

from forumtui.errors import AuthRequired, Missing
from forumtui.forum import store
from forumtui.forum.permissions import MEMBERS_ONLY, SUSPENDED, Operation, Rights, Role, role_of
from forumtui.model import Mark
from forumtui.sqlite.columns import Kind
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

N = TypeVar("N", bound=int)
E = TypeVar("E", bound=StrEnum)
_ALL_BITS = sum(mark.bit for mark in Mark)
_MARKS = [frozenset(mark for mark in Mark if bits & mark.bit) for bits in range(_ALL_BITS + 1)]

_BEYOND = 1 << 53


def rows(
    connection: apsw.Connection,
    kinds: tuple[Kind, ...],
    statement: str,
    values: Sequence[Any] | Mapping[str, Any] = (),
) -> list[tuple[Any, ...]]:
    """The rows of a statement.  ``kinds``: what each column may be, such as ``int`` or ``str | None``.

    SQLite looks at types where it writes, not where it reads: what another program or a bad disk left may be
    anything.  Raises `apsw.CorruptError` then, as SQLite does where it notices.
    """
    found = connection.execute(statement, values).fetchall()
    for types, column in zip(_types(kinds), zip(*found, strict=True), strict=bool(found)):
        if not types.issuperset(map(type, column)):
            raise apsw.CorruptError("a value in it is of the wrong kind")
    return found


@lru_cache(maxsize=256)
def _types(kinds: tuple[Kind, ...]) -> tuple[frozenset[type], ...]:
    return tuple(frozenset(get_args(kind) or (kind,)) for kind in kinds)


def own_row(connection: apsw.Connection, **kinds: Kind) -> tuple[Any, ...]:
    """Columns of the one row that the forum has about itself, which are of these kinds (see `rows`)."""
    for row in rows(connection, tuple(kinds.values()), f"SELECT {', '.join(kinds)} FROM forum"):  # noqa: S608 - our words
        return row
    raise apsw.CorruptError("it says nothing about itself")


@quick_dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a member (``id`` 0 before the first write) or a guest, and what that allows."""

    id: int
    name: str
    role: str
    rights: Rights
    leads: frozenset[int] = frozenset()
    """The boards that this member leads."""
    unseen: frozenset[int] = frozenset()
    """The boards that are not shown, with everything on them."""
    shut_out: bool = False
    """Nothing is shown but that there is a forum."""

    @property
    def is_guest(self) -> bool:
        """Whether it is somebody without a name."""
        return self.rights.role is None

    def refusal(self, operation: Operation, board: int | None = None) -> str:
        """Why not (on this board), or "" if allowed."""
        return self.rights.refusal(operation, leads=board in self.leads)

    def moderates(self, board: int) -> bool:
        """Whether hidden posts on this board are shown."""
        return self.rights.holds(Operation.HIDE, leads=board in self.leads)

    def sees(self, board: int, removed: int) -> bool:
        """Whether a topic on this board is shown."""
        return board not in self.unseen and (not removed or self.moderates(board))

    def topics_seen(self, values: dict[str, Any]) -> list[str]:
        """What SQL asks so that only the topics ``t`` are found that are shown; ``values`` gets what it is asked with."""
        asked = list(filter(None, [self.boards_seen(values)]))
        if not self.rights.holds(Operation.HIDE):
            asked.append("(NOT t.removed OR t.board_id IN (SELECT value FROM json_each(:led)))")
            values["led"] = json.dumps(sorted(self.leads))
        return asked

    def boards_seen(self, values: dict[str, Any]) -> str:
        """What SQL asks so that only the topics ``t`` on boards are found that are shown; "" for all boards."""
        if not self.unseen:
            return ""
        values["unseen"] = json.dumps(sorted(self.unseen))
        return "t.board_id NOT IN (SELECT value FROM json_each(:unseen))"

    def admit(self) -> None:
        """Raises `AuthRequired` where only members may look."""
        if self.shut_out:
            raise AuthRequired(f"{MEMBERS_ONLY.capitalize()}.")

    @property
    def view(self) -> str:
        """Viewers of the same word see the same topics and, but for their own posts and likes, the same posts."""
        if not self.name:
            return "guest"
        words = ["moderator" if self.rights.holds(Operation.HIDE) else "member", *map(str, sorted(self.leads))]
        return " ".join(["silent", *words] if self.rights.blocked else words)


KEEPER = Viewer(0, "", "", Rights(Role.ADMIN))
"""Who has the file in their hands sees everything."""


def viewer(connection: apsw.Connection, me: str | None, blocked: str) -> Viewer:
    """The member of that name, who need not exist yet; without a name, a guest."""
    if me == store.KEEPER:
        return KEEPER
    name = clean_line(me or "")
    if not name:
        (members_only,) = own_row(connection, members_only=int)
        return Viewer(0, "", "", Rights(None, blocked), unseen=private_boards(connection), shut_out=bool(members_only))
    found = rows(
        connection,
        (int, str, int, int, str),
        "SELECT m.id, m.role, m.role_given, m.suspended, (SELECT json_group_array(b.id) FROM board b "
        "WHERE b.leader_id = m.id AND b.leader_given = 1) FROM member m WHERE m.name = ?",
        (name,),
    )
    if not found:
        return Viewer(0, name, Role.MEMBER.value, Rights(Role.MEMBER, blocked))
    number, role, given, suspended, leads = found[0]
    if suspended:
        return Viewer(number, name, role, Rights(Role.MEMBER, blocked or SUSPENDED))
    allowed = role_of(role) if given else Role.MEMBER  # a role from elsewhere is a word only
    return Viewer(number, name, role, Rights(allowed, blocked), frozenset(json.loads(leads)))


def private_boards(connection: apsw.Connection) -> frozenset[int]:
    """The boards that guests do not see: those marked so, and all below them."""
    found = connection.execute(
        "WITH RECURSIVE private (id) AS (SELECT id FROM board WHERE members_only = 1 "
        "UNION SELECT b.id FROM board b JOIN private p ON b.parent_id = p.id) SELECT id FROM private"
    )
    return frozenset(int(cast("int", number)) for (number,) in found)


@contextmanager
def snapshot(connection: apsw.Connection) -> Iterator[None]:
    """Several reads that see the same state of the file."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def row_id(text: str, what: str) -> int:
    """The row behind an id given out by this store.  Raises `Missing` for what can not be one."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise missing(what, text)


def missing(what: str, text: str) -> Missing:
    """The error that says that there is no such thing."""
    return Missing(f"This forum has no {what} {clean_line(text, 40)}.")


def marks_of(bits: int) -> frozenset[Mark]:
    """The marks behind a stored number."""
    return _MARKS[bits & _ALL_BITS]


def marks_bits(marks: Iterable[Mark]) -> int:
    """The number under which marks are stored."""
    return sum(mark.bit for mark in set(marks))


def list_of(stored: str) -> list[object]:
    """A stored list, of whatever another program may have put there; empty for what is no list."""
    if stored == "[]":
        return []
    try:
        found = json.loads(stored)
    except (ValueError, RecursionError) as error:  # SQLite allows more depth and longer numbers than Python
        raise apsw.CorruptError("a list in it can not be read") from error
    return found if isinstance(found, list) else []


def words_of(stored: str) -> tuple[str, ...]:
    """The strings in a stored list."""
    return tuple(word for word in list_of(stored) if isinstance(word, str))


def word_of(kind: type[E], stored: str) -> E | None:
    """The word of a list that is stored; None for another one."""
    return next((word for word in kind if word.value == stored), None)


def storable(number: int) -> bool:
    """Whether SQLite has room for this number."""
    return -(1 << 63) <= number < 1 << 63


def plausible(number: N | None) -> N | None:
    """A time or a count; unknown where it is one that can not be, such as a time after the year 287,000."""
    return number if number is not None and -_BEYOND < number < _BEYOND else None
