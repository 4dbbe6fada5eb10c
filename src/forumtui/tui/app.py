"""`ForumApp`: holds the parts together: library, engine, keys and screens."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.binding import Binding
from textual.screen import Screen

from forumtui.reader.library import Library
from forumtui.reader.library.door import Engine
from forumtui.reader.rows import Changed, WantPosts
from forumtui.settings import Settings
from forumtui.tui.acts.desk import Desk
from forumtui.tui.acts.running import Running, run_named
from forumtui.tui.keys.commands import COMMANDS
from forumtui.tui.keys.hints import HINTS
from forumtui.tui.keys.keymap import Dispatcher, Keymap, is_drawn_elsewhere
from forumtui.tui.keys.runner import KeyRunner, sentence
from forumtui.tui.lists.line_list import LineList
from forumtui.tui.render.arrangement import Pane
from forumtui.tui.screens.base import AppScreen
from forumtui.tui.screens.reader import ReaderScreen
from forumtui.tui.services.changes import LibraryChanged
from forumtui.tui.services.shared import Services
from forumtui.tui.terminal.display import DiffedDisplay, HardwareCursor
from forumtui.tui.terminal.lifeline import Lifeline
from forumtui.tui.thread.view import ThreadView
from forumtui.tui.widgets.footer import FooterLine

if TYPE_CHECKING:
    from forumtui.tui.compose.composer import Composer

LEAVING_SECONDS = 0.7
"""The most that saving the text, and then the place, may hold up the end."""
EngineFactory = Callable[[Library], AbstractAsyncContextManager[Engine]]
"""Called after the first paint; the engine runs as long as the context lasts."""
GATHER_SECONDS = 0.03
"""For so long changes in the library are gathered before screens ask again."""
REFRESH_PAUSE = 3.0
"""Or so many times as long as the last refresh took, so that a busy forum leaves time for keys."""


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
        self.keymap = Keymap.build(settings.keys, mutt=settings.keymap == "mutt")
        self.reader = ReaderScreen(self.keymap, library)
        self.services = Services(
            library,
            settings,
            background=self.start,
            account=lambda: self.reader.here.account,
        )
        self.desk = Desk(self, self.services, self.reader, location=location, leave=self.action_leave)
        self.running = Running(self.desk)
        self.runner = self.services.runner = KeyRunner(Dispatcher(self.keymap), self.running)
        self.lifeline = Lifeline(
            self,
            caught_up=self.runner.caught_up,
            typed=lambda: self.reader.composer,
            close_down=self.close_down,
        )
        self._engine_factory = engine_factory
        self._engine_here = asyncio.Event()
        self._changes: set[Changed] = set()
        self._refresh_took = 0.0
        self._unsubscribe: Callable[[], None] = lambda: None
        self._is_leaving = False

    # -- start and end

    def get_default_screen(self) -> Screen[Any]:
        """The reader lies under all other screens."""
        return self.reader

    def on_mount(self) -> None:
        """Show the reader; the network side starts after the first paint."""
        if self.services.settings.theme in self.available_themes:
            self.theme = self.services.settings.theme
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
            self.running.refuse(sentence(error))
        await starting.tell_of_library(self.desk)
        wanted = self.services.settings.theme
        if wanted and wanted != self.theme:
            self.running.refuse(f'There is no theme "{wanted}"; this is the default.  The palette (ctrl+p) lists them.')
        self.call_after_refresh(lambda: self.start(self._run_engine, "engine"))
        if self.desk.location:
            await starting.open_named(self.desk, self._engine_here)

    async def _run_engine(self) -> None:
        from forumtui.tui.acts import starting

        try:
            async with self._engine_factory(self.library) as engine:
                self.services.engine = engine
                self._engine_here.set()
                engine.wake()
                await starting.after_engine(self.desk)
                await asyncio.Event().wait()
        except Exception as error:  # noqa: BLE001 - without a network side one can still read
            self.running.refuse(sentence(error))
        finally:
            self.services.engine = None
            self._engine_here.set()

    async def action_leave(self) -> None:
        """Keep what is typed, remember the place, and end; once, however often one is asked to meanwhile or after."""
        if self._is_leaving:
            return
        self._is_leaving = True
        composer = self.reader.composer
        with contextlib.suppress(Exception):  # nothing may keep the reader from closing, not even a library that hangs
            if composer is not None:
                await asyncio.wait_for(composer.save(), LEAVING_SECONDS)
            await asyncio.wait_for(self.reader.whereabouts.leave(), LEAVING_SECONDS)
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

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open an address in the user's browser, wherever that is.  Raises `UsageError` where there is none."""
        if is_drawn_elsewhere(os.environ):
            super().open_url(url, new_tab=new_tab)
            return
        from forumtui.tui.terminal.browser import open_in_browser

        open_in_browser(url)

    def on_footer_line_hint_chosen(self, event: FooterLine.HintChosen) -> None:
        """A tap on a hint runs its command."""
        for name, _ in HINTS[self.desk.screen.place]:
            if self.keymap.label(name) == event.keys:
                self.services.in_turn(partial(run_named, self.desk, name))
                return

    def on_line_list_chosen(self, event: LineList.Chosen[Any]) -> None:
        """A click on a row: in the reader its pane gets the keys; then it is opened, as the key does it."""
        panes: dict[LineList[Any], Pane] = {self.reader.boards: Pane.BOARDS, self.reader.topics: Pane.TOPICS}
        pane = panes.get(event.line_list)
        if pane is not None:
            self.services.in_turn(partial(self._open_in, pane))
        elif self.desk.screen.place in COMMANDS["open"].where:
            self.services.in_turn(partial(run_named, self.desk, "open"))

    async def _open_in(self, pane: Pane) -> None:
        from forumtui.tui.acts import going

        await self.desk.to_reader()
        self.reader.focus_pane(pane)
        await going.open(self.desk, None)

    def on_composer_typing(self, event: Composer.Typing) -> None:
        """The word that is being written begins a mention."""
        from forumtui.tui.acts.composition import offer_names

        self.services.background(partial(offer_names, self.desk, event.prefix), "names")

    def on_thread_view_need_posts(self, event: ThreadView.NeedPosts) -> None:
        """A gap comes near: have it filled."""
        topic = self.reader.topic
        if topic is not None:
            self.library.want(WantPosts(topic.account, topic.id, event.window))
            self.services.wake(topic.account)

    def on_thread_view_link_chosen(self, event: ThreadView.LinkChosen) -> None:
        """A link was clicked."""
        from forumtui.tui.acts.adding import open_link

        self.services.in_turn(partial(open_link, self.desk, event.url))

    # -- beside the keys

    def start(self, job: Callable[[], Awaitable[None]], group: str, *, exclusive: bool = True) -> None:
        """Run something long; an error becomes a line, and a newer one of the group replaces it."""

        async def supervised() -> None:
            try:
                await job()
            except Exception as error:  # noqa: BLE001 - it ends in a sentence
                self.running.refuse(sentence(error))

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
        await self.desk.gather_facts()
        for screen in list(self.screen_stack):
            if isinstance(screen, AppScreen):
                try:
                    await screen.changed(message)
                except Exception as error:  # noqa: BLE001 - an old screen is better than none
                    screen.say(sentence(error), "error")
        if self.desk.sent is not None:
            from forumtui.tui.acts.composition import tell_of_sent

            await tell_of_sent(self.desk)
        self._refresh_took = time.perf_counter() - began
        self.desk.screen.show_header()  # the reader under a page knows by now who one is
