"""Which connections a server holds, and what it says when the system gives it no more."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import time

import pytest

pytest.importorskip("fastapi", reason="the server is an extra: pip install 'forumtui[server]'")

from hypothesis import given
from hypothesis import strategies as st

from forumtui.server import places
from forumtui.server.limits import Limits
from forumtui.server.places import BACKLOG, Complaints, Places

ACTS = st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 40)), max_size=120)


@given(ACTS)
def test_never_more_than_there_are_and_never_more_than_a_share(acts: list[tuple[int, bool, int]]) -> None:
    held: dict[int, int] = {}
    kept = Places(Limits(connections=8, connections_each=3))
    for number, (who, comes, which) in enumerate(acts):
        if comes:
            takes = kept.take(number, who)
            assert takes == (len(held) < 8 and list(held.values()).count(who) < 3)
            if takes:
                held[number] = who
        elif held:
            gone = sorted(held)[which % len(held)]
            del held[gone]
            kept.leave(gone)
            kept.leave(gone)  # a second time changes nothing


def test_a_proxy_brings_as_many_as_there_are() -> None:
    kept = Places(Limits(connections=8, connections_each=3))
    assert [kept.take(number, None) for number in range(9)] == [True] * 8 + [False]


def test_few_are_told_that_there_are_too_many() -> None:
    kept = Places(Limits(connections=1))
    told = [kept.tell(number) for number in range(200)]
    assert 0 < sum(told) < 100
    kept.leave(0)
    assert kept.tell(999)


@pytest.mark.parametrize(
    ("soft", "hard", "most", "asked"),
    [
        (1 << 20, 1 << 20, 1000, None),
        (1024, 1 << 20, 1000, 1000 + BACKLOG + places._OTHER_FILES),
        (1024, 1024, 1024 - BACKLOG - places._OTHER_FILES, 1024),
        (100, 100, 1, 100),
        (1024, resource.RLIM_INFINITY, 1000, 1000 + BACKLOG + places._OTHER_FILES),
    ],
)
def test_there_are_fewer_places_than_files(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, most: int, asked: int | None
) -> None:
    limits = [soft, hard]
    monkeypatch.setattr(resource, "getrlimit", lambda what: tuple(limits))
    monkeypatch.setattr(resource, "setrlimit", lambda what, given: limits.__setitem__(slice(None), given))
    kept = Places(Limits(connections=1000, connections_each=2000))
    kept.fit()
    assert limits == [soft if asked is None else asked, hard]
    assert sum(kept.take(number, "somebody") for number in range(1500)) == most


def test_that_files_are_short_is_said_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    complain, loop = Complaints(), asyncio.new_event_loop()
    short = {"message": "socket.accept() out of system resource", "exception": OSError(errno.EMFILE, "no files")}
    with caplog.at_level(logging.ERROR):
        for _ in range(1000):
            complain(loop, short)
        assert len(caplog.records) == 1
        now += 61
        complain(loop, short)
        assert len(caplog.records) == 2
        complain(loop, {"message": "something else"})
        assert caplog.records[-1].message == "something else"
    loop.close()


def test_asyncio_still_says_it_in_these_words() -> None:
    import inspect
    from asyncio import selector_events

    assert places._NO_FILES in inspect.getsource(selector_events)
