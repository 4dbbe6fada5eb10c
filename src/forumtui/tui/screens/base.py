"""`AppScreen`: what all screens share: header, footer, questions, which widget has the keys, and what they can do here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from forumtui.tui.keys.commands import COMMANDS, Command, Where
from forumtui.tui.keys.hints import HINTS
from forumtui.tui.keys.keymap import Keymap
from forumtui.tui.render.board_row import who_in
from forumtui.tui.render.cells import ASCII, preferred_glyphs
from forumtui.tui.screens.leads import Lead
from forumtui.tui.screens.questions import Questions, holder_of
from forumtui.tui.services.changes import LibraryChanged
from forumtui.tui.services.shared import Served, Services, Tone
from forumtui.tui.widgets.footer import FooterLine
from forumtui.tui.widgets.header import HeaderLine
from forumtui.tui.widgets.which_key import WhichKey


class AppScreen(Screen[None]):
    """A screen that the key runner knows how to talk to.  Keys go to one widget, its `holder`, and the focus is there too."""

    DEFAULT_CSS = "AppScreen { layers: base over; }"
    title_path: tuple[str, ...] = ()
    """Where this is, for the header."""
    pointless: frozenset[str] = frozenset()
    """Commands that the footer leaves out, because they would make no sense here."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(classes="ascii" if preferred_glyphs() is ASCII else None)
        self.keymap = keymap
        self.footer = FooterLine()
        self.questions = Questions(self, keymap, lambda: self.services.runner, self.focus_holder)

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        yield HeaderLine()
        yield from self.body()
        yield WhichKey()
        yield self.footer

    def body(self) -> ComposeResult:
        """What lies between header and footer."""
        yield from ()

    async def on_event(self, event: events.Event) -> None:
        """Pass over a size that the terminal has no more.

        The framework repeats to a screen each size that it takes; two different ones under way would follow each
        other for ever.
        """
        if not isinstance(event, events.Resize) or event.size == self.app.size:
            await super().on_event(event)

    @property
    def services(self) -> Services:
        """What lies below the screens."""
        return cast("Served", self.app).services

    # -- where the keys go

    @property
    def place(self) -> Where:
        """What keys mean here."""
        return Where.PAGE

    @property
    def field(self) -> Input | Widget | None:
        """The text field that printable keys go to."""
        return None

    @property
    def rows(self) -> Widget | None:
        """The list or page that cursor keys move in."""
        return None

    @property
    def holder(self) -> Widget | None:
        """The widget that has the keys, as far as one can see."""
        line = self.questions.open
        return holder_of(line) if line is not None else self.field or self.rows

    def focus_holder(self) -> None:
        """Let the focus be where the keys go."""
        holder = self.holder
        if holder is not None and not holder.has_focus:
            self.set_focus(holder)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click, or a widget that went, moved the focus to where the keys do not go: it comes back."""
        if event.widget is not self.holder:
            self.focus_holder()

    # -- what it does

    def refusal(self, command: Command) -> str | None:
        """Why a command can not be used here now; None: it can."""
        del command
        return None

    async def load(self) -> None:
        """Read what the screen shows; called once it is up."""

    async def open_row(self) -> Lead | None:
        """Open what is under the cursor, or say where it leads."""

    async def leave(self) -> None:
        """Go back to where one came from."""
        if len(self.app.screen_stack) > 1 and self.app.screen is self:
            await self.app.pop_screen()

    async def changed(self, message: LibraryChanged) -> None:
        """Show what changed in the library."""

    # -- telling

    def say(self, text: str, tone: Tone = "note", seconds: float | None = 6.0) -> None:
        """Say something in the footer for a while, or until the next command."""
        self.footer.say(" ".join(text.splitlines()), tone, seconds)

    def show_hints(self) -> None:
        """Bring the footer up to date."""
        self.footer.show(hints_of(self))

    def on_screen_resume(self) -> None:
        """Whenever this screen comes up: where it is, its keys, and what could not be said before."""
        self.focus_holder()
        self.show_header()
        self.show_hints()
        if self.services.unsaid:
            self.say(self.services.unsaid, "error")
            self.services.unsaid = ""

    def show_header(self) -> None:
        """Bring the header up to date, once it is there: news may come sooner."""
        facts, account = self.services.facts, self.services.account()
        who = who_in(account) if account is not None else ""
        for header in self.query(HeaderLine):
            header.show(self.title_path, facts.unread, facts.state, facts.outbox, who, facts.inbox)


def hints_of(screen: AppScreen) -> Sequence[tuple[str, str, bool]]:
    """(keys, word, whether it can be used now) for the footer."""
    return [
        (screen.keymap.label(name), word, screen.refusal(COMMANDS[name]) is None)
        for name, word in HINTS[screen.place]
        if name not in screen.pointless and screen.keymap.label(name)
    ]


def keys_go_to(screen: AppScreen) -> tuple[Where, Widget | None]:
    """What keys mean on a screen now, and the text field that printable ones go to; a question comes first."""
    line = screen.questions.open
    if line is not None:
        return Where.PROMPT, line.field if line.choices is None else None
    return screen.place, screen.field
