"""Keeping house over HTTP is keeping house."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from tests.backends.mocked import mocked

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.backends.served import served

from forumtui.backends.remote.connection import connect
from forumtui.backends.remote.remote_house import RemoteHouse, open_house
from forumtui.errors import (
    AuthRequired,
    Conflict,
    Damaged,
    FileProblem,
    Forbidden,
    Missing,
    NotAForum,
    Offline,
    Refused,
    Unreadable,
)
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import Approval, BoardDraft, House, Policy
from forumtui.model import Action, BoardId, Body, Link, Millis, NewTopic, QueueKind, Registration, Report
from forumtui.server.listening import tcp_socket


@dataclass
class Scene:
    """A forum, its house over HTTP as an admin, and where others find it."""

    store: SqliteForumStore
    house: House
    location: str


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    store = await SqliteForumStore.open(folder / "forum.db", create=True, title="Team")
    try:
        await store.house.add_member("Root", "Admin")
        token = await store.house.issue_token("Root")
        with tcp_socket("127.0.0.1", 0) as listener:
            location = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with served(store, listener), open_house(location, {"token": token}) as house:
                yield Scene(store, house, location)
    finally:
        await store.close()


async def test_boards_and_fields(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        house = shown.house
        top = await house.add_board(BoardDraft("Top", description="All.", links=[("A link", "https://a.example/")]))
        below = await house.add_board(BoardDraft("Below", parent=top, leader_wanted=True, members_only=True))
        await house.edit_board(top, BoardDraft(notice="Read this.", links=[]))
        boards = await house.boards()
        assert [(board.id, board.parent, board.title) for board in boards] == [
            (top, None, "Top"),
            (below, top, "Below"),
        ]
        assert (boards[0].description, boards[0].notice, boards[0].links) == ("All.", "Read this.", ())
        assert (boards[1].leader_wanted, boards[1].members_only) == (True, True)
        await house.edit_board(top, BoardDraft(links=[("B", "https://b.example/")]))
        assert (await house.boards())[0].links == (Link("B", "https://b.example/"),)
        await house.set_info({"title": "Our team", "rules": "Be kind."})
        info = await shown.store.info("Root")
        assert info.title == "Our team"
        assert [(page.slug, page.body.source) for page in info.pages] == [("rules", "Be kind.")]
        with pytest.raises(Refused):
            await house.edit_board(BoardId("99"), BoardDraft("None"))
        for draft in (BoardDraft(), BoardDraft(" ")):
            with pytest.raises(Refused):
                await house.add_board(draft)


async def test_rules_and_members(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        house, behind = shown.house, shown.store.house
        assert await house.policy() == await behind.policy()
        await house.set_policy(Policy(registration=Registration.OPEN))
        await house.set_policy(Policy(members_only=True, approval=Approval.NEW))
        assert await house.policy() == Policy(Registration.OPEN, members_only=True, approval=Approval.NEW)
        await house.add_member("Ann")
        await house.add_member("Ümit ? Ö", "Editor")
        with pytest.raises(Conflict):
            await house.add_member("ann")
        await house.set_role("Ann", "Moderator")
        with pytest.raises(Missing):
            await house.set_role("Nobody", "Editor")
        assert {member.name: member.role for member in await house.members()} == {
            "Ann": "Moderator", "Root": "Admin", "Ümit ? Ö": "Editor",
        }  # fmt: skip
        with pytest.raises(Refused, match="user"):
            await house.set_unix_user("Ann", "no-such-user-here")
        await house.set_unix_user("Ann", "")
        await house.set_suspended("Ann", True)
        with pytest.raises((AuthRequired, Forbidden)):
            await shown.store.identities.identify(await behind.issue_token("Ann"))
        await house.set_suspended("Ann", False)
        assert (await shown.store.identities.identify(await behind.issue_token("Ann"))).member == "Ann"


async def test_tokens_and_invitations(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        house, identities = shown.house, shown.store.identities
        await house.add_member("Ann")
        token = await house.issue_token("Ann", label="laptop", scopes=["read"], expires=Millis(4_000_000_000_000))
        assert (await identities.identify(token)).scopes == {"read"}
        (info,) = await house.tokens("Ann")
        assert (info.member, info.label, info.scopes, info.expires) == ("Ann", "laptop", ("read",), 4_000_000_000_000)
        assert {each.member for each in await house.tokens()} == {"Ann", "Root"}
        await house.revoke_token(info.id)
        assert list(await house.tokens("Ann")) == []
        with pytest.raises(AuthRequired):
            await identities.identify(token)
        with pytest.raises(Missing):
            await house.revoke_token("no-such-token")
        code = await house.invite(uses=2, role="Editor")
        credentials = await identities.register("Bob", "a long password", invitation=code)
        assert credentials.member.role == "Editor"


async def test_looking_after_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        store, house = shown.store, shown.house
        board = await house.add_board(BoardDraft("General"))
        receipt = await store.perform("Ann", Action("1", NewTopic(board, "S", Body("b"))))
        assert receipt.topic is not None
        assert receipt.post is not None
        await store.perform("Bob", Action("2", Report(receipt.topic, receipt.post, "Spam.")))
        (item,) = (await house.queue()).items
        assert (item.kind, item.member, item.text) == (QueueKind.REPORT, "Bob", "Spam.")
        assert "Root" in {entry.member for entry in (await house.log()).items}
        stats = await house.stats()
        assert (stats.boards, stats.topics, stats.posts, stats.waiting) == (1, 1, 1, 1)
        assert stats.size > 0
        assert list(await house.check()) == []


async def test_only_admins_keep_house(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        await shown.house.add_member("Ann")
        for options, refused in (({"token": await shown.house.issue_token("Ann")}, Forbidden), ({}, AuthRequired)):
            async with open_house(shown.location, options) as house:
                for call in (
                    house.stats,
                    house.policy,
                    house.check,
                    lambda house=house: house.backup(tmp_path / "x.db"),
                ):
                    with pytest.raises(refused):
                        await call()
        assert not (tmp_path / "x.db").exists()


async def test_a_backup_is_the_forum_of_another_epoch(tmp_path: Path) -> None:
    async with scene(tmp_path) as shown:
        board = await shown.house.add_board(BoardDraft("General"))
        for number in range(50):
            await shown.store.perform("Ann", Action(str(number), NewTopic(board, f"T{number}", Body("word " * 500))))
        target = tmp_path / "copy.db"
        await shown.house.backup(target)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        before = target.read_bytes()
        with pytest.raises(FileProblem, match="exists already"):
            await shown.house.backup(target)
        assert target.read_bytes() == before
        copy = await SqliteForumStore.open(target)
        was, now = await shown.store.info(None), await copy.info(None)
        assert replace(now, epoch=was.epoch) == was
        assert now.epoch != was.epoch
        assert (await copy.house.stats()).topics == 50
        await copy.close()
        with pytest.raises(FileProblem):
            await shown.house.backup(tmp_path / "no such folder" / "copy.db")
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


class Cut(httpx.AsyncByteStream):
    """A body that breaks off."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"SQLite format 3\0" + bytes(5000)
        raise httpx.ReadError("cut")

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: httpx.Response(200, stream=Cut()), Offline),
        (lambda: httpx.Response(200, content=b"SQLite format 3\0" + bytes(5000)), (NotAForum, Damaged)),
        (lambda: httpx.Response(200, html="<html>Welcome to the hotel</html>"), (NotAForum, Damaged)),
        (lambda: httpx.Response(200), (NotAForum, Damaged)),
        (lambda: httpx.Response(500), Offline),
        (lambda: httpx.Response(404), Unreadable),
    ],
    ids=["cut", "zeros", "page", "nothing", "500", "404"],
)
async def test_what_is_no_sound_copy_is_not_kept(
    tmp_path: Path, answer: Callable[[], httpx.Response], error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    transport = mocked(lambda _: answer())
    async with connect("https://forum.example", {}, transport=transport) as connection:
        with pytest.raises(error):
            await RemoteHouse(connection).backup(tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


async def test_where_there_is_no_forum() -> None:
    async def asked(call: Callable[[RemoteHouse], Awaitable[object]], answer: httpx.Response) -> None:
        transport = mocked(lambda _: answer)
        async with connect("https://forum.example", {}, transport=transport) as connection:
            await call(RemoteHouse(connection))

    with pytest.raises(Unreadable, match=r"There is no forumtui forum at https://forum\.example"):
        await asked(lambda house: house.boards(), httpx.Response(404))
    with pytest.raises(Unreadable, match=r'forum\.example .*"token" is missing'):
        await asked(lambda house: house.issue_token("Ann"), httpx.Response(201, json={"id": "3"}))
