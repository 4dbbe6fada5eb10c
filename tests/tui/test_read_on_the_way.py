"""What is read on the way: only a post whose end was on screen, under the eyes of who moves on from it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from tests.tui.reader_kit import BEN, JAAP, NOW, Driver, put_account, reading, topic
from textual.events import MouseScrollDown

from forumtui.model import Board, BoardId, Body, Millis, Page, Post, PostId, TopicId, Window
from forumtui.reader.library import Library
from forumtui.reader.rows import OutState
from forumtui.tui.render.arrangement import Pane

LENGTHS = ((1, 3, 26, 2, 1, 1, 9, 1), (2, 1, 1), (30,), (1, 1))
"""Paragraphs of the posts of each topic."""


def written(number: int, each: int, paragraphs: int) -> Post:
    text = "\n\n".join([*(f"Paragraph {n}." for n in range(1, paragraphs)), f"End of {number}.{each}!"])
    return Post(
        PostId(f"t{number}-{each}"), TopicId(f"t{number}"), each, each, None,
        PostId(f"t{number}-{each // 2}") if each > 1 else None, (BEN, JAAP)[each % 2], Millis(NOW - 10_000 + each),
        body=Body(text),
    )  # fmt: skip


async def long_and_short(library: Library) -> None:
    row = await put_account(library, "sample")
    await library.accounts.put_boards(row.key, [Board(BoardId("lead"), "Leadership")])
    await library.intake.topics(row.key, [topic(n, len(lengths)) for n, lengths in enumerate(LENGTHS, 1)])
    for number, lengths in enumerate(LENGTHS, 1):
        page = Page(tuple(written(number, each, count) for each, count in enumerate(lengths, 1)))
        await library.intake.posts(row.key, TopicId(f"t{number}"), Window(), page)


JUMPS = ("G", "g g", "4 enter", "2 enter", "-", "g -", "P", ")", "(")
BACK = ("k", "ctrl+u", "b", "pageup", "K", "3 K", "p")
LOOKS = (
    "w",
    "T",
    "z a",
    "z M",
    "z R",
    "z q",
    "z s",
    "/ E n d enter",
    "r alt+pagedown alt+pagedown escape",
    "small",
    "large",
)
ELSEWHERE = ("h", "h j", "g b", "enter", "escape")
ON = ("j", "5 j", "ctrl+d", "J", "3 J", "9 J")
SCREENS = ("space", "pagedown", "3 pagedown", "n", ".", ",")
SILENT = frozenset(JUMPS + BACK + LOOKS + ELSEWHERE)


class Eyes:
    """What a person sees, and what the library says is read."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.reader = driver.app.reader

    @property
    def ends(self) -> set[str]:
        """Posts whose last line is on screen, in the thread that has the keys."""
        if self.reader.pane is not Pane.THREAD or self.reader.composer is not None or not self.reader.thread.has_focus:
            return set()
        left = self.reader.thread.region.x
        shown = "\n".join(line[left:] for line in self.driver.text.splitlines())
        return {f"t{name.replace('.', '-')}" for name in re.findall(r"End of (\d\.\d)!", shown)}

    @property
    def above(self) -> set[str]:
        """Posts of the open thread that stand before the one that keys act on."""
        stage = self.reader.thread.stage
        model = stage.model
        assert model.topic_key is not None
        before = model.outline.keys[: stage.current_index]
        return {model.rows[key].id for key in before if key in model.rows}

    async def unread(self) -> set[str]:
        library = self.driver.app.library
        found: set[str] = set()
        for number in range(1, len(LENGTHS) + 1):
            row = await library.reading.topic_by_id((await library.accounts.all())[0].key, TopicId(f"t{number}"))
            assert row is not None
            outline = await library.reading.outline(row.key)
            new = [key for key, unread in zip(outline.keys, outline.unread, strict=True) if unread and key > 0]
            found |= {post.id for post in (await library.reading.posts(row.key, new)).values()}
        return found

    async def do(self, move: str) -> None:
        if move in {"small", "large"}:
            await self.driver.pilot.resize_terminal(*((80, 16) if move == "small" else (130, 40)))
            await self.driver.settle()
        else:
            await self.driver.press(*move.split(" "))


