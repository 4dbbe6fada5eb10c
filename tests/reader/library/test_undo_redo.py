"""Steps that are undone can be done again, exactly, also after a restart."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tui.reader_kit import stock

from forumtui.model import Millis
from forumtui.reader.library import Library
from forumtui.reader.rows import TopicQuery
from forumtui.reader.target import OutKind, Remote, Target

STEPS = st.lists(
    st.tuples(st.sampled_from(["unread", "catch-up", "up-to", "bookmark", "discard"]), st.integers(0, 7)),
    min_size=1,
    max_size=6,
)


async def state(library: Library) -> object:
    """What the reader can see of the marks."""
    rows = (await library.reading.topics(TopicQuery())).rows
    outlines = [await library.reading.outline(row.key) for row in rows]
    drafts = sorted(row.body.source for row in await library.outbox.rows(drafts=True))
    return (
        [(row.key, row.unread, row.bookmarked) for row in rows],
        [tuple(outline.unread) for outline in outlines],
        await library.reading.unread_total(),
        drafts,
    )


async def take(library: Library, kind: str, number: int) -> None:
    rows = (await library.reading.topics(TopicQuery())).rows
    topic = rows[number % len(rows)]
    keys = (await library.reading.outline(topic.key)).keys
    if kind == "unread":
        await library.marks.mark_unread([keys[number % len(keys)]])
    elif kind == "catch-up":
        await library.marks.catch_up(topic=topic.key)
    elif kind == "up-to":
        await library.marks.catch_up(up_to=keys[number % len(keys)])
    elif kind == "bookmark":
        await library.marks.bookmark(topic=topic.key, on=not topic.bookmarked)
    elif drafts := await library.outbox.rows(drafts=True):
        await library.outbox.discard(drafts[number % len(drafts)].uid)


async def draft(library: Library, text: str) -> None:
    [account] = await library.accounts.all()
    row = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote("t1")))
    await library.outbox.save(row.uid, subject="", text=text, cursor=0)


@settings(max_examples=12, deadline=None)
@given(STEPS, st.booleans())
async def test_back_and_forth_ends_where_it_began(steps: list[tuple[str, int]], restart: bool) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        library = await Library.open(folder)
        try:
            await stock(library, topics=2, posts=3)
            for text in ("one", "two", "three"):
                await draft(library, text)
            states = [await state(library)]
            for kind, number in steps:
                await take(library, kind, number)
                if await library.marks.last_step() is not None and await state(library) != states[-1]:
                    states.append(await state(library))
            undone = 0
            while await library.marks.undo() is not None:
                undone += 1
            assert await state(library) == states[0]
            if restart:
                await library.close()
                library = await Library.open(folder)
            redone = 0
            while await library.marks.redo() is not None:
                redone += 1
            assert redone == undone
            assert await state(library) == states[-1]
            while await library.marks.undo() is not None:
                redone -= 1
            assert redone == 0
            assert await state(library) == states[0]
        finally:
            await library.close()


async def test_a_new_step_ends_what_could_be_done_again(tmp_path: Path) -> None:
    library = await Library.open(tmp_path)
    try:
        await stock(library, topics=2, posts=3)
        [first, second] = (await library.reading.topics(TopicQuery())).rows
        await library.marks.catch_up(topic=first.key)
        assert await library.marks.undo() == "marking 3 posts read"
        await library.marks.bookmark(topic=second.key)
        assert await library.marks.redo() is None
        assert await library.marks.undo() == f'bookmarking "{second.title}"'
        assert await library.marks.undo() is None
    finally:
        await library.close()


async def test_a_text_that_may_have_arrived_is_not_thrown_away_again(tmp_path: Path) -> None:
    library = await Library.open(tmp_path)
    try:
        account = await stock(library, topics=1, posts=1)
        row = await library.outbox.start(Target(account.key, OutKind.REPLY, topic=Remote("t1")))
        await library.outbox.save(row.uid, subject="", text="words", cursor=0)
        await library.outbox.discard(row.uid)
        await library.marks.undo()
        await library.outbox.submit(row.uid)
        await library.marks.redo()
        assert (await library.outbox.get(row.uid)).body.source == "words"
    finally:
        await library.close()


async def test_a_step_says_what_it_was_and_when(tmp_path: Path) -> None:
    library = await Library.open(tmp_path, now=lambda: Millis(5_000))
    try:
        assert await library.marks.last_step() is None
        await stock(library, topics=1, posts=3)
        await library.marks.catch_up()
        step = await library.marks.last_step()
        assert step is not None
        assert (step.what, step.at) == ("marking 3 posts read", 5_000)
    finally:
        await library.close()
