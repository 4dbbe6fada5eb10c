"""Any value of the model, for properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import GenericAlias, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from forumtui.model import Ability, Can, Millis, Page

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
IDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8)
SIMPLE: Mapping[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(0, 2**53),
    Millis: st.integers(0, 4_000_000_000_000),
    Can: st.builds(Can, st.dictionaries(st.sampled_from(Ability), TEXT, max_size=2)),
}


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type, each field filled in every way that its hint allows."""
    if isinstance(hint, NewType) and hint is not Millis:
        return IDS
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in {Union, UnionType}:
        return st.one_of([st.none() if part is type(None) else any_of(part) for part in parts])
    if origin is tuple:
        return st.lists(any_of(parts[0]), max_size=2).map(tuple)
    if origin is frozenset:
        return st.frozensets(any_of(parts[0]))
    if origin is Page:
        return _built(Page, {"items": GenericAlias(tuple, (parts[0], ...))})
    assert is_dataclass(hint), hint
    return _built(hint, {})


def _built(kind: Any, filled: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind) | dict(filled)
    return st.builds(kind, **{field.name: any_of(hints[field.name]) for field in fields(kind)})
