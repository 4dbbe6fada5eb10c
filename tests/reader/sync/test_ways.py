"""From an address to what it names: who is asked, what comes into the library, and what is said where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reader.sync.stage import World, fill, library_in

from forumtui.errors import NotFound, Offline, Refused, Unreadable, UsageError
from forumtui.model import Post, Recognised, Topic, TopicId, What, Window
from forumtui.reader.library import Library
from forumtui.reader.library.door import Reached
from forumtui.reader.sync.engine import Engines
from forumtui.reader.sync.pull import Policy
from forumtui.testing import Fault

TEAM = "https://forum.example/team"
TOPIC = Recognised("remote", TEAM, What.TOPIC, "1")


class Stranger:
    """Says what addresses name, and remembers who asked."""

    def __init__(self) -> None:
        self.found: dict[str, Recognised] = {}
        self.asked: list[str] = []

    async def __call__(self, location: str) -> Recognised:
        self.asked.append(location)
        if location not in self.found:
            raise NotFound(f"There is no forum that forumtui knows at {location}.")
        return self.found[location]


@asynccontextmanager
async def playing(folder: Path) -> AsyncIterator[tuple[Library, World, Stranger, Engines]]:
    async with asyncio.timeout(60):
        world, stranger = World(), Stranger()
        await fill(world.forum(TEAM, "The Team"), topics=2, posts=6)
        async with (
            library_in(folder, world.clock.now) as library,
            Engines(
                library, clock=world.clock, open_backend=world.open, policy=Policy(), recognise=stranger
            ) as engines,
        ):
            yield library, world, stranger, engines
        assert world.sessions == 0


async def texts(library: Library, reached: Reached) -> set[str]:
    """What of the topic the library has now."""
    assert reached.topic is not None
    row = await library.reading.topic_by_id(reached.account.key, reached.topic)
    assert row is not None
    keys = (await library.reading.outline(row.key)).keys
    return {post.body.source for post in (await library.reading.posts(row.key, keys)).values() if post.body}


@pytest.mark.parametrize("meant", ["number", "id"])
async def test_a_post_is_brought_with_those_around_it_and_the_forum_is_only_visited(meant: str, tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, stranger, engines):
        fifth = (await _fifth(world)).id
        found = replace(TOPIC, post="5" if meant == "number" else fifth, numbered=meant == "number")
        stranger.found[f"{TEAM}/x"] = found
        reached = await engines.ways.reach(f"{TEAM}/x", listed=True)
        assert (reached.topic, reached.post, reached.lacks) == (TopicId("1"), fifth, "")
        assert (reached.account.location, reached.account.title, reached.account.listed) == (TEAM, "The Team", False)
        assert "Topic 0, post 5" in await texts(library, reached)


async def _fifth(world: World) -> Post:
    page = await world.forum(TEAM).posts("ann", TopicId("1"), Window())
    return page.items[4]


async def test_a_post_that_is_named_alone_is_found_in_its_topic(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, stranger, engines):
        fifth = (await _fifth(world)).id
        stranger.found[f"{TEAM}/p"] = Recognised("remote", TEAM, What.POST, fifth)
        reached = await engines.ways.reach(f"{TEAM}/p")
        assert (reached.topic, reached.post) == (TopicId("1"), fifth)
        assert "Topic 0, post 5" in await texts(library, reached)


async def test_a_post_that_goes_by_a_topics_address_is_opened_in_its_topic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(tmp_path) as (library, world, stranger, engines):
        fifth = (await _fifth(world)).id
        plan = world.plan(TEAM)
        by_name = plan.topic

        async def of_any_post(topic: TopicId) -> Topic:
            return await by_name(TopicId("1") if topic == TopicId(fifth) else topic)

        monkeypatch.setattr(plan, "topic", of_any_post, raising=False)
        stranger.found[f"{TEAM}/item"] = Recognised("remote", TEAM, What.TOPIC, fifth)
        reached = await engines.ways.reach(f"{TEAM}/item")
        assert (reached.topic, reached.post, reached.lacks) == (TopicId("1"), fifth, "")
        assert "Topic 0, post 5" in await texts(library, reached)


async def test_a_title_is_asked_for_and_nothing_is_kept(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, _stranger, engines):
        fifth = (await _fifth(world)).id
        titles = {What.FORUM: ("", "The Team"), What.TOPIC: ("1", "Topic 0"), What.POST: (fifth, "Topic 0")}
        for what, (name, title) in titles.items():
            assert (await engines.ways.titled(Recognised("remote", TEAM, what, name))).title == title
        for found in (
            replace(TOPIC, id="77"),
            Recognised("remote", "https://gone.example"),
            replace(TOPIC, title="Own"),
        ):
            assert await engines.ways.titled(found) == found
        assert await library.accounts.all(visited=True) == []


async def test_a_forum_is_followed_where_it_alone_is_named_and_asked_for(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, _world, stranger, engines):
        stranger.found[TEAM] = Recognised("remote", TEAM)
        assert not (await engines.ways.reach(TEAM)).account.listed
        reached = await engines.ways.reach(TEAM, listed=True)
        assert (reached.account.listed, reached.topic) == (True, None)


async def test_nobody_is_asked_who_answers_at_a_forum_that_is_known(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, _world, stranger, engines):
        stranger.found[TEAM] = Recognised("remote", TEAM)
        row = await engines.add(TEAM)
        stranger.asked.clear()
        address = f"{TEAM}/api/v1/topics/2"
        assert await engines.ways.known(address) == Recognised("remote", TEAM, What.TOPIC, "2")
        reached = await engines.ways.reach(address)
        assert (reached.account.key, reached.topic, reached.account.listed) == (row.key, TopicId("2"), True)
        assert (await engines.add("https://FORUM.example:443/team/#top")).key == row.key
        assert stranger.asked == []
        assert await engines.ways.known("https://forum.example/teams/api/v1/topics/2") is None


async def test_adding_the_address_of_a_topic_adds_its_forum(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, _world, stranger, engines):
        stranger.found[f"{TEAM}/api/v1/topics/1"] = TOPIC
        assert (await engines.add(f"{TEAM}/api/v1/topics/1")).location == TEAM


@pytest.mark.parametrize(
    "found",
    [
        replace(TOPIC, id="77"),
        Recognised("remote", TEAM, What.POST, "7777"),
        replace(TOPIC, post="99", numbered=True),
        replace(TOPIC, post="7777"),
    ],
)
async def test_what_the_forum_has_not_is_said_and_the_forum_is_there(found: Recognised, tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, _world, stranger, engines):
        stranger.found[f"{TEAM}/x"] = found
        reached = await engines.ways.reach(f"{TEAM}/x")
        assert reached.lacks
        assert reached.post is None
        assert (reached.topic is None) == (found.id in {"77", "7777"})
        assert reached.account.title == "The Team"


async def test_an_address_that_names_a_post_as_a_topic_leads_to_it_in_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(tmp_path) as (_library, world, stranger, engines):
        fifth = (await _fifth(world)).id
        plan = world.plan(TEAM)
        header = await plan.topic(TopicId("1"))

        async def topic(_: TopicId) -> Topic:
            return header

        monkeypatch.setattr(plan, "topic", topic)
        stranger.found[f"{TEAM}/x"] = replace(TOPIC, id=fifth)
        stranger.found[f"{TEAM}/merged"] = replace(TOPIC, id="7777")
        reached = await engines.ways.reach(f"{TEAM}/x")
        assert (reached.topic, reached.post, reached.lacks) == (TopicId("1"), fifth, "")
        merged = await engines.ways.reach(f"{TEAM}/merged")
        assert (merged.topic, merged.post, merged.lacks) == (TopicId("1"), None, "")


async def test_without_a_line_what_is_here_is_shown(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, stranger, engines):
        fifth = (await _fifth(world)).id
        stranger.found[f"{TEAM}/x"] = replace(TOPIC, post="5", numbered=True)
        await engines.ways.reach(f"{TEAM}/x")
        world.plan(TEAM).script("info", Fault.OFFLINE)  # known already, so this is not asked
        assert (await engines.ways.reach(f"{TEAM}/api/v1/topics/1")).topic == TopicId("1")
        world.plan(TEAM).script("post", Fault.OFFLINE)
        assert (await engines.ways.reach(f"{TEAM}/api/v1/posts/{fifth}")).post == fifth
        await engines.set_plugged(None, plugged=False)
        reached = await engines.ways.reach(f"{TEAM}/api/v1/posts/{fifth}")
        assert (reached.topic, reached.post, reached.lacks) == (TopicId("1"), fifth, "")
        assert (await engines.ways.reach(f"{TEAM}/api/v1/topics/1")).lacks == ""
        with pytest.raises(Offline):
            await engines.ways.reach(f"{TEAM}/api/v1/topics/2")


async def test_a_fault_on_the_way_brings_nothing_wrong(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, world, stranger, engines):
        stranger.found[f"{TEAM}/x"] = replace(TOPIC, post="5", numbered=True)
        for call in ("info", "topic"):
            world.plan(TEAM).script(call, Fault.OFFLINE)
            with pytest.raises(Offline):
                await engines.ways.reach(f"{TEAM}/x")
        world.plan(TEAM).script("posts", Fault.OFFLINE)
        reached = await engines.ways.reach(f"{TEAM}/x")
        assert (reached.topic, reached.post) == (TopicId("1"), None)
        assert "not here yet" in reached.lacks
        assert (await engines.ways.reach(f"{TEAM}/x")).post is not None


async def test_what_can_not_be_read_is_called_by_its_name(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, _world, stranger, engines):
        stranger.found["https://n.example/topic/1"] = Recognised("nodebb", "https://n.example", What.TOPIC, "1")
        with pytest.raises(
            UsageError, match=r"^https://n\.example is a NodeBB forum; forumtui does not read those yet"
        ):
            await engines.ways.reach("https://n.example/topic/1")
        with pytest.raises(UsageError, match="is a Usenet forum"):
            await engines.ways.reach("news:comp.lang.c")
        with pytest.raises(NotFound, match="no forum that forumtui knows"):
            await engines.ways.reach("https://blog.example/a-post")
        for address in ("https://ann@forum.example/team", "https://ann:pw@forum.example/team"):
            with pytest.raises((Refused, UsageError)):
                await engines.add(address)
            with pytest.raises((Refused, UsageError)):
                await engines.ways.reach(address)
            assert await engines.ways.known(address) is None
            assert not await engines.ways.looks_like(address)
        assert await library.accounts.all(visited=True) == []
        assert stranger.asked == ["https://n.example/topic/1", "https://blog.example/a-post"]


async def test_a_place_that_nobody_saw_gets_its_driver_when_somebody_answers(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, _world, stranger, engines):
        row = await engines.place(TEAM)
        assert (row.driver, row.is_unmet) == ("remote", True)
        with pytest.raises(Unreadable, match="no forum that forumtui knows"):
            await engines.run_once(row.key)
        stranger.found[TEAM] = Recognised("lobsters", TEAM)
        await engines.run_once(row.key)
        row = await library.accounts.get(row.key)
        assert (row.driver, row.is_unmet, row.title) == ("lobsters", False, "The Team")
        await engines.run_once(row.key)
        assert stranger.asked == [TEAM, TEAM]
        assert (await engines.place(f"{TEAM}/s/abc123")).key == row.key


async def test_links_to_what_can_not_be_read_lead_out(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_library, _world, stranger, engines):
        for address in ("https://github.com/o/r/discussions/1", "mailto:a@b.example", "https://old.reddit.com/r/x"):
            assert await engines.ways.known(address) is None
            assert not await engines.ways.looks_like(address)
        assert await engines.ways.looks_like("https://x.example/api/v1/topics/1")
        assert not await engines.ways.looks_like("https://x.example/a-page")
        assert stranger.asked == []
