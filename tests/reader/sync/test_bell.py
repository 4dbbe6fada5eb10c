"""After each look a forum is asked what it tells us, in one request, and hears what was seen here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.reader.library.test_moderated_forums import account, opened
from tests.reader.library.test_notices import told

from forumtui.errors import Forbidden, Unsupported
from forumtui.model import Notification, NotificationId, Page
from forumtui.reader.sync.notices import MOST_TOLD, Bell


class Telling:
    """A forum that tells; ``asked`` is what reached it."""

    def __init__(self, *notices: Notification, problem: Exception | None = None) -> None:
        self.notices = list(notices)
        self.problem = problem
        self.asked: list[object] = []

    async def notifications(self) -> Page[Notification]:
        self.asked.append("look")
        if self.problem is not None:
            raise self.problem
        return Page(tuple(self.notices))

    async def mark_notified(self, only: NotificationId | None = None) -> None:
        self.asked.append(only or "all")


def bell(library: Any, key: Any, forum: object) -> Bell:
    return Bell(library, key, forum)  # type: ignore[arg-type]  # only what a bell asks


async def test_one_request_a_look(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key, forum = await account(library), Telling(told(1), told(2))
        ringing = bell(library, key, forum)
        await ringing.look()
        await ringing.look()
        assert forum.asked == ["look", "look"]
        assert await library.notices.unread() == 2


async def test_what_was_seen_is_told_once_and_nothing_else_with_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key, forum = await account(library), Telling(*(told(number) for number in range(9)))
        ringing = bell(library, key, forum)
        await ringing.look()
        await library.notices.see([row.key for row in await library.notices.rows()])
        forum.notices.insert(0, told(10))  # it came since: to mark all would hide it
        await ringing.look()
        assert forum.asked[2:] == ["8", "7", "6"]
        assert len(forum.asked[2:]) == MOST_TOLD
        await library.notices.see([row.key for row in await library.notices.rows()])
        forum.notices = []
        await ringing.look()
        await ringing.look()
        assert forum.asked[5:] == ["look", "all", "look"]


@pytest.mark.parametrize("problem", [Unsupported("Log in first."), Forbidden("Not with this key.")])
async def test_a_forum_that_refuses_is_not_asked_again(tmp_path: Path, problem: Exception) -> None:
    async with opened(tmp_path) as library:
        key, forum = await account(library), Telling(problem=problem)
        ringing = bell(library, key, forum)
        await ringing.look()
        await ringing.look()
        assert forum.asked == ["look"]


async def test_a_forum_without_them_is_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        await bell(library, await account(library), object()).look()
