"""Passwords: what will do, how they are kept, and what a log-in tells nobody."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from threading import Barrier, Lock
from typing import Literal

import pytest

pytest.importorskip("argon2", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.forum.forum_files import NOON, sql
from tests.forum.house_files import PASSWORD, CountingHasher, hasher_of, house, logged

from forumtui.errors import AuthRequired, Refused, Unsupported
from forumtui.forum.passwords import Passwords, check_password


async def test_any_characters_make_a_password(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        odd = "\0\ud800 пароль é"
        check_password(odd, "anna")
        await store.identities.register("anna", odd)
        assert (await store.identities.log_in("anna", odd)).member.name == "anna"
        composed, decomposed = "caf\u00e9 noir", "cafe\u0301 noir"
        await store.identities.register("bob", composed)
        assert (await store.identities.log_in("bob", decomposed)).member.name == "bob"


async def test_a_wrong_name_takes_as_many_hashes_as_a_wrong_password(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("anna", PASSWORD)
        await store.house.add_member("bob")  # without a password
        said = set()
        counts = set()
        for number, (name, password) in enumerate(
            [("anna", "wrong"), ("nobody", "wrong"), ("bob", "wrong"), ("bob", ""), ("", ""), ("nobody", PASSWORD)]
        ):
            hasher = hasher_of(store)
            before = hasher.hashed, hasher.verified
            with pytest.raises(AuthRequired) as raised:
                await store.identities.log_in(name, password)
            said.add(str(raised.value))
            if number:  # the first one makes the hash that stands for nobody's
                counts.add((hasher.hashed - before[0], hasher.verified - before[1]))
        assert said == {"The name or the password is wrong."}
        assert counts == {(0, 1)}


async def test_the_hash_that_stands_for_nobodys_is_made_for_any_first_log_in(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("anna", PASSWORD)
        for name in ("anna", "nobody"):
            hasher = store.identities._passwords._hasher = CountingHasher()
            store.identities._passwords.__dict__.pop("_nobodys", None)
            with pytest.raises(AuthRequired):
                await store.identities.log_in(name, "wrong")
            assert (hasher.hashed, hasher.verified) == (1, 1)


async def test_a_password_is_hashed_anew_when_the_parameters_changed(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("anna", PASSWORD)
        before = sql(store.path, "SELECT password FROM member")
        await store.identities.log_in("anna", PASSWORD)
        assert sql(store.path, "SELECT password FROM member") == before
        store.identities._passwords._hasher = CountingHasher(time_cost=2)
        with pytest.raises(AuthRequired):
            await store.identities.log_in("anna", "wrong")
        assert sql(store.path, "SELECT password FROM member") == before
        await store.identities.log_in("anna", PASSWORD)
        ((after,),) = sql(store.path, "SELECT password FROM member")
        assert "t=2" in str(after)
        await store.identities.log_in("anna", PASSWORD)


async def test_passwords_are_hashed_with_the_librarys_parameters() -> None:
    from argon2 import PasswordHasher

    passwords = Passwords()
    stored = await passwords.hash(PASSWORD)
    assert stored.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(stored)
    assert await passwords.verify(stored, PASSWORD)
    assert not await passwords.verify("no hash at all", PASSWORD)
    passwords.close()


async def test_without_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords()
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(Unsupported, match="pip install"):
        await passwords.hash(PASSWORD)
    with pytest.raises(Unsupported, match="pip install"):
        await passwords.verify(None, PASSWORD)
    passwords.close()


async def test_changing_the_password(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        change, log_in = store.identities.set_password, store.identities.log_in
        await store.identities.register("anna", PASSWORD)
        for old in ("", "wrong"):
            with pytest.raises(AuthRequired, match="old password"):
                await change("anna", old, "another one")
        with pytest.raises(Refused, match="8 to 1000"):
            await change("anna", PASSWORD, "short")
        await change("anna", PASSWORD, "another one")
        with pytest.raises(AuthRequired):
            await log_in("anna", PASSWORD)
        await log_in("anna", "another one")

        await store.house.add_member("bob")
        with pytest.raises(AuthRequired):
            await change("bob", "wrong", "the first one")
        await change("bob", "", "the first one")
        await log_in("bob", "the first one")

        await store.identities.peer(4711, "unix")
        await change("unix", "", "also the first")
        assert (await log_in("unix", "also the first")).member.joined == NOON
        with pytest.raises(Refused, match="no member nobody"):
            await change("nobody", "", "the first one")
        assert ("anna", "set password", "") in await logged(store)


async def test_at_most_two_hash_at_once(tmp_path: Path) -> None:
    running, most, lock, two = 0, 0, Lock(), Barrier(2)

    class Watched(CountingHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's own word
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            try:
                two.wait(20)  # nobody is done before another has begun
                return super().verify(hash, password)
            finally:
                with lock:
                    running -= 1

    async with house(tmp_path) as store:
        store.identities._passwords._hasher = Watched(time_cost=2)
        ends = await asyncio.gather(
            *(store.identities.log_in("nobody", PASSWORD) for _ in range(12)), return_exceptions=True
        )
        assert all(isinstance(end, AuthRequired) for end in ends)
    assert most == 2


async def test_log_ins_at_once_while_it_is_hashed_anew(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("anna", PASSWORD)
        store.identities._passwords._hasher = CountingHasher(time_cost=2)
        made = await asyncio.gather(*(store.identities.log_in("anna", PASSWORD) for _ in range(6)))
        assert len({each.token for each in made}) == 6


async def test_a_password_that_is_changed_during_a_log_in(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("anna", PASSWORD)
        other = CountingHasher().hash("another one")

        class Interrupted(CountingHasher):
            def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's own word
                sql(store.path, "UPDATE member SET password = ?", other)
                return super().verify(hash, password)

        hasher = store.identities._passwords._hasher = Interrupted()
        with pytest.raises(AuthRequired, match="wrong"):
            await store.identities.log_in("anna", PASSWORD)
        assert hasher.verified == 2
        assert len(await store.house.tokens()) == 1  # from registering
