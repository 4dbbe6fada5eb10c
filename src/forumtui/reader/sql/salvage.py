# ruff: noqa: S608 - statements are made of schema words and of this module's own; values are always bound
"""Reading what a damaged library still holds: row by row, past what can not be read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

_UNREADABLE = (apsw.Error, UnicodeDecodeError, ValueError)
PATIENCE_S = 30.0
"""For one walk: pages that point at each other in circles must not hold the start up for ever."""

Found = dict[str, Any]


class Remains:
    """A damaged file.  Nothing here raises for damage: what can not be read is not there."""

    def __init__(self, path: Path) -> None:
        self._connection: apsw.Connection | None = None
        self._until = 0.0
        self._ended = False
        self.incomplete: set[str] = set()
        """Tables of which nobody can say how many rows there were."""
        with suppress(*_UNREADABLE):
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            connection.execute("PRAGMA writable_schema=ON")  # lets a file be read that is shorter than its header says
            connection.set_progress_handler(lambda: time.monotonic() > self._until, 100_000)
            self._connection = connection
        self.columns = {table: names for table in self._tables() if (names := self._columns(table))}

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()

    def __bool__(self) -> bool:
        """Whether it can be read as a library at all."""
        return self.columns.keys() >= {"account", "topic", "post", "outgoing"}

    def _tables(self) -> list[str]:
        return [str(name) for (name,) in self._walk("SELECT name FROM sqlite_schema WHERE type = 'table'")]

    def _columns(self, table: str) -> list[str]:
        return [str(name) for (name,) in self._walk("SELECT name FROM pragma_table_info(?)", (table,))]

    def _walk(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows until the first that can not be read."""
        self._until = time.monotonic() + PATIENCE_S
        self._ended = False
        if self._connection is not None:
            with suppress(*_UNREADABLE):
                yield from self._connection.execute(sql, values)
                self._ended = True

    def keys(self, table: str) -> set[int]:
        """The keys of a table's rows, by every way that leads to them: the table and each index, from either end."""
        ways = ["NOT INDEXED", *(f'INDEXED BY "{index}"' for index in self._indexes(table))]
        found: set[int] = set()
        complete = False
        for way in ways:
            first = "rowid" if way == "NOT INDEXED" else self._leading(way)
            for order in ("ASC", "DESC"):
                rows = self._walk(f"SELECT rowid FROM {table} {way} ORDER BY {first} {order}")
                found.update(key for (key,) in rows if isinstance(key, int))
                complete = complete or self._ended
        if not complete:
            self.incomplete.add(table)
        return found

    def _indexes(self, table: str) -> list[str]:
        """Whole ones: those on a part of the rows add nothing."""
        sql = "SELECT name FROM pragma_index_list(?) WHERE partial = 0"
        return [str(name) for (name,) in self._walk(sql, (table,))]

    def _leading(self, way: str) -> str:
        name = way.partition('"')[2].rstrip('"')
        found = next(self._walk("SELECT name FROM pragma_index_info(?) ORDER BY seqno LIMIT 1", (name,)), ("rowid",))
        return str(found[0])

    def row(self, table: str, key: int, column: str = "rowid") -> Found | None:
        """One row; None if it is not there, can not be read, or holds text that was written over."""
        names = self.columns.get(table, [])
        found = next(self._walk(f"SELECT {', '.join(names)} FROM {table} WHERE {column} = ?", (key,)), None)
        if found is None or is_spoilt(found):
            return None
        return dict(zip(names, found, strict=True))

    def spoilt_row(self, table: str, key: int) -> Found | None:
        """One row as well as it can be read: each value alone, bytes that are no text replaced."""
        found: Found = {}
        for name in self.columns.get(table, []):
            sql = f"SELECT typeof({name}), CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END"
            value = next(self._walk(f"{sql} FROM {table} WHERE rowid = ?", (key,)), None)
            if value is not None:
                kind, content = value
                found[name] = content.decode(errors="replace").replace("\0", "") if kind == "text" else content
        return found or None

    def by_index(self, table: str, index: str, names: tuple[str, ...]) -> dict[int, Found]:
        """What an index alone tells of rows, by key; the table is not looked at."""
        found: dict[int, Found] = {}
        for order in ("ASC", "DESC"):
            sql = f"SELECT rowid, {', '.join(names)} FROM {table} INDEXED BY {index} ORDER BY {names[0]} {order}"
            for key, *row in self._walk(sql):
                if not is_spoilt(row):
                    found[key] = dict(zip(names, row, strict=True))
        return found

    def rows_of(self, table: str, topics: Iterable[int]) -> tuple[list[tuple[Any, ...]], set[int]]:
        """Rows of a table whose key begins with a topic, and the topics whose rows could not be read."""
        names = self.columns.get(table)
        rows: list[tuple[Any, ...]] = []
        failed: set[int] = set()
        for topic in topics:
            self._until = time.monotonic() + PATIENCE_S
            try:
                if self._connection is None or names is None:
                    raise apsw.CorruptError
                rows += self._connection.execute(f"SELECT {', '.join(names)} FROM {table} WHERE topic = ?", (topic,))
            except _UNREADABLE:
                failed.add(topic)
        return rows, failed

    def whole(self, table: str) -> list[Found]:
        """The rows of a small table, as far as it can be read."""
        names = self.columns.get(table, [])
        rows = self._walk(f"SELECT {', '.join(names)} FROM {table}") if names else ()
        found = [dict(zip(names, row, strict=True)) for row in rows if not is_spoilt(row)]
        if not self._ended:
            self.incomplete.add(table)
        return found


def is_spoilt(values: Iterable[Any] | Mapping[str, Any]) -> bool:
    """Whether a text among the values was written over: none of ours holds a NUL."""
    each = values.values() if isinstance(values, Mapping) else values
    return any(isinstance(value, str) and "\0" in value for value in each)
