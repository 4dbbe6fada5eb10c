"""Changing a password and ending log-ins: what is kept here follows, secrets show in no error, lost answers are said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from forumtui.errors import BackendError, Refused, Unanswered, Unsupported
from forumtui.model import Millis, OwnToken
from forumtui.reader.rows import AccountKey, AccountRow
from forumtui.reader.sync.access import PERHAPS_CHANGED, OwnAccess

HERE = OwnToken("a1", "desk", ("read", "write"), Millis(1), current=True)
THERE = OwnToken("b2", "phone", ("read",), Millis(2))
KEY = AccountKey(1)
GUEST = AccountRow(KEY, "web", "remote", "https://forum.example", "uuid", {}, True, True, "Team room")
"""What is left of the account after a log-out."""


class Known:
    """A session with a forum that knows members."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.problem: BackendError | None = None

    async def set_password(self, old: str, new: str) -> None:
        self._note("set_password", old, new)

    async def tokens(self) -> Sequence[OwnToken]:
        self._note("tokens")
        return [HERE, THERE]

    async def revoke(self, token: str) -> None:
        self._note("revoke", token)

    async def revoke_all(self, *, others: bool = False) -> None:
        self._note("revoke_all", others)

    def _note(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.problem is not None:
            raise self.problem


def access(backend: object, said: list[Any]) -> OwnAccess:
    @asynccontextmanager
    async def session(account: AccountKey) -> AsyncIterator[Any]:
        assert account == KEY
        yield backend

    async def log_out(account: AccountKey) -> AccountRow:
        said.append(("log out", account))
        return GUEST

    async def nothing_elsewhere(account: AccountKey, _show: object) -> AccountRow:
        raise AssertionError(account)

    return OwnAccess(session, log_out, nothing_elsewhere)


async def test_ending_the_one_used_is_logging_out() -> None:
    forum = Known()
    ways = access(forum, forum.asked)
    assert await ways.tokens(KEY) == [HERE, THERE]
    assert await ways.end(KEY, THERE) is None
    assert await ways.end(KEY, HERE) == GUEST
    await ways.end_others(KEY)
    assert await ways.end_all(KEY) == GUEST
    assert forum.asked == [
        ("tokens",),
        ("revoke", "b2"),
        ("log out", KEY),
        ("revoke_all", True),
        ("revoke_all", False),
        ("log out", KEY),
    ]


async def test_what_is_kept_here_stays_until_all_is_ended_there() -> None:
    forum = Known()
    forum.problem = Refused("Not now.")
    ways = access(forum, forum.asked)
    with pytest.raises(Refused):
        await ways.end_all(KEY)
    assert forum.asked == [("revoke_all", False)]


async def test_a_lost_answer_says_which_password_to_try() -> None:
    forum = Known()
    forum.problem = Unanswered("The line went.")
    with pytest.raises(Unanswered, match="try the new one before") as raised:
        await access(forum, []).set_password(KEY, "old words", "new words")
    assert str(raised.value) == PERHAPS_CHANGED


async def test_where_there_is_nothing_to_manage() -> None:
    ways = access(object(), [])
    for asking in (
        ways.set_password(KEY, "", "new words"),
        ways.tokens(KEY),
        ways.end(KEY, THERE),
        ways.end_others(KEY),
        ways.end_all(KEY),
    ):
        with pytest.raises(Unsupported, match="no passwords or log-ins"):
            await asking
