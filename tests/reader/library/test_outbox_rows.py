"""Drafts and the outbox through the library's door, on real files."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from pathlib import Path

import pytest
from tests.reader.library.outbox_room import furnished, own_post
from tests.waiting import turns

from forumtui.errors import Conflict, NotFound, UsageError
from forumtui.model import (
    BoardId,
    Body,
    Delete,
    Edit,
    Millis,
    NewTopic,
    Post,
    PostId,
    Reply,
    TopicId,
)
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, OutState, PostKey
from forumtui.reader.target import OutKind, Remote, Target, Unsent


async def test_draft_is_kept_and_found_again(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        row = await room.reply("", parent="p1")
        assert (row.state, row.where, row.to) == (OutState.DRAFT, "Span of control", "Jaap")
        await room.outbox.save(row.uid, subject=" About\nspan ", text="I think", cursor=3)
        again = await room.reply("", parent="p1")
        assert (again.uid, again.subject, again.body.source, again.cursor) == (row.uid, "About span", "I think", 3)
        assert (await room.reply("", parent="p2")).uid != row.uid
        with pytest.raises(NotFound):
            await room.outbox.start(Target(AccountKey(99), OutKind.REPLY, topic=Remote("t1")))


async def test_saving_the_same_twice_writes_once(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        row = await room.reply("", uid="k1")
        first = await room.outbox.save("k1", subject="", text="x", cursor=1)
        assert first.revision == row.revision + 1
        assert (await room.outbox.save("k1", subject="", text="x", cursor=1)).revision == first.revision


async def test_same_key_is_the_same_act(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued("Yes.", uid="key/1")
        assert (await room.reply("Yes.", uid="key/1")).state is OutState.QUEUED
        assert (await room.outbox.submit("key/1")).state is OutState.QUEUED
        with pytest.raises(Conflict):
            await room.reply("No.", uid="key/1")
        with pytest.raises(Conflict):
            await room.outbox.start(
                Target(room.account, OutKind.REPLY, topic=Remote("t2")), Typed(text="Yes."), uid="key/1"
            )
        await room.outbox.discard("key/1")
        assert (await room.reply("Yes.", uid="key/1")).state is OutState.DRAFT


async def test_submit_needs_something_to_send(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("  \n", uid="k1")
        with pytest.raises(UsageError, match="no text"):
            await room.outbox.submit("k1")
        await room.outbox.start(Target(room.account, OutKind.TOPIC, board=Remote("b1")), Typed(text="text"), uid="k2")
        with pytest.raises(UsageError, match="subject"):
            await room.outbox.submit("k2")
        await room.outbox.start(Target(room.account, OutKind.EDIT, topic=Remote("t1")), Typed(text="text"), uid="k3")
        with pytest.raises(UsageError, match="where"):
            await room.outbox.submit("k3")


async def test_every_kind_becomes_its_act(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        box = room.outbox
        await box.start(
            Target(room.account, OutKind.TOPIC, board=Remote("b1")), Typed(subject="Hello", text="text"), uid="k1"
        )
        await box.start(
            Target(room.account, OutKind.REPLY, topic=Remote("t1"), parent=Remote("p1")), Typed(text="text"), uid="k2"
        )
        await box.start(
            Target(room.account, OutKind.EDIT, topic=Remote("t1"), post=Remote("p1")), Typed(text="text"), uid="k3"
        )
        await box.start(Target(room.account, OutKind.DELETE, topic=Remote("t1"), post=Remote("p2")), uid="k4")
        acts = []
        for uid in ("k1", "k2", "k3", "k4"):
            await box.submit(uid)
            claimed = await box.claim(room.account, "l", room.clock())
            assert claimed is not None
            acts.append(claimed[1])
            await box.begin_send(uid, "l", room.clock())
            await box.finish(
                uid, topic=TopicId("t9") if uid == "k1" else None, post=PostId("n1") if uid < "k3" else None
            )
        assert acts == [
            NewTopic(BoardId("b1"), "Hello", Body("text")),
            Reply(TopicId("t1"), Body("text"), PostId("p1")),
            Edit(TopicId("t1"), PostId("p1"), Body("text")),
            Delete(TopicId("t1"), PostId("p2")),
        ]
        posts = await room.library.reading.posts(room.topic, (await room.library.reading.outline(room.topic)).keys)
        shown = [
            (row.id, row.body and row.body.source, row.deleted, row.pending and row.pending.state)
            for row in posts.values()
        ]
        assert shown[:2] == [("p1", "text", False, None), ("p2", None, True, None)]
        assert [row.where for row in await box.rows(sent=True)] == [
            "Leadership",
            "Span of control",
            "Span of control",
            "Span of control",
        ]
        assert await box.rows() == []


async def test_one_in_flight_and_order_within_a_topic(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued("one", uid="a")
        await room.queued("two", uid="b")
        await room.queued("other", uid="c", topic="t2")
        await room.begin("a", "other-host:1:1")
        assert await room.claim("second:2:2") is None
        await room.outbox.retry("a", not_before=Millis(room.clock.now + 5000), error="Offline.", unknown=False)
        assert await room.claim("second:2:2") == "c"  # b waits for a, c is of another topic
        await room.outbox.finish("c", post=PostId("n1"))
        assert await room.claim("second:2:2") is None
        assert await room.outbox.next_due(room.account) == room.clock.now + 5000
        room.clock.now += 5000
        assert await room.claim("second:2:2") == "a"


async def test_a_dead_lease_is_taken_over_as_unknown(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued(uid="a")
        await room.begin("a", "other-host:1:1")
        assert await room.outbox.next_due(room.account) == room.clock.now + 60_000
        room.clock.now += 60_000
        claimed = await room.outbox.claim(room.account, "second:2:2", room.clock())
        assert claimed is not None
        assert (claimed[0].unknown_end, claimed[0].attempts, claimed[0].state) == (True, 1, OutState.SENDING)
        with pytest.raises(Conflict):
            await room.outbox.begin_send("a", "other-host:1:1", room.clock())
        await room.outbox.retry("a", not_before=room.clock(), error="x", unknown=False)
        assert (await room.outbox.get("a")).state is OutState.SENDING  # what was unknown stays so
        with pytest.raises(UsageError, match="may have arrived"):
            await room.outbox.withdraw("a")
        with pytest.raises(UsageError, match="may have arrived"):
            await room.outbox.discard("a")


def test_lease_of_a_dead_process_here_does_not_hold_up(tmp_path: Path) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    gone = process.pid

    async def scene() -> None:
        async with furnished(tmp_path) as room:
            await room.queued(uid="a")
            await room.begin("a", f"{socket.gethostname()}:{gone}:1")
            assert await room.claim(f"{socket.gethostname()}:1:1") == "a"
            assert await room.claim("second:2:2") is None  # process 1 lives

    asyncio.run(scene())


async def test_a_clock_set_back_holds_nothing_up(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued(uid="a")
        await room.begin("a", "l")
        await room.outbox.retry("a", not_before=Millis(room.clock.now + 100), error="x", unknown=False)
        room.clock.now -= 500_000
        assert await room.claim() == "a"
        await room.outbox.start(Target(room.account, OutKind.REPLY, topic=Remote("t2")), Typed(text="later"), uid="b")
        await room.outbox.submit("b", not_before=Millis(room.clock.now + 1000))
        await room.outbox.finish("a", post=PostId("n1"))
        assert await room.claim() is None  # the user chose that time
        assert await room.outbox.next_due(room.account) == room.clock.now + 1000


async def test_answers_to_unsent_texts_wait_and_get_the_forums_ids(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        box = room.outbox
        await box.start(
            Target(room.account, OutKind.TOPIC, board=Remote("b1")), Typed(subject="Hello", text="text"), uid="new"
        )
        answer = await box.start(
            Target(room.account, OutKind.REPLY, topic=Unsent("new"), parent=Unsent("new")),
            Typed(text="me again"),
            uid="re",
        )
        assert (answer.where, answer.to) == ("Hello", "Anna")
        await box.submit("re")
        assert await room.claim() is None
        assert "draft" in (await box.get("re")).error
        assert await box.next_due(room.account) is None
        await box.submit("new")
        await room.begin("new")
        await box.finish("new", topic=TopicId("t9"), post=PostId("p9"))
        row = await box.get("re")
        assert (row.target.topic, row.target.parent) == (Remote("t9"), Remote("p9"))
        again = await box.start(
            Target(room.account, OutKind.REPLY, topic=Unsent("new"), parent=Unsent("new")),
            Typed(text="me again"),
            uid="re",
        )
        assert again.uid == "re"
        await room.begin("re")


@pytest.mark.parametrize(
    ("end", "words"), [("discard", "thrown away"), ("refuse", "refused"), ("arrived", "number"), ("held", "approves")]
)
async def test_answers_to_what_never_arrives_say_why_they_wait(tmp_path: Path, end: str, words: str) -> None:
    async with furnished(tmp_path) as room:
        await room.queued("one", uid="a")
        await room.queued("two", uid="b", parent="outbox:a")
        if end != "discard":
            await room.begin("a")
        if end == "refuse":
            await room.outbox.refuse("a", "Closed.")
        elif end == "arrived":
            await room.outbox.need_attention("a", "Who knows?", ["resend", "arrived", "discard"])
            await room.outbox.settle("a", "arrived")
        elif end == "held":
            await room.outbox.finish("a", held=True)
        else:
            await room.outbox.discard("a")
        assert await room.claim() is None
        assert words in (await room.outbox.get("b")).error


async def test_attention_is_settled_by_the_user_alone(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        box = room.outbox
        await room.queued("one", uid="a")
        await room.queued("two", uid="b")
        await room.begin("a")
        await box.need_attention("a", "Did it arrive?", ["resend", "arrived", "discard"])
        row = await box.get("a")
        assert (row.state, row.choices, row.unknown_end) == (OutState.ATTENTION, ("resend", "arrived", "discard"), True)
        assert await room.claim() is None
        assert "needs your answer" in (await box.get("b")).error
        with pytest.raises(UsageError):
            await box.settle("a", "shrug")
        with pytest.raises(UsageError):
            await box.submit("a")
        with pytest.raises(UsageError):
            await box.settle("b", "resend")
        assert (await box.settle("a", "resend")).state is OutState.QUEUED
        await room.begin("a")
        await box.need_attention("a", "Did it arrive?", ["discard"])
        await box.settle("a", "discard")
        with pytest.raises(NotFound):
            await box.get("a")
        assert await room.library.marks.undo() == 'discarding "Span of control"'
        assert (await box.get("a")).state is OutState.ATTENTION


async def test_refused_text_can_be_taken_back(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        box = room.outbox
        await room.queued(uid="a")
        await room.begin("a")
        await box.refuse("a", "The topic\x1b is closed.")
        assert (await box.get("a")).error == "The topic is closed."
        with pytest.raises(UsageError, match="answer"):
            await box.submit("a")
        assert (await box.withdraw("a")).state is OutState.DRAFT
        assert (await box.withdraw("a")).state is OutState.DRAFT
        await box.submit("a")
        with pytest.raises(UsageError, match="outbox already"):
            await box.save("a", subject="", text="other", cursor=0)
        await room.claim("other-host:1:1")
        with pytest.raises(UsageError, match="right now"):
            await box.withdraw("a")
        room.clock.now += 61_000
        await box.discard("a")
        with pytest.raises(NotFound):
            await box.get("a")


async def test_twins_wait_only_where_the_forum_is_searched(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        box = room.outbox
        for uid in ("a", "b"):
            await box.start(
                Target(room.account, OutKind.TOPIC, board=Remote("b1")),
                Typed(subject="Hello", text="same  text" if uid == "a" else "Same text"),
                uid=uid,
            )
            await box.submit(uid)
        await room.begin("a")
        await box.retry("a", not_before=Millis(room.clock.now + 9000), error="?", unknown=True)
        assert await room.claim() is None
        assert "same words" in (await box.get("b")).error
        await room.library.accounts.set_delivery(room.account, "key")
        assert await room.claim() == "b"


async def test_pending_reply_stays_until_the_post_is_there(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        reading = room.library.reading
        await room.queued("Yes.", uid="a", parent="p1")
        await room.queued("And yes.", uid="b", parent="outbox:a")
        outline = await reading.outline(room.topic)
        pending = [key for key in outline.keys if key < 0]
        assert len(pending) == 2
        assert outline.parents[2] is not None
        assert outline.parents[3] == pending[0]
        rows = await reading.posts(room.topic, pending)
        assert [
            (row.body, row.mine, row.author and row.author.name, row.pending and row.pending.state)
            for row in rows.values()
        ] == [(Body("Yes."), True, "Anna", OutState.QUEUED), (Body("And yes."), True, "Anna", OutState.QUEUED)]
        assert (await reading.post(pending[0])).parent_author == "Jaap"
        assert (await reading.topic(room.topic)).waiting
        await room.begin("a")
        await room.outbox.finish("a", post=PostId("n3"))
        assert (await reading.post(pending[0])).pending is not None
        await room.library.intake.post(room.account, own_post("n3", "Yes.", 3))
        outline = await reading.outline(room.topic)
        assert len(outline.keys) == 4
        arrived = await reading.post_by_id(room.account, PostId("n3"))
        assert arrived is not None
        assert (arrived.unread, arrived.mine) == (False, True)
        with pytest.raises(NotFound):
            await reading.post(pending[0])
        with pytest.raises(NotFound):
            await reading.post(PostKey(-77))


async def test_held_text_is_published_when_it_appears(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued("Please approve.", uid="a")
        await room.queued("Thanks.", uid="b", parent="outbox:a")
        await room.begin("a")
        await room.outbox.finish("a", held=True)
        assert len((await room.library.reading.outline(room.topic)).keys) == 4
        with pytest.raises(UsageError, match="has this text"):
            await room.outbox.withdraw("a")
        await room.library.intake.post(room.account, own_post("n3", "please  approve.", 3))
        assert (await room.outbox.get("a")).state is OutState.SENT
        assert (await room.outbox.get("b")).target.parent == Remote("n3")
        assert len((await room.library.reading.outline(room.topic)).keys) == 4


async def test_edit_on_its_way_shows_on_its_post(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.outbox.start(
            Target(room.account, OutKind.EDIT, topic=Remote("t1"), post=Remote("p1")), Typed(text="better"), uid="a"
        )
        await room.outbox.submit("a")
        post = await room.library.reading.post_by_id(room.account, PostId("p1"))
        assert post is not None
        assert (post.body, post.pending and post.pending.body) == (Body("text 1"), Body("better"))


async def test_files_beside_the_library_follow_every_change(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        mirror = tmp_path / "outgoing" / "a.json"
        await room.reply("one", uid="a")
        assert json.loads(mirror.read_text())["state"] == "draft"
        assert mirror.stat().st_mode & 0o777 == 0o600
        await room.outbox.submit("a")
        await room.begin("a")
        assert json.loads(mirror.read_text())["state"] == "sending"
        await room.outbox.finish("a", post=PostId("n3"))
        assert not mirror.exists()
        await room.reply("one", uid="../../evil")
        await room.reply("one", uid="x" * 300)
    assert {path.parent for path in tmp_path.rglob("key-*.json")} == {tmp_path / "outgoing"}


async def test_library_file_lost_drafts_and_outbox_stay(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("a draft", uid="draft")
        await room.queued("queued", uid="queued")
        await room.queued("thrown away", uid="gone")
        await room.outbox.discard("gone")
        await room.queued("on its way", uid="sending", topic="t2")
        await room.outbox.retry("queued", not_before=Millis(room.clock.now + 10**6), error="x", unknown=False)
        await room.begin("sending")
    for path in tmp_path.glob("library.db*"):
        path.unlink()
    async with furnished(tmp_path) as room:
        rows = {row.uid: row for row in await room.outbox.rows()}
        assert {uid: row.state for uid, row in rows.items()} == {
            "draft": OutState.DRAFT,
            "queued": OutState.QUEUED,
            "sending": OutState.SENDING,
        }
        assert rows["sending"].unknown_end
        assert rows["draft"].body == Body("a draft")
        assert "was not there" in room.library.notice


async def test_saving_from_a_signal_handler_wins_over_what_was_under_way(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("", uid="a")
        slow = asyncio.create_task(room.outbox.save("a", subject="", text="older", cursor=5))
        await turns()
        room.outbox.save_now("a", subject="S", text="newest", cursor=6)
        await slow
        room.outbox.save_now("unknown", subject="", text="x", cursor=0)
        await room.queued("q", uid="b")
        room.outbox.save_now("b", subject="", text="must not change what is frozen", cursor=0)
    async with furnished(tmp_path) as room:
        row = await room.outbox.get("a")
        assert (row.subject, row.body.source, row.cursor) == ("S", "newest", 6)
        assert (await room.outbox.get("b")).body.source == "q"
        assert (await room.outbox.save("a", subject="S", text="newest!", cursor=7)).body.source == "newest!"
        room.outbox.save_now("a", subject="S", text="signal", cursor=1)
        await room.outbox.save("a", subject="S", text="survived the signal", cursor=2)
        await room.outbox.submit("a")
    async with furnished(tmp_path) as room:
        row = await room.outbox.get("a")
        assert (row.body.source, row.state) == ("survived the signal", OutState.QUEUED)


async def test_sent_rows_go_after_a_week(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        for uid in ("a", "b"):
            await room.queued(uid=uid)
            await room.begin(uid)
            await room.outbox.finish(uid, post=PostId(f"n-{uid}"))
            room.clock.now += 8 * 24 * 3600 * 1000
        with pytest.raises(NotFound):
            await room.outbox.get("a")


async def test_likes_are_wishes(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        box, reading = room.outbox, room.library.reading
        post = await reading.post_by_id(room.account, PostId("p1"))
        assert post is not None
        await room.library.marks.like(post.key, True)
        assert (await reading.post(post.key)).liked
        await room.library.intake.post(room.account, Post(PostId("p1"), TopicId("t1"), 1, likes=4, body=Body("text 1")))
        assert (await reading.post(post.key)).liked  # the forum has not heard of it yet
        await room.queued(uid="a")
        assert await box.wishes(room.account) == []  # never ahead of the outbox
        await room.begin("a")
        await box.finish("a")
        [wish] = await box.wishes(room.account)
        assert (wish.post, wish.on, wish.kind) == ("p1", True, "like")
        await room.library.marks.like(post.key, False)
        await box.wish_granted(wish)
        [later] = await box.wishes(room.account)
        assert not later.on
        await box.wish_granted(later, error="You may not.")
        assert await box.wishes(room.account) == []
        assert not (await reading.post(post.key)).liked


async def test_baseline_is_kept_for_the_sender(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued(uid="a")
        await room.outbox.set_baseline("a", Millis(77))
        claimed = await room.outbox.claim(room.account, "l", room.clock())
        assert claimed is not None
        assert claimed[0].baseline == 77
        assert json.loads((tmp_path / "outgoing" / "a.json").read_text())["baseline"] == "77"


async def test_a_reference_made_before_it_was_sent_still_leads_there(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued(uid="a")
        await room.begin("a")
        await room.outbox.finish("a", post=PostId("n3"))
        row = await room.reply("more", uid="b", parent="outbox:a")
        assert row.target.parent == Remote("n3")
        strange = await room.reply("more", uid="c", parent="outbox:never")
        assert strange.target.parent == Unsent("never")
        await room.outbox.submit("c")
        assert await room.claim() is None
        assert "gone" in (await room.outbox.get("c")).error


async def test_acts_on_posts_that_are_not_here(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.outbox.start(Target(room.account, OutKind.DELETE, topic=Remote("t1"), post=Remote("far")), uid="a")
        await room.outbox.submit("a")
        await room.begin("a")
        await room.outbox.finish("a")
        assert (await room.outbox.get("a")).remote_post == "far"
        assert len((await room.library.reading.outline(room.topic)).keys) == 2
