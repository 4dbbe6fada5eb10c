"""Registering: names, invitations, rules, and races for the last of something."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("argon2", reason="the server is an extra: pip install 'forumtui[server]'")

from hypothesis import given
from hypothesis import strategies as st
from tests.forum.forum_files import NOON, new_topic, sql
from tests.forum.house_files import PASSWORD, SetClock, clock_of, hasher_of, house, logged, opened, start

from forumtui.errors import AuthRequired, Conflict, Forbidden, Refused
from forumtui.forum.file.names import new_name
from forumtui.forum.house import BoardDraft, Policy
from forumtui.forum.identities import Scope
from forumtui.model import Millis, Registration
from forumtui.text.sanitise import clean_line

DAY = 24 * 3600 * 1000
REGISTRANT = """
import asyncio, sys
from pathlib import Path
from argon2 import PasswordHasher
from forumtui.errors import ForumtuiError
from forumtui.forum.file import SqliteForumStore

async def main(path, name, code):
    store = await SqliteForumStore.open(Path(path))
    store.identities._passwords._hasher = PasswordHasher(1, 8, 1)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        await store.identities.register(name, "correct horse battery", invitation=code)
        print("in", flush=True)
    except ForumtuiError as error:
        print(type(error).__name__, flush=True)
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_register_and_log_in(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        made = await store.identities.register(" Anna \t Snider", PASSWORD, label="phone")
        assert (made.member.name, made.member.role, made.member.joined) == ("Anna Snider", "Member", NOON)
        assert made.token.startswith("ftui_")
        assert len(made.token) == 48
        assert made.expires == NOON + 90 * DAY
        again = await store.identities.log_in("Anna Snider", PASSWORD)
        assert again.token != made.token
        assert again.member == made.member
        for token in (made.token, again.token):
            identity = await store.identities.identify(token)
            assert (identity.member, identity.scopes) == ("Anna Snider", frozenset({Scope.READ, Scope.WRITE}))
        assert {token.label for token in await store.house.tokens()} == {"phone", ""}
        assert (await logged(store))[1:] == [("Anna Snider", "register", "as Member")]


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("", PASSWORD, "letter or a digit"),
        ("\u200b\u2060", PASSWORD, "letter or a digit"),
        ("@anna", PASSWORD, "begin with @"),
        ("n" * 41, PASSWORD, "at most 40"),
        ("n" * 100_000, PASSWORD, "at most 40"),
        ("anna", "short77", "8 to 1000"),
        ("anna", "x" * 1001, "8 to 1000"),
        ("anna snider", "Anna Snider", "must not be the name"),
    ],
)
async def test_names_and_passwords_that_will_not_do(tmp_path: Path, name: str, password: str, words: str) -> None:
    async with house(tmp_path) as store:
        with pytest.raises(Refused, match=words):
            await store.identities.register(name, password)
        assert await store.members(None) == []
        assert hasher_of(store).hashed == 0


@given(st.text())
def test_a_name_that_will_do_is_one_short_visible_line(name: str) -> None:
    try:
        stored = new_name(name)
    except Refused:
        return
    assert 1 <= len(stored) <= 40
    assert clean_line(stored) == stored
    assert new_name(stored) == stored
    assert not stored.startswith("@")


