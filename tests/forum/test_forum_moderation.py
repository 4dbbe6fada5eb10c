"""Moderation of a forum file: what the contract of all backends does not reach."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.forum.forum_files import act, check_file, forum, new_topic, post_id, reply, sql, texts, topic_id

from forumtui.errors import Conflict, Damaged, Missing, Refused
from forumtui.forum.file import SqliteForumStore
from forumtui.forum.house import Approval, BoardDraft, Policy
from forumtui.model import (
    Ability,
    BoardId,
    Body,
    Decide,
    Delete,
    Edit,
    Format,
    Hide,
    LogEntry,
    Move,
    NewTopic,
    QueueId,
    QueueItem,
    Reply,
    Report,
    SetProfile,
    Volunteer,
)


async def hold(store: SqliteForumStore, approval: Approval = Approval.EVERYBODY) -> None:
    await store.house.set_role("mo", "Moderator")
    await store.house.set_policy(Policy(approval=approval))


async def waiting(store: SqliteForumStore, me: str = "mo") -> list[QueueItem]:
    return list((await store.queue(me, None, 100)).items)


async def newest(store: SqliteForumStore) -> LogEntry:
    return (await store.log("mo", None, 1)).items[0]


async def test_a_held_text_outlives_a_restart(tmp_path: Path) -> None:
    hostile = act(
        NewTopic(BoardId("1"), "a\x00b\ud800\u202e c", Body("x\x00\ud800\r\ny", Format.PLAIN), ("t\x1b",)), "k\ud800"
    )
    async with forum(tmp_path) as (store, _):
        await hold(store)
        assert (await store.perform("anna", hostile)).outcome == "held"
    async with forum(tmp_path) as (store, _):
        assert (await store.perform("anna", hostile)).outcome == "held"
        (item,) = await waiting(store)
        assert item.title.isprintable()
        assert item.text == "x\ufffd\ufffd\ny"
        await store.perform("mo", act(Decide(item.id, approve=True)))
        receipt = await store.perform("anna", hostile)
        assert receipt.outcome == "created"
        assert await texts(store, receipt.topic) == ["x\ufffd\ufffd\ny"]
        header = await store.topic("anna", topic_id(receipt))
        assert header.title == item.title
        assert (await newest(store)).operation == "publish"
        other = act(Reply(topic_id(receipt), Body("another text")), "k\ud800")
        with pytest.raises(Conflict):
            await store.perform("anna", other)
    check_file(tmp_path / "forum.db")


async def test_two_moderators_publish_a_text_once(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        await hold(store)
        other = await SqliteForumStore.open(store.path)
        for number in range(8):
            await store.perform("anna", act(Reply(topic_id(opened), Body(f"text {number}"))))
            (item,) = await waiting(store)
            decide = Decide(item.id, approve=True)
            done = await asyncio.gather(
                store.perform("mo", act(decide)), other.perform("mo", act(decide)), return_exceptions=True
            )
            assert sorted(type(each).__name__ for each in done) == ["Conflict", "Receipt"]
        await other.close()
        assert await texts(store, opened.topic) == ["Text", *(f"text {number}" for number in range(8))]


async def test_new_members_are_those_with_few_posts_to_be_seen(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        topic = topic_id(opened)
        posts = [post_id(await reply(store, topic, str(number))) for number in range(4)]
        await hold(store, Approval.NEW)
        await store.perform("mo", act(Hide(topic, posts[0])))
        assert (await reply(store, topic, "three are shown")).outcome == "created"
        await store.perform("bob", act(Delete(topic, posts[1])))
        await store.perform("mo", act(Hide(topic, posts[2])))
        assert (await reply(store, topic, "two are shown")).outcome == "held"
        assert (await store.perform("bob", act(Edit(topic, posts[3], Body("spam"))))).outcome == "held"
        assert (await store.post("bob", posts[3])).body == Body("3")


async def test_what_changed_meanwhile_is_seen_when_it_is_settled(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        topic, mine = topic_id(opened), post_id(await reply(store, topic_id(opened), "mine"))
        await hold(store)
        edit, answer = act(Edit(topic, mine, Body("better"))), act(Reply(topic, Body("more"), mine))
        for action in (edit, answer):
            assert (await store.perform("bob", action)).outcome == "held"
        await store.perform("bob", act(Delete(topic, mine)))
        await store.house.set_suspended("bob", suspended=True)
        first, second = await waiting(store)
        with pytest.raises(Refused, match="deleted"):
            await store.perform("mo", act(Decide(first.id, approve=True)))
        await store.perform("mo", act(Decide(first.id, approve=False)))
        await store.perform("mo", act(Decide(second.id, approve=True)))
        assert await texts(store, topic) == ["Text", None, "more"]
        with pytest.raises(Refused, match=r"^The moderators did not take this\.$"):
            await store.find("bob", edit)
        assert ((await store.find("bob", answer)) or opened).outcome == "created"


async def test_a_moved_topic_takes_its_reports_along(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        there = await store.house.add_board(BoardDraft("There", leader="lea"))
        await store.house.edit_board(board, BoardDraft(leader="hal"))
        opened = await new_topic(store, board)
        await store.perform("bob", act(Report(topic_id(opened), post_id(opened), "rude")))
        assert ([item.board for item in await waiting(store, "hal")], await waiting(store, "lea")) == ([board], [])
        await store.perform("hal", act(Move(topic_id(opened), there)))
        assert ([item.board for item in await waiting(store, "lea")], await waiting(store, "hal")) == ([there], [])
        (line,) = (await store.house.log()).items[:1]
        assert (line.member, line.operation, line.board, line.detail) == (
            "hal",
            "move",
            there,
            "Hello: General → There",
        )
        await store.perform("lea", act(Decide((await waiting(store, "lea"))[0].id, approve=True, reason="rude")))
        assert (await store.post("lea", post_id(opened))).body == Body("Text")
        assert (await store.post("hal", post_id(opened))).body is None


async def test_words_for_moderators_and_profiles_are_few_and_clean(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        await store.house.edit_board(board, BoardDraft(leader_wanted=True))
        opened = await new_topic(store, board)
        long = "x" * 2001
        for what in (
            Report(topic_id(opened), post_id(opened), long),
            Volunteer(board, long),
            SetProfile(long),
            Volunteer(board, "x" * 100_000),
        ):
            with pytest.raises(Refused, match="has at most 2,000 characters"):
                await store.perform("mallory", act(what))
        assert "mallory" not in [member.name for member in await store.members(None)]
        await store.perform("mallory", act(SetProfile(" \x1b]52;c;x\x07\u202eabc\r\nd ")))
        about = (await store.member(None, "mallory")).about
        assert about.split("\n")[1] == "d"
        assert not set(about) & set("\x1b\x07\u202e")
        await store.house.set_role("mo", "Moderator")
        await store.perform("mo", act(Hide(topic_id(opened), post_id(opened), reason="a\x1b\nb" + "c" * 400)))
        detail = (await newest(store)).detail
        assert detail.isprintable()
        assert len(detail) < 1000


@pytest.mark.parametrize("act_json", ["", "[]", '{"kind": "pin", "topic": "1"}', "[" * 100_000, '{"kind": "reply"}'])
async def test_a_spoilt_queue_is_a_damaged_file(tmp_path: Path, act_json: str) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        await hold(store)
        await reply(store, opened.topic)
        sql(store.path, "UPDATE queue SET act = ?", act_json)
        with pytest.raises(Damaged):
            await store.queue("mo", None, 10)
        with pytest.raises(Damaged):
            await store.perform("mo", act(Decide(QueueId("1"), approve=True)))
        assert await texts(store, opened.topic) == ["Text"]


async def test_moderators_look_into_a_file_that_they_can_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        answer = post_id(await reply(store, opened.topic, "rude"))
        await store.perform("anna", act(Report(topic_id(opened), post_id(opened), "odd")))
        await hold(store)
        await store.perform("mo", act(Hide(topic_id(opened), answer)))
        monkeypatch.setattr(os, "access", lambda path, mode: mode == os.R_OK)
        still = await SqliteForumStore.open(store.path)
        assert len((await still.queue("mo", None, 10)).items) == 1
        assert len((await still.log("mo", None, 10)).items) > 1
        shown = await still.post("mo", answer)
        assert (shown.hidden, shown.body) == (True, Body("rude"))
        assert "read-only" in ((await still.info("mo")).can.refusal(Ability.MODERATE) or "")
        assert (await still.post("bob", answer)).body is None
        await still.close()


async def test_a_hidden_opening_post_keeps_its_topic(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board, "Title", "secret words")
        await store.house.set_role("mo", "Moderator")
        await store.perform("mo", act(Hide(topic_id(opened), post_id(opened))))
        header = await store.topic(None, topic_id(opened))
        assert (header.title, header.posts) == ("Title", 1)
        assert (await store.search(None, "secret", None, 10)).items == ()
        await store.perform("mo", act(Edit(topic_id(opened), post_id(opened), Body("other words"))))
        assert (await store.search("mo", "other", None, 10)).items == ()
        await store.perform("mo", act(Hide(topic_id(opened), post_id(opened), on=False)))
        assert len((await store.search(None, "other", None, 10)).items) == 1
        await store.perform("mo", act(Hide(topic_id(opened), post_id(opened))))
        await store.perform("mo", act(Delete(topic_id(opened), post_id(opened))))
        gone = await store.post("mo", post_id(opened))
        assert (gone.deleted, gone.hidden, gone.body) == (True, False, None)
        with pytest.raises(Missing):
            await store.perform("mo", act(Decide(QueueId("1"), approve=True)))
    check_file(tmp_path / "forum.db")