async def walk(moves: list[str], size: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with reading(Path(folder), size=size, prepare=long_and_short) as driver:
            eyes = Eyes(driver)
            await driver.press("enter")
            for move in moves:
                seen, before, place = eyes.ends, await eyes.unread(), eyes.reader.topic
                await eyes.do(move)
                read = before - await eyes.unread()
                assert read <= seen, f"{move} marked what was never seen: {read - seen}"
                assert not (read and move in SILENT), f"{move} marked {read}"
                if move in ON:
                    assert place is not None
                    left = read - eyes.ends - eyes.above
                    assert not left or eyes.reader.topic != place, f"{move} did not move on from {left}"


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@example(["z M", "J", "space", "z R", "9 J"], (80, 24))
@given(
    st.lists(st.sampled_from(JUMPS + BACK + LOOKS + ELSEWHERE + ON * 3 + SCREENS * 3), min_size=4, max_size=14),
    st.sampled_from([(80, 24), (120, 36), (160, 50)]),
)
async def test_only_what_was_seen_to_its_end_and_left_is_read(moves: list[str], size: tuple[int, int]) -> None:
    await walk(moves, size)


async def test_what_is_passed_unseen_or_stays_in_sight_is_not_read() -> None:
    await walk(["3 J", "ctrl+d", "G", "space", "g g", "9 J", "4 enter", "z M", "pagedown"], (80, 24))


async def test_a_reply_that_is_sent_moves_nothing_and_reads_nothing(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24), prepare=long_and_short) as driver:
        eyes = Eyes(driver)
        reader = eyes.reader
        await driver.press("enter", "J")
        place, before = reader.thread.place, await eyes.unread()
        await driver.press("r")
        await driver.type("I agree")
        await driver.press("ctrl+s")
        assert reader.thread.place == place
        assert reader.thread.current is not None
        assert reader.thread.current.id == "t1-2"
        assert "G shows it" in driver.said
        assert await eyes.unread() == before
        seen = eyes.ends
        await driver.press("space")
        assert before - await eyes.unread() <= seen
        [row] = await driver.app.library.outbox.rows()
        assert row.state is OutState.QUEUED


async def test_the_wheel_reads_as_keys_do(tmp_path: Path) -> None:
    async with reading(tmp_path, size=(80, 24), prepare=long_and_short) as driver:
        eyes = Eyes(driver)
        await driver.press("enter")
        assert "t1-1" in eyes.ends
        for _ in range(6):
            await driver.pilot._post_mouse_events([MouseScrollDown], driver.app.reader.thread)
        await driver.settle()
        assert "t1-1" not in await eyes.unread()
        assert "t1-3" in await eyes.unread()


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_after_a_restart_the_same_post_is_current_on_the_same_lines(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async def first() -> tuple[object, object, object]:
        async with reading(tmp_path, size=size, prepare=long_and_short) as driver:
            await driver.press("enter", "G", "j", "j")
            thread = driver.app.reader.thread
            assert thread.current is not None
            assert thread.place is not None
            assert thread.current.key != thread.place[0]  # below the top line
            await driver.pilot.press("Q")
            await driver.until(lambda: not driver.app.is_running)
            return thread.place, thread.current.key, thread.current.author

    async def second() -> tuple[object, object, object]:
        async def nothing(_library: Library) -> None:
            pass

        async with reading(tmp_path, size=size, prepare=nothing) as driver:
            thread = driver.app.reader.thread
            assert thread.current is not None
            await driver.press("r")
            assert thread.current.author is not None
            assert f"Reply to {thread.current.author.name}" in driver.text
            await driver.press("escape")
            return thread.place, thread.current.key, thread.current.author

    assert await first() == await second()
