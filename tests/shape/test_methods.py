"""A class does one thing: what it inherits from classes of ours counts."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

import forumtui

SOURCE = Path(forumtui.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if path.name != "__main__.py"
)
MOST = 30


def methods(kind: type) -> set[str]:
    """The names of functions and properties that a class has of its own, or from classes of ours."""
    ours = [each for each in kind.__mro__ if each.__module__.startswith("forumtui.")]
    return {
        name
        for each in ours
        for name, value in vars(each).items()
        if not name.startswith("test_")  # the cases of a contract are called by nobody
        and (inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod))
    }


@pytest.mark.parametrize("module", MODULES)
def test_class_has_at_most_thirty_methods_with_inherited_ones(module: str) -> None:
    if module.startswith("forumtui.server"):
        pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")
    for name, kind in vars(importlib.import_module(module)).items():
        if inspect.isclass(kind) and kind.__module__ == module:
            assert len(methods(kind)) <= MOST, f"{name} has {len(methods(kind))} methods"


def test_what_is_inherited_counts_once() -> None:
    """The counter sees what it is for."""

    class Above:
        __module__ = "forumtui.above"

        def one(self) -> None: ...

        @property
        def two(self) -> None: ...

    class Below(Above):
        __module__ = "forumtui.below"

        def one(self) -> None: ...

        @classmethod
        def three(cls) -> None: ...

    assert methods(Below) == {"one", "two", "three"}
