"""No text holds up the event loop: while a reader walks through a forum of them, the loop's thread is never long at work.

What counts is the CPU time of that thread, so that other load on the machine does not; and the same walk through an
ordinary forum, made just before, says what this machine takes for drawing alone.  A full collection of garbage looks
through all that is alive, here also what other tests left: when it comes, and how long it takes, is not the text's
doing.  How many objects a text keeps alive is; they are counted.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.text.hostile import HEAVY
from tests.text.html_pieces import HOSTILE
from tests.tui.reader_kit import ALL, post, reading, stock
from tests.waiting import pause

from forumtui.model import Board, BoardId, Body, Format, ForumInfo, InfoPage, Member, MemberId, Page, TopicId, Window
from forumtui.reader.library import Library
from forumtui.tui.render.shelf import Shelf, Wanted

_MOST = 0.05
"""Seconds of CPU in one go."""
_ALIVE = 200_000
"""Objects that are looked through in a full collection; an ordinary forum has 35 000."""
_WALK: tuple[Sequence[str], ...] = (
    *(("enter",), ("j", "j"), ("pagedown",) * 6, ("G",), ("pageup",) * 3, ("g", "g"), ("J",) * 4, ("K",)),
    *(("z", "q"), ("z", "q"), ("z", "s"), ("z", "M"), ("z", "R"), ("P",), ("T",), ("T",), ("V",), ("escape",)),
    *(("r",), ("ctrl+r",), ("ctrl+r",), ("escape",), ("escape",)),
    *(("i",), ("pagedown",), ("G",), ("escape",), ("g", "o"), ("escape",)),
)


@contextmanager
def working_time() -> Iterator[Callable[[], float]]:
    """A clock of this thread's work: its CPU time without that of full collections."""
    thread = threading.get_ident()
    began = collecting = 0.0

    def collects(phase: str, info: Mapping[str, int]) -> None:
        nonlocal began, collecting
        if info["generation"] == 2 and threading.get_ident() == thread:
            if phase == "start":
                began = time.thread_time()
            else:
                collecting += time.thread_time() - began

    gc.callbacks.append(collects)
    try:
        yield lambda: time.thread_time() - collecting
    finally:
        gc.callbacks.remove(collects)


@asynccontextmanager
async def heartbeat(stalls: list[tuple[float, str]], where: Callable[[], str]) -> AsyncIterator[None]:
    """Notes what the loop's thread does between two beats."""

    async def beat(clock: Callable[[], float]) -> None:
        before = clock()
        while True:
            await pause(0.002)
            stalls.append((clock() - before, where()))
            before = clock()

    with working_time() as clock:
        task = asyncio.create_task(beat(clock))
        try:
            yield
        finally:
            task.cancel()


async def hostile(library: Library) -> None:
    """The stock; the newest topic, the forum's pages and a draft are of texts that take long."""
    row = await stock(library, posts=25)
    texts = sorted(HEAVY.values())
    served = sorted(HOSTILE.values())
    bodies = [
        Body(served[3 * number % len(served)], Format.HTML)
        if number % 2
        else Body(texts[number % len(texts)], Format.PLAIN if number % 4 == 0 else Format.MARKDOWN)
        for number in range(1, 26)
    ]
    posts = [replace(post(1, number), body=body) for number, body in enumerate(bodies, 1)]
    await library.intake.posts(row.key, TopicId("t1"), Window(), Page(tuple(posts)))
    pages = tuple(InfoPage(f"p{number}", f"Page {number}", Body(text)) for number, text in enumerate(texts[:8]))
    me = Member(MemberId("anna"), "Anna", "Member")
    await library.accounts.update_info(
        row.key, ForumInfo("Sample", row.identity, notice=texts[0], pages=pages, me=me, can=ALL)
    )
    boards = [Board(BoardId("lead"), "Leadership", description=texts[1], notice=texts[2], further_study=texts[3])]
    await library.accounts.put_boards(row.key, boards)


async def ordinary(library: Library) -> None:
    await stock(library, posts=25)


async def walk(folder: Path, prepare: Callable[[Library], Awaitable[object]]) -> dict[str, float]:
    """How long the loop's thread was at work in one go at most, by the keys that were pressed before."""
    gc.collect()
    gc.freeze()  # what was loaded, as the program does after its first paint, and what was left by those before
    stalls: list[tuple[float, str]] = []
    place = "start"
    async with heartbeat(stalls, lambda: place), reading(folder, prepare=prepare, size=(160, 50)) as driver:
        for keys in _WALK:
            place = " ".join(keys)
            await driver.press(*keys)
        assert len(stalls) > 100
        longest: dict[str, float] = {}
        for seconds, keys_before in stalls:
            longest[keys_before] = max(seconds, longest.get(keys_before, 0))
        gc.collect()
        assert len(gc.get_objects()) < _ALIVE
    return longest


async def test_a_forum_of_hostile_texts_holds_up_the_screen_no_more_than_any(tmp_path: Path) -> None:
    try:
        await walk(tmp_path / "first", ordinary)  # what loads late is loaded
        most = max(_MOST, 1.5 * max((await walk(tmp_path / "ordinary", ordinary)).values()))
        found = await walk(tmp_path / "hostile", hostile)
        for again in ("second", "third"):  # what a text takes, it takes each time; a busy machine does not
            if max(found.values()) >= most:
                repeated = await walk(tmp_path / again / "hostile", hostile)
                found = {keys: min(seconds, repeated.get(keys, 0)) for keys, seconds in found.items()}
    finally:
        gc.unfreeze()
    assert max(found.values()) < most, (most, sorted(found.items(), key=lambda item: -item[1])[:5])


async def test_a_long_text_unfolds_in_its_place_and_is_not_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()
    fetch = Shelf.fetch

    async def slow(shelf: Shelf, wanted: Wanted) -> object:
        await gate.wait()
        return await fetch(shelf, wanted)

    async def one_long(library: Library) -> None:
        row = await stock(library, posts=6)
        text = "\n\n".join(f"Paragraph {number} of it." for number in range(300))
        long = replace(post(2, 3), body=Body(text))
        await library.intake.posts(row.key, TopicId("t2"), Window(), Page((long,)))

    async with reading(tmp_path, prepare=one_long) as driver:
        monkeypatch.setattr(Shelf, "fetch", slow)
        opening = asyncio.create_task(driver.press("j", "enter"))
        thread = driver.app.reader.thread
        await driver.until(lambda: thread.stage.model.outline.topic.title[-1:] == "2")
        await opening
        assert "Post 1 of topic 2" in driver.text
        assert "Paragraph 0 of it" not in driver.text
        await driver.press("J", "J")
        place = thread.place
        assert place is not None
        await driver.press("pagedown", "pagedown")
        assert thread.place == place, "what was not shown is not paged over"
        assert place[0] not in thread.walking.seen_keys()
        gate.set()
        await driver.until(lambda: "Paragraph 0 of it" in driver.text)
        assert thread.place == place
        await driver.press("G")
        assert "Paragraph 299 of it" in driver.text
