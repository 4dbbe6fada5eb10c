"""Fields of what strangers sent."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forumtui.backends.web.fields import Fields, as_id, as_time
from forumtui.errors import Unreadable

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(ANYTHING)
def test_any_value_is_read_or_refused(value: object) -> None:
    row = Fields({"it": value}, "A row")
    assert isinstance(row.text("it"), str)
    assert row.number("it") is None or row.the_number("it") >= 0
    assert row.flag("it") is (value is True)
    assert all("no such" not in inner for inner in row.each("it"))
    assert all(isinstance(text, str) for text in row.texts("it"))
    assert row.time("it") is None or row.time("it") == as_time(value)
    row.inner("it").text("more")
    for ask in (row.the_id, row.the_number, row.the_inner, row.the_list):
        with suppress(Unreadable):
            ask("it")


@pytest.mark.parametrize("value", [None, "x", 3, [], True])
def test_only_objects_have_fields(value: object) -> None:
    with pytest.raises(Unreadable, match="A row is no object"):
        Fields(value, "A row")


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2014-05-16T02:39:38.388Z", 1400207978388),
        ("2014-05-16T02:39:38.388", 1400207978388),
        ("2025-01-02T03:04:05.000-06:00", 1735808645000),
        (1175714200, 1175714200000),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        (0, None),
        (-5, None),
        (10**17, None),
        (True, None),
        ([], None),
        ("", None),
    ],
)
def test_times(value: object, time: int | None) -> None:
    assert as_time(value) == time


@pytest.mark.parametrize(
    ("value", "name"),
    [(8863, "8863"), ("tdfoqh", "tdfoqh"), (-1, "-1"), (True, None), (10**19, None), ("", None), ("a\nb", None)],
)
def test_ids(value: object, name: str | None) -> None:
    assert as_id(value) == name
