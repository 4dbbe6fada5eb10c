"""Contract: the change feed, and noticing what others do."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

import asyncio
from contextlib import aclosing

from forumtui.model import (
    Action,
    Body,
    ChangedTopic,
    Changes,
    Cursor,
    Delete,
    Edit,
    Listing,
    Mark,
    PostId,
    SetMark,
    TopicId,
    Window,
)
from forumtui.testing.contract.lacking import where
from forumtui.testing.contract.stage import MODERATOR, OTHER, ContractTests, Stage, all_topics

NOTICED_WITHIN = 5.0
"""Seconds; what watches may take its time, but not for ever."""


class FeedContract(ContractTests):
    """A reader that follows the feed knows the forum, and asks little."""

    @where("has_feed", "can_watch")
    async def test_feed_is_offered_or_unsupported(self, stage: Stage) -> None:
        assert (await stage.backend.changes(None)).items == ()

    @where("has_feed")
    async def test_beginning_tells_every_header_and_no_posts(self, stage: Stage) -> None:
        board = await stage.board()
        for number in range(250):
            await stage.open_topic(board, f"Topic {number}")
        lines, _ = await follow(stage, None)
        headers = await all_topics(stage.backend, Listing())
        assert {line.topic: line.header for line in lines} == {header.id: header for header in headers}
        assert len(lines) == 250
        assert not any(line.posts for line in lines)

    @where("has_feed")
    async def test_nothing_new_is_nothing(self, stage: Stage) -> None:
        await stage.thread(3)
        _, place = await follow(stage, None)
        still = await stage.backend.changes(place)
        assert (still.items, still.more, still.boards, still.reset) == ((), False, False, False)

    @where("has_feed")
    async def test_new_posts_are_told_with_their_topic(self, stage: Stage) -> None:
        topic, _ = await stage.thread(3)
        await stage.thread(2)
        _, place = await follow(stage, None)
        added = [await stage.add_post(topic), await stage.add_post(topic)]
        lines, place = await follow(stage, place)
        assert {line.topic for line in lines} == {topic}
        assert [post.id for line in lines for post in line.posts] == added
        assert lines[-1].header == await stage.backend.topic(topic)
        assert (await follow(stage, place))[0] == []

    @where("has_feed")
    async def test_change_during_the_first_reading_is_not_missed(self, stage: Stage) -> None:
        board = await stage.board()
        topics = [(await stage.open_topic(board, f"Topic {number}"))[0] for number in range(250)]
        first = await stage.backend.changes(None)
        added = await stage.add_post(topics[0])
        new, _ = await stage.open_topic(board, "New")
        lines, place = await follow(stage, first.after)
        lines += (await follow(stage, place))[0]
        assert added in [post.id for line in lines for post in line.posts if line.topic == topics[0]]
        assert {*topics, new} == {line.topic for line in (*first.items, *lines)}

    @where("has_feed")
    async def test_edits_deletions_and_marks_are_told(self, stage: Stage) -> None:
        await stage.store.house.set_role(MODERATOR, "Moderator")
        topic, posts = await stage.thread(4)
        _, place = await follow(stage, None)
        await stage.store.perform(OTHER, Action(stage.key(), Edit(topic, posts[0], Body("Edited."))))
        await stage.store.perform(OTHER, Action(stage.key(), Delete(topic, posts[1])))
        await stage.store.perform(MODERATOR, Action(stage.key(), SetMark(topic, posts[2], Mark.EXPERT_TIP)))
        lines, _ = await follow(stage, place)
        told = {post.id: post for line in lines for post in line.posts}
        assert set(told) == set(posts[:3])
        shown = {post.id: post for post in (await stage.backend.posts(topic, Window())).items}
        assert told == {post: shown[post] for post in posts[:3]}

    @where("has_feed")
    async def test_changed_boards_and_fields_are_told(self, stage: Stage) -> None:
        await stage.thread(1)
        _, place = await follow(stage, None)
        for change in ("board", "info", "role"):
            if change == "board":
                await stage.board("Another")
            elif change == "info":
                await stage.store.house.set_info({"notice": "New notice"})
            else:
                await stage.store.house.set_role(stage.me, "Moderator")
            told = False
            while True:
                changes = await stage.backend.changes(place)
                told, place = told or changes.boards, changes.after
                if not changes.more:
                    break
            assert told, change

    @where("has_feed")
    async def test_feed_ends_where_the_forum_is(self, stage: Stage) -> None:
        """Following in many small steps leads to the same place as reading it all."""
        known: dict[TopicId, dict[PostId, object]] = {}
        place: Cursor | None = None
        topics = [(await stage.thread(2))[0] for _ in range(3)]
        for step in range(12):
            await stage.add_post(topics[step % 3], f"step {step}")
            lines, place = await follow(stage, place)
            for line in lines:
                known.setdefault(line.topic, {}).update({post.id: post for post in line.posts})
        for topic in topics:
            shown = {post.id: post for post in (await stage.backend.posts(topic, Window())).items}
            assert {**shown, **known[topic]} == shown

    @where("has_feed")
    async def test_another_life_of_the_forum_begins_anew(self, stage: Stage) -> None:
        topic, _ = await stage.thread(2)
        before = (await stage.backend.info()).epoch
        _, place = await follow(stage, None)
        await self.take_place(stage)
        assert (await stage.backend.info()).epoch != before
        again = await stage.backend.changes(place)
        assert again.reset
        lines, after = await follow(stage, None)
        assert {line.topic for line in lines} == {topic}
        assert not (await stage.backend.changes(after)).reset

    @where("can_watch")
    async def test_writing_of_others_is_noticed(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        async with aclosing(stage.backend.watch()) as events:  # type: ignore[type-var]  # an async generator in all but name
            for _ in "ab":
                event = asyncio.ensure_future(anext(events))
                await asyncio.sleep(0.05)
                await stage.add_post(topic)
                await asyncio.wait_for(event, NOTICED_WITHIN)


async def follow(stage: Stage, place: Cursor | None) -> tuple[list[ChangedTopic], Cursor]:
    """All lines of the feed since a place, and the new place."""
    lines: list[ChangedTopic] = []
    while True:
        changes: Changes = await stage.backend.changes(place)
        lines += changes.items
        place = changes.after
        if not changes.more:
            return lines, place
