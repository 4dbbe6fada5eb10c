"""Forum files for tests: a clock that moves by hand, a board to start with, and short words for acts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import apsw

from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.store import ImportedBoard, ImportedPost, ImportedTopic
from forumtui.model import Act, Action, BoardId, Body, Format, Millis, NewTopic, PostId, Receipt, Reply, TopicId, Window
from forumtui.sqlite.connection import connect

NOON = 1_700_000_000_000
_keys = count()


class Clock:
    """Moves one second with every question."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> Millis:
        self.at += 1000
        return Millis(self.at)


@asynccontextmanager
async def forum(folder: Path, *, patience: float = 10.0) -> AsyncIterator[tuple[SqliteForumStore, BoardId]]:
    """A new forum file with one board."""
    store = await SqliteForumStore.open(
        folder / "forum.db", create=True, title="Sample", now=Clock(), patience=patience
    )
    try:
        yield store, await store.house.add_board(BoardDraft(title="General"))
    finally:
        await store.close()


def act(what: Act, key: str = "") -> Action:
    """An action under a key of its own."""
    return Action(key or f"key-{next(_keys)}", what)


async def new_topic(store: SqliteForumStore, board: BoardId, subject: str = "Hello", text: str = "Text") -> Receipt:
    """A topic by anna."""
    return await store.perform("anna", act(NewTopic(board, subject, Body(text))))


async def reply(store: SqliteForumStore, topic: TopicId | None, text: str = "Answer", who: str = "bob") -> Receipt:
    """A reply by bob."""
    assert topic is not None
    return await store.perform(who, act(Reply(topic, Body(text))))


async def texts(store: SqliteForumStore, topic: TopicId | None) -> list[str | None]:
    """The sources of a topic's posts, in order."""
    assert topic is not None
    page = await store.posts(None, topic, Window(limit=1000))
    return [post.body.source if post.body else None for post in page.items]


def check_file(path: Path) -> None:
    """Whole in every respect: pages, foreign keys, counters, and the full-text index against the posts."""
    connection = connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").get == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO post_fts (post_fts, rank) VALUES ('integrity-check', 1)")
        wrong = connection.execute(
            "SELECT id FROM topic t WHERE posts <> (SELECT count(*) FROM post WHERE topic_id = t.id) "
            "OR last_post IS NOT (SELECT max(created) FROM post WHERE topic_id = t.id) "
            "OR last_number <> (SELECT coalesce(max(number), 0) FROM post WHERE topic_id = t.id)"
        ).fetchall()
        assert wrong == []
        assert (
            connection.execute(
                "SELECT id FROM board b WHERE topics <> (SELECT count(*) FROM topic WHERE board_id = b.id)"
            ).fetchall()
            == []
        )
    finally:
        connection.close()


def sql(path: Path, statement: str, *values: apsw.SQLiteValue) -> list[tuple[Any, ...]]:
    """Look into (or change) a file beside the store."""
    connection = connect(path)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def imported(origin: str, text: str = "words", **fields: Any) -> ImportedPost:
    """A post from elsewhere."""
    values: dict[str, Any] = {
        "subject": None,
        "author": "Ann Snider",
        "role": None,
        "body": Body(text, Format.PLAIN),
    }
    return ImportedPost(origin, **{**values, **fields})


async def import_thread(store: SqliteForumStore, *posts: ImportedPost, title: str = "Thread") -> TopicId:
    """One imported topic with these posts, on a board of its own."""
    await store.import_boards([ImportedBoard("b", "Imported")])
    await store.import_topics([ImportedTopic("t", "b", title, posts=posts)])
    (row,) = sql(store.path, "SELECT id FROM topic WHERE origin = 't'")
    return TopicId(str(row[0]))


def post_id(receipt: Receipt) -> PostId:
    """The id of the post that was created."""
    assert receipt.post is not None
    return receipt.post


def topic_id(receipt: Receipt) -> TopicId:
    """The id of the topic it is in."""
    assert receipt.topic is not None
    return receipt.topic
