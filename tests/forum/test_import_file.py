from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
from tests.forum.forum_pages import POSTS, Said, forum, page, posts, topics

from forumtui.errors import FileProblem, ForumtuiError, NotAForum, UsageError
from forumtui.forum.importing import check_file, import_file
from forumtui.forum.store import Imported
from forumtui.model import Action, Body, Format, Mark, Reply


async def test_page_into_a_new_forum(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(page(practices=["The pendulum"]), encoding="utf-8")
    seen: list[tuple[int, int | None]] = []
    async with forum(tmp_path / "forum.db") as store:
        done = await import_file(
            tmp_path / "page.txt", store, new=True, progress=lambda now, all_: seen.append((now, all_))
        )
        assert done == Imported(added=2 + len(POSTS))
        (topic,) = await topics(store)
        assert (topic.title, topic.created, topic.posts) == ("How often to wind it", None, len(POSTS))
        found = await posts(store, topic)
        assert [post.body.source for post in found if post.body] == [p.text.replace("\n", "\n\n") for p in POSTS]
        assert [post.marks for post in found][2] == {Mark.BEST_PRACTICE}
        info = await store.info(None)
        assert (info.title, info.tagline, info.version) == ("Tick & Tock", "For people with time", "V2.7")
        (board,) = await store.boards(None)
        assert board.leader_wanted
    assert seen == [(0, len(POSTS)), (len(POSTS), len(POSTS))]


async def test_page_again_changes_nothing_and_a_grown_one_adds_its_new_posts(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    async with forum(tmp_path / "forum.db") as store:
        file.write_text(page(POSTS[:2]), encoding="utf-8")
        await import_file(file, store)
        (topic,) = await topics(store)
        await store.perform("Mine", Action("k1", Reply(topic.id, Body("Written here."))))
        assert (await import_file(file, store)).added == 0
        file.write_text(page(), encoding="cp1252", errors="replace")
        assert (await import_file(file, store)).added == 2
        assert (await import_file(file, store)) == Imported(same=2 + len(POSTS))
        texts = [post.body.source for post in await posts(store, topic) if post.body]
        assert len(texts) == len(POSTS) + 1
        assert texts.count("Written here.") == 1


async def test_owners_title_stays_and_the_pages_version_is_followed(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text(page(), encoding="utf-8")
    async with forum(tmp_path / "forum.db") as store:
        await import_file(file, store)
        assert (await store.info(None)).title == "Clocks"
        file.write_text(page(version="V2.8"), encoding="utf-8")
        await import_file(file, store)
        assert (await store.info(None)).version == "V2.8"


async def test_cancelled_import_is_whole_and_goes_on(tmp_path: Path) -> None:
    many = [Said(f"Part {number}", "Ada Byron", f"Line {number}") for number in range(2500)]
    file = tmp_path / "page.txt"
    file.write_text(page(many), encoding="utf-8")
    async with forum(tmp_path / "forum.db") as store:
        task = asyncio.current_task()
        assert task is not None

        def stop(done: int, total: int | None) -> None:
            if done:
                task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await import_file(file, store, progress=stop)
        task.uncancel()
        (topic,) = await topics(store)
        assert 0 < (topic.posts or 0) < 2500
        await import_file(file, store)
        (topic,) = await topics(store)
        assert [post.subject for post in await posts(store, topic)] == [said.subject for said in many]


HEADER = json.dumps({"format": "forumtui-export", "version": 1, "scope": "forum"})
BOARD = '{"type":"board","origin":"b","title":"Board"}'
TOPIC = '{"type":"topic","origin":"t","board":"b","title":"Topic"}'
POST = '{"type":"post","origin":"p","author":"Ada","text":"Hello"}'
END = '{"type":"end","topics":1,"posts":1}'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([HEADER, BOARD, TOPIC, POST], "ends too early, after line 4"),
        ([HEADER, BOARD, TOPIC, POST[:-4], END], "line 4: broken JSON"),
        ([HEADER, BOARD, TOPIC, END], "1 posts were promised, 0 came"),
        ([HEADER, TOPIC, POST, END], "line 2: the topic 'Topic' is on a board that the file does not have"),
        ([HEADER, BOARD, POST, END], "line 3: a post comes before any topic"),
        ([HEADER, BOARD, TOPIC, POST, END, POST], "line 6: there is something after the end"),
        ([HEADER, BOARD, TOPIC, POST, HEADER, END], "line 5: there is a second header"),
        ([HEADER, '{"colour":"red"}', END], 'line 2: "type" is missing'),
        ([HEADER, "[1, 2]", END], "line 2: not a JSON object"),
        ([HEADER, "[" * 100_000, END], "line 2: broken JSON"),
        ([HEADER, BOARD, TOPIC, '{"type":"post","author":"Ada"}', END], 'line 4: "origin" is missing'),
        ([HEADER, BOARD, TOPIC, '{"type":"post","origin":"\\ud800","text":"x"}', END], 'line 4: "origin" should be'),
        ([HEADER, BOARD, TOPIC, '{"type":"post","origin":"p","created":12}', END], 'line 4: "created" should be'),
        ([HEADER, BOARD, TOPIC, '{"type":"post","origin":"p","created":"soon"}', END], 'line 4: "created" should be'),
        ([HEADER, BOARD, TOPIC, '{"type":"post","origin":"p","likes":1.5}', END], 'line 4: "likes" should be'),
        ([HEADER, BOARD, TOPIC, '{"type":"post","origin":"p","likes":9e999}', END], 'line 4: "likes" should be'),
        ([HEADER, BOARD, TOPIC, '{"type":"post","origin":"p","deleted":"no"}', END], 'line 4: "deleted" should be'),
        ([HEADER, BOARD, TOPIC, '{"type":"post","origin":"p","mentions":"Ada"}', END], 'line 4: "mentions" should be'),
        ([HEADER, '{"type":"board","origin":"b","title":" "}', END], 'line 2: "title" is empty'),
        ([HEADER, '{"type":"board","origin":"b","title":"B","parent":"a"}', END], "comes before the one it is in"),
        ([HEADER, '{"type":"forum","pages":[1]}', END], 'line 2: "pages" should be'),
        ([HEADER.replace("1", "7"), END], "line 1: a newer forumtui wrote this"),
        ([HEADER, BOARD, "é" * 9_000_000, END], "line 3: longer than"),
    ],
)
async def test_broken_export_names_the_line_and_changes_nothing(tmp_path: Path, lines: list[str], said: str) -> None:
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(FileProblem) as checked:
        check_file(file)
    assert said in str(checked.value)
    async with forum(tmp_path / "forum.db") as store:
        before = await store.version()
        with pytest.raises(FileProblem):
            await import_file(file, store)
        assert await store.version() == before


async def test_export_with_unknown_words_imports_what_is_known(tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    post = (
        '{"type":"post","origin":"p","author":"Ada\\u0007\\n","marks":["gold","expert-tip"],"format":"bbcode",'
        '"text":"nul \\u0000 half \\ud800","colour":"red"}'
    )
    lines = [HEADER, '{"type":"badge"}', "", BOARD, TOPIC, post, END]
    file.write_bytes(("\r\n".join(lines)).encode("utf-16"))
    async with forum(tmp_path / "forum.db") as store:
        assert (await import_file(file, store)).added == 3
        (found,) = await posts(store, (await topics(store))[0])
        assert found.author is not None
        assert found.author.name == "Ada"
        assert found.marks == {Mark.EXPERT_TIP}
        assert found.body == Body("nul \ufffd half \ufffd", Format.PLAIN)


def test_wrong_charset_in_an_export_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    file.write_bytes("\n".join([HEADER, BOARD.replace("Board", "Bücher"), END]).encode("cp1252"))
    with pytest.raises(FileProblem, match="line 2: not UTF-8"):
        check_file(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "binary"),
        (b"SQLite format 3\0" + bytes(100), "is a database"),
        (b'{"name": "something else"}', "is JSON, but not an export"),
        (b"{broken", "is JSON, but not an export"),
        (b"<!DOCTYPE html><html><body>Forum</body></html>", "is a web page, but no forum page"),
        (b"Dear diary,\n\ntoday nothing happened.\n", "neither a saved forum page nor an export"),
    ],
)
def test_other_files_are_told_what_they_are(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "thing"
    file.write_bytes(content)
    with pytest.raises(FileProblem, match=said):
        check_file(file)


def test_missing_folder_pipe_and_forbidden(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="There is no file"):
        check_file(tmp_path / "none")
    with pytest.raises(FileProblem, match="is a folder"):
        check_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileProblem, match="not a regular file"):
        check_file(tmp_path / "pipe")
    if os.geteuid() != 0:
        (tmp_path / "secret").touch(mode=0o000)
        with pytest.raises(FileProblem, match="can not be read"):
            check_file(tmp_path / "secret")


def test_named_format_is_held_to(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(page(), encoding="utf-8")
    (tmp_path / "export").write_text(f"{HEADER}\n{END.replace('1', '0')}\n", encoding="utf-8")
    check_file(tmp_path / "page.txt", "page")
    check_file(tmp_path / "export", "jsonl")
    with pytest.raises(NotAForum, match="does not look like a saved forum page"):
        check_file(tmp_path / "export", "page")
    with pytest.raises(FileProblem, match="line 1"):
        check_file(tmp_path / "page.txt", "jsonl")
    with pytest.raises(UsageError, match="no format 'html'"):
        check_file(tmp_path / "page.txt", "html")


def test_every_refusal_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(os.urandom(2000))
    for name in ("binary", "none", "."):
        with pytest.raises(ForumtuiError) as refused:
            check_file(tmp_path / name)
        assert str(tmp_path) in str(refused.value)
        assert "\n" not in str(refused.value)
