"""`ForumApp`: holds the parts together: library, engine, keys and screens."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, ClassVar, cast

from textual import events
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

from forumtui.reader.library import Library
from forumtui.reader.library.door import Engine
from forumtui.reader.rows import Changed, Health
from forumtui.settings import Settings
from forumtui.text.ages import exact
from forumtui.tui.desk import Desk
from forumtui.tui.keys.allowed import way_out
from forumtui.tui.keys.commands import Command, Where
from forumtui.tui.keys.keymap import Dispatcher, Keymap, Outcome, is_drawn_elsewhere
from forumtui.tui.keys.runner import KeyRunner, sentence
from forumtui.tui.screens.base import DeskScreen, LibraryChanged
from forumtui.tui.screens.reader import ReaderScreen
from forumtui.tui.screens.whereabouts import leave_place
from forumtui.tui.terminal.display import DiffedDisplay, HardwareCursor
from forumtui.tui.terminal.lifeline import Lifeline, Typed
from forumtui.tui.thread.view import ThreadView
from forumtui.tui.widgets.footer import FooterLine
from forumtui.values import dataclass

LEAVING_SECONDS = 0.7
"""The most that saving the text, and then the place, may hold up the end."""
EngineFactory = Callable[[Library], AbstractAsyncContextManager[Engine]]
"""Called after the first paint; the engine runs as long as the context lasts."""
GATHER_SECONDS = 0.03
"""For so long changes in the library are gathered before screens ask again."""
REFRESH_PAUSE = 3.0
"""Or so many times as long as the last refresh took, so that a busy forum leaves time for keys."""


_KEEPS_SEARCH = frozenset({"next-unread", "previous-unread", "escape", "search", "accept", "complete-prompt", "redraw"})
_KEEPS_ANNOUNCEMENT = frozenset({"read-on", "redraw"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the header says on every screen."""

    unread: int = 0
    state: str = ""
    outbox: int = 0


