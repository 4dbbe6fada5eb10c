"""The ends that few texts come to: thrown away in doubt, lost by the forum, written over from elsewhere."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from tests.reader.library.outbox_room import furnished

from forumtui.errors import Conflict, NotFound, UsageError
from forumtui.model import BoardId, Body, Edit, Format, Millis, NewTopic, PostId, Reply, TopicId
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import OutState
from forumtui.reader.target import Called, OutKind, Remote, Target
from forumtui.text.imprint import imprint, words_of

SOMEBODY = "elsewhere:1:1"


async def test_what_may_have_arrived_is_thrown_away_only_after_a_warning(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued(uid="a")
        await room.begin("a")
        with pytest.raises(UsageError, match="may have arrived"):
            await room.outbox.discard("a")
        await room.outbox.discard("a", whatever=True)
        assert await room.outbox.rows() == []
        assert await room.library.marks.undo() is not None
        assert (await room.outbox.get("a")).state is OutState.SENDING


async def test_no_warning_covers_what_is_leaving_or_is_there(tmp_path: Path) -> None:
    """``whatever`` is for texts of which nobody knows whether they arrived; of these it is known, or soon will be."""
    async with furnished(tmp_path) as room:
        await room.queued(uid="a")
        assert await room.claim() == "a"
        with pytest.raises(UsageError, match="right now"):
            await room.outbox.discard("a", whatever=True)
        await room.outbox.begin_send("a", SOMEBODY, room.clock())
        await room.outbox.finish("a", post=PostId("p9"))
        with pytest.raises(UsageError, match="already"):
            await room.outbox.discard("a", whatever=True)
        assert (await room.outbox.get("a")).state is OutState.SENT


async def test_a_draft_is_thrown_away_only_with_the_words_that_were_seen(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("Mine.", uid="a")
        with pytest.raises(Conflict):
            await room.outbox.discard("a", over=[("", "Others.")])
        assert (await room.outbox.get("a")).text == "Mine."
        await room.outbox.discard("a", over=[("", "Others."), ("", "Mine.")])
        with pytest.raises(NotFound):
            await room.outbox.get("a")


async def test_what_is_in_the_outbox_is_not_written_over(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        row = await room.queued("Mine.", uid="a")
        assert await room.outbox.save("a", subject="", text="Mine.", cursor=2, over=[("", "Mine.")]) == row
        with pytest.raises(Conflict):
            await room.outbox.save("a", subject="", text="More.", cursor=0, over=[("", "Mine.")])
        with pytest.raises(UsageError, match="take it back"):
            await room.outbox.save("a", subject="", text="More.", cursor=0)
        assert await room.outbox.get("a") == row


async def test_a_cursor_that_moved_in_the_same_words_is_kept_whoever_wrote_them(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("Mine.", uid="a")
        row = await room.outbox.save("a", subject="", text="Mine.", cursor=3, over=[("", "Others.")])
        assert (row.text, row.cursor) == ("Mine.", 3)
        assert await room.outbox.get("a") == row


async def test_what_was_typed_last_is_what_is_sent(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("Mine", uid="a")
        row = await room.outbox.submit("a", typed=Typed("", "Mine, whole.", 4, over=[("", "Mine")]))
        assert (row.state, row.text) == (OutState.QUEUED, "Mine, whole.")
        claimed = await room.outbox.claim(room.account, SOMEBODY, room.clock())
        assert claimed is not None
        assert claimed[1] == Reply(TopicId("t1"), Body("Mine, whole."))


@pytest.mark.parametrize("choice", ["resend", "discard"])
async def test_a_text_that_the_forum_lost_asks_and_goes_again_as_another_act(tmp_path: Path, choice: str) -> None:
    async with furnished(tmp_path) as room:
        file = tmp_path / "outgoing" / "a.json"
        await room.queued("Mine.", uid="a")
        await room.begin("a")
        await room.outbox.finish("a", post=PostId("p9"))
        key = (await room.outbox.get("a")).key
        assert not file.exists()
        await room.outbox.gone("a", "It was set back.", ("resend", "discard"))
        row = await room.outbox.get("a")
        assert (row.state, row.text, row.remote_post, row.choices) == (
            OutState.ATTENTION,
            "Mine.",
            None,
            ("resend", "discard"),
        )
        assert row.key != key
        assert json.loads(file.read_text())["text"] == "Mine."
        assert await room.claim() is None
        await room.outbox.settle("a", choice)
        assert await room.claim() == ("a" if choice == "resend" else None)


@pytest.mark.parametrize("state", ["draft", "queued", "sending"])
async def test_what_the_forum_never_had_can_be_neither_lost_nor_rejected(tmp_path: Path, state: str) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("Mine.", uid="a")
        if state != "draft":
            await room.outbox.submit("a")
        if state == "sending":
            await room.begin("a")
        row = await room.outbox.get("a")
        await room.outbox.gone("a", "It was set back.", ("resend",))
        await room.outbox.reject("a", "No.")
        assert await room.outbox.get("a") == row


async def test_a_held_text_that_is_rejected_is_another_act_when_it_is_sent_again(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.queued("Mine.", uid="a")
        await room.begin("a")
        await room.outbox.finish("a", held=True)
        await room.outbox.reject("a", "Too short.")
        row = await room.outbox.get("a")
        assert (row.state, row.error, row.key) == (OutState.REFUSED, "Too short.", "a-1")


async def test_edits_follow_the_words_that_the_edit_before_them_made(tmp_path: Path) -> None:
    """Two edits from the same words: when the first has arrived, the second is one of its words; one of other words is not."""
    async with furnished(tmp_path) as room:
        base = imprint(words_of(None, "text 1"))
        for uid, start in (("one", base), ("two", base), ("strange", "of other words"), ("blind", None)):
            target = Target(room.account, OutKind.EDIT, topic=Remote("t1"), post=Remote("p1"), base=start)
            await room.outbox.start(target, Typed(text=f"text 1, by {uid}"), uid=uid)
            await room.outbox.submit(uid)
        bases = []
        for uid in ("one", "two", "strange", "blind"):
            await room.begin(uid)
            claimed = (await room.outbox.get(uid)).target.base
            bases.append(claimed)
            await room.outbox.finish(uid)
        assert bases == [base, imprint(words_of(None, "text 1, by one")), "of other words", None]


async def test_an_edit_of_a_post_that_is_not_here_is_followed_too(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        for uid in ("one", "two"):
            target = Target(room.account, OutKind.EDIT, topic=Remote("t1"), post=Remote("far"), base="seen")
            await room.outbox.start(target, Typed("S", f"by {uid}"), uid=uid)
            await room.outbox.submit(uid)
        await room.begin("one")
        await room.outbox.finish("one")
        assert (await room.outbox.get("two")).target.base == imprint(words_of("S", "by one"))


async def test_who_logs_in_waits_for_no_pause_but_for_what_was_put_off(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        later = Millis(room.clock.now + 60_000)
        await room.queued("Tried.", uid="tried", topic="t1")
        await room.begin("tried")
        await room.outbox.retry("tried", not_before=later, error="Away.", unknown=False)
        await room.outbox.start(
            Target(room.account, OutKind.REPLY, topic=Remote("t2")), Typed(text="Later."), uid="later"
        )
        await room.outbox.submit("later", not_before=later)
        await room.outbox.hurry(room.account)
        due = {row.uid: row.not_before for row in await room.outbox.rows()}
        assert due == {"tried": None, "later": later}


@pytest.mark.parametrize("uid", ["never", "queued"])
async def test_a_signal_handler_writes_over_nothing_but_a_draft(tmp_path: Path, uid: str) -> None:
    async with furnished(tmp_path) as room:
        await room.queued("Mine.", uid="queued")
        before = {file.name: file.read_text() for file in (tmp_path / "outgoing").iterdir()}
        assert room.outbox.save_now(uid, subject="", text="More.", cursor=0) == uid
        assert {file.name: file.read_text() for file in (tmp_path / "outgoing").iterdir()} == before


async def test_a_signal_handler_keeps_anothers_words_beside_its_own(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        await room.reply("Theirs.", uid="a")
        other = room.outbox.save_now("a", subject="", text="Mine.", cursor=0, over=[("", "Before.")])
        assert other != "a"
    async with furnished(tmp_path) as room:
        assert sorted(row.text for row in await room.outbox.rows()) == ["Mine.", "Theirs."]


async def test_a_process_with_a_number_that_none_can_have_is_waited_for(tmp_path: Path) -> None:
    """Nothing says that it is dead, so it may be sending."""
    async with furnished(tmp_path) as room:
        await room.queued(uid="a")
        assert await room.claim(f"{socket.gethostname()}:{2**70}:1") == "a"
        assert await room.claim() is None


async def test_what_was_only_a_name_is_settled_before_it_leaves_and_not_after(tmp_path: Path) -> None:
    async with furnished(tmp_path) as room:
        named = room.library.named
        target = Target(room.account, OutKind.TOPIC, board=Called("leaders"))
        row = await room.outbox.start(target, Typed("S", "words"), uid="a")
        assert (row.where, row.target.has_names) == ("", True)
        await room.outbox.submit("a")
        aimed = await named.aim("a", Target(room.account, OutKind.TOPIC, board=Remote("b1")), subject="S", own="own")
        assert aimed is not None
        assert (aimed.uid, aimed.where, aimed.target.board) == ("own", "Leadership", Remote("b1"))
        assert [file.name for file in (tmp_path / "outgoing").iterdir()] == ["own.json"]
        claimed = await room.outbox.claim(room.account, SOMEBODY, room.clock())
        assert claimed is not None
        assert claimed[1] == NewTopic(BoardId("b1"), "S", Body("words"))
        await room.outbox.begin_send("own", SOMEBODY, room.clock())
        assert await named.aim("own", target, subject="S") is None
        await named.never("own")
        assert (await room.outbox.get("own")).target == aimed.target


async def test_an_edit_that_gets_to_know_its_post_keeps_whose_and_what_it_is(tmp_path: Path) -> None:
    """The account may have become another one since it was asked for."""
    async with furnished(tmp_path) as room:
        target = Target(room.account, OutKind.EDIT, topic=Remote("t1"), post=Called("1"))
        await room.outbox.start(target, Typed("S", "words"), uid="a")
        stale = Target(
            type(room.account)(99), OutKind.REPLY, topic=Remote("t1"), post=Remote("p1"), format=Format.HTML, base="x"
        )
        row = await room.library.named.aim("a", stale, subject="S")
        assert row is not None
        assert row.target == Target(
            room.account, OutKind.EDIT, topic=Remote("t1"), post=Remote("p1"), format=Format.HTML, base="x"
        )
        await room.outbox.submit("a")
        claimed = await room.outbox.claim(room.account, SOMEBODY, room.clock())
        assert claimed is not None
        assert claimed[1] == Edit(TopicId("t1"), PostId("p1"), Body("words", Format.HTML), "S", "x")
        assert not claimed[0].target.has_names
