"""What members do, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union, get_args

from pydantic import Field

from forumtui import model, wire
from forumtui.forum import bounds
from forumtui.server import answers
from forumtui.server.documents.schema import Asked, document, prose, shown

_SOURCE = Annotated[str, Field(json_schema_extra={"maxLength": bounds.BODY})]
"""The store counts it: a length checked here would refuse half characters, which it mends."""
Text = document(model.Body, Asked, name="Text", says="A text that somebody wrote.", hints={"source": _SOURCE})
_TAGS = Annotated[list[Annotated[str, Field(max_length=bounds.TAG)]], Field(max_length=bounds.TAGS)]
_LED = "For the board's leader and moderators."
_MARKING = "For the board's leader, editors and moderators."
_OVERTAKEN = "To an edit that comes too late the answer is a 409 of the type `urn:forumtui:problem:overtaken`."


def _act(word: str, kind: type[model.Act]) -> type[Asked]:
    """The document of an act, which is told from the others by its ``kind``."""
    says = prose(kind.__doc__ or "")
    if kind in get_args(model.Moderation):
        first, *rest = says.split("\n\n")
        says = "\n\n".join([f"{first}  {_MARKING if kind is model.SetMark else _LED}", *rest])
    most = {name: bound.most for name, bound in bounds.in_act(kind).items()}
    return document(
        kind,
        Asked,
        first={"kind": Literal[word]},
        hints={"tags": _TAGS},
        words={"on": "False: no longer."},
        says=says,
        more={"base": _OVERTAKEN},
        most=most,
    )


_ACTS = tuple(_act(word, kind) for word, kind in wire.KINDS.items())
Act: Any = Annotated[Union[_ACTS], Field(discriminator="kind")]  # noqa: UP007 - known only now
Receipt = shown(model.Receipt)
Found = shown(answers.Found)


class Action(Asked):
    """An act, under the key that makes it unique."""

    key: str = Field(
        description="Made up by you, another one for each act; best 128 random bits or more.  The same key with the "
        "same act is done once, however often it is sent.",
        min_length=1,
        max_length=bounds.KEY,
        examples=["0197a1c4-7d1e-7b8f-9d55-2a3c0c7f1f10"],
    )
    act: Act
