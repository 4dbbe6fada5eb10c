"""Is a file built as ours are?  A file that somebody sent may bring views, triggers and columns that run code of theirs.

Such a thing is part of a schema, and SQLite runs it whenever a statement of ours touches it: a view in place of a table
may never end. So what is not exactly as our own schema has it is named, and nothing else in the file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files

import apsw

from forumtui.sqlite.connection import register_functions
from forumtui.text.sanitise import clean_line
from forumtui.values import quick_dataclass

SCHEMA = files("forumtui.forum.file") / "schema"
STEPS = tuple(sorted((step for step in SCHEMA.iterdir() if step.name.endswith(".sql")), key=lambda step: step.name))
SOUND = {
    1: "7613bc11e0f87d80598d98e5",
    2: "e15c8a2cf03ccfbd27f73858",
    3: "398ea8717fd3eeb0c257e631",
    4: "7f4026ab84c32778f324b387",
    5: "afb57ee1c0cde1f2dfa78e4c",
    6: "19809ee917e1d4b49884c98f",
    7: "19809ee917e1d4b49884c98f",
    8: "23597daeadfa5c31e99e8960",
    9: "2bfef930ba2cb87dabb5487e",
    10: "77de0bc3158be813d04628e6",
}
"""Digests of sound files of each version, so that our own schema need not be built to compare with at each start."""
_OF_SQLITE = re.compile(r"sqlite_(?:autoindex_\w+|stat[14]|sequence)")
"""Made by SQLite itself; nobody else may give such names."""
_COMMENT = re.compile(r"--[^\n]*")
_RUNS = {"view": 0, "trigger": 1, "table": 2}
"""What runs code most readily is named first."""
_MOST_NAMED = 5
_LONGEST_NAME = 60

Thing = tuple[str, str, str]
"""What kind of thing, its name, and what made it."""


@quick_dataclass(frozen=True, slots=True)
class Difference:
    """What a file has that ours have not, or have otherwise, and what it lacks: words for people."""

    foreign: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def difference(connection: apsw.Connection, version: int) -> Difference:
    """How a file differs from a forum file of this version."""
    found = things(connection)
    if digest(found) == SOUND.get(version):
        return Difference()
    ours = _built(version)
    known, there = _names(ours), _names(found)
    others = sorted(_names(found - ours), key=lambda thing: (thing in known, _RUNS.get(thing[0], 9), thing))
    return Difference(_said(others), _said(sorted(known - there)))


def _names(found: Iterable[Thing]) -> frozenset[tuple[str, str]]:
    return frozenset((kind, name) for kind, name, _ in found)


def _said(named: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    said = [f'the {kind} "{clean_line(name, _LONGEST_NAME)}"' for kind, name in named[:_MOST_NAMED]]
    return (*said, f"{len(named) - _MOST_NAMED} more") if len(named) > _MOST_NAMED else tuple(said)


def things(connection: apsw.Connection) -> frozenset[Thing]:
    """All that a file's schema has; comments and spaces do not count."""
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
    return frozenset(
        (str(kind), str(name), " ".join(_COMMENT.sub(" ", str(sql)).split()))
        for kind, name, sql in rows
        if not _OF_SQLITE.fullmatch(str(name))
    )


def digest(found: Iterable[Thing]) -> str:
    """A short word that differs where the things do."""
    return blake2b(repr(sorted(found)).encode("utf-8", "replace"), digest_size=12).hexdigest()


@lru_cache(maxsize=4)
def _built(version: int) -> frozenset[Thing]:
    with closing(apsw.Connection(":memory:")) as connection:
        register_functions(connection)
        for step in STEPS[:version]:
            connection.execute(step.read_text(encoding="utf-8"))
        return things(connection)
