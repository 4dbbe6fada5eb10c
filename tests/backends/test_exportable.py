"""A forum elsewhere, exported as one of its members sees it."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from tests.backends.served import served

from forumtui.backends.exportable import Seen
from forumtui.backends.remote import driver
from forumtui.errors import RateLimited
from forumtui.forum.export_format import ExportFormat
from forumtui.forum.exporting import export
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, NewTopic, Reply, TopicId
from forumtui.server.listening import tcp_socket


async def test_it_holds_what_the_file_holds_but_for_the_members(tmp_path: Path) -> None:
    store = await SqliteForumStore.open(tmp_path / "forum.db", create=True, title="Team")
    board = await store.house.add_board(BoardDraft("General", description="Everything"))
    for number in range(3):
        new = NewTopic(board, f"Topic {number}", Body("**One**"))
        made = await store.perform("anna", Action(f"topic-{number}", new))
        for answer in range(number * 60):  # more than a page of them
            await store.perform("bo", Action(f"{number}-{answer}", Reply(TopicId(str(made.topic)), Body("Two"))))
    here, there = io.StringIO(), io.StringIO()
    await export(store, here, format=ExportFormat.JSONL)
    with tcp_socket("127.0.0.1", 0) as listener:
        async with served(store, listener):
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with driver.open(address, {}) as backend:
                await export(Seen(backend, address), there, format=ExportFormat.JSONL)
    await store.close()
    kept = [line for line in here.getvalue().splitlines() if json.loads(line).get("type") != "member"]
    assert len(kept) > 180
    assert there.getvalue().splitlines() == kept


async def test_a_pause_that_the_forum_wants_is_made_unless_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    class Strict:
        def __init__(self) -> None:
            self.pauses = [0.5, 3.0]

        async def boards(self) -> tuple[()]:
            if self.pauses:
                raise RateLimited("Too often.", self.pauses.pop())
            return ()

        async def info(self) -> object:
            raise RateLimited("Too often.", 3600)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    seen = Seen(Strict(), "x:y")  # type: ignore[arg-type]  # only what is asked of it
    with pytest.raises(RateLimited):
        await seen.info(None)
    monkeypatch.setattr(Seen, "info", lambda self, me: sleep(0))
    await seen.boards(None)
    assert slept == [0, 3.0, 0.5]
