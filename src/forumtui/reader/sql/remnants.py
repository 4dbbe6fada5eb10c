"""Values of a damaged row that no screen could read: left out, so that the rest of the row comes back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from forumtui.reader.rows import OutState
from forumtui.reader.sql.columns import load_can
from forumtui.reader.sql.salvage import Found
from forumtui.reader.sql.states import DISCARDED
from forumtui.reader.sql.undo import unpack
from forumtui.reader.target import OutKind
from forumtui.sqlite.columns import Table

_UNKNOWN_STATE = "The library was damaged: whether this was sent is not known."
_WRONG = (ValueError, TypeError, KeyError, AttributeError, LookupError)


def readable(table: Table[Any], row: Found) -> Found:
    """A row of a table without the values that its columns can not load."""
    kept = dict(row)
    for name, load in _loads(table):
        try:
            if name in kept:
                load(kept[name])
        except _WRONG:
            kept.pop(name)
    return kept


def _loads(table: Table[Any]) -> Iterator[tuple[Any, Callable[[Any], object]]]:
    """What loads each stored column."""
    yield "can", load_can  # which tables load together with the rules above it
    for column in table.columns:
        if column.load is not None and not column.asks:
            yield column.sql or column.stored, column.load


def outgoing(row: Found) -> Found:
    """A row of ``outgoing``: a text is worth more than the state that can not be read, and needs none to be kept."""
    whole = {"kind": "topic", "state": "", "text": "", "revision": 1, "created": 0, "updated": 0} | row
    if whole["kind"] not in set(OutKind):
        whole["kind"] = "topic"
    if whole["state"] not in {*OutState, DISCARDED}:
        whole |= {"state": OutState.ATTENTION.value, "choices": "resend arrived discard", "error": _UNKNOWN_STATE}
    return whole


def holds(table: str, row: Found) -> bool:
    """Whether a row of ``resume`` or ``undo`` can be used."""
    try:
        if table == "resume":
            return set(json.loads(row["place"])) >= {"account", "board", "topic", "post", "line", "composing"}
        unpack(row["posts"])
        return bool(json.loads(row["step"])["kind"])
    except (*_WRONG, zlib.error):
        return False
