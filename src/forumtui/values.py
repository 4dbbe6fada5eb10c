"""Frozen, slotted dataclasses that cost little until they are used.

The standard decorator compiles six methods a class when a module is imported; with some eighty classes that
was a quarter of the time until the first paint.  This one shares what can be shared, and compiles a
constructor when the first value is made.  To the type checker the two are one, and `dataclasses.replace`,
`fields` and `asdict` take these values as well.  Of `dataclasses.field` it knows only the two defaults; a class
may add fields to one other, by keyword only where that has defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["quick_dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass as quick_dataclass
else:
    import dataclasses
    from functools import partial
    from operator import attrgetter

    def quick_dataclass(*, frozen=False, slots=True, kw_only=False):
        """What `dataclasses.dataclass` makes of a class that has none above it, or one of these."""
        if not (frozen and slots):
            return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only)
        return partial(_value_class, kw_only=kw_only)

    def _value_class(cls, *, kw_only):
        own = tuple(cls.__annotations__)
        body = {name: what for name, what in cls.__dict__.items() if name not in {"__dict__", "__weakref__"}}
        given = {name: body.pop(name) for name in own if name in body}
        above = getattr(cls, "_fields", _Fields((), (), {}, {}))
        described = _Fields(
            above.names + own,
            above.placed if kw_only else above.placed + own,
            {**above.hints, **cls.__annotations__},
            {**above.given, **given},
        )

        def construct(self, *args, **kwargs):
            made.__init__ = _constructor(made, described)
            made.__init__(self, *args, **kwargs)

        body = (
            _SHARED
            | body
            | {
                "__slots__": own,
                "__match_args__": described.placed,
                "__qualname__": cls.__qualname__,
                "__init__": construct,
                "_values": property(_reader(described.names)),
                "_fields": described,
                "__dataclass_fields__": _Standard(described),
            }
        )
        made = type(cls)(cls.__name__, cls.__bases__, body)
        return made

    def _reader(names):
        """What returns an object's values as a tuple."""
        return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)

    def _constructor(cls, described):
        known, parameters, lines = {"_missing": dataclasses.MISSING}, [], ["pass"]
        for place, name in enumerate(described.names):
            if place == len(described.placed):
                parameters.append("*")
            known[f"_set_{name}"] = getattr(cls, name).__set__
            default = described.given.get(name, dataclasses.MISSING)
            value, suffix = name, ""
            if isinstance(default, dataclasses.Field) and default.default_factory is not dataclasses.MISSING:
                known[f"_make_{name}"] = default.default_factory
                value, suffix = f"_make_{name}() if {name} is _missing else {name}", "=_missing"
            elif default is not dataclasses.MISSING:
                known[f"_default_{name}"] = default.default if isinstance(default, dataclasses.Field) else default
                suffix = f"=_default_{name}"
            parameters.append(name + suffix)
            lines.append(f"_set_{name}(_self, {value})")
        exec(f"def __init__({', '.join(['_self', *parameters])}):\n " + "\n ".join(lines), known)  # noqa: S102 - our own names
        return known["__init__"]

    class _Fields:
        """The fields of a class in order, those of them that may be given by place, and by name their types and defaults."""

        def __init__(self, names, placed, hints, given):
            self.names, self.placed, self.hints, self.given = names, placed, hints, given

    class _Standard:
        """The standard description of the fields, made when somebody asks for it."""

        def __init__(self, described):
            self.described = described

        def __get__(self, instance, cls):
            ours = self.described
            hints = dict.fromkeys(ours.names, object)  # real ones would be looked through for ClassVar
            twin = type(cls.__name__, (), {"__doc__": "No signature.", "__annotations__": hints, **ours.given})
            bare = dataclasses.dataclass(init=False, repr=False, eq=False, match_args=False)(twin)
            for name, field in bare.__dataclass_fields__.items():
                field.type, field.kw_only = ours.hints[name], name not in ours.placed
            cls.__dataclass_fields__ = bare.__dataclass_fields__
            return cls.__dataclass_fields__

    def _eq(self, other):
        return self._values == other._values if other.__class__ is self.__class__ else NotImplemented  # noqa: SLF001 - its own

    def _hash(self):
        return hash(self._values)

    def _repr(self):
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields.names)
        return f"{self.__class__.__qualname__}({shown})"

    def _setattr(_self, name, _value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _delattr(_self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _reduce(self):
        return _again, (self.__class__, self._values)

    def _again(cls, values):
        return cls(**dict(zip(cls._fields.names, values, strict=True)))

    _SHARED = {
        "__eq__": _eq,
        "__hash__": _hash,
        "__repr__": _repr,
        "__setattr__": _setattr,
        "__delattr__": _delattr,
        "__reduce__": _reduce,
    }
