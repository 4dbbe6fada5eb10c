"""The model's values as JSON, for the HTTP API: what `encode` makes, `decode` reads; from `decode` comes nothing but `Unreadable`.

An object has the names of the value's fields; an act besides a ``kind``.  Times are integers (ms since 1970
UTC), enums their values, sets sorted lists, `Can` an object from ability to "" or reason, left out when empty.
Both are compiled from the fields of the values when a class is first met, so that a new field needs no line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Literal, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from forumtui.errors import Unreadable
from forumtui.model import (
    INHERITED,
    Ability,
    Act,
    Can,
    Close,
    Decide,
    Delete,
    Edit,
    Format,
    Hide,
    Like,
    Millis,
    Move,
    NewTopic,
    Pin,
    Remove,
    Reply,
    Report,
    SetMark,
    SetProfile,
    SetTags,
    Volunteer,
)
from forumtui.model.ids import is_id

KINDS: Mapping[str, type[Act]] = MappingProxyType(
    {
        "new-topic": NewTopic,
        "reply": Reply,
        "edit": Edit,
        "delete": Delete,
        "like": Like,
        "set-mark": SetMark,
        "pin": Pin,
        "close": Close,
        "move": Move,
        "hide": Hide,
        "set-tags": SetTags,
        "remove": Remove,
        "report": Report,
        "volunteer": Volunteer,
        "decide": Decide,
        "set-profile": SetProfile,
    }
)
WORDS: Mapping[type, str] = MappingProxyType({kind: word for word, kind in KINDS.items()})


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
    return _encoder_of(kind)(value)


def _encode_can(can: Can) -> dict[Ability, str]:
    return dict(can.rules)


@cache
def _encoder_of(kind: Any) -> Encoder:
    """A compiled function, because a server spends much of its time here: twice as quick as a loop over the fields."""
    word = WORDS.get(kind)
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no value that can be encoded")
    hints = get_type_hints(kind)
    known: dict[str, Any] = {"encode": encode, "encode_can": _encode_can}
    items = [f"'kind': {word!r}"] if word else []
    items += [
        f"{field.name!r}: {_encoded(hints[field.name], f'value.{field.name}', known)}"
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


def _encoded(hint: Any, value: str, known: dict[str, Any]) -> str:
    """What makes a field of this type, as Python; the functions it calls are added to ``known``."""
    if isinstance(hint, NewType):
        return _encoded(hint.__supertype__, value, known)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, _PLAIN)):
        return value
    if isinstance(hint, type) and is_dataclass(hint):
        known[f"encode_{hint.__name__}"] = _encoder_of(hint)
        return f"encode_{hint.__name__}({value})"
    if origin in {Union, UnionType} and len(parts) == 2 and type(None) in parts:
        inner = _encoded(next(part for part in parts if part is not type(None)), "some", known)
        return value if inner == "some" else f"None if (some := {value}) is None else {inner}"
    if origin is tuple and not isinstance(parts[0], TypeVar):
        inner = _encoded(parts[0], "item", known)
        return f"[*{value}]" if inner == "item" else f"[{inner} for item in {value}]"
    return f"encode({value})"


V = TypeVar("V")
Decoder = Callable[[object], Any]

_MOST = 2**53
"""JSON numbers beyond it are not exact everywhere, and nothing is counted that far."""
_TIMES = (-62_135_596_800_000, 253_402_300_799_999, "a time in milliseconds")
"""From the year 1 to the year 9999."""
_ABSENT = object()
_SURROGATE = re.compile("[\ud800-\udfff]")
_FALLBACKS: Mapping[Any, object] = MappingProxyType({Format: Format.of("")})
"""What stands for a word that is not known, by class."""


def decode(kind: type[V], value: object, *, strict: bool = False) -> V:
    """The value of a class (``Topic``, ``Page[Topic]``...) that an object stands for.  Unknown fields are ignored.

    Words that this version does not know are left out where that is possible, and absurd numbers become None;
    ``strict``: they are errors as well.  Raises `Unreadable` with a sentence that names the field.
    """
    return cast("V", _run(_of_hint(cast("Hashable", kind), strict), value))


def decode_act(value: object) -> Act:
    """An act as a client sent it; strict."""
    return cast("Act", _run(_of_hint(Act, True), value))


def _run(decoder: Decoder, value: object) -> Any:
    try:
        return decoder(value)
    except _Flaw as flaw:
        raise Unreadable(str(flaw)) from None


class _Flaw(Exception):
    """What is wrong, and on its way up to whoever asked, where."""

    def __init__(self, problem: str, path: str = "") -> None:
        self.problem = problem
        self.path = path

    def below(self, name: str) -> _Flaw:
        joint = "." if self.path and not self.path.startswith("[") else ""
        self.path = f"{name}{joint}{self.path}"
        return self

    def __str__(self) -> str:
        return f'"{self.path}" {self.problem}.' if self.path else f"The whole {self.problem}."


class _UnknownWord(_Flaw):
    """Perhaps of a newer version: lists leave out what needs it."""


@cache
def _of_hint(hint: Any, strict: bool) -> Decoder:
    """What decodes a value of this type, which is not None."""
    if isinstance(hint, NewType) and hint is not Millis:
        return _identifier  # of a thing or a place, all of them texts
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hint is Can:
        return _rules(strict)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _word({item.value: item for item in hint}, _ABSENT if strict else _FALLBACKS.get(hint, _ABSENT))
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _word({part: part for part in parts})
    if origin in {tuple, frozenset}:
        return _listed(_of_hint(parts[0], strict), origin, strict)
    if origin in {Union, UnionType} and set(parts) <= set(WORDS):
        return _act({WORDS[part]: _of_hint(part, strict) for part in parts})
    if isinstance(origin or hint, type) and is_dataclass(origin or hint):
        return _of_class(origin or hint, parts, strict)
    raise TypeError(f"no way is known to decode {hint}")


def _or_none(hint: Any, strict: bool) -> Decoder:
    """What decodes a value that may also be None, which is better than nonsense."""
    if strict:
        return _of_hint(hint, strict)
    if hint is Millis:
        return _whole(*_TIMES, fallback=None)
    if hint is int:
        return _whole(0, _MOST, fallback=None)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _word({item.value: item for item in hint}, fallback=None)
    return _of_hint(hint, strict)


def _of_class(kind: type, parts: tuple[Any, ...], strict: bool) -> Decoder:
    """A compiled function, because a reader spends much of a first synchronisation here.

    It notes the name of the field it is at, so that a flaw can tell where it was found.
    """
    hints = get_type_hints(kind)
    if parts:  # a generic class of one variable, which is the type of the items in a tuple
        hints = {name: hint[parts[0]] if _holds_variable(hint) else hint for name, hint in hints.items()}
    known: dict[str, Any] = {"kind": kind, "absent": _ABSENT, "Flaw": _Flaw}
    steps = []
    for field in fields(kind):
        name, hint = field.name, hints[field.name]
        inner = _without_none(hint)
        known[f"decode_{name}"] = _of_hint(hint, strict) if inner is None else _or_none(inner, strict)
        known[f"default_{name}"] = field.default
        taken = _expression(name, hint, nullable=inner is not None, required=field.default is MISSING)
        steps.append(f"at = {name!r}; field_{name} = {taken}")
    source = (
        "def decoder(value):",
        " if value.__class__ is not dict: raise Flaw('should be an object')",
        " get = value.get",
        " try:",
        *(f"  {step}" for step in steps),
        " except Flaw as flaw:",
        "  raise (flaw if at in value else Flaw('is missing')).below(at) from None",
        f" return kind({', '.join(f'field_{field.name}' for field in fields(kind))})",
    )
    exec("\n".join(source), known)  # noqa: S102 - our own names
    made: Decoder = known["decoder"]
    return made


def _expression(name: str, hint: Any, *, nullable: bool, required: bool) -> str:
    """What takes a field from an object, as Python: the frequent cases without a call."""
    given = f"(given := get({name!r}, absent))"
    rest = f"decode_{name}(given)"
    if not required:
        rest = f"default_{name} if given is absent else {rest}"
    if nullable:
        return f"None if {given} is None else {rest}"
    if hint is str:
        return f"given if {given}.__class__ is str and given.isascii() else {rest}"
    return f"given if {given} is False or given is True else {rest}" if hint is bool else f"({given}, {rest})[1]"


def _without_none(hint: Any) -> Any | None:
    """X of ``X | None``; None for other types."""
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else ()
    return next(part for part in parts if part is not type(None)) if type(None) in parts else None


def _holds_variable(hint: Any) -> bool:
    return get_origin(hint) is tuple and isinstance(get_args(hint)[0], TypeVar)


def _text(value: object) -> str:
    if type(value) is str:
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    raise _Flaw("should be a text")


def _identifier(value: object) -> str:
    text = _text(value)
    if not is_id(text):
        raise _Flaw("is no id: it is too long, or holds controls or ends of lines")
    return text


def _truth(value: object) -> bool:
    if value is True or value is False:
        return value
    raise _Flaw("should be true or false")


def _whole(least: int, most: int, what: str = "a whole number", fallback: object = _ABSENT) -> Decoder:
    """A number within bounds; beyond them it is the fallback, if there is one."""

    def decoder(value: object) -> Any:
        if type(value) is not int:
            raise _Flaw(f"should be {what}")
        if least <= value <= most:
            return value
        if fallback is _ABSENT:
            raise _Flaw(f"is out of all bounds for {what}")
        return fallback

    return decoder


_SCALARS: dict[Any, Decoder] = {
    str: _text,
    bool: _truth,
    int: _whole(-_MOST, _MOST),
    Millis: _whole(*_TIMES),
}


def _word(known: dict[str, Any], fallback: object = _ABSENT) -> Decoder:
    """One of some words; another is the fallback, if there is one."""

    def decoder(value: object) -> Any:
        if type(value) is not str:
            raise _Flaw("should be a text")
        found = known.get(value, fallback)
        if found is _ABSENT:
            raise _UnknownWord(f"should be one of {', '.join(known)}")
        return found

    return decoder


def _listed(convert: Decoder, build: Callable[[Iterable[Any]], Any], strict: bool) -> Decoder:
    def decoder(value: object) -> Any:
        if type(value) is not list:
            raise _Flaw("should be a list")
        items = []
        for index, item in enumerate(value):
            try:
                items.append(convert(item))
            except _Flaw as flaw:
                if strict or not isinstance(flaw, _UnknownWord):
                    raise flaw.below(f"[{index}]") from None
        return build(items)

    return decoder


def _rules(strict: bool) -> Decoder:
    known = {ability.value: ability for ability in Ability}

    def decoder(value: object) -> Can:
        if type(value) is not dict:
            raise _Flaw("should be an object")
        rules = {}
        for word, reason in value.items():
            ability = known.get(word)
            if ability is not None:
                rules[ability] = _text(reason)
            elif strict:
                raise _Flaw("names an ability that is not known")
        return Can(rules) if rules else INHERITED

    return decoder


def _act(decoders: dict[str, Decoder]) -> Decoder:
    def decoder(value: object) -> Any:
        if type(value) is not dict:
            raise _Flaw("should be an object")
        kind = value.get("kind", _ABSENT)
        found = decoders.get(kind) if type(kind) is str else None
        if kind is _ABSENT:
            raise _Flaw("is missing", "kind")
        if found is None:
            raise _UnknownWord(f"should be one of {', '.join(decoders)}", "kind")
        return found(value)

    return decoder
