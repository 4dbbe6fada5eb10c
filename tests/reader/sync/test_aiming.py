"""Texts for boards and posts that were only called by a name: settled before a byte of them leaves, kept where that fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reader.sync.stage import World, forum_texts
from tests.reader.sync.test_push import FIRST, drain, playing

from forumtui.errors import Offline
from forumtui.forum.house import BoardDraft
from forumtui.model import Action, Body, Delete, Format, PostId, Reply
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import OutRow, OutState
from forumtui.reader.target import Called, OutKind, Remote, Target
from forumtui.testing import Fault
from forumtui.text.imprint import imprint, words_of


async def queue(library: Library, target: Target, text: str = "Mine.", subject: str = "") -> OutRow:
    row = await library.outbox.start(target, Typed(subject, text), uid="mine")
    return await library.outbox.submit(row.uid)


async def mine(world: World, text: str, form: Format = Format.MARKDOWN, subject: str | None = None) -> PostId:
    body = Body(text, form)
    receipt = await world.forum().perform("ann", Action(f"before {text}", Reply(FIRST, body, subject=subject)))
    assert receipt.post is not None
    return receipt.post


@pytest.mark.parametrize("name", ["1", "{title}", "{TITLE}"])
async def test_a_topic_goes_to_the_board_that_was_called_by_id_or_title(tmp_path: Path, name: str) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        (board,) = await world.plan().boards()
        called = name.replace("{title}", board.title).replace("{TITLE}", board.title.upper())
        await queue(library, Target(account.key, OutKind.TOPIC, board=Called(called)), subject="New")
        await drain(push)
        row = await library.outbox.get("mine")
        assert (row.state, row.target.board, row.where) == (OutState.SENT, Remote(board.id), board.title)
        assert row.remote_topic is not None
        assert await forum_texts(world.forum(), row.remote_topic) == ["Mine."]


@pytest.mark.parametrize(("name", "why"), [("nowhere", "no board"), ("twins", "several boards")])
async def test_a_topic_for_no_board_or_for_several_is_kept_and_its_author_told(
    tmp_path: Path, name: str, why: str
) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        for _ in range(2):
            await world.forum().house.add_board(BoardDraft(title="Twins"))
        await queue(library, Target(account.key, OutKind.TOPIC, board=Called(name)), subject="New")
        await drain(push)
        row = await library.outbox.get("mine")
        assert (row.state, row.text) == (OutState.REFUSED, "Mine.")
        assert why in row.error
        assert row.target.board == Called(name)


async def test_an_answer_goes_to_the_post_of_that_number(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        target = Target(account.key, OutKind.REPLY, topic=Remote(FIRST), parent=Called("2"))
        await queue(library, target)
        await drain(push)
        row = await library.outbox.get("mine")
        assert row.state is OutState.SENT
        assert row.remote_post is not None
        arrived = await world.plan().post(row.remote_post)
        assert arrived.parent is not None
        assert (await world.plan().post(arrived.parent)).number == 2
        assert row.target.parent == Remote(arrived.parent)


async def test_an_answer_to_a_number_that_there_is_not_is_kept(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        before = await forum_texts(world.forum(), FIRST)
        await queue(library, Target(account.key, OutKind.REPLY, topic=Remote(FIRST), parent=Called("99")))
        await drain(push)
        row = await library.outbox.get("mine")
        assert (row.state, row.text) == (OutState.REFUSED, "Mine.")
        assert await forum_texts(world.forum(), FIRST) == before


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.PLAIN])
@pytest.mark.parametrize("subject", ["", "Another"])
@pytest.mark.parametrize("read", [True, False])
async def test_an_edit_is_in_its_posts_format_and_of_the_words_that_were_read(
    tmp_path: Path, form: Format, subject: str, read: bool
) -> None:
    """Where nobody read any, of those that stand there."""
    async with playing(tmp_path) as (library, world, account, push):
        post = await world.plan().post(await mine(world, "Before.", form, "About"))
        base = imprint(words_of("About", "Before."))
        target = Target(
            account.key,
            OutKind.EDIT,
            topic=Remote(FIRST),
            post=Called(str(post.number)),
            base=base if read else None,
        )
        await queue(library, target, "After.", subject)
        await drain(push)
        row = await library.outbox.get("mine")
        assert (row.state, row.target.post, row.target.base) == (OutState.SENT, Remote(post.id), base)
        changed = await world.plan().post(post.id)
        assert changed.body == Body("After.", form)
        assert changed.subject == (subject or "About")


async def test_a_deletion_takes_back_the_post_of_that_number(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        post = await world.plan().post(await mine(world, "Before."))
        await library.outbox.start(
            Target(account.key, OutKind.DELETE, topic=Remote(FIRST), post=Called(str(post.number))), uid="mine"
        )
        await library.outbox.submit("mine")
        await drain(push)
        assert (await library.outbox.get("mine")).state is OutState.SENT
        assert (await world.plan().post(post.id)).deleted


async def test_an_edit_of_a_post_that_is_gone_is_kept_and_its_author_told(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        post = await world.plan().post(await mine(world, "Before."))
        await world.forum().perform("ann", Action("gone", Delete(FIRST, post.id)))
        await queue(library, Target(account.key, OutKind.EDIT, topic=Remote(FIRST), post=Called(str(post.number))))
        await drain(push)
        row = await library.outbox.get("mine")
        assert (row.state, row.text, row.target.base) == (OutState.REFUSED, "Mine.", None)
        assert row.error


@pytest.mark.parametrize("call", ["boards", "perform"])
async def test_a_name_that_can_not_be_settled_now_is_settled_later_and_the_text_sent_once(
    tmp_path: Path, call: str
) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        await queue(library, Target(account.key, OutKind.TOPIC, board=Called("General")), subject="New")
        world.plan().script(call, Fault.OFFLINE)
        with pytest.raises(Offline):
            await drain(push)
        row = await library.outbox.get("mine")
        assert (row.state, row.unknown_end, row.text) == (OutState.QUEUED, False, "Mine.")
        assert row.target.has_names == (call == "boards")
        assert row.not_before is not None
        assert not await push.one()
        world.clock.advance(60)
        await drain(push)
        row = await library.outbox.get("mine")
        assert row.state is OutState.SENT
        assert row.remote_topic is not None
        assert await forum_texts(world.forum(), row.remote_topic) == ["Mine."]
