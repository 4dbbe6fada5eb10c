"""Draws the screens of the reader as SVG, on the sample forum, with a clock that stands still.

    draw.py [FOLDER] [--all] [--only WORD]

Without ``--all`` it draws the few that are kept beside this script.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

NOW = 1_778_747_520  # Thursday 14 May 2026, 08:32 UTC
os.environ.update(TZ="UTC", LANG="C.UTF-8", TERM="xterm-256color", TEXTUAL_ANIMATIONS="none")
os.environ.pop("NO_COLOR", None)
time.tzset()
time.time = lambda: float(NOW)
time.time_ns = lambda: NOW * 1_000_000_000

from textual.pilot import Pilot

from forumtui.cli.session import add_sample
from forumtui.forum.file import SqliteForumStore
from forumtui.model import Millis
from forumtui.reader.library import Library
from forumtui.reader.library.door import Engine
from forumtui.reader.rows import TopicQuery
from forumtui.reader.sync.engine import Engines
from forumtui.reader.target import OutKind, Remote, Target
from forumtui.sample.build import ensure_sample
from forumtui.settings import Settings
from forumtui.tui.app import ForumApp

STANDARD, WIDE, WIDEST, NARROW = (80, 24), (120, 36), (160, 50), (40, 12)
TEXT = (
    "Thank you, this helped.\n\nOne thing I would add: the *quiet* people in the room often see it first.\n\n"
    "- ask them before the meeting\n- and thank them in it\n\n> Who decides?\n\nWhoever `holds the pen`."
)
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_TEXT = re.compile(
    r'(<text class="terminal-r\d+" x=")([\d.]+)(" y="[\d.]+" textLength=")([\d.]+)("[^>]*>)([^<]*)</text>'
)
_SPACE = "&#160;"
_CELL = 12.2
"""The width of a cell in the picture."""


class Stage:
    """The running reader: presses keys, and waits until everything that follows from them is drawn."""

    def __init__(self, app: ForumApp, pilot: Pilot[None], library: Library, folder: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.library = library
        self.folder = folder

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle(0.05)

    async def type(self, text: str) -> None:
        """Type into a field."""
        names = {" ": "space", "\n": "enter"}
        for character in text:
            await self.pilot.press(names.get(character, character))
        await self.settle(0.05)

    async def settle(self, calm: float = 0.4) -> None:
        """Wait until keys are handled and the screen has stood still for ``calm`` seconds."""
        shown, since = self._picture(), time.monotonic()
        while not self.app.runner.idle or self._typing() or time.monotonic() - since < calm:
            await self.pilot.pause(0.03)
            now = self._picture()
            if now != shown:
                shown, since = now, time.monotonic()

    def _typing(self) -> bool:
        """Whether what was typed is not kept yet."""
        composer = self.app.reader.composer
        return composer is not None and not composer.keeper.is_kept

    def _picture(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    async def open_topic(self, title: str) -> None:
        """Open the topic whose title begins so."""
        window = await self.library.reading.topics(TopicQuery(), after=200)
        row = next(row for row in window.rows if row.title.startswith(title))
        await self.app.reader.open_topic(row.key)
        await self.settle(0.3)


Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture."""

    name: str
    size: tuple[int, int]
    play: Play
    theme: str = ""
    kept: bool = False


SCENES: list[Scene] = []


def scene(*sizes: tuple[int, int], kept: tuple[int, int] | None = None, theme: str = "") -> Callable[[Play], Play]:
    """Draw what the function leads to at these sizes; ``kept`` goes into the repository under the bare name."""

    def register(play: Play) -> Play:
        bare = play.__name__.replace("_", "-")
        SCENES.extend(
            Scene(bare if size == kept else f"{bare}-{size[0]}", size, play, theme, kept=size == kept) for size in sizes
        )
        return play

    return register


@scene(STANDARD, WIDE, WIDEST)
async def boards(stage: Stage) -> None:
    await stage.press("h", "j", "j")


@scene(STANDARD, WIDE, WIDEST, NARROW, kept=WIDE)
async def topics(stage: Stage) -> None:
    await _read_some(stage)
    await stage.press("j")


async def _read_some(stage: Stage) -> None:
    """A forum as it looks after some weeks: most of it read."""
    window = await stage.library.reading.topics(TopicQuery(), after=200)
    for number, row in enumerate(window.rows):
        if number % 5 not in {1, 2}:
            await stage.library.marks.mark_topic_read(row.key)
    await stage.settle()


@scene(STANDARD, WIDE, WIDEST, NARROW, kept=WIDE)
async def thread(stage: Stage) -> None:
    await _read_some(stage)
    await stage.open_topic("A table for")


