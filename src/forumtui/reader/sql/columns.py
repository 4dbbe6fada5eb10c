"""How values of several parts are kept in one column, and how they come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeVar, cast

import apsw

from forumtui.errors import NotFound, Unreadable
from forumtui.model import (
    INHERITED,
    Ability,
    Body,
    Can,
    Format,
    InfoPage,
    Link,
    Mark,
    Member,
    MemberId,
    Millis,
    Order,
    PostId,
    Registration,
    Section,
    SectionItem,
    TopicId,
)
from forumtui.model.ids import is_id
from forumtui.sqlite.columns import Column, Table
from forumtui.text.sanitise import clean_line, store_text

Row = tuple[Any, ...]

F = TypeVar("F")
Id = TypeVar("Id", bound=str)

ours = partial(Column, writes=False)
"""A column that the library keeps or works out itself, whatever a forum sends."""
flag = partial(Column, load=bool, store=int)


def one(connection: apsw.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
    """The first row, or None."""
    found = connection.execute(sql, values).fetchone()
    return cast("Row | None", found)


def every(connection: apsw.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """All rows."""
    return cast("list[Row]", connection.execute(sql, values).fetchall())


class Lookup:
    """Finds what a row of a table holds, by name: the columns that a forum's word may change, and ``others``."""

    def __init__(self, table: Table[Any], *others: str, where: str) -> None:
        names = (*table.written, *others)
        self._places = {name: place for place, name in enumerate(names)}
        self._sql = f"SELECT {', '.join(names)} FROM {table.name} WHERE {where}"  # noqa: S608 - our own names

    def find(self, connection: apsw.Connection, *values: Any) -> Known | None:
        """The row that ``where`` means with these values, or None."""
        found: Row | None = connection.execute(self._sql, values).fetchone()
        return None if found is None else Known(self._places, found)


_NONE: Set[str] = frozenset()


class Known:
    """What was found of a row, by name."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: Row) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return self._values[self._places[name]]

    def differing(self, row: Mapping[str, Any]) -> Set[str]:
        """The columns that a row of `Table.row_of` would change."""
        if self._values[: len(row)] == tuple(row.values()):  # nearly always, and quicker than name by name
            return _NONE
        return {name for name, value in row.items() if self[name] != value}


class Insert:
    """Adds rows of a table, by place where nobody sees it: names in a statement would cost a fill of the library 5 %."""

    def __init__(self, table: Table[Any], *others: str) -> None:
        names = (*others, *table.written)
        self._others = others
        self._sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - our own names

    def run(self, connection: apsw.Connection, row: Mapping[str, Any], **others: Any) -> int:
        """Add a row of `Table.row_of` with these other columns; its key."""
        connection.execute(self._sql, [*[others[name] for name in self._others], *row.values()])
        return connection.last_insert_rowid()


def must(found: F | None, message: str) -> F:
    """What was found.  Raises `NotFound` with ``message`` when there is none."""
    if found is None:
        raise NotFound(message)
    return found


def json_list(keys: Iterable[int | str]) -> str:
    """Keys or ids as the JSON list that ``json_each(?)`` unfolds in a statement."""
    return json.dumps(list(keys))


def dump(value: object) -> str:
    """JSON, or "" for what is empty."""
    return _encoded(value) if value else ""


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump_can(can: Can) -> str:
    """A `Can` as text, equal for equal rules."""
    rules = can.rules
    return dump({str(ability): clean_line(rules[ability]) for ability in sorted(rules)}) if rules else ""


@lru_cache(maxsize=512)
def load_can(text: str) -> Can:
    """What `dump_can` made; abilities of a newer version are left out."""
    if not text:
        return INHERITED
    return Can({Ability(name): reason for name, reason in json.loads(text).items() if name in _ABILITIES})


@lru_cache(maxsize=512)
def effective(*levels: str) -> Can:
    """Stored rules from the most special to the most general, as one."""
    can = INHERITED
    for level in reversed(levels):
        can = load_can(level).over(can)
    return can


_ABILITIES = frozenset(str(ability) for ability in Ability)


@lru_cache(maxsize=512)
def load_words(text: str) -> tuple[str, ...]:
    """A list of strings, such as tags."""
    return tuple(json.loads(text)) if text else ()


def dump_words(words: Collection[str]) -> str:
    """A list of one-line strings, cleaned."""
    return dump([clean_line(word) for word in words]) if words else ""


def dump_url(url: str | None) -> str | None:
    """An address in one line."""
    return url and clean_line(url, 2000)


def dump_marks(marks: Collection[Mark]) -> str:
    """Marks as words, in one order."""
    return " ".join(sorted(str(mark) for mark in marks)) if marks else ""


@lru_cache(maxsize=64)
def load_marks(text: str) -> frozenset[Mark]:
    """What `dump_marks` made."""
    return frozenset(Mark(word) for word in text.split())


def dump_member(member: Member | None) -> str:
    """A member of ours, or ""."""
    if member is None:
        return ""
    return dump(
        [
            member.id,
            clean_line(member.name),
            member.role and clean_line(member.role),
            member.joined,
            store_text(member.about),
        ]
    )


def load_member(text: str) -> Member | None:
    """What `dump_member` made."""
    if not text:
        return None
    identity, name, role, joined, about = json.loads(text)
    return Member(MemberId(identity), name, role, None if joined is None else Millis(joined), about)


def load_registration(word: str) -> Registration | None:
    """How one becomes a member; a way that only a newer version knows is none."""
    return Registration(word) if word in _REGISTRATIONS else None


_REGISTRATIONS = frozenset(str(way) for way in Registration)


def dump_pages(pages: Iterable[InfoPage]) -> str:
    """The forum's own pages."""
    return dump([[page.slug, clean_line(page.title), store_text(page.body.source), page.body.format] for page in pages])


