"""Posts that only say what happened to their topic: kept, read and counted like others, with no text of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.reader.library.test_moderated_forums import POST, account, opened, shown

from forumtui.model import PostId


async def test_an_event_is_kept_cleaned_and_takes_the_place_of_a_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key = await account(library)
        await shown(library, key, POST)
        row = await shown(library, key, replace(POST, event="closed\x1b[31m this\ntopic", body=None))
        assert row.body is None
        assert row.happened == "Jaap closed[31m this topic"
        assert (await library.reading.search("rude")).hits == ()  # the text that stood there is not found any more
        assert (await shown(library, key, replace(POST, whisper=True))).whisper


async def test_an_event_is_unread_until_it_was_passed(tmp_path: Path) -> None:
    async with opened(tmp_path) as library:
        key = await account(library)
        await shown(library, key, POST)
        event = replace(POST, id=PostId("q"), sort=2, event="closed this topic", body=None)
        row = await shown(library, key, event)
        assert row.unread
        before = (await library.reading.topic(row.topic_key)).unread
        await library.marks.mark_read([row.key])
        assert (await library.reading.topic(row.topic_key)).unread == before - 1
        assert not (await shown(library, key, event)).unread