@scene(WIDE)
async def thread_marks(stage: Stage) -> None:
    await stage.open_topic("Three circles")
    await stage.press("space", "space")


@scene(STANDARD, WIDE)
async def thread_rich(stage: Stage) -> None:
    await stage.open_topic("What you can do in a post")


@scene(WIDE)
async def thread_subjects(stage: Stage) -> None:
    await stage.open_topic("Who aligns with whom")
    await stage.press("J", "J")


@scene(STANDARD, WIDE)
async def thread_long(stage: Stage) -> None:
    await stage.open_topic("One line a day")
    await stage.press("space", "space", "space")


@scene(WIDE)
async def exact_times(stage: Stage) -> None:
    await stage.open_topic("Who aligns with whom")
    await stage.press("z", "t")


@scene(WIDE)
async def choosing_lines(stage: Stage) -> None:
    await stage.open_topic("A table for")
    await stage.press("V", "j", "j")


@scene(STANDARD, WIDE)
async def tree_order(stage: Stage) -> None:
    await stage.open_topic("Who aligns with whom")
    await stage.press("T", "J", "J")


@scene(WIDE)
async def folded(stage: Stage) -> None:
    await stage.open_topic("Who aligns with whom")
    await stage.press("z", "M")


@scene(STANDARD, WIDE, WIDEST, NARROW, kept=WIDE)
async def compose(stage: Stage) -> None:
    await _read_some(stage)
    await stage.open_topic("A table for")
    await stage.press("J", "greater_than_sign")
    await stage.type("Not once. We talk it over, and often one of us was right.")


@scene(STANDARD, WIDE)
async def compose_preview(stage: Stage) -> None:
    await stage.open_topic("A table for")
    await stage.press("r")
    await stage.type(TEXT)
    await stage.press("ctrl+r")


@scene(STANDARD)
async def compose_mention(stage: Stage) -> None:
    await stage.open_topic("A table for")
    await stage.press("r")
    await stage.type("Ask @M")


@scene(WIDE)
async def new_topic(stage: Stage) -> None:
    await stage.press("h", "j", "c")


@scene(WIDE)
async def discard_asks(stage: Stage) -> None:
    await stage.open_topic("A table for")
    await stage.press("r")
    await stage.type("Never mind.")
    await stage.press("ctrl+t")


@scene(WIDE)
async def waiting_reply(stage: Stage) -> None:
    await stage.press("g", "p")
    await stage.open_topic("A table for")
    await stage.press("r")
    await stage.type(TEXT)
    await stage.press("ctrl+s")


async def _fill_outbox(stage: Stage) -> None:
    """Texts in every state that a reader meets, and two drafts."""
    outbox = stage.library.outbox
    account = next(iter(await stage.library.accounts.all())).key
    await stage.press("g", "p")
    texts = (
        ("27", "Whoever holds the pen, I would say.", "waits"),
        ("26", "Both: the aligning goes both ways.", "retry"),
        ("19", "Is the boathouse taken on the 23rd?", "refused"),
        ("17", "I sat beside them for nine years.", "attention"),
        ("12", "Tables, too? Then a small one.", "held"),
        ("10", "Right style, wrong decade.", "draft"),
        ("7", "Hello from the harbour office.", "draft"),
    )
    for topic, text, state in texts:
        row = await outbox.start(Target(account, OutKind.REPLY, topic=Remote(topic)))
        await outbox.save(row.uid, subject="", text=text, cursor=len(text))
        if state == "draft":
            continue
        await outbox.submit(row.uid)
        now = Millis(NOW * 1000)
        if state == "retry":
            await outbox.retry(row.uid, not_before=Millis(now + 240_000), error="The forum is busy.", unknown=False)
        elif state == "refused":
            await outbox.refuse(row.uid, "The topic is closed.")
        elif state == "attention":
            reason = "Nobody can say whether this arrived."
            await outbox.need_attention(row.uid, reason, ("resend", "arrived", "discard"))
        elif state == "held":
            await outbox.finish(row.uid, held=True)
    await stage.settle()


@scene(STANDARD, WIDE, NARROW, kept=WIDE)
async def outbox(stage: Stage) -> None:
    await _fill_outbox(stage)
    await stage.press("g", "o")


@scene(STANDARD)
async def drafts(stage: Stage) -> None:
    await _fill_outbox(stage)
    await stage.press("g", "d")


@scene(STANDARD)
async def empty_outbox(stage: Stage) -> None:
    await stage.press("g", "o")


@scene(STANDARD, WIDE, kept=WIDE)
async def board_page(stage: Stage) -> None:
    await stage.press("h", "j", "j", "j", "i")


