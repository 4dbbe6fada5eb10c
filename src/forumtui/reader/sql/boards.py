"""The tree of boards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import apsw

from forumtui.model import Board, BoardId
from forumtui.reader.rows import AccountKey, BoardKey, BoardRow
from forumtui.reader.sql.columns import (
    Row,
    dump,
    dump_can,
    dump_links,
    dump_sections,
    effective,
    every,
    json_list,
    load_links,
    load_sections,
    one,
    sound_id,
)
from forumtui.text.sanitise import clean_line, store_text


def walk(boards: Sequence[Board]) -> list[tuple[Board, int]]:
    """Boards depth first with their depth; a board whose parents form a circle or are unknown stands at the top."""
    known = {board.id for board in boards}
    children: dict[BoardId | None, list[Board]] = {}
    for board in boards:
        parent = board.parent if board.parent in known and board.parent != board.id else None
        children.setdefault(parent, []).append(board)
    for siblings in children.values():
        siblings.sort(key=lambda board: board.position)
    ordered: list[tuple[Board, int]] = []
    seen: set[BoardId] = set()

    def visit(start: Board) -> None:
        stack = [(start, 0)]
        while stack:
            board, depth = stack.pop()
            if board.id in seen:
                continue
            seen.add(board.id)
            ordered.append((board, depth))
            stack.extend((child, depth + 1) for child in reversed(children.get(board.id, ())))

    for board in children.get(None, ()):
        visit(board)
    for board in boards:  # whatever a circle of parents keeps from the top
        visit(board)
    return ordered


def put(connection: apsw.Connection, account: AccountKey, boards: Sequence[Board]) -> tuple[bool, list[BoardKey]]:
    """Take over the list of boards: whether anything changed, and the boards that are gone but still have their rows."""
    keys: dict[str, int] = dict(every(connection, "SELECT id, key FROM board WHERE account = ?", (account,)))
    changed = False
    ordered = walk(list({board.id: board for board in boards}.values()))
    here: set[str] = set()
    for place, (board, depth) in enumerate(ordered):
        parent = keys.get(board.parent) if board.parent in here else None
        values = (parent, place, depth, clean_line(board.title), _detail(board), dump_can(board.can), board.topics)
        if board.id not in keys:
            connection.execute(
                "INSERT INTO board (account, id, title) VALUES (?, ?, '')", (account, sound_id(board.id))
            )
            keys[board.id] = connection.last_insert_rowid()
        connection.execute(
            "UPDATE board SET (parent, place, depth, title, detail, can, listed_topics) = (?1, ?2, ?3, ?4, ?5, ?6, ?7) WHERE key = ?8"
            " AND (parent, place, depth, title, detail, can, listed_topics) IS NOT (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (*values, keys[board.id]),
        )
        changed = changed or connection.changes() > 0
        here.add(board.id)
    gone = [BoardKey(key) for identity, key in keys.items() if identity not in here]
    return changed or bool(gone), gone


def _detail(board: Board) -> str:
    return dump(
        {
            "description": store_text(board.description),
            "leader": board.leader and clean_line(board.leader),
            "wanted": board.leader_wanted,
            "links": dump_links(board.links),
            "sections": dump_sections(board.sections),
            "notice": store_text(board.notice),
            "study": store_text(board.further_study),
            "members": board.members_only,
        }
    )


def key_of(connection: apsw.Connection, account: AccountKey, board: BoardId) -> int:
    """The board's key; one that nobody has told us of yet gets a row under its id, at the end."""
    found = one(connection, "SELECT key FROM board WHERE account = ? AND id = ?", (account, board))
    if found is None:
        connection.execute(
            "INSERT INTO board (account, id, title, place)"
            " SELECT ?1, ?2, ?3, 1 + coalesce(max(place), -1) FROM board WHERE account = ?1",
            (account, board, clean_line(board)),
        )
        return connection.last_insert_rowid()
    return int(found[0])


def drop(connection: apsw.Connection, boards: Sequence[BoardKey]) -> None:
    """Drop boards whose topics are gone already."""
    connection.execute("DELETE FROM board WHERE key IN (SELECT value FROM json_each(?))", (json_list(boards),))


def of_account(connection: apsw.Connection, account: AccountKey) -> list[BoardRow]:
    """The tree, depth first."""
    found = every(
        connection,
        "SELECT key, id, title, parent, depth, detail, max(topics, coalesce(listed_topics, 0)), unread, can"
        " FROM board WHERE account = ? ORDER BY place",
        (account,),
    )
    top = one(connection, "SELECT can FROM account WHERE key = ?", (account,))
    rules = {row[0]: row[8] for row in found}
    parents = {row[0]: row[3] for row in found}
    return [_board(account, row, (*_chain(row[0], rules, parents), top[0] if top else "")) for row in found]


def _chain(key: int | None, rules: Mapping[int, str], parents: Mapping[int, int | None]) -> list[str]:
    """The stored rules of a board and of those above it."""
    chain: list[str] = []
    while key is not None and len(chain) < 50:
        chain.append(rules[key])
        key = parents[key]
    return chain


def _board(account: AccountKey, row: Row, rules: tuple[str, ...]) -> BoardRow:
    key, identity, title, parent, depth, detail_text, topics, unread, _ = row
    detail = json.loads(detail_text) if detail_text else {}
    return BoardRow(
        key=BoardKey(key),
        account=account,
        id=BoardId(identity),
        title=title,
        parent=None if parent is None else BoardKey(parent),
        depth=depth,
        description=detail.get("description", ""),
        leader=detail.get("leader"),
        leader_wanted=detail.get("wanted", False),
        links=load_links(detail.get("links", ())),
        sections=load_sections(detail.get("sections", ())),
        notice=detail.get("notice", ""),
        further_study=detail.get("study", ""),
        topics=topics,
        unread=unread,
        can=effective(*rules),
        members_only=detail.get("members", False),
    )


def with_children(connection: apsw.Connection, board: BoardKey) -> list[BoardKey]:
    """The board and all below it."""
    found = every(
        connection,
        "WITH RECURSIVE below (key) AS (SELECT key FROM board WHERE key = ? UNION"
        " SELECT board.key FROM below JOIN board ON board.parent = below.key) SELECT key FROM below",
        (board,),
    )
    return [BoardKey(key) for (key,) in found]
