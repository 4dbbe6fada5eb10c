"""The inbox: what forums tell, kept over all accounts, and what was seen of it here or there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.reader.library.test_moderated_forums import account, opened

from forumtui.model import Cause, Millis, Notification, NotificationId, TopicId
from forumtui.reader.sql.notices import MOST


def told(number: int, **changes: object) -> Notification:
    notice = Notification(NotificationId(str(number)), Cause.REPLY, "Birds", TopicId("7"), created=Millis(number))
    return replace(notice, **changes)  # type: ignore[arg-type]  # fields of it


async def test_what_was_seen_here_stays_so_until_the_forum_knows(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key, inbox = await account(library), library.notices
        await inbox.put(key, [told(2), told(1), told(3, read=True, title="Bees\x1b[31m\nforged")])
        assert [(row.id, row.seen) for row in await inbox.rows()] == [("3", True), ("2", False), ("1", False)]
        assert "\x1b" not in (await inbox.rows())[0].title
        assert "\n" not in (await inbox.rows())[0].title
        assert await inbox.unread() == 2
        newest = (await inbox.rows())[1]
        await inbox.see([newest.key])
        assert (await inbox.unread(), await inbox.untold(key)) == (1, (["2"], False))
        await inbox.put(key, [told(2), told(1)])  # the forum has not heard of it
        assert (await inbox.unread(), await inbox.untold(key)) == (1, (["2"], False))
        await inbox.see([row.key for row in await inbox.rows()])
        assert await inbox.untold(key) == (["2", "1"], True)
        await inbox.tell(key, [NotificationId("2"), NotificationId("1")])
        assert (await inbox.unread(), await inbox.untold(key)) == (0, ([], True))


async def test_only_news_are_news(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key = await account(library)
        await library.notices.put(key, [told(1)])
        heard: list[object] = []
        library.subscribe(heard.append)
        await library.notices.put(key, [told(1)])
        assert heard == []
        await library.notices.put(key, [told(1, title="Bees")])
        assert len(heard) == 1


async def test_no_forum_fills_the_library_with_them(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key = await account(library)
        await library.notices.put(key, [told(number) for number in range(MOST + 20)])
        rows = await library.notices.rows()
        assert (len(rows), rows[0].id) == (MOST, str(MOST + 19))
