"""Where members are logged in: how many tokens, for how long, for what, and what ends them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("argon2", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.forum.forum_files import act, check_file, new_topic, sql
from tests.forum.house_files import PASSWORD, SetClock, clock_of, house, opened

from forumtui.errors import AuthRequired, Forbidden, Missing
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.file.tokens import LOG_IN_MS, LOG_INS
from forumtui.forum.house import BoardDraft
from forumtui.forum.identities import Identity, Scope
from forumtui.model import Body, Close, Edit, Millis, Reply

ANOTHER = "a horse of another colour"
DAY = 24 * 3600 * 1000
MEMBER = {Scope.READ, Scope.WRITE}
MODERATOR = MEMBER | {Scope.MODERATE}


async def good(store: SqliteForumStore, *tokens: str) -> list[bool]:
    """Which of these tokens are in force."""
    found = []
    for token in tokens:
        try:
            await store.identities.identify(token)
        except AuthRequired:
            found.append(False)
        else:
            found.append(True)
    return found


# -- what ends them


async def test_changing_the_password_ends_all_tokens_but_the_one_used(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        here = (await store.identities.register("anna", PASSWORD)).token
        there = (await store.identities.log_in("anna", PASSWORD)).token
        robot = await store.house.issue_token("anna", scopes=["read"])
        bob = (await store.identities.register("bob", PASSWORD)).token
        used = await store.identities.identify(here)
        assert await good(store, here, there, robot, bob) == [True] * 4
        with pytest.raises(AuthRequired):
            await store.identities.set_password("anna", "wrong", ANOTHER, keep=used.token)
        assert await good(store, here, there, robot, bob) == [True] * 4
        await store.identities.set_password("anna", PASSWORD, ANOTHER, keep=used.token)
        assert await good(store, here, there, robot, bob) == [True, False, False, True]
        await store.identities.set_password("anna", ANOTHER, PASSWORD)  # over a Unix socket there is none to keep
        assert await good(store, here, bob) == [False, True]


async def test_a_log_in_that_began_before_the_change_does_not_outlive_it(tmp_path: Path) -> None:
    async with house(tmp_path) as one, opened(one.path, SetClock()) as other:
        await one.identities.register("anna", PASSWORD)
        for old, new in ((PASSWORD, ANOTHER), (ANOTHER, PASSWORD)) * 5:
            ends = await asyncio.gather(
                one.identities.set_password("anna", old, new),
                *(other.identities.log_in("anna", old) for _ in range(3)),
                return_exceptions=True,
            )
            assert ends[0] is None
            left = sql(one.path, "SELECT count(*) FROM token")
            assert left == [(0,)], ends


async def test_a_member_ends_their_own_tokens_and_nobody_elses(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        ways = store.identities
        first = (await ways.register("anna", PASSWORD, label="phone")).token
        clock_of(store).at += 1
        second = (await ways.log_in("anna", PASSWORD, label="desk")).token
        bob = (await ways.register("bob", PASSWORD)).token
        me, him = await ways.identify(second), await ways.identify(bob)
        listed = await ways.tokens(me)
        assert [(each.label, each.current) for each in listed] == [("desk", True), ("phone", False)]
        assert {frozenset(each.scopes) for each in listed} == {frozenset(MEMBER)}
        for token in (him.token, "nonsense"):
            with pytest.raises(Missing, match="no token of yours"):
                await ways.revoke(me, token)
        assert await good(store, first, second, bob) == [True, True, True]
        await ways.revoke(me, listed[1].id)
        assert await good(store, first, second, bob) == [False, True, True]
        with pytest.raises(Missing):
            await ways.revoke(me, listed[1].id)
        first = (await ways.log_in("anna", PASSWORD)).token
        await ways.revoke_all(me, others=True)
        assert await good(store, first, second, bob) == [False, True, True]
        await ways.revoke_all(me)
        assert await good(store, second, bob) == [False, True]
        await ways.revoke_all(me)  # twice is once
        assert await ways.tokens(Identity("nobody yet")) == []


async def test_what_an_admin_does_to_a_member(tmp_path: Path) -> None:
    """Suspending ends every token for good; a role, a lead and a Unix user end none."""
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        log_in = (await store.identities.register("anna", PASSWORD)).token
        robot = await store.house.issue_token("anna", scopes=["read"])
        for role in ("Admin", "Member", "Keeper of bees"):
            await store.house.set_role("anna", role)
        await store.house.edit_board(board, BoardDraft(leader="anna"))
        await store.house.set_unix_user("anna", "root")
        await store.house.set_unix_user("anna", "")
        assert await good(store, log_in, robot) == [True, True]
        await store.house.set_suspended("anna", True)
        await store.house.set_suspended("anna", False)
        assert await good(store, log_in, robot) == [False, False]
        assert sql(store.path, "SELECT count(*) FROM token") == [(0,)]


# -- how many, and for how long


async def test_log_ins_are_bounded_and_the_oldest_leave(tmp_path: Path) -> None:
    async def _robot(store: SqliteForumStore) -> str:
        await store.identities.register("anna", PASSWORD)
        return await store.house.issue_token("anna", scopes=["read"])

    async with house(tmp_path) as store:
        robot = await _robot(store)
        bob = (await store.identities.register("bob", PASSWORD)).token
        made = []
        for _ in range(LOG_INS + 3):
            clock_of(store).at += 1
            made.append((await store.identities.log_in("anna", PASSWORD)).token)
            await store.identities.identify(made[0]) if len(made) <= LOG_INS else None
        assert await good(store, *made) == [False] * 3 + [True] * LOG_INS
        assert await good(store, robot, bob) == [True, True]  # made by an admin, and of somebody else
        clock_of(store).at += LOG_IN_MS
        async with opened(store.path, clock_of(store)) as later:
            assert await good(later, *made) == [False] * len(made)
        assert LOG_IN_MS == 90 * DAY


async def test_log_ins_at_once_stay_within_the_bound(tmp_path: Path) -> None:
    async with house(tmp_path) as one, opened(one.path, SetClock()) as other:
        first = await one.identities.register("anna", PASSWORD)
        made = await asyncio.gather(
            *(store.identities.log_in("anna", PASSWORD) for store in (one, other) for _ in range(LOG_INS))
        )
        assert sql(one.path, "SELECT count(*) FROM token") == [(LOG_INS,)]
        assert sum(await good(one, *(each.token for each in (first, *made)))) == LOG_INS
        last = (await one.identities.log_in("anna", PASSWORD)).token
        assert await good(one, last) == [True]  # never the one just given
    check_file(one.path)


# -- for what


@pytest.mark.parametrize(
    ("role", "scopes"),
    [("Member", MEMBER), ("Author", MEMBER), ("Editor", MODERATOR), ("Moderator", MODERATOR), ("Admin", set(Scope))],
)
async def test_a_log_in_is_for_what_the_role_allows_then_and_no_more_later(
    tmp_path: Path, role: str, scopes: set[Scope]
) -> None:
    async with house(tmp_path) as store:
        before = (await store.identities.register("anna", PASSWORD)).token
        asked_for = await store.house.issue_token("anna")
        await store.house.set_role("anna", role)
        after = (await store.identities.log_in("anna", PASSWORD)).token
        assert (await store.identities.identify(after)).scopes == scopes
        async with opened(store.path, SetClock()) as later:
            for token in (before, asked_for):
                assert (await later.identities.identify(token)).scopes == MEMBER


async def test_who_leads_a_board_moderates_with_the_next_log_in(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        before = (await store.identities.register("anna", PASSWORD)).token
        await store.house.add_board(BoardDraft("General", leader="anna"))
        after = (await store.identities.log_in("anna", PASSWORD)).token
        assert (await store.identities.identify(before)).scopes == MEMBER
        assert (await store.identities.identify(after)).scopes == MODERATOR


async def test_what_is_plain_writes_as_any_member_does(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        made = await new_topic(store, board)
        topic, post = made.topic, made.post
        assert topic is not None
        assert post is not None
        await store.house.set_role("mo", "Moderator")
        await store.perform("mo", act(Close(topic)))
        edit, reply = Edit(topic, post, Body("Mine now.")), Reply(topic, Body("After all."))
        for what in (edit, reply):
            with pytest.raises(Forbidden):
                await store.perform("mo", act(what), plainly=True)
        for what in (edit, reply):
            await store.perform("mo", act(what))


async def test_a_token_for_named_scopes_is_not_plain(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.house.add_member("robot")
        named = await store.house.issue_token("robot", scopes=["write"])
        unnamed = await store.house.issue_token("robot")
        await store.house.set_role("robot", "Admin")
        everything = await store.house.issue_token("robot")
        plain = [(await store.identities.identify(token)).plain for token in (named, unnamed, everything)]
        assert plain == [False, True, False]
        assert not (await store.identities.peer(4711, "unix")).plain


async def test_log_ins_of_an_older_file_are_narrowed_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    """They were for everything that the member would ever be allowed."""
    from importlib.resources import files

    step = (files("forumtui.forum.file") / "schema" / "0006_tokens.sql").read_text(encoding="utf-8")
    narrowing = step[step.index("UPDATE") :]
    async with house(tmp_path) as store:
        made = {}
        for name in ("anna", "ed", "mo", "ada", "led", "word"):
            made[name] = (await store.identities.register(name, PASSWORD)).token
        made["robot"] = await store.house.issue_token(
            "word", scopes=list(Scope), expires=Millis(clock_of(store).at + 365 * DAY)
        )
        for name, role in (("ed", "editor"), ("mo", "Moderator"), ("ada", " Admin"), ("word", "Admin")):
            await store.house.set_role(name, role)
        await store.house.add_board(BoardDraft("General", leader="led"))
        sql(store.path, "UPDATE member SET role_given = 0 WHERE name = 'word'")
        sql(store.path, "UPDATE token SET scopes = 'read write moderate admin', kind = 'named'")
        for statement in narrowing.split(";"):
            sql(store.path, statement)
        scopes = {}
        for name, token in made.items():
            scopes[name] = set((await store.identities.identify(token)).scopes)
        assert scopes == {
            "anna": MEMBER,
            "ed": MODERATOR,
            "mo": MODERATOR,
            "ada": set(Scope),
            "led": MODERATOR,
            "word": MEMBER,
            "robot": set(Scope),
        }
