"""An edit that was made from words that are no longer there is sent only when the user has seen the new ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reader.sync.stage import World
from tests.reader.sync.test_push import BOUNDED, FIRST, KEY_FOR_EVER, drain, playing, sender

from forumtui.errors import Offline
from forumtui.model import Action, Body, Delivery, Edit, PostId, Reply
from forumtui.reader.library import Library
from forumtui.reader.library.outbox import Typed
from forumtui.reader.rows import AccountKey, OutRow, OutState
from forumtui.reader.sync.push import CHANGED
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.testing import Fault
from forumtui.text.imprint import imprint, words_of


async def my_post(world: World) -> PostId:
    receipt = await world.forum().perform("ann", Action("mine", Reply(FIRST, Body("Mine."), subject="About")))
    assert receipt.post is not None
    return receipt.post


async def edit(library: Library, account: AccountKey, post: PostId, text: str, base: str = "Mine.") -> OutRow:
    row = await library.outbox.start(
        Target(account, OutKind.EDIT, topic=Remote(FIRST), post=Remote(post), base=imprint(words_of("About", base))),
        Typed(subject="About", text=text),
        uid=f"edit-{text}",
    )
    return await library.outbox.submit(row.uid)


async def elsewhere(world: World, post: PostId, text: str) -> None:
    await world.forum().perform("ann", Action(f"elsewhere {text}", Edit(FIRST, post, Body(text))))


async def shown(world: World, post: PostId) -> str:
    body = (await world.forum().post("ann", post)).body
    assert body is not None
    return body.source


@pytest.mark.parametrize("delivery", [KEY_FOR_EVER, BOUNDED], ids=lambda delivery: delivery.kind)
@pytest.mark.parametrize("choice", CHANGED)
async def test_both_texts_are_kept_until_the_user_chose(tmp_path: Path, choice: str, delivery: Delivery) -> None:
    async with playing(tmp_path, delivery) as (library, world, account, push):
        post = await my_post(world)
        await elsewhere(world, post, "Theirs.")
        row = await edit(library, account.key, post, "Better.")
        await drain(push)
        asked = await library.outbox.get(row.uid)
        assert (asked.state, asked.choices, asked.unknown_end) == (OutState.ATTENTION, CHANGED, False)
        assert (asked.body.source, asked.theirs) == ("Better.", "About\nTheirs.")
        assert await shown(world, post) == "Theirs."
        here = await library.reading.post_by_id(account.key, post)
        assert here is not None
        assert here.body == Body("Theirs.")
        settled = await library.outbox.settle(row.uid, choice)
        if choice == "edit":
            assert (settled.state, settled.body.source) == (OutState.DRAFT, "Better.")
            await library.outbox.submit(row.uid)
        await drain(push)
        assert await shown(world, post) == ("Theirs." if choice == "theirs" else "Better.")
        assert [row.state for row in await library.outbox.rows()] == []


async def test_what_changes_again_before_the_choice_is_carried_out_is_shown_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        post = await my_post(world)
        await elsewhere(world, post, "Theirs.")
        row = await edit(library, account.key, post, "Better.")
        await drain(push)
        await elsewhere(world, post, "Theirs, again.")
        await library.outbox.settle(row.uid, "mine")
        await drain(push)
        assert (await library.outbox.get(row.uid)).theirs == "About\nTheirs, again."
        assert await shown(world, post) == "Theirs, again."


async def test_two_edits_of_mine_from_the_same_words_follow_each_other(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        post = await my_post(world)
        await edit(library, account.key, post, "First.")
        await edit(library, account.key, post, "Second.")
        await drain(push)
        assert await shown(world, post) == "Second."
        assert await library.outbox.rows() == []


async def test_a_lost_answer_to_an_edit_is_no_change_by_somebody_else(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        post = await my_post(world)
        row = await edit(library, account.key, post, "Better.")
        world.plan().script("perform", Fault.LOST_AFTER)
        with pytest.raises(Exception, match=r"."):
            await push.one()
        assert (await library.outbox.get(row.uid)).unknown_end
        await elsewhere(world, post, "Newer.")
        world.clock.advance(600)
        await drain(push)
        assert (await library.outbox.get(row.uid)).state is OutState.SENT
        assert await shown(world, post) == "Newer."


async def test_what_overtook_it_can_not_be_fetched_now(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        post = await my_post(world)
        await elsewhere(world, post, "Theirs.")
        row = await edit(library, account.key, post, "Better.")
        world.plan().script("post", Fault.OFFLINE)
        with pytest.raises(Offline):
            await push.one()
        waiting = await library.outbox.get(row.uid)
        assert (waiting.state, waiting.unknown_end) == (OutState.QUEUED, False)
        world.clock.advance(600)
        await drain(sender(library, world, account, "two"))
        assert (await library.outbox.get(row.uid)).theirs == "About\nTheirs."


async def test_taken_back_unseen_it_still_does_not_go_over_theirs(tmp_path: Path) -> None:
    async with playing(tmp_path) as (library, world, account, push):
        post = await my_post(world)
        await elsewhere(world, post, "Theirs.")
        row = await edit(library, account.key, post, "Better.")
        await drain(push)
        await library.outbox.withdraw(row.uid)
        await library.outbox.submit(row.uid)
        await drain(push)
        assert (await library.outbox.get(row.uid)).state is OutState.ATTENTION
        assert await shown(world, post) == "Theirs."
