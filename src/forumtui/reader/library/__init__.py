"""The only door to the reader's data: async reads and commands, and a `Changed` after each commit.

Reads run in a reader thread, searches in another, writes in the one writer thread; nothing here
touches a network or knows a backend.  Raises `ForumtuiError` and nothing else on purpose.
"""

from __future__ import annotations

from forumtui.reader.library.door import Library

__all__ = ["Library"]
