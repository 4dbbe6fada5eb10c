"""The tables of a forum file beside the values that they make and the schema: what a new field or column lacks is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from types import NoneType
from typing import Any, get_args

import apsw
import pytest

from forumtui.forum.file.queue import QUEUE, WAITING, Waiting
from forumtui.forum.file.structure import STEPS
from forumtui.forum.file.tables import BOARD, LOG, MEMBER, POST, TOPIC
from forumtui.forum.file.targets import POST_TARGET, TOPIC_TARGET, PostTarget, TopicTarget
from forumtui.forum.store import ImportedPost, ImportedTopic
from forumtui.model import Board, LogEntry, Member, Post, QueueItem, Topic
from forumtui.sqlite.columns import Table
from forumtui.sqlite.connection import register_functions

TABLES: list[tuple[Table[Any], Any, set[str]]] = [
    (TOPIC, Topic, {"url"}),  # the server's business
    (POST, Post, {"url", "written", "rank", "event", "whisper"}),
    (BOARD, Board, {"parent", "sections", "orders"}),  # its place, posts, and the forum's own
    (MEMBER, Member, set()),
    (LOG, LogEntry, set()),
    (QUEUE, QueueItem, set()),
    (WAITING, Waiting, set()),
    (TOPIC_TARGET, TopicTarget, set()),
    (POST_TARGET, PostTarget, set()),
]
"""With what each makes, and the fields that come from elsewhere."""
each_table = pytest.mark.parametrize("table", [table for table, *_ in TABLES], ids=lambda table: table._make.__name__)
TYPES = {"INTEGER": int, "TEXT": str, "BLOB": bytes}


@pytest.fixture(scope="module")
def schema() -> Iterator[apsw.Connection]:
    with closing(apsw.Connection(":memory:")) as connection:
        register_functions(connection)
        for step in STEPS:
            connection.execute(step.read_text(encoding="utf-8"))
        yield connection


def declared(schema: apsw.Connection, table: str) -> dict[str, set[type]]:
    """The types that the schema allows in each column."""
    return {
        str(name): {TYPES[str(kind)]} | (set() if filled or key else {NoneType})
        for _, name, kind, filled, _, key in schema.execute(f"PRAGMA table_info({table})")
    }


@pytest.mark.parametrize(("table", "kind", "elsewhere"), TABLES, ids=lambda what: getattr(what, "__name__", ""))
def test_every_field_has_a_column(table: Table[Any], kind: Any, elsewhere: set[str]) -> None:
    names = [column.name for column in table.columns if column.reads]
    assert set(names) ^ ({field.name for field in fields(kind)} - elsewhere) == set()
    assert len(names) == len(set(names))


@each_table
def test_every_column_says_what_it_may_hold(table: Table[Any]) -> None:
    """A file is somebody else's: what nobody foresaw is refused where it is read."""
    assert NoneType not in table.kinds


@each_table
def test_a_column_may_hold_what_the_schema_lets_in(table: Table[Any], schema: apsw.Connection) -> None:
    allowed = declared(schema, table.name)
    plain = [column for column in table.columns if column.reads and not column.sql]
    assert plain
    for column in plain:
        assert set(get_args(column.kind) or (column.kind,)) == allowed[column.stored], column.name


@pytest.mark.parametrize(
    ("table", "kind", "others"),
    [(TOPIC, ImportedTopic, {"n": 0}), (POST, ImportedPost, {"id": 1, "topic_id": 1, "number": 1, "n": 0})],
)
def test_what_an_import_brings_has_its_columns(
    table: Table[Any], kind: Any, others: dict[str, int], schema: apsw.Connection
) -> None:
    stored = {*table.written, *others}
    assert stored <= set(declared(schema, table.name))
    written = {column.name for column in table.columns if column.writes}
    elsewhere = {"board_origin", "posts", "number", "role"}  # rows of their own, and where a post stands
    assert {field.name for field in fields(kind)} - elsewhere <= written | {"body"}
