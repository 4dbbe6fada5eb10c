"""Which row of a forum file an origin means, and which origin a row has.

A row that was written here has no stored origin; it is known elsewhere as "UUID/kind/row".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeAlias

import apsw

from forumtui.forum.file.viewer import own_row
from forumtui.text.sanitise import store_text

_NUMBER = re.compile("-?[0-9]{1,19}")
"""A row of ours is never below 1, but another program may have numbered it."""
Kind: TypeAlias = Literal["board", "topic", "post"]
_UNSAID = ", members_only=None"
"""A field that came later and says nothing leaves the fingerprints of earlier imports as they are."""


def fingerprint(value: object) -> bytes:
    """What tells whether an imported value is the same as last time; its repr must not depend on the process."""
    return blake2b(repr(value).replace(_UNSAID, "").encode("utf-8", "backslashreplace"), digest_size=16).digest()


def plain(origin: str) -> str:
    """An origin that can be stored."""
    return origin if origin.isascii() else store_text(origin)


class Known(NamedTuple):
    """A row that an origin means."""

    row: int
    digest: bytes | None
    """What it looked like where it came from; None for what was written here."""


class Origins:
    """Looks origins up in one file."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        (uuid,) = own_row(connection, uuid=str)
        self._own = f"{uuid}/"

    def row(self, kind: Kind, origin: str) -> Known | None:
        """What this file has under an origin."""
        found = self._connection.execute(
            f"SELECT id, digest FROM {kind} WHERE origin = ?",  # noqa: S608 - one of three words
            (plain(origin),),
        ).fetchone()
        if found is not None or not origin.startswith(self._own):
            return None if found is None else Known(*found)
        named, _, number = origin.removeprefix(self._own).partition("/")
        if named != kind or not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        found = self._connection.execute(
            f"SELECT id, digest FROM {kind} WHERE id = ? AND origin IS NULL",  # noqa: S608
            (int(number),),
        ).fetchone()
        return None if found is None else Known(*found)

    def of(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, str]:
        """The origins of rows that exist, by id."""
        wanted = [int(number) for number in ids if _NUMBER.fullmatch(number)]
        rows = self._connection.execute(
            f"SELECT id, origin FROM {kind} WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608
            (json.dumps(wanted),),
        )
        return {str(number): str(origin or f"{self._own}{kind}/{number}") for number, origin in rows}
