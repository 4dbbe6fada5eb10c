"""Whether there is anything for members only is told to guests by no answer, and by no event."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.server.kit import Api
from tests.server.kit import api as opened_api

from forumtui.forum.house import BoardDraft, Policy
from forumtui.model import (
    Body,
    Close,
    Delete,
    Edit,
    Hide,
    Like,
    Mark,
    Move,
    NewTopic,
    Pin,
    PostId,
    Remove,
    Reply,
    Report,
    SetMark,
    SetTags,
)
from forumtui.server.events import EventStream, Watcher


class Private:
    """Boards for members, and everything that is done on them."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def make(self) -> None:
        house = self.api.store.house
        self.board = await house.add_board(BoardDraft("Members", members_only=True, position=1))
        self.other = await house.add_board(BoardDraft("Inner", parent=self.board))
        self.topic, self.post = await self.api.behind(
            "anna", NewTopic(self.board, "Winter secret", Body("How? secret"))
        )

    def acts(self) -> list[Callable[[], Awaitable[object]]]:
        api, topic, post = self.api, self.topic, self.post
        said: list[tuple[str, Any]] = [
            ("bob", NewTopic(self.other, "Winter", Body("secret words"))),
            ("bob", Reply(topic, Body("secret @anna"), post)),
            ("anna", Edit(topic, post, Body("other secret"), "Winter still secret")),
            ("bob", Like(topic, post)),
            ("mo", SetMark(topic, post, Mark.BEST_PRACTICE)),
            ("mo", Pin(topic)),
            ("mo", Close(topic)),
            ("mo", SetTags(topic, ("secret",))),
            ("mo", Move(topic, self.other)),
            ("bob", Report(topic, post, "secret")),
            ("mo", Hide(topic, post, reason="secret")),
            ("mo", Hide(topic, post, on=False)),
            ("mo", Remove(topic)),
            ("mo", Remove(topic, on=False)),
            ("anna", Delete(topic, post)),
        ]
        acts: list[Callable[[], Awaitable[object]]] = [partial(api.behind, who, act) for who, act in said]
        acts.append(lambda: api.store.house.edit_board(self.board, BoardDraft(title="Secret", notice="Secret")))
        acts.append(lambda: api.store.house.add_board(BoardDraft("Third", parent=self.board)))
        acts.append(lambda: api.store.house.issue_token("bob"))
        return acts


async def guests_answers(api: Api) -> dict[str, tuple[int, bytes, str | None]]:
    """All that a guest can ask, following each page; and the tags of the answers."""
    paths = ["forum", "boards", "members", "members/anna", "topics", "topics?limit=1", "changes", "changes?limit=1"]
    paths += [
        "search?q=secret",
        "search?q=winter",
        "search?q=how&limit=1",
        "me",
        "openapi.json",
        "queue",
        "log",
        "policy",
    ]
    paths += [f"topics?board={number}" for number in range(1, 6)]
    paths += [f"{kind}/{number}" for kind in ("topics", "posts") for number in range(1, 9)]
    paths += [f"topics/{number}/posts?place={place}" for number in range(1, 5) for place in ("start", "end", "unread")]
    paths += [f"topics/1/posts?place=post&at={number}" for number in range(1, 9)]
    paths += [f"topics/1/posts?place=number&at={number}" for number in range(1, 4)]
    found: dict[str, tuple[int, bytes, str | None]] = {}
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        answer = await api.get(path)
        found[path] = (answer.status_code, answer.content, answer.headers.get("etag"))
        after = answer.json().get("after") if answer.status_code == 200 else None
        name = path.partition("after=")[0].rstrip("?&")
        follow = f"{name}{'&' if '?' in name else '?'}after={after}"
        if after is not None and follow not in found and "place" not in path:
            waiting.append(follow)
    return found


