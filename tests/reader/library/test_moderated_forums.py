"""What moderators do, as the library keeps it: hidden posts, closed doors, rejected texts; and libraries from before."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import apsw
import pytest

from forumtui.model import (
    Ability,
    Author,
    Board,
    BoardId,
    Body,
    Can,
    Format,
    ForumInfo,
    Member,
    MemberId,
    Millis,
    Page,
    Post,
    PostId,
    Registration,
    Reply,
    Topic,
    TopicId,
    Window,
)
from forumtui.reader.library import Library
from forumtui.reader.library.opening import APPLICATION_ID
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, OutRow, OutState, PostRow
from forumtui.reader.target import OutKind, Remote, Target

ME = Member(MemberId("me"), "Anna", "Moderator")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Library]:
    library = await Library.open(folder, now=lambda: Millis(50_000))
    try:
        yield library
    finally:
        await library.close()


async def account(library: Library, info: ForumInfo | None = None) -> AccountKey:
    row = await library.accounts.put(
        name="one",
        driver="local",
        location="/one.db",
        identity="uuid-one",
        options={},
        info=info or ForumInfo("One", me=ME),
        listed=True,
        joined=None,
    )
    await library.accounts.put_boards(row.key, [Board(BoardId("b"), "Board", members_only=True)])
    await library.intake.topics(row.key, [Topic(TopicId("t"), BoardId("b"), "Topic", posts=2)])
    return row.key


POST = Post(PostId("p"), TopicId("t"), 1, author=Author(MemberId("u"), "Jaap"), body=Body("Rude words."))


async def shown(library: Library, key: AccountKey, post: Post) -> PostRow:
    await library.intake.posts(key, TopicId("t"), Window(), Page((post,)))
    row = await library.reading.post_by_id(key, post.id)
    assert row is not None
    return row


async def test_a_hidden_post_keeps_its_text_for_moderators_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key = await account(library)
        seen = await shown(library, key, POST)
        assert (seen.hidden, seen.body) == (False, Body("Rude words."))
        moderated = await shown(library, key, replace(POST, hidden=True))
        assert (moderated.hidden, moderated.body) == (True, Body("Rude words."))
        placeholder = await shown(library, key, replace(POST, hidden=True, body=None))
        assert (placeholder.hidden, placeholder.body) == (True, None)
        assert placeholder.author is not None
        assert (await library.reading.search("rude")).hits == ()  # nor is it found any more
        restored = await shown(library, key, POST)
        assert (restored.hidden, restored.body) == (False, Body("Rude words."))
        assert len((await library.reading.search("rude")).hits) == 1


async def test_a_post_that_comes_without_its_text_for_another_reason_keeps_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key = await account(library)
        await shown(library, key, POST)
        assert (await shown(library, key, replace(POST, likes=3, body=None))).body == Body("Rude words.")


@pytest.mark.parametrize("way", [None, *Registration])
async def test_how_one_becomes_a_member(tmp_path: Path, way: Registration | None) -> None:
    async with opened(tmp_path) as library:
        key = await account(library, ForumInfo("One", registration=way))
        row = await library.accounts.get(key)
        assert (row.registration, row.me) == (way, None)
        (board,) = await library.reading.boards(key)
        assert board.members_only
        await library.accounts.update_info(key, ForumInfo("One", registration=Registration.CLOSED))
        assert (await library.accounts.get(key)).registration is Registration.CLOSED


async def test_abilities_of_moderators_come_back_and_later_ones_do_no_harm(tmp_path: Path) -> None:
    reason = "only moderators may"
    can = Can({Ability.MARK: "", Ability.MODERATE: reason, Ability.REPORT: "", Ability.KEEP: reason})
    async with opened(tmp_path) as library:
        key = await account(library, ForumInfo("One", me=ME, can=can))
        row = await library.accounts.get(key)
        assert [row.can.refusal(ability) for ability in (Ability.MARK, Ability.MODERATE)] == [None, reason]
        seen = await shown(library, key, replace(POST, can=Can({Ability.MODERATE: "", Ability.REPORT: "it is yours"})))
        found = [seen.can.refusal(each) for each in (Ability.MODERATE, Ability.REPORT, Ability.MARK, Ability.KEEP)]
        assert found == [None, "it is yours", None, reason]
    connection = apsw.Connection(str(tmp_path / "library.db"))
    connection.execute(
        "UPDATE account SET can = ?, registration = 'by-dance'", (json.dumps({"fly": "", "mark": "no"}),)
    )
    connection.close()
    async with opened(tmp_path) as library:
        (row,) = await library.accounts.all()
        assert (row.registration, dict(row.can.rules)) == (None, {Ability.MARK: "no"})


# -- texts that a moderator decided against


async def held(library: Library) -> tuple[AccountKey, OutRow]:
    key = await account(library)
    row = await library.outbox.start(Target(key, OutKind.REPLY, topic=Remote("t")), Typed(text="Mine."), uid="a")
    await library.outbox.submit("a")
    await library.outbox.claim(key, "elsewhere:1:1", Millis(50_000))
    await library.outbox.begin_send("a", "elsewhere:1:1", Millis(50_000))
    await library.outbox.finish("a", held=True)
    return key, row


async def test_a_rejected_text_is_kept_and_goes_under_another_key_next_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key, row = await held(library)
        assert row.key == "a"
        assert [(each.uid, act) for each, act in await library.outbox.acts(key, OutState.HELD)] == [
            ("a", Reply(TopicId("t"), Body("Mine.")))
        ]
        await library.outbox.reject("a", "Off topic.")
        assert await library.outbox.acts(key, OutState.HELD) == []
        row = await library.outbox.get("a")
        assert (row.state, row.error, row.body, row.key) == (OutState.REFUSED, "Off topic.", Body("Mine."), "a-1")
        await library.outbox.reject("a", "Twice.")  # the other program on this library was slower
        assert (await library.outbox.get("a")).key == "a-1"
        await library.outbox.withdraw("a")
        await library.outbox.save("a", subject="", text="Better.", cursor=0)
        assert (await library.outbox.submit("a")).key == "a-1"
    assert json.loads((tmp_path / "outgoing" / "a.json").read_text())["rejections"] == 1
    for name in ("library.db", "library.db-wal", "library.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    async with opened(tmp_path) as library:
        assert (await library.outbox.get("a")).key == "a-1"


# -- libraries from before


def _as_it_is(*values: apsw.SQLiteValue) -> apsw.SQLiteValue:
    return values[0]


def old_library(folder: Path) -> None:
    """A library as the first version left it, with an account, a post and a draft."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(folder / "library.db"))
    connection.create_scalar_function("ft_fold", _as_it_is)
    connection.execute((files("forumtui.reader.sql") / "schema" / "0001_library.sql").read_text(encoding="utf-8"))
    connection.execute(
        f"""
        INSERT INTO account (key, name, driver, location, identity, listed, added, opened) VALUES (1, 'one', 'local', '/one.db', 'uuid-one', 1, 0, 0);
        INSERT INTO board (key, account, id, title) VALUES (1, 1, 'b', 'Board');
        INSERT INTO topic (key, account, board, id, title, folded) VALUES (1, 1, 1, 't', 'Topic', 'topic');
        INSERT INTO post (key, topic, account, id, sort) VALUES (1, 1, 1, 'p', 1);
        INSERT INTO body VALUES (1, 'Text.', 'plain');
        INSERT INTO outgoing (uid, account, kind, topic_ref, text, created, updated) VALUES ('a', 1, 'reply', 't', 'Mine.', 0, 0);
        PRAGMA user_version = 1; PRAGMA application_id = {APPLICATION_ID};
        """
    )
    connection.close()


async def test_a_library_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old_library(tmp_path)
    async with opened(tmp_path) as library:
        (row,) = await library.accounts.all()
        assert row.registration is None
        post = await library.reading.post_by_id(row.key, PostId("p"))
        assert post is not None
        assert (post.hidden, post.body) == (False, Body("Text.", Format.PLAIN))
        assert (await library.outbox.get("a")).key == "a"
    assert (tmp_path / "library.db.v1.bak").exists()


async def test_what_a_damaged_library_of_the_first_version_has_is_saved(tmp_path: Path) -> None:
    old_library(tmp_path)
    (tmp_path / "library.damaged").touch()
    async with opened(tmp_path) as library:
        assert "damaged" in library.notice
        assert (await library.outbox.get("a")).body.source == "Mine."
