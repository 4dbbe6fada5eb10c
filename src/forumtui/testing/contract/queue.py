"""Contract: reports, texts held for approval and volunteers, and how moderators settle them."""
# ruff: noqa: D102 - the name of a test says what it is for

from __future__ import annotations

import pytest

from forumtui.errors import Conflict, Forbidden, Missing, Refused
from forumtui.forum.house import Approval, BoardDraft, Policy
from forumtui.model import (
    Ability,
    Act,
    Action,
    BoardId,
    Body,
    Close,
    Decide,
    Delete,
    Edit,
    Hide,
    Listing,
    NewTopic,
    Pin,
    PostId,
    QueueId,
    QueueItem,
    QueueKind,
    Reply,
    Report,
    TopicId,
    Volunteer,
    Window,
)
from forumtui.testing.contract.lacking import where
from forumtui.testing.contract.moderation import demote, do, lines, promote
from forumtui.testing.contract.stage import (
    MODERATOR,
    OTHER,
    ContractTests,
    Stage,
    all_topics,
    check_truth,
    created,
)


class QueueContract(ContractTests):
    """What waits is settled once, and whoever waits learns how."""

    # -- reports

    @where("can_moderate")
    async def test_reported_post_is_hidden_or_left(self, stage: Stage) -> None:
        topic, posts = await stage.thread(2)
        for post in posts:
            assert await check_truth(stage, Ability.REPORT, Report(topic, post, "It is rude."), topic, post)
        await promote(stage)
        first, second = await waiting(stage)
        assert (first.kind, first.member, first.author) == (QueueKind.REPORT, stage.me, OTHER)
        assert (first.topic, first.post, first.title, first.text) == (topic, posts[0], "A topic", "It is rude.")
        await do(stage, Decide(first.id, approve=False, reason="It is not."))
        await do(stage, Decide(second.id, approve=True, reason="So it is."))
        assert await waiting(stage) == []
        shown = (await stage.backend.posts(topic, Window())).items
        assert [post.hidden for post in shown] == [False, True]
        assert [(line.operation, line.post) for line in (await lines(stage))[:2]] == [
            ("hide", posts[1]),
            ("leave", posts[0]),
        ]

    @where("can_moderate")
    async def test_post_is_reported_once_by_each(self, stage: Stage) -> None:
        topic, (post,) = await stage.thread(1)
        for reason in ("", " \n "):
            with pytest.raises(Refused):
                await do(stage, Report(topic, post, reason))
        action = Action(stage.key(), Report(topic, post, "It is rude."))
        assert await stage.backend.perform(action) == await stage.backend.perform(action)
        with pytest.raises(Refused, match="before"):
            await do(stage, Report(topic, post, "It is very rude."))
        await stage.store.perform(OTHER, Action(stage.key(), Report(topic, post, "Mine, and rude.")))
        await promote(stage)
        assert [item.member for item in await waiting(stage)] == [stage.me, OTHER]

    @where("can_moderate", "can_edit")
    async def test_reports_end_with_what_they_are_about(self, stage: Stage) -> None:
        topic, (hidden, gone, kept) = await stage.thread(3)
        for post in (hidden, gone, kept):
            await do(stage, Report(topic, post, "It is rude."))
            await stage.store.perform(OTHER, Action(stage.key(), Report(topic, post, "Indeed.")))
        await promote(stage)
        await do(stage, Hide(topic, hidden))
        await do(stage, Delete(topic, gone))
        assert {item.post for item in await waiting(stage)} == {kept}
        await do(stage, Decide((await waiting(stage))[0].id, approve=True))
        assert await waiting(stage) == []

    # -- held for approval

    @where("can_moderate", "can_edit")
    async def test_held_texts_wait_unseen_and_appear_once(self, stage: Stage) -> None:
        topic, (post,) = await stage.thread(1)
        board = (await stage.backend.topic(topic)).board
        _, mine = created(await do(stage, Reply(topic, Body("Before."))))
        await hold_all(stage)
        acts: list[Act] = [
            NewTopic(board, "Held topic", Body("Held one."), ("tag",)),
            Reply(topic, Body("Held two."), parent=post, subject="Held"),
            Edit(topic, mine, Body("Held three.")),
        ]
        actions = [Action(stage.key(), act) for act in acts]
        for action in actions:
            for _ in "ab":
                assert (await stage.backend.perform(action)).outcome == "held"
            found = await stage.backend.find(action)
            assert found is not None
            assert found.outcome == "held"
        assert [header.id for header in await all_topics(stage.backend, Listing())] == [topic]
        assert await sources(stage, topic) == ["post 1", "Before."]
        if self.can_search:
            assert (await stage.backend.search("held")).items == ()
        await promote(stage)
        items = await waiting(stage)
        assert [(item.kind, item.member, item.board, item.title, item.text, item.topic) for item in items] == [
            (QueueKind.HELD, stage.me, board, "Held topic", "Held one.", None),
            (QueueKind.HELD, stage.me, board, "A topic", "Held two.", topic),
            (QueueKind.HELD, stage.me, board, "A topic", "Held three.", topic),
        ]
        for item in items:
            await stage.store.house.set_role(MODERATOR, "Moderator")
            await stage.store.perform(MODERATOR, Action(stage.key(), Decide(item.id, approve=True)))
        assert await waiting(stage) == []
        await self._check_published(stage, actions, topic, post)

    async def _check_published(self, stage: Stage, actions: list[Action], topic: TopicId, parent: PostId) -> None:
        receipts = [await stage.backend.perform(action) for action in actions]
        assert [await stage.backend.find(action) for action in actions] == receipts
        assert [receipt.outcome for receipt in receipts] == ["created", "created", "done"]
        assert await sources(stage, topic) == ["post 1", "Held three.", "Held two."]
        reply = await stage.backend.post(receipts[1].post or PostId(""))
        assert (reply.parent, reply.subject, reply.author and reply.author.name) == (parent, "Held", stage.me)
        header = await stage.backend.topic(receipts[0].topic or TopicId(""))
        assert (header.title, header.tags, header.posts) == ("Held topic", ("tag",), 1)
        assert header.author is not None
        assert header.author.name == stage.me
        assert len(await all_topics(stage.backend, Listing())) == 2

    @where("can_moderate")
    async def test_rejected_text_comes_back_with_the_reason(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        await hold_all(stage)
        action = Action(stage.key(), Reply(topic, Body("Buy my bees.")))
        assert (await stage.backend.perform(action)).outcome == "held"
        await promote(stage)
        (item,) = await waiting(stage)
        await do(stage, Decide(item.id, approve=False, reason="No advertisements."))
        await demote(stage)
        for again in (stage.backend.find, stage.backend.perform):
            with pytest.raises(Refused, match="No advertisements"):
                await again(action)
        assert await sources(stage, topic) == ["post 1"]

    @where("can_moderate", "can_edit")
    async def test_what_would_be_refused_is_not_held(self, stage: Stage) -> None:
        topic, (post,) = await stage.thread(1)
        await hold_all(stage)
        await stage.store.house.set_role(MODERATOR, "Moderator")
        await stage.store.perform(MODERATOR, Action(stage.key(), Close(topic)))
        acts: list[tuple[Act, type[Refused]]] = [
            (NewTopic(BoardId("999999"), "Nowhere", Body("Text.")), Missing),
            (NewTopic((await stage.backend.topic(topic)).board, " ", Body("Text.")), Refused),
            (Reply(topic, Body("Too late.")), Forbidden),
            (Edit(topic, post, Body("Not mine.")), Forbidden),
        ]
        for act, error in acts:
            with pytest.raises(error):
                await do(stage, act)
        await promote(stage)
        assert await waiting(stage) == []

    @where("can_moderate")
    async def test_new_members_are_trusted_after_a_while(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        await do(stage, Reply(topic, Body("mine 1")))
        await do(stage, Reply(topic, Body("mine 2")))
        await stage.store.house.set_policy(Policy(approval=Approval.NEW))
        assert (await do(stage, Reply(topic, Body("mine 3")))).outcome == "held"
        await promote(stage)
        (item,) = await waiting(stage)
        await do(stage, Decide(item.id, approve=True))
        await demote(stage)
        assert (await do(stage, Reply(topic, Body("mine 4")))).outcome == "created"

    @where("can_moderate", "has_leaders")
    async def test_those_with_more_rights_do_not_wait(self, stage: Stage) -> None:
        led = await stage.store.house.add_board(BoardDraft(title="Led", leader=stage.me))
        there = await stage.board("Elsewhere")
        await hold_all(stage)
        for board, outcome in ((led, "created"), (there, "held")):
            assert (await do(stage, NewTopic(board, "New", Body("Text.")))).outcome == outcome
        for role in ("Editor", "Moderator", "Admin"):
            await promote(stage, role)
            assert (await do(stage, NewTopic(there, "New", Body("Text.")))).outcome == "created"

    @where("can_moderate")
    async def test_what_can_not_be_published_any_more_still_waits(self, stage: Stage) -> None:
        topic, _ = await stage.thread(1)
        await hold_all(stage)
        action = Action(stage.key(), Reply(topic, Body("Late.")))
        await stage.backend.perform(action)
        await promote(stage)
        await do(stage, Close(topic))
        await demote(stage)
        await stage.store.house.set_role(MODERATOR, "Moderator")
        (item,) = (await stage.store.queue(MODERATOR, None, 10)).items
        decide = Decide(item.id, approve=True)
        with pytest.raises(Refused, match="closed"):
            await stage.store.perform(MODERATOR, Action(stage.key(), decide))
        assert await sources(stage, topic) == ["post 1"]
        await stage.store.perform(MODERATOR, Action(stage.key(), Close(topic, on=False)))
        await stage.store.perform(MODERATOR, Action(stage.key(), decide))
        assert await sources(stage, topic) == ["post 1", "Late."]

    # -- leaders

    @where("can_moderate", "has_leaders")
    async def test_volunteer_becomes_leader(self, stage: Stage) -> None:
        board = await stage.store.house.add_board(BoardDraft(title="Vacant", leader_wanted=True))
        topic, post = await stage.open_topic(board)
        await do(stage, Volunteer(board, "I know this field."))
        with pytest.raises(Refused, match="before"):
            await do(stage, Volunteer(board, "Really."))
        await stage.store.perform(OTHER, Action(stage.key(), Volunteer(board)))
        await stage.store.house.set_role(MODERATOR, "Moderator")
        mine, theirs = (await stage.store.queue(MODERATOR, None, 10)).items
        assert (mine.kind, mine.member, mine.board, mine.title, mine.text) == (
            QueueKind.VOLUNTEER,
            stage.me,
            board,
            "Vacant",
            "I know this field.",
        )
        await stage.store.perform(MODERATOR, Action(stage.key(), Decide(mine.id, approve=True)))
        (shown,) = await stage.backend.boards()
        assert (shown.leader, shown.leader_wanted) == (stage.me, False)
        assert await check_truth(stage, Ability.MODERATE, Pin(topic), topic, post)
        assert await waiting(stage) == [theirs]
        await do(stage, Decide(theirs.id, approve=False, reason="I do it."))
        assert (await stage.backend.boards())[0].leader == stage.me
        told = [(line.operation, line.member) for line in (await stage.store.log(MODERATOR, None, 10)).items]
        assert told[0] == ("decline", stage.me)
        assert ("accept", MODERATOR) in told

    @where("can_moderate", "has_leaders")
    async def test_only_vacant_boards_take_volunteers(self, stage: Stage) -> None:
        with pytest.raises(Forbidden):
            await do(stage, Volunteer(await stage.board()))
        with pytest.raises(Missing):
            await do(stage, Volunteer(BoardId("999999")))

    @where("can_moderate", "has_leaders")
    async def test_leaders_settle_what_is_on_their_board(self, stage: Stage) -> None:
        led = await stage.store.house.add_board(BoardDraft(title="Led", leader=stage.me))
        topic, post = await stage.open_topic(led)
        there, their_post = await stage.open_topic(await stage.board("Elsewhere"))
        for reported, what in ((topic, post), (there, their_post)):
            await stage.store.perform(OTHER, Action(stage.key(), Report(reported, what, "Rude.")))
        (item,) = await waiting(stage)
        assert item.post == post
        await stage.store.house.set_role(MODERATOR, "Moderator")
        (elsewhere,) = [each for each in (await stage.store.queue(MODERATOR, None, 10)).items if each.id != item.id]
        with pytest.raises(Forbidden):
            await do(stage, Decide(elsewhere.id, approve=True))
        await do(stage, Decide(item.id, approve=True))
        assert (await stage.backend.post(post)).hidden
        assert not (await stage.backend.post(their_post)).hidden

    # -- the queue itself

    @where("can_moderate")
    async def test_item_is_settled_once(self, stage: Stage) -> None:
        topic, (post,) = await stage.thread(1)
        await do(stage, Report(topic, post, "Rude."))
        await promote(stage)
        (item,) = await waiting(stage)
        action = Action(stage.key(), Decide(item.id, approve=False))
        receipt = await stage.backend.perform(action)
        assert await stage.backend.perform(action) == receipt
        with pytest.raises(Conflict):
            await do(stage, Decide(item.id, approve=True))
        for unknown in ("999999", "no such item", ""):
            with pytest.raises(Missing):
                await do(stage, Decide(QueueId(unknown), approve=True))
        assert not (await stage.backend.post(post)).hidden

    @where("can_moderate")
    async def test_queue_comes_in_pages_oldest_first(self, stage: Stage) -> None:
        topic, posts = await stage.thread(210)
        for post in posts:
            await stage.store.perform(OTHER, Action(stage.key(), Report(topic, post, "Rude.")))
        await promote(stage)
        assert [item.post for item in await waiting(stage)] == posts


async def hold_all(stage: Stage) -> None:
    """Let everybody's posts wait for approval."""
    await stage.store.house.set_policy(Policy(approval=Approval.EVERYBODY))


async def waiting(stage: Stage) -> list[QueueItem]:
    """All of the queue."""
    page = await stage.backend.queue()
    found = list(page.items)
    while page.after is not None:
        page = await stage.backend.queue(page.after)
        found += page.items
    return found


async def sources(stage: Stage, topic: TopicId) -> list[str]:
    """The texts of a topic's posts."""
    return [post.body.source for post in (await stage.backend.posts(topic, Window())).items if post.body]