async def test_taken_names(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        board = await store.house.add_board(BoardDraft("General"))
        await new_topic(store, board)  # by anna, who has no password
        await store.identities.peer(4711, "unix")
        for name in ("anna", "ANNA", "аnnа", "UNIX", "un1x"):
            with pytest.raises(Conflict):
                await store.identities.register(name, PASSWORD)
        with pytest.raises(AuthRequired):
            await store.identities.log_in("anna", PASSWORD)
        assert [member.name for member in await store.members(None)] == ["anna"]


async def test_who_may_register(tmp_path: Path) -> None:
    async with house(tmp_path, Registration.INVITATION) as store:
        register = store.identities.register
        with pytest.raises(Forbidden, match="takes an invitation"):
            await register("anna", PASSWORD)
        with pytest.raises(Forbidden, match="not valid"):
            await register("anna", PASSWORD, invitation="ftin_nonsense")
        code = await store.house.invite(role="editor", by="kim")
        assert (await register("anna", PASSWORD, invitation=code)).member.role == "Editor"
        with pytest.raises(Forbidden, match="used up"):
            await register("bob", PASSWORD, invitation=code)
        several = await store.house.invite(uses=2, expires=Millis(NOON + DAY))
        await register("bob", PASSWORD, invitation=several)
        clock_of(store).at += DAY
        with pytest.raises(Forbidden, match="has expired"):
            await register("cleo", PASSWORD, invitation=several)
        fresh = await store.house.invite()
        await store.house.set_policy(Policy(Registration.CLOSED))
        with pytest.raises(Forbidden, match="closed"):
            await register("cleo", PASSWORD, invitation=fresh)
        await store.house.set_policy(Policy(Registration.OPEN))
        await store.house.set_info({"rules": "Be kind"})
        with pytest.raises(Refused, match="rules"):
            await register("cleo", PASSWORD)
        assert (await register("cleo", PASSWORD, accepts_rules=True)).member.role == "Member"
        with pytest.raises(Forbidden, match="not valid"):
            await register("dora", PASSWORD, invitation="ftin_nonsense", accepts_rules=True)
        assert hasher_of(store).hashed == 3  # none for who was refused
        assert {member.name for member in await store.members(None)} == {"anna", "bob", "cleo"}
        assert ("kim", "invite", "1 as Editor") in await logged(store)


async def test_a_refused_registration_does_not_use_the_invitation(tmp_path: Path) -> None:
    async with house(tmp_path, Registration.INVITATION) as store:
        await store.house.add_member("Anna")
        code = await store.house.invite()
        with pytest.raises(Conflict):
            await store.identities.register("anna", PASSWORD, invitation=code)
        assert (await store.identities.register("bob", PASSWORD, invitation=code)).member.name == "bob"


async def test_what_is_secret_is_nowhere_in_the_file(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        code = await store.house.invite(by="kim")
        made = await store.identities.register("anna", PASSWORD, invitation=code)
        issued = await store.house.issue_token("anna", label="phone")
        await store.identities.identify(issued)
        await store.house.backup(tmp_path / "copy.db")
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b"phone" in written  # it is all there to be found
        for secret in (code, made.token, issued, PASSWORD):
            assert secret.encode() not in written
            assert secret.removeprefix("ftui_").removeprefix("ftin_").encode() not in written


@pytest.mark.parametrize("race", ["one invitation", "one name"])
async def test_processes_race(tmp_path: Path, race: str) -> None:
    async with house(tmp_path, Registration.INVITATION) as store:
        code = await store.house.invite(uses=2 if race == "one invitation" else 3)
    names = ["Anna", "ANNA", "аnna"] if race == "one name" else ["Anna", "Bob", "Cleo"]
    racers = [start(REGISTRANT, tmp_path / "forum.db", name, code) for name in names]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = sorted(racer.communicate(timeout=60)[0].strip() for racer in racers)
    winners = 1 if race == "one name" else 2
    lost = "Conflict" if race == "one name" else "Forbidden"
    assert said == [lost] * (3 - winners) + ["in"] * winners
    ((members,),) = sql(tmp_path / "forum.db", "SELECT count(*) FROM member")
    ((used,),) = sql(tmp_path / "forum.db", "SELECT used FROM invitation")
    assert (members, used) == (winners, winners)


async def test_two_stores_race_for_one_invitation(tmp_path: Path) -> None:
    async with house(tmp_path, Registration.INVITATION) as one, opened(one.path, SetClock()) as other:
        code = await one.house.invite()
        ends = await asyncio.gather(
            *(
                store.identities.register(f"member {number}", PASSWORD, invitation=code)
                for number, store in enumerate([one, other] * 3)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(end, Forbidden) for end in ends) == 5
        assert len(await one.members(None)) == 1
