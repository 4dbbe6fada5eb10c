"""The backend and the real server: news within a second, and what a restart leaves of a session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.backends.served import served
from tests.waiting import turns

from forumtui.backends.api import Backend
from forumtui.backends.remote import driver
from forumtui.backends.remote.backend import RemoteBackend
from forumtui.backends.remote.connection import connect
from forumtui.errors import AuthRequired, Conflict, Forbidden, Offline, Refused, UsageError
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft, Policy
from forumtui.forum.identities import Scope
from forumtui.model import (
    Action,
    BoardId,
    Body,
    Decide,
    Hide,
    NewTopic,
    PostId,
    QueueKind,
    Registration,
    Reply,
    Report,
    SetProfile,
    TopicId,
    Window,
)
from forumtui.server.listening import tcp_socket, unix_socket

SOON = 1.0


@asynccontextmanager
async def forum(folder: Path) -> AsyncIterator[SqliteForumStore]:
    store = await SqliteForumStore.open(folder / "forum.db", create=True, title="Team")
    try:
        await store.house.add_board(BoardDraft("General"))
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def over_tcp(store: SqliteForumStore) -> AsyncIterator[str]:
    with tcp_socket("127.0.0.1", 0) as listener:
        async with served(store, listener):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def token(store: SqliteForumStore, name: str, role: str = "Member") -> dict[str, str]:
    await store.house.set_role(name, role)
    return {"token": await store.house.issue_token(name, scopes=list(Scope))}


async def new_topic(session: Backend, key: str = "t") -> tuple[TopicId, PostId]:
    receipt = await session.perform(Action(key, NewTopic(BoardId("1"), "A topic", Body("Text."))))
    assert receipt.topic is not None
    assert receipt.post is not None
    return receipt.topic, receipt.post


async def test_a_new_post_is_told_within_a_second(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(forum(tmp_path))
        location = await stack.enter_async_context(over_tcp(store))
        ann = await stack.enter_async_context(driver.open(location, await token(store, "Ann")))
        bob = await stack.enter_async_context(driver.open(location, await token(store, "Bob")))
        beside = await SqliteForumStore.open(store.path)  # as another process has it
        stack.push_async_callback(beside.close)
        topic, _ = await new_topic(bob)
        place = (await ann.changes(None)).after
        events = await stack.enter_async_context(aclosing(ann.watch()))  # type: ignore[type-var]  # an async generator in all but name
        await asyncio.wait_for(anext(events), 5)
        for writer in (bob.perform, lambda action: beside.perform("Bob", action)):
            began = time.monotonic()
            await writer(Action(f"{began}", Reply(topic, Body("News."))))
            told = False
            while not told:  # an event may still be that of the beginning
                await asyncio.wait_for(anext(events), 5)
                changes = await ann.changes(place)
                told, place = bool(changes.items), changes.after
            assert time.monotonic() - began < SOON
            assert [len(item.posts) for item in changes.items] == [1]


async def test_a_session_outlives_a_restart_of_the_server(tmp_path: Path) -> None:
    socket = tmp_path / "forum.sock"
    async with forum(tmp_path) as store, driver.open(f"unix:{socket}", {}) as session:
        action = Action("k", NewTopic(BoardId("1"), "Once", Body("Text.")))
        with pytest.raises(Offline):
            await session.info()
        with unix_socket(socket, 0o600) as listener:
            async with served(store, listener):
                receipt = await session.perform(action)
        with pytest.raises(Offline):
            await session.perform(action)
        with unix_socket(socket, 0o600) as listener:
            async with served(store, listener):
                assert await session.perform(action) == receipt
                assert await session.find(action) == receipt
                with pytest.raises(Conflict):
                    await session.perform(Action("k", NewTopic(BoardId("1"), "Twice", Body("Text."))))
                assert receipt.topic is not None
                assert len((await session.posts(receipt.topic, Window())).items) == 1


async def test_a_server_that_ends_ends_the_watch(tmp_path: Path) -> None:
    async with forum(tmp_path) as store, AsyncExitStack() as stack:
        async with over_tcp(store) as location:
            session = await stack.enter_async_context(driver.open(location, {}))
            events = await stack.enter_async_context(aclosing(session.watch()))  # type: ignore[type-var]  # the same
            await session.changes(None)
            await asyncio.wait_for(anext(events), 5)
            waiting = asyncio.ensure_future(anext(events))
            await turns()
        with pytest.raises(Offline):
            await asyncio.wait_for(waiting, 5)


async def test_becoming_a_member(tmp_path: Path) -> None:
    async with forum(tmp_path) as store, over_tcp(store) as location:
        form = {"name": "Ann", "password": "a long password"}
        with pytest.raises(Forbidden, match="invitation"):
            await driver.register(location, {}, form)
        invited = {**form, "invitation": await store.house.invite()}
        options = await driver.register(location, {}, invited)
        async with driver.open(location, options) as session:
            await new_topic(session)
        await store.house.set_policy(Policy(Registration.OPEN))
        await store.house.set_info({"rules": "Be kind."})
        with pytest.raises(Refused, match="rules"):
            await driver.register(location, {}, {"name": "Bob", "password": "a long password"})
        with pytest.raises(Conflict):
            await driver.register(location, {}, {**form, "name": "ann", "accepts_rules": "yes"})
        assert await driver.register(location, {}, {**form, "name": "Bob", "accepts_rules": "yes"})
        with pytest.raises(AuthRequired):
            await driver.log_in(location, {}, {**form, "password": "another password"})
        with pytest.raises(UsageError):
            await driver.log_in(location, {}, {"name": "Ann"})
        again = await driver.log_in(location, {}, form)
        assert again != options
        assert await driver.log_out(location, again) == {}
        async with driver.open(location, again) as session:
            with pytest.raises(AuthRequired):
                await session.info()
        async with driver.open(location, options) as session:
            me = (await session.info()).me
            assert me is not None
            assert me.name == "Ann"


async def test_passwords_and_log_ins_of_ones_own(tmp_path: Path) -> None:
    async with forum(tmp_path) as store, over_tcp(store) as location:
        await store.house.set_policy(Policy(Registration.OPEN))
        form = {"name": "Ann", "password": "a long password"}
        here = await driver.register(location, {}, form)
        there = await driver.log_in(location, {}, form)
        async with (
            connect(location, here) as line,
            connect(location, there) as other,
            connect(location, {}) as nobody,
        ):
            mine, theirs, guest = RemoteBackend(line), RemoteBackend(other), RemoteBackend(nobody)
            tokens = await mine.tokens()
            assert sorted(token.current for token in tokens) == [False, True]
            assert {token.scopes for token in tokens} == {("read", "write")}
            (another,) = (token.id for token in tokens if not token.current)
            for _ in range(2):  # a lost answer may be asked for again
                await mine.revoke(another)
                await mine.revoke_all(others=True)
            with pytest.raises(AuthRequired):
                await theirs.info()
            with pytest.raises(Refused, match="old password is wrong"):
                await mine.set_password("not it at all", "another long one")
            await mine.set_password("a long password", "another long one")
            assert await driver.log_in(location, {}, {**form, "password": "another long one"})
            for asked in (guest.tokens, guest.revoke_all):
                with pytest.raises(AuthRequired):
                    await asked()
            await mine.revoke_all()
            with pytest.raises(AuthRequired):
                await mine.tokens()


async def test_moderating(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(forum(tmp_path))
        location = await stack.enter_async_context(over_tcp(store))
        ann = await stack.enter_async_context(driver.open(location, await token(store, "Ann")))
        mo = await stack.enter_async_context(driver.open(location, await token(store, "Mo", "Moderator")))
        topic, post = await new_topic(ann)
        assert (await mo.perform(Action("1", Report(topic, post, "Spam.")))).outcome == "done"
        for asked in (ann.queue, ann.log):
            with pytest.raises(Forbidden):
                await asked()
        with pytest.raises(Forbidden):
            await ann.perform(Action("2", Hide(topic, post)))
        (item,) = (await mo.queue()).items
        assert (item.kind, item.text, item.author) == (QueueKind.REPORT, "Spam.", "Ann")
        await mo.perform(Action("3", Decide(item.id, approve=True)))
        assert (await mo.queue()).items == ()
        assert (await mo.post(post)).hidden
        assert "Mo" in {entry.member for entry in (await mo.log()).items}
        await ann.perform(Action("4", SetProfile("I like bees.")))
        assert (await mo.member("Ann")).about == "I like bees."
