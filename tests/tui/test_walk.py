"""A walk of random keys through every place and question.

After each key: what has the focus has the keys, is seen, and the terminal's cursor stands in it; only a composer
that is seen takes text; what was written is in the library when the composer goes.  In the end the program ends.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.tui.moderation_kit import EVERYTHING, as_member
from tests.tui.reader_kit import Driver, reading, stock

from forumtui.reader.library import Library
from forumtui.tui.app import ForumApp
from forumtui.tui.compose.composer import Composer
from forumtui.tui.keys.commands import COMMANDS, Where
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.thread.view import ThreadView

SIZES = ((80, 24), (160, 50), (40, 12))
PLACES: dict[str, tuple[Where, tuple[str, ...]]] = {
    "boards": (Where.BOARDS, ("g b",)),
    "topics": (Where.TOPICS, ()),
    "thread": (Where.THREAD, ("enter",)),
    "composer": (Where.COMPOSE, ("enter", "r", "d", "e", "a", "r")),
    "new topic": (Where.COMPOSE, ("c", "x")),
    "preview": (Where.COMPOSE, ("enter", "r", "d", "ctrl+r")),
    "help over composer": (Where.PAGE, ("enter", "r", "d", "f1")),
    "outbox": (Where.OUTBOX, ("enter", "r", "d", "ctrl+s", "g o")),
    "inbox": (Where.INBOX, ("g i",)),
    "hits": (Where.HITS, ("g /", "p", "o", "s", "t", "enter")),
    "accounts": (Where.ACCOUNTS, ("g a",)),
    "board page": (Where.BOARD, ("i",)),
    "member": (Where.MEMBER, ("I",)),
    "queue": (Where.QUEUE, ("! q",)),
    "log": (Where.PAGE, ("! l",)),
    "sessions": (Where.SESSIONS, ("g a", "W")),
    "password": (Where.FORM, ("g a", "x p")),
    "form": (Where.FORM, ("g a", "L")),
    "palette": (Where.PROMPT, ("ctrl+p",)),
    "command line": (Where.PROMPT, (":",)),
    "board choice": (Where.PROMPT, ("! m",)),
    "search": (Where.PROMPT, ("/",)),
    "filter": (Where.PROMPT, ("=", "T")),
    "link?": (Where.PROMPT, ("j", "enter", "f")),
    "throw away?": (Where.PROMPT, ("enter", "r", "d", "ctrl+t")),
    "log out?": (Where.PROMPT, ("g a", "x l")),
    "edited?": (Where.PROMPT, ("enter", "r", "d", "ctrl+o")),
    "sequence": (Where.TOPICS, ("g",)),
    "number": (Where.THREAD, ("enter", "4")),
}
LEAVING = {"Q", "ctrl+q"}
SINGLE = (
    *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789ä[]~!/:=*+-.,>?",
    "space", "enter", "escape", "escape", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown",
    "home", "end", "backspace", "delete", "f1", "f1", "f5", "alt+x", "alt+pagedown",
    *(f"ctrl+{letter}" for letter in "acdeklnoprstux"),
)  # fmt: skip
COMMAND_KEYS = sorted({key for command in COMMANDS.values() for key in command.keys} - LEAVING - {"ctrl+z"})
RESIZES = {f"{width}x{height}": (width, height) for width, height in SIZES}
KEYS = st.one_of(st.sampled_from(SINGLE), st.sampled_from(COMMAND_KEYS), st.sampled_from((*SINGLE, *RESIZES)))


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForumApp, "suspend", lambda _app: contextlib.nullcontext())
    monkeypatch.setenv("VISUAL", "true")
    monkeypatch.setenv("SSH_CONNECTION", "here")
    monkeypatch.chdir(tmp_path)


async def _moderated(library: Library) -> None:
    await as_member(library, "Moderator", EVERYTHING)
    await stock(library, "other")


class Walker:
    """Presses keys and checks after each what must always hold."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.app = driver.app
        self.trail: list[str] = []

    async def press(self, *keys: str) -> None:
        for key in (stroke for each in keys for stroke in each.split(" ")):
            composer, text, had_keys = self._composer()
            question = self.app.desk.screen.questions.line
            asked = question.said if question is not None and question.open and question.choices else ""
            self.trail.append(key)
            if key in RESIZES:
                await self.driver.pilot.resize_terminal(*RESIZES[key])
                await self.driver.settle()
            else:
                await self.driver.press(key)
            self._check_focus()
            now, text_now, _ = self._composer()
            two_keys = key.startswith(
                "alt+"
            )  # Esc, which may lead back to the composer, and what is typed into it then
            if composer is not None and now is composer and not had_keys and not asked and not two_keys:
                assert text_now == text, self._where("a composer without the keys took some")
            if composer is not None and now is not composer:
                await self._check_kept(composer, text, thrown_away="Throw this text away" in asked and key == "y")

    def _composer(self) -> tuple[Composer | None, str, bool]:
        composer = self.app.reader.composer
        if not isinstance(composer, Composer):
            return None, "", False
        return composer, composer.value().text, self.app.running.where()[0] is Where.COMPOSE

    def _check_focus(self) -> None:
        screen = self.app.desk.screen
        holder = screen.holder
        assert holder is not None
        assert not holder.can_focus or self.app.focused is holder, self._where(f"{self.app.focused} has the focus")
        seen = screen.find_widget(holder).visible_region
        assert seen.area, self._where(f"{holder} has the keys unseen")
        cursor = screen.outer_size.clamp_offset(self.app.cursor_position)
        assert seen.contains_point(cursor), self._where(f"the cursor stands at {cursor}, {holder} in {seen}")
        if isinstance(holder, LineList | ThreadView) and holder.current is not None:
            sign = self.driver.text.splitlines()[cursor.y][cursor.x]
            assert sign in "▌▎", self._where(f"the cursor stands at {cursor} before {sign!r}")
        composer, _, has_keys = self._composer()
        assert not has_keys or composer in holder.ancestors_with_self, self._where("a composer has the keys elsewhere")

    async def _check_kept(self, composer: Composer, text: str, *, thrown_away: bool) -> None:
        if text and text != composer.keeper.start.text and not thrown_away:
            rows = await self.app.library.outbox.rows()
            assert text in [row.body.source for row in rows], self._where(f"{text!r} is lost")

    async def end(self) -> None:
        composer, text, _ = self._composer()
        await self.driver.pilot.press("ctrl+q")
        await self.driver.until(lambda: not self.app.is_running, seconds=10)
        if composer is not None:
            await self._check_kept(composer, text, thrown_away=False)

    def _where(self, what: str) -> str:
        return f"{what} after {' '.join(self.trail)}"


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


