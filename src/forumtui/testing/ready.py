"""A forum of one's own for tests, ready to be filled."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from forumtui.forum.file import SqliteForumStore


@asynccontextmanager
async def ready_store(title: str = "A forum") -> AsyncIterator[SqliteForumStore]:
    """An empty forum in a file of its own, which is gone afterwards; `Stage` fills it."""
    with tempfile.TemporaryDirectory() as folder:
        store = await SqliteForumStore.open(Path(folder) / "forum.db", create=True, title=title)
        try:
            yield store
        finally:
            await store.close()
