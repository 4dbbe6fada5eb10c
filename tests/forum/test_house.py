"""Keeping house over a forum file: what it changes, what it refuses, and that the audit log tells of all of it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

pytest.importorskip("argon2", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.forum.forum_files import NOON, act, check_file, new_topic, reply, sql, topic_id
from tests.forum.house_files import PASSWORD, SetClock, clock_of, house, logged, opened

from forumtui.errors import AuthRequired, Conflict, Damaged, Forbidden, Missing, Refused
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import DEFAULT_POLICY, Approval, BoardDraft, Policy
from forumtui.model import BoardId, Body, Delete, Millis, NewTopic, PostId, Registration

DAY = 24 * 3600 * 1000


async def test_boards(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        keep = store.house
        first = await keep.add_board(BoardDraft("First"), by="kim")
        inner = await keep.add_board(BoardDraft("Inner", parent=first, members_only=True), by="kim")
        await keep.edit_board(inner, BoardDraft(leader="lea", notice="Hear"), by="kim")
        await keep.edit_board(inner, BoardDraft())
        boards = await keep.boards()
        assert [(board.title, board.parent, board.members_only) for board in boards] == [
            ("First", None, False),
            ("Inner", first, True),
        ]
        assert boards[1].leader == "lea"
        assert [board.title for board in await store.boards(None)] == ["First"]
        with pytest.raises(Refused, match="title"):
            await keep.add_board(BoardDraft())
        with pytest.raises(Refused, match="no board 99"):
            await keep.add_board(BoardDraft("X", parent=BoardId("99")))
        with pytest.raises(Refused, match="no board 99"):
            await keep.edit_board(BoardId("99"), BoardDraft("X"))
        assert (await logged(store))[1:] == [
            ("kim", "add board", "First"),
            ("kim", "add board", "Inner"),
            ("kim", "edit board", "leader, notice"),
        ]
        (newest, *_) = (await keep.log()).items
        assert (newest.board, newest.created) == (inner, NOON)


async def test_guests_begin_anew_when_a_board_is_closed_to_them(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        await new_topic(store, board)
        before = await store.changes(None, None, 10)
        await store.house.edit_board(board, BoardDraft(notice="Same for all"))
        assert not (await store.changes(None, before.after, 10)).reset
        await store.house.edit_board(board, BoardDraft(members_only=True))
        after = await store.changes(None, before.after, 10)
        assert after.reset
        assert after.items == ()
        await store.house.set_policy(Policy(members_only=True))
        with pytest.raises(AuthRequired):
            await store.changes(None, after.after, 10)
        await store.house.set_policy(Policy(members_only=False))
        assert (await store.changes(None, after.after, 10)).reset


async def test_the_forums_own_fields_and_rules(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.house.set_info({"title": "New", "rules": "# Be kind\n"}, by="kim")
        info = await store.info(None)
        assert info.title == "New"
        (page,) = info.pages
        assert (page.slug, page.title, page.body) == ("rules", "Rules", Body("# Be kind"))
        await store.house.set_info({"rules": "Be brief"})
        assert [page.body.source for page in (await store.info(None)).pages] == ["Be brief"]
        await store.house.set_info({"rules": "  "})
        assert (await store.info(None)).pages == ()
        for fields in ({"motto": "x"}, {"title": " "}):
            with pytest.raises(Refused):
                await store.house.set_info(fields)
        await store.house.set_info({})
        assert (await logged(store))[1] == ("kim", "edit forum", "title, rules")
        assert len(await logged(store)) == 4


async def test_policy(tmp_path: Path) -> None:
    async with opened(tmp_path / "forum.db", SetClock()) as store:
        assert await store.house.policy() == DEFAULT_POLICY
        await store.house.set_policy(Policy(approval=Approval.NEW), by="kim")
        await store.house.set_policy(Policy(Registration.CLOSED, members_only=True, approval=Approval.NEW))
        assert await store.house.policy() == Policy(Registration.CLOSED, members_only=True, approval=Approval.NEW)
        await store.house.set_policy(Policy(Registration.CLOSED))
        assert await logged(store) == [
            ("kim", "set rules", "approval: new"),
            ("", "set rules", "registration: closed, reading: members"),
        ]


@pytest.mark.parametrize("rule", ["registration", "approval"])
async def test_rules_that_can_not_be_read(tmp_path: Path, rule: str) -> None:
    async with house(tmp_path) as store:
        sql(store.path, f"UPDATE forum SET {rule} = 'sometimes'")
        with pytest.raises(Damaged, match="rules can not be read"):
            await store.house.policy()
        with pytest.raises(Damaged):
            await store.house.set_policy(Policy(members_only=True))


async def test_members_and_roles(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.house.add_member("Anna", by="kim")
        await store.house.add_member("Bob", "moderator", by="kim")
        await store.house.set_role("Anna", "editor", by="kim")
        await store.house.set_role("Cleo", "Author")
        members = {member.name: (member.role, member.joined) for member in await store.house.members()}
        assert members == {"Anna": ("Editor", NOON), "Bob": ("Moderator", NOON), "Cleo": ("Author", NOON)}
        for name in ("Anna", "anna", "АNNА", "B0b", "An na"):
            with pytest.raises(Conflict, match="There is a member"):
                await store.house.add_member(name)
        for name in ("", " \u200b", "@bob", "x" * 41, "---"):
            with pytest.raises(Refused):
                await store.house.add_member(name)
        with pytest.raises(Refused, match="role"):
            await store.house.add_member("Dora", " ")
        assert {member.name for member in await store.house.members()} == {"Anna", "Bob", "Cleo"}
        assert (await logged(store))[1:] == [
            ("kim", "add member", "Anna: Member"),
            ("kim", "add member", "Bob: Moderator"),
            ("kim", "set role", "Anna: Editor"),
            ("", "set role", "Cleo: Author"),
        ]


async def test_a_member_who_came_by_writing_is_compared_too(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        await new_topic(store, board)  # by anna
        with pytest.raises(Conflict, match="anna already, whose name looks like ANNA"):
            await store.house.add_member("ANNA")


async def test_suspending(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        token = (await store.identities.register("anna", PASSWORD)).token
        issued = await store.house.issue_token("anna")
        assert (await store.identities.identify(token)).member == "anna"
        await store.house.set_suspended("anna", True, by="kim")
        for each in (token, issued):
            with pytest.raises(AuthRequired, match="log in again"):
                await store.identities.identify(each)
        assert await store.house.tokens() == []
        with pytest.raises(AuthRequired, match="suspended"):
            await store.identities.log_in("anna", PASSWORD)
        with pytest.raises(AuthRequired, match="wrong"):
            await store.identities.log_in("anna", "something else")
        with pytest.raises(Forbidden, match="anna is suspended"):
            await store.house.issue_token("anna")
        with pytest.raises(Refused, match="suspended"):
            await new_topic(store, board)
        await store.house.set_suspended("anna", False, by="kim")
        assert (await store.identities.log_in("anna", PASSWORD)).member.name == "anna"
        await new_topic(store, board)
        with pytest.raises(AuthRequired):
            await store.identities.identify(token)
        with pytest.raises(Missing):
            await store.house.set_suspended("nobody", True)
        lines = await logged(store)
        assert ("kim", "suspend", "anna") in lines
        assert ("kim", "restore", "anna") in lines


async def test_issuing_listing_and_revoking_tokens(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.house.add_member("Anna", "Editor")
        await store.house.add_member("Bob")
        now = clock_of(store).at
        first = await store.house.issue_token("Anna", label="  my\nphone ", by="kim")
        clock_of(store).at += 1
        await store.house.issue_token("Bob", scopes=("write", "read"), expires=Millis(now + DAY))
        listed = await store.house.tokens()
        assert [(t.member, t.label, t.scopes, t.created, t.expires, t.used) for t in listed] == [
            ("Anna", "my phone", ("read", "write", "moderate"), now, None, None),
            ("Bob", "", ("read", "write"), now + 1, now + DAY, None),
        ]
        assert [t.member for t in await store.house.tokens("Bob")] == ["Bob"]
        clock_of(store).at += DAY
        assert [t.member for t in await store.house.tokens()] == ["Anna"]
        (mine,) = await store.house.tokens("Anna")
        assert (await store.identities.identify(first)).token == mine.id
        await store.house.revoke_token(mine.id, by="kim")
        with pytest.raises(AuthRequired):
            await store.identities.identify(first)
        with pytest.raises(Missing):
            await store.house.revoke_token(mine.id)
        assert [line for line in await logged(store) if "token" in line[1]] == [
            ("kim", "issue token", "Anna: read, write, moderate"),
            ("", "issue token", "Bob: read, write"),
            ("kim", "revoke token", "Anna"),
        ]


REFUSED: list[tuple[Callable[[SqliteForumStore], Coroutine[None, None, object]], type[Refused], str]] = [
    (lambda store: store.house.issue_token("nobody"), Missing, "no member nobody"),
    (lambda store: store.house.tokens("nobody"), Missing, "no member nobody"),
    (lambda store: store.house.issue_token("Anna", scopes=("read", "rule")), Refused, "no scope 'rule'"),
    (lambda store: store.house.issue_token("Anna", expires=Millis(NOON)), Refused, "ahead"),
    (lambda store: store.house.issue_token("Anna", expires=Millis(1 << 70)), Refused, "ahead"),
    (lambda store: store.house.invite(uses=0), Refused, "registrations"),
    (lambda store: store.house.invite(uses=1 << 70), Refused, "registrations"),
    (lambda store: store.house.invite(expires=Millis(NOON - 1)), Refused, "ahead"),
    (lambda store: store.house.invite(role=" "), Refused, "role"),
    (lambda store: store.house.revoke_token("x'; DROP TABLE token"), Missing, "no token"),
    (lambda store: store.house.set_unix_user("Anna", "no such user"), Refused, "no user no such user"),
    (lambda store: store.house.set_unix_user("Anna", "a\0b"), Refused, "no user"),
    (lambda store: store.house.set_unix_user("nobody", pwd.getpwuid(os.getuid()).pw_name), Missing, "no member"),
    (lambda store: store.house.add_board(BoardDraft("Far", position=1 << 70)), Refused, "position"),
    (lambda store: store.house.set_info({"notice": "x", "title": ""}), Refused, "title"),
]


@pytest.mark.parametrize(("ask", "error", "words"), REFUSED)
async def test_what_is_refused_changes_nothing(
    tmp_path: Path,
    ask: Callable[[SqliteForumStore], Coroutine[None, None, object]],
    error: type[Refused],
    words: str,
) -> None:
    async with house(tmp_path) as store:
        await store.house.add_member("Anna")
        before = await logged(store), await store.info(None)
        with pytest.raises(error, match=words) as raised:
            await ask(store)
        assert str(raised.value).endswith(".")
        assert (await logged(store), await store.info(None)) == before


async def test_stats(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        opened = await new_topic(store, board)
        clock_of(store).at += 20 * DAY
        answer = await reply(store, opened.topic)
        await store.perform("cleo", act(NewTopic(board, "Hi", Body("Hi"))))
        await store.perform("bob", act(Delete(topic_id(opened), PostId(str(answer.post)))))
        clock_of(store).at += 11 * DAY
        stats = await store.house.stats()
        counts = (stats.boards, stats.topics, stats.posts, stats.members, stats.active, stats.waiting)
        assert counts == (1, 2, 2, 3, 1, 0)
        assert stats.size >= 4096
    check_file(tmp_path / "forum.db")
