from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest
from tests.forum.forum_pages import forum, posts, topics

from forumtui.errors import NotFound, Refused
from forumtui.forum.export_format import ExportFormat
from forumtui.forum.exporting import export
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.forum.importing import import_file
from forumtui.forum.store import ImportedPost, ImportedTopic
from forumtui.model import (
    Action,
    Board,
    BoardId,
    Body,
    Delete,
    Edit,
    Format,
    Like,
    Mark,
    Millis,
    NewTopic,
    Receipt,
    Reply,
    SetMark,
    TopicId,
)
from forumtui.sample.build import ensure_sample

NOW = Millis(1_790_000_000_000)


async def written(store: SqliteForumStore, format_: ExportFormat = ExportFormat.JSONL, **part: str) -> str:
    out = io.StringIO()
    board = BoardId(part["board"]) if "board" in part else None
    topic = TopicId(part["topic"]) if "topic" in part else None
    await export(store, out, format=format_, board=board, topic=topic)
    return out.getvalue()


async def do(
    store: SqliteForumStore, me: str, key: str, act: NewTopic | Reply | Edit | Delete | Like | SetMark
) -> Receipt:
    return await store.perform(me, Action(key, act))


async def live_in(store: SqliteForumStore) -> None:
    """Everything that can happen to a forum."""
    await store.house.set_role("Grace", "Moderator")
    await store.house.set_role("Nobody Yet", "Editor")
    await store.house.set_info({"tagline": "All sorts", "notice": "Mind\nthe step"})
    outer = await store.house.add_board(
        BoardDraft(title="Outer", links=[("Home", "https://example.org/")], leader="Grace")
    )
    inner = await store.house.add_board(BoardDraft(title="Inner", parent=outer, leader_wanted=True, notice="Psst"))
    opened = await do(store, "Ada", "1", NewTopic(inner, "Hello <world>", Body("First."), ("one", "two")))
    assert opened.topic is not None
    assert opened.post is not None
    answer = await do(store, "Grace", "2", Reply(opened.topic, Body("Re", Format.PLAIN), opened.post, "Aside"))
    assert answer.post is not None
    deep = await do(store, "Ada", "3", Reply(opened.topic, Body("@Grace \x1b[31m\u202e\x9b hi"), answer.post))
    assert deep.post is not None
    gone = await do(store, "Ada", "4", Reply(opened.topic, Body("Oops")))
    assert gone.post is not None
    await do(store, "Ada", "5", Edit(opened.topic, opened.post, Body("First, edited."), "Hello <world>"))
    await do(store, "Ada", "6", Delete(opened.topic, gone.post))
    await do(store, "Ada", "7", Like(opened.topic, answer.post))
    await do(store, "Grace", "8", SetMark(opened.topic, deep.post, Mark.BEST_PRACTICE))
    origin = (await store.origins("board", [inner]))[inner]
    undated = [
        ImportedTopic(
            f"old:{name}", origin, name, posts=[ImportedPost(f"old:{name}:1", None, "Otto", "Guest", Body(name))]
        )
        for name in ("Zeta", "Alpha", "Mu")
    ]
    same_time = [
        ImportedTopic(f"tie:{name}", origin, name, created=Millis(5), posts=[], pinned=name == "Tie 1")
        for name in ("Tie 1", "Tie 2")
    ]
    await store.import_topics([*undated, *same_time])


