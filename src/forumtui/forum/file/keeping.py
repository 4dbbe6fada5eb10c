"""Keeping house in a forum file: boards, roles, the forum's own fields, its standing rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import apsw

from forumtui.errors import Refused
from forumtui.forum import bounds
from forumtui.forum.file.feed import boards_changed, guests_begin_anew, minding_guests
from forumtui.forum.file.names import member_named
from forumtui.forum.file.viewer import missing, own_row, private_boards, row_id, storable
from forumtui.forum.house import RULES_PAGE, Approval, BoardDraft, Policy
from forumtui.forum.permissions import GIVEN, NAMES_OF_ROLES
from forumtui.model import BoardId, Mark, Millis, Registration
from forumtui.sqlite.columns import add
from forumtui.text.sanitise import clean_line, clean_text, store_text

INFO_FIELDS = ("title", "tagline", "notice", "version", "updated")


def add_board(connection: apsw.Connection, draft: BoardDraft) -> BoardId:
    """A new board at the end of its siblings.  Raises `Refused` without a title, `Missing` for an unknown parent."""
    fields = _fields(connection, draft)
    if not fields.get("title"):
        raise Refused("A board needs a title.")
    return BoardId(str(insert_board(connection, fields)))


def insert_board(connection: apsw.Connection, fields: dict[str, Any]) -> int:
    """Insert a board's columns; returns its row."""
    if "position" not in fields:
        fields["position"] = connection.execute(
            "SELECT coalesce(max(position), 0) + 1 FROM board WHERE parent_id IS ?", (fields.get("parent_id"),)
        ).get
    number = add(connection, "board", **fields)  # closes nothing to guests, who never saw it
    boards_changed(connection, number)
    return number


def edit_board(connection: apsw.Connection, board: BoardId, change: BoardDraft) -> None:
    """Change the fields that are set.  Raises `Missing` for unknown boards, `Refused` for one that would contain itself."""
    number = row_id(board, "board")
    if connection.execute("SELECT 1 FROM board WHERE id = ?", (number,)).fetchone() is None:
        raise missing("board", board)
    fields = _fields(connection, change)
    if "title" in fields and not fields["title"]:
        raise Refused("A board needs a title.")
    if fields.get("parent_id") is not None and is_within(connection, fields["parent_id"], number):
        raise Refused("A board can not be inside itself.")
    private = private_boards(connection)
    if number in private and fields.get("parent_id", 0) not in {0, *private}:
        fields.setdefault("members_only", 1)  # another place is no word about who reads it
    update_board(connection, number, fields)


def update_board(connection: apsw.Connection, number: int, fields: dict[str, Any]) -> None:
    """Set a board's columns."""
    if fields:
        pairs = ", ".join(f"{name} = :{name}" for name in fields)
        with minding_guests(connection):
            connection.execute(f"UPDATE board SET {pairs} WHERE id = :row", {**fields, "row": number})  # noqa: S608
            boards_changed(connection, number)


def is_within(connection: apsw.Connection, board: int, other: int) -> bool:
    """Whether ``board`` is ``other`` or below it."""
    row = connection.execute(
        "WITH RECURSIVE up (id) AS (SELECT ?1 UNION SELECT b.parent_id FROM board b JOIN up ON b.id = up.id) "
        "SELECT 1 FROM up WHERE id = ?2",
        (board, other),
    ).fetchone()
    return row is not None


def _fields(connection: apsw.Connection, draft: BoardDraft) -> dict[str, Any]:
    fields = board_fields(connection, draft)
    if draft.parent is not None:
        parent = row_id(draft.parent, "board")
        if connection.execute("SELECT 1 FROM board WHERE id = ?", (parent,)).fetchone() is None:
            raise missing("board", draft.parent)
        fields["parent_id"] = parent
    return fields


