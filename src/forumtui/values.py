"""Frozen, slotted dataclasses that cost little until they are used.

The standard decorator compiles six methods a class when a module is imported; with some eighty classes that
was a quarter of the time until the first paint.  This one shares what can be shared, and compiles a
constructor when the first value is made.  To the type checker the two are one, and `dataclasses.replace`,
`fields` and `asdict` take these values as well.  Of `dataclasses.field` it knows only the two defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["quick_dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass as quick_dataclass
else:
    import dataclasses
    from operator import attrgetter

    def quick_dataclass(*, frozen=False, slots=True):
        """What `dataclasses.dataclass` makes of a class that has no dataclass above it."""
        return _value_class if frozen and slots else dataclasses.dataclass(frozen=frozen, slots=slots)

    def _value_class(cls):
        names = tuple(cls.__annotations__)
        body = {name: what for name, what in cls.__dict__.items() if name not in {"__dict__", "__weakref__"}}
        given = {name: body.pop(name) for name in names if name in body}

        def construct(self, *args, **kwargs):
            made.__init__ = _constructor(made, names, given)
            made.__init__(self, *args, **kwargs)

        body = (
            _SHARED
            | body
            | {
                "__slots__": names,
                "__match_args__": names,
                "__qualname__": cls.__qualname__,
                "__init__": construct,
                "_values": property(_reader(names)),
                "__dataclass_fields__": _Fields(given),
            }
        )
        made = type(cls)(cls.__name__, cls.__bases__, body)
        return made

    def _reader(names):
        """What returns an object's values as a tuple."""
        return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)

    def _constructor(cls, names, given):
        known, parameters, lines = {"_missing": dataclasses.MISSING}, [], ["pass"]
        for name in names:
            known[f"_set_{name}"] = cls.__dict__[name].__set__
            default = given.get(name, dataclasses.MISSING)
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
        """The standard description of the fields, made when somebody asks for it."""

        def __init__(self, given):
            self.given = given

        def __get__(self, instance, cls):
            hints = dict.fromkeys(cls.__annotations__, object)  # real ones would be looked through for ClassVar
            twin = type(cls.__name__, (), {"__doc__": "No signature.", "__annotations__": hints, **self.given})
            bare = dataclasses.dataclass(init=False, repr=False, eq=False, match_args=False)(twin)
            for name, field in bare.__dataclass_fields__.items():
                field.type = cls.__annotations__[name]
            cls.__dataclass_fields__ = bare.__dataclass_fields__
            return cls.__dataclass_fields__

    def _eq(self, other):
        return self._values == other._values if other.__class__ is self.__class__ else NotImplemented  # noqa: SLF001 - its own

    def _hash(self):
        return hash(self._values)

    def _repr(self):
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{self.__class__.__qualname__}({shown})"

    def _setattr(_self, name, _value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _delattr(_self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _reduce(self):
        return self.__class__, self._values

    _SHARED = {
        "__eq__": _eq,
        "__hash__": _hash,
        "__repr__": _repr,
        "__setattr__": _setattr,
        "__delattr__": _delattr,
        "__reduce__": _reduce,
    }
