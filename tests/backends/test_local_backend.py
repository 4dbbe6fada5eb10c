"""The backend over a forum file, and its driver."""

from __future__ import annotations

import asyncio
import os
import pwd
from pathlib import Path

import pytest
from tests.waiting import pause, turns

from forumtui.backends.local import ForumBackend, driver, path_of, unix_user
from forumtui.errors import (
    BackendError,
    Damaged,
    FileProblem,
    NotFound,
    Offline,
    Refused,
    StorageFull,
    Unreadable,
    Unsupported,
    UsageError,
)
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, BoardId, Body, Certainty, Listing, NewTopic, Receipt, Recognised, Reply, TopicId


async def make(path: Path) -> tuple[SqliteForumStore, BoardId]:
    store = await SqliteForumStore.open(path, create=True, title="Team")
    return store, await store.house.add_board(BoardDraft("General"))


async def test_a_session_writes_in_the_configured_name(tmp_path: Path) -> None:
    store, board = await make(tmp_path / "team.db")
    for options, name in (({"name": " Anna\n"}, "Anna"), ({}, unix_user()), ({"name": " "}, unix_user())):
        async with driver.open(str(store.path), options) as session:
            assert (session.delivery.kind, session.delivery.ttl) == ("key", None)
            me = (await session.info()).me
            assert me is not None
            assert me.name == name
            receipt = await session.perform(Action(name + str(options), NewTopic(board, "S", Body("b"))))
            assert receipt.topic is not None
            author = (await session.topic(receipt.topic)).author
            assert author is not None
            assert (author.name, author.id) == (name, me.id)
    await store.close()


def test_the_unix_user_is_who_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert unix_user() == pwd.getpwuid(os.getuid()).pw_name

    def nameless(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nameless)
    assert unix_user() == "somebody-else"
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    assert unix_user() == f"user-{os.getuid()}"


async def test_logging_in_is_saying_a_name(tmp_path: Path) -> None:
    assert [(option.name, option.required, option.secret) for option in driver.log_in_form] == [("name", True, False)]
    assert driver.registration_form == ()
    place = str(tmp_path / "team.db")
    assert await driver.log_in(place, {"name": "old"}, {"name": " Anna\x1b\n"}) == {"name": "Anna"}
    for form in ({}, {"name": " \x00 "}):
        with pytest.raises(UsageError):
            await driver.log_in(place, {}, form)
    assert await driver.log_out(place, {"name": "Anna", "sample": "yes"}) == {"sample": "yes"}
    with pytest.raises(Unsupported):
        await driver.register(place, {}, {"name": "Anna"})


async def test_a_session_names_no_way_to_register(tmp_path: Path) -> None:
    store, _ = await make(tmp_path / "team.db")
    assert (await store.info("anna")).registration is not None
    assert (await ForumBackend(store, "anna").info()).registration is None
    await store.close()


def test_which_locations_are_ours(tmp_path: Path) -> None:
    (tmp_path / "forum").touch()
    for ours in ("team.db", "x/y.FORUM", "file:///tmp/x", "FILE:/tmp/x", str(tmp_path / "forum"), str(tmp_path)):
        assert driver.recognises(ours) is Certainty.CERTAINLY, ours
        assert driver.names(ours) == driver.names(ours, ours) == Recognised("local", ours)
    for other in ("https://example.org/forum.db", "nntp://news", "no such file", "", "a\x00b", "news.example.org"):
        assert driver.recognises(other) is Certainty.NO, other
        assert driver.names(other) is None
    assert path_of("file:///tmp/My%20Forum.db") == Path("/tmp/My Forum.db")
    assert path_of("~/x.db") == Path.home() / "x.db"


async def test_opening_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no file"):
        async with driver.open(str(tmp_path / "missing.db"), {}):
            pass
    assert list(tmp_path.iterdir()) == []


async def test_watching_tells_of_a_write_by_somebody_else(tmp_path: Path) -> None:
    store, board = await make(tmp_path / "team.db")
    async with driver.open(str(store.path), {"name": "anna"}) as session:
        told = await session.changes(None)
        await store.perform("bob", Action("before", NewTopic(board, "S", Body("b"))))
        watch = session.watch()
        await asyncio.wait_for(anext(watch), 5)  # written between the last question and the watch
        told = await session.changes(told.after)
        assert [item.topic for item in told.items] == ["1"]
        waiting = asyncio.ensure_future(anext(watch))
        await turns()
        assert not waiting.done()
        await store.perform("bob", Action("after", Reply(TopicId("1"), Body("b"))))
        await asyncio.wait_for(waiting, 5)
        told = await session.changes(told.after)
        assert [len(item.posts) for item in told.items] == [1]
        hanging = asyncio.ensure_future(anext(watch))
        await turns()
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        assert (await session.topics(Listing())).items  # a cancelled watch harms nothing
    await store.close()


@pytest.mark.parametrize(
    ("raised", "told"),
    [(Damaged("d."), Unreadable), (StorageFull("f."), Offline), (FileProblem("g."), Offline), (NotFound("n."), Refused), (Refused("r."), Refused)],
)  # fmt: skip
async def test_only_backend_errors_come_out(tmp_path: Path, raised: Exception, told: type[BackendError]) -> None:
    class Broken(SqliteForumStore):
        async def perform(self, me: str, action: Action, *, plainly: bool = False) -> Receipt:
            raise raised

    (await make(tmp_path / "team.db"))[0]
    store = await Broken.open(tmp_path / "team.db")
    with pytest.raises(told, match=str(raised)) as caught:
        await ForumBackend(store, "anna").perform(Action("k", NewTopic(BoardId("1"), "S", Body("b"))))
    assert type(caught.value) is told
    await store.close()


async def test_cancelled_calls_leave_the_session_usable(tmp_path: Path) -> None:
    store, board = await make(tmp_path / "team.db")
    session = ForumBackend(store, "anna")
    for number in range(20):
        call = asyncio.ensure_future(session.perform(Action(f"k{number}", NewTopic(board, str(number), Body("b")))))
        await pause(number / 5000)
        call.cancel()
    for number in range(20):
        await session.perform(Action(f"k{number}", NewTopic(board, str(number), Body("b"))))
    assert len((await session.topics(Listing())).items) == 20
    await store.close()
