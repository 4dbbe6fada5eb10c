# ruff: noqa: S608 - statements are made of this module's own words; values are always bound
"""The tree of boards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import apsw

from forumtui.model import Board, BoardId
from forumtui.reader.rows import AccountKey, BoardKey, BoardRow
from forumtui.reader.sql.columns import (
    Insert,
    Lookup,
    dump,
    dump_can,
    dump_links,
    dump_orders,
    dump_sections,
    effective,
    every,
    json_list,
    load_links,
    load_orders,
    load_sections,
    one,
    ours,
    sound_id,
    told,
)
from forumtui.sqlite.columns import Column, Table
from forumtui.text.sanitise import clean_line, store_text


@lru_cache(maxsize=1)  # the fields of a board are asked for one after another
def _unfolded(detail: str) -> dict[str, Any]:
    """What a board says of itself beyond its title; what an older version did not know is as if nothing were said."""
    return _silent() | (json.loads(detail) if detail else {})


@cache
def _silent() -> dict[str, Any]:
    return DETAIL.row_of(Board(BoardId(""), ""))


def _from_detail(column: Column) -> Column:
    """A field of the row that is kept in the column ``detail`` with others."""

    def load(detail: str) -> Any:
        kept = _unfolded(detail)[column.stored]
        return kept if column.load is None else column.load(kept)

    return ours(column.name, load=load, sql="detail")


_COLUMNS = (Column("id"), Column("title"), Column("parent"), Column("position"), Column("topics"), Column("can"))
"""The fields that have columns of their own: what lists are ordered and found by, and what is counted."""
DETAIL = Table(
    Board,
    "detail",
    "",
    [
        column
        for column in told(
            Board,
            *_COLUMNS,
            Column("description", store=store_text),
            Column("leader_wanted", column="wanted"),
            Column("links", load=load_links, store=dump_links),
            Column("sections", load=load_sections, store=dump_sections),
            Column("notice", store=store_text),
            Column("further_study", store=store_text, column="study"),
            Column("members_only", column="members"),
            Column("orders", load=load_orders, store=dump_orders),
        )
        if column not in _COLUMNS
    ],
)
"""All others, in the JSON of the column ``detail``."""
BOARD = Table(
    BoardRow,
    "board",
    "",
    [
        ours("id"),
        Column("title", store=clean_line),
        ours("parent", sql="(SELECT above.id FROM board AS above WHERE above.key = board.parent)"),
        ours("position", sql="place"),
        ours("key"),
        ours("account"),
        Column("parent_key", column="parent", given=True),
        Column("place", given=True, reads=False),
        Column("depth", given=True),
        Column("detail", given=True, reads=False),
        *map(_from_detail, DETAIL.columns),
        ours("topics", sql="max(topics, coalesce(listed_topics, 0))"),
        Column("topics", column="listed_topics", reads=False),
        ours("unread"),
        Column("can", load=lambda rules, key: effective(*rules[key]), store=dump_can, sql="key", asks=True),
    ],
)
"""Its values ask for the stored rules of each board and those above it, by key."""
_BEFORE = Lookup(BOARD, where="account = ? AND id = ?")
_INSERT = Insert(BOARD, "account", "id")
_UPDATE = f"{BOARD.update()} WHERE key = :key"


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
    """Take over the list of boards: whether anything changed, and the boards that are gone but still have their rows.

    One that was never in a list, but has topics, is not gone: there are forums that do not list all of them.
    """
    rows = every(connection, "SELECT id, key, detail FROM board WHERE account = ?", (account,))
    keys: dict[str, int] = {identity: key for identity, key, _ in rows}
    listed = {identity for identity, _, detail in rows if detail}
    changed = False
    ordered = walk(list({board.id: board for board in boards}.values()))
    here: set[str] = set()
    for place, (board, depth) in enumerate(ordered):
        parent = keys.get(board.parent) if board.parent in here else None
        detail = dump(DETAIL.row_of(board))
        row = BOARD.row_of(board, parent=parent, place=place, depth=depth, detail=detail)
        before = _BEFORE.find(connection, account, board.id)
        if before is None:
            keys[board.id] = _INSERT.run(connection, row, account=account, id=sound_id(board.id))
            changed = True
        elif before.differing(row):
            connection.execute(_UPDATE, row | {"key": keys[board.id]})
            changed = True
        here.add(board.id)
    gone = [BoardKey(key) for identity, key in keys.items() if identity in listed - here]
    return changed or bool(gone), gone


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
    sql = f"SELECT key, parent, can, {BOARD.select} FROM board WHERE account = ? ORDER BY place"
    found = every(connection, sql, (account,))
    above = one(connection, "SELECT can FROM account WHERE key = ?", (account,)) or ("",)
    parents = {key: parent for key, parent, *_ in found}
    own = {key: can for key, _, can, *_ in found}
    rules = {key: (*_chain(key, own, parents), *above) for key in own}
    return [BOARD.value(row, rules) for _, _, _, *row in found]


def _chain(key: int | None, rules: Mapping[int, str], parents: Mapping[int, int | None]) -> list[str]:
    """The stored rules of a board and of those above it."""
    chain: list[str] = []
    while key is not None and len(chain) < 50:
        chain.append(rules[key])
        key = parents[key]
    return chain


def with_children(connection: apsw.Connection, board: BoardKey) -> list[BoardKey]:
    """The board and all below it."""
    found = every(
        connection,
        "WITH RECURSIVE below (key) AS (SELECT key FROM board WHERE key = ? UNION"
        " SELECT board.key FROM below JOIN board ON board.parent = below.key) SELECT key FROM below",
        (board,),
    )
    return [BoardKey(key) for (key,) in found]
