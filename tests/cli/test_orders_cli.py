"""``topics --order``: lists in a forum's own orders, for scripts."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Cli

from forumtui.forum.file import SqliteForumStore
from forumtui.model import Action, BoardId, Body, Like, Listing, Millis, NewTopic, Page, Topic
from forumtui.reader.library import Library
from forumtui.reader.rows import TopicQuery

BOARD = BoardId("1")


@pytest.fixture
def talk(forum: Path) -> Path:
    """A forum with 450 topics, of which the first three are liked."""

    async def fill() -> None:
        moments = itertools.count(time.time_ns() // 1_000_000 - 1_000_000)  # no two of one time
        store = await SqliteForumStore.open(forum, now=lambda: Millis(next(moments)))
        for number in range(450):
            made = await store.perform("bob", Action(f"t{number}", NewTopic(BOARD, f"Topic {number}", Body("Words."))))
            assert made.topic is not None
            assert made.post is not None
            for name in ("Cy", "Di", "Ed")[: max(0, 3 - number)]:
                await store.perform(name, Action(f"l{number}", Like(made.topic, made.post)))
        await store.close()

    asyncio.run(fill())
    return forum


def titles(ran: Any) -> list[str]:
    return [topic["title"] for topic in ran.json]


def test_topics_come_in_the_order_that_is_asked_for(cli: Cli, talk: Path) -> None:
    for order in ("top", "top:week", "top:all"):
        assert titles(cli("topics", talk, "--order", order, "--json")) == ["Topic 0", "Topic 1", "Topic 2"]
        assert titles(cli("topics", talk, "--board", "general", "--order", order, "--json")) == [
            "Topic 0",
            "Topic 1",
            "Topic 2",
        ]
    assert titles(cli("topics", talk, "--order", "new", "--limit", "2", "--json")) == ["Topic 449", "Topic 448"]
    assert titles(cli("topics", talk, "--limit", "1", "--json")) == ["Topic 449"]


@pytest.mark.parametrize(("asked", "count"), [(("--all",), 450), (("--limit", "250"), 250), ((), 50)])
def test_so_many_are_fetched_as_are_asked_for(cli: Cli, talk: Path, asked: tuple[str, ...], count: int) -> None:
    found = titles(cli("topics", talk, "--order", "unanswered", "--json", *asked))
    assert found == [f"Topic {number}" for number in range(449, 449 - count, -1)]


def test_without_asking_the_list_is_as_it_was(cli: Cli, talk: Path, home: Path) -> None:
    cli("topics", talk)
    ran = cli("topics", talk, "--order", "top", "--offline")
    assert (ran.code, ran.out) == (0, "")
    assert "Nothing of this list was fetched yet." in ran.err
    cli("topics", talk, "--order", "top")
    ran = cli("topics", talk, "--order", "top", "--offline", "--json")
    assert titles(ran) == ["Topic 0", "Topic 1", "Topic 2"]
    assert ran.err == ""

    async def age() -> None:
        """Let it be fetched an hour ago."""
        library = await Library.open(home, now=lambda: Millis(time.time_ns() // 1_000_000 - 3_600_000))
        (account,) = await library.accounts.all(visited=True)
        rows = (await library.reading.topics(TopicQuery(account.key, order="top"))).rows
        headers = tuple(Topic(row.id, BOARD, row.title) for row in rows)
        await library.listings.begin(account.key, Listing("top", None, "week"), Page(headers))
        await library.close()

    asyncio.run(age())
    ran = cli("topics", talk, "--order", "top", "--offline", "--json")
    assert titles(ran) == ["Topic 0", "Topic 1", "Topic 2"]
    assert "This list is as of 20" in ran.err


def test_what_is_not_offered_is_named_with_what_is(cli: Cli, talk: Path) -> None:
    for order, said in (
        ("hottest", 'Team room has no order "hottest". It offers latest, new, top, unanswered.'),
        ("top:decade", 'The order "top" of Team room has no period "decade". It has week, month, year, all.'),
        ("new:week", 'The order "new" of Team room has no period "week". It has none.'),
    ):
        ran = cli("topics", talk, "--order", order, code=2)
        assert said in ran.err
