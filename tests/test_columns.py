"""Columns that are written once: whatever the table, what is stored comes back, and nothing stands by place."""

from __future__ import annotations

from typing import Any

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forumtui.sqlite.columns import Column, Table
from forumtui.values import quick_dataclass


@quick_dataclass(frozen=True, slots=True)
class Stone:
    key: int
    name: str
    marks: frozenset[str]
    pair: tuple[int, str]
    owner: str | None
    big: bool = False


def _marks(text: str) -> frozenset[str]:
    return frozenset(text.split())


COLUMNS = (
    Column("key", writes=False, kind=int),
    Column("name", store=str.strip, kind=str),
    Column("marks", load=_marks, store=lambda marks: " ".join(sorted(marks)), column="words", kind=str),
    Column("pair", load=lambda *pair: pair, sql=("s.weight", "s.name"), writes=False, kind=(int, str)),
    Column("weight", reads=False, given=True),
    Column("owner", load=lambda owners, key: owners.get(key), sql="s.key", writes=False, asks=True),
    Column("big", load=bool, store=int, kind=int | None),
)
STONE = Table(Stone, "stone", "s", COLUMNS)


def _open() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE stone (key INTEGER PRIMARY KEY, big, words, hand, weight, name)")
    return connection


words = st.text("abc xyz", max_size=5)


@given(words, st.frozensets(st.sampled_from("abc")), st.integers(0, 9), st.booleans(), st.permutations(COLUMNS))
def test_what_is_stored_comes_back_in_whatever_order_columns_stand(
    name: str, marks: frozenset[str], weight: int, big: bool, columns: list[Column]
) -> None:
    table = Table(Stone, "stone", "s", columns)
    stone = Stone(7, name, marks, (weight, name.strip()), "me", big)
    connection = _open()
    connection.execute(table.insert("key", "hand"), table.row_of(stone, weight=weight) | {"key": 7, "hand": "left"})
    [row] = connection.execute(f"SELECT {table.select} FROM stone AS s")
    assert table.value(row, {7: "me"}) == Stone(7, name.strip(), marks, (weight, name.strip()), "me", big)
    assert connection.execute("SELECT hand FROM stone").fetchall() == [("left",)]


@given(words, words, st.booleans(), st.booleans())
def test_an_update_makes_a_row_what_an_insert_would_have_made_it(old: str, new: str, small: bool, big: bool) -> None:
    connection = _open()
    first = STONE.row_of(Stone(1, old, frozenset(), (0, ""), None, small), weight=3)
    second = STONE.row_of(Stone(1, new, frozenset("a"), (0, ""), None, big), weight=3)
    connection.execute(STONE.insert("key", "hand"), first | {"key": 1, "hand": "left"})
    connection.execute(f"{STONE.update('hand')} WHERE key = :key", second | {"key": 1, "hand": "right"})
    [row] = connection.execute(f"SELECT {', '.join(STONE.written)}, hand FROM stone")
    assert row == (*second.values(), "right")


@given(st.none() | words, words, words)
def test_an_update_leaves_what_is_set_once_and_what_nothing_is_said_of(new: str | None, old: str, hand: str) -> None:
    table: Table[dict[str, Any]] = Table(
        dict,
        "stone",
        "",
        (Column("name", keeps=True), Column("hand", once=True), *(Column(other) for other in ("words", "weight"))),
    )
    connection = _open()
    connection.execute(table.insert("key"), {"key": 1, "name": old, "hand": hand, "words": "", "weight": 3})
    connection.execute(table.update(), {"name": new, "hand": "another", "words": "b", "weight": 4})
    found = connection.execute("SELECT name, hand, words, weight FROM stone").fetchall()
    assert found == [(old if new is None else new, hand, "b", 4)]


def test_what_two_columns_are_made_of_is_selected_once_with_its_kind() -> None:
    assert STONE.select == "s.key, s.name, s.words, s.weight, s.big"
    assert STONE.kinds == (int, str, str, int, int | None)


def test_a_column_that_the_value_does_not_tell_is_asked_for() -> None:
    with pytest.raises(TypeError, match="weight"):
        STONE.row_of(Stone(1, "", frozenset(), (0, ""), None))


def test_a_table_without_an_alias_selects_its_columns_by_their_names() -> None:
    assert Table(dict, "stone", "", COLUMNS[:3]).select == "key, name, words"
    assert Table(dict, "stone", "", COLUMNS[:3]).value((1, "a", "b")) == {"key": 1, "name": "a", "marks": {"b"}}


def test_a_row_of_more_or_fewer_columns_is_an_error() -> None:
    with pytest.raises(ValueError, match="unpack"):
        STONE.value((1, "a", "", 1), {})
