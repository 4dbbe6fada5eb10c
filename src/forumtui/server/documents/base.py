"""What all documents have in common."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from forumtui.host import bounds


class Shown(BaseModel):
    """Something in an answer; newer servers may add fields."""


class Asked(BaseModel):
    """Something in a request: a field that is not known is an error, because it would be lost silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


Time: TypeAlias = Annotated[int, Field(description="Milliseconds since 1970 UTC.", examples=[1_700_000_000_000])]
Id: TypeAlias = Annotated[
    str, Field(description="An id; nothing can be read from it.", max_length=bounds.ID, examples=["17"])
]
Name: TypeAlias = Annotated[str, Field(description="The member's name.", max_length=bounds.NAME, examples=["anna"])]
Cursor: TypeAlias = Annotated[
    str | None,
    Field(description="Where the list goes on; null: it does not.", examples=["0.1700000000000.17", None]),
]
