"""Documents made from classes of values, which say what fields there are, of what types, and below each what it means.

Types are those that `forumtui.wire` makes of them.  Docstrings of fields are read from the source: Python keeps none.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache, partial
from inspect import cleandoc
from itertools import pairwise
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, NewType, TypeAlias, TypeVar, Union, cast, get_args, get_origin
from typing import get_type_hints as hints_of

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from forumtui import wire
from forumtui.forum import bounds
from forumtui.model import Can, Cursor, Millis, Page
from forumtui.server import answers
from forumtui.server.documents.examples import EXAMPLES

NOTHING: Mapping[str, Any] = MappingProxyType({})


class _Told(BaseModel):
    """What docstrings say of it is looked up when somebody asks for the schema: a server starts without."""

    told: ClassVar[Callable[[], Mapping[str, Mapping[str, Any]]]] = dict

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema, with what is told of each field."""
        made = handler(core)
        schema = handler.resolve_ref_schema(made)
        for name, said in cls.told().items():
            schema["properties"][name].update(said)
        return made


class Shown(_Told):
    """Something in an answer; newer servers may add fields."""


class Asked(_Told):
    """Something in a request: a field that is not known is an error, because it would be lost silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


Id: TypeAlias = Annotated[
    str, Field(description="An id; nothing can be read from it.", max_length=bounds.ID, examples=["17"])
]
_TYPES: Mapping[Any, Any] = MappingProxyType(
    {
        Millis: Annotated[int, Field(description="Milliseconds since 1970 UTC.", examples=[1_700_000_000_000])],
        Cursor: str,
        Cursor | None: Annotated[str | None, Field(examples=["0.1700000000000.17", None])],
        Can: Annotated[
            dict[str, str],
            Field(
                default_factory=dict,
                description="What you may do here, by ability: an empty text for yes, or the reason why not.  What is "
                "not mentioned is as one level up: post, topic, board, forum.",
                examples=[{"reply": "", "edit": "only its author or a moderator may edit this post"}],
            ),
        ],
    }
)
_made: dict[tuple[Any, type], type[BaseModel]] = {}
D = TypeVar("D", bound=BaseModel)


def shown(kind: Any, **how: Any) -> type[Shown]:
    """What an answer shows of a class of values: every field is there; ``how`` as of `document`."""
    return document(kind, Shown, **how)


def listed(kind: Any, name: str, says: str, items: str = "") -> type[Shown]:
    """What an answer shows that is a whole list; ``items`` says what of those, where that is not plain."""
    return shown(answers.Items[kind], name=name, says=says, words={"items": items} if items else NOTHING)


def stretch(kind: Any, of: str, items: str = "", name: str = "") -> type[Shown]:
    """What an answer shows that is a page ``of`` a list; ``items`` as of `listed`."""
    words = {"items": items} if items else NOTHING
    return shown(Page[kind], name=name, says=f"A stretch of {of}.", words=words)


def text(most: int, says: str | None = None, example: str | None = None, default: Any = ...) -> Any:
    """A text in a request, of at most so many characters."""
    return Field(default, description=says, max_length=most, examples=None if example is None else [example])


def asked(kind: Any, **how: Any) -> Callable[[type[D]], type[D]]:
    """Gives a class, which only says what it is, the fields of a class of values; ``how`` as of `document`."""
    return lambda cls: document(kind, Asked, name=cls.__name__, says=cls.__doc__ or "", **how)


def document(
    kind: Any,
    base: type[Any],
    *,
    name: str = "",
    says: str = "",
    first: Mapping[str, Any] = NOTHING,
    words: Mapping[str, str] = NOTHING,
    more: Mapping[str, str] = NOTHING,
    hints: Mapping[str, Any] = NOTHING,
    most: Mapping[str, int] = NOTHING,
) -> type[Any]:
    """A document of the fields of a class of values, under the class's name if there is no other.

    ``first``: fields before those, by type.  ``says``: what it is, and ``words``: what fields mean, instead of their
    docstrings; ``more``: what is said after these.  ``hints``: narrower types; ``most``: how long texts may be.
    """
    if (kind, base) in _made:
        return _made[kind, base]
    cls, parts = get_origin(kind) or kind, get_args(kind)
    types = {**hints_of(cls), **hints}
    example = wire.encode(EXAMPLES.get(cls)) or {}
    body: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": says or prose(cls.__doc__ or ""),
        "__annotations__": {**first},
    }
    for field in fields(cls):
        hint = types[field.name]
        hint = hint[parts] if getattr(hint, "__parameters__", ()) else hint
        body["__annotations__"][field.name] = Id if field.name == "id" else _type(hint, base, most.get(field.name))
        if base is not Shown and field.default is not MISSING:
            body[field.name] = _default(field.default)
    if base is Shown and example:
        body["model_config"] = ConfigDict(json_schema_extra={"examples": [example]})
    name = name or "".join(part.__name__ for part in parts) + cls.__name__
    _made[kind, base] = made = cast("Any", type(base))(name, (base,), body)
    made.told = partial(_told, cls, words, more, example)
    return cast("type[Any]", made)


def _default(value: Any) -> Any:
    """A default as JSON has it."""
    return [] if value == () else value.value if isinstance(value, Enum) else value


def _told(cls: Any, words: Mapping[str, str], more: Mapping[str, str], example: Mapping[str, Any]) -> Any:
    """Descriptions and examples by field."""
    texts = {**_docstrings(cls.__module__).get(cls.__name__, {}), **words}
    texts |= {name: f"{texts[name]}  {text}" for name, text in more.items() if name in texts}
    told: dict[str, dict[str, Any]] = {field.name: {} for field in fields(cls)}
    for name, said in told.items():
        if name in texts:
            said["description"] = texts[name]
        if _is_told(example.get(name)):
            said["examples"] = [example[name]]
    return told


def _is_told(value: Any) -> bool:
    """Whether an example of a field says something beside that of the whole."""
    return isinstance(value, str | int) or (isinstance(value, list) and bool(value) and isinstance(value[0], str))


def literal(words: type[Enum]) -> Any:
    """The words of an enum, as JSON has them."""
    return cast("Any", Literal)[tuple(each.value for each in words)]


def _type(hint: Any, base: type[Any], most: int | None = None) -> Any:
    """What JSON makes of a type."""
    if hint in _TYPES:
        return _TYPES[hint]
    if isinstance(hint, NewType):
        return Id
    if hint is str and most is not None:
        return Annotated[str, Field(max_length=most)]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return literal(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return Union[tuple(part if part is NoneType else _type(part, base, most) for part in parts)]  # noqa: UP007 - known only now
    if origin in {tuple, frozenset}:
        return list[_type(parts[0], base)]  # type: ignore[misc]  # known only now
    if isinstance(hint, type) and is_dataclass(hint):
        return _made.get((hint, base)) or document(hint, base)
    return hint


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """What the classes of a module say of their fields."""
    loader = cast("Any", sys.modules[module].__spec__).loader
    return {
        node.name: {
            ast.unparse(field.target): prose(str(below.value.value))
            for field, below in pairwise(node.body)
            if isinstance(field, ast.AnnAssign)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        }
        for node in ast.parse(loader.get_source(module) or "").body
        if isinstance(node, ast.ClassDef)
    }


def prose(text: str) -> str:
    """A docstring as Markdown for people who see JSON."""
    text = re.sub(r"(?<!\n)\n *(?!\n)", " ", cleandoc(text).strip()).replace("``", "`")
    return re.sub(r"(^|\.  )?\bNone\b", lambda found: "null" if found[1] is None else f"{found[1]}Null", text)
