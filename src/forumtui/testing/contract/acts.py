"""Contract: acts, what is allowed, and that nothing arrives twice."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from forumtui.errors import Conflict, Overtaken, Refused
from forumtui.forum.store import ImportedBoard, ImportedPost, ImportedTopic
from forumtui.model import (
    Ability,
    Act,
    Action,
    BoardId,
    Body,
    Delete,
    Deleter,
    Edit,
    Like,
    Listing,
    Mark,
    NewTopic,
    PostId,
    Reply,
    SetMark,
    TopicId,
    Window,
)
from forumtui.testing.contract.lacking import where
from forumtui.testing.contract.stage import ContractTests, Stage, all_topics, can_on, check_truth, created, on_stage
from forumtui.text.imprint import imprint, words_of


class WritingContract(ContractTests):
    """What is allowed is done once, what is not allowed says why."""

    @where("can_write")
    async def test_new_topic_and_reply_appear(self, stage: Stage) -> None:
        board = await stage.board()
        act = NewTopic(board, "  A subject ", Body("The first."), ("one", "two"))
        topic, first = created(await stage.backend.perform(Action(stage.key(), act)))
        subject = "Another subject" if self.has_subjects else None
        reply = Reply(topic, Body("The second."), parent=first, subject=subject)
        _, second = created(await stage.backend.perform(Action(stage.key(), reply)))
        posts = (await stage.backend.posts(topic, Window())).items
        assert [post.id for post in posts] == [first, second]
        assert [self.text_of(post.words) for post in posts if post.words] == ["The first.", "The second."]
        assert (posts[1].parent, posts[1].subject) == (first, subject)
        assert {post.author.name for post in posts if post.author} == {stage.me}
        header = await stage.backend.topic(topic)
        assert (header.title, header.posts, header.tags) == ("A subject", 2, ("one", "two"))

    @where("can_edit", "has_subjects")
    async def test_edit_changes_text_and_subject(self, stage: Stage) -> None:
        topic, post = await self._mine(stage)
        answer = created(await stage.backend.perform(Action(stage.key(), Reply(topic, Body("Old."), subject="Old"))))[1]
        receipt = await stage.backend.perform(Action(stage.key(), Edit(topic, answer, Body("New."), "New")))
        assert receipt.outcome == "done"
        shown = await stage.backend.post(answer)
        assert shown.body == Body("New.")
        assert shown.subject == "New"
        await stage.backend.perform(Action(stage.key(), Edit(topic, answer, Body("Newer."))))
        assert (await stage.backend.post(answer)).subject == "New"
        assert (await stage.backend.post(post)).body == Body("Mine.")

    @where("can_edit")
    async def test_edit_goes_over_the_words_that_it_was_made_from_alone(self, stage: Stage) -> None:
        topic, post = await self._mine(stage)
        read = await stage.backend.post(post)
        assert read.words is not None
        base = imprint(words_of(read.subject, read.words.source))
        first, second = stage.key(), stage.key()
        edit = Action(first, Edit(topic, post, Body("Mine, newer."), base=base))
        await stage.backend.perform(edit)
        stale = Edit(topic, post, Body("Mine, from the old one."), base=base)
        with pytest.raises(Overtaken):
            await stage.backend.perform(Action(second, stale))
        shown = await stage.backend.post(post)
        assert shown.words == Body("Mine, newer.")
        if stage.backend.delivery.kind == "key":  # a lost answer is asked for again, whatever was written since
            await stage.backend.perform(Action(stage.key(), Edit(topic, post, Body("Newest."))))
            assert (await stage.backend.perform(edit)).outcome == "done"
            assert (await stage.backend.post(post)).words == Body("Newest.")
        newest = await stage.backend.post(post)
        assert newest.words is not None
        seen = imprint(words_of(newest.subject, newest.words.source))
        await stage.backend.perform(Action(second, replace(stale, base=seen)))
        assert (await stage.backend.post(post)).words == stale.body

    @where("can_edit", "has_subjects")
    async def test_edit_notices_another_subject(self, stage: Stage) -> None:
        topic, _ = await self._mine(stage)
        old = Reply(topic, Body("A text."), subject="Old")
        answer = created(await stage.backend.perform(Action(stage.key(), old)))[1]
        base = imprint(words_of("Old", "A text."))
        await stage.backend.perform(Action(stage.key(), Edit(topic, answer, Body("A text."), "New", base)))
        with pytest.raises(Overtaken):
            await stage.backend.perform(Action(stage.key(), Edit(topic, answer, Body("Better."), "Old", base)))
        assert (await stage.backend.post(answer)).subject == "New"

    @on_stage
    async def test_delete_leaves_a_placeholder(self, stage: Stage) -> None:
        topic, mine = await self._deletable(stage)
        answer = await stage.add_post(topic, parent=mine)
        await self.act(stage, Delete(topic, mine))
        *_, gone, kept = (await stage.backend.posts(topic, Window())).items
        assert (gone.id, gone.deleted, gone.body, gone.author) == (mine, True, None, None)
        assert gone.deleted_by in {Deleter.AUTHOR, None}
        assert (kept.id, kept.parent) == (answer, mine)
        if self.can_search:
            assert (await stage.backend.search("Mine.")).items == ()

    @where("can_like")
    async def test_like_is_a_toggle(self, stage: Stage) -> None:
        topic, (post,) = await stage.thread(1)
        for on in (True, True, False, False):
            await stage.backend.perform(Action(stage.key(), Like(topic, post, on)))
            shown = await stage.backend.post(post)
            assert (shown.liked, shown.likes or 0) == (on, int(on))

    @where("can_mark", "can_write")
    async def test_marks_can_be_set_and_taken_away(self, stage: Stage) -> None:
        await stage.store.house.set_role(stage.me, "Moderator")
        topic, (post,) = await stage.thread(1)
        for mark in Mark:
            await stage.backend.perform(Action(stage.key(), SetMark(topic, post, mark)))
        assert (await stage.backend.post(post)).marks == frozenset(Mark)
        await stage.backend.perform(Action(stage.key(), SetMark(topic, post, Mark.EXPERT_TIP, on=False)))
        assert (await stage.backend.post(post)).marks == {Mark.BEST_PRACTICE, Mark.ACCEPTED}

    @where("has_roles")
    async def test_author_carries_the_role(self, stage: Stage) -> None:
        await stage.store.house.set_role(stage.me, "Editor")
        _, post = await self._mine(stage)
        author = (await stage.backend.post(post)).author
        assert author is not None
        assert author.role == "Editor"
        me = (await stage.backend.info()).me
        if self.can_write:
            assert me is not None
        assert me is None or me.role == ("Editor" if self.tells_my_role else None)

    # -- delivery

    @where("can_write")
    async def test_same_key_is_the_same_act(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        if stage.backend.delivery.kind == "reconcile":
            return
        action = Action(stage.key(), Reply(topic, Body("Once.")))
        first = await stage.backend.perform(action)
        try:
            assert await stage.backend.perform(action) == first
        except Conflict:
            assert stage.backend.delivery.kind == "message_id"
        assert [post.body.source for post in (await stage.backend.posts(topic, Window())).items if post.body] == [
            "post 1",
            "Once.",
        ]

    @where("can_write")
    async def test_same_key_with_another_text_is_a_conflict(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        if stage.backend.delivery.kind == "reconcile":
            return
        key = stage.key()
        await stage.backend.perform(Action(key, Reply(topic, Body("Once."))))
        with pytest.raises(Conflict):
            await stage.backend.perform(Action(key, Reply(topic, Body("Twice."))))
        assert len((await stage.backend.posts(topic, Window())).items) == 2

    @where("can_write")
    async def test_same_text_under_two_keys_is_two_posts(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        found = {
            created(await stage.backend.perform(Action(stage.key(), Reply(topic, Body("Same.")))))[1] for _ in "ab"
        }
        assert len(found) == 2

    @where("can_write")
    async def test_find_tells_whether_it_arrived(self, stage: Stage) -> None:
        board = await stage.board()
        action = Action(stage.key(), NewTopic(board, "Sent", Body("Sent.")))
        assert await stage.backend.find(action) is None
        receipt = await stage.backend.perform(action)
        found = await stage.backend.find(action)
        assert found is not None
        assert (found.topic, found.post) == (receipt.topic, receipt.post)

    @where("can_write")
    async def test_refused_act_changes_nothing(self, stage: Stage) -> None:
        board = await stage.board()
        topic, post = await stage.open_topic(board)
        impossible: list[Act] = [
            NewTopic(board, "Empty", Body("")),
            NewTopic(board, "   ", Body("No subject.")),
            NewTopic(BoardId("999999"), "Nowhere", Body("No board.")),
            Reply(topic, Body(" \n ")),
            Reply(TopicId("999999"), Body("No topic.")),
            Reply(topic, Body("No parent."), parent=PostId("999999")),
        ]
        if self.can_edit:
            impossible += [
                Edit(topic, PostId("999999"), Body("No post.")),
                Edit(topic, post, Body("Not mine.")),
            ]
        if self.can_like:
            impossible.append(Like(topic, PostId("no such id")))
        for act in impossible:
            with pytest.raises(Refused):
                await stage.backend.perform(Action(stage.key(), act))
        (only,) = await all_topics(stage.backend, Listing())
        assert (only.id, only.posts) == (topic, 1)

    @where("can_write")
    async def test_key_of_a_refused_act_is_free_again(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        key = stage.key()
        with pytest.raises(Refused):
            await stage.backend.perform(Action(key, Reply(topic, Body(""))))
        assert (await stage.backend.perform(Action(key, Reply(topic, Body("Better."))))).outcome == "created"

    @where("can_write")
    async def test_cancelled_act_is_whole_or_not_at_all(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        if stage.backend.delivery.kind == "reconcile":
            return
        for number in range(5):
            action = Action(stage.key(), Reply(topic, Body(f"Text {number}.")))
            call = asyncio.create_task(stage.backend.perform(action))
            await asyncio.sleep(number * 0.0005)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            try:
                await stage.backend.perform(action)
            except Conflict:
                assert stage.backend.delivery.kind == "message_id"
        posts = (await stage.backend.posts(topic, Window())).items
        assert [post.body.source for post in posts[1:] if post.body] == [f"Text {number}." for number in range(5)]

    # -- what is allowed

    @on_stage
    async def test_member_may_what_is_offered(self, stage: Stage) -> None:
        topic, mine = await self._mine(stage)
        board = (await stage.backend.topic(topic)).board
        acts: list[tuple[Ability, Act]] = [
            (Ability.NEW_TOPIC, NewTopic(board, "More", Body("More."))),
            (Ability.REPLY, Reply(topic, Body("A reply."))),
            (Ability.LIKE, Like(topic, mine)),
            (Ability.EDIT, Edit(topic, mine, Body("Better."))),
            (Ability.MARK, SetMark(topic, mine, Mark.EXPERT_TIP)),
            (Ability.DELETE, Delete(topic, mine)),
        ]
        for ability, act in acts:
            await check_truth(stage, ability, act, topic, mine)

    @on_stage
    async def test_posts_of_others_are_theirs(self, stage: Stage) -> None:
        topic, (theirs,) = await stage.thread(1)
        acts: list[tuple[Ability, Act]] = [
            (Ability.LIKE, Like(topic, theirs)),
            (Ability.EDIT, Edit(topic, theirs, Body("Better."))),
            (Ability.DELETE, Delete(topic, theirs)),
            (Ability.MARK, SetMark(topic, theirs, Mark.EXPERT_TIP)),
        ]
        for ability, act in acts:
            await check_truth(stage, ability, act, topic, theirs)
        shown = await stage.backend.post(theirs)
        assert shown.body is not None
        assert self.text_of(shown.body) == "post 1"

    @where("can_edit")
    async def test_moderator_may_more(self, stage: Stage) -> None:
        await stage.store.house.set_role(stage.me, "Moderator")
        topic, (theirs,) = await stage.thread(1)
        acts: list[tuple[Ability, Act]] = [
            (Ability.MARK, SetMark(topic, theirs, Mark.EXPERT_TIP)),
            (Ability.EDIT, Edit(topic, theirs, Body("Better."))),
            (Ability.DELETE, Delete(topic, theirs)),
        ]
        for ability, act in acts:
            if ability is Ability.MARK and not self.can_mark:
                continue
            assert (await can_on(stage, topic, theirs)).refusal(ability) is None
            await check_truth(stage, ability, act, topic, theirs)

    @on_stage
    async def test_deleted_post_can_not_be_touched(self, stage: Stage) -> None:
        topic, mine = await self._deletable(stage)
        await self.act(stage, Delete(topic, mine))
        acts: list[tuple[Ability, Act]] = [
            (Ability.LIKE, Like(topic, mine)),
            (Ability.EDIT, Edit(topic, mine, Body("Back."))),
        ]
        for ability, act in acts:
            await check_truth(stage, ability, act, topic, mine)
        assert (await stage.backend.post(mine)).deleted

    @where("has_closed_topics")
    async def test_closed_topic_takes_no_replies(self, stage: Stage) -> None:
        topic, post = await self._imported(stage, closed=True)
        assert (await stage.backend.topic(topic)).closed
        assert (await can_on(stage, topic, post)).refusal(Ability.REPLY)
        await check_truth(stage, Ability.REPLY, Reply(topic, Body("Too late.")), topic, post)
        assert (await stage.backend.topic(topic)).posts == 1

    @on_stage
    async def test_times_and_authors_may_be_unknown(self, stage: Stage) -> None:
        topic, post = await self._imported(stage, closed=False)
        header, shown = await stage.backend.topic(topic), await stage.backend.post(post)
        assert (header.created, header.author) == (None, None)
        assert (shown.created, shown.edited, shown.author, shown.likes or None) == (None, None, None, None)
        assert [found.id for found in await all_topics(stage.backend, Listing())] == [topic]

    async def _mine(self, stage: Stage) -> tuple[TopicId, PostId]:
        act = NewTopic(await stage.board(), "My topic", Body("Mine."))
        return created(await self.act(stage, act))

    async def _deletable(self, stage: Stage) -> tuple[TopicId, PostId]:
        """A post of mine that can be deleted, if possible the first of its topic."""
        if self.outlives_first_post:
            return await self._mine(stage)
        topic, _ = await stage.open_topic(await stage.board())
        return created(await self.act(stage, Reply(topic, Body("Mine."))))

    @where("outlives_first_post")
    async def test_topic_outlives_its_first_post(self, stage: Stage) -> None:
        topic, first = await self._mine(stage)
        await self.act(stage, Delete(topic, first))
        assert (await stage.backend.topic(topic)).id == topic

    async def _imported(self, stage: Stage, *, closed: bool) -> tuple[TopicId, PostId]:
        """A topic that came from elsewhere, without times and authors."""
        await stage.store.import_boards([ImportedBoard("board", "Imported")])
        posts = [ImportedPost("post", None, None, None, Body("An old text."))]
        await stage.store.import_topics([ImportedTopic("topic", "board", "Old", closed=closed, posts=posts)])
        (topic,) = await all_topics(stage.backend, Listing())
        (post,) = (await stage.backend.posts(topic.id, Window())).items
        return topic.id, post.id
