"""Homes to measure in: forum files of a size, a library that follows them, kept between runs in a temporary folder."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.corpus import boards, topic, topics

from forumtui.backends.local import ForumBackend
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.store import ImportedTopic
from forumtui.model import TopicId
from forumtui.reader.library import Library
from forumtui.reader.resume import Resume
from forumtui.reader.rows import AccountKey, TopicQuery
from forumtui.reader.sync.engine import Engines

EVER = 36_500
"""Days: nothing arrives read."""
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
        async with Engines(library, join_days=EVER) as engines:
            account = await engines.add(str(forum), listed=True)
            await engines.run_once(account.key)
            first = (await library.reading.topics(TopicQuery(account=account.key), after=1)).rows[0]
        if open_topic:
            await fetch(library, account.key, forum, [first.id])
        await library.accounts.set_resume(Resume(account=account.key, topic=first.key if open_topic else None))
    finally:
        await library.close()
    (folder / "ready").touch()
    return folder


async def fetch(library: Library, account: AccountKey, forum: Path, wanted: Iterable[TopicId]) -> None:
    """Bring every post of these topics into the library, as the engine would."""
    store = await SqliteForumStore.open(forum)
    try:
        backend = ForumBackend(store, "reader")
        for topic_id in wanted:
            while window := await library.intake.missing(account, topic_id, 200):
                await library.intake.posts(account, topic_id, window, await backend.posts(topic_id, window))
    finally:
        await store.close()


def list_home(count: int) -> Path:
    """A forum of ``count`` topics of one post, resuming at its list."""
    return asyncio.run(home(f"topics-{count}", topics(count, 1), open_topic=False))


def thread_home(posts: int) -> Path:
    """A forum with one topic of ``posts`` posts, resuming in it."""
    return asyncio.run(home(f"posts-{posts}", iter([topic(0, posts, "board0")]), open_topic=True))
