from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from forumtui.errors import FileProblem
from forumtui.forum.file import SqliteForumStore
from forumtui.model import Action, Board, Body, ForumInfo, Listing, Mark, Millis, Place, Post, Reply, Topic, Window
from forumtui.sample.build import UUID, ensure_sample, reset_sample
from forumtui.sample.notation import NotationError, Topics
from forumtui.tui.keys.commands import COMMANDS

NOW = Millis(1_790_000_000_000)
HOUR = 3_600_000
DAY = 24 * HOUR


class Sample:
    """All of the sample forum."""

    def __init__(
        self, info: ForumInfo, boards: Sequence[Board], topics: Mapping[str, tuple[Topic, Sequence[Post]]]
    ) -> None:
        self.info = info
        self.boards = {board.title: board for board in boards}
        self.topics = topics
        self.posts = [post for _, posts in topics.values() for post in posts]
        self.text = "\n".join(post.body.source for post in self.posts if post.body is not None)


async def read(path: Path) -> Sample:
    store = await SqliteForumStore.open(path)
    try:
        found = {}
        for topic in (await store.topics(None, Listing(), None, 500)).items:
            page = await store.posts(None, topic.id, Window(Place.START, limit=500))
            found[topic.title] = (topic, page.items)
        return Sample(await store.info(None), await store.boards(None), found)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = ensure_sample(tmp_path_factory.mktemp("sample"), NOW)
    return asyncio.run(read(path))


def test_size(sample: Sample) -> None:
    assert len(sample.topics) >= 40
    counts = sorted(len(posts) for _, posts in sample.topics.values())
    assert counts[-1] >= 300
    assert len(set(sample.text.split("\n"))) > 0.8 * len([line for line in sample.text.split("\n") if line])


def test_shape_of_the_forum(sample: Sample) -> None:
    assert sample.info.notice
    assert [page.slug for page in sample.info.pages] == ["about", "rules", "privacy"]
    boards = sample.boards.values()
    assert [board for board in boards if board.parent]
    assert [board for board in boards if board.leader]
    assert [board for board in boards if board.leader_wanted and not board.leader]
    assert [board for board in boards if board.links and board.further_study]
    assert all(board.description for board in boards)
    totals = {mark: sum(s.total for board in boards for s in board.sections if s.mark is mark) for mark in Mark}
    assert totals[Mark.BEST_PRACTICE] >= 5
    assert totals[Mark.EXPERT_TIP] >= 5
    roles = {post.author.role for post in sample.posts if post.author}
    assert roles == {"Member", "Editor", "Moderator", "Admin"}


def test_everything_that_a_post_may_be(sample: Sample) -> None:
    topics = [topic for topic, _ in sample.topics.values()]
    assert [topic for topic in topics if topic.pinned]
    assert [topic for topic in topics if topic.closed]
    assert [topic for topic in topics if topic.tags]
    assert [topic for topic in topics if topic.created is None]
    assert [post for post in sample.posts if post.mentions]
    assert [post for post in sample.posts if post.deleted]
    assert [post for post in sample.posts if post.parent]
    assert [post for post in sample.posts if Mark.ACCEPTED in post.marks]
    changing = [
        title for title, (_, posts) in sample.topics.items() if len({p.subject for p in posts if p.subject}) > 1
    ]
    assert len(changing) >= 3
    for sign in ("```python", "```sh", "|---", "](https://", "![", "\n> ", "信頼", "🐝", "ال", "~~", "- [ ]"):
        assert sign in sample.text, sign


def test_dates_read_fresh(sample: Sample) -> None:
    times = [post.created for post in sample.posts if post.created is not None]
    assert max(times) < NOW
    assert NOW - max(times) < HOUR
    assert NOW - min(times) > 150 * DAY
    assert len([time for time in times if NOW - time < DAY]) >= 10
    for _, posts in sample.topics.values():
        known = [post.created for post in posts if post.created is not None]
        assert known == sorted(known)


