"""The forum in which every field is an attack, as the program brings it along, and what a terminal was made to do."""

from __future__ import annotations

from forumtui.cli.selftest import deeds
from forumtui.sample.hostile import ENCODED, FLOODS, LINE, LINKS, MARKUP, STEERING, TEXT, WORD, build

__all__ = ["ENCODED", "FLOODS", "LINE", "LINKS", "MARKUP", "STEERING", "TEXT", "WORD", "build", "deeds"]
