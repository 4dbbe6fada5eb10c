from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.reader.sync.clock import FakeClock
from tests.reader.sync.stage import library_in, titles
from tests.waiting import until

from forumtui.errors import FileProblem, NotAForum, UsageError
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, Millis, NewTopic
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import Health
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.places import canonical, names_for
from forumtui.reader.sync.registrar import DAY_MS
from forumtui.reader.target import OutKind, Remote, Target


@asynccontextmanager
async def playing(folder: Path, *, join_days: float = 14) -> AsyncIterator[tuple[Library, Engines, FakeClock]]:
    async with asyncio.timeout(60):
        clock = FakeClock()
        async with (
            library_in(folder / "home", clock.now) as library,
            Engines(library, clock=clock, defaults={"name": "ann"}, join_days=join_days) as engines,
        ):
            yield library, engines, clock


async def make_forum(path: Path, title: str = "The Forum", *, topics: tuple[tuple[str, int], ...] = ()) -> None:
    """A forum file with one board and topics, each (title, its time in ms)."""
    time = [Millis(0)]
    store = await SqliteForumStore.open(path, create=True, title=title, now=lambda: time[0])
    board = await store.house.add_board(BoardDraft(title="General"))
    for name, at in topics:
        time[0] = Millis(at)
        await store.perform("bob", Action(name, NewTopic(board, name, Body("Text."))))
    await store.close()


