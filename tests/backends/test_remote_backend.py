"""What the remote backend makes of answers, good and bad."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import httpx
import pytest
from tests.backends.mocked import Mock, mocked
from tests.backends.other_side import OtherSide, problem
from tests.reference.forum import ReferenceForum

from forumtui import wire
from forumtui.backends.remote.backend import RemoteBackend
from forumtui.backends.remote.connection import connect
from forumtui.errors import (
    AuthRequired,
    BackendError,
    Busy,
    Conflict,
    Forbidden,
    Missing,
    Offline,
    RateLimited,
    Refused,
    Unanswered,
    Unreadable,
)
from forumtui.forum.house import BoardDraft
from forumtui.model import (
    Action,
    BoardId,
    Body,
    Changes,
    Close,
    Cursor,
    Listing,
    LogEntry,
    Member,
    MemberId,
    Millis,
    NewTopic,
    Page,
    Place,
    PostId,
    QueueId,
    QueueItem,
    QueueKind,
    TopicId,
    Window,
)

PLACE = "https://forum.example/team"
TOKEN = "a-token-that-nobody-may-see"
ACTION = Action("key", Close(TopicId("1")))


@asynccontextmanager
async def over(answer: Mock, **options: str) -> AsyncIterator[RemoteBackend]:
    """A backend whose server is a function."""
    async with connect(PLACE, {"token": TOKEN, **options}, transport=mocked(answer)) as connection:
        yield RemoteBackend(connection, poll=0.01, again=0.05)


async def asked(call: Callable[[RemoteBackend], Awaitable[object]], answer: httpx.Response | Exception) -> object:
    """What one call makes of one answer."""

    def respond(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with over(respond) as backend:
        return await call(backend)


READS: list[Callable[[RemoteBackend], Awaitable[object]]] = [
    lambda backend: backend.info(),
    lambda backend: backend.boards(),
    lambda backend: backend.topics(Listing()),
    lambda backend: backend.topic(TopicId("1")),
    lambda backend: backend.posts(TopicId("1"), Window()),
    lambda backend: backend.post(PostId("1")),
    lambda backend: backend.search("words"),
    lambda backend: backend.changes(None),
    lambda backend: backend.find(ACTION),
    lambda backend: backend.member("Ann"),
    lambda backend: backend.queue(),
    lambda backend: backend.log(),
]


@pytest.mark.parametrize(
    "error",
    [
        AuthRequired("Log in first."), Forbidden("Not yours."), Conflict("Another text."), Refused("No text."),
        RateLimited("Slower.", 7.0), Busy("Another writer."),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
async def test_errors_come_back_as_they_were(error: BackendError) -> None:
    for call in (*READS, lambda backend: backend.perform(ACTION)):
        with pytest.raises(type(error)) as caught:
            await asked(call, problem(error))
        assert type(caught.value) is type(error)
        assert str(caught.value) == str(error)
        assert getattr(caught.value, "retry_after", 7.0) == 7.0


async def test_what_is_missing_is_missing_but_a_forum_is_not() -> None:
    for call in READS[1:]:
        with pytest.raises(Missing, match="No such thing here"):
            await asked(call, problem(Missing("No such thing here.")))
    for answer in (
        httpx.Response(404, text="not here"),
        httpx.Response(405, html="<html>"),
        httpx.Response(501),
        problem(Missing("x.")),
    ):
        with pytest.raises(Unreadable, match=r"There is no forumtui forum at https://forum\.example/team\."):
            await asked(READS[0], answer)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<html>Welcome</html>"), httpx.Response(200, json=[]), httpx.Response(200, json=None),
        httpx.Response(200, json={"hello": "world"}), httpx.Response(200, json={"items": 3, "title": 4}),
        httpx.Response(200, text="hello"), httpx.Response(200), httpx.Response(204),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.text[:20]}",
)  # fmt: skip
async def test_what_is_no_answer_of_a_forum_is_unreadable(answer: httpx.Response) -> None:
    for call in (*READS, lambda backend: backend.perform(ACTION)):
        with pytest.raises(Unreadable, match=r"forum\.example"):
            await asked(call, answer)


async def test_a_lost_line_may_have_carried_an_act() -> None:
    for error, reading, acting in (
        (httpx.ConnectError("refused"), Offline, Offline),
        (httpx.ReadError("cut"), Offline, Unanswered),
        (httpx.ReadTimeout("late"), Offline, Unanswered),
    ):
        for call in READS:
            with pytest.raises(reading):
                await asked(call, error)
        with pytest.raises(acting):
            await asked(lambda backend: backend.perform(ACTION), error)
    with pytest.raises(Unanswered):
        await asked(lambda backend: backend.perform(ACTION), httpx.Response(502))


async def test_what_is_asked() -> None:
    seen: list[tuple[str, str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        seen.append((request.method, str(request.url).removeprefix(PLACE), body))
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["accept"].startswith("application/json")
        return problem(Busy("Enough."))

    async with over(answer) as backend:
        calls: list[Callable[[RemoteBackend], Awaitable[object]]] = [
            *READS,
            lambda backend: backend.topics(Listing(board=BoardId("a/b?c")), Cursor("1:2")),
            lambda backend: backend.posts(TopicId("ü ü"), Window(Place.AFTER, "5", 9000)),
            lambda backend: backend.changes(Cursor("e:5:")),
            lambda backend: backend.perform(ACTION),
        ]
        for call in calls:
            with pytest.raises(Busy):
                await call(backend)
    action = {"key": "key", "act": {"kind": "close", "topic": "1", "on": True}}
    assert seen == [
        ("GET", "/api/v1/forum", None),
        ("GET", "/api/v1/boards", None),
        ("GET", "/api/v1/topics?listing=latest&limit=200", None),
        ("GET", "/api/v1/topics/1", None),
        ("GET", "/api/v1/topics/1/posts?place=start&limit=100", None),
        ("GET", "/api/v1/posts/1", None),
        ("GET", "/api/v1/search?q=words&limit=200", None),
        ("GET", "/api/v1/changes?limit=200", None),
        ("POST", "/api/v1/actions/find", action),
        ("GET", "/api/v1/members/Ann", None),
        ("GET", "/api/v1/queue", None),
        ("GET", "/api/v1/log", None),
        ("GET", "/api/v1/topics?listing=latest&board=a%2Fb%3Fc&after=1%3A2&limit=200", None),
        ("GET", "/api/v1/topics/%C3%BC%20%C3%BC/posts?place=after&at=5&limit=200", None),
        ("GET", "/api/v1/changes?after=e%3A5%3A&limit=200", None),
        ("POST", "/api/v1/actions", action),
    ]


async def test_ids_lead_nowhere_else() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path.decode())
        return problem(Missing("There is no such topic."))

    async with over(answer) as backend:
        for strange in ("", ".", "..", "../../login", "a/b", "%2e%2e", "x?y#z", "\ud800", "\0"):
            with pytest.raises(Missing):
                await backend.topic(TopicId(strange))
            with pytest.raises(Missing):
                await backend.posts(TopicId(strange), Window())
            with pytest.raises(Missing):
                await backend.member(strange)
    starts = ("/team/api/v1/topics/", "/team/api/v1/members/")
    assert all(path.startswith(starts) and path.count("/") <= 6 for path in paths)
    assert not any({".", ".."} & set(path.split("/")) for path in paths)
    assert len(paths) == 3 * 6


async def test_an_epoch_reset_passes_through() -> None:
    new = Changes((), Cursor("new:9:"), boards=True, reset=True)
    assert (
        await asked(lambda backend: backend.changes(Cursor("old:3:")), httpx.Response(200, json=wire.encode(new)))
        == new
    )


async def test_queue_log_and_members_are_read() -> None:
    queue = Page((QueueItem(QueueId("1"), QueueKind.HELD, Millis(5), "Ann", BoardId("2"), "T", "text"),))
    log = Page((LogEntry("1", Millis(5), "Ann", "pin topics", "Pinned."),), after=Cursor("1"))
    member = Member(MemberId("Ann"), "Ann", "Member", Millis(5), "About me.")
    assert await asked(lambda backend: backend.queue(), httpx.Response(200, json=wire.encode(queue))) == queue
    assert await asked(lambda backend: backend.log(), httpx.Response(200, json=wire.encode(log))) == log
    assert await asked(lambda backend: backend.member("Ann"), httpx.Response(200, json=wire.encode(member))) == member


async def test_nothing_new_is_one_small_answer() -> None:
    store = ReferenceForum()
    board = await store.house.add_board(BoardDraft("General"))
    for number in range(20):
        await store.perform("Bob", Action(str(number), NewTopic(board, "S" * 100, Body("b"))))
    other = OtherSide(store, {TOKEN: "Ann"})
    sizes: list[tuple[int, int]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await other(request)
        sizes.append((response.status_code, len(response.content)))
        return response

    async with connect("https://forum.example", {"token": TOKEN}, transport=mocked(answer)) as way:
        backend = RemoteBackend(way)
        place = (await backend.changes(None)).after
        for _ in range(3):
            changes = await backend.changes(place)
            assert (changes.items, changes.after) == ((), place)
        boards = [await backend.boards(), await backend.boards()]
        assert boards[0] == boards[1]
    assert [status for status, _ in sizes] == [200, 200, 304, 304, 200, 304]
    assert sizes[1][1] < 200
    assert sizes[2][1] == 0


async def test_the_token_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []

    def echo(request: httpx.Request) -> httpx.Response:
        return problem(Refused(f"I do not like {request.headers['authorization']}."))

    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError(f"lost with {request.headers['authorization']}", request=request)

    def elsewhere(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "forum.example"
        return httpx.Response(308, headers={"location": "https://evil.example/"})

    for answer in (echo, lost, elsewhere):
        async with over(answer) as backend:
            shown.extend([repr(backend), str(vars(backend)), repr(backend._connection)])
            for call in (*READS, lambda backend: backend.perform(ACTION), first):
                try:
                    await asyncio.wait_for(call(backend), 5)
                except BackendError as error:
                    shown.extend(traceback.format_exception(error))
    assert len(shown) > 30
    text = "\n".join([*shown, caplog.text])
    assert "evil.example" in text
    assert TOKEN not in text.replace(f"lost with Bearer {TOKEN}", "")


async def first(backend: RemoteBackend) -> None:
    async with aclosing(backend.watch()) as events:
        await anext(events)
