"""`DeskScreen`: what all screens share: header, footer, questions, and the keys that work here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from forumtui.tui.commands import COMMANDS, Command, Where
from forumtui.tui.hints import HINTS
from forumtui.tui.keys import Keymap, Kind, Outcome
from forumtui.tui.messages import LibraryChanged
from forumtui.tui.render.glyphs import ASCII, preferred_glyphs
from forumtui.tui.render.words import who_in
from forumtui.tui.screens.steady import SteadyScreen
from forumtui.tui.widgets.footer import FooterLine
from forumtui.tui.widgets.header import HeaderLine
from forumtui.tui.widgets.prompt import PromptLine
from forumtui.tui.widgets.which_key import WhichKey

if TYPE_CHECKING:
    from forumtui.tui.app import ForumApp
    from forumtui.tui.desk import Desk, Tone

WHICH_KEY_AFTER = 0.4
"""Seconds before the strip of further keys shows."""


class DeskScreen(SteadyScreen):
    """A screen that the key runner knows how to talk to."""

    DEFAULT_CSS = "DeskScreen { layers: base over; }"
    title_path: tuple[str, ...] = ()
    """Where this is, for the header."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(classes="ascii" if preferred_glyphs() is ASCII else None)
        self.keymap = keymap
        self.prompt_line: PromptLine | None = None
        self._moment: Timer | None = None

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        yield HeaderLine()
        yield from self.body()
        yield WhichKey()
        yield FooterLine()

    def body(self) -> ComposeResult:
        """What lies between header and footer."""
        yield from ()

    # -- where the keys go

    @property
    def desk(self) -> Desk:
        """The app's desk."""
        return cast("ForumApp", self.app).desk

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

    def where(self) -> tuple[Where, Widget | None]:
        """What keys go to now; a question comes first."""
        line = self.prompt_line
        if line is not None and line.open:
            return Where.PROMPT, line.field if line.choices is None else None
        return self.place, self.field

    @property
    def holder(self) -> Widget | None:
        """The widget that has the keys, as far as one can see."""
        line = self.prompt_line
        if line is not None and line.open:
            return line.field if line.choices is None else line
        return self.field or self.rows

    @property
    def is_typing(self) -> bool:
        """Whether something is being written or answered here, so that nothing may come in between."""
        return self.where()[0] in {Where.COMPOSE, Where.FORM, Where.PROMPT}

    def focus_holder(self) -> None:
        """Let the focus be where the keys go."""
        holder = self.holder
        if holder is not None and not holder.has_focus:
            self.set_focus(holder)

    def refusal(self, command: Command) -> str | None:
        """Why a command can not be used here now; None: it can."""
        del command
        return None

    async def load(self) -> None:
        """Read what the screen shows; called once it is up."""

    async def open_row(self) -> None:
        """Open what is under the cursor."""

    async def leave(self) -> None:
        """Go back to where one came from."""
        if len(self.app.screen_stack) > 1 and self.app.screen is self:
            await self.app.pop_screen()

    async def changed(self, message: LibraryChanged) -> None:
        """Show what changed in the library."""

    # -- telling and asking

    def on_mount(self) -> None:
        """Say what could not be said before."""
        app = cast("ForumApp", self.app)
        if app.unsaid:
            self.say(app.unsaid, "error")
            app.unsaid = ""

    def say(self, text: str, tone: Tone = "note", seconds: float | None = 6.0) -> None:
        """Say something in the footer for a while, or until the next command."""
        self.query_one(FooterLine).say(" ".join(text.splitlines()), tone, seconds)

    def hush(self) -> None:
        """Show the keys again."""
        self.query_one(FooterLine).hush()

    async def ask(self, line: PromptLine) -> str | None:
        """Put a question over the footer and wait for the answer."""
        self.end_question()
        try:
            await self.mount(line)
            self.prompt_line = line
            self.focus_holder()
            if line.choices is None:
                line.field.select_all()  # typing replaces what was suggested
            cast("ForumApp", self.app).runner.asking(line.answer)
            return await line.answer
        finally:
            if self.prompt_line is line:
                self.prompt_line = None
            await line.remove()
            if self.is_attached:
                self.focus_holder()

    def end_question(self) -> None:
        """Nobody answers any more: the act that asked goes on as if the user had left."""
        if self.prompt_line is not None:
            self.prompt_line.reply(None)

    def on_unmount(self) -> None:
        """A page that goes takes its question with it."""
        self.end_question()

    def answer(self, stroke: str) -> bool:
        """Give a stroke to a question with choices; what quits or redraws everywhere is not for it."""
        line = self.prompt_line
        if line is None or not line.open or line.choices is None:
            return False
        if stroke.startswith("ctrl+") and (stroke,) in self.keymap.bindings[Where.PROMPT]:
            return False
        line.take(stroke)
        return True

    # -- keys that work here

    def show_pending(self, outcome: Outcome) -> None:
        """After a moment, show what may follow the keys typed so far."""
        if self._moment is not None:
            self._moment.stop()
            self._moment = None
        strip = self.query_one(WhichKey)
        if outcome.kind is not Kind.PENDING:
            strip.hide()
        elif not outcome.options:
            self.say(f"{outcome.count or 0}   Enter goes to that post; a moving key moves so far; Esc ends")
        else:
            refused = [command for _, command in outcome.options if self.refusal(command) is not None]
            self._moment = self.set_timer(
                WHICH_KEY_AFTER, lambda: strip.offer(outcome.strokes, outcome.options, refused)
            )
        if outcome.kind is Kind.CANCELLED:
            self.hush()

    def hints(self) -> Sequence[tuple[str, str, bool]]:
        """(keys, word, whether it can be used now) for the footer."""
        here = HINTS[self.place]
        return [
            (self.keymap.label(name), word, self.refusal(COMMANDS[name]) is None)
            for name, word in here
            if self.keymap.label(name)
        ]

    def show_hints(self) -> None:
        """Bring the footer up to date."""
        self.query_one(FooterLine).show(self.hints())

    def on_footer_line_hint_chosen(self, event: FooterLine.HintChosen) -> None:
        """A tap on a hint runs its command."""
        for name, _ in HINTS[self.place]:
            if self.keymap.label(name) == event.keys:
                self.desk.in_turn(lambda name=name: self._tapped(name))  # type: ignore[misc]
                return

    async def _tapped(self, name: str) -> None:
        await cast("ForumApp", self.app).implementation(COMMANDS[name])(None)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click, or a widget that went, moved the focus to where the keys do not go: it comes back."""
        if event.widget is not self.holder:
            self.focus_holder()

    def on_screen_resume(self) -> None:
        """Whenever this screen comes up: where it is, and its keys."""
        self.focus_holder()
        self.show_header()
        self.show_hints()

    def show_header(self) -> None:
        """Bring the header up to date."""
        facts = cast("ForumApp", self.app).facts
        account = self.desk.reader.account
        who = who_in(account) if account is not None else ""
        self.query_one(HeaderLine).show(self.title_path, facts.unread, facts.state, facts.outbox, who)