def test_start_here_is_on_top_and_its_keys_are_real(sample: Sample) -> None:
    title, (topic, posts) = next(iter(sample.topics.items()))
    assert title.startswith("Start here")
    assert topic.pinned
    keys = {key for command in COMMANDS.values() for key in command.keys}
    text = "\n".join(post.body.source for post in posts if post.body)
    named = [found for found in re.findall(r"`([^`]+)`", text) if not found.startswith("forumtui ")]
    assert len(named) >= 25
    assert [key for key in named if key not in keys] == []


def test_mentioned_members_and_board_leaders_exist(sample: Sample) -> None:
    authors = {post.author.name for post in sample.posts if post.author}
    assert {board.leader for board in sample.boards.values() if board.leader} <= authors
    assert {name for post in sample.posts for name in post.mentions} <= authors


def test_second_start_keeps_what_was_written_and_reset_takes_it_away(tmp_path: Path) -> None:
    path = ensure_sample(tmp_path, NOW)

    async def write() -> int:
        store = await SqliteForumStore.open(path)
        topic = (await store.topics(None, Listing(), None, 1)).items[0]
        await store.perform("Reader", Action("k", Reply(topic.id, Body("I was here."))))
        await store.close()
        return topic.posts or 0

    posts = asyncio.run(write())
    before = asyncio.run(read(path))
    assert ensure_sample(tmp_path, Millis(NOW + DAY)) == path
    assert "I was here." in asyncio.run(read(path)).text
    reset_sample(tmp_path, Millis(NOW + DAY))
    after = asyncio.run(read(path))
    assert "I was here." not in after.text
    assert len(next(iter(after.topics.values()))[1]) == posts
    assert before.info.uuid == after.info.uuid == UUID
    assert before.info.epoch != after.info.epoch
    assert {entry.name for entry in tmp_path.iterdir()} <= {"sample.db", "sample.db.lock"}


def test_reset_reaches_those_who_have_it_open(tmp_path: Path) -> None:
    path = ensure_sample(tmp_path, NOW)

    async def scenario() -> None:
        store = await SqliteForumStore.open(path)
        try:
            topic = (await store.topics(None, Listing(), None, 1)).items[0]
            await store.perform("Reader", Action("k", Reply(topic.id, Body("I was here."))))
            epoch, version = (await store.info(None)).epoch, await store.version()
            await asyncio.to_thread(reset_sample, tmp_path, NOW)
            assert await store.version() != version
            assert (await store.info(None)).epoch != epoch
            await store.perform("Reader", Action("k", Reply(topic.id, Body("I am back."))))
        finally:
            await store.close()

    asyncio.run(scenario())
    text = asyncio.run(read(path)).text
    assert "I am back." in text
    assert "I was here." not in text


@pytest.mark.parametrize("content", [b"", b"no database at all, but quite a long text" * 100])
def test_reset_replaces_a_broken_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sample.db").write_bytes(content)
    assert len(asyncio.run(read(reset_sample(tmp_path, NOW))).topics) >= 40


async def test_two_first_starts_at_once_build_one_forum(tmp_path: Path) -> None:
    threads = [threading.Thread(target=ensure_sample, args=(tmp_path, NOW)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len((await read(tmp_path / "sample.db")).topics) >= 40
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.startswith("sample.db")] == []


def test_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="There is no folder"):
        ensure_sample(tmp_path / "none", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "# T\nboard: desk\nstarted: 1h ago\n\n@@ Ada, +2h\nLater than now.\n",
        "# T\nboard: desk\nstarted: 1h ago\n\nNobody speaks.\n",
        "# T\nboard: desk\nstarted: 1h ago\n\n@@ Ada, loudly\nWhat?\n",
    ],
)
def test_notation_that_is_broken_says_so(text: str) -> None:
    with pytest.raises(NotationError):
        Topics(NOW, {"Ada": "Member"}).read("topic", text)


def test_content_is_plain_text_for_people() -> None:
    for file in (files("forumtui.sample") / "content" / "topics").iterdir():
        text = file.read_text(encoding="utf-8")
        assert text.startswith("# "), file.name
        assert not re.search(r"lorem(?! ipsum”)|TODO|\t", text), file.name
