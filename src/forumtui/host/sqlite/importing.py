"""Merging the forum's own fields and boards from elsewhere into a forum file, as often as one likes."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from forumtui.errors import Refused
from forumtui.host.sqlite.keeping import INFO_FIELDS, board_fields, insert_board, is_within, set_info, update_board
from forumtui.host.sqlite.origins import Origins, fingerprint, plain
from forumtui.host.sqlite.stamps import boards_changed
from forumtui.host.store import Imported, ImportedBoard, ImportedForum
from forumtui.text.sanitise import clean_line, store_text


def import_forum(connection: apsw.Connection, forum: ImportedForum) -> None:
    """Take over fields that say something, and the pages."""
    set_info(connection, {name: value for name in INFO_FIELDS if (value := getattr(forum, name))})
    connection.executemany(
        "INSERT INTO page (slug, position, title, source, format) VALUES (?, ?, ?, ?, ?) ON CONFLICT (slug) DO UPDATE "
        "SET position = excluded.position, title = excluded.title, source = excluded.source, format = excluded.format",
        [
            (clean_line(slug, 60), position, clean_line(title), store_text(body.source), body.format)
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
    if known is not None and known[1] == digest:
        return Imported(same=1)
    fields = board_fields(connection, board.draft)
    fields.update(title=clean_line(board.title), digest=digest)
    if not fields["title"]:
        raise Refused("A board needs a title.")
    if board.parent_origin is not None:
        parent = origins.row("board", board.parent_origin)
        if parent is None or (known is not None and is_within(connection, parent[0], known[0])):
            raise Refused(f"The board {fields['title']!r} has no parent {board.parent_origin!r} to be put in.")
        fields["parent_id"] = parent[0]
    if known is None:
        insert_board(connection, {**fields, "origin": plain(board.origin)})
        return Imported(added=1)
    update_board(connection, known[0], fields)
    return Imported(changed=1)
