"""Contract: what moderators do to whole topics: other tags, or out of everybody's sight and back."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

from dataclasses import replace

import pytest

from forumtui.errors import Missing, Refused
from forumtui.model import Body, Like, Listing, Remove, Reply, SetTags, Window
from forumtui.testing.contract.feed import follow
from forumtui.testing.contract.lacking import where
from forumtui.testing.contract.moderation import demote, do, promote
from forumtui.testing.contract.stage import ContractTests, Stage, all_topics


class RemovalContract(ContractTests):
    """Nothing is lost, nobody but moderators sees it, and readers are told both times."""

    @where("can_moderate")
    async def test_tags_are_changed_and_taken_away(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        await promote(stage)
        await do(stage, SetTags(topic, ("winter", "hives", "winter")))
        assert (await stage.backend.topic(topic)).tags == ("winter", "hives")
        await do(stage, SetTags(topic, ()))
        await demote(stage)
        assert (await stage.backend.topic(topic)).tags == ()
        with pytest.raises(Refused):
            await do(stage, SetTags(topic, ("mine",)))

    @where("can_moderate")
    async def test_removed_topic_is_there_for_moderators_only(self, stage: Stage) -> None:
        board = await stage.board()
        kept, _ = await stage.open_topic(board, "Kept")
        topic, post = await stage.open_topic(board, "Zebra")
        before = await stage.backend.topic(topic)
        await promote(stage)
        await do(stage, Remove(topic, reason="not about bees"))
        assert replace(await stage.backend.topic(topic), removed=False).title == before.title
        assert [header.removed for header in await all_topics(stage.backend, Listing())] == [True, False]
        await demote(stage)
        assert [header.id for header in await all_topics(stage.backend, Listing())] == [kept]
        assert [header.id for header in await all_topics(stage.backend, Listing(board=board))] == [kept]
        for ask in (
            stage.backend.topic(topic),
            stage.backend.post(post),
            stage.backend.posts(topic, Window()),
            do(stage, Reply(topic, Body("Me, too."))),
            do(stage, Like(topic, post)),
        ):
            with pytest.raises(Missing):
                await ask
        if self.can_search:
            assert (await stage.backend.search("zebra")).items == ()
        assert {each.topics for each in await stage.backend.boards()} in ({1}, {None})
        await promote(stage)
        await do(stage, Remove(topic, on=False))
        await demote(stage)
        assert await stage.backend.topic(topic) == before
        assert [header.id for header in await all_topics(stage.backend, Listing())] == [topic, kept]

    @where("can_moderate", "has_feed")
    async def test_the_feed_tells_of_a_removed_topic_and_brings_it_back(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        start = (await follow(stage, None))[1]
        await promote(stage)
        await do(stage, Remove(topic))
        await demote(stage)
        items, after = await follow(stage, start)
        assert [(item.topic, item.header, item.posts, item.gone) for item in items] == [(topic, None, (), True)]
        await promote(stage)
        await do(stage, Remove(topic, on=False))
        await demote(stage)
        items, _ = await follow(stage, after)
        assert [(item.topic, item.gone) for item in items] == [(topic, False)]
        assert items[-1].header == await stage.backend.topic(topic)