class ForumApp(HardwareCursor[None], DiffedDisplay[None], inherit_bindings=False):
    """The reader.  ``location``: a path or address to open at once."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [Binding("ctrl+q", "leave", "Quit", show=False, priority=False)]
    CSS = """
    Screen { background: $background; }
    TextArea:nocolor .text-area--selection, Input:nocolor .input--selection { text-style: reverse; }
    """

    def __init__(
        self, library: Library, engine_factory: EngineFactory, settings: Settings | None = None, *, location: str = ""
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        settings = settings or Settings()
        self.library = library
        self.location = location
        self.keymap = Keymap.build(settings.keys, mutt=settings.keymap == "mutt")
        self.desk = Desk(self, library, settings)
        self.runner = KeyRunner(Dispatcher(self.keymap), self)
        self.reader = ReaderScreen(self.keymap, library)
        self.facts = Facts()
        self.unsaid = ""
        """What is to be said as soon as there is a screen."""
        self.lifeline = Lifeline(
            self,
            caught_up=self.runner.caught_up,
            typed=lambda: cast("Typed | None", self.reader.composer),
            close_down=self.close_down,
        )
        self._engine_factory = engine_factory
        self._engine_here = asyncio.Event()
        self._changes: set[Changed] = set()
        self._refresh_took = 0.0
        self._unsubscribe: Callable[[], None] = lambda: None

    # -- start and end

    def get_default_screen(self) -> Screen[Any]:
        """The reader lies under all other screens."""
        return self.reader

    def on_mount(self) -> None:
        """Show the reader; the network side starts after the first paint."""
        if self.desk.settings.theme in self.available_themes:
            self.theme = self.desk.settings.theme
        if not self.is_headless:
            self.lifeline.listen()
        self._unsubscribe = self.library.subscribe(self._library_changed)
        self.start(partial(self.runner.run, self._start), "keys")

    async def _start(self) -> None:
        from forumtui.tui.acts import starting

        try:
            with self.batch_update():  # one paint with rows in it, instead of an empty one before
                await starting.show_first(self.desk)
        except Exception as error:  # noqa: BLE001 - the screen must come up whatever the first read says
            self.refuse(sentence(error))
        await starting.tell_of_library(self.desk)
        wanted = self.desk.settings.theme
        if wanted and wanted != self.theme:
            self.refuse(f'There is no theme "{wanted}"; this is the default.  The palette (ctrl+p) lists them.')
        self.call_after_refresh(lambda: self.start(self._run_engine, "engine"))
        if self.location:
            await starting.open_named(self.desk, self._engine_here)

    async def _run_engine(self) -> None:
        from forumtui.tui.acts import starting

        try:
            async with self._engine_factory(self.library) as engine:
                self.desk.engine = engine
                self._engine_here.set()
                engine.wake()
                await starting.after_engine(self.desk)
                await asyncio.Event().wait()
        except Exception as error:  # noqa: BLE001 - without a network side one can still read
            self.refuse(sentence(error))
        finally:
            self.desk.engine = None
            self._engine_here.set()

    async def action_leave(self) -> None:
        """Keep what is typed, remember the place, and end."""
        composer = cast("Any", self.reader.composer)
        with contextlib.suppress(Exception):  # nothing may keep the reader from closing, not even a library that hangs
            if composer is not None:
                await asyncio.wait_for(composer.save(), LEAVING_SECONDS)
            await asyncio.wait_for(leave_place(self.reader), LEAVING_SECONDS)
        if composer is not None:
            composer.keeper.save_now()
        self.close_down()

    def close_down(self, code: int = 0) -> None:
        """End without another look at the library."""
        self._unsubscribe()
        self.exit(return_code=code)

    # -- keys

    async def on_event(self, event: events.Event) -> None:
        """Every key and all pasted text goes to the one runner, in order; the rest takes the framework's way."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.runner.feed(event)
            return
        await super().on_event(event)

    @property
    def desk_screen(self) -> DeskScreen:
        """The screen on top."""
        screen: Screen[Any] = self.screen
        return screen if isinstance(screen, DeskScreen) else self.reader

    def where(self) -> tuple[Where, Widget | None]:
        """What keys go to now."""
        return self.desk_screen.where()

    def answer(self, stroke: str) -> bool:
        """Whether a stroke answered a question."""
        return self.desk_screen.answer(stroke)

    def show_pending(self, outcome: Outcome) -> None:
        """Show what may follow."""
        self.desk_screen.show_pending(outcome)

    def refuse(self, text: str) -> None:
        """Say that something did not work."""
        if self.desk_screen.query(FooterLine):
            self.desk_screen.say(text, "error")
        else:
            self.unsaid = text

    def implementation(self, command: Command) -> Callable[[int | None], Awaitable[None]]:
        """The act of a command, from the room that it names; greyed ones say why instead."""
        screen = self.desk_screen
        screen.hush()
        if command.name not in _KEEPS_ANNOUNCEMENT:
            self.desk.announced = None

        async def refused(_count: int | None) -> None:
            way = way_out(command, self.desk.account, self.reader.keymap.label)
            screen.say(f"Not here: {screen.refusal(command)}.{way}", "warning")

        if screen.refusal(command) is not None:
            return refused
        module = importlib.import_module(f"forumtui.tui.acts.{command.room}")
        act = partial(getattr(module, command.name.replace("-", "_")), self.desk)
        if self.reader.seeking and command.name not in _KEEPS_SEARCH:
            return partial(self._after_search, act)
        return act

    async def _after_search(self, act: Callable[[int | None], Awaitable[None]], count: int | None) -> None:
        """The first command that has nothing to do with a search ends it."""
        from forumtui.tui.acts.finding import end_search

        await end_search(self.desk)
        await act(count)

    async def to_reader(self) -> None:
        """Close the pages over the reader, and put away what is written there: something else will be seen."""
        while self.screen is not self.reader:
            await self.pop_screen()
        if self.reader.composer is not None:
            from forumtui.tui.compose.composition import put_away

            await put_away(self.desk)

    async def show_page(self, page: DeskScreen) -> None:
        """Show a page over the reader, in place of the one that is there; the first one leaves open what is written."""
        if self.screen is not self.reader:
            await self.to_reader()
        await self.push_over(page)

    async def push_over(self, page: DeskScreen) -> None:
        """Show a page over what is there."""
        await self.push_screen(page)
        await page.load()

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open an address in the user's browser, wherever that is.  Raises `UsageError` where there is none."""
        if is_drawn_elsewhere(os.environ):
            super().open_url(url, new_tab=new_tab)
            return
        from forumtui.tui.terminal.browser import open_in_browser

        open_in_browser(url)

    async def pasted(self, text: str) -> None:
        """A path or address pasted outside a text field is opened or added; other text does nothing."""
        from forumtui.tui.acts.adding import open_pasted

        await open_pasted(self.desk, text)

    def on_thread_view_link_chosen(self, event: ThreadView.LinkChosen) -> None:
        """A link was clicked."""
        from forumtui.tui.desk import go_to_link

        go_to_link(self.desk, event.url)

    # -- beside the keys

    def start(self, job: Callable[[], Awaitable[None]], group: str, *, exclusive: bool = True) -> None:
        """Run something long; an error becomes a line, and a newer one of the group replaces it."""

        async def supervised() -> None:
            try:
                await job()
            except Exception as error:  # noqa: BLE001 - it ends in a sentence
                self.refuse(sentence(error))

        # given as a function, because a coroutine that is cancelled before it began would be complained of
        self.run_worker(cast("Any", supervised), group=group, exclusive=exclusive, exit_on_error=False)

    def _library_changed(self, change: Changed) -> None:
        """Gather changes; one refresh takes them all.  Called outside of the app's own context."""
        if not self._changes:
            asyncio.get_running_loop().call_later(
                max(GATHER_SECONDS, self._refresh_took * REFRESH_PAUSE),
                self.call_later,
                lambda: self.start(self._tell_screens, "changes", exclusive=False),
            )
        self._changes.add(change)

    async def _tell_screens(self) -> None:
        if not self._changes or not self.is_running:
            return
        message, self._changes = LibraryChanged(frozenset(self._changes)), set()
        began = time.perf_counter()
        await self.gather_facts()
        for screen in list(self.screen_stack):
            if isinstance(screen, DeskScreen):
                try:
                    await screen.changed(message)
                except Exception as error:  # noqa: BLE001 - an old screen is better than none
                    screen.say(sentence(error), "error")
        if self.desk.sent is not None:
            from forumtui.tui.compose.composition import tell_of_sent

            await tell_of_sent(self.desk)
        self._refresh_took = time.perf_counter() - began
        self.desk_screen.show_header()  # the reader under a page knows by now who one is

    async def gather_facts(self) -> None:
        """What the header says."""
        unread, _ = await self.library.reading.unread_total()
        accounts = await self.library.accounts.all(visited=True)
        key = self.reader.account.key if self.reader.account is not None else None
        here = next((row for row in accounts if key in {None, row.key}), None)
        state = ""
        if here is not None and (not here.plugged or here.health is Health.OFFLINE):
            copy = f", data of {exact(here.synced_at)[-5:]}" if here.synced_at else ""
            state = f"offline{copy}"
        elif here is not None and here.health in {Health.FAILED, Health.NEEDS_LOGIN}:
            state = here.note or here.health.value
        self.facts = Facts(unread, state, sum(row.waiting for row in accounts))
        self.desk_screen.show_header()
