"""Merging the forum's own fields and boards from elsewhere into a forum file, as often as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import apsw

from forumtui.errors import Refused
from forumtui.forum import bounds
from forumtui.forum.file.feed import boards_changed
from forumtui.forum.file.keeping import (
    INFO_FIELDS,
    board_fields,
    insert_board,
    is_within,
    set_info,
    spelled,
    update_board,
)
from forumtui.forum.file.log import Hand, write_line
from forumtui.forum.file.names import comes_in, imported_name
from forumtui.forum.file.origins import Origins, fingerprint, plain
from forumtui.forum.file.viewer import private_boards
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import Imported, ImportedBoard, ImportedForum, ImportedMember
from forumtui.text.sanitise import clean_line, store_text


def import_forum(connection: apsw.Connection, forum: ImportedForum, hand: Hand, source: str) -> None:
    """Take over fields that say something, and the pages; ``source`` goes into the audit log."""
    if source:
        write_line(connection, hand, "import", clean_line(source))
    set_info(connection, {name: value for name in INFO_FIELDS if (value := getattr(forum, name))})
    bounds.check_pages(forum.pages)
    connection.executemany(
        "INSERT INTO page (slug, position, title, source, format) VALUES (?, ?, ?, ?, ?) ON CONFLICT (slug) DO UPDATE "
        "SET position = excluded.position, title = excluded.title, source = excluded.source, format = excluded.format",
        [
            (clean_line(slug, bounds.SLUG), position, clean_line(title), store_text(body.source), body.format)
            for position, (slug, title, body) in enumerate(forum.pages)
        ],
    )
    if forum.pages:
        boards_changed(connection)


def import_boards(connection: apsw.Connection, boards: Sequence[ImportedBoard]) -> Imported:
    """Merge boards.  Raises `Refused` for an unknown parent or a missing title."""
    origins = Origins(connection)
    total = Imported()
    for board in boards:
        total += _import_board(connection, origins, board)
    return total


def _import_board(connection: apsw.Connection, origins: Origins, board: ImportedBoard) -> Imported:
    digest = fingerprint(board)
    known = origins.row("board", board.origin)
    if known is not None and known.digest == digest:
        return Imported(same=1)
    bounds.check_board(board.draft)
    fields = board_fields(connection, _with_leader(connection, board.draft))
    fields.update(title=clean_line(board.title), digest=digest)
    if fields.pop("leader_given", 0):  # the page's word; who leads here is said here
        fields["leader_given"] = 0
    if not fields["title"]:
        raise Refused("A board needs a title.")
    if board.parent_origin is not None:
        parent = origins.row("board", board.parent_origin)
        if parent is None or (known is not None and is_within(connection, parent.row, known.row)):
            raise Refused(f"The board {fields['title']!r} has no parent {board.parent_origin!r} to be put in.")
        fields["parent_id"] = parent.row
    if known is None:
        insert_board(connection, {**fields, "origin": plain(board.origin)})
        return Imported(added=1)
    if known.row in private_boards(connection):
        fields = {name: value for name, value in fields.items() if name not in {"members_only", "parent_id"}}
    if connection.execute("SELECT leader_given FROM board WHERE id = ?", (known.row,)).get:
        fields = {name: value for name, value in fields.items() if not name.startswith("leader_")}
    update_board(connection, known.row, fields)
    return Imported(changed=1)


def _with_leader(connection: apsw.Connection, draft: BoardDraft) -> BoardDraft:
    """A draft whose leader there is under the name that imports have for them."""
    leader = clean_line(draft.leader or "")
    if not leader:
        return draft
    leader = imported_name(connection, leader)
    connection.execute("INSERT INTO member (name) VALUES (?) ON CONFLICT DO NOTHING", (leader,))
    return replace(draft, leader=leader)


def import_members(
    connection: apsw.Connection, members: Sequence[ImportedMember], hand: Hand, *, roles: bool
) -> Sequence[str]:
    """Make members that are not there, with their role as a word; ``roles``: give what they were given elsewhere.

    Says what was given, a line for each.  Who has a role that was given here, or comes in here, keeps what is.
    """
    origins = Origins(connection)
    said: list[str] = []
    for member in members:
        name, role = clean_line(member.name), spelled(clean_line(member.role, bounds.ROLE)) or "Member"
        if not name:
            continue
        name = imported_name(connection, name)
        connection.execute("INSERT INTO member (name, role) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, role))
        if roles:
            said += _give(connection, origins, replace(member, name=name, role=role), hand)
    if said:
        boards_changed(connection)
    return said


def _give(connection: apsw.Connection, origins: Origins, member: ImportedMember, hand: Hand) -> list[str]:
    given = []
    if member.given and not comes_in(connection, member.name):
        connection.execute(
            "UPDATE member SET role = ?, role_given = 1 WHERE name = ? AND role_given = 0", (member.role, member.name)
        )
        if connection.changes():
            given.append(f"{member.name}: {member.role}")
            write_line(connection, hand, "set role", f"{given[-1]} (imported)")
    for origin in member.leads:
        board = origins.row("board", origin)
        if board is None or comes_in(connection, member.name):
            continue
        connection.execute(
            "UPDATE board SET leader_id = (SELECT id FROM member WHERE name = ?), leader_given = 1, leader_wanted = 0 "
            "WHERE id = ? AND leader_given = 0",
            (member.name, board.row),
        )
        if connection.changes():
            given.append(f"{member.name}: leads board {board.row}")
            write_line(connection, hand, "edit board", f"leader {member.name} (imported)", board=board.row)
    return given
