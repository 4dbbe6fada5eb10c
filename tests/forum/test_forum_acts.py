"""What members do in a forum file."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from hashlib import blake2b
from pathlib import Path

import pytest
from tests.forum.forum_files import NOON, act, check_file, forum, new_topic, post_id, reply, sql, texts, topic_id

from forumtui.errors import AuthRequired, Conflict, Refused
from forumtui.forum.file.performing import _digest
from forumtui.forum.house import Approval, BoardDraft, Policy
from forumtui.model import (
    Ability,
    Act,
    BoardId,
    Body,
    Decide,
    Delete,
    Deleter,
    Edit,
    Format,
    Like,
    Mark,
    NewTopic,
    PostId,
    Reply,
    SetMark,
    TopicId,
    Window,
)
from forumtui.text.imprint import imprint, words_of


async def test_a_topic_and_its_replies(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await store.perform(
            "anna", act(NewTopic(board, " Span of\ncontrol ", Body("Fünf?\r\nSechs."), ("teams", "teams", " ")))
        )
        answered = await store.perform(
            "bob", act(Reply(topic_id(opened), Body("@anna: seven"), opened.post, "Seven\x1b it is"))
        )
        header = await store.topic("anna", topic_id(opened))
        assert (header.title, header.tags, header.posts, header.board) == ("Span of control", ("teams",), 2, board)
        assert header.author is not None
        assert header.author.name == "anna"
        assert NOON < (header.created or 0) < (header.last_post or 0)
        first, second = (await store.posts("anna", header.id, Window())).items
        assert first.body == Body("Fünf?\nSechs.")
        assert (second.subject, second.parent, second.number) == ("Seven it is", opened.post, 2)
        assert second.mentions == ("anna",)
        assert second.id == answered.post
        assert [member.name for member in await store.members(None)] == ["anna", "bob"]
        assert (await store.boards(None))[0].topics == 1
    check_file(tmp_path / "forum.db")


async def test_the_same_key_is_the_same_act(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        action = act(Reply(topic_id(opened), Body("once")), "K")
        assert await store.find("bob", action) is None
        receipt = await store.perform("bob", action)
        assert await store.perform("bob", action) == receipt
        assert await store.find("bob", action) == receipt
        assert await store.find("anna", action) is None
        other = act(Reply(topic_id(opened), Body("twice")), "K")
        for again in (store.perform("bob", other), store.find("bob", other)):
            with pytest.raises(Conflict):
                await again
        assert (await store.perform("anna", other)).post != receipt.post  # keys are each member's own
        assert await texts(store, opened.topic) == ["Text", "once", "twice"]


async def test_a_key_is_remembered_after_a_restart_and_for_every_kind_of_act(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        topic, post = topic_id(opened), post_id(opened)
        actions = [
            act(Edit(topic, post, Body("changed"))),
            act(Like(topic, post)),
            act(SetMark(topic, post, Mark.ACCEPTED)),
            act(Delete(topic, post)),
        ]
        await store.house.set_role("anna", "Editor")
        receipts = [await store.perform("anna", action) for action in actions]
        before = sql(store.path, "SELECT * FROM post")
    async with forum(tmp_path) as (store, _):
        assert [await store.perform("anna", action) for action in actions] == receipts
        assert sql(store.path, "SELECT * FROM post") == before


async def test_a_refused_act_leaves_nothing_behind(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        topic = topic_id(opened)
        acts: list[Act] = [
            NewTopic(BoardId("99"), "S", Body("t")),
            NewTopic(board, " \x07 ", Body("t")),
            NewTopic(board, "S", Body(" \n ")),
            NewTopic(BoardId("x'; --"), "S", Body("t")),
            Reply(TopicId("99"), Body("t")),
            Reply(topic, Body("")),
            Reply(topic, Body("t"), PostId("99")),
            Edit(topic, PostId("99"), Body("t")),
            Edit(topic, post_id(opened), Body("not mine")),
            Delete(topic, post_id(opened)),
            SetMark(topic, post_id(opened), Mark.EXPERT_TIP),
        ]
        feed = sql(store.path, "SELECT feed, boards_n FROM forum")
        for what in acts:
            with pytest.raises(Refused):
                await store.perform("mallory", act(what))
        with pytest.raises(AuthRequired):
            await store.perform(" \x00", act(Reply(topic, Body("t"))))
        assert sql(store.path, "SELECT feed, boards_n FROM forum") == feed
        assert [member.name for member in await store.members(None)] == ["anna"]
        assert await texts(store, topic) == ["Text"]


async def test_editing(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board, "Helo")
        topic = topic_id(opened)
        answered = await reply(store, topic)
        await store.perform("anna", act(Edit(topic, post_id(opened), Body("Better", Format.PLAIN), "Hello")))
        await store.perform("bob", act(Edit(topic, post_id(answered), Body("B"), "Own subject")))
        first, second = (await store.posts("bob", topic, Window())).items
        assert (first.body, first.subject) == (Body("Better", Format.PLAIN), "Hello")
        assert first.edited is not None
        assert (await store.topic(None, topic)).title == "Hello"
        assert second.subject == "Own subject"
        await store.perform("bob", act(Edit(topic, post_id(answered), Body("B"))))
        assert (await store.post("bob", post_id(answered))).subject == "Own subject"
        assert not (await store.search(None, "text", None, 10)).items
        assert len((await store.search(None, "better", None, 10)).items) == 1
    check_file(tmp_path / "forum.db")


async def test_a_held_edit_that_was_overtaken_is_not_published(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        topic, post = topic_id(opened), post_id(opened)
        base = imprint(words_of((await store.post("anna", post)).subject, "Text"))
        await store.house.set_role("mo", "moderator")
        await store.house.set_policy(Policy(approval=Approval.EVERYBODY))
        assert (await store.perform("anna", act(Edit(topic, post, Body("Held."), base=base)))).outcome == "held"
        await store.perform("mo", act(Edit(topic, post, Body("By the moderator."))))
        (item,) = (await store.queue("mo", None, 10)).items
        with pytest.raises(Refused, match="changed after"):
            await store.perform("mo", act(Decide(item.id, approve=True)))
        assert await texts(store, topic) == ["By the moderator."]
        await store.perform("mo", act(Decide(item.id, approve=False, reason="Look at it again.")))


def test_the_base_of_an_edit_is_no_part_of_what_its_key_stands_for(tmp_path: Path) -> None:
    edit = Edit(TopicId("1"), PostId("1"), Body("B"), "S")
    before = json.dumps(
        ["Edit", {"topic": "1", "post": "1", "body": asdict(edit.body), "subject": "S"}], sort_keys=True
    )
    known = blake2b(before.encode("ascii"), digest_size=16).digest()  # as forums have it from before there was a base
    assert _digest(edit) == _digest(replace(edit, base="0" * 64)) == known


async def test_deleting_leaves_a_placeholder(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board, "Secret plan", "attack at dawn")
        topic = topic_id(opened)
        answered = await store.perform("bob", act(Reply(topic, Body("when?"), opened.post)))
        await store.perform("bob", act(Like(topic, post_id(opened))))
        await store.house.set_role("boss", "admin")
        await store.perform("boss", act(SetMark(topic, post_id(opened), Mark.BEST_PRACTICE)))
        await store.perform("anna", act(Delete(topic, post_id(opened))))
        gone, kept = (await store.posts("anna", topic, Window())).items
        assert gone.deleted
        assert (gone.body, gone.author, gone.subject, gone.likes, gone.marks) == (
            None,
            None,
            None,
            None,
            frozenset(),
        )
        assert (kept.parent, kept.id) == (gone.id, answered.post)
        assert (await store.topic(None, topic)).posts == 2
        assert not (await store.search(None, "dawn", None, 10)).items
        assert all(section.total == 0 for section in (await store.boards(None))[0].sections)
        for what in (Edit(topic, gone.id, Body("x")), Like(topic, gone.id), SetMark(topic, gone.id, Mark.ACCEPTED)):
            with pytest.raises(Refused, match="deleted"):
                await store.perform("boss", act(what))
        assert (await store.perform("anna", act(Delete(topic, gone.id)))).outcome == "done"
        await store.perform("boss", act(Delete(topic, kept.id)))  # a moderator may delete what others wrote
        by = [(await store.post(None, post.id)).deleted_by for post in (gone, kept)]
        assert by == [Deleter.AUTHOR, Deleter.STAFF]
        assert await texts(store, topic) == [None, None]
    check_file(tmp_path / "forum.db")


async def test_likes_are_counted_once(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        topic, post = topic_id(opened), post_id(opened)
        assert (await store.post("bob", post)).likes == 0
        for who, on in (("bob", True), ("bob", True), ("cleo", True), ("cleo", False), ("cleo", False)):
            await store.perform(who, act(Like(topic, post, on)))
        assert [(p.likes, p.liked) for p in [await store.post(w, post) for w in ("bob", "cleo")]] == [
            (1, True),
            (1, False),
        ]


async def test_marks_fill_a_boards_sections(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        await store.house.edit_board(board, BoardDraft(leader="lea"))
        opened = await new_topic(store, board, "How we meet")
        topic = topic_id(opened)
        posts = [await reply(store, topic, f"tip {number}") for number in range(12)]
        for receipt in posts:
            await store.perform("lea", act(SetMark(topic, post_id(receipt), Mark.EXPERT_TIP)))
        await store.perform("lea", act(SetMark(topic, post_id(posts[0]), Mark.EXPERT_TIP, on=False)))
        best, tips = (await store.boards("lea"))[0].sections
        assert (best.mark, best.total, best.items) == (Mark.BEST_PRACTICE, 0, ())
        assert (tips.mark, tips.total, len(tips.items)) == (Mark.EXPERT_TIP, 11, 10)
        assert (tips.items[0].post, tips.items[0].title, tips.items[0].author) == (
            posts[-1].post,
            "How we meet",
            "bob",
        )
        other = await store.house.add_board(BoardDraft(title="Elsewhere"))
        away = await new_topic(store, other)
        with pytest.raises(Refused, match="leader"):
            await store.perform("lea", act(SetMark(topic_id(away), post_id(away), Mark.EXPERT_TIP)))


async def test_a_closed_topic_refuses_replies_but_for_moderators(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        topic = topic_id(opened)
        sql(store.path, "UPDATE topic SET closed = 1")
        await store.house.set_role("mo", "Moderator")
        with pytest.raises(Refused, match="closed"):
            await reply(store, topic)
        assert "closed" in (await store.topic("bob", topic)).can.rules[Ability.REPLY]
        assert (await store.topic("mo", topic)).can.rules[Ability.REPLY] == ""
        await reply(store, topic, "last word", "mo")


async def test_what_may_be_done_is_told_before_it_is_tried(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        opened = await new_topic(store, board)
        info = await store.info("bob")
        assert (info.me and (info.me.name, info.me.role)) == ("bob", "Member")
        theirs = (await store.post("bob", post_id(opened))).can.over(info.can)
        mine = (await store.post("anna", post_id(opened))).can.over(info.can)
        assert "author" in (theirs.refusal(Ability.EDIT) or "")
        assert mine.refusal(Ability.EDIT) is None
        assert mine.refusal(Ability.SEARCH) is None
        nobody = await store.info(None)
        assert nobody.me is None
        assert nobody.can.refusal(Ability.REPLY)


async def test_hostile_text_is_kept_storable(tmp_path: Path) -> None:
    async with forum(tmp_path) as (store, board):
        subject = "a\x00b\ud800c\u202ed\x1b]52;c;x\x07"
        opened = await store.perform("an\u202ena\n", act(NewTopic(board, subject, Body("x\x00\ud800y")), "k\ud800\x00"))
        header = await store.topic(None, topic_id(opened))
        assert header.title.isprintable()
        assert (header.author and header.author.name) == "anna"
        assert await texts(store, opened.topic) == ["x\ufffd\ufffdy"]
        assert await store.perform("anna", act(NewTopic(board, subject, Body("x\x00\ud800y")), "k\ud800\x00")) == opened
