"""Builds the sample forum's file from its texts, with dates that read fresh."""

from __future__ import annotations

import asyncio
import os
import tempfile
from importlib.resources import files
from pathlib import Path

from forumtui.errors import FileProblem, StorageFull
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.file.forum_file import replace_forum
from forumtui.model import Millis
from forumtui.sample.notation import read_forum

FILE = "sample.db"
UUID = "5a3e1f00-7ab1-4e00-8000-1e75617265ad"
"""The same wherever and whenever it is built, so that a reader's sample stays one account."""


def ensure_sample(folder: Path, now: Millis) -> Path:
    """The sample forum's file in ``folder``, built if there is none.  Blocks; takes under half a second.

    Raises `FileProblem`.
    """
    path = folder / FILE
    if not path.exists():
        with tempfile.TemporaryDirectory(prefix=".sample-", dir=_writable(folder)) as temporary:
            built = _build(Path(temporary), now)
            try:
                os.link(built, path)  # unlike a rename, it never replaces what another process built meanwhile
            except FileExistsError:
                pass
            except OSError:  # a file system without links
                built.rename(path)
    return path


def reset_sample(folder: Path, now: Millis) -> Path:
    """Make the sample forum as it was at first, also while it is open; what was written in it is gone.

    Raises `FileProblem` or `Busy`.
    """
    path = folder / FILE
    with tempfile.TemporaryDirectory(prefix=".sample-", dir=_writable(folder)) as temporary:
        replace_forum(path, _build(Path(temporary), now))
    return path


def _writable(folder: Path) -> Path:
    if not folder.is_dir():
        raise FileProblem(f"There is no folder {folder}.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageFull(f"The folder {folder} is read-only; the sample forum can not be built there.")
    return folder


def _build(folder: Path, now: Millis) -> Path:
    path = folder / FILE
    asyncio.run(_fill(path, now))
    return path


async def _fill(path: Path, now: Millis) -> None:
    forum, boards, topics = read_forum(files("forumtui.sample") / "content", now)
    store = await SqliteForumStore.open(path, create=True, title=forum.title, identity=UUID)
    try:
        await store.import_forum(forum)
        await store.import_boards(boards)
        await store.import_topics(topics)
    finally:
        await store.close()
