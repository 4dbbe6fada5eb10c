"""Homes to measure in: forum files of a size, a library that follows them, kept between runs in a temporary folder."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from corpus import boards, topic, topics

from forumtui.host.sqlite import SqliteForumStore
from forumtui.host.store import ImportedTopic
from forumtui.library import Library
from forumtui.rows import Resume, TopicQuery, WantPosts
from forumtui.sync.engine import Engines

FOLDER = Path(os.environ.get("FORUMTUI_BENCH", Path(tempfile.gettempdir()) / "forumtui-bench"))


def batches(source: Iterator[ImportedTopic], size: int) -> Iterator[list[ImportedTopic]]:
    """Lists of ``size`` topics."""
    while batch := list(islice(source, size)):
        yield batch


async def forum_file(path: Path, source: Iterator[ImportedTopic], batch: int = 500) -> None:
    """Write a forum file with these topics."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = await SqliteForumStore.open(path, create=True, title=path.stem)
    try:
        await store.import_boards(boards())
        for chunk in batches(source, batch):
            await store.import_topics(chunk)
    finally:
        await store.close()


async def home(name: str, source: Iterator[ImportedTopic], *, open_topic: bool) -> Path:
    """A FORUMTUI_HOME whose library follows a forum of these topics and resumes in it; made once."""
    folder = FOLDER / name
    if (folder / "ready").exists():
        return folder
    forum = folder / f"{name}.db"
    await forum_file(forum, source)
    library = await Library.open(folder)
    try:
        async with Engines(library) as engines:
            account = await engines.add(str(forum), listed=True, joined_days=36_500)
            await engines.run_once(account.key)
            first = (await library.reading.topics(TopicQuery(account=account.key), after=1)).rows[0]
            if open_topic:
                while window := await library.intake.missing(account.key, first.id, 200):
                    await engines.run_once(account.key, wants=[WantPosts(account.key, first.id, window)], mirror=False)
            await library.accounts.set_resume(Resume(account=account.key, topic=first.key if open_topic else None))
    finally:
        await library.close()
    (folder / "ready").touch()
    return folder


def list_home(count: int) -> Path:
    """A forum of ``count`` topics of one post, resuming at its list."""
    return asyncio.run(home(f"topics-{count}", topics(count, 1), open_topic=False))


def thread_home(posts: int) -> Path:
    """A forum with one topic of ``posts`` posts, resuming in it."""
    return asyncio.run(home(f"posts-{posts}", iter([topic(0, posts, "board0")]), open_topic=True))