async def test_round_trip_gives_the_same_bytes_and_the_same_lists(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        await live_in(store)
        first = await written(store)
        titles = [topic.title for topic in await topics(store)]
    (tmp_path / "one.jsonl").write_text(first, encoding="utf-8", newline="\n")
    async with forum(tmp_path / "two.db") as store:
        said: list[str] = []
        await import_file(tmp_path / "one.jsonl", store, new=True, roles=True, note=said.append)
        assert said == ["Grace: Moderator", "Grace: leads board 1", "Nobody Yet: Editor"]
        assert [topic.title for topic in await topics(store)] == titles
        assert await written(store) == first
        again = await import_file(tmp_path / "one.jsonl", store)
        assert (again.added, again.changed) == (0, 0)
        assert await written(store) == first


def test_sample_round_trip(tmp_path: Path) -> None:
    path = ensure_sample(tmp_path, NOW)

    async def scenario() -> None:
        async with forum(path) as store:
            first = await written(store)
        (tmp_path / "sample.jsonl").write_text(first, encoding="utf-8", newline="\n")
        async with forum(tmp_path / "copy.db") as store:
            await import_file(tmp_path / "sample.jsonl", store)
            assert await written(store) == first

    asyncio.run(scenario())


async def test_export_is_safe_to_show_and_says_what_it_is(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        await live_in(store)
        text = await written(store)
    assert text.isascii() or not [c for c in text if c != "\n" and not c.isprintable()]
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[0] == {"format": "forumtui-export", "version": 1, "scope": "forum"}
    assert lines[-1] == {"type": "end", "topics": 6, "posts": 7}
    undated = [line for line in lines if line.get("origin", "").startswith("old:") and line["type"] == "post"]
    assert [line["created"] for line in undated] == [None] * 3


async def test_part_of_a_forum_comes_with_its_boards_and_renames_nothing(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        await live_in(store)
        hello = next(topic for topic in await topics(store) if topic.title.startswith("Hello"))
        outer: Board = (await store.boards(None))[0]
        one_topic = await written(store, topic=hello.id)
        one_board = await written(store, board=outer.id)
        with pytest.raises(NotFound):
            await written(store, board="404")
        with pytest.raises(Refused):
            await written(store, topic="404")
    for text, count in ((one_topic, 1), (one_board, 6)):
        kinds = [json.loads(line).get("type") for line in text.splitlines()]
        assert kinds.count("topic") == count
        assert kinds.count("board") == 2
        assert not {"forum", "member"} & set(kinds)
        (tmp_path / "part.jsonl").write_text(text, encoding="utf-8")
        async with forum(tmp_path / "two.db") as store:
            await import_file(tmp_path / "part.jsonl", store)
            assert (await store.info(None)).title == "Clocks"
            assert len(await topics(store)) == count


async def test_export_of_a_grown_forum_adds_what_is_new(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as one, forum(tmp_path / "two.db") as two:
        await live_in(one)
        (tmp_path / "x.jsonl").write_text(await written(one), encoding="utf-8")
        await import_file(tmp_path / "x.jsonl", two, new=True)
        hello = next(topic for topic in await topics(two) if topic.title.startswith("Hello"))
        await do(two, "Here", "h", Reply(hello.id, Body("Only here.")))
        theirs = next(topic for topic in await topics(one) if topic.title.startswith("Hello"))
        await do(one, "There", "t", Reply(theirs.id, Body("Only there.")))
        (tmp_path / "x.jsonl").write_text(await written(one), encoding="utf-8")
        assert (await import_file(tmp_path / "x.jsonl", two)).added == 1
        said = [post.body.source for post in await posts(two, hello) if post.body is not None]
        assert said[-2:] == ["Only here.", "Only there."]


async def test_long_topic_and_progress(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        board = await store.house.add_board(BoardDraft(title="Board"))
        origin = (await store.origins("board", [board]))[board]
        many = [
            ImportedPost(f"p{n}", "Long", "Ada", None, Body(f"Line {n}"), parent_origin=f"p{n - 1}" if n else None)
            for n in range(1201)
        ]
        await store.import_topics([ImportedTopic("t", origin, "Long", posts=many)])
        seen: list[tuple[int, int | None]] = []
        out = io.StringIO()
        await export(store, out, format=ExportFormat.JSONL, progress=lambda done, total: seen.append((done, total)))
        assert seen[-1] == (1201, 1201)
        assert len(seen) >= 3
    (tmp_path / "x.jsonl").write_text(out.getvalue(), encoding="utf-8")
    async with forum(tmp_path / "two.db") as store:
        await import_file(tmp_path / "x.jsonl", store, new=True)
        found = await posts(store, (await topics(store))[0])
        assert [post.number for post in found] == list(range(1, 1202))
        assert [post.parent for post in found[1:]] == [post.id for post in found[:-1]]


@pytest.mark.parametrize("format_", [ExportFormat.MARKDOWN, ExportFormat.TEXT])
async def test_texts_for_people(tmp_path: Path, format_: ExportFormat) -> None:
    async with forum(tmp_path / "one.db") as store:
        await live_in(store)
        text = await written(store, format_)
    assert not [c for c in text if c != "\n" and not c.isprintable()]
    for word in (
        "Clocks",
        "Outer",
        "Inner",
        "Leader: Grace",
        "Leader wanted",
        "First, edited.",
        "Ada",
        "best practice",
    ):
        assert word in text
    assert "(deleted by its author)" in text.replace("\\", "")
    assert "Oops" not in text
    assert text.index("First, edited.") < text.index("Aside") < text.index("Zeta") < text.index("Alpha")


async def test_plain_text_in_markdown_reads_as_it_was(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        board = await store.house.add_board(BoardDraft(title="Board"))
        text = "# no *heading*\n1. no list\n- nor this\n<b>nor bold</b> a_b [c](d)"
        await do(store, "Ada", "1", NewTopic(board, "Signs", Body(text, Format.PLAIN)))
        text = await written(store, ExportFormat.MARKDOWN)
    assert "\\# no \\*heading\\*  \n1\\. no list  \n\\- nor this  \n\\<b>nor bold\\</b> a\\_b \\[c\\](d)" in text


async def test_html_is_exported_as_what_it_shows(tmp_path: Path) -> None:
    async with forum(tmp_path / "one.db") as store:
        board = await store.house.add_board(BoardDraft(title="Board"))
        body = Body("<p>Some <b>bold</b> * text</p><ul><li>item</ul>", Format.HTML)
        await do(store, "Ada", "1", NewTopic(board, "Served", body))
        assert "Some **bold** \\* text\n\n- item\n" in await written(store, ExportFormat.MARKDOWN)
        assert "Some bold * text\n\n* item\n" in await written(store, ExportFormat.TEXT)


async def test_body_longer_than_is_laid_out_is_exported_whole(tmp_path: Path) -> None:
    async def scenario() -> str:
        async with forum(tmp_path / "one.db") as store:
            board = await store.house.add_board(BoardDraft(title="Board"))
            await do(store, "Ada", "1", NewTopic(board, "Long", Body("word " * 12_000 + "the end")))
            return await written(store, ExportFormat.TEXT)

    assert (await scenario()).rstrip().endswith("the end")
