"""The library's tables beside the values that they load and store, and the schema: what a new field lacks is named."""

from __future__ import annotations

from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forumtui.model import Author, Board, ForumInfo, MemberId, Post, Topic
from forumtui.reader.rows import AccountRow, BoardRow, PostRow, TopicRow
from forumtui.reader.sql.accounts import ACCOUNT
from forumtui.reader.sql.boards import BOARD, DETAIL
from forumtui.reader.sql.columns import Insert, Lookup, told
from forumtui.reader.sql.members import MEMBER
from forumtui.reader.sql.postrows import POST
from forumtui.reader.sql.topics import TOPIC
from forumtui.sqlite.columns import Column, Table
from forumtui.sqlite.connection import connect, migrate

LOADED: list[tuple[Table[Any], Any]] = [
    (TOPIC, TopicRow),
    (POST, PostRow),
    (BOARD, BoardRow),
    (ACCOUNT, AccountRow),
    (MEMBER, Author),
]
STORED: list[tuple[Any, tuple[Table[Any], ...], set[str]]] = [
    (Topic, (TOPIC,), set()),
    (Post, (POST,), {"body", "written"}),  # in a table of its own
    (Board, (BOARD, DETAIL), {"position"}),  # place and depth in the tree
    (ForumInfo, (ACCOUNT,), {"uuid", "epoch"}),  # identity; the epoch is nothing to a reader
    (Author, (MEMBER,), set()),
]
"""What a forum sends, the tables that keep it, and the fields that are kept otherwise."""


def names_of(kind: Any) -> set[str]:
    return {field.name for field in fields(kind)}


@pytest.mark.parametrize(("table", "kind"), LOADED, ids=lambda what: getattr(what, "name", ""))
def test_every_field_of_a_row_has_a_column(table: Table[Any], kind: Any) -> None:
    assert {column.name for column in table.columns if column.reads} == names_of(kind)


@pytest.mark.parametrize(("kind", "tables", "otherwise"), STORED, ids=lambda what: getattr(what, "__name__", ""))
def test_every_field_that_a_forum_sends_has_a_column(
    kind: Any, tables: tuple[Table[Any], ...], otherwise: set[str]
) -> None:
    kept = {
        column.name.removesuffix("_ref").removesuffix("_key")
        for table in tables
        for column in table.columns
        if column.writes
    }
    assert names_of(kind) - {"id"} - otherwise <= kept


def test_a_field_of_an_unknown_type_is_named() -> None:
    class Told:
        likes: int | None
        moods: set[Author]

    with pytest.raises(TypeError, match="moods"):
        told(Told)
    assert [column.name for column in told(Told, Column("moods"), Column("key"))] == ["likes", "moods", "key"]


@pytest.mark.parametrize("table", [table for table, _ in LOADED], ids=lambda table: table.name)
def test_the_schema_has_every_column_that_is_written(table: Table[Any], tmp_path: Path) -> None:
    connection = connect(tmp_path / "library.db")
    migrate(connection, tmp_path / "library.db", files("forumtui.reader.sql") / "schema", 1)
    try:
        connection.execute(f"SELECT {', '.join(table.written)} FROM {table.name}")
    except apsw.SQLError as error:
        pytest.fail(f"the schema lacks a column: {error}")
    finally:
        connection.close()


names = st.text("ab ", max_size=2)


@given(names, names, st.none() | names, st.none() | names)
def test_what_differs_from_what_is_there_is_named(old: str, new: str, was: str | None, role: str | None) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE member (key INTEGER PRIMARY KEY, account, id, folded, role, name)")
    before = MEMBER.row_of(Author(MemberId("m"), old, was))
    after = MEMBER.row_of(Author(MemberId("m"), new, role))
    key = Insert(MEMBER, "account", "id", "folded").run(connection, before, folded="f", id="m", account=1)
    lookup = Lookup(MEMBER, "key", "folded", where="account = ? AND id = ?")
    known = lookup.find(connection, 1, "m")
    assert known is not None
    assert lookup.find(connection, 2, "m") is None
    assert {name: known[name] for name in ("key", "folded", *before)} == {"key": key, "folded": "f", **before}
    assert known.differing(before) == set()
    assert known.differing(after) == {name for name in before if before[name] != after[name]}
    assert known.differing(dict(reversed(before.items()))) == set()
