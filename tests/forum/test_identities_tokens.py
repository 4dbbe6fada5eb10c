"""Being recognised: tokens, how soon a revocation is noticed, scopes, and Unix users."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("argon2", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.forum.forum_files import NOON, act, check_file, new_topic, sql
from tests.forum.house_files import PASSWORD, SetClock, clock_of, house, logged, opened

from forumtui.errors import AuthRequired, Busy, Conflict, Forbidden, Missing, Refused
from forumtui.forum.file import SqliteForumStore, file_identities
from forumtui.forum.file.file_identities import Recent
from forumtui.forum.file.forum_file import READ_ONLY, ForumFile
from forumtui.forum.file.lock import WriteLock
from forumtui.forum.house import BoardDraft
from forumtui.forum.identities import ALL_SCOPES, Identity, Scope
from forumtui.forum.store import ImportedMember
from forumtui.model import BoardId, Body, Millis, NewTopic

HOUR = 3600 * 1000
DAY = 24 * HOUR


async def ends(store: SqliteForumStore, token: str) -> float:
    """Seconds until a token is good no longer."""
    began = time.monotonic()
    while time.monotonic() < began + 10:
        try:
            await store.identities.identify(token)
        except AuthRequired:
            return time.monotonic() - began
    raise AssertionError("the token is still good")


@pytest.mark.parametrize("how", ["revoked", "suspended", "logged out"])
async def test_another_store_notices_within_two_seconds(tmp_path: Path, how: str) -> None:
    async with house(tmp_path) as one, opened(one.path, SetClock()) as other:
        token = (await one.identities.register("anna", PASSWORD)).token
        identity = await other.identities.identify(token)
        assert identity.member == "anna"
        if how == "revoked":
            await one.house.revoke_token(identity.token)
        elif how == "suspended":
            await one.house.set_suspended("anna", True)
        else:
            await one.identities.log_out(identity)
        with pytest.raises(AuthRequired):  # at once, where it was done
            await one.identities.identify(token)
        assert await ends(other, token) < 2


async def test_who_is_known_is_not_looked_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tick = SimpleNamespace(at=0.0)
    monkeypatch.setattr(file_identities, "time", SimpleNamespace(monotonic=lambda: tick.at))
    async with house(tmp_path) as store:
        token = (await store.identities.register("anna", PASSWORD)).token
        threads = store.identities._threads
        look, looked = threads.look, []

        async def counted(work: Any) -> Any:
            looked.append(work)
            return await look(work)

        monkeypatch.setattr(threads, "look", counted)
        first = await store.identities.identify(token)
        peer = await store.identities.peer(4711, "unix")
        for _ in range(10):
            assert await store.identities.identify(token) is first
            assert await store.identities.peer(4711, "unix") is peer
            tick.at += 0.09
        assert len(looked) == 2
        tick.at += 0.2
        assert await store.identities.identify(token) == first
        assert len(looked) == 3


async def test_a_token_ends_when_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tick = SimpleNamespace(at=0.0)
    monkeypatch.setattr(file_identities, "time", SimpleNamespace(monotonic=lambda: tick.at))
    async with house(tmp_path) as store:
        await store.house.add_member("anna")
        token = await store.house.issue_token("anna", expires=Millis(NOON + 400))
        await store.identities.identify(token)
        tick.at, clock_of(store).at = 0.5, NOON + 500
        with pytest.raises(AuthRequired, match="expired"):
            await store.identities.identify(token)
        login = await store.identities.register("bob", PASSWORD)
        clock_of(store).at += 90 * DAY
        tick.at += 2
        with pytest.raises(AuthRequired, match="expired"):
            await store.identities.identify(login.token)
        await store.identities.log_in("bob", PASSWORD)  # which clears away what ended
        assert sql(store.path, "SELECT count(*) FROM token JOIN member m ON m.id = member_id AND name = 'bob'") == [
            (1,)
        ]


@pytest.mark.parametrize("token", ["", "ftui_", "ftui_" + "x" * 43, "\ud800\0", "é", "x" * 100_000])
async def test_what_is_no_token(tmp_path: Path, token: str) -> None:
    async with house(tmp_path) as store:
        with pytest.raises(AuthRequired, match="not valid"):
            await store.identities.identify(token)


async def test_use_is_written_down_once_an_hour(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.house.add_member("anna")
        token = await store.house.issue_token("anna")
        used = []
        for minutes in (0, 30, 59, 60, 61, 130):
            clock_of(store).at = NOON + minutes * 60_000
            store.identities.forget()
            version = await store.version()
            await store.identities.identify(token)
            await asyncio.gather(*store.identities._noting)
            used.append((await store.version() != version, (await store.house.tokens())[0].used))
        assert used == [
            (True, NOON),
            (False, NOON),
            (False, NOON),
            (True, NOON + HOUR),
            (False, NOON + HOUR),
            (True, NOON + 130 * 60_000),
        ]


async def test_a_busy_file_keeps_nobody_out(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.house.add_member("anna")
        token = await store.house.issue_token("anna")
    store = await SqliteForumStore.open(tmp_path / "forum.db", now=SetClock(), patience=0.05)
    with WriteLock(store.path).held():
        assert (await store.identities.identify(token)).member == "anna"
        with pytest.raises(Busy):
            await store.house.add_member("bob")
        await store.close()
    assert sql(tmp_path / "forum.db", "SELECT used FROM token") == [(None,)]


def test_recent_is_bounded_and_keeps_nothing_that_was_read_before_it_was_emptied() -> None:
    recent = Recent()
    for number in range(Recent.MOST + 5):
        recent.put(number, Identity(str(number)), recent.generation)
    assert len(recent._known) == Recent.MOST
    assert recent.get(4) is None
    assert recent.get(Recent.MOST) == Identity(str(Recent.MOST))
    read_at = recent.generation
    recent.forget()
    assert recent.get(Recent.MOST) is None
    recent.put("late", Identity("late"), read_at)
    assert recent.get("late") is None


async def test_scopes(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        for role in ("Member", "Editor", "Moderator", "Admin", "Author"):
            await store.house.add_member(f"an {role}", role)
        await store.house.add_board(BoardDraft("General", leader="lea"))
        scopes = {name: await store.identities.scopes_of(name) for name in ("lea", "an Author", "nobody yet")}
        scopes |= {role: await store.identities.scopes_of(f"an {role}") for role in ("Member", "Editor", "Admin")}
        plain, more = (Scope.READ, Scope.WRITE), (Scope.READ, Scope.WRITE, Scope.MODERATE)
        assert scopes == {
            "lea": more,
            "an Author": plain,
            "nobody yet": plain,
            "Member": plain,
            "Editor": more,
            "Admin": (*more, Scope.ADMIN),
        }
        token = await store.house.issue_token("an Admin", scopes=("read",))
        assert (await store.identities.identify(token)).scopes == {Scope.READ}
        everything = await store.house.issue_token("an Admin")
        identity = await store.identities.identify(everything)
        assert identity.scopes == ALL_SCOPES
        assert all(type(scope) is Scope for scope in identity.scopes)


# -- Unix users


async def test_a_unix_user_becomes_a_member_by_writing(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        identity = await store.identities.peer(1001, "anna")
        assert identity == Identity("anna", ALL_SCOPES, "")
        assert await store.members(None) == []
        with pytest.raises(Conflict):
            await store.identities.register("anna", PASSWORD)
        with pytest.raises(Forbidden, match="comes in another way"):
            await store.identities.peer(1002, "anna")
        await new_topic(store, board)
        assert [member.name for member in await store.members(None)] == ["anna"]
        assert await store.identities.peer(1001, "renamed") == identity
        await store.identities.log_out(identity)


async def test_members_who_came_in_otherwise_are_nobodys_unix_user(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("anna", PASSWORD)
        await store.house.add_member("bob")
        await store.house.issue_token("bob")
        await store.house.add_member("cleo")  # has no way in yet: this is hers
        await store.house.add_member("dora", "Admin")  # nor has she, but rights that must not be taken by a name
        await store.house.add_member("eve")
        await store.house.add_board(BoardDraft(title="Led", leader="eve"))
        await store.import_members([ImportedMember("finn", "Member")])
        for uid, name in (
            (1, "anna"),
            (2, "bob"),
            (3, "Anna"),
            (4, "b0b"),
            (6, "dora"),
            (7, "eve"),
            (8, "finn"),
        ):
            with pytest.raises(Forbidden, match="an admin link the two: forumtui host member link"):
                await store.identities.peer(uid, name)
        for name in ("", "@x", "x" * 99):
            with pytest.raises(Forbidden, match="admin can link"):
                await store.identities.peer(9, name)
        assert (await store.identities.peer(5, "cleo")).member == "cleo"
        assert sql(store.path, "SELECT uid, name FROM unix_user") == [(5, "cleo")]
        await store.identities.link("dora", 6)
        assert (await store.identities.peer(6, "dora")).member == "dora"
        await store.perform("finn", act(NewTopic(BoardId("1"), "Hello", Body("I write here."))))
        assert (await store.identities.peer(8, "finn")).member == "finn"


async def test_linking(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("Anna Snider", PASSWORD)
        assert (await store.identities.peer(1001, "anna")).member == "anna"
        await store.identities.link("Anna Snider", 1001, by="kim")
        assert (await store.identities.peer(1001, "anna")).member == "Anna Snider"
        await store.identities.link("Anna Snider", 1002, by="kim")
        assert (await store.identities.peer(1002, "other")).member == "Anna Snider"
        assert (await store.identities.peer(1001, "anna")).member == "anna"
        await store.identities.link("Anna Snider", None, by="kim")
        assert (await store.identities.peer(1002, "other")).member == "other"
        with pytest.raises(Missing):
            await store.identities.link("nobody", 1001)
        await store.house.set_unix_user("Anna Snider", "root", by="kim")
        assert (await store.identities.peer(0, "root")).member == "Anna Snider"
        await store.house.set_unix_user("Anna Snider", "", by="kim")
        assert (await store.identities.peer(0, "root")).member == "root"
        assert [line for line in await logged(store) if line[1] == "link"] == [
            ("kim", "link", "Anna Snider: Unix user 1001"),
            ("kim", "link", "Anna Snider: Unix user 1002"),
            ("kim", "link", "Anna Snider: no Unix user"),
            ("kim", "link", "Anna Snider: Unix user 0"),
            ("kim", "link", "Anna Snider: no Unix user"),
        ]


async def test_a_suspended_unix_user(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        await store.identities.peer(1001, "anna")
        await new_topic(store, board)
        await store.house.set_suspended("anna", True)
        with pytest.raises(Forbidden, match="suspended"):
            await store.identities.peer(1001, "anna")
        await store.house.add_member("bob")
        await store.house.set_suspended("bob", True)
        with pytest.raises(Forbidden, match="suspended"):
            await store.identities.peer(1002, "bob")
        assert sql(store.path, "SELECT name FROM unix_user") == [("anna",)]  # bob's try left nothing


async def test_two_stores_race_for_one_name(tmp_path: Path) -> None:
    """A user of the machine and somebody who registers: one of them gets the name, and only that one writes."""
    async with house(tmp_path) as one, opened(one.path, SetClock()) as other:
        board = await one.house.add_board(BoardDraft("General"))
        for number in range(10):
            name = f"member {number}"
            ways = await asyncio.gather(
                one.identities.peer(1000 + number, name),
                other.identities.register(name, PASSWORD),
                return_exceptions=True,
            )
            assert sum(isinstance(way, Refused | Conflict) for way in ways) == 1
            if isinstance(ways[0], Identity):
                await one.perform(ways[0].member, act(NewTopic(board, "Mine", Body("Mine"))))
    both = sql(
        tmp_path / "forum.db",
        "SELECT count(*) FROM member m JOIN unix_user u ON u.name = m.name WHERE m.password IS NOT NULL",
    )
    assert both == [(0,)]
    check_file(tmp_path / "forum.db")


async def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        token = (await store.identities.register("anna", PASSWORD)).token
        await store.identities.peer(1001, "bob")
    path = tmp_path / "forum.db"
    store = SqliteForumStore(ForumFile(path, READ_ONLY), WriteLock(path), SetClock())
    try:
        assert (await store.identities.identify(token)).member == "anna"
        assert (await store.identities.peer(1001, "bob")).member == "bob"
        assert (await store.identities.peer(1002, "cleo")).member == "cleo"
        with pytest.raises(Forbidden, match="another way"):
            await store.identities.peer(1003, "anna")
        with pytest.raises(Refused, match="Nothing can be written"):
            await store.identities.register("dora", PASSWORD)
    finally:
        await store.close()
    assert sql(path, "SELECT used FROM token") == [(None,)]
