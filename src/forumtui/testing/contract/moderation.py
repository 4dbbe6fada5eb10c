"""Contract: what moderators and leaders do, what becomes of it for others, and that the log tells."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

import pytest

from forumtui.errors import AuthRequired, Forbidden, Missing
from forumtui.forum.house import BoardDraft
from forumtui.model import (
    Ability,
    Act,
    Action,
    BoardId,
    Body,
    Close,
    Delete,
    Edit,
    Hide,
    Like,
    Listing,
    LogEntry,
    Mark,
    Move,
    NewTopic,
    Pin,
    PostId,
    Receipt,
    Reply,
    Report,
    SetMark,
    SetProfile,
    TopicId,
    Window,
)
from forumtui.testing.contract.feed import follow
from forumtui.testing.contract.lacking import moderation, where
from forumtui.testing.contract.stage import (
    MODERATOR,
    OTHER,
    ContractTests,
    Stage,
    all_topics,
    check_truth,
    created,
)


class ModerationContract(ContractTests):
    """Moderators may, others learn why not, everybody sees what became of it."""

    @where("can_moderate")
    async def test_moderation_is_offered_or_unsupported(self, stage: Stage) -> None:
        await promote(stage)
        assert (await stage.backend.queue()).items == ()
        assert all(line.operation for line in await lines(stage))

    @where("can_moderate")
    async def test_pinned_topics_come_first(self, stage: Stage) -> None:
        await promote(stage)
        board = await stage.board()
        first, second, third = [(await stage.open_topic(board, title))[0] for title in ("One", "Two", "Three")]
        assert [topic.id for topic in await all_topics(stage.backend, Listing())] == [third, second, first]
        await do(stage, Pin(first))
        assert [topic.id for topic in await all_topics(stage.backend, Listing(board=board))] == [first, third, second]
        assert (await stage.backend.topic(first)).pinned
        await do(stage, Pin(first, on=False))
        assert [topic.id for topic in await all_topics(stage.backend, Listing())] == [third, second, first]

    @where("can_moderate")
    async def test_closed_topic_refuses_members_and_opens_again(self, stage: Stage) -> None:
        topic, (post,) = await stage.thread(1)
        await promote(stage)
        await do(stage, Close(topic))
        assert await check_truth(stage, Ability.REPLY, Reply(topic, Body("The last word.")), topic, post)
        await demote(stage)
        assert (await stage.backend.topic(topic)).closed
        assert not await check_truth(stage, Ability.REPLY, Reply(topic, Body("Too late.")), topic, post)
        with pytest.raises(Forbidden):
            await do(stage, Reply(topic, Body("Too late.")))
        await promote(stage)
        await do(stage, Close(topic, on=False))
        await demote(stage)
        assert await check_truth(stage, Ability.REPLY, Reply(topic, Body("In time.")), topic, post)
        assert (await stage.backend.topic(topic)).posts == 3

    @where("can_moderate")
    async def test_moved_topic_is_on_the_other_board(self, stage: Stage) -> None:
        await promote(stage)
        here, there = await stage.board("Here"), await stage.board("There")
        topic, post = await stage.open_topic(here)
        await do(stage, Move(topic, there))
        assert (await stage.backend.topic(topic)).board == there
        assert (await stage.backend.post(post)).topic == topic
        assert await all_topics(stage.backend, Listing(board=here)) == []
        assert [header.id for header in await all_topics(stage.backend, Listing(board=there))] == [topic]
        counts = {board.id: board.topics for board in await stage.backend.boards()}
        assert counts in ({here: 0, there: 1}, {here: None, there: None})
        with pytest.raises(Missing):
            await do(stage, Move(topic, BoardId("999999")))
        assert (await stage.backend.topic(topic)).board == there

    @where("can_moderate", "can_mark")
    async def test_hidden_post_is_a_placeholder_but_for_moderators(self, stage: Stage) -> None:
        topic, (_, post) = await stage.thread(2)
        await stage.store.perform(OTHER, Action(stage.key(), Edit(topic, post, Body("Rude words."), "Rude")))
        await promote(stage)
        await do(stage, SetMark(topic, post, Mark.EXPERT_TIP))
        before = await stage.backend.post(post)
        receipt = await do(stage, Hide(topic, post, reason="rude"))
        assert (receipt.outcome, receipt.post) == ("done", post)
        seen = await stage.backend.post(post)
        assert (seen.hidden, seen.body, seen.subject, seen.marks) == (True, before.body, "Rude", before.marks)
        assert all(not section.items for section in (await stage.backend.boards())[0].sections)
        await demote(stage)
        covered = (await stage.backend.posts(topic, Window())).items[1]
        assert (covered.id, covered.hidden, covered.deleted) == (post, True, False)
        assert (covered.body, covered.subject, covered.marks, covered.mentions) == (None, None, frozenset(), ())
        assert covered.author == before.author
        assert (await stage.backend.topic(topic)).posts == 2
        if self.can_search:
            assert (await stage.backend.search("rude")).items == ()
        await promote(stage)
        if self.can_search:
            assert (await stage.backend.search("rude")).items == ()
        await do(stage, Hide(topic, post, on=False))
        await demote(stage)
        restored = await stage.backend.post(post)
        assert (restored.hidden, restored.body, restored.subject) == (False, before.body, "Rude")
        assert restored.marks == before.marks
        assert any(section.items for section in (await stage.backend.boards())[0].sections)
        if self.can_search:
            assert [hit.post.id for hit in (await stage.backend.search("rude")).items] == [post]

    @where("can_moderate")
    async def test_hidden_post_is_left_alone(self, stage: Stage) -> None:
        topic, post = created(await do(stage, NewTopic(await stage.board(), "Mine", Body("Mine."))))
        await stage.store.house.set_role(MODERATOR, "Moderator")
        await stage.store.perform(MODERATOR, Action(stage.key(), Hide(topic, post)))
        acts: list[tuple[Ability, Act]] = [
            (Ability.LIKE, Like(topic, post)),
            (Ability.EDIT, Edit(topic, post, Body("Better."))),
            (Ability.DELETE, Delete(topic, post)),
            (Ability.REPORT, Report(topic, post, "Why?")),
            (Ability.MARK, SetMark(topic, post, Mark.ACCEPTED)),
        ]
        for ability, act in acts:
            assert not await check_truth(stage, ability, act, topic, post)
        await stage.store.perform(MODERATOR, Action(stage.key(), Hide(topic, post, on=False)))
        shown = await stage.backend.post(post)
        assert shown.body == Body("Mine.")
        assert not shown.deleted

    @where("can_moderate", "can_mark")
    async def test_members_learn_why_not(self, stage: Stage) -> None:
        topic, (post,) = await stage.thread(1)
        for ability, act in moderation(topic, post, await stage.board("Elsewhere")):
            assert not await check_truth(stage, ability, act, topic, post)
            with pytest.raises(Forbidden):
                await do(stage, act)
        header, shown = await stage.backend.topic(topic), await stage.backend.post(post)
        assert (header.pinned, header.closed, shown.hidden, shown.marks) == (False, False, False, frozenset())
        for ask in (stage.backend.queue, stage.backend.log):
            with pytest.raises(Forbidden):
                await ask()

    @where("can_moderate", "can_mark")
    async def test_moderators_may_what_is_offered(self, stage: Stage) -> None:
        await promote(stage)
        topic, (post,) = await stage.thread(1)
        for ability, act in moderation(topic, post, await stage.board("Elsewhere")):
            assert await check_truth(stage, ability, act, topic, post)

    @where("can_moderate", "can_mark", "has_leaders")
    async def test_leaders_moderate_their_board_alone(self, stage: Stage) -> None:
        led = await stage.store.house.add_board(BoardDraft(title="Led", leader=stage.me))
        topic, post = await stage.open_topic(led)
        there, their_post = await stage.open_topic(await stage.board("Elsewhere"))
        for ability, act in moderation(there, their_post, led):
            assert not await check_truth(stage, ability, act, there, their_post)
        for ability, act in moderation(topic, post, (await stage.backend.topic(there)).board):
            assert await check_truth(stage, ability, act, topic, post)
        with pytest.raises(Forbidden):
            await do(stage, Move(topic, led))
        with pytest.raises(Forbidden):
            await stage.backend.log()

    @where("can_moderate")
    async def test_unknown_things_are_missing(self, stage: Stage) -> None:
        await promote(stage)
        topic, (post,) = await stage.thread(1)
        nowhere, nothing = TopicId("999999"), PostId("999999")
        acts: list[Act] = [Pin(nowhere), Close(nowhere), Hide(topic, nothing), Hide(nowhere, post)]
        acts += [Report(topic, nothing, "Gone?"), Move(nowhere, (await stage.backend.topic(topic)).board)]
        for act in acts:
            with pytest.raises(Missing):
                await do(stage, act)
        with pytest.raises(Missing):
            await stage.backend.member("Nobody Here")

    @where("can_moderate")
    async def test_profile_is_shown(self, stage: Stage) -> None:
        await do(stage, SetProfile("I keep bees.\nAsk me."))
        profile = await stage.backend.member(stage.me)
        assert (profile.name, profile.about) == (stage.me, "I keep bees.\nAsk me.")
        await do(stage, SetProfile(""))
        assert (await stage.backend.member(stage.me)).about == ""

    @where("can_moderate", "can_edit", "can_like")
    async def test_suspended_member_reads_but_does_not_write(self, stage: Stage) -> None:
        topic, post = created(await do(stage, NewTopic(await stage.board(), "Mine", Body("Mine."))))
        await stage.store.house.set_suspended(stage.me, suspended=True)
        for act in (Reply(topic, Body("More.")), Edit(topic, post, Body("Other.")), Like(topic, post), SetProfile("x")):
            with pytest.raises((Forbidden, AuthRequired), match="suspended"):
                await do(stage, act)
        await stage.store.house.set_suspended(stage.me, suspended=False)
        assert (await stage.backend.post(post)).body == Body("Mine.")
        assert (await do(stage, Reply(topic, Body("More.")))).outcome == "created"

    @where("can_moderate", "can_edit", "can_mark")
    async def test_log_tells_who_did_what(self, stage: Stage) -> None:
        await promote(stage)
        there = await stage.board("Elsewhere")
        topic, (post, other) = await stage.thread(2)
        known = await lines(stage)
        for _, act in moderation(topic, post, there):
            await do(stage, act)
            await do(stage, act)  # what is so already is not done, and not told
        await do(stage, Edit(topic, other, Body("Milder.")))
        await do(stage, Delete(topic, other))
        await do(stage, Reply(topic, Body("Every member may do this.")))
        new = [line for line in await lines(stage) if line not in known]
        told = [(line.operation, line.topic, line.post) for line in reversed(new)]
        assert told == [
            ("mark", topic, post),
            ("pin", topic, None),
            ("close", topic, None),
            ("hide", topic, post),
            ("tag", topic, None),
            ("move", topic, None),
            ("edit", topic, other),
            ("delete", topic, other),
        ]
        assert {line.member for line in new} == {stage.me}
        assert all("A topic" in line.detail for line in new)
        assert [line.created for line in new] == sorted((line.created for line in new), reverse=True)

    @where("can_moderate")
    async def test_housekeeping_is_in_the_log(self, stage: Stage) -> None:
        await promote(stage)
        known = await lines(stage)
        await stage.store.house.add_board(BoardDraft(title="New"), by=MODERATOR)
        await stage.store.house.set_role(OTHER, "Editor")
        new = [line for line in await lines(stage) if line not in known]
        assert [line.member for line in new] == ["", MODERATOR]
        assert "New" in new[1].detail

    @where("can_moderate")
    async def test_log_comes_in_pages(self, stage: Stage) -> None:
        await promote(stage)
        topic, _ = await stage.thread(1)
        for number in range(150):
            await stage.store.perform(stage.me, Action(stage.key(), Pin(topic, on=number % 2 == 0)))
            await stage.store.perform(stage.me, Action(stage.key(), Close(topic, on=number % 2 == 0)))
        told = [line.operation for line in await lines(stage) if line.topic == topic]
        assert told == ["reopen", "unpin", "close", "pin"] * 75

    @where("can_moderate", "has_feed", "can_mark")
    async def test_feed_tells_of_moderation(self, stage: Stage) -> None:
        await promote(stage)
        there = await stage.board("Elsewhere")
        topic, (post, _) = await stage.thread(2)
        _, place = await follow(stage, None)
        for _, act in moderation(topic, post, there):
            await do(stage, act)
            told, place = await follow(stage, place)
            assert {line.topic for line in told} == {topic}, act
            assert told[-1].header == await stage.backend.topic(topic), act
            posts = [shown for line in told for shown in line.posts]
            assert posts == ([await stage.backend.post(post)] if isinstance(act, Hide | SetMark) else []), act

    @where("can_moderate", "has_feed", "can_mark")
    async def test_feed_tells_that_boards_look_different(self, stage: Stage) -> None:
        await promote(stage)
        there = await stage.board("Elsewhere")
        topic, (post, _) = await stage.thread(2)
        acts: list[tuple[Act, bool]] = [
            (Pin(topic), False),
            (SetMark(topic, post, Mark.EXPERT_TIP), True),
            (Hide(topic, post), True),
            (Hide(topic, post, on=False), True),
            (Move(topic, there), True),
        ]
        _, place = await follow(stage, None)
        for act, boards in acts:
            await do(stage, act)
            changes = await stage.backend.changes(place)
            assert (changes.boards, changes.more) == (boards, False), act
            place = changes.after

    @where("can_moderate", "has_leaders")
    async def test_leader_answers_in_a_closed_topic(self, stage: Stage) -> None:
        led = await stage.store.house.add_board(BoardDraft(title="Led", leader=stage.me))
        topic, post = await stage.open_topic(led)
        await do(stage, Close(topic))
        assert await check_truth(stage, Ability.REPLY, Reply(topic, Body("And that is that.")), topic, post)


async def promote(stage: Stage, role: str = "Moderator") -> None:
    """Let us be a moderator."""
    await stage.store.house.set_role(stage.me, role)


async def demote(stage: Stage) -> None:
    """Let us be a member like others."""
    await promote(stage, "Member")


async def do(stage: Stage, act: Act) -> Receipt:
    """Carry out an act under a key of its own."""
    return await stage.backend.perform(Action(stage.key(), act))


async def lines(stage: Stage) -> list[LogEntry]:
    """All of the audit log."""
    page = await stage.backend.log()
    found = list(page.items)
    while page.after is not None:
        page = await stage.backend.log(page.after)
        found += page.items
    return found