async def walk(place: str, size: tuple[int, int], keys: Sequence[str]) -> None:
    with _folder() as folder:
        async with reading(folder, size=size, prepare=_moderated) as driver:
            walker = Walker(driver)
            there, way = PLACES[place]
            await walker.press(*way)
            assert driver.app.running.where()[0] is there
            await walker.press(*keys)
            await walker.end()


@pytest.mark.parametrize("place", PLACES)
async def test_every_place_can_be_left(place: str) -> None:
    await walk(place, (80, 24), ("ä", "f5"))


@pytest.mark.parametrize("place", PLACES)
async def test_every_place_on_a_small_screen(place: str) -> None:
    await walk(place, (40, 12), ("[", "160x50", "40x12", "escape"))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@example("link?", (80, 24), ["v", "Q"])
@example("composer", (80, 24), ["f1", "g h", "j", "j", "ctrl+s"])
@example("help over composer", (80, 24), ["alt+x", "escape"])
@given(st.sampled_from(sorted(PLACES)), st.sampled_from(SIZES), st.lists(KEYS, min_size=20, max_size=40))
async def test_random_keys_deafen_nobody_and_lose_nothing(place: str, size: tuple[int, int], keys: list[str]) -> None:
    await walk(place, size, [key for key in keys if key not in LEAVING])
