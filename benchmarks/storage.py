"""Without a screen: importing, and the library's queries at size."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.corpus import topic, topics
from benchmarks.homes import EVER, FOLDER, fetch, forum_file
from benchmarks.tables import median, percentile, show

from forumtui.forum.export_format import ExportFormat
from forumtui.forum.exporting import export
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.importing import import_file
from forumtui.forum.store import ImportedTopic
from forumtui.model import TopicId
from forumtui.reader.library import Library
from forumtui.reader.rows import ThreadOrder, TopicQuery
from forumtui.reader.sync.engine import Engines

LONG = 100
"""Posts in each tenth topic; the others have one, and only their headers are in the library."""


def importing() -> None:
    """Jsonl into a new forum file, posts a second."""
    asyncio.run(_importing())


async def _importing() -> None:
    count = 30_000
    with TemporaryDirectory() as name:
        folder = Path(name)
        await forum_file(folder / "from.db", topics(count // 10, 10))
        store = await SqliteForumStore.open(folder / "from.db")
        dump = io.StringIO()
        await export(store, dump, format=ExportFormat.JSONL)
        await store.close()
        (folder / "dump.jsonl").write_text(dump.getvalue(), encoding="utf-8")
        store = await SqliteForumStore.open(folder / "to.db", create=True, title="to")
        began = time.perf_counter()
        await import_file(folder / "dump.jsonl", store)
        first = time.perf_counter() - began
        began = time.perf_counter()
        await import_file(folder / "dump.jsonl", store)
        again = time.perf_counter() - began
        await store.close()
    show(
        "Import of jsonl (30,000 posts in 3,000 topics)",
        ["what", "s", "posts/s"],
        [["into a new file", first, count / first], ["again, nothing new", again, count / again]],
    )


def queries() -> None:
    """The reads behind each screen at 100k topics and 1M posts, beside a library of 1,000 topics."""
    small = asyncio.run(_query_row(1_000))
    large = asyncio.run(_query_row(100_000))
    rows = [[name, *small[name], *large[name], large[name][0] / small[name][0]] for name in small]
    show(
        "Library reads (ms): 1,000 topics / 10k posts beside 100k topics / 1M posts",
        ["read", "small p50", "p99", "large p50", "p99", "ratio"],
        rows,
    )


def _uneven(count: int) -> Iterator[ImportedTopic]:
    for number in range(count):
        yield topic(number, 1 if number % 10 else LONG, f"board{number % 20}")


async def _library(count: int) -> Path:
    folder = FOLDER / f"library-{count}"
    if not (folder / "ready").exists():
        began = time.perf_counter()
        await forum_file(folder / "forum.db", _uneven(count))
        built = time.perf_counter() - began
        library = await Library.open(folder)
        async with Engines(library, join_days=EVER) as engines:
            account = await engines.add(str(folder / "forum.db"), listed=True)
            began = time.perf_counter()
            await engines.run_once(account.key)
            mirrored = time.perf_counter() - began
            began = time.perf_counter()
            ids = [TopicId(str(number + 1)) for number in range(0, count, 10)]
            await fetch(library, account.key, folder / "forum.db", ids)
            fetched = time.perf_counter() - began
        await library.close()
        posts = count * LONG / 10 + count * 9 / 10
        show(
            f"Making a library of {count:,} topics",
            ["step", "s", "per s"],
            [
                ["forum file, posts", built, posts / built],
                ["topic headers", mirrored, count / mirrored],
                ["posts into the library", fetched, count * LONG / 10 / fetched],
            ],
        )
        (folder / "ready").touch()
    return folder


async def _timed(read: Callable[[], Awaitable[object]], rounds: int = 60) -> tuple[float, float]:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await read()
        times.append((time.perf_counter() - began) * 1000)
    return median(times), percentile(times, 0.99)


async def _query_row(count: int) -> dict[str, tuple[float, float]]:
    library = await Library.open(await _library(count))
    try:
        reading = library.reading
        account = (await library.accounts.all())[0].key
        boards = await reading.boards(account)
        board = TopicQuery(account=account, board=boards[0].key)
        first = (await reading.topics(board, after=50)).rows
        middle = (await reading.topics(board, end=True, before=len(first) * 20)).rows[0].key
        posts = (await reading.outline(first[0].key)).keys
        return {
            "first page of a board": await _timed(lambda: reading.topics(board, after=50)),
            "a page deep in it": await _timed(lambda: reading.topics(board, anchor=middle, before=25, after=25)),
            "first unread page, all forums": await _timed(lambda: reading.topics(TopicQuery(unread=True), after=50)),
            "boards with unread counts": await _timed(lambda: reading.boards(account)),
            "unread in all": await _timed(reading.unread_total),
            "next unread after a topic": await _timed(
                lambda: reading.next_unread(TopicQuery(account), topic=first[0].key, skip_topic=True)
            ),
            "thread outline": await _timed(lambda: reading.outline(first[0].key, ThreadOrder.TREE)),
            "its posts": await _timed(lambda: reading.posts(first[0].key, posts)),
            "search, a common word": await _timed(lambda: reading.search("trust"), 20),
        }
    finally:
        await library.close()
