"""A table's columns, each written once: what is selected, inserted and updated, and how a row becomes a value.

A `Table` lists its columns with the names that the value has for them.  No statement counts its question marks
and nobody unpacks a row by place; what loads and stores rows is compiled at first use, one function a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import takewhile
from types import NoneType, UnionType
from typing import Any, Generic, TypeAlias, TypeVar

import apsw

from forumtui.values import quick_dataclass

T = TypeVar("T")
Kind: TypeAlias = "type | UnionType"
"""What a stored value may be: ``int``, ``str | None``."""


@quick_dataclass(frozen=True, slots=True)
class Column:
    """A field of a value, and how a table keeps it; as it stands where nothing else is said."""

    name: str
    load: Callable[..., Any] | None = None
    """What makes the field of what is selected: one argument for each of ``sql``."""
    store: Callable[[Any], Any] | None = None
    """What makes the stored value of the field."""
    sql: str | tuple[str, ...] = ()
    """What is selected where it is not the column itself."""
    column: str = ""
    """The table's word for it where that is not ``name``."""
    kind: Kind | tuple[Kind, ...] = NoneType
    """What may be stored there (one for each of ``sql``), for files that anybody may have written to."""
    reads: bool = True
    """Whether the value has this field."""
    writes: bool = True
    """Whether what comes from outside sets it."""
    once: bool = False
    """Whether it is set when the row is new, and left alone from then on."""
    keeps: bool = False
    """Whether nothing from outside leaves what is stored."""
    given: bool = False
    """Whether `Table.row_of` is told it, because the value alone does not say what is stored."""
    asks: bool = False
    """Whether ``load`` takes first what `Table.value` was given besides the row, such as who looks."""

    @property
    def stored(self) -> str:
        """What the table calls it."""
        return self.column or self.name


class Table(Generic[T]):
    """What ``make`` is made of, column by column; ``alias`` is the table's name where it is selected from."""

    def __init__(self, make: Callable[..., T], name: str, alias: str, columns: Sequence[Column]) -> None:
        self.name = name
        self.columns = tuple(columns)
        self._make = make
        self._alias = alias

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The stored columns that come from outside, in order."""
        return tuple(column.stored for column in self.columns if column.writes)

    @property
    def expressions(self) -> tuple[str, ...]:
        """What to select for `value`, one by one."""
        return tuple(self._selected)

    @cached_property
    def select(self) -> str:
        """What to select for `value`, as SQL."""
        return ", ".join(self._selected)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of what is selected, one by one."""
        return tuple(self._selected.values())

    def insert(self, *others: str) -> str:
        """The statement that stores a row of `row_of` with these other columns of the same names."""
        names = (*others, *self.written)
        return f"INSERT INTO {self.name} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608 - our own names

    def update(self, *others: str) -> str:
        """The statement, up to its WHERE, that changes a row to one of `row_of` with these other columns."""
        changed = [column for column in self.columns if column.writes and not column.once]
        given = {column.stored: f"coalesce(:{column.stored}, {column.stored})" for column in changed if column.keeps}
        names = (*(column.stored for column in changed), *others)
        pairs = ", ".join(f"{name} = {given.get(name, f':{name}')}" for name in names)
        return f"UPDATE {self.name} SET {pairs}"  # noqa: S608 - our own names

    @cached_property
    def value(self) -> Callable[..., T]:
        """What makes a value of a selected row, and of what the columns that ask are to be told."""
        places = {expression: f"at_{place}" for place, expression in enumerate(self._selected)}
        known: dict[str, Any] = {"make": self._make}
        fields: dict[str, str] = {}
        for column in self._read():
            values = [places[expression] for expression in self._expressions(column)]
            known[f"load_{column.name}"] = column.load
            if column.load is None:
                [loaded] = values
            else:
                loaded = f"load_{column.name}({', '.join(['given'] * column.asks + values)})"
            fields[column.name] = loaded
        # by place where the value says which is first: names cost something with every row
        first = [fields.pop(name) for name in takewhile(fields.__contains__, getattr(self._make, "__match_args__", ()))]
        arguments = ", ".join([*first, *(f"{name}={loaded}" for name, loaded in fields.items())])
        unpacked = f"[{', '.join(places.values())}] = row"
        made: Callable[..., T] = _compiled(
            f"def value(row, given=None):\n {unpacked}\n return make({arguments})", known
        )
        return made

    @cached_property
    def row_of(self) -> Callable[..., dict[str, Any]]:
        """What makes the stored columns, by name, of a value from outside; given columns by keyword."""
        written = [column for column in self.columns if column.writes]
        known: dict[str, Any] = {f"store_{column.name}": column.store for column in written}
        given = [column.stored for column in written if column.given]
        items = []
        for column in written:
            field = column.stored if column.given else f"value.{column.name}"
            items.append(f"{column.stored!r}: {field if column.store is None else f'store_{column.name}({field})'}")
        parameters = ", ".join(["value", *(["*", *given] if given else [])])
        made: Callable[..., dict[str, Any]] = _compiled(
            f"def row_of({parameters}):\n return {{{', '.join(items)}}}", known
        )
        return made

    def _read(self) -> list[Column]:
        return [column for column in self.columns if column.reads]

    def _expressions(self, column: Column) -> tuple[str, ...]:
        if not column.sql:
            return (f"{self._alias}.{column.stored}" if self._alias else column.stored,)
        return (column.sql,) if isinstance(column.sql, str) else column.sql

    @cached_property
    def _selected(self) -> dict[str, Kind]:
        """Expressions with what they may be; what two columns are made of is selected once."""
        selected: dict[str, Kind] = {}
        for column in self._read():
            expressions = self._expressions(column)
            kinds = column.kind if isinstance(column.kind, tuple) else (column.kind,) * len(expressions)
            for expression, kind in zip(expressions, kinds, strict=True):
                selected.setdefault(expression, kind)
        return selected


def add(connection: apsw.Connection, table: str, *, anew: bool = True, **stored: Any) -> int:
    """Insert a row of these columns and return its number.  Unless ``anew``, one that is there already is left alone."""
    names = ", ".join(stored)
    places = ", ".join(f":{name}" for name in stored)
    otherwise = "" if anew else " ON CONFLICT DO NOTHING"
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places}){otherwise}", stored)  # noqa: S608 - our own names
    return connection.last_insert_rowid()


def _compiled(source: str, known: dict[str, Any]) -> Any:
    name = source[len("def ") : source.index("(")]
    exec(source, known)  # noqa: S102 - our own names
    return known[name]
