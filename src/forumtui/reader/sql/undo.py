"""The last steps that can be taken back and done again; they survive a restart."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from forumtui.model import Millis
from forumtui.reader.sql.columns import one
from forumtui.values import quick_dataclass

KEPT = 50


@quick_dataclass(frozen=True, slots=True)
class LastStep:
    """What can be undone, for people, and since when."""

    what: str
    at: Millis


@quick_dataclass(frozen=True, slots=True)
class Step:
    """``what`` is for people; ``posts`` are the keys of the posts whose mark was changed."""

    kind: str
    what: str
    detail: dict[str, Any]
    posts: Sequence[int]


def push(
    connection: apsw.Connection, kind: str, what: str, detail: dict[str, Any], posts: Iterable[int], now: Millis
) -> None:
    """Remember a step; the oldest beyond `KEPT` are forgotten, and so is what could be done again."""
    step = json.dumps({"kind": kind} | detail)
    connection.execute("DELETE FROM undo WHERE undone = 1")
    connection.execute("INSERT INTO undo (at, what, step, posts) VALUES (?, ?, ?, ?)", (now, what, step, _pack(posts)))
    connection.execute("DELETE FROM undo WHERE id <= (SELECT max(id) - ? FROM undo)", (KEPT,))


def last(connection: apsw.Connection) -> LastStep | None:
    """What `back` would take back."""
    found = one(connection, "SELECT what, at FROM undo WHERE undone = 0 ORDER BY id DESC LIMIT 1")
    return None if found is None else LastStep(found[0], Millis(found[1]))


def back(connection: apsw.Connection) -> Step | None:
    """The last step, which then counts as undone."""
    return _turn(connection, "UPDATE undo SET undone = 1 WHERE id = (SELECT max(id) FROM undo WHERE undone = 0)")


def forth(connection: apsw.Connection) -> Step | None:
    """The step that was undone last, which then counts as done."""
    return _turn(connection, "UPDATE undo SET undone = 0 WHERE id = (SELECT min(id) FROM undo WHERE undone = 1)")


def _turn(connection: apsw.Connection, sql: str) -> Step | None:
    found = one(connection, f"{sql} RETURNING what, step, posts")
    if found is None:
        return None
    detail = json.loads(found[1])
    return Step(detail.pop("kind"), found[0], detail, unpack(found[2]))


def _pack(keys: Iterable[int]) -> bytes:
    """Fifty thousand keys in some kilobytes: neighbours differ little."""
    ordered = sorted(keys)
    return zlib.compress(array("q", (b - a for a, b in zip([0, *ordered], ordered, strict=False))).tobytes(), 1)


def unpack(packed: bytes) -> list[int]:
    """The keys that were packed, in order."""
    steps = array("q")
    steps.frombytes(zlib.decompress(packed))
    keys: list[int] = []
    key = 0
    for step in steps:
        key += step
        keys.append(key)
    return keys
