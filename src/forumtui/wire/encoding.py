"""Values to what `json.dumps` takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from forumtui.model import Ability, Can
from forumtui.wire.kinds import WORDS

Encoder = Callable[[Any], Any]

_PLAIN = (str, int, float)
"""Also enums, whose members are strings, and bool."""


def encode(value: object) -> Any:
    """A value of the model, or a list of them, as dicts, lists and scalars."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(encode(item) for item in value)
    if isinstance(value, Can):
        return _encode_can(value)
    kind: Any = type(value)
    return _of_class(kind)(value)


def _encode_can(can: Can) -> dict[Ability, str]:
    return dict(can.rules)


@cache
def _of_class(kind: Any) -> Encoder:
    """A compiled function, because a server spends much of its time here: twice as quick as a loop over the fields."""
    word = WORDS.get(kind)
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no value that can be encoded")
    hints = get_type_hints(kind)
    known: dict[str, Any] = {"encode": encode, "encode_can": _encode_can}
    items = [f"'kind': {word!r}"] if word else []
    items += [
        f"{field.name!r}: {_expression(hints[field.name], f'value.{field.name}', known)}"
        for field in fields(kind)
        if hints[field.name] is not Can
    ]
    lines = [f"made = {{{', '.join(items)}}}"]
    lines += [
        f"if value.{name}.rules: made[{name!r}] = encode_can(value.{name})" for name in hints if hints[name] is Can
    ]
    exec("def encoder(value):\n " + "\n ".join([*lines, "return made"]), known)  # noqa: S102 - our own names
    made: Encoder = known["encoder"]
    return made


def _expression(hint: Any, value: str, known: dict[str, Any]) -> str:
    """What makes a field of this type, as Python; the functions it calls are added to ``known``."""
    if isinstance(hint, NewType):
        return _expression(hint.__supertype__, value, known)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, _PLAIN)):
        return value
    if isinstance(hint, type) and is_dataclass(hint):
        known[f"encode_{hint.__name__}"] = _of_class(hint)
        return f"encode_{hint.__name__}({value})"
    if origin in {Union, UnionType} and len(parts) == 2 and type(None) in parts:
        inner = _expression(next(part for part in parts if part is not type(None)), "some", known)
        return value if inner == "some" else f"None if (some := {value}) is None else {inner}"
    if origin is tuple and not isinstance(parts[0], TypeVar):
        inner = _expression(parts[0], "item", known)
        return f"[*{value}]" if inner == "item" else f"[{inner} for item in {value}]"
    return f"encode({value})"
