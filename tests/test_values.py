"""Values behave as the standard library's frozen, slotted dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import importlib.util
import pkgutil
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import pytest

import forumtui
from forumtui.values import quick_dataclass

T = TypeVar("T")
Made = tuple[Any, Any, Any, Any]
"""Four classes that are made only when the test runs: `Point`, `Box`, `Nothing`, `Spot`."""


def classes(decorator: Any) -> Made:
    @decorator(frozen=True, slots=True)
    class Point:
        """A place."""

        x: int
        y: int = 2
        names: Mapping[str, int] = dataclasses.field(default_factory=dict)
        tag: str = dataclasses.field(default="none")

        def moved(self: Any, by: int) -> Any:
            return dataclasses.replace(self, x=self.x + by)

    @decorator(frozen=True, slots=True)
    class Box(Generic[T]):
        inside: T

    @decorator(frozen=True, slots=True)
    class Nothing:
        pass

    @decorator(frozen=True, slots=True, kw_only=True)
    class Spot(Point):
        colour: str
        deep: bool = False

    return Point, Box, Nothing, Spot


@pytest.fixture(params=[quick_dataclass, dataclasses.dataclass], ids=["ours", "standard"])
def made(request: pytest.FixtureRequest) -> Made:
    return classes(request.param)


def test_construction(made: Made) -> None:
    point, box, nothing, _ = made
    assert dataclasses.astuple(point(1)) == (1, 2, {}, "none")
    assert dataclasses.asdict(point(1, names={"a": 1}, tag="t")) == {"x": 1, "y": 2, "names": {"a": 1}, "tag": "t"}
    assert point(1).names is not point(1).names
    assert box(7).inside == 7
    assert nothing() == nothing()
    wrongs: list[tuple[object, ...]] = [(), (1, 2, {}, "t", 5)]
    for wrong in wrongs:
        with pytest.raises(TypeError, match="__init__"):
            point(*wrong)
    with pytest.raises(TypeError, match="z"):
        point(1, z=2)


def test_equality_and_hash(made: Made) -> None:
    point, box, *_ = made
    assert point(1) == point(1, 2)
    assert point(1) != point(2)
    assert point(1) != (1, 2, {}, "none")
    assert box(1) != point(1)
    assert len({box(1), box(1), box(2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(point(1))


def test_frozen_with_slots(made: Made) -> None:
    point, box, *_ = made
    value = point(1)
    for name in ("x", "new"):
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            setattr(value, name, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.x
    assert not hasattr(value, "__dict__")
    assert "x" in point.__slots__
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
        box(1).inside = 2


def test_looks(made: Made) -> None:
    point, box, *_ = made
    assert repr(point(1)).endswith("Point(x=1, y=2, names={}, tag='none')")
    assert repr(box("a")).endswith("Box(inside='a')")
    assert [field.name for field in dataclasses.fields(point)] == ["x", "y", "names", "tag"]
    match point(5):
        case point(x, y):
            assert (x, y) == (5, 2)
    assert dataclasses.is_dataclass(point)


def test_a_class_adds_fields_to_another(made: Made) -> None:
    point, *_, spot = made
    one = spot(1, colour="red")
    assert dataclasses.astuple(one) == (1, 2, {}, "none", "red", False)
    assert (one.moved(2).x, one.moved(2).colour) == (3, "red")
    assert isinstance(one, point)
    assert one != point(1)
    assert one == spot(x=1, y=2, colour="red", deep=False) == copy.copy(one) == copy.deepcopy(one)
    assert repr(one).endswith("Spot(x=1, y=2, names={}, tag='none', colour='red', deep=False)")
    assert not hasattr(one, "__dict__")
    assert spot.__match_args__ == point.__match_args__
    wrongs: list[tuple[object, ...]] = [(1,), (1, 2, {}, "t", "red")]
    for wrong in wrongs:
        with pytest.raises(TypeError, match="__init__"):
            spot(*wrong)


def test_fields_are_described_as_the_standard_ones() -> None:
    for ours, standard in zip(classes(quick_dataclass), classes(dataclasses.dataclass), strict=True):
        described, expected = (
            [(field.name, field.type, field.default, field.default_factory, field.kw_only) for field in fields]
            for fields in (dataclasses.fields(ours), dataclasses.fields(standard))
        )
        assert described == expected


def test_copies(made: Made) -> None:
    point, *_ = made
    value = point(1, names={"a": 1})
    assert value.moved(2) == point(3, names={"a": 1})
    assert copy.copy(value) == copy.deepcopy(value) == value


SERVER = importlib.util.find_spec("fastapi") is not None
"""Whether the extra that the server needs is installed."""


def test_no_class_asks_for_more_than_values_can() -> None:
    """Of `dataclasses.field` only the defaults are known, and a dataclass stands above others only if none is above it."""
    seen = 0
    for module in pkgutil.walk_packages(forumtui.__path__, "forumtui."):
        if module.name.endswith("__main__") or (module.name.startswith("forumtui.server.") and not SERVER):
            continue
        for what in vars(importlib.import_module(module.name)).values():
            if isinstance(what, type) and {"_values", "__dataclass_fields__"} <= vars(what).keys():
                seen += 1
                for field in dataclasses.fields(what):
                    assert (field.init, field.repr, field.compare) == (True, True, True), what
                above = [base for base in what.__bases__ if dataclasses.is_dataclass(base)]
                assert not any(dataclasses.is_dataclass(far) for base in above for far in base.__bases__), what
                assert not hasattr(what, "__post_init__"), what
    assert seen > 80