def differences(found: dict[str, Any], before: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What was answered otherwise than before."""
    asked = found.keys() | before.keys()
    return {path: (found.get(path), before.get(path)) for path in asked if found.get(path) != before.get(path)}


async def prepared(api: Api) -> Private:
    store = api.store
    for name in ("anna", "bob"):
        await store.house.set_role(name, "Member")
    await store.house.set_role("mo", "Moderator")
    second = await store.house.add_board(BoardDraft("Second"))
    await api.behind("anna", NewTopic(second, "Winter two", Body("How now?")))
    return Private(api)


async def test_no_answer_tells_whether_there_is_anything_for_members(tmp_path: Path) -> None:
    async with opened_api(tmp_path) as api:
        private = await prepared(api)
        before = await guests_answers(api)
        assert len(before) > 60
        await private.make()
        assert differences(await guests_answers(api), before) == {}
        for number, act in enumerate(private.acts()):
            await act()
            assert differences(await guests_answers(api), before) == {}, number
        assert len((await api.get("search?q=secret", await api.token("bob"))).json()["items"]) > 0


async def test_what_is_written_for_all_is_told_with_no_count_of_what_is_not(tmp_path: Path) -> None:
    async with opened_api(tmp_path) as api:
        private = await prepared(api)
        cursor = (await api.get("changes")).json()["after"]
        await private.make()
        for act in private.acts():
            await act()
        assert (await api.get(f"changes?after={cursor}")).json() == {
            "items": [], "after": cursor, "more": False, "boards": False, "reset": False,
        }  # fmt: skip
        await api.behind("anna", Reply(api.topic, Body("for all")))
        told = (await api.get(f"changes?after={cursor}&limit=1")).json()
        assert [item["topic"] for item in told["items"]] == [api.topic]
        assert not told["boards"]
        assert not told["reset"]
        again = (await api.get(f"changes?after={told['after']}")).json()
        assert not again["more"]
        numbers = {part for answer in (told, again) for part in answer["after"].split(":")}
        assert not any(number.isdecimal() and 0 < int(number) < 1000 for number in numbers)


async def test_the_feed_of_guests_goes_on_page_by_page(tmp_path: Path) -> None:
    async with opened_api(tmp_path) as api:
        private = await prepared(api)
        await private.make()
        cursor = (await api.get("changes")).json()["after"]
        posts = []
        for number in range(7):
            posts.append((await api.behind("anna", Reply(api.topic, Body(f"all {number}"))))[1])
            await api.behind("anna", Reply(private.topic, Body("members")))
        seen: list[PostId] = []
        more = True
        while more:
            told = (await api.get(f"changes?after={cursor}&limit=2")).json()
            seen += [post["id"] for item in told["items"] for post in item["posts"]]
            cursor, more = told["after"], told["more"]
        assert seen == posts


@asynccontextmanager
async def listening(api: Api, who: dict[str, str] | None) -> AsyncIterator[AsyncIterator[bytes]]:
    """The events that somebody is sent, as the server makes them."""
    from starlette.requests import Request

    from forumtui.server import questions
    from forumtui.server.callers import admit, reader

    headers = [(name.lower().encode(), value.encode()) for name, value in (who or {}).items()]
    scope = {
        "type": "http", "method": "GET", "path": "/api/v1/events", "headers": headers, "query_string": b"",
        "app": api.app, "client": ("192.0.2.7", 1), "state": {},
    }  # fmt: skip
    request = Request(scope)
    await admit(request)
    stream = await questions.events(request, api.store, await reader(request))
    assert isinstance(stream, EventStream)
    with stream._watcher.listening(stream._who) as listener:
        async with aclosing(stream._events(listener)) as events:
            yield events


def watchers(api: Api) -> tuple[Watcher, Watcher]:
    return api.app.state.served.guests, api.app.state.served.watcher


async def an_event(events: AsyncIterator[bytes]) -> dict[str, int]:
    async with asyncio.timeout(10):
        while True:
            event = await anext(events)
            if event.startswith(b"event: change\ndata: "):
                data: dict[str, int] = json.loads(event.partition(b"data: ")[2])
                return data


async def test_no_event_tells_a_guest_of_what_is_for_members(tmp_path: Path) -> None:
    async with opened_api(tmp_path) as api:
        private = await prepared(api)
        await private.make()
        bob = await api.token("bob")
        async with listening(api, None) as guest, listening(api, bob) as member:
            assert await an_event(guest) == {"version": 1}
            await an_event(member)
            guests, _ = watchers(api)
            for act in private.acts():
                await act()
                api.app.state.served.watcher.kick()
                await an_event(member)  # so the server has noticed
            await api.store.guests.version()
            assert guests.changes == 1
            await api.behind("anna", Reply(api.topic, Body("for all")))
            api.app.state.served.watcher.kick()
            assert await an_event(guest) == {"version": 2}


@pytest.mark.parametrize("how", ["suspended", "closed"])
async def test_who_may_not_read_any_more_hears_of_nothing_more(tmp_path: Path, how: str) -> None:
    async with opened_api(tmp_path) as api:
        private = await prepared(api)
        await private.make()
        who = await api.token("bob") if how == "suspended" else None
        async with listening(api, who) as events:
            await an_event(events)
            if how == "suspended":
                await api.store.house.set_suspended("bob", suspended=True)
            else:
                await api.store.house.set_policy(Policy(members_only=True))
            await api.behind("anna", Reply(private.topic, Body("secret")))
            api.app.state.served.watcher.kick()
            async with asyncio.timeout(10):
                assert [event async for event in events] == []


async def test_a_forum_in_which_nothing_is_written_is_not_searched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_api(tmp_path) as api:
        looks: list[object] = []
        look = api.store._threads.look

        async def counted(work: Any) -> Any:
            looks.append(work)
            return await look(work)

        monkeypatch.setattr(api.store._threads, "look", counted)
        first = await api.store.guests.version()
        assert await api.store.guests.version() == first
        assert len(looks) == 1
        await api.behind("anna", Reply(api.topic, Body("for all")))
        assert await api.store.guests.version() != first
        assert len(looks) == 2


def test_numbers_in_disguise_are_found_again() -> None:
    from forumtui.forum.file.disguise import disguise, undisguise

    numbers = [0, 1, 2, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1]
    for key in (b"", b"one", b"x" * 16):
        words = [disguise(number, key) for number in numbers]
        assert [undisguise(word, key) for word in words] == numbers
        assert len(set(words)) == len(numbers)
    for word in ("", "1", "x" * 16, "A" * 16, "0" * 17, "٣" * 16):
        with pytest.raises(ValueError, match=f"^{word}$"):
            undisguise(word, b"")
