"""Members of a forum file whom a text mentions, found while it is written."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice

import apsw

from forumtui.forum.file.viewer import rows
from forumtui.text.mentions import find_mentions

_MOST_SIGNS = 200
"""No text mentions more members than this."""


class Mentions:
    """Knows every member's name, so that a text's mentions are found without reading or comparing them all."""

    def __init__(self) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._lengths: set[int] = set()
        self._newest = 0

    def learn(self, connection: apsw.Connection) -> None:
        """Take in members who joined since; call it in a transaction, before it makes members of its own."""
        statement = "SELECT id, name FROM member WHERE id > ? ORDER BY id"
        for number, name in rows(connection, (int, str), statement, (self._newest,)):
            self.add(name)
            self._newest = number

    def add(self, name: str) -> None:
        """One more name."""
        self._names[name.casefold()].add(name)
        self._lengths.add(len(name))

    def find(self, text: str) -> tuple[str, ...]:
        """The members whom this text mentions."""
        candidates: set[str] = set()
        for sign in islice(re.finditer("@", text), _MOST_SIGNS):
            start = sign.end()
            for length in self._lengths:
                candidates |= self._names.get(text[start : start + length].casefold(), set())
        return find_mentions(text, candidates) if candidates else ()