def load_pages(text: str) -> tuple[InfoPage, ...]:
    """What `dump_pages` made."""
    found = json.loads(text) if text else ()
    return tuple(InfoPage(slug, title, Body(source, Format.of(form))) for slug, title, source, form in found)


def sound_id(text: Id) -> Id:
    """An id as a backend gave it.  Raises `Unreadable` for one that could pass for more than one line."""
    if not is_id(text):
        raise Unreadable("The forum gives something an id that is too long, or holds controls or ends of lines.")
    return text


def dump_links(links: Iterable[Link]) -> list[list[str]]:
    """Links as JSON."""
    return [
        [clean_line(link.title), clean_line(link.url, 2000), *([str(link.mark)] if link.mark else [])] for link in links
    ]


def dump_sections(sections: Iterable[Section]) -> list[list[Any]]:
    """A board's sections as JSON."""
    return [
        [
            str(section.mark),
            clean_line(section.title),
            section.total,
            [
                [
                    sound_id(item.topic),
                    sound_id(item.post),
                    clean_line(item.title),
                    item.author and clean_line(item.author),
                ]
                for item in section.items
            ],
        ]
        for section in sections
    ]


_MOST_ORDERS = 100
"""Of a forum, and periods of an order."""


def dump_orders(orders: Iterable[Order] | None) -> list[list[Any]] | None:
    """Named orders as JSON; the words are sent back, so what could not be one is left out."""
    if orders is None:
        return None
    return [
        [order.name, clean_line(order.title, 60), [word for word in order.periods if _is_word(word)][:_MOST_ORDERS]]
        for order in islice(orders, _MOST_ORDERS)
        if _is_word(order.name)
    ]


def _is_word(text: str) -> bool:
    return 0 < len(text) <= 60 and is_id(text)


def load_orders(found: Iterable[Sequence[Any]] | None) -> tuple[Order, ...] | None:
    """What `dump_orders` made."""
    if found is None:
        return None
    return tuple(Order(name, title or name, tuple(periods)) for name, title, periods in found)


def load_links(found: Iterable[Sequence[str]]) -> tuple[Link, ...]:
    """What `dump_links` made."""
    return tuple(Link(title, url, Mark(mark[0]) if mark else None) for title, url, *mark in found)


def load_sections(found: Iterable[Sequence[Any]]) -> tuple[Section, ...]:
    """What `dump_sections` made."""
    return tuple(
        Section(
            Mark(mark),
            title,
            total,
            tuple(SectionItem(TopicId(topic), PostId(post), text, author) for topic, post, text, author in items),
        )
        for mark, title, total, items in found
    )


def millis(value: Any) -> Millis | None:
    """A stored time."""
    return None if value is None else Millis(value)


_KEPT: Mapping[str, Callable[[str], Column]] = {
    "str": partial(Column, store=clean_line),
    "str | None": partial(Column, store=lambda text: text and clean_line(text)),
    "bool": flag,
    "int | None": Column,
    "Millis | None": Column,
    "tuple[str, ...]": partial(Column, load=load_words, store=dump_words),
    "frozenset[Mark]": partial(Column, load=load_marks, store=dump_marks),
}
"""How a field is kept that is of this type."""


def told(kind: type, *others: Column) -> list[Column]:
    """The columns of what a forum tells, one for each field of its class, so that a new field needs no line here.

    ``others``: those that are kept in another way than their type says, and those besides.  Raises `TypeError` for a
    field whose type says nothing.
    """
    known = {column.name: column for column in others}
    columns: list[Column] = []
    hints: Mapping[str, str] = kind.__annotations__
    for name, hint in hints.items():
        if name not in known and hint not in _KEPT:
            raise TypeError(f"how is {name} kept, which is {hint}?")
        columns.append(known.pop(name) if name in known else _KEPT[hint](name))
    return [*columns, *known.values()]