@scene(STANDARD, WIDE)
async def forum_page(stage: Stage) -> None:
    await stage.press("h", "g", "g", "i")


@scene(STANDARD, WIDE)
async def help_page(stage: Stage) -> None:
    await stage.open_topic("A table for")
    await stage.press("question_mark")


@scene(STANDARD)
async def accounts(stage: Stage) -> None:
    await stage.press("g", "a")


@scene(STANDARD, WIDE)
async def palette(stage: Stage) -> None:
    await stage.press("ctrl+p")
    await stage.type("mark")


@scene(STANDARD)
async def which_key(stage: Stage) -> None:
    await stage.press("g")
    await stage.settle(0.8)


@scene(WIDE)
async def link_hints(stage: Stage) -> None:
    await stage.open_topic("What you can do in a post")
    await stage.press("f")


@scene(STANDARD, WIDE)
async def search_results(stage: Stage) -> None:
    await stage.press("g", "slash")
    await stage.type("boathouse")
    await stage.press("enter")


@scene(WIDE)
async def search_in_thread(stage: Stage) -> None:
    await stage.open_topic("A table for")
    await stage.press("slash")
    await stage.type("decide")
    await stage.press("enter", "n")


@scene(STANDARD)
async def filtering(stage: Stage) -> None:
    await stage.press("equals_sign")
    await stage.type("meeting")


@scene(STANDARD)
async def announcing(stage: Stage) -> None:
    await stage.open_topic("Soup for thirty")
    await stage.press(*("space",) * 6)


@scene(STANDARD)
async def no_bookmarks(stage: Stage) -> None:
    await stage.press("g", "m")


@scene(WIDE)
async def two_forums(stage: Stage) -> None:
    path = stage.folder / "team.db"
    store = await SqliteForumStore.open(path, create=True, title="Team room")
    await store.close()
    await stage.app.desk.engine.add(str(path))
    await stage.settle(0.6)
    await stage.press("h")


@scene(WIDE, theme="textual-light")
async def light_theme(stage: Stage) -> None:
    await stage.open_topic("A table for")


@scene(WIDE, theme="ansi-dark")
async def ansi_theme(stage: Stage) -> None:
    await stage.open_topic("A table for")


@asynccontextmanager
async def reading(size: tuple[int, int], theme: str) -> AsyncIterator[Stage]:
    """The reader at its first start in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        path = await asyncio.to_thread(ensure_sample, folder, Millis(NOW * 1000))
        settings = Settings(name="anna", theme=theme)
        library = await Library.open(folder)
        try:
            async with Engines(library, defaults={"name": settings.name}, join_days=settings.join_days) as running:
                account = await add_sample(running, path)
                await running.run_once(account.key)

                @asynccontextmanager
                async def engines(_: Library) -> AsyncIterator[Engine]:
                    yield running

                app = ForumApp(library, engines, settings)
                async with app.run_test(size=size) as pilot:
                    stage = Stage(app, pilot, library, folder)
                    await stage.settle(0.6)
                    yield stage
        finally:
            await library.close()


async def draw(picture: Scene, folder: Path) -> None:
    """Play the scene and write the picture."""
    async with reading(picture.size, picture.theme) as stage:
        await picture.play(stage)
        await stage.settle()
        svg = stage.app.export_screenshot(title="forumtui")
    (folder / f"{picture.name}.svg").write_text(tidied(svg), encoding="utf-8", newline="\n")


def tidied(svg: str) -> str:
    """The picture without fonts from elsewhere, without spaces that some viewers collapse, the same at each run."""
    svg = _FONT_FACE.sub("", svg)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = _TEXT.sub(_without_outer_spaces, svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def _without_outer_spaces(found: re.Match[str]) -> str:
    start, x, middle, length, end, text = found.groups()
    before = 0
    while text.startswith(_SPACE):
        text, before = text.removeprefix(_SPACE), before + 1
    after = 0
    while text.endswith(_SPACE):
        text, after = text.removesuffix(_SPACE), after + 1
    if not text:
        return ""
    x, length = float(x) + before * _CELL, float(length) - (before + after) * _CELL
    return f"{start}{x:.1f}{middle}{length:.1f}{end}{text}</text>"


def main() -> None:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(description="Draw the screens of the reader as SVG.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--all", action="store_true", help="every screen, not only those that are kept")
    parser.add_argument("--only", metavar="WORD", help="only those with this in their name")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for picture in SCENES:
        wanted = arguments.only in picture.name if arguments.only else arguments.all or picture.kept
        if wanted:
            asyncio.run(draw(picture, arguments.folder))
            print(picture.name)


if __name__ == "__main__":
    main()
