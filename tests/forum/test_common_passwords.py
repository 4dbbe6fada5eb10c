"""Passwords that whoever guesses tries first are refused wherever one is set."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("argon2", reason="the server is an extra: pip install 'forumtui[server]'")

from hypothesis import given
from hypothesis import strategies as st
from tests.forum.forum_files import sql
from tests.forum.house_files import PASSWORD, hasher_of, house

from forumtui.errors import Refused, Unsupported
from forumtui.forum.passwords import LONGEST, SHORTEST, check_password, why_common

ANOTHER = "a horse of another colour"


def listed() -> list[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST]


def test_the_list_is_refused_however_it_is_written() -> None:
    common = listed()
    assert len(common) > 2000
    let = [word for word in common[::4] if not why_common(word, "anna")]
    assert let == []
    for word in common[::100]:
        for spelled in (word.upper(), word.capitalize(), word[::-1], "".join(chr(ord(c) + 0xFEE0) for c in word)):
            assert why_common(spelled, "anna"), spelled


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("password", "top-10 common"),
        ("P4ssw0rd", "similar to a commonly used"),
        ("qwertyuiop", "common"),
        ("aaaaaaaaaaaa", "Repeats"),
        ("1" * LONGEST, "Repeats"),
        ("abcdefgh", "Sequences"),
        ("annasnider1", "million tries"),
    ],
)
def test_the_refusal_says_why(password: str, why: str) -> None:
    assert why in why_common(password, "Anna Snider".replace(" ", "")), why_common(password, "annasnider")


@pytest.mark.parametrize(
    "password", [PASSWORD, ANOTHER, "correct horse battery staple", "tr0ub4dor&3", "\0\ud800 пароль é"]
)
def test_what_is_not_guessed_soon_will_do(password: str) -> None:
    assert why_common(password, "anna") == ""


@given(st.text(min_size=SHORTEST, max_size=100), st.text(max_size=40))
def test_any_text_is_judged(password: str, name: str) -> None:
    assert isinstance(why_common(password, name), str)


async def test_it_is_refused_where_one_registers_and_where_one_changes_it(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        check_password("iloveyou", "anna")  # it is long enough
        with pytest.raises(Refused, match=r"guessed too soon: .*common.* Take a few words"):
            await store.identities.register("anna", "iloveyou")
        assert await store.members(None) == []
        assert hasher_of(store).hashed == 0
        await store.identities.register("anna", PASSWORD)
        with pytest.raises(Refused, match="guessed too soon"):
            await store.identities.set_password("anna", PASSWORD, "iloveyou")
        await store.house.add_member("bob")
        hashed = hasher_of(store).hashed
        with pytest.raises(Refused, match="guessed too soon"):
            await store.identities.set_password("bob", "", "iloveyou")
        assert hasher_of(store).hashed == hashed
        await store.identities.log_in("anna", PASSWORD)


async def test_an_old_password_that_is_common_still_logs_in(tmp_path: Path) -> None:
    async with house(tmp_path) as store:
        await store.identities.register("anna", PASSWORD)
        sql(store.path, "UPDATE member SET password = ?", hasher_of(store).hash("iloveyou"))
        await store.identities.log_in("anna", "iloveyou")
        await store.identities.set_password("anna", "iloveyou", ANOTHER)


def test_two_names_at_once_are_not_taken_for_each_other() -> None:
    names = [f"{word}{word[::-1]}x" for word in ("marigold", "hellebore", "delphinium", "aquilegia")]
    with ThreadPoolExecutor(4) as threads:
        own = list(threads.map(lambda name: why_common(name, name), names * 10))
        others = list(threads.map(lambda name: why_common(name, "nobody"), names * 10))
    assert all(own)
    assert not any(others)


def test_without_zxcvbn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxcvbn", None)
    with pytest.raises(Unsupported, match="pip install"):
        why_common(PASSWORD, "anna")
