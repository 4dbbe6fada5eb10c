"""Rows and in-memory sources for the tests of lists and threads."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from forumtui.model import Author, BoardId, Body, MemberId, Millis, PostId, TopicId
from forumtui.reader.rows import AccountKey, BoardKey, Outline, PostKey, PostRow, Rows, ThreadOrder, TopicKey, TopicRow

NOW = Millis(1_800_000_000_000)
HOUR = 3_600_000
ANNA = Author(MemberId("1"), "Anna Berg", "Member")
JAAP = Author(MemberId("2"), "Jaap de Jonge", "Editor")


def topic(key: int = 1, **changes: Any) -> TopicRow:
    row = TopicRow(
        key=TopicKey(key),
        account=AccountKey(1),
        board=BoardId("1"),
        board_key=BoardKey(1),
        board_title="Action-Centered Leadership",
        id=TopicId(str(key)),
        title=f"Topic {key}",
        author=JAAP,
        posts=9,
        created=Millis(NOW - 50 * HOUR),
        last_post=Millis(NOW - 2 * HOUR),
    )
    return replace(row, **changes)


def post(key: int, body: str | None = None, **changes: Any) -> PostRow:
    row = PostRow(
        key=PostKey(key),
        topic_key=TopicKey(1),
        id=PostId(str(key)),
        topic=TopicId("1"),
        sort=key,
        number=key,
        author=ANNA if key % 2 else JAAP,
        created=Millis(NOW - 3 * HOUR),
        body=Body(f"Body of post {key}." if body is None else body),
    )
    return replace(row, **changes)


class TopicsInMemory:
    """Topics in windows, as the library hands them out; ``asked`` counts the windows."""

    def __init__(self, rows: Sequence[TopicRow]) -> None:
        self.rows = list(rows)
        self.asked = 0

    async def window(self, anchor: Hashable | None, *, end: bool, before: int, after: int) -> Rows[TopicRow]:
        self.asked += 1
        rows = self.rows
        if anchor is None:
            at = len(rows) - 1 if end else 0
        else:
            assert isinstance(anchor, int)
            at = next((i for i, row in enumerate(rows) if row.key >= anchor), max(0, len(rows) - 1))
        start, stop = max(0, at - before), min(len(rows), at + after + 1)
        return Rows(tuple(rows[start:stop]), max(0, at - start), start == 0, stop == len(rows), len(rows))


class ThreadInMemory:
    """A thread as the library hands it out."""

    def __init__(self, posts: Sequence[PostRow], row: TopicRow | None = None) -> None:
        self.rows = {each.key: each for each in posts}
        self.topic = row or topic()
        self.new_from: int | None = None
        self.gaps: tuple[int, ...] = ()
        self.asked: list[Sequence[PostKey]] = []

    async def outline(self, topic: TopicKey, order: ThreadOrder = ThreadOrder.FLAT) -> Outline:
        placed = [(each, 0) for each in self.rows.values()]
        if order is ThreadOrder.TREE:
            placed = list(self._tree(None, 0))
        subjects: list[tuple[int, str]] = []
        for index, (each, _) in enumerate(placed):
            if each.subject and (not subjects or subjects[-1][1] != each.subject):
                subjects.append((index, each.subject))
        return Outline(
            self.topic,
            order,
            [each.key for each, _ in placed],
            [depth for _, depth in placed],
            [each.parent_key for each, _ in placed],
            [each.unread for each, _ in placed],
            self.gaps,
            tuple(subjects),
            self.new_from,
        )

    def _tree(self, parent: PostKey | None, depth: int) -> Iterator[tuple[PostRow, int]]:
        for each in self.rows.values():
            if each.parent_key == parent:
                yield each, depth
                yield from self._tree(each.key, depth + 1)

    async def posts(self, topic: TopicKey, keys: Sequence[PostKey]) -> dict[PostKey, PostRow]:
        self.asked.append(keys)
        return {key: self.rows[key] for key in keys if key in self.rows}

    async def find_in_topic(self, topic: TopicKey, text: str) -> Sequence[PostKey]:
        return [key for key, each in self.rows.items() if each.body and text.casefold() in each.body.source.casefold()]