def remove(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


async def test_added_forum_is_named_after_its_title(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, engines, _clock):
        for name in ("a", "b", "c"):
            await make_forum(tmp_path / f"{name}.db", "Café: Über uns!")
        rows = [await engines.add(str(tmp_path / f"{name}.db")) for name in ("a", "b", "c")]
        assert [row.name for row in rows] == ["cafe-uber-uns", "cafe-uber-uns-2", "cafe-uber-uns-3"]
        assert {row.title for row in rows} == {"Café: Über uns!"}
        assert all(row.listed and row.driver == "local" and row.options == {} for row in rows)
        assert [row.me.name for row in rows if row.me] == ["ann"] * 3


@pytest.mark.parametrize(
    ("title", "location", "expected"),
    [
        ("The Forum", "/x/y.db", "the-forum"),
        ("", "/x/My Friends.db", "my-friends"),
        ("!!!", "https://Forum.example.org/x", "forum-example-org"),
        ("", "/x/---.db", "forum"),
        ("漢字 forum", "/x/y.db", "漢字-forum"),
        ("x" * 99, "/x/y.db", "x" * 40),
    ],
)
def test_names_can_be_typed(title: str, location: str, expected: str) -> None:
    first, second, *_ = names_for(title, location)
    assert (first, second) == (expected, f"{expected}-2")


def test_places_are_written_one_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ann")
    assert canonical("forum.db") == str(tmp_path / "forum.db")
    assert canonical(" ~/forum.db ") == "/home/ann/forum.db"
    assert canonical("HTTPS://Forum.Example/Sub/#top") == "https://forum.example/Sub"
    assert canonical("file:///x/forum.db") == "file:///x/forum.db"
    for nowhere in ("  ", "~nobody-of-this-name/forum.db"):
        with pytest.raises(UsageError):
            canonical(nowhere)


async def test_given_name_is_used_or_refused(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, engines, _clock):
        await make_forum(tmp_path / "a.db")
        await make_forum(tmp_path / "b.db")
        assert (await engines.add(str(tmp_path / "a.db"), name="mine")).name == "mine"
        with pytest.raises(UsageError, match="taken"):
            await engines.add(str(tmp_path / "b.db"), name="mine")
        assert len(await library.accounts.all(visited=True)) == 1
        assert (await engines.add(str(tmp_path / "a.db"))).name == "mine"
        assert (await engines.add(str(tmp_path / "a.db"), name="renamed")).name == "renamed"
        assert len(await library.accounts.all(visited=True)) == 1


async def test_forum_is_known_by_its_uuid_wherever_it_moves(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, engines, clock):
        old, new = tmp_path / "old.db", tmp_path / "new.db"
        await make_forum(old, topics=(("Topic", clock.time),))
        first = await engines.add(str(old))
        await engines.run_once(first.key)
        assert (await library.accounts.get(first.key)).unread == 1
        await library.marks.catch_up(account=first.key)
        old.rename(new)
        moved = await engines.add(str(new))
        assert (moved.key, moved.location, moved.name) == (first.key, str(new), first.name)
        await engines.run_once(moved.key)
        assert (await library.accounts.get(first.key)).unread == 0


async def test_another_forum_at_a_known_place_is_another_account(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, engines, clock):
        path = tmp_path / "forum.db"
        await make_forum(path, "First", topics=(("Of the first", clock.time),))
        first = await engines.add(str(path))
        await engines.run_once(first.key)
        remove(path)
        await make_forum(path, "Second", topics=(("Of the second", clock.time),))
        with pytest.raises(FileProblem, match="Another forum"):
            await engines.run_once(first.key)
        assert (await library.accounts.get(first.key)).health is Health.FAILED
        clock.advance(1)
        second = await engines.add(str(path))
        assert second.key != first.key
        await engines.run_once(second.key)
        assert await titles(library, first.key) == {"Of the first"}
        assert await titles(library, second.key) == {"Of the second"}
        found = await library.accounts.by_name(str(path))
        assert found is not None
        assert found.key == second.key


async def test_old_posts_arrive_read_and_the_samples_do_not(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, engines, clock):
        topics = (("Old", clock.time - 20 * DAY_MS), ("New", clock.time - 10 * DAY_MS))
        for name in ("a", "sample"):
            await make_forum(tmp_path / f"{name}.db", name, topics=topics)
        joined = await engines.add(str(tmp_path / "a.db"))
        sample = await engines.add(str(tmp_path / "sample.db"), options={"sample": "1"})
        for row in (joined, sample):
            await engines.run_once(row.key)
        assert (await library.accounts.get(joined.key)).unread == 1
        assert (await library.accounts.get(sample.key)).unread == 2
        assert sample.is_sample


async def test_days_to_join_with_are_a_setting(tmp_path: Path) -> None:
    async with playing(tmp_path, join_days=30) as (library, engines, clock):
        await make_forum(tmp_path / "a.db", topics=(("Old", clock.time - 20 * DAY_MS),))
        row = await engines.add(str(tmp_path / "a.db"))
        await engines.run_once(row.key)
        assert (await library.accounts.get(row.key)).unread == 1


async def test_visited_forum_can_be_kept_but_not_the_other_way_round(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, engines, _clock):
        await make_forum(tmp_path / "a.db")
        visited = await engines.add(str(tmp_path / "a.db"), listed=False)
        assert not visited.listed
        kept = await engines.add(str(tmp_path / "a.db"), listed=True)
        assert (kept.key, kept.listed) == (visited.key, True)
        assert (await engines.add(str(tmp_path / "a.db"), listed=False)).listed


@pytest.mark.parametrize(
    ("content", "error"), [(None, FileProblem), (b"", NotAForum), (b"Some text, not a forum." * 99, NotAForum)]
)
async def test_what_is_no_forum_is_not_added(tmp_path: Path, content: bytes | None, error: type[Exception]) -> None:
    async with playing(tmp_path) as (library, engines, _clock):
        path = tmp_path / "thing.db"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(error):
            await engines.add(str(path))
        assert await library.accounts.all(visited=True) == []


async def test_unknown_address_is_a_usage_error(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, engines, _clock):
        with pytest.raises(UsageError):
            await engines.add("gopher://nowhere.example/")


async def test_log_in_is_kept_and_used(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, engines, clock):
        path = tmp_path / "a.db"
        await make_forum(path, topics=(("Topic", clock.time),))
        store = await SqliteForumStore.open(path)
        await store.house.set_role("zoe", "Moderator")
        await store.close()
        row = await engines.add(str(path))
        engines.wake()

        async def is_mirrored() -> bool:
            return (await library.accounts.get(row.key)).health is Health.OK

        await until(is_mirrored)
        after = await engines.log_in(row.key, {"name": "zoe"})
        assert after.me is not None
        assert (after.me.name, after.me.role) == ("zoe", "Moderator")
        assert after.options == {"name": "zoe"}
        draft = await library.outbox.start(Target(row.key, OutKind.REPLY, topic=Remote("1")), Typed(text="By Zoe."))
        await library.outbox.submit(draft.uid)

        async def is_sent() -> bool:
            return (await library.outbox.get(draft.uid)).remote_post is not None

        await until(is_sent)
        store = await SqliteForumStore.open(path)
        assert "zoe" in {member.name for member in await store.members(None)}
        posted = (await library.outbox.get(draft.uid)).remote_post
        assert posted is not None
        author = (await store.post("zoe", posted)).author
        await store.close()
        assert author is not None
        assert author.name == "zoe"
        again = await engines.add(str(path))
        assert again.options == {"name": "zoe"}
        assert again.me == after.me


async def test_log_in_with_what_the_driver_does_not_know(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, engines, _clock):
        await make_forum(tmp_path / "a.db")
        row = await engines.add(str(tmp_path / "a.db"))
        with pytest.raises(UsageError, match="name"):
            await engines.log_in(row.key, {"nmae": "zoe"})
        assert (await library.accounts.get(row.key)).options == {}


async def test_plugging_one_and_all(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, engines, _clock):
        for name in ("a", "b"):
            await make_forum(tmp_path / f"{name}.db", name)
        first, second = [await engines.add(str(tmp_path / f"{name}.db")) for name in ("a", "b")]

        async def plugged() -> list[bool]:
            return [(await library.accounts.get(row.key)).plugged for row in (first, second)]

        await engines.set_plugged(first.key, False)
        assert await plugged() == [False, True]
        await engines.set_plugged(None, False)
        assert await plugged() == [False, False]
        await engines.set_plugged(None, True)
        assert await plugged() == [True, True]
