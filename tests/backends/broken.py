"""An answer with any part of it replaced or missing, as a site may send that keeps no documentation's promise."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Iterator
from typing import Any

from forumtui.errors import BackendError

INSTEAD: list[object] = [None, "x", -1, [], {}, True, 10**30, "\x1b[31m\u202e", [None], [[]], {"id": {}}]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value: what holds it, and under which name or number."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in list(inner):
        yield value, name
        yield from places(part)


def replaced(whole: Any) -> Iterator[Any]:
    """The value with each of its places holding each of `INSTEAD`, and each of them alone."""
    yield from INSTEAD
    for index in range(len(list(places(whole)))):
        for instead in INSTEAD:
            broken = copy.deepcopy(whole)
            holder, name = list(places(broken))[index]
            holder[name] = instead
            yield broken


def shortened(whole: Any) -> Iterator[Any]:
    """The value with each of its places missing."""
    for index in range(len(list(places(whole)))):
        broken = copy.deepcopy(whole)
        holder, name = list(places(broken))[index]
        del holder[name]
        yield broken


async def is_refused(call: Awaitable[object]) -> bool:
    """Whether it ends in one of our errors; any other is a bug."""
    try:
        await call
    except BackendError as error:
        return str(error).isprintable()
    return False