def board_fields(connection: apsw.Connection, draft: BoardDraft) -> dict[str, Any]:
    """The columns that a draft sets, but for its place below a parent."""
    bounds.check_board(draft)
    fields: dict[str, Any] = {}
    if draft.title is not None:
        fields["title"] = clean_line(draft.title)
    for name in ("description", "further_study", "notice"):
        text = getattr(draft, name)
        if text is not None:
            fields[name] = clean_text(text).strip()
    if draft.leader is not None:
        leader = clean_line(draft.leader)
        fields["leader_id"] = member_named(connection, leader) if leader else None
        fields["leader_wanted"], fields["leader_given"] = int(not leader), int(bool(leader))
    for name in ("leader_wanted", "members_only"):
        flag = getattr(draft, name)
        if flag is not None:
            fields[name] = int(flag)
    if draft.links is not None:
        fields["links"] = json.dumps([_link(*link) for link in draft.links])
    if draft.position is not None:
        if not storable(draft.position):
            raise Refused("A board's position is too large a number.")
        fields["position"] = draft.position
    return fields


def _link(title: str, url: str, mark: Mark | None = None) -> list[str]:
    """A link as it is stored: the section is left out where it stands in none."""
    return [clean_line(title), clean_line(url, bounds.ADDRESS), *([mark.value] if mark is not None else [])]


def set_role(connection: apsw.Connection, member: str, role: str, now: Millis) -> None:
    """Give a role, made to last: imports do not change it.  An unknown member is made."""
    word = role_word(role)
    number = member_named(connection, member, now)
    connection.execute("UPDATE member SET role = ?, role_given = 1 WHERE id = ?", (word, number))
    boards_changed(connection)


def role_word(role: str) -> str:
    """A role as it is stored.  Raises `Refused` for none."""
    bounds.IN_ROLES.check(role)
    word = clean_line(role, bounds.ROLE)
    if not word:
        raise Refused(f"A role needs a name: {NAMES_OF_ROLES}.")
    return spelled(word)


def spelled(word: str) -> str:
    """A role as it is stored: "editor" is Editor."""
    return word.title() if word.title() in GIVEN else word


def set_info(connection: apsw.Connection, fields: Mapping[str, str]) -> None:
    """Set the forum's own fields, and its rules.  Raises `Refused` for an unknown one and for an empty title."""
    for name, value in fields.items():
        if name in bounds.IN_FORUM:
            bounds.IN_FORUM[name].check(value)
        if name == RULES_PAGE:
            _set_rules(connection, store_text(value).strip())
        else:
            _set_field(connection, name, value)
    if fields:
        boards_changed(connection)


def _set_field(connection: apsw.Connection, name: str, value: str) -> None:
    if name not in INFO_FIELDS:
        raise Refused(f"A forum has no field {clean_line(name, 40)!r}; it has {', '.join((*INFO_FIELDS, RULES_PAGE))}.")
    text = clean_text(value).strip() if name == "notice" else clean_line(value, bounds.LINE)
    if name == "title" and not text:
        raise Refused("A forum needs a title.")
    connection.execute(f"UPDATE forum SET {name} = ?", (text,))  # noqa: S608 - one of INFO_FIELDS


def _set_rules(connection: apsw.Connection, text: str) -> None:
    """Write the page that members accept when they register; without text there is none."""
    if not text:
        connection.execute("DELETE FROM page WHERE slug = ?", (RULES_PAGE,))
        return
    connection.execute(
        "INSERT INTO page (slug, position, title, source, format) "
        "VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM page), 'Rules', ?, 'markdown') "
        "ON CONFLICT (slug) DO UPDATE SET source = excluded.source, format = excluded.format",
        (RULES_PAGE, text),
    )


def policy(connection: apsw.Connection) -> Policy:
    """The rules in force."""
    registration, members_only, approval = own_row(connection, registration=str, members_only=int, approval=str)
    try:
        return Policy(Registration(registration), bool(members_only), Approval(approval))
    except ValueError as error:
        raise apsw.CorruptError("its rules can not be read") from error


def set_policy(connection: apsw.Connection, change: Policy) -> str:
    """Change the rules that are not None; returns what was changed, in words."""
    now = policy(connection)
    words: list[str] = []
    for name in ("registration", "members_only", "approval"):
        value = getattr(change, name)
        if value is None or value == getattr(now, name):
            continue
        connection.execute(f"UPDATE forum SET {name} = ?", (value,))  # noqa: S608 - one of the three
        words.append(f"reading: {'members' if value else 'public'}" if name == "members_only" else f"{name}: {value}")
    if words:
        boards_changed(connection)
    if change.members_only not in {None, now.members_only}:
        guests_begin_anew(connection)
    return ", ".join(words)
